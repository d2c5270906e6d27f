import { asOwnError, joinBytes } from '../base/index.ts';
import { parseEntryBundle } from './bundle.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Sha256 } from './crypto.ts';
import { foldHashes, planRoot } from './plan.ts';
import { areBytesEqual } from './text.ts';
import { nodeHashes, printTilePath, rootOfHashes, tileWidth } from './tile.ts';
import type { Tile } from './tile.ts';
import { leafHash } from './tree.ts';

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
 * Reads each file once, in the order of the entries; memory is that of one tile a level. After a bundle that cannot be read there is
 * nothing more to tell, and it ends.
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
  for (let start = 0; start < size; start += tileWidth) {
    const bundle: Tile = { level: 'entries', index: start / tileWidth, width: Math.min(tileWidth, size - start) };
    const entries = entriesOf(bundle, await read(printTilePath(bundle)));
    if (!Array.isArray(entries)) return yield entries;
    const leaves = entries.map((entry) => leafHash(entry, sha256));
    for (const tile of addHashes(edge, leaves, sha256)) yield* faultsOfTile(tile, await read(printTilePath(tile.tile)));
  }
  for (const [level, { hashes, index }] of edge.entries()) {
    const tile = { level, index, width: hashes.length };
    if (hashes.length > 0) yield* faultsOfTile({ tile, hashes }, await read(printTilePath(tile)));
  }
  // What a root is folded of stands at the edge.
  const plan = planRoot(size);
  const nodes = nodeHashes(plan, size, ({ level }) => joinBytes(...edge[Number(level)]!.hashes), sha256);
  if (!areBytesEqual(foldHashes(plan, nodes, sha256)[0]!, root)) {
    yield { path: 'checkpoint', reason: 'its root is not that of the entries' };
  }
}

/** The tile at the right edge of a level. */
interface TileInMaking {
  index: number;
  hashes: Uint8Array[];
}

interface MadeTile {
  readonly tile: Tile;
  readonly hashes: readonly Uint8Array[];
}

/** Adds hashes of leaves; gives the tiles that became full, the lowest first. */
function addHashes(edge: TileInMaking[], leaves: readonly Uint8Array[], sha256: Sha256): MadeTile[] {
  const full: MadeTile[] = [];
  let added = leaves;
  for (let level = 0; ; level += 1) {
    const making = (edge[level] ??= { index: 0, hashes: [] });
    making.hashes.push(...added);
    if (making.hashes.length < tileWidth) break;
    full.push({ tile: { level, index: making.index, width: tileWidth }, hashes: making.hashes });
    added = [rootOfHashes(making.hashes, sha256)];
    edge[level] = { index: making.index + 1, hashes: [] };
  }
  return full;
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

function* faultsOfTile({ tile, hashes }: MadeTile, bytes: Uint8Array | undefined): Generator<LogFault> {
  const path = printTilePath(tile);
  if (bytes === undefined) yield { path, reason: 'it is not there' };
  else if (!areBytesEqual(bytes, joinBytes(...hashes)))
    yield { path, reason: 'its hashes are not those of the entries' };
}
