import type { MemberId, StixId } from '@comity/protocol/base';
import { parseEntry } from '@comity/protocol/acts';
import type { SentItem, SignedReceipt } from '@comity/protocol/peer';
import type { Connection } from '../../store/index.ts';
import type { KeptReceipt, OwnLedger } from '../federation.ts';
import { noteReceiptLine } from './edge-book.ts';

/** A batch that was sent and whose receipt has not come, by any of its sequences: what a receipt for it has to fit. */
export function sentBatch(
  db: Connection,
  outboxRef: number,
  sequence: number,
  ledger: Pick<OwnLedger, 'origin' | 'indexOf'>,
):
  | {
      readonly first: number;
      readonly act: number;
      readonly content: string;
      readonly origin: string;
      readonly index: number;
      readonly items: readonly SentItem[];
      /** The hour its act was made in, or what came before: no receipt for it is older. */
      readonly sinceUs: number;
    }
  | undefined {
  const row = db
    .prepare<{ first: number; act: number; entry: Uint8Array; sent: string }>(
      `select first, act, entry, sent from peer_batch where outbox_ref = ? and first <= ? and first + count > ?
       order by first desc limit 1`,
    )
    .get(outboxRef, sequence, sequence);
  const index = row === undefined ? undefined : ledger.indexOf(row.act);
  if (row === undefined || index === undefined) return undefined;
  const act = parseEntry(row.entry);
  const content = act.form === 'committed' ? act.content : '';
  return {
    first: row.first,
    act: row.act,
    content,
    origin: ledger.origin(),
    index,
    items: JSON.parse(row.sent) as SentItem[],
    sinceUs: Date.parse(act.at) * 1000,
  };
}

/** How long a member that has a batch may take to say what it did. */
const answerUs = 86_400_000_000;

/** Whether a member has had a batch for so long without a receipt that the receipt must be lost: a backup was gone back to, here or there. */
export function isUnanswered(db: Connection, outboxRef: number, nowUs: number): boolean {
  const found = db.prepare('select 1 from peer_batch where outbox_ref = ? and taken_us <= ? limit 1');
  return found.get(outboxRef, nowUs - answerUs) !== undefined;
}

/** Has what such batches held told anew, as far as it still stands so; they are not waited for any more. */
export function tellUnanswered(db: Connection, outboxRef: number, nowUs: number): void {
  const batches = db
    .prepare<{ first: number; count: number }>(
      'select first, count from peer_batch where outbox_ref = ? and taken_us <= ?',
    )
    .all(outboxRef, nowUs - answerUs);
  const tell = db.prepare(
    `update peer_edge set print = '', again = (state = 1)
     where outbox_ref = ? and sequence between ? and ? and effect is null`,
  );
  const forget = db.prepare('delete from peer_batch where outbox_ref = ? and first = ?');
  for (const { first, count } of batches) {
    tell.run(outboxRef, first, first + count - 1);
    forget.run(outboxRef, first);
  }
}

/** Keeps what a member says it did, as it signed it. @returns Whether it is the first for the batch: that one is kept. */
export function keepReceipt(
  db: Connection,
  { outboxRef, first, act, count }: Record<'outboxRef' | 'first' | 'act' | 'count', number>,
  signed: SignedReceipt,
  nowUs: number,
): boolean {
  const kept = db
    .prepare('insert or ignore into peer_receipt (outbox_ref, first, act, at_us, text) values (?, ?, ?, ?, ?)')
    .run(outboxRef, first, act, nowUs, JSON.stringify(signed));
  for (const line of signed.receipt.lines) noteReceiptLine(db, outboxRef, line, nowUs);
  // Of one for a part the rest is still to come.
  if (signed.receipt.lines.length === count)
    db.prepare('delete from peer_batch where outbox_ref = ? and first = ?').run(outboxRef, first);
  return kept.changes > 0;
}

/** What members signed for what was last put out to them of an object. */
export function receiptsOf(
  db: Connection,
  id: StixId,
  ledger: Pick<OwnLedger, 'origin' | 'indexOf'>,
): readonly KeptReceipt[] {
  return db
    .prepare<{ member: MemberId; act: number; text: string }>(
      `select o.member, r.act, r.text from peer_edge e join peer_outbox o on o.ref = e.outbox_ref
       join peer_receipt r on r.outbox_ref = e.outbox_ref
         and r.first = (select max(first) from peer_receipt where outbox_ref = e.outbox_ref and first <= e.sequence)
       where e.object_ref in (select ref from peer_object where id = ?) and e.effect is not null order by o.member`,
    )
    .all(id)
    .map(({ member, act, text }) => ({
      member,
      origin: ledger.origin(),
      index: ledger.indexOf(act),
      text,
    }));
}
