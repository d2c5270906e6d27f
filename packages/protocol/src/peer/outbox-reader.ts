import { ComityError } from '../base/index.ts';
import type { MemberId } from '../base/index.ts';
import type { Batch } from './batch.ts';
import type { Item } from './item.ts';
import { outboxLineCharsMax, parseOutboxLine } from './stream.ts';
import type { OutboxLine } from './stream.ts';

/** Characters of the items of one batch, objects included: a batch is kept until the last of it has come. */
export const batchCharsMax = 2 * outboxLineCharsMax;

/** Whose outbox is read, by whom, and behind which sequence. */
export interface OutboxRequest {
  readonly from: MemberId;
  readonly to: MemberId;
  readonly after: number;
}

/** An item of a batch, with the text of its object when one came. */
export interface ReceivedItem {
  readonly item: Item;
  readonly object: string | undefined;
}

/** What came whole of an outbox. Batches are still to be proven, and their items judged. */
export type OutboxPart =
  | Extract<OutboxLine, { kind: 'head' | 'end' }>
  | { readonly kind: 'batch'; readonly batch: Batch; readonly items: readonly ReceivedItem[] };

/** Reads an outbox, line by line. */
export interface OutboxReader {
  /**
   * Takes the next line.
   *
   * @param text - hostile, without its newline.
   * @returns What is whole with it; undefined: more of a batch is to come.
   * @throws {ComityError} `PEER_MALFORMED`, `INPUT_TOO_LARGE`, `JSON_MALFORMED`; then nothing more may be read.
   */
  readonly read: (text: string) => OutboxPart | undefined;
  /** Whether the end has come. If the answer stops before it, it was cut: what came whole counts. */
  readonly isAtEnd: () => boolean;
}

/** A reader of what a sender answers to one request. Keeps at most one batch, of {@link batchCharsMax} characters. */
export function createOutboxReader({ from, to, after }: OutboxRequest): OutboxReader {
  let stage: 'start' | 'batches' | 'end' = 'start';
  /** A batch that is not whole. */
  let open: { readonly batch: Batch; readonly items: ReceivedItem[]; chars: number } | undefined;
  /** Sequence of the last item of the last whole batch. */
  let last = after;
  let lines = 0;

  const place = (): string => `line ${lines} of the outbox of ${from.slice(0, 16)}`;
  const fault = (what: string): ComityError => new ComityError('PEER_MALFORMED', `Cannot read ${place()}: ${what}`);

  const takeItem = (of: NonNullable<typeof open>, line: OutboxLine, chars: number): OutboxPart | undefined => {
    if (line.kind !== 'item') throw fault('the batch before it is not whole');
    const { batch, items } = of;
    of.chars += chars;
    if (of.chars > batchCharsMax) {
      throw new ComityError(
        'INPUT_TOO_LARGE',
        `Cannot read ${place()}: its batch has more than ${batchCharsMax} characters`,
      );
    }
    if (line.item.sequence !== batch.first + items.length) throw fault('its sequence is not the next of its batch');
    items.push({ item: line.item, object: line.object });
    if (items.length < batch.count) return undefined;
    open = undefined;
    last = line.item.sequence;
    return { kind: 'batch', batch, items };
  };

  const takeOther = (line: OutboxLine): OutboxPart | undefined => {
    const { kind } = line;
    if (stage === 'end') throw fault('it comes after the end');
    if ((stage === 'start') !== (kind === 'head') || kind === 'item')
      throw fault(`a line of kind ${kind} cannot be here`);
    if (kind === 'head') {
      if (line.from !== from || line.to !== to || line.after !== after) throw fault('it is the head of another answer');
      stage = 'batches';
      return line;
    }
    if (kind === 'end') {
      if (line.next !== last) throw fault('it goes on elsewhere than behind the last item');
      stage = 'end';
      return line;
    }
    if (line.first <= last) throw fault('its first sequence came before');
    open = { batch: line, items: [], chars: 0 };
    return undefined;
  };

  return {
    read: (text) => {
      lines += 1;
      const line = parseOutboxLine(text, place());
      return open === undefined ? takeOther(line) : takeItem(open, line, text.length);
    },
    isAtEnd: () => stage === 'end',
  };
}
