import { readFile, stat } from 'node:fs/promises';
import { ComityError, isJsonObject, parseJson, quote } from '@comity/protocol/base';
import type { Placeholders } from '@comity/protocol/sigma';
import { fileError } from '../file-error.ts';

const bytesMax = 1024 * 1024;

/**
 * The values of placeholders in a JSON file: an object of names, each with a text or a list of texts.
 *
 * @param file - undefined: none.
 * @throws {ComityError} `FILE_UNREADABLE`, `JSON_MALFORMED`, `INPUT_TOO_LARGE`, `ARGUMENT_INVALID`.
 */
export async function loadPlaceholders(file: string | undefined): Promise<Placeholders> {
  if (file === undefined) return new Map();
  const value = parseJson(await read(file), bytesMax, file);
  if (!isJsonObject(value)) throw malformed(file);
  return new Map(
    Object.entries(value).map(([name, given]) => {
      const values = Array.isArray(given) ? given : [given];
      return [name, values.map((each) => (typeof each === 'string' ? each : throwMalformed(file)))];
    }),
  );
}

async function read(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > bytesMax) throw new ComityError('INPUT_TOO_LARGE', `Cannot read ${quote(file)}: ${size} bytes`);
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof ComityError) throw cause;
    throw fileError('read', file, cause);
  }
}

function malformed(file: string): ComityError {
  return new ComityError(
    'ARGUMENT_INVALID',
    `Cannot use ${quote(file)} for placeholders: it is no object of names with texts`,
  );
}

function throwMalformed(file: string): never {
  throw malformed(file);
}
