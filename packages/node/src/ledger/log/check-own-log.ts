import { ComityError, utf8Bytes } from '@comity/protocol/base';
import {
  checkLog,
  growEdge,
  leafHash,
  openCheckpoint,
  parseTilePath,
  planRoot,
  rootOfEdge,
  tileWidth,
} from '@comity/protocol/tlog';
import type { LogFault, TlogCrypto, VerifierKey } from '@comity/protocol/tlog';
import type { Store } from '../../store/index.ts';
import type { Disk } from '../disk/disk.ts';
import { readEntries } from './entries.ts';
import type { OwnLog, Published } from './log-book.ts';
import { createTileCache } from './tile-cache.ts';
import { filePath, readTile } from './tile-writer.ts';

export interface CheckDeps {
  readonly store: Pick<Store, 'reader'>;
  readonly disk: Disk;
  readonly crypto: TlogCrypto;
}

/** Entries that are hashed between two turns of the event loop. */
const stepMax = 1024;

/**
 * Checks a log of this node: what the store holds of it, each file, the checkpoint and who signed it.
 *
 * Reads everything once, in order; memory is that of some bundles. What is found is told at once.
 *
 * @param logKeys - Every key the log has ever signed with.
 * @param witnessKeys - Of all who have ever witnessed it.
 */
export async function* checkOwnLog(
  log: OwnLog,
  { logKeys, witnessKeys }: { readonly logKeys: readonly VerifierKey[]; readonly witnessKeys: readonly VerifierKey[] },
  deps: CheckDeps,
): AsyncGenerator<LogFault, void> {
  const { sha256 } = deps.crypto;
  const fault = (path: string, reason: string): LogFault => ({ path: filePath(log, path), reason });
  if (!areSame(rootOfEdge(log.edge, sha256), log.root)) yield fault('head', 'its edge does not make its root');
  const { published } = log;
  if (published === undefined) {
    yield* checkHead(log, [], 0, fault, deps);
    return;
  }
  const onDisk = await deps.disk.read(filePath(log, 'checkpoint'));
  if (onDisk === undefined || !areSame(onDisk, utf8Bytes(published.note)))
    yield fault('checkpoint', 'it is not the one that was published');
  const opened = openedOr(published, log.origin, logKeys, witnessKeys, deps.crypto);
  if ('reason' in opened) return yield fault('checkpoint', opened.reason);
  const checkpoint = opened;
  if (checkpoint.size !== published.size || checkpoint.size > log.size)
    return yield fault('checkpoint', `it shows ${checkpoint.size} entries, and the database has ${log.size}`);

  const unlike: LogFault[] = [];
  const read = async (path: string): Promise<Uint8Array | undefined> => {
    const tile = parseTilePath(path);
    const bytes = await readTile(deps.disk, log, tile);
    if (bytes !== undefined && tile.level === 'entries' && tile.width <= tileWidth) {
      const kept = readEntries(deps.store.reader, log.firstId + tile.index * tileWidth, tile.width);
      if (!isBundleOf(bytes, kept)) unlike.push(fault(path, 'its entries are not those of the database'));
    }
    return bytes;
  };
  let isWhole = true;
  for await (const { path, reason } of checkLog(checkpoint, read, sha256)) {
    isWhole = false;
    yield* unlike.splice(0);
    yield fault(path, reason);
  }
  yield* unlike;
  if (!isWhole) return;
  const tiles = createTileCache({ tilesMax: 64 }, { read: (tile) => readTile(deps.disk, log, tile), sha256 });
  const { nodes } = planRoot(checkpoint.size);
  const edge = await tiles.hashes({ nodes, counts: nodes.map(() => 1) }, checkpoint.size);
  yield* checkHead(log, edge, checkpoint.size, fault, deps);
}

/** Whether the entries of the store that came after some tree make the head. */
async function* checkHead(
  log: OwnLog,
  from: readonly Uint8Array[],
  fromSize: number,
  fault: (path: string, reason: string) => LogFault,
  { store, crypto: { sha256 } }: CheckDeps,
): AsyncGenerator<LogFault, void> {
  let edge = from;
  for (let size = fromSize; size < log.size; size += stepMax) {
    const entries = readEntries(store.reader, log.firstId + size, Math.min(stepMax, log.size - size));
    const leaves = entries.map((entry) => leafHash(entry, sha256));
    edge = growEdge(edge, size, leaves, sha256);
    await new Promise(setImmediate);
  }
  if (!areSame(rootOfEdge(edge, sha256), log.root))
    yield fault('head', 'its root is not that of the entries in the database');
}

function openedOr(
  { note }: Published,
  origin: string,
  logKeys: readonly VerifierKey[],
  witnessKeys: readonly VerifierKey[],
  crypto: TlogCrypto,
): { readonly size: number; readonly root: Uint8Array } | { readonly reason: string } {
  try {
    return openCheckpoint(note, { origin, keys: logKeys }, witnessKeys, crypto).checkpoint;
  } catch (error) {
    if (error instanceof ComityError) return { reason: error.message };
    throw error;
  }
}

/** Whether a bundle is `printEntryBundle` of entries, without making another: there may be a million. */
function isBundleOf(bytes: Uint8Array, entries: readonly Uint8Array[]): boolean {
  let offset = 0;
  for (const entry of entries) {
    const start = offset + 2;
    if (((bytes[offset] ?? 0) << 8) + (bytes[offset + 1] ?? 0) !== entry.length) return false;
    offset = start + entry.length;
    if (!areSame(bytes.subarray(start, offset), entry)) return false;
  }
  return offset === bytes.length;
}

function areSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
