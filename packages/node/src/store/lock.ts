import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ComityError } from '@comity/protocol/base';
import { openConnection } from './connection.ts';
import { holderFileName, lockFileName, makeOwnFile } from './files.ts';

/**
 * Takes the data folder for this process until the returned function is called or the process ends, however it ends.
 *
 * The lock is the operating system's, held through an exclusive transaction on a database that is otherwise empty: a
 * `kill -9` drops it, and a file left behind by a crash means nothing. Nothing else in this process may open the lock
 * file: POSIX drops a process's locks on a file when it closes any descriptor of it.
 *
 * @throws {ComityError} `DATA_LOCKED` when another process (or this one) has it, `DATA_UNWRITABLE`.
 */
export function takeLock(dir: string): () => void {
  const file = join(dir, lockFileName);
  makeOwnFile(file);
  const connection = openConnection({ file, busyTimeoutMs: 0 });
  try {
    connection.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    connection.close();
    if (error instanceof ComityError && error.code === 'DATA_LOCKED') {
      throw new ComityError('DATA_LOCKED', `Cannot open ${dir}: ${holderOf(dir)} has it open. Stop it first`, {
        cause: error,
      });
    }
    throw error;
  }
  writeFileSync(join(dir, holderFileName), `${process.pid}\n`, { mode: 0o600 });
  return () => connection.close();
}

function holderOf(dir: string): string {
  try {
    const pid = readFileSync(join(dir, holderFileName), 'utf8').trim();
    return /^\d{1,10}$/.test(pid) ? `process ${pid}` : 'another process';
  } catch {
    // The file only makes the message better; the lock itself has already been refused.
    return 'another process';
  }
}
