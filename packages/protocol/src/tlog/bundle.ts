import { joinBytes, limits } from '../base/index.ts';
import { hashBytes, malformed } from './text.ts';
import { tileWidth } from './tile.ts';
import type { Tile } from './tile.ts';

/**
 * Bytes of a bundle of entries (C2SP tlog-tiles): each with its length in two bytes before it.
 *
 * @throws {ComityError} `LEDGER_MALFORMED` for more than 256 entries or one of more than 65,535 bytes.
 */
export function printEntryBundle(entries: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  if (entries.length > tileWidth)
    throw malformed(`Cannot write bundle: ${entries.length} entries, at most ${tileWidth}`);
  return joinBytes(
    ...entries.flatMap((entry, index) => {
      const { length } = entry;
      if (length <= limits.ledgerEntryBytesMax) return [Uint8Array.of(length >> 8, length & 0xff), entry];
      throw malformed(`Cannot write entry ${index} of bundle: ${length} bytes, at most ${limits.ledgerEntryBytesMax}`);
    }),
  );
}

/**
 * The entries of a bundle.
 *
 * @param bytes - hostile.
 * @param width - how many entries it must have, 1 to 256.
 * @throws {ComityError} `LEDGER_MALFORMED`.
 */
export function parseEntryBundle(bytes: Uint8Array, width: number): Uint8Array[] {
  const entries: Uint8Array[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    if (entries.length === width) throw malformed(`Cannot read bundle: more than its ${width} entries`);
    const start = offset + 2;
    offset = start + ((bytes[offset]! << 8) | (bytes[offset + 1] ?? 0));
    if (offset > bytes.length) throw malformed(`Cannot read entry ${entries.length} of bundle: it is cut short`);
    entries.push(bytes.subarray(start, offset));
  }
  if (entries.length < width) throw malformed(`Cannot read bundle: ${entries.length} entries instead of ${width}`);
  return entries;
}

/**
 * The beginning of a full tile or bundle, as a partial one that is gone held it: readers of a smaller tree ask for that.
 *
 * @param full - hostile.
 * @throws {ComityError} `LEDGER_MALFORMED` for what is no full bundle.
 */
export function beginningOfTile(full: Uint8Array, { level, width }: Tile): Uint8Array {
  if (level !== 'entries') return full.subarray(0, width * hashBytes);
  return printEntryBundle(parseEntryBundle(full, tileWidth).slice(0, width));
}
