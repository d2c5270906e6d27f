import { asOwnError } from '@comity/protocol/base';
import {
  isConsistent,
  isIncluded,
  planConsistency,
  planInclusion,
  printTilePath,
  tileWidth,
} from '@comity/protocol/tlog';
import type { Checkpoint, Tile, TlogCrypto } from '@comity/protocol/tlog';
import type { Ask } from '../ask.ts';
import { createTileCache } from '../log/tile-cache.ts';
import type { TileCache } from '../log/tile-cache.ts';
import type { WatchedLog } from './monitor.ts';

type Tree = Pick<Checkpoint, 'size' | 'root'>;

const timeoutMs = 5000;
const tilesMax = 64;

/** The tree of somebody else's log, out of the tiles it serves. What it serves proves itself or is nothing. */
export class RemoteTree {
  readonly #tiles: TileCache;
  readonly #crypto: TlogCrypto;

  constructor({ url, allowPrivate }: WatchedLog, deps: { readonly ask: Ask; readonly crypto: TlogCrypto }) {
    const get = async (tile: Tile): Promise<Uint8Array | undefined> => {
      const answer = await deps.ask({ url: `${url}/${printTilePath(tile)}`, allowPrivate, timeoutMs });
      return answer.status === 200 ? answer.body : undefined;
    };
    const read = async (tile: Tile): Promise<Uint8Array | undefined> =>
      (await get(tile)) ?? (tile.width === tileWidth ? undefined : await get({ ...tile, width: tileWidth }));
    this.#crypto = deps.crypto;
    this.#tiles = createTileCache({ tilesMax }, { read, sha256: deps.crypto.sha256 });
  }

  /** Whether the log shows that one tree is the beginning of the other. False too when it shows nothing. */
  async isOneHistory(one: Tree, other: Tree): Promise<boolean> {
    const [from, to] = one.size <= other.size ? [one, other] : [other, one];
    const proof = await this.#hashes(() => this.#tiles.hashes(planConsistency(from.size, to.size), to.size));
    const claim = { fromSize: from.size, fromRoot: from.root, ...to, proof: proof ?? [] };
    return proof !== undefined && isConsistent(claim, this.#crypto.sha256);
  }

  /** What the log holds at a place: that entry, provably another, or nothing it shows. */
  async holds(index: number, leafHash: Uint8Array, tree: Tree): Promise<'it' | 'another' | 'unknown'> {
    const { sha256 } = this.#crypto;
    const leaf = { nodes: [{ level: 0, index }], counts: [1] };
    const proof = await this.#hashes(() => this.#tiles.hashes(planInclusion(index, tree.size), tree.size));
    const shown = await this.#hashes(() => this.#tiles.hashes(leaf, tree.size));
    if (proof === undefined || shown === undefined) return 'unknown';
    const isIn = (hash: Uint8Array): boolean => isIncluded({ index, leafHash: hash, ...tree, proof }, sha256);
    if (isIn(leafHash)) return 'it';
    return isIn(shown[0]!) ? 'another' : 'unknown';
  }

  async #hashes(read: () => Promise<Uint8Array[]>): Promise<Uint8Array[] | undefined> {
    try {
      return await read();
    } catch (error) {
      asOwnError(error);
      return undefined;
    }
  }
}
