import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { ComityError } from '@comity/protocol/base';
import { openConnection } from './connection.ts';
import { runMaintenance } from './maintenance.ts';

/** Pages copied before the event loop gets a turn: 2 MiB. */
const pagesAtOnce = 256;

/**
 * Writes a backup: copy, make it one self-contained file, check every page, flush, and only then give it its name.
 *
 * A crash at any point leaves at most `FILE.partial`, which the next backup replaces; never a half `FILE`.
 *
 * @returns Size of the backup in bytes.
 * @throws {ComityError} `CONFLICT` when the file exists, `DATA_UNWRITABLE`, `DATA_DAMAGED`.
 */
export async function writeBackup(
  file: string,
  copyTo: (target: string, pagesAtOnce: number) => Promise<void>,
): Promise<number> {
  if (existsSync(file)) throw new ComityError('CONFLICT', `Cannot back up to ${file}: the file exists`);
  if (!existsSync(dirname(file))) {
    throw new ComityError('DATA_UNWRITABLE', `Cannot back up to ${file}: there is no such folder`);
  }
  const partial = `${file}.partial`;
  rmSync(partial, { force: true });
  try {
    await copyTo(partial, pagesAtOnce);
    const copy = openConnection({ file: partial });
    copy.pragma('journal_mode = DELETE');
    copy.close();
    const damage = await runMaintenance({ task: 'check', file: partial });
    if (damage[0] !== undefined) {
      throw new ComityError('DATA_DAMAGED', `Cannot back up: the copy fails its integrity check: ${damage[0]}`);
    }
    flush(partial);
    renameSync(partial, file);
    flush(dirname(file));
    return statSync(file).size;
  } finally {
    rmSync(partial, { force: true });
  }
}

/** Makes a file, or the names in a folder, durable. */
export function flush(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
