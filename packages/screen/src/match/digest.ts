import { hexDigit } from '../table/index.ts';
import type { EntrySet } from '../table/index.ts';
import type { HitList } from './hits.ts';
import { relationIndex } from './hits.ts';

const DIGEST_DIGITS_MAX = 128;
const DOT = 46;
const HYPHEN = 45;
const UNDERSCORE = 95;

/** Digests in a token: its runs of letters and digits that are hexadecimal throughout and as long as a listed digest. */
export function scanDigests(
  set: EntrySet,
  bytes: Uint8Array,
  start: number,
  end: number,
  isAllHex: boolean,
  hits: HitList,
): void {
  if (isAllHex) {
    lookUp(set, bytes, start, end, hits);
    return;
  }
  let runStart = start;
  let isHex = true;
  for (let at = start; at <= end; at++) {
    const byte = at === end ? DOT : bytes[at]!;
    if (byte === DOT || byte === HYPHEN || byte === UNDERSCORE) {
      if (isHex) lookUp(set, bytes, runStart, at, hits);
      runStart = at + 1;
      isHex = true;
    } else if (hexDigit[byte] === 255) {
      isHex = false;
    }
  }
}

function lookUp(set: EntrySet, bytes: Uint8Array, start: number, end: number, hits: HitList): void {
  const digits = end - start;
  if (digits > DIGEST_DIGITS_MAX || set.gates.digestLengths[digits] === 0) return;
  const entry = set.findDigest(bytes, start, end);
  if (entry >= 0 && set.isListed(entry)) hits.push(start, end, entry, relationIndex.exact, -1);
}
