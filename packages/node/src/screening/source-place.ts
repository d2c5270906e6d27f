import { closeSync, openSync, statSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { ComityError, quote } from '@comity/protocol/base';
import { formatTitles } from '@comity/screen';
import { headBytesMax, printOf, readAt, tailBytesMax } from './file-print.ts';
import { listFolder, parseFolder } from './folder-files.ts';
import { isFileOf, newStream } from './followed-file.ts';
import { parseListenAddress, showListenAddress } from './listen-address.ts';
import type { NewRecordSource } from './record-source.ts';
import { findStats, hasCompressedHead } from './rotated-files.ts';
import type { StreamState } from './worker-messages.ts';

/** How far back from the end of a file its last line end is looked for, and how much of it at once. */
const lineBytesMax = 1024 * 1024;
const lookBytes = 16 * 1024;

/** What a caller asked for, checked and in one form. */
export interface SourcePlace {
  readonly location: string;
  readonly format: string;
  readonly name: string;
}

/**
 * Checks a new source.
 *
 * @param dataDir - nothing in it may be screened: the node would read what it writes.
 * @throws {ComityError} `ARGUMENT_INVALID` or `FILE_UNREADABLE`.
 */
export function parseSourcePlace(source: NewRecordSource, dataDir: string): SourcePlace {
  const format = parseRecordFormat(source.format);
  const location = placeOf(source, dataDir);
  return { location, format, name: source.name ?? (location === '' ? 'Pushed records' : location) };
}

/**
 * Name of a record format, `auto` when none is given.
 *
 * @throws {ComityError} `ARGUMENT_INVALID`.
 */
export function parseRecordFormat(text = 'auto'): string {
  if (text === 'auto' || Object.hasOwn(formatTitles, text)) return text;
  throw new ComityError('ARGUMENT_INVALID', `Cannot screen as ${quote(text)}: there is no such record format`);
}

function placeOf(source: NewRecordSource, dataDir: string): string {
  const given = (source.location ?? '').trim();
  switch (source.kind) {
    case 'http':
      return '';
    case 'syslog-udp':
    case 'syslog-tcp':
      return showListenAddress(parseListenAddress(given));
    case 'file': {
      const path = filePath(given, dataDir);
      if (facts(path)?.isFile() === false) {
        throw new ComityError('FILE_UNREADABLE', `Cannot follow ${quote(path)}: it is no regular file`);
      }
      return path;
    }
    case 'folder': {
      filePath(given, dataDir);
      const { folder, glob } = parseFolder(given);
      if (facts(folder)?.isDirectory() !== true) {
        throw new ComityError('FILE_UNREADABLE', `Cannot watch ${quote(folder)}: there is no such folder`);
      }
      return glob === undefined ? folder : `${folder === '/' ? '' : folder}/${glob}`;
    }
  }
}

function filePath(given: string, dataDir: string): string {
  if (given === '' || given.includes('\0')) {
    throw new ComityError('ARGUMENT_INVALID', 'Cannot add a source: it needs the path of a file or folder');
  }
  const path = resolve(given);
  if (path === dataDir || path.startsWith(dataDir + sep)) {
    throw new ComityError('ARGUMENT_INVALID', `Cannot screen ${quote(path)}: it is in the node's own data folder`);
  }
  return path;
}

function facts(path: string): ReturnType<typeof statSync> | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    throw new ComityError('FILE_UNREADABLE', `Cannot look at ${quote(path)}: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Streams that begin at the end of what is there: only what is written from now on is screened.
 *
 * They are stored with the source, so a crash right after does not move the beginning.
 */
export function joinedAtEnd(kind: NewRecordSource['kind'], location: string, dataDir: string): StreamState[] {
  const paths = kind === 'file' ? [location] : kind === 'folder' ? listFolder(parseFolder(location), dataDir) : [];
  const streams: StreamState[] = [];
  for (const path of paths) {
    const stats = findStats(path);
    if (stats === undefined) continue;
    const stream = newStream(streams.length + 1, path, stats);
    streams.push(
      hasCompressedHead(path) ? { ...stream, done: true } : { ...stream, ...endOf(path, Number(stats.size)) },
    );
  }
  return streams;
}

/** Whether the file of a stream is still where it was; true when that cannot be seen now. */
export function isStillThere(stream: Pick<StreamState, 'path' | 'device' | 'inode'>): boolean {
  try {
    const stats = findStats(stream.path);
    return stats !== undefined && isFileOf(stats, stream);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return true;
  }
}

/** The end of the last whole line of a file, and what it is known by there. */
function endOf(path: string, size: number): Partial<StreamState> {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (cause) {
    throw new ComityError('FILE_UNREADABLE', `Cannot read ${quote(path)}: ${(cause as Error).message}`, { cause });
  }
  try {
    const offset = lineEndBefore(fd, size);
    const head = readAt(fd, 0, Math.min(headBytesMax, offset));
    const tail = readAt(fd, Math.max(0, offset - tailBytesMax), Math.min(tailBytesMax, offset));
    return {
      offset,
      lines: offset === 0 ? 0 : undefined,
      headBytes: head.length,
      headPrint: head.length === 0 ? '' : printOf(head),
      tailAt: offset,
      tailPrint: offset === 0 ? '' : printOf(tail),
    };
  } finally {
    closeSync(fd);
  }
}

/** Offset after the last line end; piece by piece from the end, as a folder may have thousands of files. */
function lineEndBefore(fd: number, size: number): number {
  const floor = Math.max(0, size - lineBytesMax);
  for (let end = size; end > floor;) {
    const from = Math.max(floor, end - lookBytes);
    const last = readAt(fd, from, end - from).lastIndexOf(0x0a);
    if (last >= 0) return from + last + 1;
    end = from;
  }
  // Without a line end in sight the last line is longer than a record may be: it is joined in its middle.
  return floor === 0 ? 0 : size;
}
