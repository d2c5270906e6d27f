import type { SeenKeys } from '../seen/index.ts';
import { entryFlags, entryTags, finish, stepLabel } from '../table/index.ts';
import { firstBitOf } from './byte-masks.ts';
import { reportEmail } from './email.ts';
import { relationIndex } from './hits.ts';
import { reportIpv4 } from './network.ts';
import { portAfterToken } from './port.ts';
import { ipv4In, isTrimmed } from './quad.ts';
import type { ScanState } from './scan-state.ts';
import { seeToken } from './see-values.ts';
import { reportUrl } from './url.ts';

const DOT = 46;
const AT = 64;

/** Judges every token with a dot in it: an IPv4 address or a name. */
export function scanTokens(state: ScanState): void {
  const { base, count, dot } = state.masks;
  let done = base;
  for (let block = 0; block < count; block++) {
    const blockStart = base + block * 32;
    let dots = dot[block]!;
    while (dots !== 0) {
      const at = blockStart + firstBitOf(dots);
      if (at >= done) done = scanToken(state, at);
      // The other dots of the token are done with it.
      dots = done - blockStart >= 32 ? 0 : dots & (-1 << (done - blockStart));
    }
  }
}

/** Judges the token round the byte at `at`; returns its end. */
function scanToken(state: ScanState, at: number): number {
  const address = findAddress(state, at);
  if (state.seen !== undefined && !isUser(state)) seeToken(state, state.seen, address);
  if (address < 0) scanName(state);
  else scanAddress(state, address);
  return state.rawEnd;
}

/**
 * Judges the token whose core is `bytes[start, end)` when it is a name: no end of it that is shorter than `bytes[nameStart, end)`, where
 * the state of its hash is given, has anything listed.
 */
export function scanNameAt(state: ScanState, start: number, end: number, nameStart: number, hash: number): void {
  const { set, bytes } = state;
  setToken(state, start, end);
  if (ipv4In(bytes, start, end) >= 0) return;
  let labelStart = nameStart;
  let next = hash;
  while (visitName(state, finish(next), labelStart) && labelStart > start) {
    const labelEnd = labelStart - 1;
    labelStart = labelStartOf(bytes, start, labelEnd);
    next = stepLabel(next, bytes, labelStart, labelEnd, set.key.factor);
    if (!set.index.mayHaveName(finish(next))) return;
  }
}

/** Judges the token whose core is `bytes[start, end)` when it is an IPv4 address; networks only of these prefix lengths, a bit each. */
export function scanAddressAt(state: ScanState, start: number, end: number, prefixes: number): void {
  setToken(state, start, end);
  const address = ipv4In(state.bytes, start, end);
  if (address >= 0 && !isUser(state)) reportIpv4(state, address, prefixes);
}

/** Makes the token whose core is given the one looked at. */
function setToken(state: ScanState, start: number, end: number): void {
  const { bytes, from, to, masks } = state;
  state.start = start;
  state.end = end;
  // Only dots and hyphens lie between the ends of a core and those of its token.
  state.rawStart = start > from && isTrimmed(bytes[start - 1]!) ? masks.runStart(masks.token, start) : start;
  state.rawEnd = end < to && isTrimmed(bytes[end]!) ? masks.runEnd(masks.token, end) : end;
}

/** Notes the token round the byte at `at`. */
export function seeTokenAt(state: ScanState, at: number, seen: SeenKeys): void {
  const address = findAddress(state, at);
  if (!isUser(state)) seeToken(state, seen, address);
}

/** Makes the token round the byte at `at` the one looked at; returns the IPv4 address it is, or -1. */
function findAddress(state: ScanState, at: number): number {
  const { bytes, masks } = state;
  const rawStart = masks.runStart(masks.token, at);
  const rawEnd = masks.runEnd(masks.token, at);
  let start = rawStart;
  let end = rawEnd;
  while (end > start && isTrimmed(bytes[end - 1]!)) end--;
  while (start < end && isTrimmed(bytes[start]!)) start++;
  state.rawStart = rawStart;
  state.rawEnd = rawEnd;
  state.start = start;
  state.end = end;
  return ipv4In(bytes, start, end);
}

function scanAddress(state: ScanState, address: number): void {
  const { gates } = state.set;
  if (gates.mayHoldIpv4(address) && !isUser(state)) reportIpv4(state, address, gates.prefixesOf(address));
}

/** What stands before an `@` is a user, whatever it looks like. */
function isUser(state: ScanState): boolean {
  return state.rawEnd < state.to && state.bytes[state.rawEnd] === AT;
}

/** From right to left, label by label, as long as anything listed lies further down. */
function scanName(state: ScanState): void {
  const { set, bytes, start, end } = state;
  if (!set.gates.mayEndName(bytes, end)) return;
  let hash = set.key.start;
  for (let labelEnd = end; labelEnd >= start;) {
    const labelStart = labelStartOf(bytes, start, labelEnd);
    hash = stepLabel(hash, bytes, labelStart, labelEnd, set.key.factor);
    if (labelEnd !== end) {
      const finished = finish(hash);
      if (!set.index.mayHaveName(finished) || !visitName(state, finished, labelStart)) return;
    }
    labelEnd = labelStart - 1;
  }
}

/** Where the label of `bytes[start, end)` that ends at `end` begins. */
function labelStartOf(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && bytes[at - 1] !== DOT) at--;
  return at;
}

/** Reports what is listed as `bytes[nameStart, end)`, the end of the name looked at. True when more may be listed below it. */
function visitName(state: ScanState, hash: number, nameStart: number): boolean {
  const { set, bytes, end, hits } = state;
  const { index, list } = set;
  const isWhole = nameStart === state.start;
  let isParent = false;
  for (let slot = index.firstSlot(hash); slot >= 0; slot = index.nextSlot(slot, hash)) {
    const entry = index.entryIn(slot);
    const tag = list.tag[entry]!;
    if ((tag !== entryTags.name && tag !== entryTags.below) || !set.isName(entry, bytes, nameStart, end)) continue;
    const flags = list.flags[entry]!;
    if ((flags & (entryFlags.parent | entryFlags.hostParent)) !== 0) isParent = true;
    if (isUser(state)) continue;
    if ((flags & entryFlags.listed) !== 0 && !(isWhole && tag === entryTags.below)) {
      const relation = isWhole ? relationIndex.exact : relationIndex.subdomain;
      hits.push(state.start, end, entry, relation, portAfterToken(state));
    }
    if (!isWhole) continue;
    if ((flags & entryFlags.urlHost) !== 0) reportUrl(state, entry);
    if ((flags & entryFlags.mailHost) !== 0) reportEmail(state, entry);
  }
  return isParent;
}
