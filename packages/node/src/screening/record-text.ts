import { showUtf8 } from '@comity/protocol/base';

/** Bytes of a record that are kept with a match. */
export const recordTextBytesMax = 8192;
/** The same once a record has more matches than `wholeMatchesMax`, so that one long line of hits stays small. */
const manyMatchesBytesMax = 512;
const wholeMatchesMax = 16;

/**
 * The text kept of a record: all of it, or a part round the value with `…` where it was cut.
 *
 * Cuts fall between characters. Control characters stay as they are; bytes that are not UTF-8 become U+FFFD.
 *
 * @param start - of the value in the record, in bytes; `end` is after its last.
 * @param matchIndex - how many matches of the same record came before.
 */
export function recordText(record: Uint8Array, start: number, end: number, matchIndex: number): string {
  const bytesMax = matchIndex < wholeMatchesMax ? recordTextBytesMax : manyMatchesBytesMax;
  if (record.length <= bytesMax) return showUtf8(record);
  const value = Math.min(end - start, bytesMax);
  const before = Math.floor((bytesMax - value) / 2);
  let from = Math.max(0, Math.min(start - before, record.length - bytesMax));
  let to = Math.min(record.length, from + bytesMax);
  while (from < to && isContinuation(record[from])) from++;
  while (to > from && to < record.length && isContinuation(record[to])) to--;
  return `${from > 0 ? '…' : ''}${showUtf8(record.subarray(from, to))}${to < record.length ? '…' : ''}`;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
