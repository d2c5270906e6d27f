import {
  entryTags,
  finishUrl,
  hashUrlStart,
  isUrlEnd,
  isUrlTrailer,
  NO_PORT,
  stepBytes,
  TAIL_UNIT_BYTES,
} from '../table/index.ts';
import { relationIndex } from './hits.ts';
import { portAfter, portAfterToken, portEnd } from './port.ts';
import type { ScanState } from './scan-state.ts';

const DOT = 46;
const SLASH = 47;
const COLON = 58;
const QUESTION = 63;
const AT = 64;

/**
 * Reports the listed URLs, and beginnings of URLs, at the host looked at, whose entry is `host`, or its gate.
 *
 * A path longer than any listed for the host is not hashed: that keeps the scan linear when URLs nest.
 */
export function reportUrl(state: ScanState, host: number): void {
  const { start, end, hits } = state;
  const before = hits.count;
  if (findTail(state)) {
    const { port } = tail;
    reportExact(state, host, port, tail.start, tail.trimmedEnd, tail.end);
    const lengths = state.set.prefixLengths.get(host);
    if (lengths !== undefined) reportPrefixes(state, host, port, lengths, tail.start, tail.end);
  }
  if (hits.count === before) hits.push(start, end, host, relationIndex.gate, portAfterToken(state));
}

function isBehindScheme({ bytes, start, rawStart, from }: ScanState): boolean {
  return (
    rawStart === start &&
    start - 3 >= from &&
    bytes[start - 1] === SLASH &&
    bytes[start - 2] === SLASH &&
    bytes[start - 3] === COLON
  );
}

/** What {@link findTail} found: the port, and the tail, also without the trailers at its end. */
export const tail = { port: 0, start: 0, trimmedEnd: 0, end: 0 };

/** Reads the port and finds the tail behind the host, into {@link tail}; false when no URL is seen there. */
export function findTail(state: ScanState): boolean {
  const { bytes, end, rawEnd, to } = state;
  const isRootDot = rawEnd === end + 1 && bytes[end] === DOT;
  if (rawEnd !== end && !isRootDot) return false;
  let at = rawEnd;
  let port: number = NO_PORT;
  if (at < to && bytes[at] === COLON) {
    const afterPort = portEnd(bytes, at, to);
    if (afterPort < 0) return false;
    port = portAfter(bytes, at, to);
    if (port === 443) port = NO_PORT;
    at = afterPort;
  }
  const next = at < to ? bytes[at]! : 0;
  if (next === AT || (next !== SLASH && !isBehindScheme(state))) return false;
  const hasTail = next === SLASH || next === QUESTION;
  if (hasTail) findUrlEnd(state, at);
  tail.port = port;
  tail.start = next === SLASH ? at + 1 : at;
  tail.end = hasTail ? state.urlEnd : at;
  tail.trimmedEnd = hasTail ? Math.max(state.urlTrimmedEnd, tail.start) : at;
  return true;
}

function findUrlEnd(state: ScanState, at: number): void {
  if (at >= state.urlStart && at < state.urlEnd) return;
  const { bytes, to } = state;
  let end = at;
  while (end < to && isUrlEnd[bytes[end]!] === 0) end++;
  let trimmedEnd = end;
  while (trimmedEnd > at && isUrlTrailer[bytes[trimmedEnd - 1]!] === 1) trimmedEnd--;
  state.urlStart = at;
  state.urlEnd = end;
  state.urlTrimmedEnd = trimmedEnd;
}

/** URLs whose path is all of the tail, or the tail without the punctuation at its end. */
function reportExact(
  state: ScanState,
  host: number,
  port: number,
  tailStart: number,
  trimmedEnd: number,
  tailEnd: number,
): void {
  const { set, bytes, hits } = state;
  const units = set.list.tailUnits[host]!;
  const longest = units === 255 ? tailEnd - tailStart : units * TAIL_UNIT_BYTES;
  const path = new PathHash(state, hashUrlStart(set.key, entryTags.url, host), tailStart);
  for (let probeEnd = trimmedEnd; probeEnd - tailStart <= longest; probeEnd = tailEnd) {
    const hash = finishUrl(set.key, path.upTo(probeEnd), port);
    const entry = set.findUrl(hash, entryTags.url, host, port, bytes, tailStart, probeEnd);
    if (entry >= 0 && set.isListed(entry)) hits.push(state.start, probeEnd, entry, relationIndex.exact, -1);
    if (probeEnd === tailEnd) return;
  }
}

/** The hash of a tail at one place after another: each whole word is taken in once. */
class PathHash {
  readonly #bytes: Uint8Array;
  readonly #factor: number;
  #state: number;
  #at: number;

  constructor({ bytes, set }: ScanState, start: number, at: number) {
    this.#bytes = bytes;
    this.#factor = set.key.factor;
    this.#state = start;
    this.#at = at;
  }

  /** The state after the bytes before `end`, which grows from call to call. */
  upTo(end: number): number {
    const wholeEnd = end - ((end - this.#at) & 3);
    this.#state = stepBytes(this.#state, this.#bytes, this.#at, wholeEnd, this.#factor, 0);
    this.#at = wholeEnd;
    return stepBytes(this.#state, this.#bytes, wholeEnd, end, this.#factor, 0);
  }
}

/** Listed beginnings of the tail. */
function reportPrefixes(
  state: ScanState,
  host: number,
  port: number,
  lengths: readonly number[],
  tailStart: number,
  tailEnd: number,
): void {
  const { set, bytes, hits } = state;
  const path = new PathHash(state, hashUrlStart(set.key, entryTags.prefix, host), tailStart);
  for (const length of lengths) {
    const probeEnd = tailStart + length;
    if (probeEnd > tailEnd) return;
    const hash = finishUrl(set.key, path.upTo(probeEnd), port);
    const entry = set.findUrl(hash, entryTags.prefix, host, port, bytes, tailStart, probeEnd);
    if (entry >= 0 && set.isListed(entry)) hits.push(state.start, tailEnd, entry, relationIndex.prefix, -1);
  }
}
