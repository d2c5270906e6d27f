import { joinBytes } from '../base/index.ts';
import type { Sha256 } from './crypto.ts';
import { foldHashes, planRoot } from './plan.ts';
import { hashesOfTile, nodeHashes, rootOfHashes, tileWidth } from './tile.ts';
import type { Tile } from './tile.ts';

/** The tile of hashes at the right edge of a level. */
export interface TileInMaking {
  readonly index: number;
  /** Fewer than a full tile has. */
  readonly hashes: readonly Uint8Array[];
}

/** A tile of hashes as it is written. */
export interface MadeTile {
  readonly tile: Tile;
  readonly bytes: Uint8Array;
}

/**
 * Adds hashes of leaves to the tiles at the edge of a log.
 *
 * @param edge - a tile a level, from the leaves up; none of an empty log. Changed in place.
 * @returns the tiles that became full, the lowest first.
 */
export function growTiles(edge: TileInMaking[], leaves: readonly Uint8Array[], sha256: Sha256): MadeTile[] {
  const full: MadeTile[] = [];
  let added = leaves;
  for (let level = 0; added.length > 0; level += 1) {
    let { index, hashes } = edge[level] ?? { index: 0, hashes: [] };
    hashes = [...hashes, ...added];
    added = [];
    for (; hashes.length >= tileWidth; index += 1) {
      const whole = hashes.slice(0, tileWidth);
      full.push(madeTile(level, index, whole));
      added = [...added, rootOfHashes(whole, sha256)];
      hashes = hashes.slice(tileWidth);
    }
    edge[level] = { index, hashes };
  }
  return full;
}

/** The partial tiles of an edge, the lowest first. */
export function partialTiles(edge: readonly TileInMaking[]): MadeTile[] {
  return edge.flatMap(({ index, hashes }, level) => (hashes.length === 0 ? [] : madeTile(level, index, hashes)));
}

function madeTile(level: number, index: number, hashes: readonly Uint8Array[]): MadeTile {
  return { tile: { level, index, width: hashes.length }, bytes: joinBytes(...hashes) };
}

/** Root of the log of `size` entries that has that edge: all its root is folded of stands there. */
export function rootOfTiles(edge: readonly TileInMaking[], size: number, sha256: Sha256): Uint8Array {
  const plan = planRoot(size);
  const nodes = nodeHashes(plan, size, ({ level }) => joinBytes(...edge[Number(level)]!.hashes), sha256);
  return foldHashes(plan, nodes, sha256)[0]!;
}

/**
 * The edge of a log of `size` entries, out of tiles that were read; whether they are the log's, its root tells.
 *
 * @param read - bytes of a partial tile, or of a wider one. Hostile.
 * @throws {ComityError} `LEDGER_MALFORMED` for bytes that are not so many hashes.
 */
export async function readTilesInMaking(
  size: number,
  read: (tile: Tile) => Promise<Uint8Array>,
): Promise<TileInMaking[]> {
  const edge: TileInMaking[] = [];
  for (let count = size; count > 0; count = Math.floor(count / tileWidth)) {
    const tile = { level: edge.length, index: Math.floor(count / tileWidth), width: count % tileWidth };
    edge.push({ index: tile.index, hashes: tile.width === 0 ? [] : hashesOfTile(tile, await read(tile)) });
  }
  return edge;
}
