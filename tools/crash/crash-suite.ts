/** What a suite is told to do. */
export interface CrashOptions {
  /** How often the process is killed (SIGKILL) at a random moment. */
  readonly kills: number;
  /** Of all that is random: the same seed gives the same moments and the same input. */
  readonly seed: number;
  /** Takes one line of progress. */
  readonly say: (line: string) => void;
}

export interface CrashResult {
  readonly kills: number;
  /** Sentences: what was lost, doubled or wrong. Empty when all held; at most 20, `faultCount` counts them all. */
  readonly faults: readonly string[];
  readonly faultCount: number;
  /** What was checked, for the summary: `12,345 matches`. */
  readonly checked: string;
}

/** One part of the node that must survive being killed: `main.ts` runs them all. */
export interface CrashSuite {
  readonly name: string;
  run(options: CrashOptions): Promise<CrashResult>;
}
