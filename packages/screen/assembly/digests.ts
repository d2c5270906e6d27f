import {
  DIGEST_LENGTHS,
  DIGEST_STARTS,
  hasBit,
  HASH_FACTOR,
  HASH_START,
  numberOf,
  sectionAt,
  TAG_DIGEST,
} from './image';
import { DIGITS } from './classify';
import { finish, scoped, stepBytes } from './hash';
import { hasKey } from './lookup';
import { runBefore, runFrom } from './masks';
import { IN_DIGITS, putPlace } from './places';
import { HEX_MASK, TRIGGERS } from './scratch';

const DIGITS_MIN: u32 = 32;
const DIGITS_MAX: u32 = 128;
const FOLD: u32 = 0x2020_2020;

/** Puts on the list what may be a listed digest: a run of letters and digits that is hexadecimal throughout and of a listed length. */
export function scanDigests(header: usize, scratch: usize, input: usize, length: u32, triggerCount: u32): void {
  const lengths = sectionAt(header, DIGEST_LENGTHS);
  if (lengths == 0) return;
  const triggers = scratch + TRIGGERS;
  const hexes = scratch + HEX_MASK;
  let done: u32 = 0;
  for (let index: u32 = 0; index < triggerCount; index++) {
    const trigger = load<u32>(triggers + (index << 2));
    if ((trigger & DIGITS) == 0) continue;
    const word = trigger >> 2;
    const hex = load<u64>(hexes + (word << 3));
    // A bit where 16 digits begin.
    let runs = hex & (hex >> 1);
    runs &= runs >> 2;
    runs &= runs >> 4;
    runs &= runs >> 8;
    const base = word << 6;
    while (runs != 0) {
      if (base < done) {
        if (base + 64 <= done) break;
        runs &= ~u64(0) << (done - base);
        if (runs == 0) break;
      }
      const at = base + u32(ctz(runs));
      const start = at - runBefore(hexes, at);
      const end = at + runFrom(hexes, at);
      done = end;
      const digits = end - start;
      if (digits < DIGITS_MIN || digits > DIGITS_MAX || load<u8>(lengths + digits) == 0) continue;
      if (start > 0 && isAlphanumeric(load<u8>(input + start - 1))) continue;
      if (end < length && isAlphanumeric(load<u8>(input + end))) continue;
      if (mayBeDigest(header, input + start, input + end)) putPlace(IN_DIGITS, start);
    }
  }
}

function mayBeDigest(header: usize, start: usize, end: usize): bool {
  let firstDigits: u32 = 0;
  for (let at = start; at < start + 5; at++) firstDigits = (firstDigits << 4) | valueOf(load<u8>(at));
  if (!hasBit(sectionAt(header, DIGEST_STARTS), firstDigits)) return false;
  const state = scoped(numberOf(header, HASH_START), TAG_DIGEST, u32(end - start));
  return hasKey(header, finish(stepBytes(state, start, end, numberOf(header, HASH_FACTOR), FOLD)), TAG_DIGEST);
}

export function isHex(byte: u32): bool {
  return byte - 48 < 10 || (byte | 32) - 97 < 6;
}

/** Value of a hexadecimal digit. */
export function valueOf(digit: u32): u32 {
  return (digit & 15) + (digit >> 6) * 9;
}

export function isAlphanumeric(byte: u32): bool {
  return byte - 48 < 10 || (byte | 32) - 97 < 26;
}
