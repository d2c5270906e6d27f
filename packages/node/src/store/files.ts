import { join } from 'node:path';

/** The database inside the data folder. */
export const databaseFileName = 'comity.db';
/** A database of its own whose exclusive lock says that a process has the folder; it never holds data. */
export const lockFileName = 'comity.lock';
/** Who holds the lock, for the message only; never trusted to decide anything. */
export const holderFileName = 'comity.pid';

export function databaseFile(dir: string): string {
  return join(dir, databaseFileName);
}
