import { Worker } from 'node:worker_threads';
import type { ListedValue } from '../../packages/protocol/src/values/index.ts';
import { Table } from '../../packages/screen/src/index.ts';
import { inventIndicators } from '../../packages/testkit/src/corpus/index.ts';

/** What a scanning thread is given. */
export interface RaceData {
  readonly memory: unknown;
  /** Listed all the time, and never. */
  readonly kept: readonly ListedValue[];
  readonly never: readonly ListedValue[];
}

export interface RaceResult {
  readonly changes: number;
  readonly scans: number;
  readonly faults: readonly string[];
}

const KEPT = 2000;
const CHANGING = 40_000;

/**
 * Adds and removes values, as fast as it goes, while another thread scans the same table: what is listed all the time must be found
 * in each scan, and what is listed never in none. The table grows from small, so that each of its sections moves, and is rebuilt
 * again and again.
 */
export async function raceUpdates(forMs: number, seed: number): Promise<RaceResult> {
  const values = [...inventIndicators(KEPT + KEPT + CHANGING, seed, ['hub.example'])];
  const kept = values.slice(0, KEPT);
  const changing = values.slice(2 * KEPT);
  const sometimes = new Set([...kept, ...changing].map(({ value }) => value));
  const never = values.slice(KEPT, 2 * KEPT).filter(({ value }) => !sometimes.has(value));
  const table = Table.build(
    kept.map((value, ref) => ({ value, ref })),
    { seed },
  );
  const worker = new Worker(new URL('race.worker.ts', import.meta.url), {
    workerData: { memory: table.memory, kept, never } satisfies RaceData,
  });
  const ended = new Promise<{ scans: number; faults: string[] }>((resolve, reject) => {
    worker.once('error', reject);
    worker.on('message', (message: { scans: number; faults: string[] }) => resolve(message));
  });
  await new Promise((resolve) => worker.once('online', resolve));
  let changes = 0;
  const until = performance.now() + forMs;
  let { memory } = table;
  for (let at = 0; performance.now() < until; at = (at + 97) % changing.length) {
    if (table.memory !== memory) {
      memory = table.memory;
      worker.postMessage(memory);
    }
    for (let index = at; index < at + 97 && index < changing.length; index++) {
      const value = changing[index]!;
      if (!table.add(value, KEPT + index)) table.remove(value, KEPT + index);
      changes++;
    }
    // Messages of the other thread get their turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
  worker.postMessage('stop');
  const { scans, faults } = await ended;
  await worker.terminate();
  return { changes, scans, faults };
}
