import { writeFile, rename, rm } from 'node:fs/promises';
import { existsSync, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { ComityError, quote } from '@comity/protocol/base';
import { fileError } from './file-error.ts';

/** The web stream of an answer as a Node stream. */
export function bodyOf(answer: Response): Readable {
  return answer.body === null ? Readable.from([]) : Readable.fromWeb(answer.body);
}

/**
 * Writes an answer into a new file that is there whole or not at all, readable by its owner only.
 *
 * @throws {ComityError} `CONFLICT` when the file exists, `FILE_UNREADABLE` when it cannot be written.
 */
export async function saveAnswer(answer: Response, file: string): Promise<void> {
  if (existsSync(file)) throw new ComityError('CONFLICT', `Cannot write ${quote(file)}: it exists already`);
  const part = `${file}.part`;
  try {
    await writeFile(part, '', { mode: 0o600 });
    await pipeline(bodyOf(answer), createWriteStream(part, { mode: 0o600, flush: true }));
    await rename(part, file);
  } catch (cause) {
    await rm(part, { force: true });
    if (cause instanceof ComityError) throw cause;
    throw fileError('write', file, cause);
  }
}
