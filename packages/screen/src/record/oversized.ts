import { limits } from '@comity/protocol/base';

/**
 * Where to cut a record that is longer than `limits.recordBytesMax`, so that no value is cut in two: behind the last byte
 * that can stand in no value (space, control character, quote) among the last `limits.valueCharsMax`. A run without such a
 * byte is longer than any value, and is cut where it is.
 *
 * @returns Offset to cut at, `start` < offset <= `end`.
 */
export function cutBefore(bytes: Uint8Array, start: number, end: number): number {
  const floor = Math.max(start, end - limits.valueCharsMax);
  for (let at = end; at > floor; at--) {
    const byte = bytes[at - 1]!;
    if (byte <= 0x20 || byte === 0x22) return at;
  }
  return end;
}
