import { ComityError } from '@comity/protocol/base';
import type { MemberId } from '@comity/protocol/base';
import type { Federation } from '../federation/index.ts';
import type { Timers } from './timers.ts';

export interface PeerScheduleDeps {
  readonly federation: Pick<
    Federation,
    'publish' | 'pull' | 'sendReceipts' | 'askEvidence' | 'awaitNews' | 'tellSightings'
  >;
  /** Members that are exchanged with. */
  readonly joined: () => readonly MemberId[];
  /** Calls `listener` when something may be new that goes to others; returns how to stop. */
  readonly onNews: (listener: () => void) => () => void;
  /** Calls `listener` when members came, went or may be spoken with again. */
  readonly onMembers: (listener: () => void) => () => void;
  readonly timers: Timers;
  /** 0 to 1, not included. */
  readonly random: () => number;
  /** Told of what went wrong and is tried again. */
  readonly onError: (message: string, error: unknown) => void;
}

export interface PeerSchedule {
  /** Calls off what is under way and waits for it. */
  stop(): Promise<void>;
}

/** What comes together is put out together. */
const gatherMs = 10;
/** Also without news: a law may have changed, a lease may be near its end. */
const publishEveryMs = 60_000;
const sightingsEveryMs = 300_000;
/** After a failure, and after a call for nothing: doubled each time, up to the longest. */
const retryMs = 1000;
const retryMsMax = 300_000;

/**
 * Keeps the exchange with every member going, each by itself: what is new here is put out, what they put out is taken as soon as
 * they say there is something, receipts are sent. Who cannot be reached is tried again, ever more seldom; so is who calls and has
 * nothing.
 */
export function startPeerSchedule(deps: PeerScheduleDeps): PeerSchedule {
  const { federation, timers } = deps;
  const abort = new AbortController();
  const { signal } = abort;
  const rounds = new Map<MemberId, Promise<void>>();
  let publishing: Promise<unknown> = Promise.resolve();
  let cancelPublish: (() => void) | undefined;

  const publishSoon = (): void => {
    if (signal.aborted || cancelPublish !== undefined) return;
    cancelPublish = timers.after(gatherMs, () => {
      cancelPublish = undefined;
      publishing = federation.publish().catch((error: unknown) => deps.onError('Cannot put out what is new', error));
    });
  };

  let cancelEvery: () => void = () => undefined;
  const everySoOften = (): void => {
    publishSoon();
    cancelEvery = timers.after(publishEveryMs, everySoOften);
  };
  let cancelSightings: () => void = () => undefined;
  let telling: Promise<unknown> = Promise.resolve();
  const tellSightings = (): void => {
    telling = federation
      .tellSightings()
      .catch((error: unknown) => deps.onError('Cannot tell of sightings', error))
      .finally(() => {
        if (!signal.aborted) cancelSightings = timers.after(sightingsEveryMs, tellSightings);
      });
  };

  async function follow(member: MemberId): Promise<void> {
    let failures = 0;
    /** Rounds in a row for which the member called at once and had nothing. */
    let emptyCalls = 0;
    let isCalledAtOnce = false;
    while (!signal.aborted && deps.joined().includes(member)) {
      try {
        const items = await federation.pull(member, signal);
        await federation.sendReceipts(member, signal);
        await federation.askEvidence(member, signal);
        failures = 0;
        emptyCalls = isCalledAtOnce && items === 0 ? emptyCalls + 1 : 0;
        if (emptyCalls > 0) await pause(emptyCalls);
        isCalledAtOnce = await awaitNews(member);
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        // That a member cannot be reached, or believed, stands with it.
        if (!(error instanceof ComityError)) deps.onError('Cannot exchange with a member', error);
        await pause(failures);
      }
    }
  }

  /** @returns Whether the call came sooner than {@link retryMs}. */
  async function awaitNews(member: MemberId): Promise<boolean> {
    let isAtOnce = true;
    const cancel = timers.after(retryMs, () => (isAtOnce = false));
    try {
      await federation.awaitNews(member, signal);
    } finally {
      cancel();
    }
    return isAtOnce;
  }

  async function pause(times: number): Promise<void> {
    const delayMs = Math.min(retryMs * 2 ** (times - 1), retryMsMax) * (0.5 + deps.random());
    await new Promise<void>((resolve) => {
      const end = (): void => {
        cancel();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const cancel = timers.after(delayMs, end);
      signal.addEventListener('abort', end);
    });
  }

  const followAll = (): void => {
    if (signal.aborted) return;
    for (const member of deps.joined()) {
      if (rounds.has(member)) continue;
      const round = follow(member)
        .catch((error: unknown) => deps.onError('Cannot exchange with a member', error))
        .finally(() => {
          rounds.delete(member);
          // It may have come back while its round ended.
          if (deps.joined().includes(member)) followAll();
        });
      rounds.set(member, round);
    }
    publishSoon();
  };

  const stops = [deps.onNews(publishSoon), deps.onMembers(followAll)];
  followAll();
  everySoOften();
  cancelSightings = timers.after(sightingsEveryMs, tellSightings);

  return {
    async stop() {
      abort.abort();
      for (const stop of stops) stop();
      cancelPublish?.();
      cancelEvery();
      cancelSightings();
      await Promise.all([publishing, telling, ...rounds.values()]);
    },
  };
}
