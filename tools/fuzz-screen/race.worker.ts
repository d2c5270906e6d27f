import { parentPort, workerData } from 'node:worker_threads';
import type { ListedValue } from '../../packages/protocol/src/values/index.ts';
import { fastScan, HitList, Table } from '../../packages/screen/src/index.ts';
import type { RaceData } from './race-updates.ts';

const { memory, kept, never } = workerData as RaceData;
type Memory = Parameters<typeof Table.attach>[0];
let table = Table.attach(memory as Memory);
const FAULTS_MAX = 5;
let isStopped = false;
parentPort?.on('message', (message: 'stop' | Memory) => {
  if (message === 'stop') isStopped = true;
  else table = Table.attach(message);
});

function textOf(values: readonly ListedValue[]): Buffer {
  return Buffer.from(
    values.map(({ kind, value }) => `${kind === 'url' ? 'http://' : ''}${value.replace(/\/\d+$/, '')}\n`).join(''),
  );
}

/** The listed values that are found in a text. */
function foundIn(bytes: Buffer): Set<string> {
  const hits = new HitList();
  fastScan(table, bytes, 0, bytes.length, hits, 'none');
  return new Set(Array.from({ length: hits.count }, (_, hit) => table.valueOf(hits.entry[hit]!)));
}

const keptText = textOf(kept);
const neverText = textOf(never);
// What stands in the text as something else (networks, what ends in `*`) need not be found; what others list may go again.
const listed = new Set(kept.map(({ value }) => value));
const keptValues = new Set([...foundIn(keptText)].filter((value) => listed.has(value)));
const neverValues = new Set(never.map(({ value }) => value));
const faults: string[] = [];
let scans = 0;
while (!isStopped && faults.length < FAULTS_MAX) {
  table.refresh();
  const found = foundIn(keptText);
  for (const value of keptValues) if (!found.has(value)) faults.push(`scan ${scans} missed ${value}`);
  for (const value of foundIn(neverText)) if (neverValues.has(value)) faults.push(`scan ${scans} found ${value}`);
  scans++;
  await new Promise((resolve) => setImmediate(resolve));
}
if (keptValues.size < kept.length * 0.8)
  faults.push(`only ${keptValues.size} of ${kept.length} values were there to be found`);
parentPort?.postMessage({ scans, faults: faults.slice(0, FAULTS_MAX) });
