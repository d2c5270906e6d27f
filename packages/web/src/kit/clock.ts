import { useSyncExternalStore } from 'react';

/** Relative times are told anew this often, in ms. */
const tickMs = 15_000;

const listeners = new Set<() => void>();
let nowMs = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function listen(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    nowMs = Date.now();
    for (const one of listeners) one();
  }, tickMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The time of the last tick, in ms since the epoch: one clock for the whole page, so that rows agree. */
export function useNow(): number {
  return useSyncExternalStore(listen, () => nowMs);
}
