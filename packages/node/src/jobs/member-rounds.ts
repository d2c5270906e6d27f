import type { Members } from '../members/index.ts';
import type { Timers } from './timers.ts';

export interface MemberRoundsDeps {
  readonly members: Pick<Members, 'round'>;
  readonly timers: Timers;
  /** Told when the store fails, or of a bug. The rounds go on. */
  readonly onError: (error: unknown) => void;
}

export interface MemberRounds {
  /** Calls off the round under way, starts no more, and waits. */
  stop(): Promise<void>;
}

/** Between two rounds; each does what is due. */
const apartMs = 60_000;

/** Has this member’s descriptor renewed and the others’ asked for when that is due: at once, then every minute. */
export function startMemberRounds({ members, timers, onError }: MemberRoundsDeps): MemberRounds {
  const stop = new AbortController();
  let cancelTimer: () => void = () => undefined;
  let underWay: Promise<void> | undefined;
  const round = (): void => {
    underWay = members
      .round(stop.signal)
      .catch(onError)
      .finally(() => {
        if (!stop.signal.aborted) cancelTimer = timers.after(apartMs, round);
      });
  };
  round();
  return {
    stop: async () => {
      stop.abort();
      cancelTimer();
      await underWay;
    },
  };
}
