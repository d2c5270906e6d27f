import { closeSync, openSync, readSync } from 'node:fs';
import { limits } from '../../packages/protocol/src/base/index.ts';
import { kernelOn } from '../../packages/screen/src/kernel/index.ts';
import { fastScan, HitList, scan } from '../../packages/screen/src/match/index.ts';
import { createScreen } from '../../packages/screen/src/record/index.ts';
import { cutBefore } from '../../packages/screen/src/record/oversized.ts';
import type { Table } from '../../packages/screen/src/table/index.ts';

const CHUNK_BYTES = 256 * 1024;
const NEWLINE = 10;

/** CPU seconds, user and system, that `work` takes. */
export function cpuSecondsOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** What looks: the matcher where the kernel says, or the matcher alone. */
export type Engine = 'kernel' | 'plain';
type Scan = (table: Table, bytes: Uint8Array, start: number, end: number, hits: HitList) => void;

const scans: Readonly<Record<Engine, Scan>> = {
  kernel: (table, bytes, start, end, hits) => fastScan(table, bytes, start, end, hits, 'none'),
  plain: scan,
};

/** Hits in a file, gates left out; read in chunks that end with a line, reading included. */
export function scanFile(table: Table, file: string, engine: Engine): number {
  const descriptor = openSync(file, 'r');
  const buffer = bufferFor(table, engine);
  const scan = scans[engine];
  const hits = new HitList();
  let kept = 0;
  let matches = 0;
  for (;;) {
    const read = readSync(descriptor, buffer, kept, CHUNK_BYTES - kept, null);
    const filled = kept + read;
    if (filled === 0) break;
    const lastNewline = buffer.subarray(0, filled).lastIndexOf(NEWLINE);
    const end = read === 0 || lastNewline < 0 ? filled : lastNewline + 1;
    hits.reset();
    scan(table, buffer, 0, end, hits);
    matches += hits.count - hits.gates;
    buffer.copyWithin(0, end, filled);
    kept = filled - end;
  }
  closeSync(descriptor);
  return matches;
}

const inputs = new WeakMap<Table, Uint8Array>();

/** The kernel gets its input where it can be looked through: one room a table, since none is given back. */
function bufferFor(table: Table, engine: Engine): Uint8Array {
  if (engine === 'plain') return Buffer.alloc(CHUNK_BYTES);
  const kernel = kernelOn(table.set.memory);
  if (kernel === undefined) throw new Error('Cannot measure the kernel: run "npm run build:kernel"');
  const input = inputs.get(table) ?? kernel.allocateInput(CHUNK_BYTES);
  inputs.set(table, input);
  return input;
}

/** Matches in records of Zeek as JSON, told with their fields; read in chunks. */
export function screenZeek(table: Table, file: string): number {
  const descriptor = openSync(file, 'r');
  const buffer = Buffer.alloc(CHUNK_BYTES);
  let matches = 0;
  const screen = createScreen(table, { format: 'zeek-json' }, { match: () => matches++ });
  for (;;) {
    const read = readSync(descriptor, buffer, 0, CHUNK_BYTES, null);
    if (read === 0) break;
    screen.push(buffer.subarray(0, read));
  }
  screen.end();
  closeSync(descriptor);
  return matches;
}

/** Hits in a buffer, gates left out; a record longer than `limits.recordBytesMax` is cut as the engine cuts it. */
export function scanBuffer(table: Table, bytes: Uint8Array, engine: Engine): number {
  const hits = new HitList();
  const scan = scans[engine];
  let matches = 0;
  for (let start = 0; start < bytes.length;) {
    const limit = start + limits.recordBytesMax;
    const end = limit < bytes.length ? cutBefore(bytes, start, limit) : bytes.length;
    hits.reset();
    scan(table, bytes, start, end, hits);
    matches += hits.count - hits.gates;
    start = end;
  }
  return matches;
}

export function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;
}

/** The median of several runs, and the slowest and fastest of them. */
export interface Spread {
  readonly mb_per_cpu_s: number;
  readonly min: number;
  readonly max: number;
}

export function spreadOf(rates: readonly number[]): Spread {
  return { mb_per_cpu_s: round(median(rates)), min: round(Math.min(...rates)), max: round(Math.max(...rates)) };
}

export function round(value: number): number {
  return value >= 100 ? Math.round(value) : Math.round(value * 100) / 100;
}
