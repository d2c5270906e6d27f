import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createVenv } from '../venv.ts';
import { median, round, spreadOf } from './measure.ts';
import type { Spread } from './measure.ts';

/** What another program needed. */
export interface PeerFigures extends Spread {
  /** True: the rates are of whole runs, since next to loading its list the program's scan is too short to measure. */
  readonly load_included: boolean;
  /** CPU seconds it needs before the first byte of the corpus. */
  readonly load_cpu_s: number;
  /** Bytes of the corpus it was given, in MB: the slow ones get a piece. */
  readonly corpus_mb: number;
  readonly hits: number;
}

/** A piece of the corpus. */
export interface Piece {
  readonly file: string;
  readonly bytes: number;
}

/** A difference of two runs is taken for a scan when it is this share of the longer one, and so many seconds. */
const SCAN_SHARE_MIN = 0.1;
const SCAN_S_MIN = 0.5;
/** `wc` is so fast that it reads the file several times in one run. */
const WC_PASSES = 8;

/** Whether a program is on the path. */
export function isInstalled(command: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
}

/** CPU seconds, user and system, of a command, and its output. */
export function timed(command: string, ...args: string[]): { cpuS: number; output: string } {
  const script = `TIMEFORMAT='%U %S'; time "$@" 2>&3`;
  const result = spawnSync('bash', ['-c', `exec 3>/dev/null; ${script}`, 'bash', command, ...args], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
    maxBuffer: 1 << 28,
    timeout: 600_000,
  });
  const [user = 0, system = 0] = result.stderr.trim().split(/\s+/).slice(-2).map(Number);
  return { cpuS: user + system, output: result.stdout };
}

/** MB a CPU second of `wc -l`, which looks at each byte once: the physical limit. */
export function measureWc({ file, bytes }: Piece): Spread {
  const files = Array.from({ length: WC_PASSES }, () => file);
  const rateOf = (): number => (bytes * WC_PASSES) / 1e6 / Math.max(0.001, timed('wc', '-l', ...files).cpuS);
  return spreadOf(Array.from({ length: 5 }, rateOf));
}

/** What peers are given. */
export interface PeerInput {
  /** Below it they may make files. */
  readonly dir: string;
  /** Literal values, one a line. */
  readonly listFile: string;
  readonly small: Piece;
  readonly large: Piece;
  /** Records of Zeek as JSON. */
  readonly zeek: Piece;
}

/** Every peer that is installed, or that pip can reach, with a list of literal values, on pieces of the corpus. */
export function measurePeers(input: PeerInput, runs: number): Record<string, PeerFigures> {
  const { dir, listFile, small, large, zeek } = input;
  const peers: Record<string, PeerFigures> = {};
  const vectorscan = compileVectorscan(dir);
  if (vectorscan !== undefined) peers['vectorscan literals'] = measureSelfTimed([vectorscan, listFile], large, runs);
  if (isInstalled('grep')) {
    peers['grep -F'] = measureLiteral(['grep', '-i', '-c', '-F', '-f', listFile], small, large, runs);
  }
  if (isInstalled('rg')) {
    peers['ripgrep -F'] = measureLiteral(['rg', '-j1', '-i', '-c', '-F', '-f', listFile], small, large, runs);
  }
  if (!isInstalled('python3')) return peers;
  peers['python3 regex + set'] = measureSelfTimed(
    ['python3', join(import.meta.dirname, 'peer.py'), listFile],
    small,
    runs,
  );
  const venv = createVenv(dir, ['duckdb==2.0.1']);
  if ('skipped' in venv) return peers;
  const duckdb = [venv.python, join(import.meta.dirname, 'duckdb-peer.py')];
  peers['DuckDB regex + join'] = measureSelfTimed([...duckdb, 'raw', listFile], small, runs);
  peers['DuckDB fields of Zeek + join'] = measureSelfTimed([...duckdb, 'zeek', listFile], zeek, runs);
  return peers;
}

/** Where the program of `vectorscan.c` is; undefined without a C compiler or the library. */
function compileVectorscan(dir: string): string | undefined {
  const program = join(dir, 'vectorscan');
  const source = join(import.meta.dirname, 'vectorscan.c');
  return spawnSync('cc', ['-O2', '-o', program, source, '-lhs'], { stdio: 'ignore' }).status === 0
    ? program
    : undefined;
}

/** What loading costs is the same on both pieces, so the difference of two runs is the scan of the bytes between them. */
function measureLiteral(
  [command = '', ...args]: readonly string[],
  small: Piece,
  large: Piece,
  runs: number,
): PeerFigures {
  let hits = 0;
  const pairs = Array.from({ length: runs }, () => {
    const smallS = timed(command, ...args, small.file).cpuS;
    const { cpuS, output } = timed(command, ...args, large.file);
    hits = Number(output);
    return { smallS, largeS: cpuS, scanS: cpuS - smallS };
  });
  const isMeasured = pairs.every(({ scanS, largeS }) => scanS >= Math.max(SCAN_S_MIN, SCAN_SHARE_MIN * largeS));
  const bytes = isMeasured ? large.bytes - small.bytes : large.bytes;
  const rates = spreadOf(pairs.map(({ scanS, largeS }) => bytes / 1e6 / (isMeasured ? scanS : largeS)));
  const smallS = median(pairs.map((pair) => pair.smallS));
  return {
    ...rates,
    load_included: !isMeasured,
    load_cpu_s: round(isMeasured ? Math.max(0, smallS - small.bytes / 1e6 / rates.mb_per_cpu_s) : smallS),
    corpus_mb: round(large.bytes / 1e6),
    hits,
  };
}

/** A program that times its two parts itself: it prints the CPU seconds of loading and scanning, the bytes and the hits. */
function measureSelfTimed([command = '', ...args]: readonly string[], piece: Piece, runs: number): PeerFigures {
  const figures = Array.from({ length: runs }, () => {
    const output = execFileSync(command, [...args, piece.file], { encoding: 'utf8' });
    const [load = 0, scan = 1, , hits = 0] = output.trim().split(' ').map(Number);
    return { load, scan, hits };
  });
  return {
    ...spreadOf(figures.map(({ scan }) => piece.bytes / 1e6 / scan)),
    load_included: false,
    load_cpu_s: round(median(figures.map(({ load }) => load))),
    corpus_mb: round(piece.bytes / 1e6),
    hits: figures[0]?.hits ?? 0,
  };
}
