import type { Value } from '@comity/protocol/values';
import type { CellList } from './cell-list.ts';
import { openProber } from './probes.ts';
import type { Basis, Probe } from './probes.ts';
import { RunFile } from './run-file.ts';
import { RunDamaged } from './run-header.ts';
import { listRuns } from './seen-folder.ts';
import type { KeySeed } from './seen-key.ts';
import { dayOf, HOURS_PER_DAY, timeOf } from './seen-time.ts';

/** One hour of one source in which a value was seen, but for keys that are the same by chance (1 in 2^64 a pair). */
export interface SeenPlace {
  /** Place of the value in the list asked for. */
  readonly index: number;
  readonly source: number;
  /** Hours since 1970. */
  readonly hour: number;
  /** Times in ms, right to the minute: when it was first and last screened in that hour. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** About how often, right to a factor of two; of a network, of all addresses in it together. */
  readonly times: number;
  readonly basis: Basis;
}

/** What a hunt is bounded by. */
export interface HuntOptions {
  /** Hours since 1970; earlier ones are not asked. */
  readonly sinceHour?: number;
  /** Default 100,000. */
  readonly placesMax?: number;
}

/** What a hunt found, and what it could not ask. */
export interface HuntAnswer {
  /** By value, then hour, then source. */
  readonly places: readonly SeenPlace[];
  /** Places beyond `placesMax`, the latest ones of each run first kept. */
  readonly left: number;
  /** Values of the list that are never noted, by index: only the records can tell. */
  readonly notNoted: readonly number[];
  /** Files that could not be asked, with the reason: what they held is not in the answer. */
  readonly damaged: readonly { readonly file: string; readonly reason: string }[];
  /** The first hour anything is known of; undefined when nothing is. */
  readonly knownSinceHour: number | undefined;
}

/** A merge takes the files of one list away, so the second list is nearly always the last. */
const OPEN_ATTEMPTS_MAX = 10;

interface Asked extends Probe {
  readonly index: number;
}

interface Found {
  source: number;
  hour: number;
  first: number;
  last: number;
  times: number;
  basis: Basis;
}

/** Asks every run of a folder for values in normal form. Reads a block or two a value and run. */
export function hunt(dir: string, seed: KeySeed, values: readonly Value[], options: HuntOptions = {}): HuntAnswer {
  const sinceHour = options.sinceHour ?? 0;
  const asked: Asked[] = [];
  const notNoted: number[] = [];
  const probesOf = openProber(seed);
  for (const [index, value] of values.entries()) {
    const probes = probesOf(value);
    if (probes.length === 0) notNoted.push(index);
    for (const probe of probes) asked.push({ ...probe, index });
  }
  // In the order of the keys a run is read from front to back.
  asked.sort((left, right) => left.section - right.section || left.fromHi - right.fromHi || left.fromLo - right.fromLo);

  const answer = new Places(options.placesMax ?? 100_000);
  const { runs, damaged } = openRuns(dir, seed);
  try {
    for (const { file, run } of runs) {
      if (run.header.day < dayOf(sinceHour)) continue;
      const reason = askRun(run, asked, sinceHour, answer);
      if (reason !== undefined) damaged.push({ file, reason });
    }
  } finally {
    for (const { run } of runs) run.close();
  }
  return {
    places: answer.sorted(),
    left: answer.left,
    notNoted,
    damaged,
    knownSinceHour: runs.length === 0 ? undefined : runs[0]!.run.header.day * HOURS_PER_DAY,
  };
}

/** All runs, open: from here on a merge or their end takes nothing away. */
function openRuns(
  dir: string,
  seed: KeySeed,
): { runs: { file: string; run: RunFile }[]; damaged: { file: string; reason: string }[] } {
  for (let attempt = 1; ; attempt++) {
    const { runs: listed, damaged } = listRuns(dir, seed);
    const runs: { file: string; run: RunFile }[] = [];
    try {
      for (const { file } of listed) runs.push({ file, run: new RunFile(file) });
      return { runs, damaged: damaged.map(({ file, reason }) => ({ file, reason })) };
    } catch (error) {
      for (const { run } of runs) run.close();
      // One was merged since the list was made: what it held is in another now.
      const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (!isGone || attempt === OPEN_ATTEMPTS_MAX) throw error;
    }
  }
}

/** Why the run could not be read to its end, if so. */
function askRun(run: RunFile, asked: readonly Asked[], sinceHour: number, answer: Places): string | undefined {
  try {
    for (const probe of asked) {
      run.find(probe, (cells) => {
        for (let at = 0; at < cells.count; at++) {
          if (cells.hour[at]! >= sinceHour && (cells.flags[at]! & probe.flags) !== 0) answer.add(probe, cells, at);
        }
      });
    }
    return undefined;
  } catch (error) {
    if (error instanceof RunDamaged) return error.message;
    throw error;
  }
}

/** Puts together what several keys and runs say of one value, source and hour. */
class Places {
  left = 0;
  readonly #max: number;
  readonly #byValue = new Map<number, Map<number, Found>>();
  #count = 0;

  constructor(max: number) {
    this.#max = max;
  }

  add({ index, basis }: Asked, cells: CellList, at: number): void {
    let found = this.#byValue.get(index);
    if (found === undefined) this.#byValue.set(index, (found = new Map<number, Found>()));
    const source = cells.source[at]!;
    const hour = cells.hour[at]!;
    const key = source * 2 ** 21 + (hour % 2 ** 21);
    const first = cells.first[at]!;
    const last = cells.last[at]!;
    const times = cells.times[at]!;
    const known = found.get(key);
    if (known === undefined) {
      if (this.#count >= this.#max) {
        this.left++;
        return;
      }
      this.#count++;
      found.set(key, { source, hour, first, last, times, basis });
      return;
    }
    // What is known of the value itself says more than what is known of its host.
    if (known.basis === 'value' && basis === 'part') return;
    if (known.basis === 'part' && basis === 'value') Object.assign(known, { first, last, times, basis });
    else {
      known.first = Math.min(known.first, first);
      known.last = Math.max(known.last, last);
      known.times += times;
    }
  }

  sorted(): readonly SeenPlace[] {
    return [...this.#byValue.entries()]
      .sort(([left], [right]) => left - right)
      .flatMap(([index, found]) =>
        [...found.values()]
          .sort((left, right) => left.hour - right.hour || left.source - right.source)
          .map(({ source, hour, first, last, times, basis }) => ({
            index,
            source,
            hour,
            firstMs: timeOf(hour, first),
            lastMs: timeOf(hour, last),
            times,
            basis,
          })),
      );
  }
}
