import type { Table } from '../table/index.ts';
import type { HitList } from './hits.ts';

/**
 * Appends to `hits` every listed value in `bytes[start, end)`: a line, many whole lines, or one field of a record. What
 * lies outside is not looked at: both ends are borders. No string is made. Linear in the bytes.
 *
 * Meaning of a match: docs/spec/matching.md.
 */
export function scan(_table: Table, _bytes: Uint8Array, _start: number, _end: number, _hits: HitList): void {
  throw new Error('not yet');
}
