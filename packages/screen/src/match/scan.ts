import { isTokenByte } from '../table/index.ts';
import type { Table } from '../table/index.ts';
import { scanAddressRun } from './address-run.ts';
import { scanDigests } from './digest.ts';
import { scanDotted } from './dotted.ts';
import type { HitList } from './hits.ts';
import { resetUrlRun } from './url.ts';

const DOT = 46;
const COLON = 58;

/** 1 for the two bytes that every listed value but a digest has: all others are passed over without a decision. */
const isSpecial = Uint8Array.from({ length: 256 }, (_, byte) => (byte === DOT || byte === COLON ? 1 : 0));

/**
 * Appends to `hits` every listed value in `bytes[start, end)`: a line, many whole lines, or one field of a record. What
 * lies outside is not looked at: both ends are borders. No string is made. Linear in the bytes, whatever they are.
 *
 * Hits come in no order; the same value at two places is two hits. A gate is reported where the host of a listed URL or
 * e-mail address stands and none of these matched there.
 *
 * Meaning of a match: docs/spec/matching.md. The cost is wrongly predicted branches, so the loop takes four bytes at a
 * time and looks for the borders of a token only where there is a dot or a colon in it.
 */
export function scan(table: Table, bytes: Uint8Array, start: number, end: number, hits: HitList): void {
  const { set } = table;
  const readsIpv6 = set.gates.readsIpv6;
  resetUrlRun();
  if (set.gates.hasDigests) scanDigests(set, bytes, start, end, hits);
  // Up to here runs of colons are dealt with.
  let colonsDone = start;
  let at = start;
  const lastFour = end - 4;
  for (;;) {
    while (
      at <= lastFour &&
      (isSpecial[bytes[at]!]! |
        isSpecial[bytes[at + 1]!]! |
        isSpecial[bytes[at + 2]!]! |
        isSpecial[bytes[at + 3]!]!) ===
        0
    ) {
      at += 4;
    }
    while (at < end && isSpecial[bytes[at]!] === 0) at++;
    if (at >= end) return;
    if (bytes[at] === DOT) {
      let tokenStart = at;
      while (tokenStart > start && isTokenByte[bytes[tokenStart - 1]!] === 1) tokenStart--;
      do at++;
      while (at < end && isTokenByte[bytes[at]!] === 1);
      scanDotted(set, bytes, tokenStart, at, start, end, hits);
    } else {
      if (at >= colonsDone && readsIpv6) colonsDone = scanAddressRun(set, bytes, at, start, end, hits);
      at++;
    }
  }
}
