import type { ListedValue } from '../values/index.ts';
import type { Pattern } from './tree.ts';

/** What of a pattern the screen can look for by value. */
export interface PatternPlan {
  /** Normal forms, no two alike: those of which at least one must be seen, or as many of the pattern as are values. */
  readonly values: readonly ListedValue[];
  /** Whether seeing any one of `values` (at its port, when it has one) is all the pattern asks. */
  readonly complete: boolean;
  /** When not complete: which part of the pattern the values do not decide, as a phrase for people. */
  readonly reason?: string;
}

export declare function planPattern(pattern: Pattern): PatternPlan;
