import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { ComityError, limits, quote } from '@comity/protocol/base';
import { decompressed } from './decompress.ts';
import type { Bytes } from './decompress.ts';
import { filesBelow } from './files-below.ts';
import { unreadable } from './unreadable.ts';
import { zipMembers } from './zip-members.ts';

/** How inputs are opened; every limit has a default from `limits`. */
export interface InputOptions {
  /** Decompressed bytes for each compressed byte, once past 1 MiB. */
  readonly archiveRatioMax?: number;
  /** Members of one `.zip`. */
  readonly archiveMembersMax?: number;
  /** Decompressed bytes of one input; no limit when absent, since the bytes are streamed and not kept. */
  readonly bytesMax?: number;
  /** Read for the path `-`; the process's own standard input when absent. */
  readonly stdin?: AsyncIterable<Uint8Array>;
}

/** One stream of decompressed bytes with the name to show for it. */
export interface OpenedInput {
  /** The path as given, joined below a folder; a member of an archive is `archive.zip/member`. */
  readonly name: string;
  /**
   * The bytes, decompressed, read only as fast as they are taken; iterate once. A chunk belongs to the consumer.
   *
   * @throws {ComityError} while iterating: `FILE_UNREADABLE`, `ARCHIVE_MALFORMED`, `ARCHIVE_BOMB` or `INPUT_TOO_LARGE`,
   *   with the name in the message. Other inputs of the same call are not affected.
   */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Bytes of the file on disk (compressed when it is), for a progress bar; undefined for a stream. */
  readonly sizeBytes: number | undefined;
  /** How many of `sizeBytes` were read so far. */
  readBytes(): number;
}

/**
 * Opens a file, a folder with everything below it, or standard input (`-`), and looks through compression.
 *
 * gzip (also several members), Zstandard (also several frames) and zip are recognised by their first bytes, not by name;
 * one may lie inside another, two deep. UTF-16 with a byte-order mark comes out as UTF-8. Iterating the outer sequence never throws: what cannot be opened is yielded as an
 * input whose `chunks` throw, so that one bad file does not hide the others. Inputs are opened one after another: finish
 * or leave the chunks of one before taking the next.
 *
 * Folders: files in order of name, links followed, each real folder visited once, sockets and devices left out.
 */
export async function* openInput(path: string, options: InputOptions = {}): AsyncIterable<OpenedInput> {
  if (path === '-') {
    yield* openStream('-', options.stdin ?? (process.stdin as AsyncIterable<Uint8Array>), options);
    return;
  }
  for await (const file of filesBelow(path)) {
    if (file.error === undefined) yield* openFile(file.path, options);
    else yield failing(file.path, file.error);
  }
}

/** The same for a stream that is open already: a socket, an HTTP body, standard input. A zip is buffered whole (256 MiB at most). */
export async function* openStream(
  name: string,
  source: AsyncIterable<Uint8Array>,
  options: InputOptions = {},
): AsyncIterable<OpenedInput> {
  yield* looksThrough(name, source, undefined, undefined, options);
}

async function* openFile(path: string, options: InputOptions): AsyncIterable<OpenedInput> {
  let sizeBytes: number | undefined;
  try {
    const facts = await stat(path);
    sizeBytes = facts.isFile() ? facts.size : undefined;
  } catch (cause) {
    yield failing(path, unreadable(path, cause));
    return;
  }
  yield* looksThrough(path, fileBytes(path), sizeBytes, sizeBytes === undefined ? undefined : path, options);
}

async function* fileBytes(path: string): Bytes {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) yield chunk as Uint8Array;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** Decompresses by the first bytes; a zip on disk is read in place (`zipPath`), one in a stream is buffered. */
async function* looksThrough(
  name: string,
  source: AsyncIterable<Uint8Array>,
  sizeBytes: number | undefined,
  zipPath: string | undefined,
  options: InputOptions,
): AsyncIterable<OpenedInput> {
  let readBytes = 0;
  async function* counted(): Bytes {
    for await (const chunk of source) {
      readBytes += chunk.length;
      yield chunk;
    }
  }
  const opened = await decompressed(name, counted(), {
    ratioMax: options.archiveRatioMax ?? limits.archiveRatioMax,
    bytesMax: options.bytesMax ?? Number.POSITIVE_INFINITY,
  });
  if (opened.kind === 'bytes') {
    yield { name, chunks: opened.chunks, sizeBytes, readBytes: () => readBytes };
    return;
  }
  const members = zipMembers(name, opened.wrapped ? undefined : zipPath, opened.chunks, {
    ratioMax: options.archiveRatioMax ?? limits.archiveRatioMax,
    membersMax: options.archiveMembersMax ?? limits.archiveMembersMax,
    bytesMax: limits.jsonDocumentBytesMax,
  });
  let first = true;
  for await (const member of members) {
    // The archive's size counts once, for its first member.
    const size = first ? sizeBytes : 0;
    first = false;
    if (member.error !== undefined) {
      yield failing(member.name, member.error);
      continue;
    }
    const inner = await decompressed(member.name, member.chunks, {
      ratioMax: options.archiveRatioMax ?? limits.archiveRatioMax,
      bytesMax: options.bytesMax ?? Number.POSITIVE_INFINITY,
      packedBytes: member.packedBytes,
    });
    if (inner.kind === 'zip') {
      yield failing(
        member.name,
        new ComityError('ARCHIVE_MALFORMED', `Cannot read ${quote(member.name)}: a zip inside a zip is not read`),
      );
    } else {
      yield { name: member.name, chunks: inner.chunks, sizeBytes: size, readBytes: () => size ?? 0 };
    }
  }
}

function failing(name: string, error: ComityError): OpenedInput {
  // oxlint-disable-next-line require-yield -- an input that fails has nothing to yield
  async function* chunks(): Bytes {
    throw error;
  }
  return { name, chunks: chunks(), sizeBytes: 0, readBytes: () => 0 };
}
