import { assert, hexOf, recogniseTimestampUs, utf8Bytes } from '../base/index.ts';
import type { MemberId } from '../base/index.ts';
import { parseBase64 } from '../tlog/index.ts';
import type { Sha256, TlogCrypto } from '../tlog/index.ts';
import type { Item, LentItem, PassedItem } from './item.ts';
import { isContradiction, isNewer, statementBytes } from './statement.ts';
import type { Statement } from './statement.ts';
import { isAddressedTo, isWithin } from './terms.ts';

/** How far a sender's clock may be ahead, µs. */
export const clockSkewUs = 300_000_000;

/** A statement with its origin's signature: what is kept, passed on and shown as evidence. */
export interface SignedStatement {
  readonly statement: Statement;
  /** Base64. */
  readonly signature: string;
}

/** Why an item is not used. Codes are part of the protocol: receipts carry them. */
export const itemRefusals = [
  'not-for-us',
  'unknown-origin',
  'bad-signature',
  'object-missing',
  'digest-mismatch',
  'path-wrong',
  'widened',
  'out-of-audience',
  'lease-over',
  'from-the-future',
  'older-version',
  'contradiction',
  'suspended',
] as const;
/** One of {@link itemRefusals}. */
export type ItemRefusal = (typeof itemRefusals)[number];

/** What a receiver knows when it judges an item. */
export interface ItemContext {
  readonly me: MemberId;
  /** Whose outbox it came from. */
  readonly sender: MemberId;
  readonly nowUs: number;
  /** Keys a member signs statements with, raw Ed25519; undefined: nobody here knows that member. */
  readonly messageKeysOf: (member: MemberId) => readonly Uint8Array[] | undefined;
  readonly isSuspended: (member: MemberId) => boolean;
  /** What is known of the same object of the same origin. */
  readonly known: SignedStatement | undefined;
}

/** What is to be done with an item. */
export type ItemJudgement =
  | { readonly kind: 'take' }
  /** Nothing new: it came before. */
  | { readonly kind: 'again' }
  | { readonly kind: 'refuse'; readonly reason: ItemRefusal }
  /** The origin said two things that cannot both be honest: the two statements show it to everybody. */
  | { readonly kind: 'evidence'; readonly statements: readonly [SignedStatement, SignedStatement] };

/**
 * Judges an item whose batch is proven: who signed what it passes on, whether it may come here, under which terms, and whether
 * it is news. What it costs before the signature is verified is little.
 *
 * @param object - The object's text, when one came.
 */
export function judgeItem(
  item: Item,
  object: string | undefined,
  context: ItemContext,
  crypto: TlogCrypto,
): ItemJudgement {
  if (item.from !== context.sender || item.to !== context.me) return refuse('not-for-us');
  if (context.isSuspended(item.from)) return refuse('suspended');
  if (item.kind === 'ended') return { kind: 'take' };
  if (item.kind === 'renewed') {
    return usOf(item.until) <= context.nowUs ? refuse('lease-over') : { kind: 'take' };
  }
  const reason =
    refusalOf(item, object, context) ?? signatureRefusal(item, context, crypto) ?? digestRefusal(item, object, crypto);
  return reason === undefined ? newsOf(item, context) : refuse(reason);
}

function refusalOf(item: PassedItem, object: string | undefined, context: ItemContext): ItemRefusal | undefined {
  const { statement, path } = item;
  if (path[0] !== statement.origin || path.at(-1) !== item.from || new Set(path).size !== path.length)
    return 'path-wrong';
  if (path.includes(context.me)) return 'path-wrong';
  if (context.isSuspended(statement.origin)) return 'suspended';
  if (usOf(statement.statedAt) > context.nowUs + clockSkewUs) return 'from-the-future';
  return item.kind === 'lent' ? refusalOfLoan(item, object, context) : undefined;
}

function refusalOfLoan(
  item: LentItem,
  object: string | undefined,
  { me, nowUs }: ItemContext,
): ItemRefusal | undefined {
  const { statement, path, terms } = item;
  if (statement.state !== 'active') return 'widened';
  if (!isWithin(terms, statement.terms, path.length - 1)) return 'widened';
  if (!isAddressedTo(terms, me)) return 'out-of-audience';
  if (usOf(terms.leaseUntil) <= nowUs) return 'lease-over';
  return object === undefined ? 'object-missing' : undefined;
}

function signatureRefusal(
  item: PassedItem,
  { messageKeysOf }: ItemContext,
  crypto: TlogCrypto,
): ItemRefusal | undefined {
  const keys = messageKeysOf(item.statement.origin);
  if (keys === undefined) return 'unknown-origin';
  return isSignedBy(item, keys, crypto) ? undefined : 'bad-signature';
}

/** Whether one of some keys signed a statement. */
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

function digestRefusal(
  { statement }: PassedItem,
  object: string | undefined,
  { sha256 }: TlogCrypto,
): ItemRefusal | undefined {
  if (statement.state === 'recalled' || object === undefined) return undefined;
  return digestOfObject(object, sha256) === statement.digest ? undefined : 'digest-mismatch';
}

/** What a statement names an object by: SHA-256 of the UTF-8 bytes of its text, in hexadecimal. */
export function digestOfObject(text: string, sha256: Sha256): string {
  return hexOf(sha256(utf8Bytes(text)));
}

function newsOf(item: PassedItem, { known }: ItemContext): ItemJudgement {
  const { statement, signature } = item;
  if (known === undefined) return { kind: 'take' };
  if (isContradiction(statement, known.statement)) {
    return { kind: 'evidence', statements: [known, { statement, signature }] };
  }
  if (isNewer(statement, known.statement)) return { kind: 'take' };
  return statement.version < known.statement.version ? refuse('older-version') : { kind: 'again' };
}

function refuse(reason: ItemRefusal): ItemJudgement {
  return { kind: 'refuse', reason };
}

/** The schema has seen that it is an instant. */
function usOf(instant: string): number {
  const us = recogniseTimestampUs(instant);
  assert(us !== undefined, 'instants of items are instants');
  return us;
}
