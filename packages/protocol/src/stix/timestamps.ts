import { recogniseTimestampUs } from '../base/index.ts';

/** Where the digits behind the microsecond begin: `2016-04-06T20:03:00.000000`. */
const nanosecondsStart = 26;

/**
 * Order of two timestamps, exact to their last digit: negative, 0 or positive; NaN when one of them is none.
 *
 * Spec: STIX 2.1 §2.16.
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

/** How exact a timestamp is told: to the unit, or to the unit at least. */
export interface TimestampPrecision {
  /** `any`: as many digits as it takes, none for a whole second. */
  readonly precision: 'any' | 'second' | 'millisecond';
  /** `exact`, the default: digits beyond the unit are cut. `min`: they are kept. */
  readonly constraint?: 'exact' | 'min';
}

const unitUs = { any: 1, second: 1_000_000, millisecond: 1000 } as const;

/** An instant cut to a precision, µs. */
export function cutTimestampUs(us: number, { precision, constraint = 'exact' }: TimestampPrecision): number {
  const unit = constraint === 'min' ? 1 : unitUs[precision];
  return Math.floor(us / unit) * unit;
}

/**
 * Writes an instant as a STIX timestamp of a precision: three digits or more for `created` and `modified`, otherwise none
 * that do not count.
 *
 * Spec: STIX 2.1 §2.16, §3.2.
 *
 * @param us - µs since the Unix epoch, of the years 0 to 9999.
 */
export function formatTimestampUs(us: number, options: TimestampPrecision): string {
  const cut = cutTimestampUs(us, options);
  const seconds = new Date(Math.floor(cut / 1_000_000) * 1000).toISOString().slice(0, -'.000Z'.length);
  const fraction = String(((cut % 1_000_000) + 1_000_000) % 1_000_000).padStart(6, '0');
  const shortest = fraction.replace(/0+$/, '');
  const digits = options.precision === 'millisecond' ? shortest.padEnd(3, '0') : shortest;
  return digits === '' ? `${seconds}Z` : `${seconds}.${digits}Z`;
}
