import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { DigestList, FileScreen } from '../../packages/screen/src/index.ts';
import type { DigestKind } from '../../packages/screen/src/index.ts';
import { median, round, spreadOf } from '../screen/measure.ts';
import type { Spread } from '../screen/measure.ts';
import { isInstalled, timed } from '../screen/peers.ts';
import type { FileSet } from './make-files.ts';

const digits = { md5: 32, sha1: 40, sha256: 64, sha512: 128 } as const;

/** A list with one digest of each kind that no file has. */
function listOf(kinds: readonly DigestKind[]): DigestList {
  return DigestList.build(kinds.map((kind) => ({ value: { kind, value: 'ab'.repeat(digits[kind] / 2) }, ref: 0 })));
}

/** Reading and comparing a folder in this process, threads started and ended with it. */
export interface EngineFigures extends Spread {
  readonly files_per_cpu_s: number;
  readonly wall_s: number;
}

export async function measureEngine(set: FileSet, kinds: readonly DigestKind[], runs: number): Promise<EngineFigures> {
  const list = listOf(kinds);
  const cpuS: number[] = [];
  const wallS: number[] = [];
  // The first run is the one that is compiled while it runs.
  for (let run = 0; run <= runs; run++) {
    const before = process.cpuUsage();
    const startMs = performance.now();
    const screen = new FileScreen([set.dir], { list }, { clock: Date.now });
    for await (const finding of screen) throw new Error(`Unexpected: ${JSON.stringify(finding)}`);
    if (screen.counts.readBytes !== set.bytes) throw new Error(`Read ${screen.counts.readBytes} of ${set.bytes} bytes`);
    const { user, system } = process.cpuUsage(before);
    if (run === 0) continue;
    cpuS.push((user + system) / 1e6);
    wallS.push((performance.now() - startMs) / 1000);
  }
  return {
    ...spreadOf(cpuS.map((seconds) => set.bytes / 1e6 / seconds)),
    files_per_cpu_s: round(set.files / median(cpuS)),
    wall_s: round(median(wallS)),
  };
}

/** The whole command, starting included. */
export interface CommandFigures {
  readonly cpu_s: number;
  readonly wall_s: number;
}

export function measureCommand(set: FileSet, listFile: string, cache: readonly string[], runs: number): CommandFigures {
  const main = join(import.meta.dirname, '../../packages/node/src/main.ts');
  const args = [main, 'screen', '--files', set.dir, '--indicators', listFile, '--quiet', ...cache];
  const figures = Array.from({ length: runs }, () => {
    const startMs = performance.now();
    const { cpuS } = timed(process.execPath, ...args);
    return { cpuS, wallS: (performance.now() - startMs) / 1000 };
  });
  return {
    cpu_s: round(median(figures.map(({ cpuS }) => cpuS))),
    wall_s: round(median(figures.map(({ wallS }) => wallS))),
  };
}

/** A program that prints one digest of each file, fed by find and xargs; undefined when it is not installed. */
export function measurePeer(set: FileSet, program: string, runs: number): EngineFigures | undefined {
  if (!isInstalled(program) || spawnSync(program, ['/dev/null']).status !== 0) return undefined;
  const figures = Array.from({ length: runs }, () => {
    const startMs = performance.now();
    const { cpuS } = timed('sh', '-c', 'find "$1" -type f -print0 | xargs -0 "$2"', 'sh', set.dir, program);
    return { cpuS, wallS: (performance.now() - startMs) / 1000 };
  });
  const cpuS = figures.map((figure) => figure.cpuS);
  return {
    ...spreadOf(cpuS.map((seconds) => set.bytes / 1e6 / seconds)),
    files_per_cpu_s: round(set.files / median(cpuS)),
    wall_s: round(median(figures.map(({ wallS }) => wallS))),
  };
}
