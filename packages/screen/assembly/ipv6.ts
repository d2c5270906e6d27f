import {
  hasBit,
  HASH_FACTOR,
  HASH_START,
  IPV4_BLOCKS,
  IPV6_PREFIXES,
  IPV6_SITES,
  numberOf,
  sectionAt,
  TAG_IPV6,
} from './image';
import { closelyBehind, COLONS } from './classify';
import { isHex, valueOf } from './digests';
import { finish, scoped, step } from './hash';
import { mayMatchIpv4 } from './ipv4';
import { hasKey } from './lookup';
import { bitsBefore, bitsFrom, isTrimmed, runFrom } from './masks';
import { AT_COLON, putPlace } from './places';
import { COLON_MASK, HEX_MASK, TOKEN_MASK, TRIGGERS } from './scratch';

const COLON: u32 = 58;
const DOT: u32 = 46;
const ADDRESS_CHARS_MAX: u32 = 45;
/** What one site gets: `src/table/gates.ts`. */
const SITE_BITS: u32 = 48;
const NO_TEXT: u32 = 0xffff_ffff;

// What a piece between two colons is to an address.
const OTHER: u32 = 0;
const GROUP: u32 = 1;
const QUAD: u32 = 2;

/** Without dots and hyphens at its ends, the piece just classified. */
let pieceCoreStart: u32 = 0;
let pieceCoreEnd: u32 = 0;
/** The address just parsed; `hasQuad` when its end is dotted. */
let high: u64 = 0;
let low: u64 = 0;
let hasQuad: bool = false;

/** Puts on the list a colon of each run of token bytes and colons in which an address stands that may be in a listed network. */
export function scanColons(header: usize, scratch: usize, input: usize, length: u32, triggerCount: u32): void {
  // Without IPv6 values there may still be IPv4-mapped addresses.
  if (sectionAt(header, IPV6_SITES) == 0 && sectionAt(header, IPV4_BLOCKS) == 0) return;
  const triggers = scratch + TRIGGERS;
  const mask = scratch + COLON_MASK;
  let done: u32 = 0;
  for (let index: u32 = 0; index < triggerCount; index++) {
    const trigger = load<u32>(triggers + (index << 2));
    if ((trigger & COLONS) == 0) continue;
    const word = trigger >> 2;
    const colons = load<u64>(mask + (word << 3));
    const before = word == 0 ? 0 : load<u64>(mask + (word << 3) - 8) >> 63;
    const seconds = colons & closelyBehind(colons);
    let signs = (colons & ((colons << 1) | before)) | (seconds & closelyBehind(seconds));
    for (; signs != 0; signs &= signs - 1) {
      const at = (word << 6) + u32(ctz(signs));
      if (at < done) continue;
      const end = scanPlainRun(header, scratch, input, at);
      done = end == 0 ? scanRun(header, scratch, input, length, at, done) : end;
    }
  }
}

/**
 * Looks through the run round a colon when it is what most are: up to 62 bytes, only digits and colons, no five digits in a row. Then it is one
 * text. Returns its end, or 0 when it is otherwise.
 */
function scanPlainRun(header: usize, scratch: usize, input: usize, colon: u32): u32 {
  const tokens = scratch + TOKEN_MASK;
  const hexes = scratch + HEX_MASK;
  const colons = scratch + COLON_MASK;
  const before = ~(bitsBefore(tokens, colon) | bitsBefore(colons, colon));
  const behind = ~(bitsFrom(tokens, colon) | bitsFrom(colons, colon));
  if (before == 0 || behind == 0) return 0;
  const start = colon - u32(clz(before));
  const end = colon + u32(ctz(behind));
  const size = end - start;
  if (size > 62) return 0;
  const all = (u64(1) << size) - 1;
  const hex = bitsFrom(hexes, start) & all;
  const colonBits = bitsFrom(colons, start) & all;
  if ((hex | colonBits) != all || (hex & (hex >> 1) & (hex >> 2) & (hex >> 3) & (hex >> 4)) != 0) return 0;
  const gaps = colonBits & (colonBits >> 1);
  const count = u32(popcnt(colonBits));
  // Eight groups and perhaps a colon at either end, or a gap.
  const isAddress = gaps == 0 ? count >= 7 && count <= 9 : count <= 9 && (gaps & (gaps - 1)) == 0;
  if (isAddress && mayMatchText(header, input, start, end, count)) putPlace(AT_COLON, colon, 0, 0, 0);
  return end;
}

/** Looks through the run round the colon at `colon`, which begins at `from` at the earliest; returns its end. */
function scanRun(header: usize, scratch: usize, input: usize, length: u32, colon: u32, from: u32): u32 {
  let at = colon;
  while (at > from && isRunByte(load<u8>(input + at - 1))) at--;
  // The text so far: consecutive pieces that fit, with so many colons between them.
  let textStart = NO_TEXT;
  let textColons: u32 = 0;
  let isPlace = false;
  while (true) {
    const pieceStart = at;
    while (at < length && isHex(load<u8>(input + at))) at++;
    pieceCoreStart = pieceStart;
    pieceCoreEnd = at;
    let kind = GROUP;
    if (at - pieceStart > 4 || (at < length && isTokenByte(load<u8>(input + at)))) {
      while (at < length && isTokenByte(load<u8>(input + at))) at++;
      kind = classifyPiece(input, pieceStart, at);
    }
    if (textStart != NO_TEXT && (kind == OTHER || pieceCoreStart > pieceStart)) {
      isPlace = isPlace || mayMatchText(header, input, textStart, pieceStart - 1, textColons - 1);
      textStart = NO_TEXT;
    }
    if (kind != OTHER) {
      if (textStart == NO_TEXT) {
        textStart = pieceCoreStart;
        textColons = 0;
      }
      if (kind == QUAD || pieceCoreEnd < at) {
        isPlace = isPlace || mayMatchText(header, input, textStart, pieceCoreEnd, textColons);
        textStart = NO_TEXT;
      }
    }
    if (at >= length || load<u8>(input + at) != COLON) break;
    at++;
    textColons++;
    // Between colons in a row stands nothing, and the text goes on.
    if (textStart != NO_TEXT && at < length && load<u8>(input + at) == COLON) {
      const colons = runFrom(scratch + COLON_MASK, at);
      at += colons - 1;
      textColons += colons - 1;
    }
  }
  if (textStart != NO_TEXT) isPlace = isPlace || mayMatchText(header, input, textStart, at, textColons);
  if (isPlace) putPlace(AT_COLON, colon, 0, 0, 0);
  return at;
}

function isRunByte(byte: u32): bool {
  return byte == COLON || isTokenByte(byte);
}

export function isTokenByte(byte: u32): bool {
  return (byte | 32) - 97 < 26 || byte - 48 < 10 || byte - 45 < 2 || byte == 95;
}

/** Says what the piece `[start, end)`, which is not empty, is to an address, and finds its core. */
function classifyPiece(input: usize, start: u32, end: u32): u32 {
  let coreStart = start;
  let coreEnd = end;
  while (coreStart < coreEnd && isTrimmed(load<u8>(input + coreStart))) coreStart++;
  while (coreEnd > coreStart && isTrimmed(load<u8>(input + coreEnd - 1))) coreEnd--;
  pieceCoreStart = coreStart;
  pieceCoreEnd = coreEnd;
  const size = coreEnd - coreStart;
  if (size == 0) return OTHER;
  if (size > 4) return quadIn(input, coreStart, coreEnd) >= 0 ? QUAD : OTHER;
  for (let at = coreStart; at < coreEnd; at++) if (!isHex(load<u8>(input + at))) return OTHER;
  return GROUP;
}

/** Number of the dotted quad `[start, end)`, or -1. */
export function quadIn(input: usize, start: u32, end: u32): i64 {
  if (end - start < 7 || end - start > 15) return -1;
  let address: u32 = 0;
  let octet: u32 = 0;
  let digits: u32 = 0;
  let dots: u32 = 0;
  for (let at = start; at < end; at++) {
    const byte = u32(load<u8>(input + at));
    if (byte == DOT) {
      if (digits == 0 || dots == 3) return -1;
      address = (address << 8) | octet;
      octet = 0;
      digits = 0;
      dots++;
      continue;
    }
    const digit = byte - 48;
    if (digit > 9 || (digits > 0 && octet == 0)) return -1;
    octet = octet * 10 + digit;
    if (octet > 255) return -1;
    digits++;
  }
  return dots == 3 && digits > 0 ? i64((address << 8) | octet) : -1;
}

/** Whether the text `[start, end)` with so many colons is, without a lone colon at either end, an address in a listed network. */
function mayMatchText(header: usize, input: usize, start: u32, end: u32, colons: u32): bool {
  if (colons < 2) return false;
  let first = start;
  let last = end;
  if (load<u8>(input + first) == COLON && load<u8>(input + first + 1) != COLON) first++;
  if (load<u8>(input + last - 1) == COLON && load<u8>(input + last - 2) != COLON) last--;
  if (last - first > ADDRESS_CHARS_MAX || last - first < 2) return false;
  return parseAddress(input, first, last) && mayMatchAddress(header);
}

/** Reads `[start, end)`, made of groups, colons and perhaps a final quad. Spec: RFC 4291 §2.2. */
function parseAddress(input: usize, start: u32, end: u32): bool {
  // What stands before the gap, then what stands behind it, each as the lower bits.
  let beforeHigh: u64 = 0;
  let beforeLow: u64 = 0;
  let count: u32 = 0;
  let gap: u32 = 8;
  let at = start;
  hasQuad = false;
  if (load<u8>(input + at) == COLON) {
    gap = 0;
    at += 2;
  }
  while (at < end) {
    const groupStart = at;
    let group: u64 = 0;
    while (at < end && isHex(load<u8>(input + at))) group = (group << 4) | valueOf(load<u8>(input + at++));
    if (at < end && load<u8>(input + at) == DOT) {
      const quad = quadIn(input, groupStart, end);
      if (quad < 0 || count > 6) return false;
      beforeHigh = (beforeHigh << 32) | (beforeLow >> 32);
      beforeLow = (beforeLow << 32) | u64(quad);
      count += 2;
      hasQuad = true;
      break;
    }
    if (at == groupStart || count == 8) return false;
    beforeHigh = (beforeHigh << 16) | (beforeLow >> 48);
    beforeLow = (beforeLow << 16) | group;
    count++;
    if (at == end) break;
    at++;
    if (at < end && load<u8>(input + at) == COLON) {
      if (gap != 8) return false;
      gap = count;
      at++;
    }
  }
  high = beforeHigh;
  low = beforeLow;
  if (gap == 8) return count == 8;
  if (count > 7) return false;
  openGap(gap, count);
  return true;
}

/** Of `count` groups the first `gap` move to the beginning, and zeroes come between. */
function openGap(gap: u32, count: u32): void {
  const behind = (count - gap) * 16;
  const moved = (8 - count) * 16;
  let frontHigh = high;
  let frontLow = low;
  let backHigh: u64 = 0;
  let backLow: u64 = 0;
  if (behind < 64) {
    const mask = (u64(1) << behind) - 1;
    backLow = frontLow & mask;
    frontLow &= ~mask;
  } else {
    const mask = behind == 64 ? 0 : (u64(1) << (behind - 64)) - 1;
    backLow = frontLow;
    frontLow = 0;
    backHigh = frontHigh & mask;
    frontHigh &= ~mask;
  }
  if (moved >= 64) {
    frontHigh = moved == 128 ? 0 : frontLow << (moved - 64);
    frontLow = 0;
  } else if (moved > 0) {
    frontHigh = (frontHigh << moved) | (frontLow >> (64 - moved));
    frontLow <<= moved;
  }
  high = frontHigh | backHigh;
  low = frontLow | backLow;
}

/** Whether the address just parsed is listed, or lies in a listed network; an IPv4-mapped one is the IPv4 address, unless it is dotted. */
function mayMatchAddress(header: usize): bool {
  if (high == 0 && low >> 32 == 0xffff) return !hasQuad && mayMatchIpv4(header, u32(low), 0, 0, 0, 0);
  const sites = sectionAt(header, IPV6_SITES);
  if (sites == 0) return false;
  const isInSite = hasBit(sites, siteOf());
  const factor = numberOf(header, HASH_FACTOR);
  let state = scoped(numberOf(header, HASH_START), TAG_IPV6, 0);
  let groups: u32 = 0;
  for (let word: u32 = 0; word < 5; word++) {
    for (let bits = numberOf(header, IPV6_PREFIXES + word); bits != 0; bits &= bits - 1) {
      const prefixBits = word * 32 + u32(ctz(bits));
      if (prefixBits >= SITE_BITS && !isInSite) return false;
      for (; groups < prefixBits >> 4; groups++) state = step(state, groupAt(groups), factor);
      const rest = prefixBits & 15;
      const partial = rest == 0 ? 0 : groupAt(groups) & (u32(0xffff) << (16 - rest));
      const hash = finish(step(step(state, partial, factor), prefixBits, factor));
      if (hasKey(header, hash, TAG_IPV6)) return true;
    }
  }
  return false;
}

function groupAt(index: u32): u32 {
  const half = index < 4 ? high : low;
  return u32(half >> ((3 - (index & 3)) << 4)) & 0xffff;
}

/** Number of the site's bit: `src/table/gates.ts`. */
function siteOf(): u32 {
  return (((u32(high >> 32) * 0x9e37_79b1) ^ groupAt(2)) * 0x85eb_ca6b) >> 12;
}
