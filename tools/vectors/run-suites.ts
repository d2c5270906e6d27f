import type { Score, Suite } from './suite.ts';

export interface SuitesResult {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Whether every score is as high as it must be. Skipped suites do not count. */
  readonly ok: boolean;
}

export interface RunDeps {
  /** Path of foreign data, or undefined when it is not on this machine. */
  readonly find: (path: string) => string | undefined;
  readonly print: (line: string) => void;
}

/** Failures shown of one set; the rest are counted. */
const SHOWN_MAX = 10;

/** Runs suites one after the other and prints a line for each set, ending with `N passed, N failed, N skipped`. */
export async function runSuites(suites: readonly Suite[], deps: RunDeps): Promise<SuitesResult> {
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  let ok = true;
  for (const suite of suites) {
    const missing = suite.needs.find((path) => deps.find(path) === undefined);
    if (missing !== undefined) {
      deps.print(`SKIPPED ${suite.name}: foreign test data ${missing} is not on this machine`);
      skipped++;
      continue;
    }
    for (const score of await suite.run()) {
      printScore(score, deps.print);
      passed += score.passed;
      const missed = score.total - score.passed;
      // A set that shrank below what it must reach fails too: an empty file proves nothing. What the data itself gets
      // wrong is allowed for in `required`, shown by name, and counts as skipped.
      if (score.passed < score.required) {
        failed += missed;
        ok = false;
      } else {
        skipped += missed;
      }
    }
  }
  deps.print(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return { passed, failed, skipped, ok };
}

function printScore(score: Score, print: (line: string) => void): void {
  const short = score.passed < score.required ? ` BELOW THE REQUIRED ${score.required}` : '';
  print(`${score.name} ${score.passed}/${score.total}${short}`);
  for (const failure of score.failures.slice(0, SHOWN_MAX)) print(`  ${failure}`);
  const rest = score.failures.length - SHOWN_MAX;
  if (rest > 0) print(`  and ${rest} more`);
}
