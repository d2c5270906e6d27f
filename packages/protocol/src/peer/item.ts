import { z } from 'zod';
import { canonicalJson, isStixId } from '../base/index.ts';
import type { StixId } from '../base/index.ts';
import { saltText } from '../acts/index.ts';
import { hopsMax } from '../sharing/index.ts';
import { activeStatementSchema, recalledStatementSchema, signatureText } from './statement.ts';
import { instantText, memberText, termsSchema } from './terms.ts';

/** Rules named with an item: why it was given. */
const rulesMax = 16;

const envelope = {
  v: z.literal(1),
  /** Place in the outbox of the sender for this receiver, from 1, without gaps within a batch. */
  sequence: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
  from: memberText,
  to: memberText,
  salt: saltText,
};

/** Id of a rule: nothing in it may hide, or turn the text around, when a person looks at it. */
const ruleText = z.string().regex(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{1,300}$/u);

/** What a statement of an origin is passed on in. */
const passed = {
  /** The origin's, over the statement. */
  signature: signatureText,
  /** Members it went through, the origin first and the sender last; the sender alone when it is the origin. */
  path: z
    .array(memberText)
    .min(1)
    .max(hopsMax + 1),
};

/**
 * One thing a sender tells a receiver. `lent`: an object under terms. `recalled`: its origin took it back. `ended`: this sender lends it to this
 * receiver no longer. `renewed`: all standing loans this sender, as origin, made before and did not end run on until then.
 */
export const itemSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...envelope,
    ...passed,
    kind: z.literal('lent'),
    statement: activeStatementSchema,
    /** As narrow as the statement's, or narrower. */
    terms: termsSchema,
    /** Whether renewals run it on. What its origin lends for a fixed time, and what is passed on, is not standing. */
    isStanding: z.boolean(),
    /** Ids of the rules that permit it, with where they are written. */
    why: z.array(ruleText).max(rulesMax),
  }),
  z.strictObject({ ...envelope, ...passed, kind: z.literal('recalled'), statement: recalledStatementSchema }),
  z.strictObject({
    ...envelope,
    kind: z.literal('ended'),
    origin: memberText,
    id: z.custom<StixId>(isStixId),
    reason: z.enum(['narrowed', 'law', 'origin-suspended']),
  }),
  z.strictObject({ ...envelope, kind: z.literal('renewed'), until: instantText }),
]);

/** One thing a sender tells a receiver. */
export type Item = z.infer<typeof itemSchema>;
/** An item by which an object is lent. */
export type LentItem = Extract<Item, { kind: 'lent' }>;
/** An item that passes on what an origin stated. */
export type PassedItem = Extract<Item, { kind: 'lent' | 'recalled' }>;

/** The text of an item, canonical JSON: its UTF-8 bytes are a leaf of the tree of its batch. */
export function itemText(item: Item): string {
  return canonicalJson(item);
}
