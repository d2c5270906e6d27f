import { ComityError } from '@comity/protocol/base';
import type { Clock } from '@comity/protocol/base';

/** Callers remembered at once; when more come, the oldest are forgotten. */
const callersMax = 10_000;

/**
 * Lets a caller act `perMinute` times in a minute; every further try is refused until the minute is over.
 *
 * @throws {ComityError} `TOO_MANY_REQUESTS`, with the seconds to wait in `details.retryAfterSeconds`.
 */
export function createRateLimit(perMinute: number, clock: Clock): (caller: string) => void {
  const windows = new Map<string, { startedAtMs: number; count: number }>();
  return (caller) => {
    const now = clock();
    let window = windows.get(caller);
    if (window === undefined || now - window.startedAtMs >= 60_000) {
      window = { startedAtMs: now, count: 0 };
      windows.delete(caller);
      windows.set(caller, window);
      if (windows.size > callersMax) windows.delete(windows.keys().next().value ?? '');
    }
    window.count += 1;
    if (window.count <= perMinute) return;
    const retryAfterSeconds = Math.ceil((window.startedAtMs + 60_000 - now) / 1000);
    throw new ComityError('TOO_MANY_REQUESTS', `Cannot answer yet: try again in ${retryAfterSeconds} s`, {
      details: { retryAfterSeconds },
    });
  };
}
