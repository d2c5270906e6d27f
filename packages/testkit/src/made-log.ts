import { utf8Bytes } from '@comity/protocol/base';
import {
  foldHashes,
  leafHash,
  nodeHashes,
  planRoot,
  printEntryBundle,
  printTilePath,
  rootOfHashes,
  tilesBetween,
  tileWidth,
} from '@comity/protocol/tlog';
import type { HashPlan } from '@comity/protocol/tlog';
import { nativeCrypto } from './native-crypto.ts';
import { createRandom } from './random.ts';

const { sha256 } = nativeCrypto;

/** A whole log in memory. */
export interface MadeLog {
  readonly size: number;
  readonly root: Uint8Array;
  readonly entries: readonly Uint8Array[];
  /** Bytes of each tile and bundle by its path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** What a plan asks for, read from the tiles. */
  hashes(plan: HashPlan, size?: number): Uint8Array[];
}

/** Entries that mean nothing, of 50 to 300 bytes, the same for the same seed. */
export function inventEntries(count: number, seed: number): Uint8Array[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) =>
    utf8Bytes(
      `{"act":${index},"salt":"${random
        .u32()
        .toString(16)
        .repeat(4 + random.below(33))
        .slice(0, 260)}"}`,
    ),
  );
}

/** A log of these entries, with the tiles it would serve had it grown at once. */
export function makeLog(entries: readonly Uint8Array[]): MadeLog {
  const size = entries.length;
  const levels = [entries.map((entry) => leafHash(entry, sha256))];
  const files = new Map<string, Uint8Array>();
  /** The widest tile of each place: it stands for those a smaller tree had there. */
  const widest = new Map<string, Uint8Array>();
  for (const tile of tilesBetween(0, size)) {
    const { level, index, width } = tile;
    const [start, end] = [index * tileWidth, index * tileWidth + width];
    if (level === 'entries') files.set(printTilePath(tile), printEntryBundle(entries.slice(start, end)));
    else {
      const hashes = levels[level]!.slice(start, end);
      const bytes = Uint8Array.from(Buffer.concat(hashes));
      files.set(printTilePath(tile), bytes);
      widest.set(`${level} ${index}`, bytes);
      if (width === tileWidth) (levels[level + 1] ??= []).push(rootOfHashes(hashes, sha256));
    }
  }
  const hashes = (plan: HashPlan, of = size): Uint8Array[] =>
    foldHashes(
      plan,
      nodeHashes(plan, of, ({ level, index }) => widest.get(`${level} ${index}`)!, sha256),
      sha256,
    );
  return { size, root: hashes(planRoot(size))[0]!, entries, files, hashes };
}
