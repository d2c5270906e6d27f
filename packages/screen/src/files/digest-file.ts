import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { ComityError, quote } from '@comity/protocol/base';
import { unreadable } from '../input/index.ts';
import type { Bytes } from '../input/index.ts';
import { digestsOf, RunningDigests } from './digests.ts';
import type { DigestKind, Digests } from './digests.ts';
import { areSameFacts, factsOf } from './file-facts.ts';
import type { FileFacts } from './file-facts.ts';
import type { FileLimits } from './file-limits.ts';
import { InsideReader, packingOf } from './look-inside.ts';
import type { Inside } from './look-inside.ts';
import { PartSource } from './part-source.ts';
import { faultOf } from './outcome.ts';
import type { FileOutcome } from './outcome.ts';

/** How a file is read. */
export interface DigestFileOptions {
  readonly kinds: readonly DigestKind[];
  readonly limits: FileLimits;
  /** Told of bytes as they are read from the disk. */
  readonly onRead: (bytes: number) => void;
}

/** Read at once: in the processor's cache for every digest, and far more than a call costs. */
const CHUNK_BYTES = 256 * 1024;
/** So often a file that changes meanwhile is read. */
const attemptsMax = 3;
/** Without waiting for the other end of a pipe, and not through a link, that took the file's place since it was seen. */
const openFlags =
  constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

const scratch = Buffer.allocUnsafeSlow(CHUNK_BYTES);

/**
 * Reads one file once and gives its digests and those of what its archives hold. Blocks its thread while it reads.
 *
 * A file whose facts after reading are not those before, or that had another length, is read again, three times in all.
 *
 * @param path - bytes of a path as the system gave them; opened only if it leads to a regular file, not through a link.
 */
export async function digestFile(path: Uint8Array, options: DigestFileOptions): Promise<FileOutcome> {
  const name = Buffer.from(path.buffer, path.byteOffset, path.length).toString();
  try {
    for (let attempt = 1; attempt <= attemptsMax; attempt++) {
      const outcome = await readOnce(path, name, options);
      if (outcome !== undefined) return outcome;
    }
    throw new ComityError('FILE_UNREADABLE', `Cannot read ${quote(name)}: it changes while it is read`);
  } catch (error) {
    return { kind: 'failed', fault: faultOf(error) };
  }
}

/** Undefined when the file changed meanwhile. */
async function readOnce(path: Uint8Array, name: string, options: DigestFileOptions): Promise<FileOutcome | undefined> {
  let descriptor: number;
  try {
    descriptor = openSync(Buffer.from(path), openFlags);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { kind: 'gone' };
    // A link, a socket, a device without a driver.
    if (code === 'ELOOP' || code === 'ENXIO') return { kind: 'special' };
    throw unreadable(name, cause);
  }
  try {
    const stats = fstatSync(descriptor, { bigint: true });
    if (!stats.isFile()) return { kind: 'special' };
    const facts = factsOf(stats);
    const file: OpenFile = { name, descriptor, facts };
    const { digests, inside, bytes } = await readOpened(file, options);
    const after = factsOf(fstatSync(descriptor, { bigint: true }));
    if (!areSameFacts(facts, after) || BigInt(bytes) !== facts.size) return undefined;
    const parts = [{ digests }, ...(inside?.parts ?? [])];
    return { kind: 'digested', facts, parts, faults: inside?.faults ?? [], faultCount: inside?.faultCount ?? 0 };
  } catch (cause) {
    throw unreadable(name, cause);
  } finally {
    closeSync(descriptor);
  }
}

interface OpenFile {
  readonly name: string;
  readonly descriptor: number;
  readonly facts: FileFacts;
}

interface Read {
  readonly digests: Digests;
  readonly inside?: Inside;
  readonly bytes: number;
}

async function readOpened(file: OpenFile, options: DigestFileOptions): Promise<Read> {
  const read = readSync(file.descriptor, scratch);
  options.onRead(read);
  const packing = options.limits.depthMax > 0 ? packingOf(scratch.subarray(0, read)) : undefined;
  if (packing !== undefined && packing !== 'zip') return await readStream(file, scratch.subarray(0, read), options);
  const plain = readPlain(file, read, options);
  if (packing !== 'zip') return plain;
  const reader = insideReader(file, options);
  await reader.readZip(file.descriptor);
  return { ...plain, inside: reader.inside };
}

/**
 * The rest of a file whose first bytes are in the scratch buffer.
 *
 * Beyond its size nothing is read: it has changed, and may grow faster than it is read.
 */
function readPlain({ descriptor, facts }: OpenFile, firstBytes: number, { kinds, onRead }: DigestFileOptions): Read {
  // Fewer bytes than asked for are the end of a regular file; should it grow meanwhile, its facts say so.
  if (firstBytes < CHUNK_BYTES) {
    return { digests: digestsOf(scratch.subarray(0, firstBytes), kinds), bytes: firstBytes };
  }
  const digests = new RunningDigests(kinds);
  digests.update(scratch.subarray(0, firstBytes));
  let bytes = firstBytes;
  while (bytes <= facts.size) {
    const read = readSync(descriptor, scratch);
    if (read === 0) break;
    digests.update(scratch.subarray(0, read));
    bytes += read;
    onRead(read);
  }
  return { digests: digests.finish(), bytes };
}

async function readStream(file: OpenFile, head: Uint8Array, options: DigestFileOptions): Promise<Read> {
  const digests = new RunningDigests(options.kinds);
  let bytes = 0;
  const source = new PartSource(fileChunks(file, Uint8Array.from(head), options.onRead), (chunk) => {
    digests.update(chunk);
    bytes += chunk.length;
  });
  const reader = insideReader(file, options);
  await reader.readStream(source);
  await source.drain();
  return { digests: digests.finish(), inside: reader.inside, bytes };
}

async function* fileChunks({ descriptor, facts }: OpenFile, head: Uint8Array, onRead: (bytes: number) => void): Bytes {
  yield head;
  for (let bytes = head.length; bytes <= facts.size;) {
    // What is made of a chunk may still be waiting when the next is read, so each has bytes of its own.
    const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    const read = readSync(descriptor, chunk);
    if (read === 0) return;
    bytes += read;
    onRead(read);
    yield chunk.subarray(0, read);
  }
}

function insideReader({ name, facts }: OpenFile, { kinds, limits }: DigestFileOptions): InsideReader {
  return new InsideReader({ name, sizeBytes: Number(facts.size), kinds, limits });
}
