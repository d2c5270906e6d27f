import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { parseRowId } from '@comity/protocol/base';
import { readBundle } from '@comity/protocol/stix';
import { createRandom } from '@comity/testkit';
import { admitBatchMax, createIntel, intelSchema } from '../../packages/node/src/intel/index.ts';
import type { Candidate, Intel } from '../../packages/node/src/intel/index.ts';
import { openStore } from '../../packages/node/src/store/index.ts';
import { generateObjectTexts } from './generate.ts';

const objectsInMemory = 50_000;
/** Objects read between two turns of the event loop, as the importer does. */
const itemsATurn = 250;

/** What `npm run bench -- ingest --json` prints. */
interface IngestFigures {
  readonly objects: number;
  readonly objects_per_cpu_s: number;
  /** Of every run, in order, each into an empty store: the first also pays for compiling the program. The others are of the median run. */
  readonly runs_objects_per_cpu_s: readonly number[];
  readonly objects_per_s: number;
  readonly cpu_s: number;
  /** Part of `cpu_s` spent in the operating system: writing the log, mostly. */
  readonly cpu_system_s: number;
  readonly bytes_in: number;
  readonly bytes_on_disk: number;
  readonly p50_admit_ms: number;
  /** Longest the event loop was kept while importing; other processes on the machine add to it. */
  readonly event_loop_p99_ms: number;
  readonly event_loop_max_ms: number;
  readonly search_value_ms: { readonly p50: number; readonly p99: number };
  readonly search_substring_ms: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly search_common_substring_ms: { readonly p50: number; readonly max: number };
  readonly search_words_ms: { readonly p50: number; readonly max: number };
  readonly rss_after_mb: number;
}

/**
 * Measures the import of generated STIX into a durable store, from text in memory to the last commit on the disk, all
 * indexes included, and searches in what it made. CPU is user + system of the whole process, its threads included;
 * making the texts is not counted.
 */
async function measureIngest(count: number, seed: number): Promise<Omit<IngestFigures, 'runs_objects_per_cpu_s'>> {
  const dir = mkdtempSync(join(tmpdir(), 'comity-bench-ingest-'));
  try {
    const store = await openStore({ dir, schemas: [intelSchema] }, { clock: Date.now });
    const intel = await createIntel(store, { clock: Date.now, uuid: () => crypto.randomUUID() });
    const ingest = await ingestAll(intel, count, seed);
    const searches = await measureSearches(intel, dir, seed);
    const rss = process.memoryUsage().rss;
    await intel.close();
    await store.close();
    return {
      ...ingest,
      bytes_on_disk: statSync(join(dir, 'comity.db')).size,
      ...searches,
      rss_after_mb: Math.round(rss / 1e6),
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function ingestAll(intel: Intel, count: number, seed: number) {
  const texts = generateObjectTexts(count, seed);
  const run = await intel.openImport(
    { id: parseRowId('src-bench0001'), name: 'bench', kind: 'file', reliability: 'B', defaultTlp: 'green' },
    { format: 'stix', name: 'generated' },
  );
  let cpuUs = 0;
  let systemUs = 0;
  const gapsMs: number[] = [];
  let wallMs = 0;
  let bytes = 0;
  let objects = 0;
  const admitMs: number[] = [];
  for (;;) {
    const texts50k: string[] = [];
    while (texts50k.length < objectsInMemory) {
      const next = texts.next();
      if (next.done === true) break;
      texts50k.push(next.value);
    }
    if (texts50k.length === 0) break;
    const bundle = `{"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[${texts50k.join(',')}]}`;
    bytes += Buffer.byteLength(bundle);
    texts50k.length = 0;
    const stopWatching = watchLoop(gapsMs);
    const cpu = process.cpuUsage();
    const begun = performance.now();
    let batch: Candidate[] = [];
    // One batch after the other, as the importer does.
    const admit = async (): Promise<void> => {
      const admitBegun = performance.now();
      await run.admit(batch);
      admitMs.push(performance.now() - admitBegun);
      objects += batch.length;
      batch = [];
    };
    for (const item of readBundle(bundle)) {
      if ('error' in item) throw item.error;
      batch.push({ object: item.object, place: item.place });
      if (batch.length === admitBatchMax) await admit();
      else if (batch.length % itemsATurn === 0) await nextTurn();
    }
    if (batch.length > 0) await admit();
    const spent = process.cpuUsage(cpu);
    cpuUs += spent.user + spent.system;
    systemUs += spent.system;
    wallMs += performance.now() - begun;
    stopWatching();
  }
  const cpu = process.cpuUsage();
  const begun = performance.now();
  await run.finish();
  const spent = process.cpuUsage(cpu);
  cpuUs += spent.user + spent.system;
  wallMs += performance.now() - begun;
  return {
    objects,
    objects_per_cpu_s: Math.round(objects / (cpuUs / 1e6)),
    objects_per_s: Math.round(objects / (wallMs / 1000)),
    cpu_s: cpuUs / 1e6,
    cpu_system_s: systemUs / 1e6,
    bytes_in: bytes,
    p50_admit_ms: percentile(admitMs, 0.5),
    event_loop_p99_ms: percentile(gapsMs, 0.99),
    event_loop_max_ms: percentile(gapsMs, 1),
  };
}

async function measureSearches(intel: Intel, dir: string, seed: number) {
  const values: string[] = [];
  for (const { value } of intel.feed.activeValues().values) {
    values.push(value.value);
    if (values.length === 20_000) break;
  }
  const random = createRandom(seed + 1);
  const timed = async (count: number, text: () => string): Promise<number[]> => {
    const times: number[] = [];
    for (let index = 0; index < count; index += 1) {
      const asked = text();
      const begun = performance.now();
      const page = await intel.search({ text: asked, limit: 1 });
      times.push(performance.now() - begun);
      if (page.rows.length === 0) throw new Error(`search for ${asked} in ${dir} found nothing`);
    }
    return times;
  };
  const exact = await timedLookups(intel, values, random);
  const part = await timed(300, () => {
    const value = random.pick(values);
    const from = random.below(Math.max(1, value.length - 9));
    return value.slice(from, from + 9);
  });
  const common = await timed(50, () => random.pick(['example', 'beacon', '.php', 'login', '2001:db8:']));
  const words = await timed(50, () => random.pick(['beacon relay', 'ministry portal', 'harvest', 'sinkhole grid']));
  return {
    search_value_ms: { p50: percentile(exact, 0.5), p99: percentile(exact, 0.99) },
    search_substring_ms: { p50: percentile(part, 0.5), p99: percentile(part, 0.99), max: round(Math.max(...part)) },
    search_common_substring_ms: { p50: percentile(common, 0.5), max: round(Math.max(...common)) },
    search_words_ms: { p50: percentile(words, 0.5), max: round(Math.max(...words)) },
  };
}

async function timedLookups(intel: Intel, values: readonly string[], random: ReturnType<typeof createRandom>) {
  const times: number[] = [];
  for (let index = 0; index < 2000; index += 1) {
    const value = random.pick(values);
    const begun = performance.now();
    const page = await intel.search({ text: value, limit: 1 });
    times.push(performance.now() - begun);
    if (!page.rows.some((row) => row.values.some((one) => one.value === value)))
      throw new Error(`${value} is not found`);
  }
  return times;
}

/** Notes how long the event loop was kept between two of its turns; Node's own histogram counts the time it was off too. */
function watchLoop(gapsMs: number[]): () => void {
  let lastMs = performance.now();
  const timer = setInterval(() => {
    const nowMs = performance.now();
    gapsMs.push(nowMs - lastMs);
    lastMs = nowMs;
  }, 1);
  return () => clearInterval(timer);
}

function percentile(times: readonly number[], part: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0);
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    count: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    runs: { type: 'string' },
  },
});
const count = Number(values.count);
const runs: Omit<IngestFigures, 'runs_objects_per_cpu_s'>[] = [];
for (let left = Number(values.runs ?? (count > 100_000 ? 1 : 5)); left > 0; left -= 1) {
  runs.push(await measureIngest(count, Number(values.seed)));
}
const bySpeed = runs.toSorted((a, b) => a.objects_per_cpu_s - b.objects_per_cpu_s);
const median = bySpeed[Math.floor(bySpeed.length / 2)];
if (median === undefined) throw new Error('--runs is at least 1');
const figures: IngestFigures = { ...median, runs_objects_per_cpu_s: runs.map((run) => run.objects_per_cpu_s) };
process.stdout.write(`${JSON.stringify(figures, undefined, values.json ? undefined : 2)}\n`);
