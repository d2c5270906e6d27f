import type { Connection } from '../../store/index.ts';
import type { PromisedEntry } from './monitor.ts';

/** Entries of one owner that are watched for. */
const promisesMax = 20_000;

/** Whoever owes entries. */
export function owingOwners(db: Connection): string[] {
  return db
    .prepare<{ owner: string }>('select distinct owner from ledger_promise order by owner')
    .all()
    .map(({ owner }) => owner);
}

/** Keeps what an owner owes, behind what its logs showed before there was such an entry: that cannot hold it. */
export function addPromise(
  db: Connection,
  { owner, leafHash, what, sinceUs, dueUs }: PromisedEntry,
  origin: string | undefined,
): void {
  db.prepare(
    `insert into ledger_promise (owner, leaf_hash, what, due_us, origin, place)
     select ?, ?, ?, ?, ?, coalesce((
       select max(size) from ledger_seen where origin = ? and proven_us is not null and seen_us < ?), 0)
     where (select count(*) from ledger_promise where owner = ?) < ? on conflict do nothing`,
  ).run(owner, leafHash, what, dueUs, origin ?? null, origin ?? null, sinceUs, owner, promisesMax);
}

/** Has all an owner owes looked for in its log of now: it may have opened another since. */
export function turnTo(db: Connection, owner: string, origin: string): void {
  db.prepare('update ledger_promise set origin = ?, place = 0 where owner = ? and origin is not ?').run(
    origin,
    owner,
    origin,
  );
}

/** From which place on the log of now is to be looked through, and up to which row that is so. Undefined: nothing is owed. */
export function lookFrom(
  db: Connection,
  owner: string,
  origin: string,
): { readonly place: number; readonly lastRef: number } | undefined {
  const { place, last } = db
    .prepare<{ place: number | null; last: number | null }>(
      `select min(case when origin is ? then place else 0 end) as place, max(ref) as last
       from ledger_promise where owner = ?`,
    )
    .get(origin, owner)!;
  return place === null || last === null ? undefined : { place, lastRef: last };
}

export function isOwed(db: Connection, owner: string, leafHash: Uint8Array): boolean {
  return (
    db.prepare('select 1 from ledger_promise where owner = ? and leaf_hash = ?').get(owner, leafHash) !== undefined
  );
}

/** Forgets what was found, and that the rest is not in front of `place`. What was added meanwhile was not looked for there. */
export function noteLooked(
  db: Connection,
  owner: string,
  looked: { readonly found: readonly Uint8Array[]; readonly place: number; readonly lastRef: number },
): void {
  const drop = db.prepare('delete from ledger_promise where owner = ? and leaf_hash = ?');
  for (const leafHash of looked.found) drop.run(owner, leafHash);
  db.prepare('update ledger_promise set place = ? where owner = ? and place < ? and ref <= ?').run(
    looked.place,
    owner,
    looked.place,
    looked.lastRef,
  );
}

/** Forgets what an owner owes: all of it, or what was due by a time. */
export function dropPromises(db: Connection, owner: string, dueByUs = Number.MAX_SAFE_INTEGER): void {
  db.prepare('delete from ledger_promise where owner = ? and due_us <= ?').run(owner, dueByUs);
}

/** What of an owner is due and not there: the first of it, and how much. */
export function overdueOf(
  db: Connection,
  owner: string,
  nowUs: number,
):
  { readonly what: string; readonly leafHash: Uint8Array; readonly dueUs: number; readonly count: number } | undefined {
  const first = db
    .prepare<{ what: string; leaf_hash: Uint8Array; due_us: number }>(
      'select what, leaf_hash, due_us from ledger_promise where owner = ? and due_us <= ? order by due_us, ref limit 1',
    )
    .get(owner, nowUs);
  if (first === undefined) return undefined;
  const { count } = db
    .prepare<{ count: number }>('select count(*) as count from ledger_promise where owner = ? and due_us <= ?')
    .get(owner, nowUs)!;
  return { what: first.what, leafHash: first.leaf_hash, dueUs: first.due_us, count };
}
