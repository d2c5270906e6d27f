import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { runProgram } from '../run-program.ts';
import { packFace } from './build-face.ts';
import type { Manifest } from './build-face.ts';
import type { Example } from './examples.ts';
import { installFace } from './install-face.ts';
import type { Missing, Runtime } from './runtimes.ts';

/** A built package, an empty folder to install it into, and what is run there. */
export interface FaceOptions {
  readonly builtDir: string;
  readonly manifest: Manifest;
  readonly dir: string;
  readonly examples: readonly Example[];
  readonly runtimes: readonly (Runtime | Missing)[];
}

export interface FaceResult {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Packs, lints and installs the package, then type-checks and runs each example in each runtime; a line for each step. */
export async function checkFace(options: FaceOptions, print: (line: string) => void): Promise<FaceResult> {
  const { builtDir, manifest, dir, examples, runtimes } = options;
  const count = { passed: 0, failed: 0, skipped: 0 };
  const report = (name: string, total: number, faults: readonly string[]): void => {
    count.passed += total - faults.length;
    count.failed += faults.length;
    print(`${name} ${total - faults.length}/${total}`);
    for (const fault of faults) print(`  ${fault}`);
  };

  const packed = packFace(builtDir, dir);
  const strange = packed.files.map(({ path }) => path).filter((path) => !mayBePacked.test(path));
  report(
    `${packed.files.length} files, ${packed.size} bytes packed`,
    1,
    strange.length === 0 ? [] : [strange.join(', ')],
  );
  report('publint', 1, await lintFaults(builtDir, manifest));
  installFace(join(dir, packed.filename), manifest, dir);
  for (const { name, code } of examples) {
    writeFileSync(join(dir, `${name}.mjs`), code);
    writeFileSync(join(dir, `${name}.mts`), code);
  }
  report(
    'types for a consumer',
    2,
    [typeFault(dir, 'nodenext', 'nodenext'), typeFault(dir, 'esnext', 'bundler')].flat(),
  );
  for (const runtime of runtimes) {
    if ('reason' in runtime) {
      print(`SKIPPED ${examples.length} examples in ${runtime.name}: ${runtime.reason}`);
      count.skipped += examples.length;
      continue;
    }
    const faults: string[] = [];
    for (const example of examples) {
      const fault = await runtime.fault(example, `${example.name}.mjs`, dir);
      if (fault !== undefined) faults.push(`${example.name}: ${fault}`);
    }
    await runtime.close?.();
    report(`examples in ${runtime.name}`, examples.length, faults);
  }
  print(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  return count;
}

const mayBePacked = /^(?:package\.json|README\.md|LICENSE|dist\/.+\.(?:js|d\.ts))$/;

async function lintFaults(pkgDir: string, manifest: Manifest): Promise<string[]> {
  const { messages } = await publint({ pkgDir, strict: true });
  const faults = messages.map((message) => formatMessage(message, manifest, { color: false }) ?? message.code);
  return faults.length === 0 ? [] : [faults.join('; ')];
}

/** Every example as a consumer's strict TypeScript, declarations of the package included, without any `@types`. */
function typeFault(dir: string, module: string, moduleResolution: string): string[] {
  const project = join(dir, `types-${moduleResolution}`);
  mkdirSync(project);
  const compilerOptions = {
    module,
    moduleResolution,
    target: 'es2024',
    lib: ['es2024', 'dom'],
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
  };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['../*.mts'] }));
  const done = runProgram('tsc', ['-p', project], dir);
  return done.ok ? [] : [`${moduleResolution}: ${done.output.trim()}`];
}
