import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { assert, ComityError } from '@comity/protocol/base';
import type { ListedValue } from '@comity/protocol/values';
import { openStore } from '../store/index.ts';
import type { Store } from '../store/index.ts';
import { openScreening, screeningSchema } from './index.ts';
import type { MatchIndicator, Screening, ScreeningMatch, ScreeningOptions } from './index.ts';
import { list, listedValuesSchema, unlist } from './listed-values-for-tests.ts';

const valueReaderModule = new URL('./listed-values-for-tests.ts', import.meta.url).href;

export interface Bench {
  /** A folder for logs, apart from the data folder. */
  readonly logs: string;
  readonly dataDir: string;
  readonly store: Store;
  readonly screening: Screening;
  nowMs: number;
  /** Indicators as `describe` knows them; by default every listed value is active. */
  readonly states: Map<number, MatchIndicator['state']>;
  list(values: readonly ListedValue[], firstRef: number): Promise<void>;
  unlist(ref: number): Promise<void>;
  /** Closes screening (unless it is closed already) and opens it again on the same store; `seen`: keeping that for other days, or noting nothing. */
  reopen(seen?: { readonly days?: number }): Promise<void>;
  close(): Promise<void>;
}

export interface BenchOptions extends Partial<ScreeningOptions> {
  readonly values?: readonly ListedValue[];
  /** Stands between screening and the store, to let commits fail. */
  readonly around?: (store: Store) => Store;
}

/** A real store, real files and threads in a temporary folder, and listed values to find. */
export async function openBench(options: BenchOptions = {}): Promise<Bench> {
  const dir = mkdtempSync(join(tmpdir(), 'comity-screening-'));
  const dataDir = join(dir, 'data');
  const logs = mkdtempSync(join(dir, 'logs-'));
  const store = await openStore({ dir: dataDir, schemas: [screeningSchema, listedValuesSchema] }, { clock: Date.now });
  const listeners = new Set<() => void>();
  const states = new Map<number, MatchIndicator['state']>();
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  await list(store, options.values ?? [{ kind: 'domain', value: 'evil.example' }], 1);

  const open = async (seen: { days: number | undefined } = { days: options.seenDays ?? 30 }): Promise<Screening> => {
    const { seenDays: _first, ...others } = options;
    const screening = openScreening(
      {
        pollMs: 20,
        rotationGraceMs: 150,
        ...others,
        dir: dataDir,
        ...(seen.days === undefined ? {} : { seenDays: seen.days }),
      },
      {
        store: options.around?.(store) ?? store,
        clock: () => bench.nowMs,
        valueReaderModule,
        onDelta: (listener) => {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
        describe: (refs) =>
          Promise.resolve(new Map(refs.map((ref) => [ref, indicatorOf(ref, states.get(ref) ?? 'active')]))),
      },
    );
    await screening.start();
    return screening;
  };
  let running: Screening | undefined;
  const bench: Bench = {
    logs,
    dataDir,
    store,
    get screening() {
      assert(running !== undefined, 'screening is open');
      return running;
    },
    nowMs: Date.UTC(2026, 0, 2, 3, 4, 5),
    states,
    list: async (values, firstRef) => {
      await list(store, values, firstRef);
      tell();
    },
    unlist: async (ref) => {
      await unlist(store, ref);
      tell();
    },
    reopen: async (seen) => {
      await bench.screening.close();
      running = await open(seen === undefined ? undefined : { days: seen.days });
    },
    close: async () => {
      await bench.screening.close();
      await store.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  running = await open();
  return bench;
}

/** The store, with something else than it in place of some of its parts. */
function storeWith(store: Store, parts: Partial<Store>): Store {
  return {
    dir: store.dir,
    readOnly: store.readOnly,
    reader: store.reader,
    write: (fn) => store.write(fn),
    writeInSteps: (fn) => store.writeInSteps(fn),
    noting: (note, act) => store.noting(note, act),
    foldIn: () => store.foldIn(),
    backup: (file) => store.backup(file),
    check: () => store.check(),
    close: () => store.close(),
    ...parts,
  };
}

/** The store, each write of which waits first. */
export function slowStore(store: Store, delayMs: () => number): Store {
  return storeWith(store, {
    write: async (fn) => {
      await setTimeout(delayMs());
      return store.write(fn);
    },
  });
}

function indicatorOf(ref: number, state: MatchIndicator['state']): MatchIndicator {
  return {
    id: `indicator--00000000-0000-4000-8000-${String(ref).padStart(12, '0')}`,
    listed: `value ${ref}`,
    source: 'test',
    tlp: 'green',
    state,
    why: state === 'active' ? 'listed by test' : `no longer used: ${state}`,
  };
}

/** Waits until something holds, at most `timeoutMs`; says what it last was. */
export async function until<T>(
  look: () => T | Promise<T>,
  holds: (value: T) => boolean,
  timeoutMs = 60_000,
): Promise<T> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const value = await look();
    if (holds(value)) return value;
    if (performance.now() > end)
      throw new Error(`not within ${timeoutMs} ms; last: ${JSON.stringify(value)?.slice(0, 2000)}`);
    await setTimeout(10);
  }
}

/** Every match, oldest first. */
export async function allMatches(screening: Screening): Promise<ScreeningMatch[]> {
  const found: ScreeningMatch[] = [];
  let cursor: string | undefined;
  do {
    const page = await screening.matches({ limit: 500, ...(cursor === undefined ? {} : { cursor }) });
    found.push(...page.rows);
    cursor = page.next;
  } while (cursor !== undefined);
  return found.reverse();
}

/** Waits for a number of matches, and a little longer in case one comes too many. */
export async function matchesOf(bench: Bench, count: number): Promise<ScreeningMatch[]> {
  await until(
    async () => (await allMatches(bench.screening)).length,
    (length) => length >= count,
  );
  await setTimeout(100);
  return allMatches(bench.screening);
}

/** A port nothing listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** What may happen to a write: it fails and nothing is kept, or it is kept and still reported as failed. */
export const faults = ['fails', 'fails but persisted'] as const;

/** A store of which the n-th write that screening asks for has a fault. */
export function faulty(store: Store, fault: (typeof faults)[number], atWrite: number): Store {
  let writes = 0;
  const why = new ComityError('DATA_UNWRITABLE', 'Cannot write: the disk is full');
  return storeWith(store, {
    write: async (fn) => {
      writes += 1;
      if (writes !== atWrite) return store.write(fn);
      if (fault === 'fails but persisted') await store.write(fn);
      throw why;
    },
  });
}
