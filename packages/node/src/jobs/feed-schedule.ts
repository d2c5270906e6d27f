import type { Clock, RowId } from '@comity/protocol/base';
import type { Feed, Feeds } from '../connectors/index.ts';
import type { Timers } from './timers.ts';

export interface FeedScheduleDeps {
  readonly feeds: Feeds;
  /** Pulls a feed and notes the outcome on it; failures of the remote are outcomes. */
  readonly pull: (feed: Feed, signal: AbortSignal) => Promise<unknown>;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Told of what {@link pull} throws: the store failing, or a bug. The schedule goes on. */
  readonly onError: (feed: Feed, error: unknown) => void;
}

export interface FeedSchedule {
  /** Pulls a feed as soon as there is room, whatever its time; joins a pull of it. @returns when it is over. */
  pullNow(id: RowId): Promise<void>;
  /** Stops starting pulls, calls off those under way and waits for them. */
  stop(): Promise<void>;
}

/** Feeds pulled at the same time: they share one writer, so more would only hold more memory. */
const pullsAtOnceMax = 2;
/** Longest sleep; also what a change of the clock by a person can delay the schedule at most. */
const sleepMsMax = 60_000;
/** Shortest sleep, so that a feed that stays due cannot spin. */
const sleepMsMin = 250;

/**
 * Pulls feeds when they are due. When is decided by the feed itself (`next-pull.ts`) and kept in the store, so that a restart
 * neither pulls everything at once nor forgets anything.
 */
export function startFeedSchedule(deps: FeedScheduleDeps): FeedSchedule {
  const running = new Map<RowId, Promise<void>>();
  /** Asked for by a person and waiting for room, in that order, before those that are due. */
  const wanted = new Map<RowId, PromiseWithResolvers<void>>();
  const abort = new AbortController();
  let cancelTimer: () => void = () => undefined;

  const start = (feed: Feed): Promise<void> => {
    const known = running.get(feed.id);
    if (known !== undefined) return known;
    const pulled = run(feed).finally(() => {
      running.delete(feed.id);
      wake();
    });
    running.set(feed.id, pulled);
    return pulled;
  };

  const run = async (feed: Feed): Promise<void> => {
    try {
      await deps.pull(feed, abort.signal);
    } catch (error) {
      deps.onError(feed, error);
    }
  };

  const wake = (): void => {
    cancelTimer();
    if (abort.signal.aborted) return;
    for (const [id, { resolve }] of wanted) {
      if (running.size >= pullsAtOnceMax) break;
      wanted.delete(id);
      const feed = deps.feeds.find(id);
      if (feed === undefined) resolve();
      else void start(feed).then(resolve);
    }
    for (const feed of deps.feeds.due()) {
      if (running.size >= pullsAtOnceMax) break;
      if (!running.has(feed.id)) void start(feed);
    }
    const dueUs = deps.feeds.nextDueUs();
    const waitMs = dueUs === undefined ? sleepMsMax : dueUs / 1000 - deps.clock();
    cancelTimer = deps.timers.after(Math.min(Math.max(waitMs, sleepMsMin), sleepMsMax), wake);
  };

  // Adding or changing a feed may bring the next time forward.
  const stopListening = deps.feeds.onChange((feed) => {
    if (feed.status !== 'pulling') queueMicrotask(wake);
  });
  wake();

  return {
    pullNow: async (id) => {
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
