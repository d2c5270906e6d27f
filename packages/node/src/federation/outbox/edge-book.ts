import type { MemberId, StixId } from '@comity/protocol/base';
import { recogniseTimestampUs } from '@comity/protocol/base';
import type { Item, ReceiptEffect, ReceiptLine, ReceiptReason } from '@comity/protocol/peer';
import type { Connection } from '../../store/index.ts';
import type { Delivery } from '../federation.ts';
import { findObjectRef, objectRefSql } from '../refs.ts';
import type { Refs } from '../refs.ts';
import { subjectOf } from '../subject-of.ts';

/** What stands with a member of an object. */
export const edgeStates = { lent: 1, ended: 2, recalled: 3 } as const;

export interface Edge {
  readonly id: StixId;
  readonly origin: MemberId;
  readonly version: number;
  readonly state: number;
  readonly print: string;
}

/** What a member has of an object. */
export function findEdge(db: Connection, outboxRef: number, id: StixId, origin: MemberId): Edge | undefined {
  const ref = findObjectRef(db, { origin, id });
  if (ref === undefined) return undefined;
  const found = db
    .prepare<{ version: number; state: number; print: string }>(
      'select version, state, print from peer_edge where object_ref = ? and outbox_ref = ?',
    )
    .get(ref, outboxRef);
  return found && { id, origin, ...found };
}

/** Whether an object stands with any member, or once did. */
export function isPassedOn(db: Connection, ref: number): boolean {
  return db.prepare('select 1 from peer_edge where object_ref = ? limit 1').get(ref) !== undefined;
}

/** Whose objects of an id a member has from here. */
export function lentOrigins(db: Connection, outboxRef: number, id: StixId): readonly MemberId[] {
  // Of most that is put out nothing was known before: that is cheap to say.
  if (db.prepare('select 1 from peer_object where id = ?').get(id) === undefined) return [];
  return db
    .prepare<{ origin: MemberId }>(
      `select m.member as origin from peer_edge e join peer_object o on o.ref = e.object_ref join peer_member m on m.ref = o.origin
       where e.object_ref in (select ref from peer_object where id = ?) and e.outbox_ref = ? and e.state = 1`,
    )
    .all(id, outboxRef)
    .map(({ origin }) => origin);
}

/** Edges that are over and have to be told again, since the member lost what it had. */
export function edgesToRepeat(db: Connection, outboxRef: number, limit: number): readonly Edge[] {
  return db
    .prepare<{ id: StixId; origin: MemberId; version: number; state: number; print: string }>(
      `select o.id, m.member as origin, e.version, e.state, e.print from peer_edge e
       join peer_object o on o.ref = e.object_ref join peer_member m on m.ref = o.origin
       where e.outbox_ref = ? and e.print = '' and e.state <> 1 limit ?`,
    )
    .all(outboxRef, limit);
}

/** Has an object that a member has from here looked at again: what is said of it is another. */
export function lookAgain(db: Connection, outboxRef: number, { id, origin }: Pick<Edge, 'id' | 'origin'>): void {
  db.prepare(`update peer_edge set again = 1 where object_ref = ${objectRefSql} and outbox_ref = ? and state = 1`).run(
    id,
    origin,
    outboxRef,
  );
}

/** Objects a member has from here that are to be looked at again. */
export function idsToLookAt(db: Connection, outboxRef: number, limit: number): readonly StixId[] {
  return db
    .prepare<{ id: StixId }>(
      `select distinct id from peer_object where ref in
         (select object_ref from peer_edge where outbox_ref = ? and again = 1 order by object_ref limit ?)`,
    )
    .all(outboxRef, limit)
    .map(({ id }) => id);
}

/** Notes that objects were looked at, in the transaction that puts out what came of it. */
export function noteLookedAt(db: Connection, outboxRef: number, ids: readonly StixId[]): void {
  const done = db.prepare(
    `update peer_edge set again = 0
     where object_ref in (select ref from peer_object where id = ?) and outbox_ref = ? and again = 1`,
  );
  for (const id of ids) done.run(id, outboxRef);
}

/** Notes what an item that was put out changes. */
export function noteEdge(
  db: Connection,
  outboxRef: number,
  item: Item,
  { print, nowUs }: { readonly print: string; readonly nowUs: number },
  refs: Refs,
): void {
  const subject = subjectOf(item);
  if (subject === undefined) return;
  const state =
    item.kind === 'lent' ? edgeStates.lent : item.kind === 'recalled' ? edgeStates.recalled : edgeStates.ended;
  const leaseUs = item.kind === 'lent' ? (recogniseTimestampUs(item.terms.leaseUntil) ?? null) : null;
  db.prepare(
    `insert into peer_edge (object_ref, outbox_ref, version, state, print, sequence, sent_us, lease_until_us)
     values (?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (object_ref, outbox_ref) do update set
       version = case when excluded.version = 0 then version else excluded.version end,
       state = excluded.state, print = excluded.print, sequence = excluded.sequence, sent_us = excluded.sent_us,
       lease_until_us = coalesce(excluded.lease_until_us, lease_until_us), effect = null, reason = null, receipt_us = null`,
  ).run(refs.object(subject), outboxRef, subject.version, state, print, item.sequence, nowUs, leaseUs);
}

/** Refused for a reason that passes: for a clock within minutes, or not at all; a suspension or a quota lasts. Behind the outbox, two instants. */
const refusedForNow = `outbox_ref = ? and effect = 'refused' and print <> ''
  and (reason = 'from-the-future' and receipt_us <= ?
    or reason in ('lease-over', 'suspended', 'older-version', 'bad-signature', 'quota') and receipt_us <= ?)`;
const soonUs = 300_000_000;
const dayUs = 86_400_000_000;

/** Whether a member refused something for a reason that may have passed by now. */
export function isToTellAnew(db: Connection, outboxRef: number, nowUs: number): boolean {
  const found = db.prepare(`select 1 from peer_edge where ${refusedForNow} limit 1`);
  return found.get(outboxRef, nowUs - soonUs, nowUs - dayUs) !== undefined;
}

/** Has what a member refused for such a reason told anew. */
export function tellAnew(db: Connection, outboxRef: number, nowUs: number): void {
  db.prepare(`update peer_edge set print = '', again = (state = 1) where ${refusedForNow}`).run(
    outboxRef,
    nowUs - soonUs,
    nowUs - dayUs,
  );
}

/** Objects, by number, of which a member knows a newer version than it was told, among what {@link tellAnew} tells. */
export function refusedAsOlder(db: Connection, outboxRef: number, nowUs: number): readonly number[] {
  return db
    .prepare<{ ref: number }>(
      `select object_ref as ref from peer_edge where ${refusedForNow} and reason = 'older-version'`,
    )
    .all(outboxRef, nowUs - soonUs, nowUs - dayUs)
    .map(({ ref }) => ref);
}

/** Notes what a member says it did with an item; what was sent since is not touched. */
export function noteReceiptLine(db: Connection, outboxRef: number, line: ReceiptLine, atUs: number): void {
  db.prepare('update peer_edge set effect = ?, reason = ?, receipt_us = ? where outbox_ref = ? and sequence = ?').run(
    line.effect,
    line.reason ?? null,
    atUs,
    outboxRef,
    line.sequence,
  );
}

/** What is read of an edge `e`, its outbox `x` and its object `o` to say what became of the object. */
export const deliveryColumns = `(select member from peer_member where ref = o.origin) as origin,
  x.member, e.state, e.version, e.sent_us, e.lease_until_us, e.effect, e.reason, e.receipt_us`;

/** A row of {@link deliveryColumns}. */
export interface DeliveryRow {
  readonly origin: MemberId;
  readonly member: MemberId;
  readonly state: number;
  readonly version: number;
  readonly sent_us: number;
  readonly lease_until_us: number | null;
  readonly effect: ReceiptEffect | null;
  readonly reason: ReceiptReason | null;
  readonly receipt_us: number | null;
}

/** Every member that has an object, or had it. */
export function deliveriesOf(db: Connection, id: StixId): readonly Delivery[] {
  return db
    .prepare<DeliveryRow>(
      `select ${deliveryColumns} from peer_edge e join peer_outbox x on x.ref = e.outbox_ref
       join peer_object o on o.ref = e.object_ref where o.id = ? order by x.member`,
    )
    .all(id)
    .map(deliveryOf);
}

/** What became of an object at one member. */
export function deliveryOf(row: DeliveryRow): Delivery {
  return {
    origin: row.origin,
    member: row.member,
    state: row.state === edgeStates.lent ? 'lent' : row.state === edgeStates.ended ? 'ended' : 'recalled',
    version: row.version,
    sentUs: row.sent_us,
    leaseUntilUs: row.lease_until_us ?? undefined,
    receipt:
      row.effect === null || row.receipt_us === null
        ? undefined
        : { effect: row.effect, reason: row.reason ?? undefined, atUs: row.receipt_us },
  };
}
