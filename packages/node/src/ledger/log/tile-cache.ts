import { foldHashes, hashesOfTile, nodeHash, placeOfNode, tileWidth } from '@comity/protocol/tlog';
import type { HashPlan, Sha256, Tile, TreeNode } from '@comity/protocol/tlog';

/** Reads the hashes of a log's tree from its tiles, and keeps the tiles it read. */
export interface TileCache {
  /**
   * What a plan asks for (`foldHashes`), of the tree of `size` entries.
   *
   * @throws {ComityError} `LEDGER_MALFORMED` when a tile is not there or is none; what `read` throws.
   */
  hashes(plan: HashPlan, size: number): Promise<Uint8Array[]>;
  /** One node, when its tile is at hand. */
  nodeAtHand(level: number, index: number): Uint8Array | undefined;
  clear(): void;
}

/** The hashes of a tile and those over them: of each level the nodes that are whole, one after the other. */
type OpenTile = readonly (readonly Uint8Array[])[];

const tileLevels = 8;
const hashBytes = 32;

export interface TileCacheDeps {
  /** Bytes of a tile, or of a wider one; undefined when it is not there. Hostile. */
  readonly read: (tile: Tile) => Promise<Uint8Array | undefined>;
  readonly sha256: Sha256;
}

/** @param tilesMax - tiles that are kept, of 30 KiB each. */
export function createTileCache({ tilesMax }: { readonly tilesMax: number }, deps: TileCacheDeps): TileCache {
  const { read, sha256 } = deps;
  /** By level, then index, since a text as a key would cost more than the rest. Emptied when full: what is used comes back. */
  let kept: Map<number, OpenTile>[] = [];
  let count = 0;

  const openTile = async (tile: Tile): Promise<void> => {
    const bytes = (await read(tile)) ?? new Uint8Array(0);
    // A wider tile says all of what is asked for, and more that may be asked for next.
    const width = Math.max(tile.width, Math.floor(bytes.length / hashBytes));
    const levels = [hashesOfTile({ ...tile, width }, bytes)];
    for (let below = levels[0]!; below.length > 1; below = levels.at(-1)!)
      levels.push(
        Array.from({ length: below.length >> 1 }, (_, at) => nodeHash(below[2 * at]!, below[2 * at + 1]!, sha256)),
      );
    if (count >= tilesMax) clear();
    (kept[Number(tile.level)] ??= new Map()).set(tile.index, levels);
    count += 1;
  };

  const clear = (): void => {
    kept = [];
    count = 0;
  };

  const nodeAtHand = (level: number, index: number): Uint8Array | undefined => {
    const inTile = level % tileLevels;
    const perTile = tileWidth >> inTile;
    const opened = kept[(level - inTile) / tileLevels]?.get(Math.floor(index / perTile));
    return opened?.[inTile]?.[index % perTile];
  };

  const nodeOf = async (node: TreeNode, size: number): Promise<Uint8Array> => {
    const found = nodeAtHand(node.level, node.index);
    if (found !== undefined) return found;
    const { tile } = placeOfNode(node, size);
    await openTile(tile);
    return nodeAtHand(node.level, node.index)!;
  };

  return {
    nodeAtHand,
    clear,
    async hashes(plan, size) {
      const nodes: Uint8Array[] = [];
      for (const node of plan.nodes) nodes.push(await nodeOf(node, size));
      return foldHashes(plan, nodes, sha256);
    },
  };
}
