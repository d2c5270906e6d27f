import type { Reliability } from './import.ts';

/** Confidence of a source that states none: neither more likely true nor false. */
const unstatedConfidence = 50;
/** How much of a stated confidence counts, by the reliability of who states it. F cannot be judged: below C, above D. */
const weights = { A: 1, B: 0.85, C: 0.7, D: 0.5, E: 0.25, F: 0.6 } as const satisfies Record<Reliability, number>;

/**
 * Confidence in a statement, weighed by the reliability of its source (Admiralty scale), 0 to 100.
 *
 * Of several sources the strongest counts and the others add nothing: feeds copy each other, so agreement is no evidence
 * of independence.
 *
 * @param stated - 0 to 100, or undefined when the source gives none.
 */
export function weighConfidence(stated: number | undefined, reliability: Reliability): number {
  return Math.round((stated ?? unstatedConfidence) * weights[reliability]);
}

/** Whether `a` is at least as reliable as `b`, by the same weights. */
export function isAsReliable(a: Reliability, b: Reliability): boolean {
  return weights[a] >= weights[b];
}

/** Whether `a` is more reliable than `b`, by the same weights. */
export function isMoreReliable(a: Reliability, b: Reliability): boolean {
  return weights[a] > weights[b];
}
