import type { Timers } from './timers.ts';

export interface MemoryRestDeps {
  readonly intel: {
    /** Calls `fn` when an import moved on or ended. Returns how to stop. */
    onImport(fn: () => void): () => void;
  };
  readonly timers: Timers;
  /** Collects all garbage of this thread; a test counts. */
  readonly collect: () => void;
}

/** Later than the store gives its own memory back, so that both have gone when somebody looks. */
const restAfterMs = 8000;

/**
 * Gives back the memory of the start, and of an import, once it has been over for a while. An idle process allocates nothing, so V8
 * never collects what they left behind: 50 MB and more that nothing holds.
 *
 * @returns How to stop.
 */
export function startMemoryRest({ intel, timers, collect }: MemoryRestDeps): () => void {
  let cancelTimer = timers.after(restAfterMs, collect);
  const stopListening = intel.onImport(() => {
    cancelTimer();
    cancelTimer = timers.after(restAfterMs, collect);
  });
  return () => {
    stopListening();
    cancelTimer();
  };
}
