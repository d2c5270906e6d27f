import { ComityError, quote } from './error.ts';

const rfc3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9})\d*)?Z$/;

/**
 * Reads an RFC 3339 UTC timestamp as microseconds since the Unix epoch, the unit of every stored time.
 *
 * Digits beyond the microsecond are cut; a leap second `:60` counts as the next minute (STIX 2.1 §2.12).
 *
 * @throws {ComityError} `TIMESTAMP_MALFORMED`, also for days that do not exist.
 */
export function parseTimestampUs(text: string): number {
  const parts = text.length <= 64 ? rfc3339.exec(text) : null;
  if (parts === null) throw new ComityError('TIMESTAMP_MALFORMED', `Cannot read ${quote(text)} as a UTC timestamp`);
  const [, year, month, day, hour, minute, second, fraction = ''] = parts;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const exists = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  if (!exists || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) {
    throw new ComityError('TIMESTAMP_MALFORMED', `Cannot read ${quote(text)}: there is no such day or time`);
  }
  const seconds = date.getTime() / 1000 + Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  return seconds * 1_000_000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

/** The STIX form of a stored time, with three fraction digits. */
export function timestampOfUs(us: number): string {
  return new Date(Math.floor(us / 1000)).toISOString();
}

/** A clock is an argument, never a global (invariant 8). Milliseconds since the Unix epoch. */
export type Clock = () => number;
