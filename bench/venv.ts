import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** A Python with what peers need, or why there is none. */
export type Venv = { readonly python: string } | { readonly skipped: string };

/** Installs packages from PyPI in a virtual environment below `dir`. */
export function createVenv(dir: string, packages: readonly string[]): Venv {
  const venv = join(dir, 'venv');
  const steps: readonly (readonly string[])[] = [
    ['python3', '-m', 'venv', venv],
    [join(venv, 'bin', 'pip'), 'install', '--quiet', '--disable-pip-version-check', ...packages],
  ];
  for (const [command = '', ...args] of steps) {
    const { status } = spawnSync(command, args, { timeout: 300_000, stdio: 'ignore' });
    if (status !== 0) return { skipped: `cannot run ${[command, ...args.slice(0, 2)].join(' ')}` };
  }
  return { python: join(venv, 'bin', 'python3') };
}
