import { createHash } from 'node:crypto';
import { hexOf } from '@comity/protocol/base';

/** Bytes that come of a word, others at each call. */
export function seededBytes(word: string): (count: number) => Uint8Array {
  let count = 0;
  return (bytes) =>
    createHash('sha512')
      .update(`${word} ${(count += 1)}`)
      .digest()
      .subarray(0, bytes);
}

/** UUIDs that come of a word. */
export function seededUuids(word: string): () => string {
  const bytes = seededBytes(word);
  return () => hexOf(bytes(16)).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5');
}
