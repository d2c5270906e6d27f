/**
 * The process that is killed: a store and live screening, told by its parent what to push, to upload and to list.
 *
 * Arguments: data folder, folder of logs, `forgetful` for a planted fault. It answers `ready` once a table is loaded, `pushed` and `uploaded` once a
 * thing is acknowledged, and ends in good order on `stop`.
 */
import { ComityError } from '@comity/protocol/base';
import { openScreening, screeningSchema } from '../../packages/node/src/screening/index.ts';
import { list, listedValuesSchema } from '../../packages/node/src/screening/listed-values-for-tests.ts';
import { openStore } from '../../packages/node/src/store/index.ts';
import type { Store } from '../../packages/node/src/store/index.ts';

export type ToNode =
  | { readonly type: 'push'; readonly batch: number; readonly text: string }
  | { readonly type: 'upload'; readonly name: string; readonly text: string }
  /** List a name from now on, unless it is. */
  | { readonly type: 'list'; readonly name: string }
  | { readonly type: 'stop' };
export type FromNode =
  | { readonly type: 'ready' }
  | { readonly type: 'pushed'; readonly batch: number }
  | { readonly type: 'uploaded'; readonly name: string }
  | { readonly type: 'matches'; readonly count: number };

const [dir = '', logs = '', plant] = process.argv.slice(2);
const store = await openStore({ dir, schemas: [screeningSchema, listedValuesSchema] }, { clock: Date.now });
const isNew = store.reader.prepare('select 1 from listed_value').get() === undefined;
if (isNew) await list(store, [{ kind: 'domain', value: 'evil.example' }], 1);

const screening = openScreening(
  { dir, pollMs: 20, rotationGraceMs: 300, seenDays: 30, huntDelayMs: 20 },
  {
    store: plant === 'forgetful' ? forgetful(store) : store,
    clock: Date.now,
    valueReaderModule: new URL('../../packages/node/src/screening/listed-values-for-tests.ts', import.meta.url).href,
    onDelta: () => () => undefined,
    describe: () => Promise.resolve(new Map()),
  },
);
const say = (message: FromNode): void => void process.send?.(message);

await screening.start();
const has = (kind: string): boolean => screening.sources().some((source) => source.kind === kind);
if (!has('file')) await screening.addSource({ kind: 'file', location: `${logs}/app.log` });
if (!has('folder')) await screening.addSource({ kind: 'folder', location: `${logs}/folder/*.log*` });
if (!has('http')) await screening.addSource({ kind: 'http' });
const http = screening.sources().find((source) => source.kind === 'http')?.id ?? '';

/** Says of every second write that it is durable, and takes it back: what a suite that checks anything must notice. */
function forgetful(real: Store): Store {
  let writes = 0;
  return {
    ...real,
    reader: real.reader,
    write: async (fn) => {
      if (++writes <= 3 || writes % 2 === 0) return real.write(fn);
      let result: { readonly value: ReturnType<typeof fn> } | undefined;
      const takenBack = new Error('taken back');
      await real
        .write((db) => {
          result = { value: fn(db) };
          throw takenBack;
        })
        .catch((error: unknown) => {
          if (error !== takenBack) throw error;
        });
      if (result === undefined) throw takenBack;
      return result.value;
    },
  };
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** Sent again while the first is under way, it is refused: its sender hears nothing yet and asks again. */
async function push(batch: number, text: string): Promise<void> {
  try {
    await screening.push(http, Buffer.from(text), { batchId: String(batch) });
  } catch (error) {
    if (error instanceof ComityError && error.code === 'CONFLICT') return;
    throw error;
  }
  say({ type: 'pushed', batch });
}

async function listLate(name: string): Promise<void> {
  const isListed = store.reader.prepare('select 1 from listed_value where value = ?').get(name) !== undefined;
  if (!isListed) await list(store, [{ kind: 'domain', value: name }], 2);
}

async function obey(message: ToNode): Promise<void> {
  switch (message.type) {
    case 'push':
      return await push(message.batch, message.text);
    case 'upload':
      await screening.screenUpload(message.name, bytesOf(message.text));
      return say({ type: 'uploaded', name: message.name });
    case 'list':
      return await listLate(message.name);
    case 'stop':
      clearInterval(beat);
      await screening.close();
      await store.close();
      process.disconnect();
  }
}

process.on('message', (message: ToNode) => void obey(message));
const beat = setInterval(() => {
  say({ type: 'matches', count: screening.sources().reduce((sum, source) => sum + source.matches, 0) });
}, 50);
say({ type: 'ready' });
