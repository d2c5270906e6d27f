import { entryFlags, entryTags, finish, hexDigit, step } from '../table/index.ts';
import type { EntrySet } from '../table/index.ts';
import { reportEmail } from './email.ts';
import type { HitList } from './hits.ts';
import { relationIndex } from './hits.ts';
import { reportIpv4 } from './network.ts';
import { portAfter } from './port.ts';
import { reportUrl } from './url.ts';

const DOT = 46;
const HYPHEN = 45;
const AT = 64;
const IPV4_CHARS_MIN = 7;
const IPV4_CHARS_MAX = 15;

/** A token with a dot in it, `bytes[rawStart, rawEnd)`: an IPv4 address or a name, once dots and hyphens at its ends are off. */
export function scanDotted(
  set: EntrySet,
  bytes: Uint8Array,
  rawStart: number,
  rawEnd: number,
  from: number,
  to: number,
  hits: HitList,
): void {
  let start = rawStart;
  let end = rawEnd;
  while (end > start && (bytes[end - 1] === DOT || bytes[end - 1] === HYPHEN)) end--;
  while (start < end && (bytes[start] === DOT || bytes[start] === HYPHEN)) start++;
  const last = bytes[end - 1];
  if (
    end - start >= IPV4_CHARS_MIN &&
    end - start <= IPV4_CHARS_MAX &&
    last !== undefined &&
    last >= 48 &&
    last <= 57
  ) {
    const address = ipv4In(bytes, start, end);
    if (address >= 0) {
      const bit = set.gates.ipv4Bits[address >>> 13]!;
      if (((bit >>> ((address >>> 8) & 31)) & 1) === 0) return;
      // What stands before an `@` is a user, whatever it looks like.
      if (rawEnd < to && bytes[rawEnd] === AT) return;
      reportIpv4(set, bytes, address, start, end, rawStart, rawEnd, from, to, hits);
      return;
    }
  }
  scanName(set, bytes, start, end, rawStart, rawEnd, from, to, hits);
}

/** Number of the dotted quad `bytes[start, end)`, or -1: four numbers of 0 to 255 without leading zeros. */
export function ipv4In(bytes: Uint8Array, start: number, end: number): number {
  let address = 0;
  let octet = 0;
  let digits = 0;
  let dots = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === DOT) {
      if (digits === 0 || dots === 3) return -1;
      address = (address << 8) | octet;
      octet = 0;
      digits = 0;
      dots++;
      continue;
    }
    const digit = hexDigit[byte]!;
    if (digit > 9 || (digits > 0 && octet === 0)) return -1;
    octet = octet * 10 + digit;
    if (octet > 255) return -1;
    digits++;
  }
  return dots === 3 && digits > 0 ? ((address << 8) | octet) >>> 0 : -1;
}

/** From right to left, label by label, as long as anything listed lies further down. */
function scanName(
  set: EntrySet,
  bytes: Uint8Array,
  start: number,
  end: number,
  rawStart: number,
  rawEnd: number,
  from: number,
  to: number,
  hits: HitList,
): void {
  const { start1, start2, factor1, factor2 } = set.key;
  const { suffixBits } = set.gates;
  let state1 = start1;
  let at = end - 1;
  for (let byte = 0; at >= start && (byte = bytes[at]!) !== DOT; at--) state1 = step(state1, byte | 32, factor1);
  if (at < start) return;
  const suffix = finish(state1) >>> 16;
  if (((suffixBits[suffix >>> 5]! >>> (suffix & 31)) & 1) === 0) return;
  let state2 = start2;
  for (let back = end - 1; back > at; back--) state2 = step(state2, bytes[back]! | 32, factor2);
  const { index } = set;
  for (;;) {
    do {
      const byte = bytes[at]! | 32;
      state1 = step(state1, byte, factor1);
      state2 = step(state2, byte, factor2);
      at--;
    } while (at >= start && bytes[at] !== DOT);
    const hash1 = finish(state1);
    const hash2 = finish(state2);
    if (!index.mayHave(hash1, hash2)) return;
    if (!visitName(set, hash1, hash2, bytes, at + 1, start, end, rawStart, rawEnd, from, to, hits)) return;
    if (at < start) return;
  }
}

/** Reports what is listed as `bytes[nameStart, end)`, part of the name `bytes[start, end)`. True when more may be listed below it. */
function visitName(
  set: EntrySet,
  hash1: number,
  hash2: number,
  bytes: Uint8Array,
  nameStart: number,
  start: number,
  end: number,
  rawStart: number,
  rawEnd: number,
  from: number,
  to: number,
  hits: HitList,
): boolean {
  const { index, list } = set;
  let isParent = false;
  for (let slot = index.firstSlot(hash1, hash2); slot >= 0; slot = index.nextSlot(slot, hash2)) {
    const entry = index.entryIn(slot);
    const tag = list.tag[entry]!;
    if ((tag !== entryTags.name && tag !== entryTags.below) || !set.isName(entry, bytes, nameStart, end)) continue;
    const flags = list.flags[entry]!;
    if ((flags & entryFlags.parent) !== 0) isParent = true;
    if (rawEnd < to && bytes[rawEnd] === AT) continue;
    const isWhole = nameStart === start;
    if ((flags & entryFlags.listed) !== 0 && !(isWhole && tag === entryTags.below)) {
      const relation = isWhole ? relationIndex.exact : relationIndex.subdomain;
      hits.push(start, end, entry, relation, rawEnd === end ? portAfter(bytes, end, to) : -1);
    }
    if (!isWhole) continue;
    if ((flags & entryFlags.urlHost) !== 0) reportUrl(set, entry, bytes, start, end, rawStart, rawEnd, from, to, hits);
    if ((flags & entryFlags.mailHost) !== 0) reportEmail(set, entry, bytes, start, end, rawStart, from, hits);
  }
  return isParent;
}
