/** What one set of foreign test vectors comes to. */
export interface Score {
  /** As it is printed: `pattern syntax`. */
  readonly name: string;
  readonly passed: number;
  readonly total: number;
  /** How many must pass; a lower score fails the run. */
  readonly required: number;
  /** One line for each case that did not pass. */
  readonly failures: readonly string[];
}

/** A set of vectors from beside the repository. */
export interface Suite {
  readonly name: string;
  /** What it reads, below the shared test data: when one is missing the suite is skipped, loudly. */
  readonly needs: readonly string[];
  run(): Score[] | Promise<Score[]>;
}

/** Counts cases: `judge` gives undefined for a pass, else a line that says what is wrong. */
export function scoreOf<T>(
  name: string,
  cases: readonly T[],
  required: number,
  judge: (each: T, index: number) => string | undefined,
): Score {
  const failures = cases.flatMap((each, index) => judge(each, index) ?? []);
  return { name, passed: cases.length - failures.length, total: cases.length, required, failures };
}
