import { z } from 'zod';
import { base64Of, canonicalJson, utf8Bytes } from '../base/index.ts';
import type { JsonValue, MemberId } from '../base/index.ts';
import { commit, hashText } from '../acts/index.ts';
import type { Committed } from '../acts/index.ts';
import { isIncluded, leafHash, rootOfHashes } from '../tlog/index.ts';
import type { Sha256 } from '../tlog/index.ts';
import { itemText } from './item.ts';
import type { Item } from './item.ts';
import { hashOf, isActOpenedAs, recogniseAct, shownAct } from './shown-act.ts';

/** Items of one batch at most. */
export const batchItemsMax = 256;
const hashesMax = 63;

/**
 * What stands before the items of a batch: the act in the sender's ledger that commits to them, opened, with the proof that it is there.
 * A batch is sent and taken whole.
 */
export const batchSchema = z.strictObject({
  kind: z.literal('batch'),
  /** Sequence of the first item, and how many follow. */
  first: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
  count: z.number().int().min(1).max(batchItemsMax),
  /** Place of the act in the sender's ledger. */
  index: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  ...shownAct,
  /** From the sibling of the entry up, for the tree of the head. */
  proof: z.array(hashText).max(hashesMax),
});

/** The act under which some items are sent. */
export type Batch = z.infer<typeof batchSchema>;

/** What a batch is about: committed to by its act. */
export interface BatchContent {
  readonly first: number;
  readonly count: number;
  /** Root (RFC 6962 §2.1) of the tree of its items. */
  readonly root: Uint8Array;
}

/** Root of the tree whose leaves are the items of a batch, as whoever wrote them has them. @param items - canonical JSON; at least one. */
export function batchRoot(items: readonly string[], sha256: Sha256): Uint8Array {
  return rootOfHashes(
    items.map((item) => leafHash(utf8Bytes(item), sha256)),
    sha256,
  );
}

/** What the act of a batch commits to as its content. */
export function batchContent({ first, count, root }: BatchContent): Committed {
  return committed('batch', 'comity/batch-content/v1', { first, count, root: base64Of(root) });
}

/** The act of a sender, as its receiver's own ledger speaks of it. */
export interface ReceivedContent {
  /** Commitment to the content of the sender's act, in base64 as its entry has it. */
  readonly content: string;
  /** Of the sender's ledger, and the place of the act in it. */
  readonly origin: string;
  readonly index: number;
}

/** What the act of whoever received a batch commits to as its content: both ledgers speak of the same. */
export function receivedContent({ content, origin, index }: ReceivedContent): Committed {
  return committed('received', 'comity/received-content/v1', { content, origin, index });
}

/** What the acts of a batch, the sender's and the receiver's, commit to as who sent it to whom. */
export function batchRecipients(from: MemberId, to: MemberId): Committed {
  return committed('batch', 'comity/batch-recipients/v1', { from, to });
}

/**
 * What the acts of a batch commit to as the rules under which it was sent, or taken; whoever may audit the member has it opened.
 *
 * @param lawHash - of the law in force, as the member names it.
 * @param rules - ids.
 */
export function batchDecision(lawHash: string, rules: readonly string[]): Committed {
  return committed('batch', 'comity/batch-decision/v1', { lawHash, rules: [...rules] });
}

function committed(type: 'batch' | 'received', schema: string, payload: JsonValue): Committed {
  return { type, schema, payload: utf8Bytes(canonicalJson(payload)) };
}

/** What the act of an exchange commits to, each apart. */
export type CommittedPart = 'content' | 'recipients' | 'decision';

/** Commitments of the act of a batch, in base64 as entries have them. */
export function batchCommitments(
  openings: Readonly<Record<CommittedPart, Uint8Array>>,
  about: Readonly<Record<CommittedPart, Committed>>,
  sha256: Sha256,
): Record<CommittedPart, string> {
  const of = (part: CommittedPart): string => base64Of(commit(openings[part], about[part], sha256));
  return { content: of('content'), recipients: of('recipients'), decision: of('decision') };
}

/** What a receiver knows before it looks at a batch. */
export interface BatchContext {
  readonly from: MemberId;
  readonly to: MemberId;
  /** Sequence of the last item that came before. */
  readonly after: number;
  /** Of the sender's checkpoint, whose signature is verified. */
  readonly size: number;
  readonly root: Uint8Array;
}

/** Why a batch is not taken: none of its items is, and nothing after it. */
export const batchRefusals = ['sequence-wrong', 'entry-malformed', 'commitment-wrong', 'not-in-ledger'] as const;
/** One of {@link batchRefusals}. */
export type BatchRefusal = (typeof batchRefusals)[number];

/**
 * Whether the items of a batch are what the sender's ledger says it sent to this receiver.
 *
 * @param batch - of the right form; hostile in what it says.
 * @param items - all of them.
 * @returns The reason against it; undefined: it is proven.
 */
export function refuseBatch(
  batch: Batch,
  items: readonly Item[],
  { from, to, after, size, root }: BatchContext,
  sha256: Sha256,
): BatchRefusal | undefined {
  const { first, count, index, proof } = batch;
  const isInOrder =
    first > after && items.length === count && items.every(({ sequence }, at) => sequence === first + at);
  if (!isInOrder) return 'sequence-wrong';
  const shown = recogniseAct(batch);
  if (shown === undefined) return 'entry-malformed';
  const content = batchContent({ first, count, root: batchRoot(items.map(itemText), sha256) });
  const isOpened =
    items.every((item) => item.from === from && item.to === to) &&
    isActOpenedAs(shown.act, batch, { content, recipients: batchRecipients(from, to) }, sha256);
  if (!isOpened) return 'commitment-wrong';
  const claim = { index, leafHash: leafHash(shown.bytes, sha256), size, root, proof: proof.map(hashOf) };
  return isIncluded(claim, sha256) ? undefined : 'not-in-ledger';
}
