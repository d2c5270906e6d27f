import { createHash, randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import { link, mkdir, open, readFile, rename, rm, stat, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ComityError, quote } from '@comity/protocol/base';
import { DigestCache } from './digest-cache.ts';

/**
 * The cache on disk: 16 bytes that say what it is, u32 version, u32 0, u64 bytes of the records, SHA-256 of all that and
 * the records, then the records. Little-endian.
 */
const magic = Buffer.from('COMITY FILES\r\n\u001a\n', 'latin1');
/** Raised when the records change, or when more would be found in a file than before: a kind of archive, say. */
const version = 1;
const HEAD_BYTES = 64;
const DIGEST_AT = 32;
/** A quarter of a GiB: about two million files. */
const defaultBytesMax = 256 * 1024 * 1024;
const writeBytes = 1024 * 1024;

/** A cache with what is to be said of it. */
export interface LoadedCache {
  readonly cache: DigestCache;
  /** Why a file that is there was not used, and what became of it; a sentence without its end. */
  readonly note?: string;
}

/**
 * The cache a file holds; an empty one when there is none, or when it is damaged, of another version, or not this user's.
 *
 * Whoever can write the cache decides what is passed over, so one that belongs to another user or that others may write
 * is not used. A file that never was a cache is kept under another name.
 *
 * @throws {ComityError} `FILE_UNREADABLE` when it cannot be read; `ARGUMENT_INVALID` when it is no regular file.
 */
export async function loadDigestCache(
  file: string,
  options: { readonly bytesMax?: number } = {},
): Promise<LoadedCache> {
  const bytesMax = options.bytesMax ?? defaultBytesMax;
  const cache = new DigestCache(bytesMax);
  let stats: Stats;
  try {
    stats = await stat(file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return { cache };
    throw failed('read', file, cause);
  }
  if (!stats.isFile()) {
    throw new ComityError('ARGUMENT_INVALID', `Cannot use ${quote(file)} as cache: it is no regular file`);
  }
  const because = (reason: string): LoadedCache => ({
    cache,
    note: `the cache ${quote(file)} ${reason}: every file is read, and it is made anew`,
  });
  if (isOfOthers(stats)) return because('belongs to another user, or others may write it');
  if (stats.size > bytesMax + HEAD_BYTES) return because(`is larger than ${bytesMax} bytes`);
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw failed('read', file, cause);
  }
  if (bytes.length === 0) return { cache };
  if (!bytes.subarray(0, magic.length).equals(magic)) return { cache, note: await setAside(file) };
  if (bytes.length >= HEAD_BYTES && bytes.readUInt32LE(16) !== version) return because('is of another version');
  const records = bytes.subarray(HEAD_BYTES);
  const isWhole =
    bytes.length >= HEAD_BYTES && headOf(records.length, digestOf([records])).equals(bytes.subarray(0, HEAD_BYTES));
  const parsed = isWhole ? DigestCache.parse(records, bytesMax) : undefined;
  return parsed === undefined ? because('is damaged') : { cache: parsed };
}

/** Who may write the cache may hide files from us. Windows has no such bits; there the folder's own rights decide. */
function isOfOthers(stats: Stats): boolean {
  const user = process.getuid?.();
  return user !== undefined && (stats.uid !== user || (stats.mode & 0o022) !== 0);
}

/** Never writes over what may be somebody's only copy: a typing error names any file. */
async function setAside(file: string): Promise<string> {
  const kept = `${file}.no-cache`;
  try {
    // Unlike a rename, a link does not replace what is there.
    await link(file, kept);
    await unlink(file);
  } catch (cause) {
    throw new ComityError(
      'ARGUMENT_INVALID',
      `Cannot use ${quote(file)} as cache: it is something else, and could not be kept as ${quote(kept)}`,
      { cause },
    );
  }
  return `the cache ${quote(file)} was none: it is kept as ${quote(kept)}, every file is read`;
}

/**
 * Saves a cache so that the file is the old one or the new one whatever happens, readable by its owner only. Of two runs
 * that end together the last one's is kept. Nothing is written when nothing changed.
 *
 * @throws {ComityError} `FILE_UNREADABLE` when it cannot be written.
 */
export async function saveDigestCache(cache: DigestCache, file: string): Promise<void> {
  if (!cache.isChanged) return;
  const part = `${file}.${randomUUID()}.part`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(part, 'wx', 0o600);
    try {
      await writeCache(cache, handle);
    } finally {
      await handle.close();
    }
    await rename(part, file);
  } catch (cause) {
    await rm(part, { force: true });
    throw failed('write', file, cause);
  }
}

async function writeCache(cache: DigestCache, handle: FileHandle): Promise<void> {
  let recordsBytes = 0;
  for (const record of cache.records()) recordsBytes += record.length;
  const digest = runningDigest(recordsBytes);
  let pieces: Buffer[] = [Buffer.alloc(HEAD_BYTES)];
  let pieceBytes = 0;
  for (const record of cache.records()) {
    digest.update(record);
    pieces.push(record);
    pieceBytes += record.length;
    if (pieceBytes < writeBytes) continue;
    await handle.writeFile(Buffer.concat(pieces));
    pieces = [];
    pieceBytes = 0;
  }
  await handle.writeFile(Buffer.concat(pieces));
  await handle.write(headOf(recordsBytes, digest.digest()), 0, HEAD_BYTES, 0);
  await handle.sync();
}

function runningDigest(recordsBytes: number): ReturnType<typeof createHash> {
  return createHash('sha256').update(startOfHead(recordsBytes));
}

function digestOf(records: readonly Buffer[]): Buffer {
  const digest = runningDigest(records.reduce((sum, record) => sum + record.length, 0));
  for (const record of records) digest.update(record);
  return digest.digest();
}

function startOfHead(recordsBytes: number): Buffer {
  const start = Buffer.alloc(DIGEST_AT);
  magic.copy(start);
  start.writeUInt32LE(version, 16);
  start.writeBigUInt64LE(BigInt(recordsBytes), 24);
  return start;
}

function headOf(recordsBytes: number, digest: Buffer): Buffer {
  return Buffer.concat([startOfHead(recordsBytes), digest], HEAD_BYTES);
}

function failed(action: 'read' | 'write', file: string, cause: unknown): ComityError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ComityError('FILE_UNREADABLE', `Cannot ${action} the cache ${quote(file)}: ${reason}`, { cause });
}
