import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ComityError } from '@comity/protocol/base';
import { unreadable } from './unreadable.ts';

/** A file to read, or a path that cannot be looked at and why. */
export interface FoundFile {
  readonly path: string;
  readonly error?: ComityError;
}

/**
 * The files at and below a path, in order of name, each folder's files before what lies in the folders after it.
 *
 * A path that is no folder is yielded as it is, whether it exists or not: opening it says what is wrong. Below a folder,
 * links are followed, but a folder reached a second time (a link to a parent, two links to one place) is not entered
 * again; sockets, pipes and devices are left out there, since reading one could wait for ever.
 */
export async function* filesBelow(path: string): AsyncIterable<FoundFile> {
  let isFolder = false;
  try {
    isFolder = (await stat(path)).isDirectory();
  } catch {
    // Opening the file gives the same error with its reason, in the place where the caller expects it.
  }
  if (isFolder) yield* walk(path, new Set());
  else yield { path };
}

async function* walk(folder: string, entered: Set<string>): AsyncIterable<FoundFile> {
  let entries: Dirent[];
  try {
    const real = await realpath(folder);
    if (entered.has(real)) return;
    entered.add(real);
    entries = await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    yield { path: folder, error: unreadable(folder, cause) };
    return;
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const folders: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    let is: { isFile(): boolean; isDirectory(): boolean } = entry;
    if (entry.isSymbolicLink()) {
      try {
        is = await stat(path);
      } catch (cause) {
        yield { path, error: unreadable(path, cause) };
        continue;
      }
    }
    if (is.isDirectory()) folders.push(path);
    else if (is.isFile()) yield { path };
  }
  for (const path of folders) yield* walk(path, entered);
}
