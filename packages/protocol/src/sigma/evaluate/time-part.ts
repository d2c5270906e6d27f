import type { TimePart } from '../plan/tree.ts';

const form = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d)(?::?(\d\d))?)?/;
const secondsForm = /^\d{9,11}(?:\.\d+)?$/;
const dayMs = 86_400_000;

/**
 * A part of a date as it is written: no time zone is reckoned with (modifiers 2.1.0, "Time Modifiers"). Seconds since the
 * Unix epoch, as Zeek writes them, are read as UTC.
 *
 * @returns undefined for what is no date, or has not the part.
 */
export function timePartOf(text: string, part: TimePart): number | undefined {
  const written = secondsForm.test(text) ? new Date(Math.floor(Number(text) * 1000)).toISOString() : text.slice(0, 32);
  const [, year, month, day, hour, minute] = form.exec(written) ?? [];
  if (year === undefined) return undefined;
  switch (part) {
    case 'year':
      return Number(year);
    case 'month':
      return Number(month);
    case 'day':
      return Number(day);
    case 'hour':
      return hour === undefined ? undefined : Number(hour);
    case 'minute':
      return minute === undefined ? undefined : Number(minute);
    case 'week':
      return weekOf(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  }
}

/** Week of the year: the first is that with the first Thursday. Spec: ISO 8601. */
function weekOf(ms: number): number {
  const date = new Date(ms);
  const thursdayMs = ms + (4 - (date.getUTCDay() || 7)) * dayMs;
  const newYearMs = Date.UTC(new Date(thursdayMs).getUTCFullYear(), 0, 1);
  return Math.floor((thursdayMs - newYearMs) / dayMs / 7) + 1;
}
