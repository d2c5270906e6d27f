import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { ListedRow } from '../../packages/screen/src/table/index.ts';
import { Table } from '../../packages/screen/src/table/index.ts';
import { SEED } from './corpus.ts';
import type { Corpus } from './corpus.ts';
import { median, round, spreadOf } from './measure.ts';
import type { Piece } from './peers.ts';

const CHANGES = 1000;
const ROUND_MS = 100;
const ROUNDS_WARM = 20;

/** What a scanning thread is given. */
export interface UpdateScan {
  readonly memory: unknown;
  readonly file: string;
}

/** What one pass of a scanning thread took and found. */
export interface ScanPass {
  readonly cpuS: number;
  readonly hits: number;
}

/**
 * What adding and removing a thousand values takes while another thread scans the same table, and what that thread loses by ten such rounds a
 * second: passes with and without changes take turns.
 */
export async function measureUpdate(corpus: Corpus, piece: Piece, count: number, runs: number): Promise<object> {
  const rows = corpus.rows(count + CHANGES);
  const changing = rows.splice(count);
  const table = Table.build(rows, { seed: SEED });
  for (let round = 0; round < ROUNDS_WARM; round++) changeOnce(table, changing);
  const workerData: UpdateScan = { memory: table.memory, file: piece.file };
  const worker = new Worker(new URL('update.worker.ts', import.meta.url), { workerData });
  const pass = async (): Promise<ScanPass> => {
    worker.postMessage('scan');
    const [result] = (await once(worker, 'message')) as [ScanPass];
    return result;
  };
  await pass();
  const quiet: number[] = [];
  const changed: number[] = [];
  const times: { addMs: number; removeMs: number }[] = [];
  let hits = 0;
  for (let run = 0; run < runs; run++) {
    const alone = await pass();
    quiet.push(piece.bytes / 1e6 / alone.cpuS);
    const scanning = { isOver: false };
    const racing = pass().finally(() => (scanning.isOver = true));
    while (!scanning.isOver) {
      times.push(changeOnce(table, changing));
      await delay(ROUND_MS);
    }
    const { cpuS } = await racing;
    changed.push(piece.bytes / 1e6 / cpuS);
    hits = alone.hits;
  }
  await worker.terminate();
  const [alone, racing] = [spreadOf(quiet), spreadOf(changed)];
  return {
    indicators: count,
    add_1000_ms: round(median(times.map(({ addMs }) => addMs))),
    add_1000_ms_max: round(Math.max(...times.map(({ addMs }) => addMs))),
    remove_1000_ms: round(median(times.map(({ removeMs }) => removeMs))),
    remove_1000_ms_max: round(Math.max(...times.map(({ removeMs }) => removeMs))),
    rounds: times.length,
    rounds_per_s: 1000 / ROUND_MS,
    scan_mb_per_cpu_s: alone.mb_per_cpu_s,
    scan_mb_per_cpu_s_spread: [alone.min, alone.max],
    scan_mb_per_cpu_s_changing: racing.mb_per_cpu_s,
    scan_mb_per_cpu_s_changing_spread: [racing.min, racing.max],
    lost_percent: round(100 - (racing.mb_per_cpu_s / alone.mb_per_cpu_s) * 100),
    hits,
  };
}

function changeOnce(table: Table, rows: readonly ListedRow[]): { addMs: number; removeMs: number } {
  const addMs = msOf(() => {
    for (const { value, ref } of rows) table.add(value, ref);
  });
  const removeMs = msOf(() => {
    for (const { value, ref } of rows) table.remove(value, ref);
  });
  return { addMs, removeMs };
}

/** By the clock: it is shorter than what CPU time is counted in. */
function msOf(work: () => void): number {
  const beganMs = performance.now();
  work();
  return performance.now() - beganMs;
}
