import { readFileSync } from 'node:fs';

/** How long each file took when it last ran, in ms, by its path; empty where that is not known. */
export function readDurations(file: string): Map<string, number> {
  try {
    return new Map(Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>));
  } catch {
    // Missing, or cut off by a run that was stopped: it only says what to begin with.
    return new Map();
  }
}

/** The files, those first that took longest; what never ran begins before all of them, for it may be the longest. */
export function longestFirst(files: readonly string[], durationMs: ReadonlyMap<string, number>): string[] {
  const of = (file: string): number => durationMs.get(file) ?? Infinity;
  return files.toSorted((one, other) => (of(other) > of(one) ? 1 : of(other) < of(one) ? -1 : 0));
}
