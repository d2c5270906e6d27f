import { limits } from '../base/index.ts';
import { compareBytes, malformed, splitBytes, viewOf } from './bytes.ts';
import { nameBytes } from './output.ts';

/** Most bits of a name that say in which bucket its record lies. */
export const bucketBitsMax = 16;

/** The bucket of a name: its first bits. @param bits - 0 to {@link bucketBitsMax}. */
export function bucketOf(name: Uint8Array, bits: number): number {
  return viewOf(name).getUint16(0) >> (16 - bits);
}

/** How many bits a set of `count` records is cut by, so that whoever asks for a bucket asks for about 256 values or more. */
export function bucketBitsOf(count: number): number {
  return Math.min(bucketBitsMax, Math.max(0, 31 - Math.clz32(count) - 8));
}

/** What a set says of how its records lie. */
interface CellForm {
  readonly cellBytes: number;
  readonly bucketBits: number;
}

/**
 * The records of an answer.
 *
 * @param bytes - hostile.
 * @param buckets - those that were asked for; undefined: all.
 * @throws {ComityError} `LOOKUP_MALFORMED` for a record of another bucket, and for records that do not ascend: an answer has one form.
 */
export function parseCells(
  bytes: Uint8Array,
  { cellBytes, bucketBits }: CellForm,
  buckets?: readonly number[],
): readonly Uint8Array[] {
  if (bytes.length > limits.lookupAnswerBytesMax || bytes.length % cellBytes !== 0)
    throw malformed(`Cannot read records: ${bytes.length} bytes are no whole records of ${cellBytes}`);
  const cells = splitBytes(bytes, cellBytes);
  const asked = buckets && new Set(buckets);
  for (const [index, cell] of cells.entries()) {
    const before = cells[index - 1];
    if (before !== undefined && compareBytes(before.subarray(0, nameBytes), cell.subarray(0, nameBytes)) >= 0)
      throw malformed(`Cannot read record ${index}: it is not in its order`);
    if (asked?.has(bucketOf(cell, bucketBits)) === false)
      throw malformed(`Cannot read record ${index}: it is of a bucket that was not asked for`);
  }
  return cells;
}

/** The record of a name among cells that ascend; undefined: there is none. */
export function findCell(cells: readonly Uint8Array[], name: Uint8Array): Uint8Array | undefined {
  let [low, high] = [0, cells.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareBytes(name, cells[middle]!) > 0) low = middle + 1;
    else high = middle;
  }
  const cell = cells[low];
  return cell !== undefined && compareBytes(name, cell) === 0 ? cell : undefined;
}
