import type { Clock, RowId } from '@comity/protocol/base';
import type { Timers } from './timers.ts';

/** What comes round, kept in the store with its time. */
interface Rounds<Row> {
  find(id: RowId): Row | undefined;
  /** Those whose time has come and that are not under way, the most overdue first. */
  due(): Row[];
  /** When the next one is due, µs; undefined when there is none. */
  nextDueUs(): number | undefined;
  onChange(fn: (row: Row) => void): () => void;
}

export interface ScheduleDeps<Row> {
  readonly rounds: Rounds<Row>;
  /** Does one and notes the outcome on it; failures of the remote are outcomes. */
  readonly run: (row: Row, signal: AbortSignal) => Promise<unknown>;
  readonly isUnderWay: (row: Row) => boolean;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Told of what {@link run} throws: the store failing, or a bug. The schedule goes on. */
  readonly onError: (row: Row, error: unknown) => void;
}

export interface Schedule {
  /** Does one as soon as there is room, whatever its time; joins it where it is under way. @returns when it is over. */
  runNow(id: RowId): Promise<void>;
  /** Starts no more, calls off those under way and waits for them. */
  stop(): Promise<void>;
}

/** Feeds pulled, or pushes made, at the same time: they share one writer, so more would only hold more memory. */
const atOnceMax = 2;
/** Longest sleep; also what a change of the clock by a person can delay the schedule at most. */
const sleepMsMax = 60_000;
/** Shortest sleep, so that a feed that stays due cannot spin. */
const sleepMsMin = 250;

/**
 * Pulls feeds, or makes pushes, when they are due. When is decided by the row itself (`next-pull.ts`) and kept in the store, so
 * that a restart neither does everything at once nor forgets anything.
 */
export function startSchedule<Row extends { readonly id: RowId }>(deps: ScheduleDeps<Row>): Schedule {
  const running = new Map<RowId, Promise<void>>();
  /** Asked for by a person and waiting for room, in that order, before those that are due. */
  const wanted = new Map<RowId, PromiseWithResolvers<void>>();
  const abort = new AbortController();
  let cancelTimer: () => void = () => undefined;

  const start = (row: Row): Promise<void> => {
    const known = running.get(row.id);
    if (known !== undefined) return known;
    const done = run(row).finally(() => {
      running.delete(row.id);
      wake();
    });
    running.set(row.id, done);
    return done;
  };

  const run = async (row: Row): Promise<void> => {
    try {
      await deps.run(row, abort.signal);
    } catch (error) {
      deps.onError(row, error);
    }
  };

  const wake = (): void => {
    cancelTimer();
    if (abort.signal.aborted) return;
    for (const [id, { resolve }] of wanted) {
      if (running.size >= atOnceMax) break;
      wanted.delete(id);
      const row = deps.rounds.find(id);
      if (row === undefined) resolve();
      else void start(row).then(resolve);
    }
    for (const row of deps.rounds.due()) {
      if (running.size >= atOnceMax) break;
      if (!running.has(row.id)) void start(row);
    }
    const dueUs = deps.rounds.nextDueUs();
    const waitMs = dueUs === undefined ? sleepMsMax : dueUs / 1000 - deps.clock();
    cancelTimer = deps.timers.after(Math.min(Math.max(waitMs, sleepMsMin), sleepMsMax), wake);
  };

  // Adding or changing one may bring the next time forward.
  const stopListening = deps.rounds.onChange((row) => {
    if (!deps.isUnderWay(row)) queueMicrotask(wake);
  });
  wake();

  return {
    runNow: async (id) => {
      const under = running.get(id);
      if (under !== undefined || abort.signal.aborted) return await under;
      const asked = wanted.get(id) ?? Promise.withResolvers<void>();
      wanted.set(id, asked);
      wake();
      await asked.promise;
    },
    stop: async () => {
      abort.abort();
      stopListening();
      cancelTimer();
      for (const { resolve } of wanted.values()) resolve();
      await Promise.all(running.values());
    },
  };
}
