import type { Cleanup } from '../../packages/node/src/node-for-tests.ts';

/** Runs what has to give something up again at its end, however it ends; last taken, first given up. */
export async function withCleanup<T>(run: (cleanup: Cleanup) => Promise<T>): Promise<T> {
  const cleanups: (() => unknown)[] = [];
  try {
    return await run({ after: (fn) => void cleanups.unshift(fn) });
  } finally {
    for (const fn of cleanups) await fn();
  }
}
