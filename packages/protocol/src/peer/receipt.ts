import { z } from 'zod';
import { canonicalJson, isStixId, limits, parseJson, utf8Bytes } from '../base/index.ts';
import type { JsonValue, StixId } from '../base/index.ts';
import { hashText } from '../acts/index.ts';
import { parseBase64 } from '../tlog/index.ts';
import type { TlogCrypto } from '../tlog/index.ts';
import { batchItemsMax, batchRefusals } from './batch.ts';
import { itemRefusals } from './judge-item.ts';
import { malformed } from './malformed.ts';
import { shownAct } from './shown-act.ts';
import { signatureText } from './statement.ts';
import { instantText, memberText } from './terms.ts';

/**
 * What became of an item. `stored`: kept, and nothing is looked for. `applied`: records are screened for it. `withdrawn`: out of use.
 * `refused`: nothing was done.
 */
export const receiptEffects = ['stored', 'applied', 'withdrawn', 'refused'] as const;
/** One of {@link receiptEffects}. */
export type ReceiptEffect = (typeof receiptEffects)[number];

/**
 * Why, where the effect does not say it all. `held-back`: known good here, a person has to release it. `not-ours`: never had it.
 * `other-source`: out of use as far as it came from there; others told of it too. `legal-hold`: the receiver's law keeps it. `law`: the
 * receiver's law is against it. `quota`: its sender lends as many objects as the receiver keeps of it.
 */
export const receiptReasons = [
  ...itemRefusals,
  ...batchRefusals,
  'held-back',
  'not-ours',
  'other-source',
  'legal-hold',
  'law',
  'quota',
] as const;
/** One of {@link receiptReasons}. */
export type ReceiptReason = (typeof receiptReasons)[number];

const line = z
  .strictObject({
    sequence: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
    /** The object; absent of what is about none. */
    id: z.custom<StixId>(isStixId).optional(),
    version: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
    effect: z.enum(receiptEffects),
    reason: z.enum(receiptReasons).optional(),
  })
  .refine(({ effect, reason }) =>
    effect === 'refused' ? reason !== undefined : effect !== 'applied' || reason === undefined,
  );

/** What a receiver did with the items of one batch, and what its own ledger says of it. */
const receiptSchema = z.strictObject({
  v: z.literal(1),
  /** Who had the batch, and says so. */
  from: memberText,
  /** Who sent it. */
  to: memberText,
  /** Of two receipts for one item the later holds. */
  at: instantText,
  /** Commitment to the content of the sender's act: both ledgers speak of the same. */
  content: hashText,
  /** The receiver's own act: its entry in base64 and what opens it. */
  act: z.strictObject(shownAct),
  /** In the order of the batch; what is not named is not yet told of. */
  lines: z.array(line).min(1).max(batchItemsMax),
});

/** What a receiver says it did. */
export type Receipt = z.infer<typeof receiptSchema>;
/** What became of one item. */
export type ReceiptLine = Receipt['lines'][number];

/** A receipt its receiver signed: good as evidence to anybody. */
export const signedReceiptSchema = z.strictObject({ receipt: receiptSchema, signature: signatureText });
/** A receipt with its signature. */
export type SignedReceipt = z.infer<typeof signedReceiptSchema>;

/** The bytes a receiver signs: no other message of ours begins so. */
export function receiptBytes(receipt: Receipt): Uint8Array {
  return utf8Bytes(`comity-receipt/v1\n${canonicalJson(receipt as JsonValue)}`);
}

/**
 * Reads a receipt with its signature. What it says is still to be judged: `refuseReceipt`.
 *
 * @param text - hostile; at most `limits.requestBodyBytesMax` characters.
 * @param place - for the message: `line 3 of the receipts of …`.
 * @throws {ComityError} `PEER_MALFORMED`, `INPUT_TOO_LARGE`, `JSON_MALFORMED`.
 */
export function parseReceipt(text: string, place: string): SignedReceipt {
  const read = signedReceiptSchema.safeParse(parseJson(text, limits.requestBodyBytesMax, place));
  if (read.success) return read.data;
  throw malformed(place, read.error);
}

/** Whether one of a member's keys, raw Ed25519, signed a receipt. */
export function isReceiptSignedBy(
  { receipt, signature }: SignedReceipt,
  keys: readonly Uint8Array[],
  crypto: TlogCrypto,
): boolean {
  const claim = {
    algorithm: 'ed25519',
    message: receiptBytes(receipt),
    signature: parseBase64(signature, 'signature of a receipt'),
  } as const;
  return keys.some((publicKey) => crypto.verify({ ...claim, publicKey }));
}
