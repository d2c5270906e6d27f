import { assert, ComityError, quote } from '../base/index.ts';
import type { Sha256 } from './crypto.ts';
import type { HashPlan, TreeNode } from './plan.ts';
import { planSubtree } from './plan.ts';
import { hashBytes, malformed } from './text.ts';
import { isSubtreeConsistent, nodeHash, powerBelow } from './tree.ts';

/** Hashes of a full tile, and entries of a full bundle. */
export const tileWidth = 256;
const nodeLevels = 8;
const levelMax = 63;

/**
 * A tile of a log (C2SP tlog-tiles): `width` hashes of the level 8 × `level` of the tree, from number 256 × `index` on; or a bundle
 * of the entries themselves.
 */
export interface Tile {
  /** 0 to 63, or `entries`. */
  readonly level: number | 'entries';
  readonly index: number;
  /** 1 to 256; less than 256 at the right edge of a tree. */
  readonly width: number;
}

/** Path of a tile below the URL or folder of its log: `tile/1/x001/234.p/17`. */
export function printTilePath({ level, index, width }: Tile): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').replaceAll(/.{3}(?=.)/g, 'x$&/');
  return `tile/${level}/${groups}${width === tileWidth ? '' : `.p/${width}`}`;
}

const pathForm = /^tile\/(entries|[0-9]{1,2})\/((?:x[0-9]{3}\/){0,5}[0-9]{3})(?:\.p\/([0-9]{1,3}))?$/;

/**
 * Reads the path of a tile, in its one form: no leading zeros, no width of a full tile.
 *
 * @throws {ComityError} `LEDGER_MALFORMED`.
 */
export function parseTilePath(path: string): Tile {
  const [, level = '', index = '', width] = pathForm.exec(path) ?? [];
  const tile: Tile = {
    level: level === 'entries' ? level : Number(level),
    index: Number(index.replaceAll(/[x/]/g, '')),
    width: width === undefined ? tileWidth : Number(width),
  };
  const isLevel = tile.level === 'entries' || tile.level <= levelMax;
  const isOne = isLevel && Number.isSafeInteger(tile.index) && tile.width > 0 && tile.width <= tileWidth;
  // What is written in another way is another path.
  if (isOne && printTilePath(tile) === path) return tile;
  throw malformed(`Cannot read ${quote(path)}: it is not the path of a tile`);
}

/**
 * The tiles and bundles a log writes when it has grown from `fromSize` to `size` entries: those that are new and those that got wider,
 * the entries first, then the hashes from the leaves up. From 0: all there are.
 *
 * @throws {ComityError} `ARGUMENT_INVALID` for what are no sizes of one log.
 */
export function* tilesBetween(fromSize: number, size: number): Generator<Tile, void> {
  if (![fromSize, size].every(Number.isSafeInteger) || fromSize < 0 || fromSize > size) {
    throw new ComityError('ARGUMENT_INVALID', `Cannot list tiles: no log grows from ${fromSize} to ${size} entries`);
  }
  yield* grownTiles('entries', fromSize, size);
  for (let [level, from, count] = [0, fromSize, size]; count > 0; level += 1) {
    yield* grownTiles(level, from, count);
    [from, count] = [Math.floor(from / tileWidth), Math.floor(count / tileWidth)];
  }
}

/** The tiles of one level that are new or wider when it has `count` hashes instead of `from`. */
function* grownTiles(level: Tile['level'], from: number, count: number): Generator<Tile, void> {
  if (from === count) return;
  for (let index = Math.floor(from / tileWidth); index * tileWidth < count; index += 1) {
    yield { level, index, width: Math.min(tileWidth, count - index * tileWidth) };
  }
}

/** Where a node is found: the root of `count` hashes of a tile, from number `first` on. */
export interface TilePlace {
  readonly tile: Tile;
  readonly first: number;
  readonly count: number;
}

/**
 * Where a node of the tree of `size` entries is found.
 *
 * @throws {ComityError} `ARGUMENT_INVALID` when the tree has no such node.
 */
export function placeOfNode({ level, index }: TreeNode, size: number): TilePlace {
  const tileLevel = Math.floor(level / nodeLevels);
  const count = 2 ** (level % nodeLevels);
  const tile = Math.floor((index * count) / tileWidth);
  const width = Math.min(tileWidth, Math.floor(size / tileWidth ** tileLevel) - tile * tileWidth);
  const first = index * count - tile * tileWidth;
  if (first + count <= width) return { tile: { level: tileLevel, index: tile, width }, first, count };
  throw new ComityError('ARGUMENT_INVALID', `Cannot find node ${index} of level ${level} in a tree of ${size} entries`);
}

/** The tiles that hold the nodes of a plan, each once. */
export function tilesOfPlan(plan: HashPlan, size: number): Tile[] {
  const tiles = plan.nodes.map((node) => placeOfNode(node, size).tile);
  return [...new Map(tiles.map((tile) => [printTilePath(tile), tile])).values()];
}

/**
 * The hashes of the nodes of a plan, out of tiles that were read.
 *
 * @param read - bytes of a tile; a wider one may stand for it, as where a partial tile was full before it was asked for.
 * @throws {ComityError} `LEDGER_MALFORMED` for bytes that are no tile or fewer hashes than asked for.
 */
export function nodeHashes(
  plan: HashPlan,
  size: number,
  read: (tile: Tile) => Uint8Array,
  sha256: Sha256,
): Uint8Array[] {
  return plan.nodes.map((node) => {
    const { tile, first, count } = placeOfNode(node, size);
    const hashes = hashesOfTile(tile, read(tile));
    return rootOfHashes(hashes.slice(first, first + count), sha256);
  });
}

/**
 * The hashes of a tile.
 *
 * @throws {ComityError} `LEDGER_MALFORMED` for bytes that are fewer than the tile is wide, more than a full one, or no hashes.
 */
export function hashesOfTile(tile: Tile, bytes: Uint8Array): Uint8Array[] {
  const { length } = bytes;
  const isTile = tile.width >= 1 && tile.width * hashBytes <= length && length <= tileWidth * hashBytes;
  if (!isTile || length % hashBytes !== 0) {
    throw malformed(`Cannot use ${printTilePath(tile)}: ${length} bytes for ${tile.width} hashes`);
  }
  return Array.from({ length: tile.width }, (_, index) => bytes.subarray(index * hashBytes, (index + 1) * hashBytes));
}

/** Root over hashes of one level, at least one: of a full tile, the one hash of it on the level above. */
export function rootOfHashes(hashes: readonly Uint8Array[], sha256: Sha256): Uint8Array {
  assert(hashes.length > 0, 'a root is over one hash at least');
  if (hashes.length === 1) return hashes[0]!;
  const middle = powerBelow(hashes.length);
  const [left, right] = [hashes.slice(0, middle), hashes.slice(middle)];
  return nodeHash(rootOfHashes(left, sha256), rootOfHashes(right, sha256), sha256);
}

/** Plan of the proof that a tile of hashes is part of the tree of `size` entries. */
export function planTile(tile: Tile, size: number): HashPlan {
  const { start, end } = entriesOf(tile);
  return planSubtree(start, end, size);
}

/**
 * Whether a proof ({@link planTile}) shows that a tile holds the hashes of a tree of `size` entries. Hostile in every field.
 *
 * @throws {ComityError} `LEDGER_MALFORMED` for bytes that are no tile of that width.
 */
export function isTileConsistent(
  claim: {
    readonly tile: Tile;
    readonly bytes: Uint8Array;
    readonly size: number;
    readonly root: Uint8Array;
    readonly proof: readonly Uint8Array[];
  },
  sha256: Sha256,
): boolean {
  const { tile, bytes, size, root, proof } = claim;
  const hash = rootOfHashes(hashesOfTile(tile, bytes), sha256);
  return isSubtreeConsistent({ ...entriesOf(tile), hash, size, root, proof }, sha256);
}

/** The entries under a tile of hashes. A partial one is a subtree too: it begins where a full one would. */
function entriesOf({ level, index, width }: Tile): { start: number; end: number } {
  if (level === 'entries') throw malformed('Cannot check a bundle of entries as hashes: hash its entries first');
  const each = tileWidth ** level;
  const start = index * tileWidth * each;
  return { start, end: start + width * each };
}
