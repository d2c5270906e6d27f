import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { CellList } from './cell-list.ts';
import { RunFile } from './run-file.ts';
import { RunDamaged } from './run-header.ts';
import type { RunHeader } from './run-header.ts';
import { RunWriter, runEnding, syncFolder, unfinishedEnding } from './run-writer.ts';
import type { WrittenRun } from './run-writer.ts';
import { keySeedOf } from './seen-key.ts';
import type { KeySeed } from './seen-key.ts';
import type { SeenTable } from './seen-table.ts';
import { dayOf } from './seen-time.ts';

const secretFile = 'secret';
const SECRET_BYTES = 16;

/** One run in a folder. */
export interface RunInfo {
  readonly file: string;
  readonly header: RunHeader;
  readonly bytes: number;
  readonly keys: number;
  readonly cells: number;
}

/** A file that is named as a run and cannot be read as one. */
interface DamagedRun {
  readonly file: string;
  readonly bytes: number;
  /** From its name; undefined when that is none. */
  readonly day: number | undefined;
  readonly reason: string;
}

/** What lies in a folder of runs. */
export interface RunList {
  /** Runs that count, by day. */
  readonly runs: readonly RunInfo[];
  readonly damaged: readonly DamagedRun[];
  /** Runs whose contents another one holds: left by a crash between its end and their deletion. */
  readonly superseded: readonly string[];
}

/** Makes the folder if need be, and the secret of its keys with it. One process at a time. */
export function openSeenFolder(dir: string): KeySeed {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const file = join(dir, secretFile);
  try {
    const secret = readFileSync(file);
    if (secret.length === SECRET_BYTES) return keySeedOf(secret);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const secret = randomBytes(SECRET_BYTES);
  const descriptor = openSync(`${file}-new`, 'w', 0o600);
  try {
    writeSync(descriptor, secret);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(`${file}-new`, file);
  syncFolder(dir);
  return keySeedOf(secret);
}

/** Deletes what a process that ended in the middle of writing left; only while no other writes. */
export function removeUnfinished(dir: string): void {
  for (const name of readdirSync(dir)) if (name.endsWith(unfinishedEnding)) rmSync(join(dir, name), { force: true });
}

/** Looks at every run in a folder; of those with another seed than `seed`, which cannot be asked, it says so. */
export function listRuns(dir: string, seed: KeySeed): RunList {
  const all: RunInfo[] = [];
  const damaged: DamagedRun[] = [];
  for (const name of readdirSync(dir).filter((each) => each.endsWith(runEnding))) {
    const file = join(dir, name);
    try {
      const run = new RunFile(file);
      run.close();
      const { header, footer, bytes } = run;
      if (header.seedPrint !== seed.print) throw new RunDamaged('its keys were made with another secret');
      all.push({ file, header, bytes, keys: footer.keys, cells: footer.cells });
    } catch (error) {
      // Merged or grown too old meanwhile.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
      if (!(error instanceof RunDamaged)) throw error;
      const day = /^\d+/.exec(name)?.[0];
      const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
      damaged.push({ file, bytes, day: day === undefined ? undefined : Number(day), reason: error.message });
    }
  }
  const replaced = new Set(all.flatMap(({ header }) => header.replaces));
  const isCurrent = ({ header }: RunInfo): boolean => !replaced.has(header.id);
  return {
    runs: all.filter(isCurrent).sort((left, right) => left.header.day - right.header.day),
    damaged,
    superseded: all.filter((run) => !isCurrent(run)).map(({ file }) => file),
  };
}

/** Writes what one source showed in one hour as a run; durable when this returns. */
export function writeTable(dir: string, seed: KeySeed, table: SeenTable, source: number, hour: number): WrittenRun {
  const writer = new RunWriter(dir, { day: dayOf(hour), sources: [source], seedPrint: seed.print, replaces: [] });
  try {
    const cells = new CellList();
    table.entries((section, hi, lo, first, last, times, flags) => {
      cells.clear();
      cells.add(source, hour, first, last, times, flags);
      writer.add(section, hi, lo, cells);
    });
    return writer.finish();
  } catch (error) {
    writer.abandon();
    throw error;
  }
}
