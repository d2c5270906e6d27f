/**
 * Which values of an input were not seen just before, so that noting values costs little where they repeat.
 *
 * The kernel does not make the keys of values. It takes a fingerprint of the bytes that decide what `src/match/see-values.ts` notes
 * at a place: a token, a run of colons or digits, and with it the rest of the URL or address it is the host of. Places whose
 * fingerprint was met before are counted, the others handed on. So bytes may be taken into a fingerprint in vain, never left out.
 */
import { closelyBehind, COLONS, DIGITS, tokenEndCount, triggerCount } from './classify';
import {
  addFingerprint,
  addPlace,
  beginFingerprints,
  fingerprintOf,
  fingerprintWith,
  settleFingerprints,
} from './fingerprints';
import { isAlphanumeric } from './digests';
import { bitsBefore, coreStart, isTrimmed, runBefore, runFrom } from './masks';
import { isTokenByte, quadIn } from './ipv6';
import { isLocalByte } from './names';
import { AT_COLON, IN_DIGITS, IN_NAME } from './places';
import {
  COLON_MASK,
  DOT_MASK,
  HEX_MASK,
  NAME_ENDS,
  QUAD_ENDS,
  QUEUE,
  SURVIVORS,
  TOKEN_ENDS,
  TOKEN_MASK,
  TRIGGERS,
} from './scratch';

const DOT: u32 = 46;
const SLASH: u32 = 47;
const COLON: u32 = 58;
const QUESTION: u32 = 63;
const AT: u32 = 64;
const OPEN: u32 = 91;
const CLOSE: u32 = 93;

/** A longer tail is never noted, with what is less than a port before it. */
const TAIL_BYTES_MAX: u32 = 4096 + 8;
/** Of the URLs that end at one place so many are noted: `src/match/see-values.ts`. */
const NESTED_URLS_MAX: u32 = 4;
const PORT_DIGITS_MAX: u32 = 5;
const PORT_MAX: u32 = 65_535;
/** A longer name has parents only: `src/seen/seen-keys.ts`. */
const NAME_BYTES_MAX: u32 = 253;
/** Shortest name or address: `a.b`. */
const TOKEN_BYTES_MIN: u32 = 3;

// What the bytes of a fingerprint are of.
const PLAIN: u32 = 0;
const URL: u32 = 1;
const EMAIL: u32 = 2;
const BEHIND_SCHEME: u32 = 4;
const RUN: u32 = 8;
const RUN_OF_URL: u32 = 9;
const DIGEST: u32 = 16;

/** Bit of a place at which a URL is part of the fingerprint: there it is to be noted, elsewhere not. */
export const WITH_URL: u32 = 1 << 28;

/** Where the URLs looked at last end, and how many of these were taken whole. */
let urlStart: u32 = 0;
let urlEnd: u32 = 0;
let urlCount: u32 = 0;

/**
 * Looks at what `scan` was given last: what it classified is still in the scratch memory.
 *
 * @param notes - memory of `NOTES_BYTES`: the fingerprints met before, and the list of what is new.
 * @param saltLow, saltHigh - of whom the values are noted for: what one has seen is new to another.
 * @returns How many places are new.
 */
export function see(scratch: usize, input: usize, length: u32, notes: usize, saltLow: u32, saltHigh: u32): u32 {
  beginFingerprints(notes, scratch + QUEUE, u64(saltLow) | (u64(saltHigh) << 32));
  forgetUrls();
  seeTokens(scratch, input, length);
  forgetUrls();
  seeRuns(scratch, input, length);
  seeDigests(scratch, input, length);
  return settleFingerprints();
}

function forgetUrls(): void {
  urlStart = 0;
  urlEnd = 0;
  urlCount = 0;
}

/** Tokens with a dot, with hardly a decision: first which of them may be values, and hosts of URLs or e-mail addresses; then these. */
function seeTokens(scratch: usize, input: usize, length: u32): void {
  const ends = scratch + TOKEN_ENDS;
  const tokens = scratch + TOKEN_MASK;
  const dots = scratch + DOT_MASK;
  const starts = scratch + NAME_ENDS;
  const plainEnds = scratch + QUAD_ENDS;
  const hosts = scratch + SURVIVORS;
  let plainCount: u32 = 0;
  let hostCount: u32 = 0;
  for (let index: u32 = 0; index < tokenEndCount; index++) {
    const rawEnd = load<u32>(ends + (index << 2));
    const rawStart = rawEnd - runBefore(tokens, rawEnd);
    let end = rawEnd;
    while (end > rawStart && isTrimmed(load<u8>(input + end - 1))) end--;
    const start = coreStart(input, rawStart, end);
    const size = end - start;
    const dotBits = bitsBefore(dots, end) & (size < 64 ? ~(~u64(0) >> size) : ~u64(0));
    const lastLabel = u32(clz(dotBits));
    // Most tokens with a dot are times and versions. Of a long token the only dot may be far.
    const isNumber = isDigit(load<u8>(input + end - (lastLabel & 63)));
    const mayBeQuad = u32(popcnt(dotBits) == 3) & u32(size - 7 < 9);
    const mayBeValue = u32(dotBits != 0) & (u32(!isNumber) | mayBeQuad);
    const next = rawEnd < length ? u32(load<u8>(input + rawEnd)) : 0;
    const before = start > 0 ? u32(load<u8>(input + start - 1)) : 0;
    // What stands before an `@` is a user.
    const isSeen = (mayBeValue | u32(size > 63)) & u32(size >= TOKEN_BYTES_MIN) & u32(next != AT);
    const isHost = u32(next == SLASH) | u32(next == COLON) | u32(before == SLASH) | u32(before == AT);
    store<u32>(starts + (plainCount << 2), start);
    store<u32>(plainEnds + (plainCount << 2), end);
    plainCount += isSeen & (isHost ^ 1);
    store<u32>(hosts + (hostCount << 2), index);
    hostCount += isSeen & isHost;
  }
  for (let index: u32 = 0; index < plainCount; index++) {
    const start = load<u32>(starts + (index << 2));
    const end = load<u32>(plainEnds + (index << 2));
    addFingerprint(fingerprintOf(input + start, end - start, PLAIN), (IN_NAME << 30) | (end - 1));
  }
  for (let index: u32 = 0; index < hostCount; index++) {
    const rawEnd = load<u32>(ends + (load<u32>(hosts + (index << 2)) << 2));
    const rawStart = rawEnd - runBefore(tokens, rawEnd);
    let end = rawEnd;
    while (isTrimmed(load<u8>(input + end - 1))) end--;
    seeHost(input, length, rawStart, coreStart(input, rawStart, end), end, rawEnd);
  }
}

/** A token that may be the host of a URL or an e-mail address: as much of these is part of the fingerprint as is noted. */
function seeHost(input: usize, length: u32, rawStart: u32, start: u32, end: u32, rawEnd: u32): void {
  // What is neither a name that can be listed nor an address is the host of nothing.
  if (!isName(input, start, end) && quadIn(input, start, end) < 0) return;
  let kind = PLAIN;
  let last = end;
  if (end - start > NAME_BYTES_MAX) {
    addFingerprint(fingerprintOf(input + start, end - start, PLAIN), (IN_NAME << 30) | (end - 1));
    return;
  }
  if (rawEnd == end || (rawEnd == end + 1 && load<u8>(input + end) == DOT)) {
    const isBehindScheme =
      rawStart == start && start >= 3 && load<u16>(input + start - 2) == 0x2f2f && load<u8>(input + start - 3) == COLON;
    last = tailEnd(input, length, rawEnd, isBehindScheme);
    if (last != 0) kind = isBehindScheme ? URL | BEHIND_SCHEME : URL;
    else last = end;
  }
  let first = start;
  if (rawStart == start && start > 0 && load<u8>(input + start - 1) == AT) {
    first = start - 1;
    while (first > 0 && isLocalByte(load<u8>(input + first - 1))) first--;
    kind |= EMAIL;
  }
  if (kind == (URL | EMAIL) || kind == (URL | EMAIL | BEHIND_SCHEME)) {
    addPlace((IN_NAME << 30) | WITH_URL | (end - 1));
    return;
  }
  let state = fingerprintOf(input + start, end - start, kind);
  if (first < start) state = fingerprintWith(state, input + first, input + start);
  if (last > end) state = fingerprintWith(state, input + end, input + last);
  addFingerprint(state, (IN_NAME << 30) | ((kind & URL) != 0 ? WITH_URL : 0) | (end - 1));
}

/** Whether the last label of a token, of which there are two at least, does not begin with a digit. */
function isName(input: usize, start: u32, end: u32): bool {
  let at = end - 1;
  while (at > start && load<u8>(input + at) != DOT) at--;
  return load<u8>(input + at) == DOT && !isDigit(load<u8>(input + at + 1));
}

/** Where the URL ends whose host ends at `at`; 0 when none is noted. */
function tailEnd(input: usize, length: u32, at: u32, isBehindScheme: bool): u32 {
  let tail = at;
  if (tail < length && load<u8>(input + tail) == COLON) {
    let port: u32 = 0;
    tail++;
    while (tail < length && isDigit(load<u8>(input + tail)) && tail - at <= PORT_DIGITS_MAX) {
      port = port * 10 + load<u8>(input + tail++) - 48;
    }
    const digits = tail - at - 1;
    if (digits == 0 || port > PORT_MAX || (digits > 1 && load<u8>(input + at + 1) == 48)) return 0;
    // `192.0.2.1:12:30:00` is an address and a time.
    if (tail < length && isTokenByte(load<u8>(input + tail))) return 0;
    if (tail + 1 < length && load<u8>(input + tail) == COLON && isDigit(load<u8>(input + tail + 1))) return 0;
  }
  const next = tail < length ? u32(load<u8>(input + tail)) : 0;
  if (next != SLASH) {
    if (!isBehindScheme || next == AT) return 0;
    if (next != QUESTION) return tail;
  }
  if (tail < urlStart || tail >= urlEnd) {
    const end = findUrlEnd(input, length, tail);
    if (end != urlEnd) urlCount = 0;
    urlStart = tail;
    urlEnd = end;
  }
  if (urlEnd - tail > TAIL_BYTES_MAX) return 0;
  // A URL with nothing behind its first slash is noted wherever it stands.
  if (next == SLASH && urlEnd - tail == 1) return urlEnd;
  return ++urlCount > NESTED_URLS_MAX ? 0 : urlEnd;
}

/** Where the first byte from `at` on stands that ends a URL: `isUrlEnd`. */
function findUrlEnd(input: usize, length: u32, at: u32): u32 {
  for (let from = at; from < length; from += 16) {
    const bytes = v128.load(input + from);
    const low = v128.or(i8x16.le_u(bytes, i8x16.splat(32)), i8x16.ge_u(bytes, i8x16.splat(127)));
    const marks = v128.or(i8x16.eq(bytes, i8x16.splat(34)), i8x16.eq(bytes, i8x16.splat(35)));
    const angles = v128.or(i8x16.eq(bytes, i8x16.splat(60)), i8x16.eq(bytes, i8x16.splat(62)));
    const ends = v128.or(v128.or(low, marks), v128.or(angles, i8x16.eq(bytes, i8x16.splat(92))));
    const bits = u32(i8x16.bitmask(ends));
    if (bits != 0) {
      const end = from + u32(ctz(bits));
      return end < length ? end : length;
    }
  }
  return length;
}

/** Runs of token bytes and colons round what may be the colons of an IPv6 address. */
function seeRuns(scratch: usize, input: usize, length: u32): void {
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
      if (at >= done) done = seeRun(scratch, input, length, at);
    }
  }
}

/** The run round a colon; returns its end. */
function seeRun(scratch: usize, input: usize, length: u32, colon: u32): u32 {
  const tokens = scratch + TOKEN_MASK;
  const colons = scratch + COLON_MASK;
  const hexes = scratch + HEX_MASK;
  let start = colon;
  let end = colon;
  let colonCount: u32 = 0;
  let isPlain = true;
  while (start > 0) {
    const size = runBefore(tokens, start);
    isPlain = isPlain && runBefore(hexes, start) == size && size < 5;
    start -= size;
    if (start == 0 || runBefore(colons, start) == 0) break;
    start--;
    colonCount++;
  }
  while (end < length) {
    const size = runFrom(tokens, end);
    isPlain = isPlain && runFrom(hexes, end) == size && size < 5;
    end += size;
    if (end >= length || runFrom(colons, end) == 0) break;
    end++;
    colonCount++;
  }
  // Of digits and single colons alone an address has eight groups and perhaps a colon at either end: no time or hardware address.
  if (isPlain && colonCount - 7 > 2 && !hasGap(input, start, end)) return end;
  let kind = RUN;
  let last = end;
  if (start > 0 && load<u8>(input + start - 1) == OPEN && end < length && load<u8>(input + end) == CLOSE) {
    const isBehindScheme = start >= 4 && load<u16>(input + start - 3) == 0x2f2f && load<u8>(input + start - 4) == COLON;
    last = tailEnd(input, length, end + 1, isBehindScheme);
    if (last == 0) last = end;
    else kind = isBehindScheme ? RUN_OF_URL | BEHIND_SCHEME : RUN_OF_URL;
  }
  let state = fingerprintOf(input + start, end - start, kind);
  if (last > end) state = fingerprintWith(state, input + end, input + last);
  addFingerprint(state, (AT_COLON << 30) | ((kind & URL) != 0 ? WITH_URL : 0) | colon);
  return end;
}

function hasGap(input: usize, start: u32, end: u32): bool {
  for (let at = start + 1; at < end; at++) if (load<u16>(input + at - 1) == 0x3a3a) return true;
  return false;
}

/** Runs of hexadecimal digits as long as a digest. */
function seeDigests(scratch: usize, input: usize, length: u32): void {
  const triggers = scratch + TRIGGERS;
  const hexes = scratch + HEX_MASK;
  let done: u32 = 0;
  for (let index: u32 = 0; index < triggerCount; index++) {
    const trigger = load<u32>(triggers + (index << 2));
    if ((trigger & DIGITS) == 0) continue;
    const base = (trigger >> 2) << 6;
    const hex = load<u64>(hexes + (base >> 3));
    let runs = hex & (hex >> 1);
    runs &= runs >> 2;
    runs &= runs >> 4;
    runs &= runs >> 8;
    for (; runs != 0; runs &= runs - 1) {
      const at = base + u32(ctz(runs));
      if (at < done) continue;
      const start = at - runBefore(hexes, at);
      done = at + runFrom(hexes, at);
      const digits = done - start;
      if (digits != 32 && digits != 40 && digits != 64 && digits != 128) continue;
      if (start > 0 && isAlphanumeric(load<u8>(input + start - 1))) continue;
      if (done < length && isAlphanumeric(load<u8>(input + done))) continue;
      addFingerprint(fingerprintOf(input + start, digits, DIGEST), (IN_DIGITS << 30) | start);
    }
  }
}

function isDigit(byte: u32): bool {
  return byte - 48 < 10;
}
