const minuteUs = 60_000_000;

const firstRetryMinutes = 2;
const longestRetryMinutes = 24 * 60;

/** Share of the waiting time by which it is moved to either side, so that many nodes do not ask a server at the same moment. */
const jitterShare = 0.1;

/**
 * When a feed is pulled next, µs since the epoch.
 *
 * After a success: its interval later. After failures: twice as long each time, from two minutes to a day.
 *
 * @param fraction - random, 0 to 1.
 */
export function nextPullUs(nowUs: number, intervalMinutes: number, failureCount: number, fraction: number): number {
  const backOff = Math.min(firstRetryMinutes * 2 ** Math.min(failureCount - 1, 20), longestRetryMinutes);
  const minutes = failureCount === 0 ? intervalMinutes : backOff;
  const jitter = 1 + (fraction * 2 - 1) * jitterShare;
  return nowUs + Math.round(minutes * jitter * minuteUs);
}
