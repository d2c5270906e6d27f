import { ComityError, quote } from '@comity/protocol/base';
import type { MemberId } from '@comity/protocol/base';
import { refuseBatch } from '@comity/protocol/peer';
import type { Batch, Item, OutboxLine } from '@comity/protocol/peer';
import type { Sha256 } from '@comity/protocol/tlog';
import type { OtherLedgers } from '../federation.ts';

/** An item with the text that came beside it. */
export interface ReceivedItem {
  readonly item: Item;
  readonly object: string | undefined;
}

/** A batch that is proven to stand in its sender's ledger. */
export interface ProvenBatch {
  readonly batch: Batch;
  readonly items: readonly ReceivedItem[];
  /** The sender's ledger. */
  readonly ledger: string;
}

/** Where a read of an outbox came to. */
export interface AnswerEnd {
  readonly next: number;
  readonly isAll: boolean;
  readonly seen: readonly string[];
}

/**
 * The proven batches of an answer, in their order. The first thing that is wrong ends it: what came before counts, and nothing after it
 * can, since sequences have no gaps.
 *
 * @param lines - of the right form; hostile in what they say.
 * @returns The end, when there was one.
 * @throws {ComityError} `LEDGER_UNPROVEN`, `PEER_MALFORMED`, and what `observe` throws.
 */
export async function* readAnswer(
  lines: AsyncIterable<OutboxLine>,
  { self, sender, after }: { readonly self: MemberId; readonly sender: MemberId; readonly after: number },
  { ledgers, sha256 }: { readonly ledgers: Pick<OtherLedgers, 'observe'>; readonly sha256: Sha256 },
): AsyncGenerator<ProvenBatch, AnswerEnd | undefined> {
  let tree: { size: number; root: Uint8Array; origin: string } | undefined;
  let batch: Batch | undefined;
  let items: ReceivedItem[] = [];
  let next = after;
  for await (const line of lines) {
    if (line.kind === 'head') {
      if (tree !== undefined || line.from !== sender || line.to !== self || line.after !== after) {
        throw outOfOrder(sender, 'a head that is not the answer to what was asked');
      }
      tree = await ledgers.observe(sender, line.checkpoint);
      continue;
    }
    if (tree === undefined) throw outOfOrder(sender, 'no head');
    if (line.kind === 'end') {
      if (batch !== undefined) throw outOfOrder(sender, 'an end inside a batch');
      // A sender that let go of what was acknowledged may say that there is nothing up to somewhere; never that there was less.
      return { next: Math.max(next, line.next), isAll: line.isAll, seen: line.seen };
    }
    if (line.kind === 'batch') {
      if (batch !== undefined || line.first > next + 1 || line.first + line.count - 1 <= next) {
        throw outOfOrder(sender, 'a batch out of its order');
      }
      [batch, items] = [line, []];
      continue;
    }
    if (batch === undefined) throw outOfOrder(sender, 'an item outside a batch');
    items.push({ item: line.item, object: line.object });
    if (items.length < batch.count) continue;
    const context = { from: sender, to: self, ...tree };
    const reason = refuseBatch(
      batch,
      items.map(({ item }) => item),
      context,
      sha256,
    );
    if (reason !== undefined) {
      throw new ComityError(
        'LEDGER_UNPROVEN',
        `Cannot take what ${quote(sender)} sent as ${batch.first} to ${batch.first + batch.count - 1}: ${reason}`,
        { details: { reason } },
      );
    }
    next = batch.first + batch.count - 1;
    yield { batch, items, ledger: tree.origin };
    batch = undefined;
  }
  return undefined;
}

function outOfOrder(sender: MemberId, what: string): ComityError {
  return new ComityError('PEER_MALFORMED', `Cannot read the outbox of ${quote(sender)}: ${what}`);
}
