import { joinBytes, limits } from '../base/index.ts';
import { malformed, splitBytes, viewOf } from './bytes.ts';
import { elementBytes, proofBytes } from './oprf.ts';
import type { Evaluation } from './oprf.ts';
import { generationBytes } from './output.ts';

const epochBytes = 4;
const bucketBytes = 2;
/** Buckets of one request. */
export const bucketsMax = 1024;

/** Blinded inputs of one epoch, as they are sent. */
export interface Question {
  readonly epoch: number;
  readonly elements: readonly Uint8Array[];
}

/** Bytes of a question: the epoch, then the elements. */
export function printQuestion({ epoch, elements }: Question): Uint8Array<ArrayBuffer> {
  return joinBytes(numberBytes(epoch, epochBytes), ...elements);
}

/** Reads a question. @param bytes - hostile. @throws {ComityError} `LOOKUP_MALFORMED`. */
export function parseQuestion(bytes: Uint8Array): Question {
  const count = (bytes.length - epochBytes) / elementBytes;
  if (!Number.isInteger(count) || count < 1 || count > limits.lookupBatchMax)
    throw malformed(
      `Cannot read the question: ${bytes.length} bytes are not an epoch and 1 to ${limits.lookupBatchMax} elements`,
    );
  return { epoch: viewOf(bytes).getUint32(0), elements: splitBytes(bytes.subarray(epochBytes), elementBytes) };
}

/** Bytes of an answer: the elements, then the proof. */
export function printEvaluation({ elements, proof }: Evaluation): Uint8Array<ArrayBuffer> {
  return joinBytes(...elements, proof);
}

/** Reads an answer. @param bytes - hostile. @param count - how many were asked for. @throws {ComityError} `LOOKUP_MALFORMED`. */
export function parseEvaluation(bytes: Uint8Array, count: number): Evaluation {
  if (bytes.length !== count * elementBytes + proofBytes)
    throw malformed(`Cannot read the answer: ${bytes.length} bytes are not ${count} elements and a proof`);
  return {
    elements: splitBytes(bytes.subarray(0, count * elementBytes), elementBytes),
    proof: bytes.subarray(count * elementBytes),
  };
}

/** What records of a generation are asked for. */
export interface RecordRequest {
  readonly generation: Uint8Array;
  /** Ascending; empty: all there are. */
  readonly buckets: readonly number[];
}

/** Bytes of a request for records: the generation, then the buckets. */
export function printRecordRequest({ generation, buckets }: RecordRequest): Uint8Array<ArrayBuffer> {
  return joinBytes(generation, ...buckets.map((bucket) => numberBytes(bucket, bucketBytes)));
}

/** Reads a request for records. @param bytes - hostile. @throws {ComityError} `LOOKUP_MALFORMED`. */
export function parseRecordRequest(bytes: Uint8Array): RecordRequest {
  const count = (bytes.length - generationBytes) / bucketBytes;
  if (!Number.isInteger(count) || count < 0 || count > bucketsMax)
    throw malformed(
      `Cannot read the request: ${bytes.length} bytes are not a generation and up to ${bucketsMax} buckets`,
    );
  const buckets = splitBytes(bytes.subarray(generationBytes), bucketBytes).map((two) => viewOf(two).getUint16(0));
  if (buckets.some((bucket, index) => index > 0 && bucket <= buckets[index - 1]!))
    throw malformed('Cannot read the request: its buckets do not ascend');
  return { generation: bytes.subarray(0, generationBytes), buckets };
}

function numberBytes(number: number, count: 2 | 4): Uint8Array {
  const bytes = new Uint8Array(count);
  if (count === 2) viewOf(bytes).setUint16(0, number);
  else viewOf(bytes).setUint32(0, number);
  return bytes;
}
