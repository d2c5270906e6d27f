import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Table } from '../../packages/screen/src/table/index.ts';
import {
  adversarialInputs,
  inventIndicators,
  inventLogs,
  inventTraffic,
} from '../../packages/testkit/src/corpus/index.ts';
import { cpuSecondsOf, median, round, scanBuffer, scanFile, spreadOf } from './measure.ts';
import type { Engine, Spread } from './measure.ts';
import { measurePeers, measureWc } from './peers.ts';
import type { Piece } from './peers.ts';

const SEED = 42;
/** The pieces of the corpus that peers get: what they need for both is the same but for the bytes between. */
const SMALL_PIECE_BYTES = 10_000_000;
const LARGE_PIECE_BYTES = 60_000_000;
const PEER_RUNS_MAX = 3;

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    /** 20 MB, 100 k values, one run, no peers. */
    quick: { type: 'boolean', default: false },
    adversarial: { type: 'boolean', default: false },
    'no-peers': { type: 'boolean', default: false },
    bytes: { type: 'string' },
    indicators: { type: 'string' },
    runs: { type: 'string' },
  },
});
const corpusBytes = Number(options.bytes ?? (options.quick ? 20_000_000 : 200_000_000));
const indicatorCount = Number(options.indicators ?? (options.quick ? 100_000 : 1_000_000));
const runs = Number(options.runs ?? (options.quick ? 1 : 5));

const traffic = inventTraffic(SEED);
const values = [...inventIndicators(indicatorCount, SEED + 1, traffic.hosts.slice(0, 200))];
let table = Table.build([]);
const compileS = cpuSecondsOf(() => {
  table = Table.build(
    values.map((value, ref) => ({ value, ref })),
    { seed: SEED },
  );
});
const machine = `${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`;

if (options.adversarial) runAdversarial();
else runScreen();

function runScreen(): void {
  const dir = mkdtempSync(join(tmpdir(), 'comity-bench-'));
  try {
    const corpus = writeCorpus(join(dir, 'corpus.log'), corpusBytes);
    const kernel = ratesOf(corpus, 'kernel');
    const plain = ratesOf(corpus, 'plain');
    const wc = measureWc(corpus);
    const report = {
      mb_per_cpu_s: kernel.mb_per_cpu_s,
      mb_per_cpu_s_spread: [kernel.min, kernel.max],
      percent_of_wc: round((kernel.mb_per_cpu_s / wc.mb_per_cpu_s) * 100),
      plain_mb_per_cpu_s: plain.mb_per_cpu_s,
      plain_mb_per_cpu_s_spread: [plain.min, plain.max],
      indicators: indicatorCount,
      corpus: { mb: round(corpus.bytes / 1e6), seed: SEED, mix: 'zeek+eve json, bind+dnsmasq, access, ufw+csv' },
      peers: options.quick || options['no-peers'] ? {} : peersOn(dir),
      wc_mb_per_cpu_s: wc.mb_per_cpu_s,
      wc_mb_per_cpu_s_spread: [wc.min, wc.max],
      machine,
      runs,
      bytes_per_indicator: round(table.bytes / indicatorCount),
      compile_us_per_indicator: round((compileS * 1e6) / indicatorCount),
      hits: kernel.hits,
      plain_hits: plain.hits,
    };
    process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : textOf(report));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function ratesOf(corpus: Piece, engine: Engine): Spread & { readonly hits: number } {
  let hits = 0;
  const rates = Array.from(
    { length: runs + 1 },
    () => corpus.bytes / 1e6 / cpuSecondsOf(() => (hits = scanFile(table, corpus.file, engine))),
  );
  // The first run is the one that is compiled while it runs.
  return { ...spreadOf(rates.slice(1)), hits };
}

function writeCorpus(file: string, bytes: number): Piece {
  const descriptor = openSync(file, 'w');
  let written = 0;
  const planted = values.slice(0, 1000);
  for (const piece of inventLogs(traffic, { bytes, seed: SEED + 2, linesPerPlanted: 10_000, planted })) {
    written += writeSync(descriptor, piece);
  }
  closeSync(descriptor);
  return { file, bytes: written };
}

function peersOn(dir: string): ReturnType<typeof measurePeers> {
  const listFile = join(dir, 'list.txt');
  // Networks are beyond literal matchers, so they are not asked for them.
  const literals = values.filter(({ value }) => !/\/\d+$/.test(value));
  writeFileSync(listFile, literals.map(({ value }) => `${value}\n`).join(''));
  const small = writeCorpus(join(dir, 'small.log'), SMALL_PIECE_BYTES);
  const large = writeCorpus(join(dir, 'large.log'), LARGE_PIECE_BYTES);
  return measurePeers(listFile, small, large, Math.min(runs, PEER_RUNS_MAX));
}

function textOf(report: object): string {
  const rows = Object.entries(report).map(([name, value]) => {
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
    return `${name.padEnd(26)} ${text}`;
  });
  return `${rows.join('\n')}\n`;
}

/** Rate on each hostile input, and its cost at four times the size: about 4 when the scan is linear. */
function runAdversarial(): void {
  const bytes = Number(options.bytes ?? (options.quick ? 1_000_000 : 5_000_000));
  const results = Object.entries(adversarialInputs).map(([name, make]) => {
    const small = make(bytes, values.slice(0, 1000));
    const large = make(bytes * 4, values.slice(0, 1000));
    const [kernel, plain] = (['kernel', 'plain'] as const).map((engine) => {
      scanBuffer(table, small, engine);
      const secondsOf = (buffer: Buffer): number =>
        median(Array.from({ length: 3 }, () => cpuSecondsOf(() => scanBuffer(table, buffer, engine))));
      const largeS = secondsOf(large);
      return { rate: round((bytes * 4) / 1e6 / largeS), cost: round(largeS / secondsOf(small)) };
    });
    return {
      name,
      mb_per_cpu_s: kernel!.rate,
      cost_at_4x: kernel!.cost,
      plain_mb_per_cpu_s: plain!.rate,
      plain_cost_at_4x: plain!.cost,
      hits: scanBuffer(table, large, 'kernel'),
    };
  });
  const report = { adversarial: results, indicators: indicatorCount, mb: bytes / 1e6, machine };
  const rows = results.map(
    (row) =>
      `${row.name.padEnd(30)} ${String(row.mb_per_cpu_s).padStart(7)} MB/CPU-s, ×4: ${String(row.cost_at_4x).padEnd(5)} ` +
      `plain ${String(row.plain_mb_per_cpu_s).padStart(5)}, ×4: ${String(row.plain_cost_at_4x).padEnd(5)} hits ${row.hits}`,
  );
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : `${rows.join('\n')}\n`);
}
