import { makeBundle, makeList } from './intelligence.ts';
import { makeRecords } from './records.ts';
import type { ExpectedMatch } from './records.ts';
import { createSeededRandom } from './seeded-random.ts';

/** Made-up intelligence and a made-up log that contains some of it. */
export interface Sample {
  /** STIX 2.1 bundle. */
  readonly bundle: string;
  /** Plain list with comments and defanged values. */
  readonly list: string;
  /** About 2,000 records of several kinds. */
  readonly records: string;
  readonly expected: readonly ExpectedMatch[];
}

const recordCount = 2000;
const seed = 0x0c0417;

/**
 * The built-in sample: always the same content, its times shortly before `nowMs`.
 *
 * Only addresses and names that are reserved for documentation occur in it.
 */
export function makeSample(nowMs: number): Sample {
  // Days, not instants: loading the sample twice on one day gives the same objects, so the second is all duplicates.
  const midnightMs = nowMs - (nowMs % 86_400_000);
  const random = createSeededRandom(seed);
  const bundle = makeBundle(random, midnightMs);
  const { text, expected } = makeRecords(random, nowMs, recordCount);
  return { bundle, list: makeList(), records: text, expected };
}
