import { byteClass, byteClasses } from '../table/index.ts';
import type { Table } from '../table/index.ts';
import { scanAddressRun } from './address-run.ts';
import { scanDigests } from './digest.ts';
import { scanDotted } from './dotted.ts';
import type { HitList } from './hits.ts';
import { resetUrlRun } from './url.ts';

const { token: TOKEN, dot: DOT, notHex: NOT_HEX, colon: COLON } = byteClass;
/** Fewer bytes are no digest. */
const DIGEST_DIGITS_MIN = 32;

/**
 * Appends to `hits` every listed value in `bytes[start, end)`: a line, many whole lines, or one field of a record. What
 * lies outside is not looked at: both ends are borders. No string is made. Linear in the bytes, whatever they are.
 *
 * Hits come in no order; the same value at two places is two hits. A gate is reported where the host of a listed URL or
 * e-mail address stands and none of these matched there.
 *
 * Meaning of a match: docs/spec/matching.md.
 */
export function scan(table: Table, bytes: Uint8Array, start: number, end: number, hits: HitList): void {
  const { set } = table;
  const readsIpv6 = set.gates.readsIpv6;
  resetUrlRun();
  // Up to here runs of colons are dealt with.
  let colonsDone = start;
  let tokenStart = start;
  let tokenEnd = start;
  let at = start;
  for (;;) {
    let kind = 0;
    while (at < end && ((kind = byteClasses[bytes[at]!]!) & TOKEN) === 0) {
      if (kind === COLON && at >= colonsDone && readsIpv6) {
        colonsDone = scanAddressRun(set, bytes, tokenEnd === at ? tokenStart : at, at, start, end, hits);
      }
      at++;
    }
    if (at >= end) return;
    tokenStart = at;
    let seen = 0;
    do {
      seen |= kind;
      at++;
    } while (at < end && ((kind = byteClasses[bytes[at]!]!) & TOKEN) !== 0);
    tokenEnd = at;
    if ((seen & DOT) !== 0) scanDotted(set, bytes, tokenStart, at, start, end, hits);
    if (at - tokenStart >= DIGEST_DIGITS_MIN) scanDigests(set, bytes, tokenStart, at, (seen & NOT_HEX) === 0, hits);
  }
}
