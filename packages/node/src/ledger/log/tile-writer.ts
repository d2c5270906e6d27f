import { ComityError, quote } from '@comity/protocol/base';
import {
  beginningOfTile,
  growTiles,
  leafHash,
  partialTiles,
  printEntryBundle,
  printTilePath,
  readTilesInMaking,
  rootOfTiles,
  tilesBetween,
  tileWidth,
} from '@comity/protocol/tlog';
import type { Checkpoint, Sha256, Tile, TileInMaking } from '@comity/protocol/tlog';
import type { Store } from '../../store/index.ts';
import type { Disk, LogFile } from '../disk/disk.ts';
import { readEntries } from './entries.ts';
import type { OwnLog } from './log-book.ts';

/** Files that wait to be written together. */
const filesAtOnce = 64;

/** Makes the files of a log out of its entries. */
export interface TileWriter {
  /** How many entries are in the files of the log that are there: never more, while others are on their way. */
  readonly size: number;
  /** Goes on from the files that are there, if they are those of a tree with this root; else from nothing. */
  load(log: OwnLog, checkpoint: Pick<Checkpoint, 'size' | 'root'> | undefined): Promise<void>;
  /**
   * Writes what a log's files lack up to its head; when it resolves they are durable, and their root is that of the head.
   *
   * @throws {ComityError} `DATA_DAMAGED` when the entries of the store are not those of the head; what the disk throws.
   */
  advance(log: OwnLog): Promise<void>;
}

export function createTileWriter(
  store: Pick<Store, 'reader'>,
  deps: { readonly disk: Disk; readonly sha256: Sha256 },
): TileWriter {
  const { disk, sha256 } = deps;
  let size = 0;
  let edge: TileInMaking[] = [];
  /** What of `size` is durable. */
  let written = 0;
  const beginAnew = (): void => {
    size = 0;
    edge = [];
    written = 0;
  };

  /** Adds entries up to the head, a bundle at a time. */
  const write = async (log: OwnLog): Promise<void> => {
    const waiting: LogFile[] = [];
    const put = (tile: Tile, bytes: Uint8Array): void =>
      void waiting.push({ path: filePath(log, printTilePath(tile)), bytes });
    const isWider = new Set(
      [...tilesBetween(size, log.size)].filter(({ width }) => width < tileWidth).map(printTilePath),
    );
    while (size < log.size) {
      // A bundle that was partial is written again from its beginning.
      const [start, index] = [size - (size % tileWidth), Math.floor(size / tileWidth)];
      const width = Math.min(tileWidth, log.size - start);
      const entries = readEntries(store.reader, log.firstId + start, width);
      put({ level: 'entries', index, width }, printEntryBundle(entries));
      const leaves = entries.slice(size - start).map((entry) => leafHash(entry, sha256));
      for (const { tile, bytes } of growTiles(edge, leaves, sha256)) put(tile, bytes);
      size = start + width;
      if (waiting.length >= filesAtOnce) await disk.write(waiting.splice(0));
    }
    for (const { tile, bytes } of partialTiles(edge)) if (isWider.has(printTilePath(tile))) put(tile, bytes);
    if (waiting.length > 0) await disk.write(waiting);
    written = size;
  };

  return {
    get size() {
      return written;
    },
    async load(log, checkpoint) {
      beginAnew();
      if (checkpoint === undefined) return;
      try {
        const found = await readTilesInMaking(
          checkpoint.size,
          async (tile) => (await readTile(disk, log, tile)) ?? new Uint8Array(0),
        );
        if (!areSame(rootOfTiles(found, checkpoint.size, sha256), checkpoint.root)) return;
        edge = found;
        ({ size } = checkpoint);
        written = size;
      } catch (error) {
        if (!(error instanceof ComityError) || error.code !== 'LEDGER_MALFORMED') throw error;
      }
    },
    async advance(log) {
      const begun = size;
      if (size > log.size) beginAnew();
      await write(log);
      if (areSame(rootOfTiles(edge, size, sha256), log.root)) return;
      // Files were there that are another tree's: all are made anew, once.
      beginAnew();
      if (begun > 0) {
        await write(log);
        if (areSame(rootOfTiles(edge, size, sha256), log.root)) return;
        beginAnew();
      }
      throw new ComityError(
        'DATA_DAMAGED',
        `Cannot write the ledger ${quote(log.origin)}: the ${log.size} entries in the database are not those it has signed`,
      );
    },
  };
}

/** Where a file of a log stands on the disk: a folder for each log. */
export function filePath({ number }: Pick<OwnLog, 'number'>, path: string): string {
  return `${number}/${path}`;
}

/** Bytes of a tile, or the beginning of the full one that has taken its place. */
export async function readTile(disk: Disk, log: Pick<OwnLog, 'number'>, tile: Tile): Promise<Uint8Array | undefined> {
  const found = await disk.read(filePath(log, printTilePath(tile)));
  if (found !== undefined || tile.width === tileWidth) return found;
  const full = await disk.read(filePath(log, printTilePath({ ...tile, width: tileWidth })));
  return full && beginningOfTile(full, tile);
}

/** The same tile as it is in a log of `size` entries, if that has it: what was narrower once may never have been written. */
export function widestOf(tile: Tile, size: number): Tile {
  const count = Math.floor(size / tileWidth ** (tile.level === 'entries' ? 0 : tile.level)) - tile.index * tileWidth;
  return { ...tile, width: Math.min(tileWidth, Math.max(tile.width, count)) };
}

function areSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
