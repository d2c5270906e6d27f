import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ComityError } from '@comity/protocol/base';
import type { Disk, LogFile } from './disk.ts';

/** Files on their way at once: the system gathers what they wait for. */
const atOnceMax = 16;

/**
 * The files of logs in a folder, which is made when something is written.
 *
 * @throws {ComityError} `FILE_UNREADABLE`, `DATA_UNWRITABLE`.
 */
export function openFileDisk(dir: string): Disk {
  const made = new Set<string>();
  return {
    async read(path) {
      try {
        return await readFile(join(dir, path));
      } catch (cause) {
        if (isMissing(cause)) return undefined;
        throw new ComityError('FILE_UNREADABLE', `Cannot read ${join(dir, path)}: ${String(cause)}`, { cause });
      }
    },
    async write(files) {
      try {
        // Names that are new, also those of folders, are lost with the power unless the folder they are in is flushed.
        const folders = new Set<string>();
        for (const { path } of files) await makeFolder(dirname(join(dir, path)), dir, made, folders);
        for (let at = 0; at < files.length; at += atOnceMax)
          await Promise.all(files.slice(at, at + atOnceMax).map((file) => writeWhole(dir, file)));
        for (const { path } of files) folders.add(dirname(join(dir, path)));
        await Promise.all([...folders].map(flushFolder));
      } catch (cause) {
        made.clear();
        throw new ComityError('DATA_UNWRITABLE', `Cannot write the ledger in ${dir}: ${String(cause)}`, { cause });
      }
    },
    async remove(paths) {
      for (const path of paths) {
        await rm(join(dir, path), { recursive: true, force: true });
        made.delete(join(dir, path));
      }
    },
  };
}

/** If we stop in here, a file that ends in `.partial` is left, which nobody reads and the next try writes over. */
async function writeWhole(dir: string, { path, bytes }: LogFile): Promise<void> {
  const file = join(dir, path);
  const handle = await open(`${file}.partial`, 'w', 0o644);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.partial`, file);
}

async function makeFolder(folder: string, top: string, made: Set<string>, changed: Set<string>): Promise<void> {
  if (made.has(folder)) return;
  if (folder !== top) await makeFolder(dirname(folder), top, made, changed);
  await mkdir(folder, { recursive: true });
  made.add(folder);
  changed.add(dirname(folder));
}

async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
