import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../packages/protocol/src/base/index.ts';
import { createVenv } from '../venv.ts';

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
  const venv = createVenv(dir, packages);
  if ('skipped' in venv) return venv;
  const input = join(dir, 'peers.json');
  writeFileSync(input, JSON.stringify({ patterns, objects }));
  const script = join(import.meta.dirname, 'peer.py');
  const result = spawnSync(venv.python, [script, input], { encoding: 'utf8', timeout: 600_000 });
  if (result.status !== 0) return { skipped: `peer.py: ${result.stderr.trim().split('\n').at(-1) ?? 'failed'}` };
  return JSON.parse(result.stdout) as PeerFigures;
}
