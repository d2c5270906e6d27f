import { isAlphanumeric, isHex } from '../table/index.ts';
import type { EntrySet } from '../table/index.ts';
import type { HitList } from './hits.ts';
import { relationIndex } from './hits.ts';

const DIGEST_DIGITS_MIN = 32;
const DIGEST_DIGITS_MAX = 128;

/**
 * Reports the listed digests in `bytes[start, end)`: runs of letters and digits that are hexadecimal throughout and as long
 * as a listed digest.
 *
 * A run of 32 has a byte at every 32nd place, and at least 15 more on one side of it, so only these are looked at first.
 */
export function scanDigests(set: EntrySet, bytes: Uint8Array, start: number, end: number, hits: HitList): void {
  let from = start;
  for (let at = start + DIGEST_DIGITS_MIN - 1; at < end; at += DIGEST_DIGITS_MIN) {
    // One decision instead of five: most of what is looked at is no digest.
    const isLeft = isHex[bytes[at - 8]!]! & isHex[bytes[at - 15]!]!;
    const isRight = at + 15 < end ? isHex[bytes[at + 8]!]! & isHex[bytes[at + 15]!]! : 0;
    if ((isHex[bytes[at]!]! & (isLeft | isRight)) === 0) continue;
    let runStart = at;
    let runEnd = at + 1;
    while (runStart > from && isHex[bytes[runStart - 1]!] === 1) runStart--;
    while (runEnd < end && isHex[bytes[runEnd]!] === 1) runEnd++;
    from = runEnd;
    if (isBorder(bytes, runStart - 1, start, end) && isBorder(bytes, runEnd, start, end)) {
      lookUp(set, bytes, runStart, runEnd, hits);
    }
    // On to the first place that a further run can have.
    while (at + DIGEST_DIGITS_MIN < runEnd) at += DIGEST_DIGITS_MIN;
  }
}

/** Whether no letter or digit stands at `at`. */
function isBorder(bytes: Uint8Array, at: number, start: number, end: number): boolean {
  return at < start || at >= end || isAlphanumeric[bytes[at]!] === 0;
}

function lookUp(set: EntrySet, bytes: Uint8Array, start: number, end: number, hits: HitList): void {
  const digits = end - start;
  if (digits > DIGEST_DIGITS_MAX || set.gates.digestLengths[digits] === 0) return;
  const entry = set.findDigest(bytes, start, end);
  if (entry >= 0 && set.isListed(entry)) hits.push(start, end, entry, relationIndex.exact, -1);
}
