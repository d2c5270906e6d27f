import { constants, copyFileSync, existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { ComityError } from '@comity/protocol/base';
import { flush } from './backup.ts';
import { databaseFile, databaseFileName, makeDataFolder, makeOwnFile } from './files.ts';
import { takeLock } from './lock.ts';
import { runMaintenance } from './maintenance.ts';
import { assertHeader } from './soundness.ts';

/**
 * Puts a backup into a data folder that holds no database yet.
 *
 * Never overwrites: a database, or a write-ahead log left without one (SQLite would replay it into the restored file).
 *
 * @throws {ComityError} `BACKUP_MALFORMED`, `CONFLICT`, `DATA_LOCKED`, `DATA_UNWRITABLE`.
 */
export async function restoreBackup(file: string, dir: string): Promise<void> {
  if (!existsSync(file)) throw new ComityError('FILE_UNREADABLE', `Cannot restore ${file}: there is no such file`);
  await assertBackup(file);
  makeDataFolder(dir);
  const unlock = takeLock(dir);
  try {
    const there = readdirSync(dir).find((name) => name.startsWith(databaseFileName));
    if (there !== undefined) {
      throw new ComityError(
        'CONFLICT',
        `Cannot restore into ${dir}: it holds ${there}. Move the folder aside, or name another`,
      );
    }
    const partial = `${dir}/restoring.partial`;
    try {
      copyFileSync(file, partial, constants.COPYFILE_FICLONE);
      // Copying gave it the rights of the backup.
      makeOwnFile(partial);
      await assertBackup(partial);
      flush(partial);
      renameSync(partial, databaseFile(dir));
      flush(dir);
    } catch (cause) {
      if (cause instanceof ComityError) throw cause;
      throw new ComityError('DATA_UNWRITABLE', `Cannot restore into ${dir}: ${String(cause)}`, { cause });
    } finally {
      rmSync(partial, { force: true });
    }
  } finally {
    unlock();
  }
}

async function assertBackup(file: string): Promise<void> {
  try {
    assertHeader(file);
    const damage = await runMaintenance({ task: 'check pages', file });
    if (damage[0] !== undefined) throw new ComityError('DATA_DAMAGED', damage[0]);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ComityError('BACKUP_MALFORMED', `Cannot restore ${file}: it is no sound backup: ${reason}`, { cause });
  }
}
