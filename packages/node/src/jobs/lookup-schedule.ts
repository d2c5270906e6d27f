import type { LookupHolder } from '../lookup/index.ts';
import type { Timers } from './timers.ts';

export interface LookupScheduleDeps {
  readonly holder: Pick<LookupHolder, 'rebuild'>;
  readonly timers: Timers;
  /** Told when the store or the disk fails, when a key could not be published, or of a bug. The schedule goes on. */
  readonly onError: (error: unknown) => void;
}

export interface LookupSchedule {
  /** Calls off what is under way and waits for it. */
  stop(): Promise<void>;
}

/** Soon after the start, when the node is at rest, and then again and again: whether there is something to do is cheap to say. */
const firstMs = 10_000;
const apartMs = 60_000;

/** Keeps what members may ask about up to what is known and may be told. */
export function startLookupSchedule({ holder, timers, onError }: LookupScheduleDeps): LookupSchedule {
  const abort = new AbortController();
  let running: Promise<void> | undefined;
  let cancelTimer: () => void = () => undefined;
  const run = (): void => {
    running = holder
      .rebuild(abort.signal)
      .catch((error: unknown) => {
        if (!abort.signal.aborted) onError(error);
      })
      .finally(() => {
        running = undefined;
        if (!abort.signal.aborted) cancelTimer = timers.after(apartMs, run);
      });
  };
  cancelTimer = timers.after(firstMs, run);
  return {
    stop: async () => {
      abort.abort();
      cancelTimer();
      await running;
    },
  };
}
