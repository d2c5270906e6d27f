import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { fileError } from './file-error.ts';

/**
 * The word itself, or the lines of the file it names: empty ones and those that begin with # are none.
 *
 * @param stdin - what `-` stands for; without it `-` is a word.
 * @throws {ComityError} `FILE_UNREADABLE`.
 */
export async function loadValues(word: string, stdin?: Readable): Promise<string[]> {
  if (word === '-' && stdin !== undefined) return linesOf(await text(stdin));
  if (statSync(word, { throwIfNoEntry: false })?.isFile() !== true) return [word];
  try {
    return linesOf(await readFile(word, 'utf8'));
  } catch (cause) {
    throw fileError('read', word, cause);
  }
}

function linesOf(content: string): string[] {
  const lines = content.split(/\r?\n/);
  return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
}
