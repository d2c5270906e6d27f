import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** What another program needed; `mb_per_cpu_s` is without loading its list. */
export interface PeerFigures {
  readonly mb_per_cpu_s: number;
  readonly load_cpu_s: number;
  /** Bytes of the corpus it was given, in MB: the slow ones get a piece. */
  readonly corpus_mb: number;
  readonly hits: number;
}

function isInstalled(command: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
}

/** CPU seconds, user and system, of a command, and its output. */
function timed(command: string, ...args: string[]): { cpuS: number; output: string } {
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

/** MB a CPU second of `wc -l`, which looks at each byte once: the physical limit. Best of five. */
export function measureWc(file: string, bytes: number): number {
  const seconds = Array.from({ length: 5 }, () => timed('wc', '-l', file).cpuS);
  return bytes / 1e6 / Math.max(0.001, Math.min(...seconds));
}

/** Every peer that is installed, on a piece of the corpus with a list of literal values. */
export function measurePeers(
  listFile: string,
  pieceFile: string,
  pieceBytes: number,
  emptyFile: string,
): Record<string, PeerFigures> {
  const peers: Record<string, PeerFigures> = {};
  const corpusMb = pieceBytes / 1e6;
  const grepLike = (command: string, ...args: string[]): PeerFigures => {
    const load = timed(command, ...args, listFile, emptyFile).cpuS;
    const whole = timed(command, ...args, listFile, pieceFile);
    const scanS = Math.max(0.001, whole.cpuS - load);
    return {
      mb_per_cpu_s: round(corpusMb / scanS),
      load_cpu_s: round(load),
      corpus_mb: round(corpusMb),
      hits: Number(whole.output),
    };
  };
  if (isInstalled('grep')) peers['grep -F'] = grepLike('grep', '-i', '-c', '-F', '-f');
  if (isInstalled('rg')) peers['ripgrep -F'] = grepLike('rg', '-j1', '-i', '-c', '-F', '-f');
  if (isInstalled('python3')) {
    const output = execFileSync('python3', [join(import.meta.dirname, 'peer.py'), listFile, pieceFile], {
      encoding: 'utf8',
    });
    const [load = 0, scan = 1, , hits = 0] = output.trim().split(' ').map(Number);
    peers['python3 regex + set'] = {
      mb_per_cpu_s: round(corpusMb / scan),
      load_cpu_s: round(load),
      corpus_mb: round(corpusMb),
      hits,
    };
  }
  return peers;
}

export function round(value: number): number {
  return value >= 100 ? Math.round(value) : Math.round(value * 100) / 100;
}
