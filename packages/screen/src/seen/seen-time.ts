/** Hours and days since 1970 (UTC) count seen values; a minute is one within its hour. */
const HOUR_MS = 3_600_000;
export const HOURS_PER_DAY = 24;

/** Hours since 1970-01-01T00:00Z at a time in ms. */
export function hourOf(ms: number): number {
  return Math.floor(ms / HOUR_MS);
}

/** Minute, 0 to 59, within the hour of a time in ms. */
export function minuteOf(ms: number): number {
  return Math.floor((ms % HOUR_MS) / 60_000);
}

/** Days since 1970-01-01 of an hour. */
export function dayOf(hour: number): number {
  return Math.floor(hour / HOURS_PER_DAY);
}

/** Time in ms of a minute of an hour. */
export function timeOf(hour: number, minute: number): number {
  return hour * HOUR_MS + minute * 60_000;
}
