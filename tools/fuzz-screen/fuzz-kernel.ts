import { fastScan, HitList, scan, Table } from '../../packages/screen/src/index.ts';
import { soupText, soupValues } from '../../packages/testkit/src/corpus/index.ts';
import { createRandom } from '../../packages/testkit/src/index.ts';
import type { Random } from '../../packages/testkit/src/index.ts';
import { differenceOf, signatureOf } from './compare.ts';

/** Bytes of one input: several windows of the kernel. */
const INPUT_BYTES = 150_000;
const SCANS_OF_AN_INPUT = 24;

export interface FuzzResult {
  /** Looked through by each of the two. */
  readonly bytes: number;
  readonly hits: number;
  /** For people; undefined when there was none. */
  readonly difference: string | undefined;
}

/** Scans random inputs against random tables with both, in ranges that begin and end anywhere, between changes of the table. */
export function fuzzKernel(bytesMin: number, seed: number): FuzzResult {
  let bytes = 0;
  let hits = 0;
  for (let round = 0; bytes < bytesMin; round++) {
    const random = createRandom(seed + round * 7919);
    const values = Array.from({ length: 1 + random.below(6) }, () => soupValues(random)).flat();
    const table = Table.build(
      values.map((value, ref) => ({ value, ref })),
      { seed: random.u32() },
    );
    const input = inputOf(random);
    for (let count = 0; count < SCANS_OF_AN_INPUT; count++) {
      // Every offset from 0 to 127 against the words of the masks, at both ends.
      const start = random.below(128) + (random.below(4) === 0 ? random.below(input.length - 1000) : 0);
      const end = input.length - random.below(Math.min(128, input.length - start));
      const found = new HitList();
      const expected = new HitList();
      fastScan(table, input, start, end, found, 'all');
      scan(table, input, start, end, expected);
      bytes += end - start;
      hits += expected.count;
      const [a, b] = [signatureOf(found), signatureOf(expected)];
      if (a.first !== b.first || a.second !== b.second) {
        const difference = JSON.stringify(differenceOf(table, found, expected), undefined, 2);
        return { bytes, hits, difference: `seed ${seed}, round ${round}, ${start} to ${end}: ${difference}` };
      }
      if (random.below(3) === 0) change(table, random);
    }
  }
  return { bytes, hits, difference: undefined };
}

function inputOf(random: Random): Buffer {
  const filler = random.pick(['', ' ', '\n', '\0', '\t', 'x.', '"', ',']);
  let text = '';
  while (text.length < INPUT_BYTES) text += soupText(random) + (random.below(3) === 0 ? filler : '');
  return Buffer.from(text, random.below(2) === 0 ? 'utf8' : 'latin1');
}

function change(table: Table, random: Random): void {
  for (const value of soupValues(random)) {
    if (random.below(2) === 0) table.add(value, 1_000_000);
    else table.remove(value, random.below(40));
  }
}
