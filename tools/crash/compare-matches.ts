import type { CrashResult } from './crash-suite.ts';

const faultsShown = 20;

/**
 * What differs between the values that had to be found, each once, and those that were.
 *
 * @param found - one entry a match: a value twice was doubled.
 * @param unanswered - values that may be there once or not at all: the kill cut off the answer.
 */
export function compareMatches(
  expected: readonly string[],
  found: readonly string[],
  unanswered: ReadonlySet<string>,
): Pick<CrashResult, 'faults' | 'faultCount'> {
  const counts = new Map<string, number>();
  for (const value of found) counts.set(value, (counts.get(value) ?? 0) + 1);
  const faults: string[] = [];
  for (const value of expected) {
    const count = counts.get(value) ?? 0;
    counts.delete(value);
    if (count === 0) faults.push(`lost: ${value}`);
    if (count > 1) faults.push(`found ${count} times: ${value}`);
  }
  for (const [value, count] of counts) {
    if (!unanswered.has(value)) faults.push(`never written: ${value}`);
    else if (count > 1) faults.push(`found ${count} times: ${value}`);
  }
  return { faults: faults.slice(0, faultsShown), faultCount: faults.length };
}
