import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ComityError, parseUtf8, quote } from '@comity/protocol/base';
import { starterLawDir, starterLaws } from '../../sharing/index.ts';
import { fileError } from '../file-error.ts';

const fileBytesMax = 1024 * 1024;

/** A law as it lies on the disk. */
export interface LawFile {
  readonly name: string;
  readonly text: string;
  /** Its golden tests; undefined when there are none beside it. */
  readonly tests: { readonly file: string; readonly text: string } | undefined;
}

/**
 * Reads a law and the tests beside it: of a file, or of a law that comes with the program, by its name.
 *
 * @throws {ComityError} `FILE_UNREADABLE` or `INPUT_TOO_LARGE`.
 */
export async function readLawFile(path: string): Promise<LawFile> {
  const isStarter = starterLaws.some((name) => name === path) && !existsSync(path);
  const file = isStarter ? join(starterLawDir, `${path}.cedar`) : path;
  const name = basename(file, '.cedar');
  const testsFile = `${file.replace(/\.cedar$/, '')}.tests.json`;
  const text = await readText(file);
  return {
    name,
    text,
    tests: existsSync(testsFile) ? { file: testsFile, text: await readText(testsFile) } : undefined,
  };
}

async function readText(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > fileBytesMax)
      throw new ComityError('INPUT_TOO_LARGE', `Cannot read ${quote(file)}: ${size} bytes, at most ${fileBytesMax}`);
    return parseUtf8(await readFile(file));
  } catch (error) {
    if (error instanceof ComityError) throw error;
    throw fileError('read', file, error);
  }
}
