import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../packages/protocol/src/base/index.ts';
import { createVenv } from '../venv.ts';

/** What a peer reaches; or why it was not asked. `refused`: rules it cannot read. */
export type PeerFigures =
  | {
      readonly records_per_cpu_s: number;
      readonly matches: number;
      readonly rules: number;
      readonly refused: number;
      readonly load_s: number;
    }
  | { readonly skipped: string };

/** A record with the category of Sysmon it is of, so that a peer need not know log sources. */
export interface PeerRecord {
  readonly category: string;
  readonly fields: JsonObject;
}

const packages = ['azuma==0.7.3', 'packaging'];

/** Installs azuma, which evaluates Sigma rules in Python, in a virtual environment below `dir` and times it. */
export function measureAzuma(dir: string, rules: readonly string[], records: readonly PeerRecord[]): PeerFigures {
  const venv = createVenv(dir, packages);
  if ('skipped' in venv) return venv;
  const input = join(dir, 'peers.json');
  writeFileSync(input, JSON.stringify({ rules, records }));
  const script = join(import.meta.dirname, 'peer.py');
  const result = spawnSync(venv.python, [script, input], { encoding: 'utf8', timeout: 600_000 });
  if (result.status !== 0) return { skipped: `peer.py: ${result.stderr.trim().split('\n').at(-1) ?? 'failed'}` };
  return JSON.parse(result.stdout) as PeerFigures;
}
