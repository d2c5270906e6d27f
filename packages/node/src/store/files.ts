import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ComityError } from '@comity/protocol/base';

/** The database inside the data folder. */
export const databaseFileName = 'comity.db';
/** A database of its own whose exclusive lock says that a process has the folder; it never holds data. */
export const lockFileName = 'comity.lock';
/** Who holds the lock, for the message only; never trusted to decide anything. */
export const holderFileName = 'comity.pid';

/** The key of what is sealed in the database: never in a backup. */
export const keyFileName = 'comity.key';

/** What other users of the machine may do with a file or folder. */
const othersMask = 0o077;
/** Names a node gives to what it keeps in its folder. */
const ownName = /^(?:comity\.|backup-|node\.json$|spool$|ledger$|seen$|restoring\.partial$)/;

export function databaseFile(dir: string): string {
  return join(dir, databaseFileName);
}

/**
 * Makes the data folder, for its owner only.
 *
 * A folder that is there and open to others is closed when nothing but a node's own files is in it; a folder that is
 * shared with something else (`--data /tmp`) keeps its rights, and only the files in it are closed.
 *
 * @throws {ComityError} `DATA_UNWRITABLE`.
 */
export function makeDataFolder(dir: string): void {
  try {
    makeFolders(resolve(dir));
    const { mode } = statSync(dir);
    if ((mode & othersMask) !== 0 && readdirSync(dir).every((name) => ownName.test(name))) chmodSync(dir, 0o700);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ComityError('DATA_UNWRITABLE', `Cannot use the data folder ${dir}: ${reason}`, { cause });
  }
}

/** One by one: where no folder can be made (`/proc`), Node's own recursion never ends. */
function makeFolders(dir: string): void {
  if (existsSync(dir)) return;
  makeFolders(dirname(dir));
  mkdirSync(dir, { mode: 0o700 });
}

/**
 * Makes sure that nobody but its owner may open a file, and that it is there before SQLite would make it readable by
 * others; the write-ahead log gets the rights of its database.
 *
 * A file that is there is never opened: POSIX drops the locks a process has on a file when it closes any descriptor of it.
 *
 * @throws {ComityError} `DATA_UNWRITABLE`.
 */
export function makeOwnFile(file: string): void {
  try {
    if (!existsSync(file)) closeSync(openSync(file, 'wx', 0o600));
    else if ((statSync(file).mode & othersMask) !== 0) chmodSync(file, 0o600);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ComityError('DATA_UNWRITABLE', `Cannot open or write ${file}: ${reason}`, { cause });
  }
}

/** Bytes the database of a data folder takes on the disk. */
export function databaseBytes(dir: string): number {
  return ['', '-wal', '-shm']
    .map((suffix) => statSync(join(dir, databaseFileName + suffix), { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, bytes) => sum + bytes, 0);
}
