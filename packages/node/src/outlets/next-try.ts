const firstMs = 1000;
const longestMs = 300_000;
/** Share of the waiting time by which it is moved to either side, so that many nodes do not come at the same moment. */
const jitterShare = 0.2;

/**
 * How long an outlet waits after failures, in ms: twice as long each time, from a second to five minutes; never shorter than
 * the receiver asked for.
 *
 * @param fraction - random, 0 to 1.
 */
export function waitMsAfter(failureCount: number, fraction: number, retryAfterMs = 0): number {
  const backOff = Math.min(firstMs * 2 ** Math.min(failureCount - 1, 20), longestMs);
  return Math.max(Math.round(backOff * (1 + (fraction * 2 - 1) * jitterShare)), retryAfterMs);
}
