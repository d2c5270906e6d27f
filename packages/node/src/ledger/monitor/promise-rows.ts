import type { Connection } from '../../store/index.ts';
import type { PromisedEntry } from './monitor.ts';

/** What a log owes, and what became of it; undefined while nobody knows. */
export interface KeptPromise extends PromisedEntry {
  readonly origin: string;
  readonly outcome: 'kept' | 'broken' | undefined;
}

interface PromiseRow {
  readonly origin: string;
  readonly place: number;
  readonly leaf_hash: Uint8Array;
  readonly due_us: number;
  readonly outcome: 'broken' | null;
}

/** Those that are not kept, the oldest first. */
export function openPromises(db: Connection): KeptPromise[] {
  return db
    .prepare<PromiseRow>(
      `select origin, place, leaf_hash, due_us, outcome from ledger_promise
       where outcome is null or outcome = 'broken' order by due_us`,
    )
    .all()
    .map(({ origin, place, leaf_hash, due_us, outcome }) => ({
      origin,
      index: place,
      leafHash: leaf_hash,
      dueUs: due_us,
      outcome: outcome ?? undefined,
    }));
}

export function addPromise(db: Connection, origin: string, { index, leafHash, dueUs }: PromisedEntry): void {
  db.prepare(
    'insert into ledger_promise (origin, place, leaf_hash, due_us) values (?, ?, ?, ?) on conflict do nothing',
  ).run(origin, index, leafHash, dueUs);
}

/** A promise that was kept is forgotten; one that was broken stays. */
export function settlePromise(
  db: Connection,
  { origin, index, leafHash }: KeptPromise,
  outcome: 'kept' | 'broken',
): void {
  const isIt = 'origin = ? and place = ? and leaf_hash = ?';
  if (outcome === 'kept') db.prepare(`delete from ledger_promise where ${isIt}`).run(origin, index, leafHash);
  else db.prepare(`update ledger_promise set outcome = ? where ${isIt}`).run(outcome, origin, index, leafHash);
}
