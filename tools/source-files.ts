import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export const repositoryDir = resolve(import.meta.dirname, '..');

/** One file of the repository: its path with forward slashes from the root, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Every text file git knows or would add, whose path matches; the faults that `checkers.test.ts` plants for a moment
 * are left out.
 */
export function sourceFiles(pattern: RegExp): SourceFile[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: repositoryDir,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return [...new Set(listed.split('\0'))]
    .filter((path) => path !== '' && !path.includes('/planted-') && pattern.test(path))
    .sort()
    .flatMap((path) => {
      const text = readIfThere(resolve(repositoryDir, path));
      return text === undefined ? [] : [{ path, text }];
    });
}

/** Files deleted in the work tree but still in the index are no fault of the reader. */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
