import type { HitList, Table } from '../../packages/screen/src/index.ts';
import { relations } from '../../packages/screen/src/index.ts';

/** Two numbers that differ, but for a chance of one in 2^64, when two lists hold different hits; the order means nothing. */
export function signatureOf(hits: HitList): { readonly first: number; readonly second: number } {
  let first = hits.count;
  let second = hits.count;
  for (let hit = 0; hit < hits.count; hit++) {
    let mixed = Math.imul(hits.start[hit]! + 1, 0x9e37_79b1) ^ Math.imul(hits.end[hit]! + 1, 0x85eb_ca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x7feb_352d) ^ Math.imul(hits.entry[hit]! + 1, 0xc2b2_ae35);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0x846c_a68b) ^ (hits.relation[hit]! * 0x1_0001 + hits.port[hit]!);
    first = (first + Math.imul(mixed ^ (mixed >>> 16), 0x7feb_352d)) | 0;
    second = (second + Math.imul(mixed ^ (mixed >>> 14), 0x2c1b_3c6d)) | 0;
  }
  return { first, second };
}

/** What is in one list and not in the other, for people. */
export function differenceOf(table: Table, found: HitList, expected: HitList): { missed: string[]; extra: string[] } {
  const foundTexts = textsOf(table, found);
  const expectedTexts = textsOf(table, expected);
  return {
    missed: expectedTexts.filter((text) => !foundTexts.includes(text)),
    extra: foundTexts.filter((text) => !expectedTexts.includes(text)),
  };
}

function textsOf(table: Table, hits: HitList): string[] {
  return Array.from({ length: hits.count }, (_, hit) => {
    const place = `${hits.start[hit]!} to ${hits.end[hit]!}`;
    return `${relations[hits.relation[hit]!]!} ${table.valueOf(hits.entry[hit]!)} at ${place}, port ${hits.port[hit]!}`;
  });
}
