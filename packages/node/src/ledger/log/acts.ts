import type { Store } from '../../store/index.ts';
import type { ActState, Pending } from '../ledger.ts';
import { lastEntryId } from './entries.ts';
import type { OwnLog } from './log-book.ts';

/** Where acts stand, and whoever waits for them. */
export interface Acts {
  stateOf(id: number): ActState | undefined;
  pendingOf(id: number): Pending;
  /** Tells whoever waits what the log that is written has come to. */
  noteProgress(log: OwnLog): void;
}

type Goal = 'sequenced' | 'witnessed';

interface Waiter {
  readonly id: number;
  readonly goal: Goal;
  readonly resolve: (index: number) => void;
}

interface PlaceRow {
  readonly origin: string;
  readonly first_id: number;
  readonly published_size: number | null;
}

export function openActs(store: Pick<Store, 'reader'>): Acts {
  const waiters = new Set<Waiter>();

  const stateOf = (id: number): ActState | undefined => {
    if (id < 1 || id > lastEntryId(store.reader)) return undefined;
    // In the newest: what a frozen log never published is in the one after it.
    const row = store.reader
      .prepare<PlaceRow>(
        `select origin, first_id, published_size from ledger_log where first_id <= ? and ? < first_id + size
         order by number desc limit 1`,
      )
      .get(id, id);
    if (row === undefined) return { id, state: 'waiting', origin: undefined, index: undefined };
    const index = id - row.first_id;
    return { id, state: index < (row.published_size ?? 0) ? 'witnessed' : 'sequenced', origin: row.origin, index };
  };

  const waitFor = async (id: number, goal: Goal): Promise<number> => {
    const state = stateOf(id);
    if (state?.index !== undefined && (state.state === goal || state.state === 'witnessed')) return state.index;
    return await new Promise((resolve) => waiters.add({ id, goal, resolve }));
  };

  return {
    stateOf,
    pendingOf: (id) => ({
      id,
      sequenced: () => waitFor(id, 'sequenced'),
      witnessed: () => waitFor(id, 'witnessed'),
    }),
    noteProgress({ firstId, size, published }) {
      const ends = { sequenced: firstId + size, witnessed: firstId + (published?.size ?? 0) };
      for (const waiter of waiters) {
        if (waiter.id < firstId || waiter.id >= ends[waiter.goal]) continue;
        waiters.delete(waiter);
        waiter.resolve(waiter.id - firstId);
      }
    },
  };
}
