import { confidenceScales } from './model/confidence-scales.ts';
import type { ScaleRow } from './model/rows.ts';

/** A scale a confidence may be shown in (STIX 2.1 appendix A). */
export type ConfidenceScale = keyof typeof confidenceScales;

/** Names of the five scales. */
export const confidenceScaleNames: readonly ConfidenceScale[] = [
  'none-low-med-high',
  'zero-ten',
  'admiralty',
  'wep',
  'dni',
];

/**
 * The label of a confidence in a scale: `Med`, `3 - Possibly True`.
 *
 * Spec: STIX 2.1 appendix A.
 *
 * @param confidence - 0 to 100; undefined when it is no whole number of that range.
 */
export function confidenceLabel(confidence: number, scale: ConfidenceScale): string | undefined {
  if (!Number.isInteger(confidence)) return undefined;
  return rowsOf(scale).find(({ min = 1, max = 0 }) => confidence >= min && confidence <= max)?.label;
}

/** The confidence a label stands for, 0 to 100; undefined for other texts and for the label "not specified". */
export function confidenceOfLabel(label: string, scale: ConfidenceScale): number | undefined {
  return rowsOf(scale).find((row) => row.label === label)?.value;
}

function rowsOf(scale: ConfidenceScale): readonly ScaleRow[] {
  return confidenceScales[scale];
}
