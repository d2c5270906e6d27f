import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { ComityError, quote } from '@comity/protocol/base';
import type { KnownGoodListView } from '@comity/protocol/api';
import { fileError } from '../file-error.ts';
import { jsonText, plain, tableText, write } from '../terminal.ts';
import type { LongCommand, NodeCommand } from './command.ts';

/** Loads lists one after another. Asked to stop, each list is either loaded whole or not. */
export const importKnownGood: LongCommand<'known-good import'> = async ({ flags, positionals }, client, deps) => {
  const { terminal, stop } = deps;
  const loaded: (KnownGoodListView & { nowHeldBack: number })[] = [];
  let refused = 0;
  const files = await listFiles(positionals);
  let stoppedAt: string | undefined;
  for (const file of files) {
    if (stop.aborted) {
      stoppedAt = file;
      break;
    }
    const stream = createReadStream(file);
    try {
      const body = Readable.toWeb(stream) as ReadableStream<Uint8Array>;
      loaded.push(await client.addKnownGood({ query: { name: nameOf(file) }, body }, { signal: stop }));
    } catch (error) {
      if (stop.aborted) {
        stoppedAt = file;
        break;
      }
      if (!(error instanceof ComityError) || error.code === 'NODE_UNREACHABLE') throw error;
      refused += 1;
      await write(terminal.stderr, `comity: ${plain(file)}: ${plain(error.message)}\n`);
    } finally {
      stream.destroy();
    }
  }
  const rows = loaded.map((list) => [list.name, list.kind, list.entries, list.nowHeldBack]);
  await write(
    terminal.stdout,
    flags.json ? jsonText(loaded) : tableText(['NAME', 'KIND', 'ENTRIES', 'NOW HELD BACK'], rows),
  );
  if (stoppedAt !== undefined) {
    const told = `Stopped at ${quote(stoppedAt)}, ${loaded.length} of ${files.length} lists loaded; comity known-good list shows whether that one was`;
    await write(terminal.stderr, `comity: ${plain(told)}\n`);
    return 2;
  }
  return refused > 0 ? 2 : 0;
};

export const listKnownGood: NodeCommand<'known-good list'> = async ({ flags }, client, terminal) => {
  const { rows } = await client.listKnownGood();
  const cells = rows.map((list) => [list.name, list.kind, list.entries, list.version, list.builtIn ? 'built in' : '']);
  await write(
    terminal.stdout,
    flags.json ? jsonText(rows) : tableText(['NAME', 'KIND', 'ENTRIES', 'VERSION', ''], cells),
  );
  return 0;
};

/** Files as they are; of a folder every `list.json` below it, as the warninglists are published. */
async function listFiles(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const found = await stat(path).catch((cause: unknown) => {
      throw fileError('read', path, cause);
    });
    if (!found.isDirectory()) {
      files.push(path);
      continue;
    }
    const below = (await readdir(path, { recursive: true })).filter((name) => basename(name) === 'list.json').sort();
    if (below.length === 0) throw new ComityError('FILE_UNREADABLE', `Cannot find a list.json below ${quote(path)}`);
    files.push(...below.map((name) => join(path, name)));
  }
  return files;
}

/** `lists/alexa/list.json` is called `alexa` until the list itself says its name. */
function nameOf(file: string): string {
  return basename(file) === 'list.json' ? basename(dirname(file)) : basename(file);
}
