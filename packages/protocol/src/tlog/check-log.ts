import { asOwnError } from '../base/index.ts';
import { parseEntryBundle } from './bundle.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Sha256 } from './crypto.ts';
import { areBytesEqual } from './text.ts';
import { printTilePath, tileWidth } from './tile.ts';
import type { Tile } from './tile.ts';
import { growTiles, partialTiles, rootOfTiles } from './tiles-in-making.ts';
import type { MadeTile, TileInMaking } from './tiles-in-making.ts';
import { leafHash } from './tree.ts';

/** Bundles that are read at once: whoever waits for a disk or a network waits once for several. */
const readAheadMax = 8;

/** Something in a log that is not as its entries make it. */
export interface LogFault {
  /** Path of the tile or bundle, or `checkpoint`. */
  readonly path: string;
  readonly reason: string;
}

/**
 * Checks a whole log: every bundle has its form, every tile of hashes is that of the entries, and their root is that of the
 * checkpoint. Says nothing of who signed it: `openCheckpoint` does.
 *
 * Reads each file once, in the order of the entries, some bundles ahead; memory is that of those and of one tile a level. After a bundle
 * that cannot be read there is nothing more to tell, and it ends.
 *
 * @param read - bytes of a file of the log by its path, undefined when it is not there. Hostile. Of a log that has grown since, the
 *   beginning of a full file stands for a partial one that is gone; giving that is up to `read`.
 */
export async function* checkLog(
  { size, root }: Pick<Checkpoint, 'size' | 'root'>,
  read: (path: string) => Promise<Uint8Array | undefined>,
  sha256: Sha256,
): AsyncGenerator<LogFault, void> {
  const edge: TileInMaking[] = [];
  const ahead: { readonly bundle: Tile; readonly bytes: Promise<Uint8Array | undefined> }[] = [];
  const readAhead = (start: number): void => {
    const bundle: Tile = { level: 'entries', index: start / tileWidth, width: Math.min(tileWidth, size - start) };
    const bytes = read(printTilePath(bundle));
    // Told when it is its turn, which it may never be.
    bytes.catch(() => undefined);
    ahead.push({ bundle, bytes });
  };
  for (let start = 0; start < size && ahead.length < readAheadMax; start += tileWidth) readAhead(start);
  for (let next = ahead.length * tileWidth; ahead.length > 0; next += tileWidth) {
    const { bundle, bytes } = ahead.shift()!;
    const entries = entriesOf(bundle, await bytes);
    if (next < size) readAhead(next);
    if (!Array.isArray(entries)) return yield entries;
    const leaves = entries.map((entry) => leafHash(entry, sha256));
    for (const made of growTiles(edge, leaves, sha256)) yield* faultsOfTile(made, await read(printTilePath(made.tile)));
  }
  for (const made of partialTiles(edge)) yield* faultsOfTile(made, await read(printTilePath(made.tile)));
  if (!areBytesEqual(rootOfTiles(edge, size, sha256), root)) {
    yield { path: 'checkpoint', reason: 'its root is not that of the entries' };
  }
}

function entriesOf(bundle: Tile, bytes: Uint8Array | undefined): Uint8Array[] | LogFault {
  const path = printTilePath(bundle);
  if (bytes === undefined) return { path, reason: 'it is not there' };
  try {
    return parseEntryBundle(bytes, bundle.width);
  } catch (error) {
    return { path, reason: asOwnError(error).message };
  }
}

function* faultsOfTile(made: MadeTile, bytes: Uint8Array | undefined): Generator<LogFault> {
  const path = printTilePath(made.tile);
  if (bytes === undefined) yield { path, reason: 'it is not there' };
  else if (!areBytesEqual(bytes, made.bytes)) yield { path, reason: 'its hashes are not those of the entries' };
}
