import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What one of OASIS's Python tools needs for the same objects. */
export interface PeerFigures {
  readonly objects: number;
  readonly objects_per_cpu_s: number;
  /** Objects it ended on with an exception. */
  readonly refused: number;
}

/** The peers that could be asked, or why they could not. */
export type Peers = Readonly<Record<string, PeerFigures>> | Unavailable;

/** Why there is nothing to compare with. */
export interface Unavailable {
  readonly unavailable: string;
}

/** The 3.3.1 of the validator on PyPI came without its schemas and finds nothing: the one before is asked. */
const packages = ['stix2==3.0.2', 'stix2-validator==3.2.0'];
/** Longest an installation or a run may take. */
const timeoutMs = 300_000;

/**
 * Asks python-stix2 to parse, and stix2-validator to validate, the first objects of a bundle.
 *
 * They are installed from PyPI into a virtual environment in the temporary folder, which is kept for the next run.
 */
export function measurePeers(bundleFile: string, counts: { readonly parse: number; readonly validate: number }): Peers {
  const python = installedPython();
  if (python === undefined)
    return { unavailable: 'no virtual environment with stix2 and stix2-validator could be made' };
  const ask = (mode: 'parse' | 'validate'): PeerFigures | undefined => {
    const script = join(import.meta.dirname, 'peer.py');
    const run = spawnSync(python, [script, mode, bundleFile, String(counts[mode])], {
      encoding: 'utf8',
      timeout: timeoutMs,
    });
    const line = run.stdout.trim().split('\n').at(-1) ?? '';
    if (run.status !== 0 || line === '') return undefined;
    const { objects, cpu_s, refused } = JSON.parse(line) as { objects: number; cpu_s: number; refused: number };
    return { objects, objects_per_cpu_s: Math.round(objects / cpu_s), refused };
  };
  const [parse, validate] = [ask('parse'), ask('validate')];
  if (parse === undefined || validate === undefined) return { unavailable: 'the Python tools did not run through' };
  return { 'python-stix2 parse': parse, 'stix2-validator': validate };
}

function installedPython(): string | undefined {
  const dir = join(tmpdir(), 'comity-bench-stix');
  const python = join(dir, 'venv/bin/python');
  const works = (): boolean =>
    existsSync(python) && spawnSync(python, ['-c', 'import stix2, stix2validator']).status === 0;
  if (works()) return python;
  mkdirSync(dir, { recursive: true });
  spawnSync('python3', ['-m', 'venv', join(dir, 'venv')], { timeout: timeoutMs });
  spawnSync(python, ['-m', 'pip', 'install', '--quiet', ...packages], { timeout: timeoutMs });
  return works() ? python : undefined;
}
