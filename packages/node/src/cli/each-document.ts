import { ComityError, limits, parseUtf8 } from '@comity/protocol/base';
import { openInput } from '@comity/screen';
import { plain, write } from './terminal.ts';
import type { Terminal } from './terminal.ts';

/**
 * Hands every document below the paths over as text: files, folders, archives, `-`. What cannot be read, or what `use` refuses with a
 * {@link ComityError}, is told on standard error and the next one is taken. `isNamed`: the path itself, not found below it.
 *
 * @returns Whether all of them could be read.
 */
export async function eachDocument(
  paths: readonly string[],
  { stdin, stderr }: Terminal,
  use: (name: string, text: string, isNamed: boolean) => Promise<void>,
): Promise<boolean> {
  let areRead = true;
  for (const path of paths) {
    for await (const input of openInput(path, { bytesMax: limits.jsonDocumentBytesMax, stdin })) {
      try {
        const chunks: Uint8Array[] = [];
        for await (const chunk of input.chunks) chunks.push(chunk);
        await use(input.name, parseUtf8(Buffer.concat(chunks)), input.name === path);
      } catch (error) {
        if (!(error instanceof ComityError)) throw error;
        areRead = false;
        const named = error.message.includes(input.name) ? error.message : `${input.name}: ${error.message}`;
        await write(stderr, `comity: ${plain(named)}\n`);
      }
    }
  }
  return areRead;
}
