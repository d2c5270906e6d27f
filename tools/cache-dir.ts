import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryDir } from './source-files.ts';

/** A folder for what a check downloads once: untracked, gone with `node_modules`. Made when it is not there. */
export function cacheDir(name: string): string {
  const dir = join(repositoryDir, 'node_modules/.cache/comity', name);
  mkdirSync(dir, { recursive: true });
  return dir;
}
