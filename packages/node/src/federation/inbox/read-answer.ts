import { ComityError, quote } from '@comity/protocol/base';
import type { MemberId } from '@comity/protocol/base';
import { createOutboxReader, refuseBatch } from '@comity/protocol/peer';
import type { Batch, ReceivedItem } from '@comity/protocol/peer';
import type { Sha256 } from '@comity/protocol/tlog';
import type { OtherLedgers } from '../federation.ts';

/** A batch that is proven to stand in its sender's ledger. */
export interface ProvenBatch {
  readonly batch: Batch;
  readonly items: readonly ReceivedItem[];
  /** Origin of the sender's ledger. */
  readonly ledger: string;
}

/** Where a read of an outbox came to. */
export interface AnswerEnd {
  readonly next: number;
  readonly isAll: boolean;
  readonly seen: readonly string[];
}

/** Items that are taken together: they share waits for the disk, and the event loop waits for them. */
const itemsAtOnce = 512;

/**
 * The proven batches of an answer, in their order, some at a time. The first thing that is wrong ends it: what came before counts.
 *
 * @param lines - hostile.
 * @returns The end; undefined: the answer was cut.
 * @throws {ComityError} `LEDGER_UNPROVEN`, `PEER_MALFORMED`, and what `observe` throws.
 */
export async function* readAnswer(
  ...answer: Parameters<typeof readBatches>
): AsyncGenerator<readonly ProvenBatch[], AnswerEnd | undefined> {
  const batches = readBatches(...answer);
  let run: ProvenBatch[] = [];
  let items = 0;
  for (;;) {
    let step: Awaited<ReturnType<typeof batches.next>>;
    try {
      step = await batches.next();
    } catch (error) {
      if (run.length > 0) yield run;
      throw error;
    }
    if (step.done === true) {
      if (run.length > 0) yield run;
      return step.value;
    }
    // What ends or renews something changes what comes behind it.
    const isLending = step.value.items.every(({ item }) => item.kind === 'lent');
    if (!isLending && run.length > 0) {
      yield run;
      run = [];
      items = 0;
    }
    run.push(step.value);
    items += step.value.items.length;
    if (isLending && items < itemsAtOnce) continue;
    yield run;
    run = [];
    items = 0;
  }
}

async function* readBatches(
  lines: AsyncIterable<string> | Iterable<string>,
  { self, sender, after }: { readonly self: MemberId; readonly sender: MemberId; readonly after: number },
  { ledgers, sha256 }: { readonly ledgers: Pick<OtherLedgers, 'observe'>; readonly sha256: Sha256 },
): AsyncGenerator<ProvenBatch, AnswerEnd | undefined> {
  const reader = createOutboxReader({ from: sender, to: self, after });
  let tree: { readonly size: number; readonly root: Uint8Array; readonly origin: string } | undefined;
  let last = after;
  for await (const line of lines) {
    const part = reader.read(line);
    if (part === undefined) continue;
    if (part.kind === 'end') return part;
    if (part.kind === 'head') {
      tree = await ledgers.observe(sender, part.checkpoint);
      continue;
    }
    const { batch, items } = part;
    const context = { from: sender, to: self, after: last, ...tree! };
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
    last = batch.first + batch.count - 1;
    yield { batch, items, ledger: tree!.origin };
  }
  return undefined;
}
