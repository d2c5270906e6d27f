import { recogniseTimestampUs } from '../base/index.ts';

/** Where the digits behind the microsecond begin: `2016-04-06T20:03:00.000000`. */
const nanosecondsStart = 26;

/**
 * Order of two timestamps, exact to their last digit: negative, 0 or positive; NaN when one of them is none.
 *
 * Spec: STIX 2.1 §2.12.
 */
export function compareTimestamps(one: string, other: string): number {
  if (one === other) return recogniseTimestampUs(one) === undefined ? NaN : 0;
  const [oneUs = NaN, otherUs = NaN] = [recogniseTimestampUs(one), recogniseTimestampUs(other)];
  if (oneUs !== otherUs) return oneUs - otherUs;
  const width = Math.max(one.length, other.length);
  const [oneRest, otherRest] = [restOf(one, width), restOf(other, width)];
  if (oneRest === otherRest) return 0;
  return oneRest < otherRest ? -1 : 1;
}

/** The digits behind the microsecond, filled up with zeros. */
function restOf(text: string, width: number): string {
  return text.slice(nanosecondsStart, -1).padEnd(width, '0');
}
