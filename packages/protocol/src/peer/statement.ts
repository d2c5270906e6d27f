import { z } from 'zod';
import { canonicalJson, isStixId, utf8Bytes } from '../base/index.ts';
import type { MemberId, StixId } from '../base/index.ts';
import { areBytesEqual, parseBase64 } from '../tlog/index.ts';
import type { TlogCrypto } from '../tlog/index.ts';
import { instantText, memberText, termsSchema } from './terms.ts';

const digestText = z.string().regex(/^[0-9a-f]{64}$/);
/** An Ed25519 signature in base64, in its one form. */
export const signatureText = z.string().regex(/^[A-Za-z0-9+/]{85}[AQgw]==$/);
const stixId = z.custom<StixId>(isStixId);

/** Why people take an object back. */
export const recallReasons = ['false-positive', 'mistake', 'order', 'superseded', 'contract'] as const;
/** Why an origin takes an object back. `narrowed`: under its label nobody else may have it any more. */
const statedReasons = [...recallReasons, 'narrowed'] as const;
/** One of them. */
export type RecallReason = (typeof statedReasons)[number];

const about = {
  v: z.literal(1),
  origin: memberText,
  id: stixId,
  /** Of two statements of one version the later holds: it changes the terms, never the content. No two have one instant. */
  statedAt: instantText,
};
const version = z.number().int().min(1);

/** What an origin says of an object it lends: this is it, under these terms. */
export const activeStatementSchema = z.strictObject({
  ...about,
  state: z.literal('active'),
  /** 1 for the first, one more for each change of content and for a recall: the highest holds, and the last of all is left for a recall. */
  version: version.max(Number.MAX_SAFE_INTEGER - 1),
  /** SHA-256 of the object's STIX text, byte for byte. */
  digest: digestText,
  terms: termsSchema,
});

/** What an origin says of an object it takes back. */
export const recalledStatementSchema = z.strictObject({
  ...about,
  state: z.literal('recalled'),
  version: version.max(Number.MAX_SAFE_INTEGER),
  reason: z.enum(statedReasons),
});

/**
 * What an origin says of one object of its own, in one version: this is it, under these terms; or: it is recalled. The origin alone
 * can say it, and whoever has it can show that the origin did, however many hands it came through.
 */
export const statementSchema = z.discriminatedUnion('state', [activeStatementSchema, recalledStatementSchema]);

/** One of an origin's statements. */
export type Statement = z.infer<typeof statementSchema>;
/** A statement by which an object is lent. */
export type ActiveStatement = z.infer<typeof activeStatementSchema>;

/** A statement with its origin's signature, in base64: what is kept, passed on and shown as evidence. */
export const signedStatementSchema = z.strictObject({ statement: statementSchema, signature: signatureText });
/** A statement with its signature. */
export type SignedStatement = Readonly<z.infer<typeof signedStatementSchema>>;

/** The bytes an origin signs: no other message of ours begins so. */
export function statementBytes(statement: Statement): Uint8Array {
  return utf8Bytes(`comity-statement/v1\n${canonicalJson(statement)}`);
}

/** Whether one of some keys, raw Ed25519, signed a statement. */
export function isSignedBy(
  { statement, signature }: SignedStatement,
  keys: readonly Uint8Array[],
  crypto: TlogCrypto,
): boolean {
  const claim = {
    algorithm: 'ed25519',
    message: statementBytes(statement),
    signature: parseBase64(signature, 'signature of a statement'),
  } as const;
  return keys.some((publicKey) => crypto.verify({ ...claim, publicKey }));
}

/**
 * Whether two statements cannot both be honest: one version with two contents, or one instant with two of whatever they say. With
 * their signatures they are evidence for everybody.
 */
export function isContradiction(one: Statement, other: Statement): boolean {
  if (one.origin !== other.origin || one.id !== other.id || one.version !== other.version) return false;
  if (one.state !== other.state) return true;
  if (one.state === 'active' && other.state === 'active' && one.digest !== other.digest) return true;
  return one.statedAt === other.statedAt && !areBytesEqual(statementBytes(one), statementBytes(other));
}

/**
 * Whether evidence somebody gathered shows that an origin said two things that cannot both be honest.
 *
 * @param statements - hostile in what they say; that they have their form is checked before.
 * @param keysOf - keys of a member in one of its descriptors, raw Ed25519; undefined: nobody here knows it, so nothing is shown.
 */
export function isProvenContradiction(
  statements: readonly [SignedStatement, SignedStatement],
  keysOf: (member: MemberId) => readonly Uint8Array[] | undefined,
  crypto: TlogCrypto,
): boolean {
  const [one, other] = statements;
  const keys = keysOf(one.statement.origin);
  return (
    keys !== undefined &&
    isContradiction(one.statement, other.statement) &&
    statements.every((signed) => isSignedBy(signed, keys, crypto))
  );
}

/** Whether a statement is to take the place of one that is known of the same object. */
export function isNewer(statement: Statement, known: Statement): boolean {
  if (statement.version !== known.version) return statement.version > known.version;
  return statement.statedAt > known.statedAt;
}
