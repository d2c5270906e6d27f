import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureAdversarial } from './adversarial.ts';
import { buildTable, Corpus, SEED } from './corpus.ts';
import { cpuSecondsOf, round, scanFile, screenZeek, spreadOf } from './measure.ts';
import type { Engine, Spread } from './measure.ts';
import { measurePeers, measureWc } from './peers.ts';
import type { Piece } from './peers.ts';
import { measureScale } from './scale.ts';
import { measureUpdate } from './update.ts';

/** The pieces of the corpus that peers get: what they need for both is the same but for the bytes between. */
const SMALL_PIECE_BYTES = 10_000_000;
const LARGE_PIECE_BYTES = 60_000_000;
const PEER_RUNS_MAX = 3;

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    /** 20 MB, 100 k values, one run, no peers. */
    quick: { type: 'boolean', default: false },
    /** Inputs made to be slow instead. */
    adversarial: { type: 'boolean', default: false },
    /** Lists of a thousand to ten million values instead, or of these `sizes`. */
    scale: { type: 'boolean', default: false },
    sizes: { type: 'string', default: '1e3,1e5,1e6,1e7' },
    /** Changes of the table while another thread scans it instead. */
    update: { type: 'boolean', default: false },
    'no-peers': { type: 'boolean', default: false },
    bytes: { type: 'string' },
    indicators: { type: 'string' },
    runs: { type: 'string' },
  },
});
const corpusBytes = Number(options.bytes ?? (options.quick ? 20_000_000 : 200_000_000));
const indicatorCount = Number(options.indicators ?? (options.quick ? 100_000 : 1_000_000));
const runs = Number(options.runs ?? (options.quick ? 1 : 5));
const machine = `${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`;
const corpus = new Corpus();
const dir = mkdtempSync(join(tmpdir(), 'comity-bench-'));
try {
  print(await measured());
} finally {
  rmSync(dir, { recursive: true, force: true });
}

function measured(): object | Promise<object> {
  if (options.adversarial) {
    const bytes = Number(options.bytes ?? (options.quick ? 1_000_000 : 5_000_000));
    const adversarial = measureAdversarial(corpus, indicatorCount, bytes);
    return { adversarial, indicators: indicatorCount, mb: bytes / 1e6, machine };
  }
  const piece = corpus.write(join(dir, 'corpus.log'), corpusBytes);
  if (options.scale) {
    const scale = measureScale(corpus, piece, options.sizes.split(',').map(Number), runs);
    return { scale, mb: round(piece.bytes / 1e6), runs, machine };
  }
  return options.update
    ? measureUpdate(corpus, piece, indicatorCount, runs).then((update) => ({ ...update, runs, machine }))
    : measureScreen(piece);
}

function measureScreen(piece: Piece): object {
  const { table, compileS } = buildTable(corpus, indicatorCount);
  const bytesPerIndicator = table.bytes / indicatorCount;
  const scanWith = (engine: Engine) => (): number => scanFile(table, piece.file, engine);
  const kernel = ratesOf(piece, scanWith('kernel'));
  const plain = ratesOf(piece, scanWith('plain'));
  const zeekPiece = corpus.writeZeek(join(dir, 'zeek.log'), corpusBytes / 2);
  const zeek = ratesOf(zeekPiece, () => screenZeek(table, zeekPiece.file));
  const wc = measureWc(piece);
  return {
    mb_per_cpu_s: kernel.mb_per_cpu_s,
    mb_per_cpu_s_spread: [kernel.min, kernel.max],
    percent_of_wc: round((kernel.mb_per_cpu_s / wc.mb_per_cpu_s) * 100),
    plain_mb_per_cpu_s: plain.mb_per_cpu_s,
    plain_mb_per_cpu_s_spread: [plain.min, plain.max],
    zeek_fields_mb_per_cpu_s: zeek.mb_per_cpu_s,
    zeek_fields_mb_per_cpu_s_spread: [zeek.min, zeek.max],
    indicators: indicatorCount,
    corpus: { mb: round(piece.bytes / 1e6), seed: SEED, mix: 'zeek+eve json, bind+dnsmasq, access, ufw+csv' },
    peers: options.quick || options['no-peers'] ? {} : peersOn(zeekPiece),
    wc_mb_per_cpu_s: wc.mb_per_cpu_s,
    wc_mb_per_cpu_s_spread: [wc.min, wc.max],
    machine,
    runs,
    bytes_per_indicator: round(bytesPerIndicator),
    compile_us_per_indicator: round((compileS * 1e6) / indicatorCount),
    hits: kernel.hits,
    plain_hits: plain.hits,
    zeek_fields_hits: zeek.hits,
  };
}

function ratesOf({ bytes }: Piece, scan: () => number): Spread & { readonly hits: number } {
  let hits = 0;
  const rates = Array.from({ length: runs + 1 }, () => bytes / 1e6 / cpuSecondsOf(() => (hits = scan())));
  // The first run is the one that is compiled while it runs.
  return { ...spreadOf(rates.slice(1)), hits };
}

function peersOn(zeek: Piece): ReturnType<typeof measurePeers> {
  const listFile = join(dir, 'list.txt');
  // Networks are beyond literal matchers, so they are not asked for them.
  const literals = [...corpus.values(indicatorCount)].filter(({ value }) => !/\/\d+$/.test(value));
  writeFileSync(listFile, literals.map(({ value }) => `${value}\n`).join(''));
  const small = corpus.write(join(dir, 'small.log'), SMALL_PIECE_BYTES);
  const large = corpus.write(join(dir, 'large.log'), LARGE_PIECE_BYTES);
  return measurePeers({ dir, listFile, small, large, zeek }, Math.min(runs, PEER_RUNS_MAX));
}

/** As JSON, or a line a figure; a list of figures is a table. */
function print(report: object): void {
  if (options.json) {
    process.stdout.write(`${JSON.stringify(report)}\n`);
    return;
  }
  for (const [name, value] of Object.entries(report) as [string, unknown][]) {
    if (Array.isArray(value) && typeof value[0] === 'object') process.stdout.write(tableOf(value as object[]));
    else if (name === 'peers') process.stdout.write(tableOf(peerRowsOf(value as object)));
    else process.stdout.write(`${name.padEnd(28)} ${typeof value === 'string' ? value : JSON.stringify(value)}\n`);
  }
}

function peerRowsOf(peers: object): object[] {
  return Object.entries(peers).map(([peer, figures]) => ({ peer, ...(figures as object) }));
}

function tableOf(rows: readonly object[]): string {
  const names = Object.keys(rows[0] ?? {});
  const lines = [names, ...rows.map((row) => Object.values(row).map((cell) => String(cell)))];
  const widths = names.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
