import {
  DIGEST_LENGTHS,
  DIGEST_STARTS,
  FILTER,
  FILTER_SHIFT,
  hasBit,
  HASH_FACTOR,
  HASH_START,
  numberOf,
  sectionAt,
  TAG_DIGEST,
} from './image';
import { DIGITS, fullQuarters } from './classify';
import { finish, scoped, stepBytes } from './hash';
import { hasKey, isInFilter, loadFilter } from './lookup';
import { runBefore, runFrom } from './masks';
import { IN_DIGITS, putPlace } from './places';
import { HEX_MASK, QUEUE, TRIGGERS } from './scratch';

const DIGITS_MIN: u32 = 32;
const DIGITS_MAX: u32 = 128;
const FOLD: u32 = 0x2020_2020;

/** Puts on the list what may be a listed digest: a run of letters and digits that is hexadecimal throughout and of a listed length. */
export function scanDigests(header: usize, scratch: usize, input: usize, length: u32, triggerCount: u32): void {
  const lengths = sectionAt(header, DIGEST_LENGTHS);
  if (lengths == 0) return;
  const triggers = scratch + TRIGGERS;
  const hexes = scratch + HEX_MASK;
  const queue = scratch + QUEUE;
  const starts = sectionAt(header, DIGEST_STARTS);
  let count: u32 = 0;
  let done: u32 = 0;
  for (let index: u32 = 0; index < triggerCount; index++) {
    const trigger = load<u32>(triggers + (index << 2));
    if ((trigger & DIGITS) == 0) continue;
    const word = trigger >> 2;
    let runs = fullQuarters(load<u64>(hexes + (word << 3)));
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
      store<u32>(queue + (count << 4), start);
      store<u32>(queue + (count << 4), end, 4);
      count += hasBit(starts, firstBitsAt(input + start));
    }
  }
  lookUp(header, queue, input, count);
}

/** Puts on the list those in the queue that the table may have. */
function lookUp(header: usize, queue: usize, input: usize, queued: u32): void {
  const hashStart = numberOf(header, HASH_START);
  const factor = numberOf(header, HASH_FACTOR);
  const filter = sectionAt(header, FILTER);
  const shift = numberOf(header, FILTER_SHIFT);
  for (let index: u32 = 0; index < queued; index++) {
    const start = load<u32>(queue + (index << 4));
    const end = load<u32>(queue + (index << 4), 4);
    const state = scoped(hashStart, TAG_DIGEST, end - start);
    store<u32>(queue + (index << 4), finish(stepBytes(state, input + start, input + end, factor, FOLD)), 8);
  }
  loadFilter(filter, shift, queue + 8, queued);
  let count: u32 = 0;
  for (let index: u32 = 0; index < queued; index++) {
    const start = load<u32>(queue + (index << 4));
    const end = load<u32>(queue + (index << 4), 4);
    const hash = load<u32>(queue + (index << 4), 8);
    const item = queue + (count << 4);
    store<u32>(item, start);
    store<u32>(item, end, 4);
    store<u32>(item, hash, 8);
    count += u32(isInFilter(filter, shift, hash));
  }
  for (let index: u32 = 0; index < count; index++) {
    const item = queue + (index << 4);
    const hash = load<u32>(item, 8);
    if (hasKey(header, hash, TAG_DIGEST)) putPlace(IN_DIGITS, load<u32>(item), load<u32>(item, 4), 0, hash);
  }
}

/** The first 22 bits of what hexadecimal digits stand for: `src/table/gates.ts`. */
function firstBitsAt(at: usize): u32 {
  const bytes = load<u64>(at);
  const values = (bytes & 0x0f0f_0f0f_0f0f_0f0f) + ((bytes >> 6) & 0x0101_0101_0101_0101) * 9;
  // Two digits a byte, then the bytes in their order.
  const pairs = (values << 4) | (values >> 8);
  return (u32(pairs & 0xff) << 14) | (u32((pairs >> 16) & 0xff) << 6) | u32((pairs >> 34) & 0x3f);
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
