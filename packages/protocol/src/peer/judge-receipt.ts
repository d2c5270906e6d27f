import type { MemberId, StixId } from '../base/index.ts';
import type { TlogCrypto } from '../tlog/index.ts';
import { batchRecipients, receivedContent } from './batch.ts';
import type { ReceivedContent } from './batch.ts';
import type { Item } from './item.ts';
import { clockSkewUs } from './judge-item.ts';
import { isReceiptSignedBy } from './receipt.ts';
import type { ReceiptEffect, ReceiptLine, SignedReceipt } from './receipt.ts';
import { isActOpenedAs, recogniseAct } from './shown-act.ts';
import { usOf } from './terms.ts';

/** Why a receipt is not believed, in the order it is looked for. */
export const receiptRefusals = [
  'not-for-us',
  'content-wrong',
  'lines-wrong',
  'from-the-future',
  'bad-signature',
  'entry-malformed',
  'commitment-wrong',
] as const;
/** One of {@link receiptRefusals}. */
export type ReceiptRefusal = (typeof receiptRefusals)[number];

/** What a sender keeps of an item, to know it again in a receipt. */
export interface SentItem {
  readonly sequence: number;
  readonly kind: Item['kind'];
  /** The object; undefined of what is about none. */
  readonly id: StixId | undefined;
  readonly version: number | undefined;
}

/** What a sender knows when it judges a receipt: the batch it is for, and who was to have it. */
export interface ReceiptContext extends ReceivedContent {
  readonly me: MemberId;
  readonly receiver: MemberId;
  /** Keys the receiver signs with, raw Ed25519. */
  readonly keys: readonly Uint8Array[];
  readonly nowUs: number;
  readonly items: readonly SentItem[];
}

/** What a sender keeps of an item. */
export function sentItem(item: Item): SentItem {
  const { sequence, kind } = item;
  if (kind === 'renewed') return { sequence, kind, id: undefined, version: undefined };
  if (kind === 'ended') return { sequence, kind, id: item.id, version: undefined };
  return { sequence, kind, id: item.statement.id, version: item.statement.version };
}

/**
 * Whether a receipt is its receiver's, for this batch, and backed by an act: the entry it shows opens as having received what the
 * sender's entry commits to. That the entry stands in the receiver's ledger is seen there, once it does.
 *
 * @param signed - of the right form; hostile in what it says.
 * @returns The reason against it; undefined: it is the receiver's word.
 */
export function refuseReceipt(
  signed: SignedReceipt,
  context: ReceiptContext,
  crypto: TlogCrypto,
): ReceiptRefusal | undefined {
  const { receipt } = signed;
  const { me, receiver, keys, nowUs, items } = context;
  if (receipt.from !== receiver || receipt.to !== me) return 'not-for-us';
  if (receipt.content !== context.content) return 'content-wrong';
  if (!areLinesOf(receipt.lines, items)) return 'lines-wrong';
  if (usOf(receipt.at) > nowUs + clockSkewUs) return 'from-the-future';
  if (!isReceiptSignedBy(signed, keys, crypto)) return 'bad-signature';
  const shown = recogniseAct(receipt.act);
  if (shown === undefined) return 'entry-malformed';
  const claimed = { content: receivedContent(context), recipients: batchRecipients(me, receiver) };
  return isActOpenedAs(shown.act, receipt.act, claimed, crypto.sha256) ? undefined : 'commitment-wrong';
}

/** What can become of an item of each kind. What its receiver's law keeps after a recall is `stored`. */
const effectsOf = {
  lent: ['stored', 'applied', 'withdrawn', 'refused'],
  recalled: ['stored', 'withdrawn', 'refused'],
  ended: ['stored', 'withdrawn', 'refused'],
  renewed: ['applied', 'refused'],
} as const satisfies Record<Item['kind'], readonly ReceiptEffect[]>;

/** Whether each line is about an item that was sent, in the same order, none twice. */
function areLinesOf(lines: readonly ReceiptLine[], items: readonly SentItem[]): boolean {
  const sent = new Map(items.map((item) => [item.sequence, item]));
  return lines.every(({ sequence, id, version, effect }, at) => {
    const item = sent.get(sequence);
    const isNext = at === 0 || lines[at - 1]!.sequence < sequence;
    const isItem = item !== undefined && item.id === id && item.version === version;
    return isNext && isItem && effectsOf[item.kind].some((possible) => possible === effect);
  });
}
