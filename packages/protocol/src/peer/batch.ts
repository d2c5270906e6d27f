import { z } from 'zod';
import { canonicalJson, utf8Bytes } from '../base/index.ts';
import type { JsonValue, MemberId } from '../base/index.ts';
import { commit, hashText, isOpenedBy, parseEntry } from '../acts/index.ts';
import type { Committed } from '../acts/index.ts';
import { isIncluded, leafHash, parseBase64, printBase64, rootOfHashes } from '../tlog/index.ts';
import type { Sha256 } from '../tlog/index.ts';
import { itemBytes } from './item.ts';
import type { Item } from './item.ts';

/** Items of one batch at most. */
export const batchItemsMax = 256;
const hashesMax = 63;
const base64Text = z.string().max(8192);

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
  /** The entry, in base64. */
  entry: base64Text,
  openings: z.strictObject({ content: hashText, recipients: hashText }),
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

/** Root of the tree whose leaves are the items of a batch. @param items - at least one. */
export function batchRoot(items: readonly Item[], sha256: Sha256): Uint8Array {
  return rootOfHashes(
    items.map((item) => leafHash(itemBytes(item), sha256)),
    sha256,
  );
}

/** What the act of a batch commits to as its content. */
export function batchContent({ first, count, root }: BatchContent): Committed {
  return committed('comity/batch-content/v1', { first, count, root: printBase64(root) });
}

/** What the act of a batch commits to as who sent it to whom. */
export function batchRecipients(from: MemberId, to: MemberId): Committed {
  return committed('comity/batch-recipients/v1', { from, to });
}

/** What the act of a batch commits to as the rules under which it was sent; whoever may audit the sender has it opened. */
export function batchDecision(lawHash: string, rules: readonly string[]): Committed {
  return committed('comity/batch-decision/v1', { lawHash, rules: [...rules] });
}

function committed(schema: string, payload: JsonValue): Committed {
  return { type: 'batch', schema, payload: utf8Bytes(canonicalJson(payload)) };
}

/** Commitments of the act of a batch, in base64 as entries have them. */
export function batchCommitments(
  openings: Readonly<Record<'content' | 'recipients' | 'decision', Uint8Array>>,
  about: Readonly<Record<'content' | 'recipients' | 'decision', Committed>>,
  sha256: Sha256,
): Record<'content' | 'recipients' | 'decision', string> {
  const of = (name: 'content' | 'recipients' | 'decision'): string =>
    printBase64(commit(openings[name], about[name], sha256));
  return { content: of('content'), recipients: of('recipients'), decision: of('decision') };
}

/** What a receiver knows before it looks at a batch. */
export interface BatchContext {
  readonly from: MemberId;
  readonly to: MemberId;
  /** Of the sender's checkpoint, whose signature is verified. */
  readonly size: number;
  readonly root: Uint8Array;
}

/** Why a batch is not taken: none of its items is, and nothing after it. */
export const batchRefusals = ['entry-malformed', 'commitment-wrong', 'not-in-ledger', 'sequence-wrong'] as const;
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
  { from, to, size, root }: BatchContext,
  sha256: Sha256,
): BatchRefusal | undefined {
  const { first, count, index, openings, proof } = batch;
  if (items.length !== count || items.some(({ sequence }, at) => sequence !== first + at)) return 'sequence-wrong';
  if (items.some((item) => item.from !== from || item.to !== to)) return 'commitment-wrong';
  const entry = entryOf(batch);
  if (entry === undefined) return 'entry-malformed';
  const content = batchContent({ first, count, root: batchRoot(items, sha256) });
  const isOpened =
    isOpenedBy(hashOf(entry.content), hashOf(openings.content), content, sha256) &&
    isOpenedBy(hashOf(entry.recipients), hashOf(openings.recipients), batchRecipients(from, to), sha256);
  if (!isOpened) return 'commitment-wrong';
  const claim = { index, leafHash: leafHash(entry.bytes, sha256), size, root, proof: proof.map(hashOf) };
  return isIncluded(claim, sha256) ? undefined : 'not-in-ledger';
}

function entryOf({ entry }: Batch): { bytes: Uint8Array; content: string; recipients: string } | undefined {
  try {
    const bytes = parseBase64(entry, 'entry of a batch');
    const act = parseEntry(bytes);
    return act.form === 'committed' ? { bytes, content: act.content, recipients: act.recipients } : undefined;
  } catch {
    // Whatever is wrong with it, it is no act of an exchange.
    return undefined;
  }
}

function hashOf(text: string): Uint8Array {
  return parseBase64(text, 'hash');
}
