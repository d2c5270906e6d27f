import { asOwnError } from '@comity/protocol/base';
import {
  hashesOfTile,
  isConsistent,
  isTileConsistent,
  planConsistency,
  planTile,
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
  readonly #read: (tile: Tile) => Promise<Uint8Array | undefined>;

  constructor({ url, allowPrivate }: WatchedLog, deps: { readonly ask: Ask; readonly crypto: TlogCrypto }) {
    const get = async (tile: Tile): Promise<Uint8Array | undefined> => {
      const answer = await deps.ask({ url: `${url}/${printTilePath(tile)}`, allowPrivate, timeoutMs });
      return answer.status === 200 ? answer.body : undefined;
    };
    const read = async (tile: Tile): Promise<Uint8Array | undefined> =>
      (await get(tile)) ?? (tile.width === tileWidth ? undefined : await get({ ...tile, width: tileWidth }));
    this.#crypto = deps.crypto;
    this.#read = read;
    this.#tiles = createTileCache({ tilesMax }, { read, sha256: deps.crypto.sha256 });
  }

  /** Whether the log shows that one tree is the beginning of the other. False too when it shows nothing. */
  async isOneHistory(one: Tree, other: Tree): Promise<boolean> {
    const [from, to] = one.size <= other.size ? [one, other] : [other, one];
    const proof = await this.#hashes(() => this.#tiles.hashes(planConsistency(from.size, to.size), to.size));
    const claim = { fromSize: from.size, fromRoot: from.root, ...to, proof: proof ?? [] };
    return proof !== undefined && isConsistent(claim, this.#crypto.sha256);
  }

  /**
   * The hashes of the entries of tile `index`, as far as the tree goes, shown to be of that tree. Undefined when the log does not show
   * them.
   */
  async leaves(index: number, tree: Tree): Promise<readonly Uint8Array[] | undefined> {
    const tile = { level: 0, index, width: Math.min(tileWidth, tree.size - index * tileWidth) };
    const hashes = await this.#hashes(async () => hashesOfTile(tile, (await this.#read(tile)) ?? new Uint8Array(0)));
    const proof = await this.#hashes(() => this.#tiles.hashes(planTile(tile, tree.size), tree.size));
    if (hashes === undefined || proof === undefined) return undefined;
    const claim = { tile, bytes: Buffer.concat(hashes), ...tree, proof };
    return isTileConsistent(claim, this.#crypto.sha256) ? hashes : undefined;
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
