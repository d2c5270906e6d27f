import { readdirSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import { join, matchesGlob, relative, resolve, sep } from 'node:path';
import { findStats } from './rotated-files.ts';

/** Files of one folder that are followed; more are an error, not a slow node. */
const filesMax = 20_000;
/** Folders inside each other that are looked into. */
const depthMax = 16;

/** A folder to watch and which of its files: `/var/log/**\/*.log` is the folder `/var/log` and a glob below it. */
export interface WatchedFolder {
  readonly folder: string;
  /** Relative to the folder; undefined: every file. */
  readonly glob: string | undefined;
}

/** Splits a location at the first part that has a wildcard. */
export function parseFolder(location: string): WatchedFolder {
  const parts = location.split('/');
  const wild = parts.findIndex((part) => /[*?[\]{}]/.test(part));
  if (wild < 0) return { folder: resolve(location), glob: undefined };
  const folder = parts.slice(0, wild).join('/');
  return {
    folder: resolve(folder === '' && location.startsWith('/') ? '/' : folder),
    glob: parts.slice(wild).join('/'),
  };
}

/**
 * The regular files of a watched folder, in order of name, those below `excluded` left out.
 *
 * Links to files are followed, links to folders are not, hidden files and folders only where the glob names them.
 *
 * @throws the system's error when the folder itself cannot be read, or a plain one when it holds too many files.
 */
export function listFolder(watched: WatchedFolder, excluded: string): string[] {
  const found: string[] = [];
  const isDeep = watched.glob === undefined || watched.glob.includes('/') || watched.glob.includes('**');
  const walk = (folder: string, depth: number): void => {
    let entries: Dirent[];
    try {
      entries = readdirSync(folder, { withFileTypes: true });
    } catch (error) {
      if (depth === 0) throw error;
      // A folder below may vanish or be closed to us; the others are still watched.
      return;
    }
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const path = join(folder, entry.name);
      const inside = relative(watched.folder, path).split(sep).join('/');
      if (entry.isDirectory()) {
        const isWanted = isDeep && depth < depthMax && path !== excluded && !entry.name.startsWith('.');
        if (isWanted) walk(path, depth + 1);
        continue;
      }
      const isNamed = watched.glob === undefined ? !entry.name.startsWith('.') : matchesGlob(inside, watched.glob);
      if (!isNamed || (!entry.isFile() && !(entry.isSymbolicLink() && isRegular(path)))) continue;
      if (found.length >= filesMax) throw new Error(`it holds more than ${filesMax} files`);
      found.push(path);
    }
  };
  walk(watched.folder, 0);
  return found;
}

function isRegular(path: string): boolean {
  try {
    return findStats(path)?.isFile() === true;
  } catch (error) {
    // A link in a circle or to where we may not look: not a file we can follow.
    if ((error as NodeJS.ErrnoException).code !== undefined) return false;
    throw error;
  }
}
