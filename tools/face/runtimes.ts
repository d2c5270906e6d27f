import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { build } from 'vite';
import { cacheDir } from '../cache-dir.ts';
import { findChromium, launchChromium } from '../e2e/chromium.ts';
import { runProgram } from '../run-program.ts';
import { outputFault } from './examples.ts';
import type { Example } from './examples.ts';

/** Where examples run: a fault a failed example, or why this runtime is not here. */
export interface Runtime {
  readonly name: string;
  /** What is wrong with one example whose module is `file`, in the folder the package is installed in. */
  readonly fault: (example: Example, file: string, dir: string) => Promise<string | undefined> | string | undefined;
  readonly close?: () => Promise<void>;
}

/** A runtime that is missing, and why. */
export interface Missing {
  readonly name: string;
  readonly reason: string;
}

/** How long an example in a browser may take until its last line. */
const patienceMs = 10_000;

const denoVersion = '2.9.6';

/** The runtime itself, every other major version of Node on the path, Deno, Chromium; each there or missing. */
export async function findRuntimes(): Promise<(Runtime | Missing)[]> {
  const nodes = otherNodes();
  return [
    byProgram(`Node ${process.version}`, process.execPath, []),
    ...nodes.map(({ version, path }) => byProgram(`Node ${version}`, path, [])),
    ...(nodes.length > 0 ? [] : [{ name: 'older Node', reason: 'there is one Node on this machine' }]),
    findDeno(),
    await findBrowser(),
  ];
}

function byProgram(name: string, program: string, args: readonly string[]): Runtime {
  return {
    name,
    fault: (example, file, dir) => {
      const done = runProgram(program, [...args, file], dir);
      return done.ok ? outputFault(example, done.stdout) : done.output.trim();
    },
  };
}

function otherNodes(): { version: string; path: string }[] {
  const found = new Map<string, string>();
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, process.platform === 'win32' ? 'node.exe' : 'node');
    if (!existsSync(path)) continue;
    const version = runProgram(path, ['--version'], folder).stdout.trim();
    if (version !== '' && !found.has(version)) found.set(version, path);
  }
  found.delete(process.version);
  return [...found].map(([version, path]) => ({ version, path }));
}

/** Deno from the path, or its package for this platform, which is the bare program and needs no install script. */
function findDeno(): Runtime | Missing {
  // The YAML parser of Sigma rules asks whether it is to log what it reads.
  const args = [
    'run',
    '--quiet',
    '--no-remote',
    '--no-prompt',
    '--node-modules-dir=manual',
    '--allow-env=LOG_STREAM,LOG_TOKENS',
  ];
  if (runProgram('deno', ['--version'], '.').ok) return byProgram('Deno of this machine', 'deno', args);
  const name = `@deno/${process.platform}-${process.arch}${process.platform === 'linux' ? '-glibc' : ''}`;
  const dir = cacheDir(`deno-${denoVersion}`);
  const program = join(dir, 'node_modules', name, process.platform === 'win32' ? 'deno.exe' : 'deno');
  if (!existsSync(program)) {
    const npm = [
      'install',
      '--prefix',
      dir,
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      `${name}@${denoVersion}`,
    ];
    const done = runProgram('npm', npm, dir);
    if (!done.ok) return { name: 'Deno', reason: `${name} could not be installed: ${firstLine(done.output)}` };
  }
  const started = runProgram(program, ['--version'], dir);
  if (!started.ok) return { name: 'Deno', reason: `it does not start: ${firstLine(started.output)}` };
  return byProgram(`Deno ${denoVersion}`, program, args);
}

async function findBrowser(): Promise<Runtime | Missing> {
  const executable = findChromium(process.env);
  if (executable === undefined) return { name: 'Chromium', reason: 'there is none on this machine' };
  const browser = await launchChromium(executable);
  return {
    name: `Chromium ${browser.version()}, bundled by Vite`,
    fault: async (example, file, dir) => {
      const script = await bundle(file, dir);
      const page = await browser.newPage();
      const lines: string[] = [];
      page.on('console', (message) => lines.push(message.text()));
      page.on('pageerror', (error) => lines.push(String(error)));
      await page.goto('about:blank');
      await page.addScriptTag({ content: script });
      await linesArrive(lines, example.expected.length);
      await page.close();
      return outputFault(example, lines.join('\n'));
    },
    close: () => browser.close(),
  };
}

/** Waits for what an example prints after its script has ended, as one does that asks a server. */
async function linesArrive(lines: readonly string[], count: number): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (lines.length < count && Date.now() < deadline) await setTimeout(10);
}

/** One module and all it imports as one script for a browser. */
async function bundle(file: string, dir: string): Promise<string> {
  const built = await build({
    root: dir,
    configFile: false,
    logLevel: 'silent',
    build: { write: false, lib: { entry: join(dir, file), formats: ['iife'], name: 'example' } },
  });
  const outputs = Array.isArray(built) ? built.flatMap(({ output }) => output) : 'output' in built ? built.output : [];
  const [chunk] = outputs;
  if (chunk?.type !== 'chunk' || outputs.length !== 1) throw new Error(`Cannot bundle ${file}: it is not one script`);
  return chunk.code;
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}
