import { entryFlags, entryTags, finish, step } from '../table/index.ts';
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

/** Judges the token round the dot at `dot`; returns its end. */
function scanToken(state: ScanState, dot: number): number {
  const { bytes, masks } = state;
  const rawStart = masks.runStart(masks.token, dot);
  const rawEnd = masks.runEnd(masks.token, dot);
  let start = rawStart;
  let end = rawEnd;
  while (end > start && isTrimmed(bytes[end - 1]!)) end--;
  while (start < end && isTrimmed(bytes[start]!)) start++;
  state.rawStart = rawStart;
  state.rawEnd = rawEnd;
  state.start = start;
  state.end = end;
  const address = ipv4In(bytes, start, end);
  if (state.seen !== undefined && !isUser(state)) seeToken(state, state.seen, address);
  if (address < 0) scanName(state);
  else if (state.set.gates.mayHoldIpv4(address) && !isUser(state)) reportIpv4(state, address);
  return rawEnd;
}

/** What stands before an `@` is a user, whatever it looks like. */
function isUser(state: ScanState): boolean {
  return state.rawEnd < state.to && state.bytes[state.rawEnd] === AT;
}

/** From right to left, label by label, as long as anything listed lies further down. */
function scanName(state: ScanState): void {
  const { set, bytes, start, end } = state;
  if (!set.gates.mayEndName(bytes, end)) return;
  const { factor } = set.key;
  let hash = set.key.start;
  let at = end - 1;
  for (; at >= start && bytes[at] !== DOT; at--) hash = step(hash, bytes[at]! | 32, factor);
  while (at >= start) {
    do hash = step(hash, bytes[at--]! | 32, factor);
    while (at >= start && bytes[at] !== DOT);
    const finished = finish(hash);
    if (!set.index.mayHave(finished) || !visitName(state, finished, at + 1)) return;
  }
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
    if ((flags & entryFlags.parent) !== 0) isParent = true;
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
