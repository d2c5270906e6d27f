import type { Clock, RowId } from '@comity/protocol/base';
import type { Outlet, Outlets } from '../outlets/index.ts';
import type { Timers } from './timers.ts';

export interface OutletScheduleDeps {
  readonly outlets: Pick<Outlets, 'deliver'> & { readonly book: Pick<Outlets['book'], 'list' | 'find' | 'onChange'> };
  /** Calls `listener` when matches were found, or when some may have been; returns how to stop. */
  readonly onMatch: (listener: () => void) => () => void;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Told of what {@link Outlets.deliver} throws: the store failing, or a bug. The schedule goes on. */
  readonly onError: (outlet: Outlet, error: unknown) => void;
}

export interface OutletSchedule {
  /** Calls off what is under way and waits for it; what was not acknowledged is sent again after the next start. */
  stop(): Promise<void>;
}

/** Longest sleep; also what a change of the clock by a person can delay an outlet at most. */
const sleepMsMax = 60_000;
/** Shortest sleep, so that an outlet that stays due cannot spin. */
const sleepMsMin = 250;

/**
 * Keeps every outlet going: each by itself, so that a slow receiver keeps nobody waiting but its own matches. When a failed
 * one is tried again is kept in the store, so that a restart does not rush at it.
 */
export function startOutletSchedule(deps: OutletScheduleDeps): OutletSchedule {
  const { outlets, clock } = deps;
  const running = new Map<RowId, Promise<void>>();
  /** Woken while it ran: what came then may not have been in the batch it had. */
  const again = new Set<RowId>();
  const abort = new AbortController();
  let cancelTimer: () => void = () => undefined;

  const isDue = (outlet: Outlet): boolean => outlet.enabled && outlet.nextTryUs <= clock() * 1000;

  const run = async (id: RowId): Promise<void> => {
    for (;;) {
      again.delete(id);
      const outlet = outlets.book.find(id);
      if (outlet === undefined || abort.signal.aborted || !isDue(outlet)) return;
      try {
        const round = await outlets.deliver(outlet, abort.signal);
        if (round === 'failed' || (round === 'done' && !again.has(id))) return;
      } catch (error) {
        deps.onError(outlet, error);
        return;
      }
    }
  };

  const sleepUntilDue = (): void => {
    cancelTimer();
    if (abort.signal.aborted) return;
    const waiting = outlets.book.list().filter((each) => each.enabled && each.nextTryUs > clock() * 1000);
    const waitMs = Math.min(...waiting.map((each) => each.nextTryUs / 1000 - clock()), sleepMsMax);
    cancelTimer = deps.timers.after(Math.max(waitMs, sleepMsMin), wake);
  };

  const wake = (): void => {
    if (abort.signal.aborted) return;
    for (const outlet of outlets.book.list()) {
      if (!isDue(outlet)) continue;
      if (running.has(outlet.id)) again.add(outlet.id);
      else {
        const ended = run(outlet.id).finally(() => {
          running.delete(outlet.id);
          sleepUntilDue();
        });
        running.set(outlet.id, ended);
      }
    }
    sleepUntilDue();
  };

  const stops = [
    deps.onMatch(wake),
    // Notes of our own are changes too: those come while it runs, and ask for nothing more.
    outlets.book.onChange(({ id }) => {
      if (!running.has(id)) queueMicrotask(wake);
    }),
  ];
  wake();

  return {
    stop: async () => {
      abort.abort();
      cancelTimer();
      for (const stop of stops) stop();
      await Promise.all(running.values());
    },
  };
}
