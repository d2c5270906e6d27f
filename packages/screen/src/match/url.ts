import {
  entryTags,
  finish,
  hashUrlStart,
  isUrlEnd,
  isUrlTrailer,
  NO_PORT,
  step,
  TAIL_UNIT_BYTES,
} from '../table/index.ts';
import type { EntrySet } from '../table/index.ts';
import type { HitList } from './hits.ts';
import { relationIndex } from './hits.ts';
import { portAfter, portEnd } from './port.ts';

const DOT = 46;
const SLASH = 47;
const COLON = 58;
const QUESTION = 63;
const AT = 64;

/**
 * The run of bytes last looked through for the end of a URL, so that a line of URLs inside URLs is read once. A scan runs to
 * its end without interruption, so one is enough.
 */
const run = { start: 0, end: 0, trimmedEnd: 0 };

/** Forgets the run: the bytes are others now. */
export function resetUrlRun(): void {
  run.start = 0;
  run.end = 0;
}

function findRun(bytes: Uint8Array, at: number, to: number): void {
  if (at >= run.start && at < run.end) return;
  let end = at;
  while (end < to && isUrlEnd[bytes[end]!] === 0) end++;
  let trimmedEnd = end;
  while (trimmedEnd > at && isUrlTrailer[bytes[trimmedEnd - 1]!] === 1) trimmedEnd--;
  run.start = at;
  run.end = end;
  run.trimmedEnd = trimmedEnd;
}

/**
 * Reports the listed URLs, and beginnings of URLs, at a host `bytes[start, end)`, or its gate.
 *
 * A path longer than any listed for the host is not hashed: that keeps the scan linear when URLs nest.
 */
export function reportUrl(
  set: EntrySet,
  host: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  rawStart: number,
  rawEnd: number,
  from: number,
  to: number,
  hits: HitList,
): void {
  const before = hits.count;
  const isRootDot = rawEnd === end + 1 && bytes[end] === DOT;
  const hostEnd = rawEnd === end || isRootDot ? rawEnd : -1;
  if (hostEnd >= 0) reportAt(set, host, bytes, start, hostEnd, isBehindScheme(bytes, start, rawStart, from), to, hits);
  if (hits.count === before) {
    hits.push(start, end, host, relationIndex.gate, rawEnd === end ? portAfter(bytes, end, to) : -1);
  }
}

function isBehindScheme(bytes: Uint8Array, start: number, rawStart: number, from: number): boolean {
  return (
    rawStart === start &&
    start - 3 >= from &&
    bytes[start - 1] === SLASH &&
    bytes[start - 2] === SLASH &&
    bytes[start - 3] === COLON
  );
}

function reportAt(
  set: EntrySet,
  host: number,
  bytes: Uint8Array,
  start: number,
  hostEnd: number,
  isBehindScheme: boolean,
  to: number,
  hits: HitList,
): void {
  let at = hostEnd;
  let port: number = NO_PORT;
  if (at < to && bytes[at] === COLON) {
    const afterPort = portEnd(bytes, at, to);
    if (afterPort < 0) return;
    port = portAfter(bytes, at, to);
    if (port === 443) port = NO_PORT;
    at = afterPort;
  }
  const next = at < to ? bytes[at]! : 0;
  if (next === AT || (next !== SLASH && !isBehindScheme)) return;
  const hasTail = next === SLASH || next === QUESTION;
  if (hasTail) findRun(bytes, at, to);
  const tailStart = next === SLASH ? at + 1 : at;
  const tailEnd = hasTail ? run.end : at;
  const trimmedEnd = hasTail ? Math.max(run.trimmedEnd, tailStart) : at;
  reportExact(set, host, port, bytes, start, tailStart, trimmedEnd, tailEnd, hits);
  const lengths = set.prefixLengths.get(host);
  if (lengths !== undefined) reportPrefixes(set, host, port, lengths, bytes, start, tailStart, tailEnd, hits);
}

/** URLs whose path is all of the tail, or the tail without the punctuation at its end. */
function reportExact(
  set: EntrySet,
  host: number,
  port: number,
  bytes: Uint8Array,
  start: number,
  tailStart: number,
  trimmedEnd: number,
  tailEnd: number,
  hits: HitList,
): void {
  const units = set.list.tailUnits[host]!;
  const longest = units === 255 ? tailEnd - tailStart : units * TAIL_UNIT_BYTES;
  const { factor1, factor2 } = set.key;
  let state1 = hashUrlStart(set.key.start1, entryTags.url, host, port);
  let state2 = hashUrlStart(set.key.start2, entryTags.url, host, port);
  let at = tailStart;
  for (const probeEnd of trimmedEnd === tailEnd ? [tailEnd] : [trimmedEnd, tailEnd]) {
    if (probeEnd - tailStart > longest) return;
    for (; at < probeEnd; at++) {
      state1 = step(state1, bytes[at]!, factor1);
      state2 = step(state2, bytes[at]!, factor2);
    }
    const entry = set.findUrl(finish(state1), finish(state2), entryTags.url, host, port, bytes, tailStart, probeEnd);
    if (entry >= 0 && set.isListed(entry)) hits.push(start, probeEnd, entry, relationIndex.exact, -1);
  }
}

/** Listed beginnings of the tail. */
function reportPrefixes(
  set: EntrySet,
  host: number,
  port: number,
  lengths: readonly number[],
  bytes: Uint8Array,
  start: number,
  tailStart: number,
  tailEnd: number,
  hits: HitList,
): void {
  const { factor1, factor2 } = set.key;
  let state1 = hashUrlStart(set.key.start1, entryTags.prefix, host, port);
  let state2 = hashUrlStart(set.key.start2, entryTags.prefix, host, port);
  let at = tailStart;
  for (const length of lengths) {
    const probeEnd = tailStart + length;
    if (probeEnd > tailEnd) return;
    for (; at < probeEnd; at++) {
      state1 = step(state1, bytes[at]!, factor1);
      state2 = step(state2, bytes[at]!, factor2);
    }
    const entry = set.findUrl(finish(state1), finish(state2), entryTags.prefix, host, port, bytes, tailStart, probeEnd);
    if (entry >= 0 && set.isListed(entry)) hits.push(start, tailEnd, entry, relationIndex.prefix, -1);
  }
}
