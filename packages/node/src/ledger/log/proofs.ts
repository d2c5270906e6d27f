import { ComityError } from '@comity/protocol/base';
import { planConsistency, planInclusion, planRoot } from '@comity/protocol/tlog';
import type { HashPlan } from '@comity/protocol/tlog';
import { createTileCache } from './tile-cache.ts';
import type { TileCacheDeps } from './tile-cache.ts';

/**
 * Proofs out of the tiles of a log.
 *
 * All reject with `DATA_DAMAGED` when a tile they need is not there or is none, and with `ARGUMENT_INVALID` when the tree has no such thing.
 */
export interface Proofs {
  /** That entry `index` is in the tree of `size`: the hashes beside its way, the lowest first. */
  inclusion(index: number, size: number): Promise<Uint8Array[]>;
  /** That the tree of `fromSize` is the beginning of that of `size`. */
  consistency(fromSize: number, size: number): Promise<Uint8Array[]>;
  root(size: number): Promise<Uint8Array>;
  /** Forgets what was read, when the files were made anew. */
  clear(): void;
}

/** 64 MiB: the tiles of a million entries. */
const tilesMaxDefault = 4096;

export function createProofs(options: { readonly tilesMax?: number }, deps: TileCacheDeps): Proofs {
  const tiles = createTileCache({ tilesMax: options.tilesMax ?? tilesMaxDefault }, deps);
  const read = async (plan: HashPlan, size: number): Promise<Uint8Array[]> => {
    try {
      return await tiles.hashes(plan, size);
    } catch (cause) {
      if (!(cause instanceof ComityError) || cause.code !== 'LEDGER_MALFORMED') throw cause;
      throw new ComityError('DATA_DAMAGED', `Cannot prove from the files of the ledger: ${cause.message}`, { cause });
    }
  };
  /** Of one tree, since it is asked for many proofs of the latest: the hashes of what is left of it from an entry on, by that entry. */
  let edge: { readonly size: number; readonly hashes: Map<number, Uint8Array> } = { size: 0, hashes: new Map() };

  /**
   * A proof out of what is at hand, else undefined. Says the same as `planInclusion`, which costs more than all the rest: proofs are
   * made by the hundred thousand.
   */
  const inclusionAtHand = (index: number, size: number): Uint8Array[] | undefined => {
    const hashes: Uint8Array[] = [];
    for (let [level, at, width] = [0, index, 1]; width < size; level += 1) {
      const sibling = at % 2 === 0 ? at + 1 : at - 1;
      const start = sibling * width;
      if (start < size) {
        const isWhole = start + width <= size;
        const hash = isWhole ? tiles.nodeAtHand(level, sibling) : edge.hashes.get(start);
        if (hash === undefined) return undefined;
        hashes.push(hash);
      }
      at = Math.floor(at / 2);
      width *= 2;
    }
    return hashes;
  };

  /** Notes what a proof that was planned shows of the edge of its tree. */
  const noteEdge = (index: number, size: number, hashes: readonly Uint8Array[]): void => {
    if (edge.size !== size) edge = { size, hashes: new Map() };
    let taken = 0;
    for (let [at, width] = [index, 1]; width < size; width *= 2) {
      const start = (at % 2 === 0 ? at + 1 : at - 1) * width;
      if (start < size) {
        if (start + width > size) edge.hashes.set(start, hashes[taken]!);
        taken += 1;
      }
      at = Math.floor(at / 2);
    }
  };

  return {
    async inclusion(index, size) {
      const isThere = edge.size === size && index >= 0 && index < size;
      const atHand = isThere ? inclusionAtHand(index, size) : undefined;
      if (atHand !== undefined) return atHand;
      const hashes = await read(planInclusion(index, size), size);
      noteEdge(index, size, hashes);
      return hashes;
    },
    consistency: (fromSize, size) => read(planConsistency(fromSize, size), size),
    root: async (size) => (await read(planRoot(size), size))[0]!,
    clear() {
      tiles.clear();
      edge = { size: 0, hashes: new Map() };
    },
  };
}
