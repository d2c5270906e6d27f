import { z } from 'zod';
import {
  canonicalJson,
  ComityError,
  hexOf,
  joinBytes,
  limits,
  parseJson,
  parseUtf8,
  utf8Bytes,
} from '../base/index.ts';
import { bytesOfHex, malformed } from './bytes.ts';
import { bucketBitsMax } from './cells.ts';
import { instantOf } from './epoch-key.ts';
import type { EpochKey } from './epoch-key.ts';
import { parseFuseFilter, printFuseFilter } from './fuse-filter.ts';
import type { FuseFilter } from './fuse-filter.ts';
import { elementBytes } from './oprf.ts';
import { generationBytes } from './output.ts';
import { cellBytesMax, cellBytesMin } from './sealed-record.ts';

/** What a holder offers to one member: the key, and by the filter what it may know. */
export interface LookupSet extends EpochKey {
  /** Names these records; another generation is sealed anew. */
  readonly generation: Uint8Array;
  readonly bucketBits: number;
  readonly cellBytes: number;
  readonly filter: FuseFilter;
}

const headCharsMax = 1024;
const newline = 10;
const epochMax = 2 ** 32 - 1;
const instantForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const head = z.strictObject({
  type: z.literal('comity-lookup-set'),
  version: z.literal(1),
  epoch: z.int().min(0).max(epochMax),
  key: z.string(),
  until: z.string().regex(instantForm),
  generation: z.string(),
  bucketBits: z.int().min(0).max(bucketBitsMax),
  cellBytes: z.int().min(cellBytesMin).max(cellBytesMax),
});

/** Bytes of a set: one line of canonical JSON, then the filter. */
export function printLookupSet(set: LookupSet): Uint8Array<ArrayBuffer> {
  const { epoch, publicKey, untilUs, generation, bucketBits, cellBytes, filter } = set;
  const line = canonicalJson({
    type: 'comity-lookup-set',
    version: 1,
    epoch,
    key: hexOf(publicKey),
    until: instantOf(untilUs),
    generation: hexOf(generation),
    bucketBits,
    cellBytes,
  });
  return joinBytes(utf8Bytes(`${line}\n`), printFuseFilter(filter));
}

/**
 * Reads a set.
 *
 * @param bytes - hostile.
 * @throws {ComityError} `INPUT_TOO_LARGE` or `LOOKUP_MALFORMED`.
 */
export function parseLookupSet(bytes: Uint8Array): LookupSet {
  if (bytes.length > limits.lookupAnswerBytesMax)
    throw new ComityError('INPUT_TOO_LARGE', `Cannot read the set: ${bytes.length} bytes`);
  const end = bytes.subarray(0, headCharsMax).indexOf(newline);
  if (end < 0) throw malformed('Cannot read the set: its first line does not end');
  const { epoch, key, until, generation, bucketBits, cellBytes } = parseHead(bytes.subarray(0, end));
  const publicKey = bytesOfHex(key, elementBytes);
  const generationId = bytesOfHex(generation, generationBytes);
  const untilMs = Date.parse(until);
  if (publicKey === undefined || generationId === undefined || Number.isNaN(untilMs))
    throw malformed('Cannot read the set: its key, generation or end has not its form');
  const filter = parseFuseFilter(bytes.subarray(end + 1));
  return {
    epoch,
    publicKey,
    untilUs: untilMs * 1000,
    generation: generationId,
    bucketBits,
    cellBytes,
    filter,
  };
}

function parseHead(line: Uint8Array): z.infer<typeof head> {
  let value: unknown;
  try {
    value = parseJson(parseUtf8(line, 'the set'), headCharsMax, 'the set');
  } catch (cause) {
    throw malformed('Cannot read the set: its first line is no JSON', cause);
  }
  const parsed = head.safeParse(value);
  if (parsed.success) return parsed.data;
  throw malformed(`Cannot read the set: ${parsed.error.issues[0]!.path.join('.')} of its first line has not its form`);
}
