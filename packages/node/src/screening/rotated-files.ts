import { closeSync, openSync, readdirSync, statSync } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { hasPrints, headBytesMax, printOf, readAt } from './file-print.ts';
import { isFileOf } from './followed-file.ts';
import { isCompressed } from './whole-file.ts';
import type { StreamState } from './worker-messages.ts';

/** Names looked at in a folder of logs when a file lost its own. */
const siblingsMax = 10_000;

export interface Sibling {
  readonly path: string;
  readonly stats: BigIntStats;
}

/**
 * Other generations of a log: regular files beside it named for it as rotation does, itself left out. `app.log` gives
 * `app.log.1`, `app.log-20260101.gz` and `app-20260101.log`, but not `app-error.log`.
 */
export function siblingsOf(path: string): Sibling[] {
  const folder = dirname(path);
  // A generation's own siblings are those of the log it was.
  const base = basename(path).replace(/[.\-_][\d\-_.T]+(?:\.(?:gz|zst))?$/, '') || basename(path);
  const extension = extname(base);
  const stem = base.slice(0, base.length - extension.length);
  const isSibling = (name: string): boolean => {
    if (name === base || /^[.\-_~]/.test(name.startsWith(base) ? name.slice(base.length) : '')) return true;
    if (!name.startsWith(stem)) return false;
    const rest = name.slice(stem.length).replace(/\.(?:gz|zst)$/, '');
    return rest.endsWith(extension) && /^[.\-_]\d[\d\-_.T]*$/.test(rest.slice(0, rest.length - extension.length));
  };
  const found: Sibling[] = [];
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
  for (const name of names.slice(0, siblingsMax)) {
    if (!isSibling(name) || name === basename(path)) continue;
    const sibling = join(folder, name);
    const stats = findStats(sibling);
    if (stats?.isFile() === true) found.push({ path: sibling, stats });
  }
  return found;
}

/** Listings compared before one is taken as it is: a log that is renamed without end must not stop us. */
const listingsMax = 50;

/**
 * Decides on the generations of a log while none of them moves: rotation renames them one after the other, and a listing
 * made meanwhile misses the one that was renamed past it. A generation missed once is never looked for again.
 *
 * @param list - Lists the generations as they are now; it is asked before and after `decide` until it says the same.
 */
export function decideWhileStill<T>(list: () => Sibling[], decide: (siblings: Sibling[]) => T): T {
  let siblings = list();
  for (let turn = 1; ; turn += 1) {
    const answer = decide(siblings);
    const after = list();
    if (turn === listingsMax || listingOf(siblings) === listingOf(after)) return answer;
    siblings = after;
  }
}

function listingOf(siblings: readonly Sibling[]): string {
  return siblings.map(({ path, stats }) => `${path}\0${stats.dev}:${stats.ino}`).join('\0');
}

/**
 * Where the file of a stream is now that its name leads elsewhere: renamed, or copied before it was truncated.
 *
 * A renamed file is known by device, inode and the bytes that were judged; a copy by those bytes alone.
 */
export function findRotated(state: StreamState, path: string): Sibling | undefined {
  const list = (): Sibling[] => {
    const own = findStats(path);
    return [...siblingsOf(path), ...(own === undefined ? [] : [{ path, stats: own }])];
  };
  return decideWhileStill(list, (siblings) => rotatedAmong(siblings, state));
}

function rotatedAmong(siblings: readonly Sibling[], state: StreamState): Sibling | undefined {
  const renamed = siblings.find(
    (sibling) =>
      isFileOf(sibling.stats, state) && Number(sibling.stats.size) >= state.offset && hasBytesOf(sibling.path, state),
  );
  if (renamed !== undefined || state.headBytes === 0) return renamed;
  return siblings.find((sibling) => Number(sibling.stats.size) >= state.offset && hasBytesOf(sibling.path, state));
}

/**
 * Generations of a log that came and went between two looks: written to since `sinceMs`, and unknown; the one written to
 * longest ago first. Renaming does not change when a file was last written to, and a copy bears the time it was made.
 */
export function findMissed(path: string, sinceMs: number, isKnown: (sibling: Sibling) => boolean): Sibling[] {
  const isMissed = (sibling: Sibling): boolean =>
    Number(sibling.stats.mtimeMs) >= sinceMs && !isKnown(sibling) && !hasCompressedHead(sibling.path);
  return decideWhileStill(
    () => siblingsOf(path),
    (siblings) => siblings.filter(isMissed),
  ).toSorted((a, b) => Number(a.stats.mtimeNs - b.stats.mtimeNs));
}

/** What is at a path, or undefined when nothing is. Other errors are thrown. */
export function findStats(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true });
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** Whether a file is one that is read whole; false when it cannot be opened. */
export function hasCompressedHead(path: string): boolean {
  return withFile(path, (fd) => isCompressed(readAt(fd, 0, 4))) ?? false;
}

/** Whether a file begins with, and has before the offset, what was judged of a stream. */
export function hasBytesOf(path: string, state: StreamState): boolean {
  return withFile(path, (fd) => hasPrints(fd, state)) ?? false;
}

/**
 * Tells of streams whether a file is a copy of what was judged of them, or becomes one: shorter than that, it begins with the
 * same bytes as far as it goes, or as the file of the stream does now. Its first bytes are read once.
 */
export function copyTeller({ path, stats }: Sibling): (state: StreamState) => boolean {
  const size = Number(stats.size);
  const head = withFile(path, (fd) => readAt(fd, 0, headBytesMax)) ?? new Uint8Array(0);
  const prints = new Map<number, string>();
  const printOfHead = (headBytes: number): string => {
    const print = prints.get(headBytes) ?? printOf(head.subarray(0, headBytes));
    prints.set(headBytes, print);
    return print;
  };
  return (state) => {
    const { headBytes } = state;
    if (isFileOf(stats, state) || headBytes === 0) return false;
    if (size >= headBytes) {
      return printOfHead(headBytes) === state.headPrint && (size < state.offset || hasBytesOf(path, state));
    }
    const original = withFile(state.path, (fd) => readAt(fd, 0, head.length));
    return original !== undefined && Buffer.compare(head, original) === 0;
  };
}

function withFile<T>(path: string, use: (fd: number) => T): T | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if (isGone(error) || (error as NodeJS.ErrnoException).code === 'EACCES') return undefined;
    throw error;
  }
  try {
    return use(fd);
  } finally {
    closeSync(fd);
  }
}

function isGone(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
