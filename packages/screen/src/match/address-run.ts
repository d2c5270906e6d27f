import { hexDigit, isTokenByte } from '../table/index.ts';
import { firstBitOf } from './byte-masks.ts';
import { reportIpv6 } from './network.ts';
import { ipv4In, isTrimmed } from './quad.ts';
import type { ScanState } from './scan-state.ts';

const DOT = 46;
const COLON = 58;
const IPV6_CHARS_MAX = 45;
/** What a piece between two colons is to an address. */
const pieces = { other: 0, group: 1, quad: 2 } as const;
/** The core, without dots and hyphens at its ends, of the piece just classified. */
const core = { start: 0, end: 0 };
/** The groups of the address just parsed. */
const groups = new Uint16Array(8);

/**
 * Reports the IPv6 addresses in listed networks.
 *
 * An address has `::`, or six colons with four digits between them at most: then one block of 32 bytes has three of these.
 */
export function scanAddressRuns(state: ScanState): void {
  const { base, count, colon } = state.masks;
  let before = 0;
  let done = state.from;
  for (let block = 0; block < count; block++) {
    const colons = colon[block]!;
    const seconds = colons & closelyBehind(colons);
    let signs = (colons & ((colons << 1) | (before >>> 31))) | (seconds & closelyBehind(seconds));
    before = colons;
    for (; signs !== 0; signs &= signs - 1) {
      const at = base + block * 32 + firstBitOf(signs);
      if (at >= done) done = scanAddressRun(state, at, done);
    }
  }
}

/** The places 2 to 5 behind each bit. */
function closelyBehind(bits: number): number {
  return (bits << 2) | (bits << 3) | (bits << 4) | (bits << 5);
}

/** Is told the address that stands at `bytes[start, end)`, and whether its end is dotted. */
export type AddressVisitor = (
  state: ScanState,
  groups: Uint16Array,
  hasQuad: boolean,
  start: number,
  end: number,
) => void;

/**
 * Reports the addresses in the run of token bytes and colons round a colon, which begins at `from` at the earliest; returns its end.
 */
export function scanAddressRun(
  state: ScanState,
  colon: number,
  from: number,
  visit: AddressVisitor = reportIpv6,
): number {
  const { bytes, to } = state;
  let at = colon;
  while (at > from && isRunByte(bytes[at - 1]!)) at--;
  // The text so far: consecutive pieces that fit, from `textStart`, -1 for none, with so many colons between them.
  let textStart = -1;
  let textColons = 0;
  for (;;) {
    const pieceStart = at;
    while (at < to && hexDigit[bytes[at]!] !== 255) at++;
    core.start = pieceStart;
    core.end = at;
    let kind: number = pieces.group;
    // Most pieces are up to four digits. Of the others some begin or end with what is no part of an address.
    if (at - pieceStart > 4 || (at < to && isTokenByte[bytes[at]!] === 1)) {
      while (at < to && isTokenByte[bytes[at]!] === 1) at++;
      kind = classify(bytes, pieceStart, at);
    }
    if ((kind === pieces.other || core.start > pieceStart) && textStart >= 0) {
      report(state, textStart, pieceStart - 1, textColons - 1, visit);
      textStart = -1;
    }
    if (kind !== pieces.other) {
      if (textStart < 0) {
        textStart = core.start;
        textColons = 0;
      }
      if (kind === pieces.quad || core.end < at) {
        report(state, textStart, core.end, textColons, visit);
        textStart = -1;
      }
    }
    if (at >= to || bytes[at] !== COLON) break;
    at++;
    textColons++;
  }
  if (textStart >= 0) report(state, textStart, at, textColons, visit);
  return at;
}

function isRunByte(byte: number): boolean {
  return byte === COLON || isTokenByte[byte] === 1;
}

/** Says what the piece `bytes[start, end)`, which is not empty, is to an address, and sets {@link core}. */
function classify(bytes: Uint8Array, start: number, end: number): number {
  core.start = start;
  core.end = end;
  while (core.start < core.end && isTrimmed(bytes[core.start]!)) core.start++;
  while (core.end > core.start && isTrimmed(bytes[core.end - 1]!)) core.end--;
  const length = core.end - core.start;
  if (length === 0) return pieces.other;
  if (length > 4) return ipv4In(bytes, core.start, core.end) >= 0 ? pieces.quad : pieces.other;
  for (let at = core.start; at < core.end; at++) if (hexDigit[bytes[at]!] === 255) return pieces.other;
  return pieces.group;
}

/** Reports the text `bytes[start, end)` with so many colons if, without a lone colon at either end, it is an address. */
function report(state: ScanState, start: number, end: number, colons: number, visit: AddressVisitor): void {
  if (colons < 2) return;
  const { bytes } = state;
  let first = start;
  let last = end;
  if (bytes[first] === COLON && bytes[first + 1] !== COLON) first++;
  if (bytes[last - 1] === COLON && bytes[last - 2] !== COLON) last--;
  if (last - first > IPV6_CHARS_MAX || last - first < 2) return;
  const form = parseIpv6(bytes, first, last);
  if (form !== NOT_IPV6) visit(state, groups, form === IPV6_WITH_QUAD, first, last);
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
  // What stands behind the gap moves to the end.
  for (let to = 7, from = count - 1; to >= gap; to--) groups[to] = from >= gap ? groups[from--]! : 0;
  return form;
}
