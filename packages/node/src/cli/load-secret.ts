import { readFile, stat } from 'node:fs/promises';
import { ComityError, quote } from '@comity/protocol/base';
import { fileError } from './file-error.ts';

const bytesMax = 16 * 1024;

/**
 * A secret that stands alone in a file, so that it shows in no list of processes and no history of a shell. Blanks around it do
 * not count.
 *
 * @param file - undefined: none.
 * @throws {ComityError} `FILE_UNREADABLE`, `INPUT_TOO_LARGE`.
 */
export async function loadSecret(file: string | undefined): Promise<string | undefined> {
  return file === undefined ? undefined : (await loadShortText(file)).trim();
}

/**
 * A short text that is in a file.
 *
 * @throws {ComityError} `FILE_UNREADABLE`, `INPUT_TOO_LARGE`.
 */
export async function loadShortText(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > bytesMax) throw new ComityError('INPUT_TOO_LARGE', `Cannot read ${quote(file)}: ${size} bytes`);
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof ComityError) throw cause;
    throw fileError('read', file, cause);
  }
}
