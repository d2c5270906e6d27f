import { assert, isMemberId, parseJson, recogniseTimestampUs } from '@comity/protocol/base';
import type { MemberId, StixId } from '@comity/protocol/base';
import { strictestPap, strictestTlp, unmarkedPap } from '@comity/protocol/markings';
import type { ActiveStatement, Item, LentItem, SignedStatement, Statement, Terms } from '@comity/protocol/peer';
import type { Loan } from '../../intel/index.ts';
import { findObjectRef, memberRefSql, objectRefSql, suspendedRefsSql } from '../refs.ts';
import type { Refs } from '../refs.ts';
import type { Connection } from '../../store/index.ts';

/** An object of another member's as it came here: what passing it on needs. */
export interface Lent {
  readonly signed: { readonly statement: ActiveStatement; readonly signature: string };
  readonly terms: Terms;
  /** Members it went through, the origin first, its sender last. */
  readonly path: readonly MemberId[];
}

interface LoanRow {
  readonly statement: string;
  readonly signature: string;
  readonly terms: string;
  readonly path: string;
}

const charsMax = 64 * 1024;
/** Loans that change in one transaction. */
const loansAtOnce = 500;

/** What is known of an object of an origin. What stands in the table was verified before. */
export function findKnown(db: Connection, ref: number): SignedStatement | undefined {
  const row = db
    .prepare<{ statement: string; signature: string }>(
      'select statement, signature from peer_known where object_ref = ?',
    )
    .get(ref);
  return row === undefined ? undefined : { statement: kept(row.statement) as Statement, signature: row.signature };
}

/**
 * The way an object came here that lets it be passed on most; undefined: no member lends it now that is not suspended.
 *
 * @param only - Of one origin, or of one content: several members may state the same id, and each speaks for what it states.
 */
export function findLent(
  db: Connection,
  id: string,
  nowUs: number,
  only: { readonly origin?: MemberId; readonly digest?: string } = {},
): Lent | undefined {
  const rows = db
    .prepare<LoanRow>(
      `select k.statement, k.signature, l.terms, l.path from peer_object o join peer_member m on m.ref = o.origin
       join peer_known k on k.object_ref = o.ref join peer_loan l on l.object_ref = o.ref
       where o.id = ? and k.recalled = 0 and l.state = 1 and l.lease_until_us > ? and m.member = coalesce(?, m.member)
         and k.statement ->> 'digest' = coalesce(?, k.statement ->> 'digest')
         and o.origin not in (${suspendedRefsSql}) and l.sender not in (${suspendedRefsSql})
       limit 100`,
    )
    .all(id, nowUs, only.origin ?? null, only.digest ?? null);
  const lent = rows.map((row) => ({
    signed: { statement: kept(row.statement) as ActiveStatement, signature: row.signature },
    terms: kept(row.terms) as Terms,
    path: kept(row.path) as MemberId[],
  }));
  return lent.toSorted((one, other) => other.terms.hops - one.terms.hops)[0];
}

/** Whether an object came by a way that a member is not on: cheap to say, and of most that came from it there is none. */
export function mayHaveWay(db: Connection, id: StixId, memberRef: number): boolean {
  return (
    db
      .prepare(
        `select 1 from peer_object o join peer_loan l on l.object_ref = o.ref
         where o.id = ? and l.state = 1 and o.origin <> ? and l.sender <> ? limit 1`,
      )
      .get(id, memberRef, memberRef) !== undefined
  );
}

/** Keeps the newest statement of an object. */
export function keepKnown(db: Connection, { statement, signature }: SignedStatement, refs: Refs): void {
  db.prepare(
    `insert into peer_known (object_ref, version, statement, signature, recalled) values (?, ?, ?, ?, ?)
     on conflict (object_ref) do update set version = excluded.version, statement = excluded.statement,
       signature = excluded.signature, recalled = excluded.recalled`,
  ).run(
    refs.object(statement),
    statement.version,
    JSON.stringify(statement),
    signature,
    Number(statement.state === 'recalled'),
  );
}

/** Keeps who lends an object, and how. */
export function keepLoan(
  db: Connection,
  item: LentItem,
  { untilUs, nowUs }: { readonly untilUs: number; readonly nowUs: number },
  refs: Refs,
): void {
  db.prepare(
    `insert into peer_loan (object_ref, sender, terms, path, standing, state, lease_until_us, received_us)
     values (?, ?, ?, ?, ?, 1, ?, ?)
     on conflict (object_ref, sender) do update set terms = excluded.terms, path = excluded.path,
       standing = excluded.standing, state = 1,
       lease_until_us = excluded.lease_until_us, received_us = excluded.received_us`,
  ).run(
    refs.object(item.statement),
    refs.member(item.from),
    JSON.stringify(item.terms),
    JSON.stringify(item.path),
    Number(item.isStanding),
    untilUs,
    nowUs,
  );
}

/** How a sender lends an object now. */
export function loanOf(
  db: Connection,
  ref: number,
  { from }: LentItem,
  nowUs: number,
): Pick<LentItem, 'terms' | 'isStanding'> | undefined {
  const row = db
    .prepare<{ terms: string; standing: number }>(
      `select terms, standing from peer_loan
       where object_ref = ? and sender = ${memberRefSql} and state = 1 and lease_until_us > ?`,
    )
    .get(ref, from, nowUs);
  return row === undefined ? undefined : { terms: kept(row.terms) as Terms, isStanding: row.standing === 1 };
}

/** Ends one sender's loan of an object, or every one. */
export function endLoan(db: Connection, origin: MemberId, id: StixId, sender: MemberId | undefined): void {
  db.prepare(
    `update peer_loan set state = 2 where object_ref = ${objectRefSql} and (? is null or sender = ${memberRefSql})`,
  ).run(id, origin, sender ?? null, sender ?? null);
}

/** Standing loans of an origin that ran out and that it did not end, some hundred at a time. */
export function* lapsedLoans(db: Connection, origin: MemberId, nowUs: number): Generator<readonly StixId[], void> {
  const next = db.prepare<{ ref: number; id: StixId }>(
    `select o.ref, o.id from peer_loan l join peer_object o on o.ref = l.object_ref
     where l.sender = ${memberRefSql} and l.state = 1 and l.standing = 1 and l.lease_until_us <= ? and l.object_ref > ?
     order by l.object_ref limit ?`,
  );
  for (let after = 0; ;) {
    const rows = next.all(origin, nowUs, after, loansAtOnce);
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map(({ id }) => id);
    after = last.ref;
  }
}

/** How a member lends an object. */
interface Lending {
  readonly untilUs: number;
  readonly tlp: Terms['tlp'];
  /** Null: its origin says none, which counts as AMBER. */
  readonly pap: Terms['pap'];
  /** Members it went through. */
  readonly steps: number;
}

interface LendingRow {
  readonly until_us: number;
  readonly tlp: Terms['tlp'];
  readonly pap: Terms['pap'];
  readonly steps: number;
}

const lendingsOf = `select lease_until_us as until_us, terms ->> 'tlp' as tlp, terms ->> 'pap' as pap,
  json_array_length(path) as steps from peer_loan
  where object_ref = ? and state = 1 and sender not in (${suspendedRefsSql} where s.member <> ?)`;

const lendingOf = ({ until_us: untilUs, ...rest }: LendingRow): Lending => ({ untilUs, ...rest });

/** How members lend an object, those left out whose suspension is in force; `but` is not, though it still stands there. */
export function loansInUse(
  db: Connection,
  object: { readonly origin: MemberId; readonly id: StixId },
  but: MemberId | undefined,
): readonly Lending[] {
  const ref = findObjectRef(db, object);
  if (ref === undefined) return [];
  return db
    .prepare<LendingRow>(lendingsOf)
    .all(ref, but ?? '')
    .map(lendingOf);
}

/** How members, or all but one, lend an object now, those left out whose suspension is in force. */
export function othersLoans(
  db: Connection,
  { from, ...object }: { readonly origin: MemberId; readonly id: StixId; readonly from?: MemberId },
  nowUs: number,
): readonly Lending[] {
  const ref = findObjectRef(db, object);
  if (ref === undefined) return [];
  return db
    .prepare<LendingRow>(`${lendingsOf} and sender is not ${memberRefSql} and lease_until_us > ?`)
    .all(ref, '', from ?? null, nowUs)
    .map(lendingOf);
}

/**
 * What loans of one object come to: it may be used as long as any of them runs, under the strictest labels of those that came the shortest
 * way. A longer way only repeats what a nearer member says, or said: two relays that heeded each other would never come to rest.
 */
export function loanOfAll(loans: readonly [Lending, ...Lending[]]): Loan {
  const steps = Math.min(...loans.map((loan) => loan.steps));
  const nearest = loans.filter((loan) => loan.steps === steps);
  const [tlp, ...tlps] = nearest.map((loan) => loan.tlp);
  const [pap, ...paps] = nearest.map((loan) => loan.pap ?? unmarkedPap);
  return {
    untilUs: Math.max(...loans.map(({ untilUs }) => untilUs)),
    tlp: strictestTlp([tlp!, ...tlps]),
    pap: strictestPap([pap!, ...paps]),
  };
}

/** How many objects a member lends now, its own and others'. */
export function countLoans(db: Connection, sender: MemberId, nowUs: number): number {
  const row = db
    .prepare<{ count: number }>(
      `select count(*) as count from peer_loan where sender = ${memberRefSql} and state = 1 and lease_until_us > ?`,
    )
    .get(sender, nowUs);
  assert(row !== undefined, 'a count is a row');
  return row.count;
}

/** Whether an object ever came from a member, as its origin or passed on. */
export function isLoanOf(db: Connection, item: Extract<Item, { kind: 'ended' }>): boolean {
  return (
    db
      .prepare(`select 1 from peer_loan where object_ref = ${objectRefSql} and sender = ${memberRefSql} and state = 1`)
      .get(item.id, item.origin, item.from) !== undefined
  );
}

/** The member whose object of this content it is, as it came here: of several, who told of it first. */
export function originOf(db: Connection, id: StixId, digest: string): MemberId | undefined {
  const origin = db
    .prepare<{ origin: string }>(
      `select m.member as origin from peer_object o join peer_member m on m.ref = o.origin
       join peer_known k on k.object_ref = o.ref left join peer_loan l on l.object_ref = o.ref
       where o.id = ? and k.statement ->> 'digest' = ? group by o.ref order by min(l.received_us) limit 1`,
    )
    .get(id, digest)?.origin;
  return isMemberId(origin) ? origin : undefined;
}

/** The lease an item gives, under what is lent here at most, µs. */
export function leaseUsOf(item: LentItem, longestUs: number): number {
  return Math.min(recogniseTimestampUs(item.terms.leaseUntil) ?? 0, longestUs);
}

function kept(text: string): unknown {
  return parseJson(text, charsMax, 'what was kept of a member');
}
