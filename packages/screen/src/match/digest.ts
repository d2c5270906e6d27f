import type { SeenKeys } from '../seen/index.ts';
import { isAlphanumeric } from '../table/index.ts';
import { relationIndex } from './hits.ts';
import type { ScanState } from './scan-state.ts';

const DIGEST_DIGITS_MIN = 32;
const LOW_HALF = 0xffff;
const isDigestLength = Uint8Array.from({ length: 129 }, (_, digits) => ([32, 40, 64, 128].includes(digits) ? 1 : 0));

/**
 * Reports the listed digests: runs of letters and digits that are hexadecimal throughout and as long as a listed digest.
 *
 * A run of 32 or more fills the lower or the upper half of a block of 32, so only these are looked at.
 */
export function scanDigests(state: ScanState): void {
  const { masks } = state;
  const { base, count, hex } = masks;
  let end = base;
  for (let block = 0; block < count; block++) {
    const isLow = (hex[block]! & LOW_HALF) === LOW_HALF;
    if (!isLow && hex[block]! >>> 16 !== LOW_HALF) continue;
    const at = base + block * 32 + (isLow ? 0 : 16);
    // A block may end one run and begin another only if the second reaches the next block.
    if (at < end) continue;
    const start = masks.runStart(hex, at);
    end = masks.runEnd(hex, at);
    lookUp(state, start, end);
  }
}

/** Reports the digest `bytes[start, end)`, a run of hexadecimal digits with borders at its ends, whose hash is given. */
export function scanDigestAt(state: ScanState, start: number, end: number, hash: number): void {
  report(state, start, end, state.set.findDigestHashed(hash, state.bytes, start, end));
}

/** Notes the digest that begins at `start`, the beginning of a run of hexadecimal digits. */
export function seeDigestAt(state: ScanState, start: number, seen: SeenKeys): void {
  const end = state.masks.runEnd(state.masks.hex, start);
  if (isBorder(state, start - 1) && isBorder(state, end)) seeDigest(state, start, end, seen);
}

function seeDigest({ bytes }: ScanState, start: number, end: number, seen: SeenKeys): void {
  if (isDigestLength[end - start] === 1) seen.digest(bytes, start, end);
}

/** Whether no letter or digit stands at `at`. */
function isBorder({ bytes, from, to }: ScanState, at: number): boolean {
  return at < from || at >= to || isAlphanumeric[bytes[at]!] === 0;
}

function lookUp(state: ScanState, start: number, end: number): void {
  const { set, bytes, seen } = state;
  if (end - start < DIGEST_DIGITS_MIN || !isBorder(state, start - 1) || !isBorder(state, end)) return;
  if (seen !== undefined) seeDigest(state, start, end, seen);
  if (!set.gates.mayBeDigest(bytes, start, end)) return;
  report(state, start, end, set.findDigest(bytes, start, end));
}

function report({ set, hits }: ScanState, start: number, end: number, entry: number): void {
  if (entry >= 0 && set.isListed(entry)) hits.push(start, end, entry, relationIndex.exact, -1);
}
