import { rmSync } from 'node:fs';
import { mergeRuns } from './merge-runs.ts';
import { listRuns } from './seen-folder.ts';
import type { RunInfo, RunList } from './seen-folder.ts';
import type { KeySeed } from './seen-key.ts';
import { dayOf, hourOf } from './seen-time.ts';

/** How long seen values are kept: whichever is reached first. */
export interface SeenRetention {
  /** Whole days before the running one. */
  readonly daysMax: number;
  /** Of all files together. */
  readonly bytesMax: number;
}

/** What {@link tendRuns} did. */
export interface Tended {
  readonly merged: number;
  readonly deletedForAge: number;
  readonly deletedForSize: number;
  /** What there is now: keys of all runs, and runs that cannot be read. */
  readonly keys: number;
  readonly damaged: number;
}

/** Runs of about one size that become one while their day goes on. */
const FAN_IN = 8;
const FAN_IN_MAX = 32;
/** Runs up to so large are of one size. */
const SMALL_BYTES = 64 * 1024;

/**
 * Merges what is due and deletes what is too old or too much, the oldest day first; a step at a time, so that whoever iterates
 * decides how much of a processor it takes. Only one may run on a folder at a time; others may read and add runs meanwhile.
 */
export function* tendRuns(
  dir: string,
  seed: KeySeed,
  retention: SeenRetention,
  nowMs: number,
): Generator<undefined, Tended, void> {
  for (const file of listRuns(dir, seed).superseded) rmSync(file, { force: true });
  const { deletedForAge, deletedForSize } = dropRuns(listRuns(dir, seed), retention, nowMs);
  let merged = 0;
  for (;;) {
    const { runs, damaged } = listRuns(dir, seed);
    const due = dueForMerge(runs, dayOf(hourOf(nowMs)));
    if (due === undefined) {
      const keys = runs.reduce((sum, run) => sum + run.keys, 0);
      return { merged, deletedForAge, deletedForSize, keys, damaged: damaged.length };
    }
    const files = due.map(({ file }) => file);
    yield* mergeRuns(dir, files);
    // From here on the merged run counts and these do not, whether they are deleted or not.
    for (const file of files) rmSync(file, { force: true });
    merged += files.length;
  }
}

/** The runs to merge next: all of a day that is over, or {@link FAN_IN} of a size of the running one. */
function dueForMerge(runs: readonly RunInfo[], today: number): readonly RunInfo[] | undefined {
  const byGroup = new Map<string, RunInfo[]>();
  for (const run of runs) {
    const { day } = run.header;
    const size = day < today ? 'all' : Math.max(0, Math.ceil(Math.log(run.bytes / SMALL_BYTES) / Math.log(FAN_IN)));
    const key = `${day} ${size}`;
    const group = byGroup.get(key);
    if (group === undefined) byGroup.set(key, [run]);
    else group.push(run);
  }
  for (const group of byGroup.values()) {
    const least = group[0]!.header.day < today ? 2 : FAN_IN;
    if (group.length < least) continue;
    return group.toSorted((left, right) => left.bytes - right.bytes).slice(0, FAN_IN_MAX);
  }
  return undefined;
}

function dropRuns(
  { runs, damaged }: RunList,
  { daysMax, bytesMax }: SeenRetention,
  nowMs: number,
): { deletedForAge: number; deletedForSize: number } {
  const oldest = dayOf(hourOf(nowMs)) - daysMax;
  const files = [
    ...runs.map(({ file, bytes, header: { day } }) => ({ file, bytes, day })),
    // One that cannot be read is of the day it is named for; one named for none has no reason to stay.
    ...damaged.map(({ file, bytes, day }) => ({ file, bytes, day: day ?? 0 })),
  ].sort((left, right) => left.day - right.day);
  let kept = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let deletedForAge = 0;
  let deletedForSize = 0;
  for (const { file, bytes, day } of files) {
    const isOld = day < oldest;
    if (!isOld && kept <= bytesMax) break;
    rmSync(file, { force: true });
    kept -= bytes;
    if (isOld) deletedForAge++;
    else deletedForSize++;
  }
  return { deletedForAge, deletedForSize };
}
