import { CellList } from './cell-list.ts';
import { RunCursor, RunFile } from './run-file.ts';
import { RunWriter } from './run-writer.ts';
import type { WrittenRun } from './run-writer.ts';
import type { KeySeed } from './seen-key.ts';

/** What is needed of a seeded source of randomness. */
interface Random {
  u32(): number;
  below(below: number): number;
  pick<T>(items: readonly T[]): T;
}

/** Keys and cells as a test has them in hand: `section hi lo` → `hour source` → [first, last, times, flags]. */
export type Entries = Map<string, Map<string, readonly [number, number, number, number]>>;

/** Entries of a day: hashed keys, dense addresses and some that lie far apart; times as a run keeps them. */
export function randomEntries(random: Random, count: number, day: number, sources: readonly number[]): Entries {
  const entries: Entries = new Map();
  for (let made = 0; made < count; made++) {
    const section = random.below(4);
    const key = random.pick([
      () => `${section} ${random.u32()} ${random.u32()}`,
      () => `1 0 ${random.below(5000)}`,
      () => `2 536939960 ${random.below(300)}`,
      () => `${section} ${random.pick([0, 0xffff_ffff])} ${random.pick([0, 1, 0xffff_ffff])}`,
    ])();
    const cells = entries.get(key) ?? new Map<string, readonly [number, number, number, number]>();
    for (let more = random.below(3); more >= 0; more--) {
      const first = random.below(60);
      const times = random.pick([1, 1, 2, 6, 12, 1.5 * 2 ** 15]);
      const last = times === 1 ? first : first + random.below(60 - first);
      const flags = key.startsWith('0') ? 1 + random.below(3) : 1;
      cells.set(`${day * 24 + random.below(24)} ${random.pick(sources)}`, [first, last, times, flags]);
    }
    entries.set(key, cells);
  }
  return entries;
}

/** Writes entries as a run. */
export function writeEntries(
  dir: string,
  seed: KeySeed,
  day: number,
  sources: readonly number[],
  entries: Entries,
): WrittenRun {
  const writer = new RunWriter(dir, { day, sources, seedPrint: seed.print, replaces: [] });
  const cells = new CellList();
  for (const [key, byHour] of [...entries].toSorted(([left], [right]) => compareNumbers(left, right))) {
    cells.clear();
    for (const [place, [first, last, times, flags]] of [...byHour].toSorted(([a], [b]) => compareNumbers(a, b))) {
      const [hour = 0, source = 0] = place.split(' ').map(Number);
      cells.add(source, hour, first, last, times, flags);
    }
    const [section = 0, hi = 0, lo = 0] = key.split(' ').map(Number);
    writer.add(section, hi, lo, cells);
  }
  return writer.finish();
}

function compareNumbers(left: string, right: string): number {
  const others = right.split(' ').map(Number);
  for (const [at, number] of left.split(' ').map(Number).entries()) {
    if (number !== others[at]) return number - others[at]!;
  }
  return 0;
}

/** Everything in a run, in its order. */
export function readEntries(file: string): Entries {
  const entries: Entries = new Map();
  const run = new RunFile(file);
  try {
    const cursor = new RunCursor(run);
    while (cursor.next()) {
      const { cells } = cursor;
      const byHour = new Map<string, readonly [number, number, number, number]>();
      for (let at = 0; at < cells.count; at++) {
        byHour.set(`${cells.hour[at]} ${cells.source[at]}`, [
          cells.first[at]!,
          cells.last[at]!,
          cells.times[at]!,
          cells.flags[at]!,
        ]);
      }
      entries.set(`${cursor.section} ${cursor.hi} ${cursor.lo}`, byHour);
    }
  } finally {
    run.close();
  }
  return entries;
}
