import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadTable, LogThreads, saveTable, Table } from '../../packages/screen/src/index.ts';
import { inventIndicators, inventLogs, inventTraffic } from '../../packages/testkit/src/corpus/index.ts';
import { median, round } from '../screen/measure.ts';

/**
 * How much faster more threads screen one large file, by the clock on the wall, and what a saved table spares.
 *
 * The ways are measured in turn, since other work on the machine comes and goes. Only on a quiet machine do the rates say anything.
 */
const SEED = 42;
const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    /** 50 MB, 100 k values, one run. */
    quick: { type: 'boolean', default: false },
    bytes: { type: 'string' },
    indicators: { type: 'string' },
    runs: { type: 'string' },
    threads: { type: 'string' },
  },
});
const bytes = Number(options.bytes ?? (options.quick ? 50_000_000 : 400_000_000));
const indicators = Number(options.indicators ?? (options.quick ? 100_000 : 1_000_000));
const runs = Number(options.runs ?? (options.quick ? 1 : 5));
const most = Number(options.threads ?? availableParallelism());

const traffic = inventTraffic(SEED);
const values = [...inventIndicators(indicators, SEED + 1, traffic.hosts.slice(0, 200))];
const dir = mkdtempSync(join(tmpdir(), 'comity-bench-'));
const corpus = join(dir, 'corpus.log');
const tableFile = join(dir, 'table');

async function msOf(work: () => unknown): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

function writeCorpus(): void {
  const descriptor = openSync(corpus, 'w');
  const planted = values.slice(0, 1000);
  for (const piece of inventLogs(traffic, { bytes, seed: SEED + 2, linesPerPlanted: 10_000, planted })) {
    writeSync(descriptor, piece);
  }
  closeSync(descriptor);
}

async function screenOn(threads: LogThreads, table: Table): Promise<number> {
  let matches = 0;
  for await (const finding of threads.screen(table, [corpus])) {
    if (finding.type === 'match') matches += finding.matches.length;
  }
  return matches;
}

async function measure(): Promise<object> {
  let table = Table.build([]);
  const rows = values.map((value, ref) => ({ value, ref }));
  const buildMs = await msOf(() => (table = Table.build(rows, { seed: SEED })));
  const saveMs = await msOf(async () => await saveTable(table, tableFile));
  const loadMs: number[] = [];
  for (let run = 0; run < runs; run++) loadMs.push(await msOf(() => (table = loadTable(tableFile).table)));

  const tableMb = round(table.bytes / 1e6);
  const pools = new Map([1, most].map((count) => [count, new LogThreads({ threads: count })]));
  const ways = [...pools].map(
    ([count, threads]) => [`threads_${count}`, async (): Promise<number> => await screenOn(threads, table)] as const,
  );
  const rates = new Map(ways.map(([name]) => [name, [] as number[]]));
  const costs = new Map(ways.map(([name]) => [name, [] as number[]]));
  const found = new Set<number>();
  // The first round is the one that is compiled while it runs.
  for (let run = 0; run <= runs; run++) {
    for (const [name, screen] of ways) {
      const before = process.cpuUsage();
      const ms = await msOf(async () => found.add(await screen()));
      const { user, system } = process.cpuUsage(before);
      if (run === 0) continue;
      rates.get(name)!.push(bytes / 1e3 / ms);
      costs.get(name)!.push(bytes / (user + system));
    }
  }
  await Promise.all([...pools.values()].map(async (threads) => await threads.close()));
  if (found.size !== 1) throw new Error(`Assertion failed: ${[...found].join(', ')} matches`);

  const medians = Object.fromEntries([...rates].map(([name, each]) => [name, round(median(each))]));
  return {
    mb_per_s: medians,
    mb_per_s_spread: Object.fromEntries(
      [...rates].map(([name, each]) => [name, [round(Math.min(...each)), round(Math.max(...each))]]),
    ),
    mb_per_cpu_s: Object.fromEntries([...costs].map(([name, each]) => [name, round(median(each))])),
    times_one_thread: round(median(rates.get(`threads_${most}`)!) / median(rates.get('threads_1')!)),
    matches: [...found][0],
    table_mb: tableMb,
    table_mb_with_threads: round(table.bytes / 1e6),
    build_ms: round(buildMs),
    save_ms: round(saveMs),
    load_ms: round(median(loadMs)),
    indicators,
    corpus_mb: round(bytes / 1e6),
    runs,
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}, load ${round(loadavg()[0] ?? 0)}`,
  };
}

try {
  writeCorpus();
  const report = await measure();
  const rows = Object.entries(report).map(([name, value]) => `${name.padEnd(22)} ${JSON.stringify(value)}`);
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : `${rows.join('\n')}\n`);
} finally {
  rmSync(dir, { recursive: true, force: true });
}
