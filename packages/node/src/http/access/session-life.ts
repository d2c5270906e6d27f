/** A session ends this long after its last use. */
export const sessionIdleMs = 12 * 3_600_000;
/** A session ends this long after it began, however much it is used. */
export const sessionLifetimeMs = 7 * 24 * 3_600_000;

/** Sessions that are not over at an instant were last used, and began, after these. */
export function liveSince(nowUs: number): [usedUs: number, createdUs: number] {
  return [nowUs - sessionIdleMs * 1000, nowUs - sessionLifetimeMs * 1000];
}

/** When a session is over. */
export function expiresUs(usedUs: number, createdUs: number): number {
  return Math.min(usedUs + sessionIdleMs * 1000, createdUs + sessionLifetimeMs * 1000);
}
