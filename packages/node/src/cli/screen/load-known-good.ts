import { ComityError, limits, quote } from '@comity/protocol/base';
import { parseWarninglist } from '@comity/protocol/misp';
import type { Warninglist } from '@comity/protocol/misp';
import { openInput } from '@comity/screen';
import { compileKnownGood } from '../../intel/index.ts';
import type { KnownGoodGate } from '../../intel/index.ts';

/**
 * The known-good gate of the MISP warninglists in a folder: every `.json` below it, however compressed.
 *
 * @param always - lists that are part of the gate whatever the folder holds.
 * @param fail - told of each list that cannot be read; the others are used.
 * @throws {ComityError} `ARGUMENT_INVALID` when the folder holds no warninglist at all: screening without the gate that was
 *   asked for would be worse than not screening.
 */
export async function loadKnownGood(
  folder: string,
  fail: (error: unknown) => void,
  always: readonly Warninglist[] = [],
): Promise<KnownGoodGate> {
  const lists: Warninglist[] = [];
  for await (const input of openInput(folder, { bytesMax: limits.jsonDocumentBytesMax })) {
    try {
      const isList = /\.json(?:\.gz|\.zst)?$/i.test(input.name) || input.name === folder;
      if (isList) lists.push(parseWarninglist(await textOf(input.chunks), input.name));
      else await letGo(input.chunks);
    } catch (error) {
      fail(error);
    }
  }
  if (lists.length === 0) {
    throw new ComityError('ARGUMENT_INVALID', `Cannot use ${quote(folder)} as known good: it holds no warninglist`);
  }
  return compileKnownGood([...always, ...lists]);
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString('utf8');
}

async function letGo(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of chunks) {
    if (chunk.length > 0) return;
  }
}
