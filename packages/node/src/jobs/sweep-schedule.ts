import type { Clock } from '@comity/protocol/base';
import type { Intel } from '../intel/index.ts';
import type { Timers } from './timers.ts';

export interface SweepScheduleDeps {
  readonly intel: Pick<Intel, 'sweep' | 'nextChangeUs'> & {
    /** Calls `fn` when something came in. Returns how to stop. */
    onImport(fn: () => void): () => void;
  };
  readonly clock: Clock;
  readonly timers: Timers;
  /** Told when the store fails, or of a bug. The schedule goes on. */
  readonly onError: (error: unknown) => void;
}

export interface SweepSchedule {
  /** Starts no more sweeps and waits for the one under way. */
  stop(): Promise<void>;
}

/** Ends that come close together are swept together. */
const apartMsMin = 1000;
/** Longest time between two sweeps; also what a change of the clock by a person can delay one at most. */
const apartMsMax = 5 * 60_000;

/**
 * Brings states up to the clock when the earliest change is due: what its source said is valid until noon is screened until
 * noon, and what is valid from noon from then on, a second late at most. What was due while the node was down is swept at
 * once.
 */
export function startSweepSchedule({ intel, clock, timers, onError }: SweepScheduleDeps): SweepSchedule {
  let sweptMs: number | undefined;
  let sweeping: Promise<void> | undefined;
  let isStopped = false;
  let cancelTimer: () => void = () => undefined;

  const sweep = (): void => {
    sweptMs = clock();
    sweeping = intel
      .sweep()
      .then(() => undefined, onError)
      .finally(() => {
        sweeping = undefined;
        arm();
      });
  };

  const arm = (): void => {
    cancelTimer();
    if (!isStopped && sweeping === undefined) cancelTimer = timers.after(waitMs(), sweep);
  };

  const waitMs = (): number => {
    if (sweptMs === undefined) return 0;
    // A clock that was put back must not make the next sweep wait for the time it showed before.
    const sinceMs = Math.max(0, clock() - sweptMs);
    const dueUs = findNextChange();
    const untilDueMs = dueUs === undefined ? apartMsMax : Math.ceil(dueUs / 1000) - clock();
    return Math.max(0, apartMsMin - sinceMs, Math.min(untilDueMs, apartMsMax - sinceMs));
  };

  const findNextChange = (): number | undefined => {
    try {
      return intel.nextChangeUs();
    } catch (error) {
      onError(error);
      return undefined;
    }
  };

  // What comes in may be due before anything that was there.
  const stopListening = intel.onImport(arm);
  arm();

  return {
    stop: async () => {
      isStopped = true;
      stopListening();
      cancelTimer();
      await sweeping;
    },
  };
}
