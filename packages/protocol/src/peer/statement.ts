import { z } from 'zod';
import { canonicalJson, isStixId, utf8Bytes } from '../base/index.ts';
import type { JsonValue, StixId } from '../base/index.ts';
import { instantText, memberText, termsSchema } from './terms.ts';

export const digestText = z.string().regex(/^[0-9a-f]{64}$/);
/** An Ed25519 signature in base64, in its one form. */
export const signatureText = z.string().regex(/^[A-Za-z0-9+/]{85}[AQgw]==$/);
const stixId = z.custom<StixId>(isStixId);

/** Why an origin takes an object back. */
export const recallReasons = ['false-positive', 'mistake', 'order', 'superseded', 'contract'] as const;
/** One of {@link recallReasons}. */
export type RecallReason = (typeof recallReasons)[number];

const about = {
  v: z.literal(1),
  origin: memberText,
  id: stixId,
  /** 1 for the first, one more for each change of content and for a recall: the highest holds. */
  version: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
  /** Of two statements of one version the later holds: it changes the terms, never the content. */
  statedAt: instantText,
};

/**
 * What an origin says of one object of its own, in one version: this is it, under these terms; or: it is recalled. The origin alone
 * can say it, and whoever has it can show that the origin did, however many hands it came through.
 */
export const statementSchema = z.discriminatedUnion('state', [
  z.strictObject({
    ...about,
    state: z.literal('active'),
    /** SHA-256 of the object's STIX text, byte for byte. */
    digest: digestText,
    terms: termsSchema,
  }),
  z.strictObject({ ...about, state: z.literal('recalled'), reason: z.enum(recallReasons) }),
]);

/** One of an origin's statements. */
export type Statement = z.infer<typeof statementSchema>;
/** A statement by which an object is lent. */
export type ActiveStatement = Extract<Statement, { state: 'active' }>;

/** The bytes an origin signs: no other message of ours begins so. */
export function statementBytes(statement: Statement): Uint8Array {
  return utf8Bytes(`comity-statement/v1\n${canonicalJson(statement as JsonValue)}`);
}

/**
 * Whether two statements cannot both be honest: one version with two contents. With their signatures they are evidence for everybody.
 */
export function isContradiction(one: Statement, other: Statement): boolean {
  if (one.origin !== other.origin || one.id !== other.id || one.version !== other.version) return false;
  if (one.state !== other.state) return true;
  return one.state === 'active' && other.state === 'active' && one.digest !== other.digest;
}

/** Whether a statement is to take the place of one that is known of the same object. */
export function isNewer(statement: Statement, known: Statement): boolean {
  if (statement.version !== known.version) return statement.version > known.version;
  return statement.statedAt > known.statedAt;
}
