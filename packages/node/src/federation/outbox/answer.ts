import { base64Of } from '@comity/protocol/base';
import type { MemberId } from '@comity/protocol/base';
import { printOutboxLine } from '@comity/protocol/peer';
import type { Connection } from '../../store/index.ts';
import type { OtherLedgers, OwnLedger } from '../federation.ts';
import { findOutbox } from './outbox-book.ts';
import type { OutboxRow } from './outbox-book.ts';

/**
 * An answer is signed as a whole, so it has an end: what does not fit comes with the next request. Both sides have it in memory several
 * times over, as text, bytes and packed, and the receiver two answers at once.
 */
const answerCharsMax = 1024 * 1024;
const batchesMax = 256;

interface BatchRow {
  readonly first: number;
  readonly count: number;
  readonly act: number;
  readonly entry: Uint8Array;
  readonly openings: string;
}

/**
 * What a member that asks for its outbox is answered, line by line: what the ledger has a place for by now, oldest first.
 *
 * @param self - this member.
 */
export async function* answerOutbox(
  db: Connection,
  { self, member, after }: { readonly self: MemberId; readonly member: MemberId; readonly after: number },
  { ledger, ledgers }: { readonly ledger: OwnLedger; readonly ledgers: Pick<OtherLedgers, 'seen'> },
): AsyncGenerator<string, void> {
  const head = await ledger.head();
  if (head === undefined) return;
  const outbox = findOutbox(db, member);
  yield printOutboxLine({ kind: 'head', v: 1, from: self, to: member, after, checkpoint: head.note });
  // What was acknowledged is gone: to whoever lost it, it was put out anew behind this.
  let next = Math.max(after, outbox?.acknowledged ?? 0);
  let chars = 0;
  let isAll = true;
  const batches =
    outbox === undefined
      ? []
      : db
          .prepare<BatchRow>(
            `select first, count, act, entry, openings from peer_batch
             where outbox_ref = ? and first + count - 1 > ? order by first limit ?`,
          )
          .all(outbox.ref, next, batchesMax + 1);
  for (const [at, batch] of batches.entries()) {
    const index = ledger.indexOf(batch.act);
    if (at === batchesMax || chars > answerCharsMax || index === undefined || index >= head.size) {
      isAll = false;
      break;
    }
    for await (const line of linesOf(db, outbox!.ref, batch, { index, size: head.size }, ledger)) {
      chars += line.length;
      yield line;
    }
    next = batch.first + batch.count - 1;
  }
  const isNothing = batches.length === 0 || next === Math.max(after, outbox?.acknowledged ?? 0);
  yield printOutboxLine({
    kind: 'end',
    next: isNothing ? after : next,
    isAll,
    seen: [...ledgers.seen()].slice(0, 64),
  });
}

/** Sequence of the last item that {@link answerOutbox} would give, of those that were not acknowledged; else of the last that was. */
export function lastShown(
  db: Connection,
  { ref, acknowledged }: OutboxRow,
  ledger: Pick<OwnLedger, 'size' | 'indexOf'>,
): number {
  const size = ledger.size();
  const batches = db
    .prepare<{ first: number; count: number; act: number }>(
      'select first, count, act from peer_batch where outbox_ref = ? and first > ? order by first desc limit 64',
    )
    .all(ref, acknowledged);
  const shown = batches.find(({ act }) => (ledger.indexOf(act) ?? size) < size);
  return shown === undefined ? acknowledged : shown.first + shown.count - 1;
}

async function* linesOf(
  db: Connection,
  outboxRef: number,
  { first, count, entry, openings }: BatchRow,
  { index, size }: { readonly index: number; readonly size: number },
  ledger: Pick<OwnLedger, 'inclusion'>,
): AsyncGenerator<string, void> {
  const { content, recipients } = JSON.parse(openings) as { content: string; recipients: string };
  yield printOutboxLine({
    kind: 'batch',
    first,
    count,
    index,
    entry: base64Of(entry),
    openings: { content, recipients },
    proof: [...(await ledger.inclusion(index, size))],
  });
  const items = db
    .prepare<{ item: string; text: string | null }>(
      `select i.item, t.text from peer_item i left join peer_text t on t.object_ref = i.object_ref and t.digest = i.digest
       where i.outbox_ref = ? and i.sequence between ? and ? order by i.sequence`,
    )
    .all(outboxRef, first, first + count - 1);
  // What was written as canonical JSON goes out as it lies there.
  for (const { item, text } of items) {
    yield `{"kind":"item","item":${item}${text === null ? '' : `,"object":${JSON.stringify(text)}`}}\n`;
  }
}
