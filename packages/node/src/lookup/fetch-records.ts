import { limits } from '@comity/protocol/base';
import { bucketOf, bucketsMax, parseCells, printRecordRequest } from '@comity/protocol/lookup';
import type { LookupSet } from '@comity/protocol/lookup';
import type { LookupLeak } from './lookup.ts';

/** Records of a set that are fetched whole when some are needed: then which is told to nobody. Bytes. */
const wholeBytesMax = 16 * 1024 * 1024;
/** Buckets fetched at least. */
const bucketsMin = 8;
/** Buckets of one request: some 6 MiB of records. */
const bucketsAtOnce = 32;

type RecordLeak = Pick<LookupLeak, 'records' | 'buckets' | 'bucketsOf' | 'recordsPerBucket'>;

export interface FetchedRecords {
  /** Ascending. */
  readonly cells: readonly Uint8Array[];
  readonly leak: RecordLeak;
}

export const nothingFetched: RecordLeak = { records: 'none', buckets: 0, bucketsOf: 0, recordsPerBucket: 0 };

/**
 * Fetches the records of names, hidden among others: all records of a set that is not too large, else theirs with at least as many
 * buckets nobody needs.
 *
 * @param ask - sends a request for records.
 * @param randomInt - below a number, unpredictable.
 * @throws {ComityError} `LOOKUP_MALFORMED`, and what `ask` throws.
 */
export async function fetchRecords(
  names: readonly Uint8Array[],
  set: LookupSet,
  ask: (request: Uint8Array, answerBytesMax: number) => Promise<Uint8Array>,
  randomInt: (below: number) => number,
): Promise<FetchedRecords> {
  const { generation, bucketBits, cellBytes, filter } = set;
  const bucketsOf = 2 ** bucketBits;
  const recordsPerBucket = Math.round(filter.count / bucketsOf);
  if (filter.count * cellBytes <= wholeBytesMax) {
    const bytes = await ask(printRecordRequest({ generation, buckets: [] }), wholeBytesMax);
    return { cells: parseCells(bytes, set), leak: { records: 'all', buckets: bucketsOf, bucketsOf, recordsPerBucket } };
  }
  const buckets = hide(new Set(names.map((name) => bucketOf(name, bucketBits))), bucketsOf, randomInt);
  const cells: Uint8Array[] = [];
  for (let from = 0; from < buckets.length; from += bucketsAtOnce) {
    const piece = buckets.slice(from, from + bucketsAtOnce);
    const bytes = await ask(printRecordRequest({ generation, buckets: piece }), limits.lookupAnswerBytesMax);
    cells.push(...parseCells(bytes, set, piece));
  }
  const records = buckets.length === bucketsOf ? 'all' : 'some';
  return { cells, leak: { records, buckets: buckets.length, bucketsOf, recordsPerBucket } };
}

/** Buckets with others among them, ascending: a power of two of them, so that their number tells little of how many are needed. */
function hide(needed: Set<number>, bucketsOf: number, randomInt: (below: number) => number): readonly number[] {
  let wanted = bucketsMin;
  while (wanted < needed.size * 2) wanted *= 2;
  if (wanted >= Math.min(bucketsOf, bucketsMax)) return Array.from({ length: bucketsOf }, (_, bucket) => bucket);
  const all = new Set(needed);
  while (all.size < wanted) all.add(randomInt(bucketsOf));
  return [...all].toSorted((a, b) => a - b);
}
