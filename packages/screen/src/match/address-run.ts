import { hexDigit, isTokenByte } from '../table/index.ts';
import type { EntrySet } from '../table/index.ts';
import { ipv4In } from './dotted.ts';
import type { HitList } from './hits.ts';
import { reportIpv6 } from './network.ts';

const DOT = 46;
const HYPHEN = 45;
const COLON = 58;
const IPV6_CHARS_MAX = 45;

/** What a piece between two colons is to an address. */
const pieces = { other: 0, empty: 1, group: 2, quad: 3 } as const;
/** The piece just classified: its core without dots and hyphens at its ends. */
const piece = { start: 0, end: 0 };
/** The groups of the address just parsed. */
const groups = new Uint16Array(8);

/**
 * Looks for IPv6 addresses in the run of token bytes and colons whose first colon is at `colon`, and reports those in listed
 * networks.
 *
 * @returns Where the run, or what need not be looked at again, ends: at least `colon + 1`.
 */
export function scanAddressRun(
  set: EntrySet,
  bytes: Uint8Array,
  colon: number,
  from: number,
  to: number,
  hits: HitList,
): number {
  const next = colon + 1 < to ? bytes[colon + 1]! : 0;
  if (next !== COLON) {
    // One colon with nothing hexadecimal behind it ends whatever is in front of it: `"key":"value"`.
    if (hexDigit[next] === 255) return colon + 1;
    // One colon with nothing in front of it is no part of what is behind it: `"key":443`.
    if (colon === from || isTokenByte[bytes[colon - 1]!] === 0) return colon + 1;
  }
  let runEnd = colon;
  let colonCount = 0;
  let hasGap = false;
  for (; runEnd < to; runEnd++) {
    if (bytes[runEnd] === COLON) {
      colonCount++;
      if (bytes[runEnd - 1] === COLON && runEnd > colon) hasGap = true;
    } else if (isTokenByte[bytes[runEnd]!] === 0) {
      break;
    }
  }
  // `12:30:45`
  if (!hasGap && colonCount < 7) return runEnd;
  let runStart = colon;
  while (runStart > from && isTokenByte[bytes[runStart - 1]!] === 1) runStart--;
  let textStart = -1;
  let textEnd = -1;
  let colons = 0;
  let at = runStart;
  for (;;) {
    const pieceStart = at;
    while (at < to && isTokenByte[bytes[at]!] === 1) at++;
    const kind = classify(bytes, pieceStart, at);
    const hasLead = piece.start > pieceStart;
    if (kind === pieces.other || hasLead) {
      if (colons > 1) report(set, bytes, textStart, textEnd, from, to, hits);
      textStart = -1;
    }
    if (kind !== pieces.other) {
      if (textStart < 0) {
        textStart = piece.start;
        colons = 0;
      } else {
        colons++;
      }
      textEnd = piece.end;
      if (kind === pieces.quad || piece.end < at) {
        if (colons > 1) report(set, bytes, textStart, textEnd, from, to, hits);
        textStart = -1;
      }
    }
    if (textStart < 0) colons = 0;
    if (at >= to || bytes[at] !== COLON) break;
    at++;
  }
  if (textStart >= 0 && colons > 1) report(set, bytes, textStart, textEnd, from, to, hits);
  return at;
}

/** Sets {@link piece} to the core of `bytes[start, end)` and says what it is. */
function classify(bytes: Uint8Array, start: number, end: number): number {
  piece.start = start;
  piece.end = end;
  if (start === end) return pieces.empty;
  while (piece.start < piece.end && isTrimmed(bytes[piece.start]!)) piece.start++;
  while (piece.end > piece.start && isTrimmed(bytes[piece.end - 1]!)) piece.end--;
  const length = piece.end - piece.start;
  if (length === 0) return pieces.other;
  if (length <= 4) {
    for (let at = piece.start; at < piece.end; at++) if (hexDigit[bytes[at]!] === 255) return pieces.other;
    return pieces.group;
  }
  return length >= 7 && length <= 15 && ipv4In(bytes, piece.start, piece.end) >= 0 ? pieces.quad : pieces.other;
}

function isTrimmed(byte: number): boolean {
  return byte === DOT || byte === HYPHEN;
}

/** Reports `bytes[start, end)` if, without a lone colon at either end, it is an address. */
function report(
  set: EntrySet,
  bytes: Uint8Array,
  start: number,
  end: number,
  from: number,
  to: number,
  hits: HitList,
): void {
  let first = start;
  let last = end;
  if (bytes[first] === COLON && bytes[first + 1] !== COLON) first++;
  if (bytes[last - 1] === COLON && bytes[last - 2] !== COLON) last--;
  if (last - first > IPV6_CHARS_MAX || last - first < 2) return;
  const form = parseIpv6(bytes, first, last);
  if (form !== NOT_IPV6) reportIpv6(set, bytes, groups, form === IPV6_WITH_QUAD, first, last, from, to, hits);
}

const NOT_IPV6 = 0;
const IPV6_PLAIN = 1;
const IPV6_WITH_QUAD = 2;

/** Reads `bytes[start, end)`, made of groups, colons and perhaps a final quad, into {@link groups}. Spec: RFC 4291 §2.2. */
function parseIpv6(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  let gap = -1;
  let form = IPV6_PLAIN;
  let at = start;
  if (bytes[at] === COLON) {
    gap = 0;
    at += 2;
  }
  while (at < end) {
    const groupStart = at;
    let group = 0;
    while (at < end && hexDigit[bytes[at]!] !== 255) group = group * 16 + hexDigit[bytes[at++]!]!;
    if (at < end && bytes[at] === DOT) {
      const quad = ipv4In(bytes, groupStart, end);
      if (quad < 0 || count > 6) return NOT_IPV6;
      groups[count++] = quad >>> 16;
      groups[count++] = quad;
      form = IPV6_WITH_QUAD;
      break;
    }
    if (at === groupStart || count === 8) return NOT_IPV6;
    groups[count++] = group;
    if (at === end) break;
    // What is not a digit here is a colon, and a lone one at the end is already off.
    at++;
    if (at < end && bytes[at] === COLON) {
      if (gap >= 0) return NOT_IPV6;
      gap = count;
      at++;
    }
  }
  if (gap < 0) return count === 8 ? form : NOT_IPV6;
  if (count > 7) return NOT_IPV6;
  groups.copyWithin(gap + 8 - count, gap, count);
  groups.fill(0, gap, gap + 8 - count);
  return form;
}
