import type { MemberId, StixId } from '@comity/protocol/base';
import type { Item, OpenedAct, SentItem } from '@comity/protocol/peer';
import type { Connection } from '../../store/index.ts';
import { findOutbox } from './outbox-book.ts';

interface BatchRow {
  readonly outbox_ref: number;
  readonly first: number;
  readonly count: number;
  readonly act: number;
}

/** Of which object a text is, and which. */
interface TextOf {
  readonly object_ref: number;
  readonly digest: string;
}

/** The member whose receipt for an act of ours is still to come, or that is still to be sent ours; undefined: neither. */
export function isWaiting(db: Connection, act: number, opened: OpenedAct | undefined): MemberId | undefined {
  const batch = findBatch(db, act, opened);
  if (batch !== undefined) {
    return db.prepare<{ member: MemberId }>('select member from peer_outbox where ref = ?').get(batch.outbox_ref)
      ?.member;
  }
  return db.prepare<{ member: MemberId }>('select member from peer_receipt_due where act = ?').get(act)?.member;
}

/**
 * Drops all that is kept of the exchange an act is of: the batch that waits, with its items, and what the member signed for it. What stood in
 * it is put out anew, should the member be spoken with again.
 */
export function forgetExchange(db: Connection, act: number, opened: OpenedAct | undefined): void {
  const batch = findBatch(db, act, opened);
  if (batch !== undefined) dropBatch(db, batch);
  const place = placeOf(db, opened);
  if (place !== undefined)
    db.prepare('delete from peer_receipt where outbox_ref = ? and first = ?').run(place.outboxRef, place.first);
  db.prepare('delete from peer_receipt_due where act = ?').run(act);
}

/**
 * Takes the text of an object out of what waits for members: who asks is given the item without it, refuses that alone, and reads behind it
 * that the object was taken back. Who has it from here, where it is another's, is looked at again.
 *
 * @returns The acts of the batches that wait and speak of the object.
 */
export function withholdTexts(db: Connection, id: StixId): readonly number[] {
  const named = db
    .prepare<BatchRow & { sent: string }>(
      'select outbox_ref, first, count, act, sent from peer_batch where instr(sent, ?) > 0',
    )
    .all(JSON.stringify(id))
    .filter(({ sent }) => (JSON.parse(sent) as SentItem[]).some((item) => item.id === id));
  const items = db.prepare<TextOf & { sequence: number; item: string }>(
    `select sequence, item, object_ref, digest from peer_item
     where outbox_ref = ? and sequence between ? and ? and object_ref is not null`,
  );
  const withhold = db.prepare(
    'update peer_item set object_ref = null, digest = null where outbox_ref = ? and sequence = ?',
  );
  for (const { outbox_ref: ref, first, count } of named) {
    for (const { sequence, item, ...text } of items.all(ref, first, first + count - 1)) {
      const read = JSON.parse(item) as Item;
      if (read.kind !== 'lent' || read.statement.id !== id) continue;
      withhold.run(ref, sequence);
      dropText(db, text);
    }
  }
  db.prepare(
    'update peer_edge set again = 1 where object_ref in (select ref from peer_object where id = ?) and state = 1',
  ).run(id);
  return named.map(({ act }) => act);
}

/** Where a batch of ours stands; undefined: the act is of what came, or was erased. */
function placeOf(
  db: Connection,
  opened: OpenedAct | undefined,
): { readonly outboxRef: number; readonly first: number } | undefined {
  if (opened === undefined || !('root' in opened.payloads.content)) return undefined;
  const outbox = findOutbox(db, opened.payloads.recipients.to);
  return outbox && { outboxRef: outbox.ref, first: opened.payloads.content.first };
}

function findBatch(db: Connection, act: number, opened: OpenedAct | undefined): BatchRow | undefined {
  const place = placeOf(db, opened);
  if (place === undefined) return undefined;
  return db
    .prepare<BatchRow>(
      'select outbox_ref, first, count, act from peer_batch where outbox_ref = ? and first = ? and act = ?',
    )
    .get(place.outboxRef, place.first, act);
}

function dropBatch(db: Connection, { outbox_ref: ref, first, count }: BatchRow): void {
  const last = first + count - 1;
  const texts = db
    .prepare<TextOf>(
      `select distinct object_ref, digest from peer_item
       where outbox_ref = ? and sequence between ? and ? and object_ref is not null`,
    )
    .all(ref, first, last);
  db.prepare('delete from peer_item where outbox_ref = ? and sequence between ? and ?').run(ref, first, last);
  for (const text of texts) dropText(db, text);
  db.prepare(
    "update peer_edge set print = '', again = (state = 1) where outbox_ref = ? and sequence between ? and ?",
  ).run(ref, first, last);
  db.prepare('delete from peer_batch where outbox_ref = ? and first = ?').run(ref, first);
}

/** A text nobody waits for any more. */
function dropText(db: Connection, { object_ref: object, digest }: TextOf): void {
  db.prepare(
    `delete from peer_text where object_ref = ? and digest = ? and not exists
       (select 1 from peer_item i where i.object_ref = peer_text.object_ref and i.digest = peer_text.digest)`,
  ).run(object, digest);
}
