import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { ComityError } from '@comity/protocol/base';
import { openConnection } from './connection.ts';
import { makeOwnFile } from './files.ts';
import { runMaintenance } from './maintenance.ts';

/** Pages copied before the event loop gets a turn: 2 MiB. */
const pagesAtOnce = 256;

/**
 * Writes a backup: copy, make it one self-contained file, check every page, flush, and only then give it its name.
 *
 * A crash at any point leaves at most `FILE.partial`, which the next backup replaces; never a half `FILE`.
 *
 * @param source - The database file, in use or not.
 * @returns Size of the backup in bytes.
 * @throws {ComityError} `CONFLICT` when the file exists, `DATA_UNWRITABLE`, `DATA_DAMAGED`.
 */
export async function writeBackup(source: string, file: string): Promise<number> {
  if (existsSync(file)) throw new ComityError('CONFLICT', `Cannot back up to ${file}: the file exists`);
  if (!existsSync(dirname(file))) {
    throw new ComityError('DATA_UNWRITABLE', `Cannot back up to ${file}: there is no such folder`);
  }
  const partial = `${file}.partial`;
  try {
    rmSync(partial, { force: true });
    // A backup holds what the data folder holds, so it is for its owner only, from its first byte on.
    makeOwnFile(partial);
    await copySnapshot(source, partial);
    const copy = openConnection({ file: partial });
    copy.pragma('journal_mode = DELETE');
    copy.close();
    const damage = await runMaintenance({ task: 'check pages', file: partial });
    if (damage[0] !== undefined) {
      throw new ComityError('DATA_DAMAGED', `Cannot back up: the copy fails its integrity check: ${damage[0]}`);
    }
    flush(partial);
    renameSync(partial, file);
    flush(dirname(file));
    return statSync(file).size;
  } catch (cause) {
    if (cause instanceof ComityError) throw cause;
    throw new ComityError('DATA_UNWRITABLE', `Cannot back up to ${file}: ${String(cause)}`, { cause });
  } finally {
    if (existsSync(partial)) rmSync(partial, { force: true });
  }
}

/** Copies what is committed now, whatever is written meanwhile: a reader of its own holds on to it. */
async function copySnapshot(source: string, target: string): Promise<void> {
  const reader = openConnection({ file: source, readOnly: true });
  try {
    reader.exec('BEGIN');
    // The snapshot is taken by the first read.
    reader.prepare('select count(*) from sqlite_schema').get();
    await reader.copyTo(target, pagesAtOnce);
  } finally {
    reader.close();
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
