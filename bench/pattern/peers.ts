import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../packages/protocol/src/base/index.ts';

/** What the OASIS tools reach in Python on the same patterns and observations; or why they were not asked. */
export type PeerFigures =
  | { readonly parse_per_cpu_s: number; readonly match_per_cpu_s: number; readonly matched: number }
  | { readonly skipped: string };

const packages = ['stix2-patterns==2.1.2', 'stix2-matcher==3.0.0'];

/**
 * Installs the OASIS validator and matcher in a virtual environment below `dir` and times them.
 *
 * @param patterns - A piece of what is parsed here: they are some thousand times slower.
 */
export function measurePeers(dir: string, patterns: readonly string[], objects: readonly JsonObject[]): PeerFigures {
  const venv = join(dir, 'venv');
  const steps: readonly (readonly string[])[] = [
    ['python3', '-m', 'venv', venv],
    [join(venv, 'bin', 'pip'), 'install', '--quiet', '--disable-pip-version-check', ...packages],
  ];
  for (const [command = '', ...args] of steps) {
    const { status } = spawnSync(command, args, { timeout: 300_000, stdio: 'ignore' });
    if (status !== 0) return { skipped: `cannot run ${[command, ...args.slice(0, 2)].join(' ')}` };
  }
  const input = join(dir, 'peers.json');
  writeFileSync(input, JSON.stringify({ patterns, objects }));
  const script = join(import.meta.dirname, 'peer.py');
  const result = spawnSync(join(venv, 'bin', 'python3'), [script, input], { encoding: 'utf8', timeout: 600_000 });
  if (result.status !== 0) return { skipped: `peer.py: ${result.stderr.trim().split('\n').at(-1) ?? 'failed'}` };
  return JSON.parse(result.stdout) as PeerFigures;
}
