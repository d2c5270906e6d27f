import { parseEntry } from '@comity/protocol/acts';
import type { SentItem, SignedReceipt } from '@comity/protocol/peer';
import type { Connection } from '../../store/index.ts';
import type { OwnLedger } from '../federation.ts';
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
      readonly content: string;
      readonly origin: string;
      readonly index: number;
      readonly items: readonly SentItem[];
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
  return { first: row.first, content, origin: ledger.origin(), index, items: JSON.parse(row.sent) as SentItem[] };
}

/** Keeps what a member says it did, as it signed it. */
export function keepReceipt(
  db: Connection,
  { outboxRef, first, count }: { readonly outboxRef: number; readonly first: number; readonly count: number },
  signed: SignedReceipt,
  nowUs: number,
): void {
  db.prepare('insert or ignore into peer_receipt (outbox_ref, first, at_us, text) values (?, ?, ?, ?)').run(
    outboxRef,
    first,
    nowUs,
    JSON.stringify(signed),
  );
  for (const line of signed.receipt.lines) noteReceiptLine(db, outboxRef, line, nowUs);
  // Of one for a part the rest is still to come.
  if (signed.receipt.lines.length < count) return;
  db.prepare('delete from peer_batch where outbox_ref = ? and first = ?').run(outboxRef, first);
}
