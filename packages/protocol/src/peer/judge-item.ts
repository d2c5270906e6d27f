import { asOwnError, canonicalJson, hexOf, isJsonObject, limits, parseJson, utf8Bytes } from '../base/index.ts';
import type { MemberId } from '../base/index.ts';
import type { Sha256 } from '../tlog/index.ts';
import type { Item, LentItem, PassedItem } from './item.ts';
import { isContradiction, isNewer } from './statement.ts';
import type { SignedStatement } from './statement.ts';
import { isAddressedTo, isWithin, usOf } from './terms.ts';

/** How far a sender's clock may be ahead, µs. */
export const clockSkewUs = 300_000_000;

/**
 * Why an item is not used, in the order they are looked for. Codes are part of the protocol: receipts carry them. `malformed`: the
 * object is none that is read here, or not the one that is stated.
 */
export const itemRefusals = [
  'not-for-us',
  'suspended',
  'path-wrong',
  'from-the-future',
  'widened',
  'out-of-audience',
  'lease-over',
  'object-missing',
  'unknown-origin',
  'bad-signature',
  'digest-mismatch',
  'malformed',
  'contradiction',
  'older-version',
] as const;
/** One of {@link itemRefusals}. */
export type ItemRefusal = (typeof itemRefusals)[number];

/** What a receiver knows when it judges an item. */
export interface ItemContext {
  readonly me: MemberId;
  /** Whose outbox it came from. */
  readonly sender: MemberId;
  readonly nowUs: number;
  /** Keys a member signs statements with now, raw Ed25519; undefined: nobody here knows that member. */
  readonly messageKeysOf: (member: MemberId) => readonly Uint8Array[] | undefined;
  readonly isSuspended: (member: MemberId) => boolean;
  /** Whether one of some keys signed a statement: `isSignedBy`, or whoever asked that before. */
  readonly isSigned: (signed: SignedStatement, keys: readonly Uint8Array[]) => boolean;
  /** The newest that is known of the same object of the same origin, whoever passed it on. */
  readonly known: SignedStatement | undefined;
  /** How this sender lends it now; undefined: it does not, or ended it, or its time is over. */
  readonly lent: Pick<LentItem, 'terms' | 'isStanding'> | undefined;
}

/** What is to be done with an item. */
export type ItemJudgement =
  | { readonly kind: 'take' }
  /** Nothing new: it came before, from the same sender. */
  | { readonly kind: 'again' }
  | { readonly kind: 'refuse'; readonly reason: ItemRefusal }
  /** The origin said two things that cannot both be honest: the two statements show it to everybody. */
  | { readonly kind: 'evidence'; readonly statements: readonly [SignedStatement, SignedStatement] };

/**
 * Judges an item whose batch is proven: who signed what it passes on, whether it may come here, under which terms, and whether
 * it is news. What it costs before the signature is verified is little.
 *
 * Of its object nothing is read but the id. What the object's own markings ask for holds beside the terms; that is the receiver's floor.
 *
 * @param item - of the right form; hostile in what it says.
 * @param object - The object's text, when one came; hostile.
 */
export function judgeItem(item: Item, object: string | undefined, context: ItemContext, sha256: Sha256): ItemJudgement {
  if (item.from !== context.sender || item.to !== context.me) return refuse('not-for-us');
  if (context.isSuspended(item.from)) return refuse('suspended');
  if (item.kind === 'ended') return { kind: 'take' };
  if (item.kind === 'renewed') {
    return usOf(item.until) <= context.nowUs ? refuse('lease-over') : { kind: 'take' };
  }
  const before = refusalOf(item, object, context);
  if (before !== undefined) return refuse(before);
  const keys = context.messageKeysOf(item.statement.origin);
  if (keys === undefined) return refuse('unknown-origin');
  if (!context.isSigned(item, keys)) return refuse('bad-signature');
  const reason = objectRefusal(item, object, sha256);
  return reason === undefined ? newsOf(item, context, keys) : refuse(reason);
}

function refusalOf(item: PassedItem, object: string | undefined, context: ItemContext): ItemRefusal | undefined {
  const { statement, path } = item;
  const isPath = path[0] === statement.origin && path.at(-1) === item.from && new Set(path).size === path.length;
  if (!isPath || path.includes(context.me)) return 'path-wrong';
  if (context.isSuspended(statement.origin)) return 'suspended';
  if (usOf(statement.statedAt) > context.nowUs + clockSkewUs) return 'from-the-future';
  return item.kind === 'lent' ? refusalOfLoan(item, object, context) : undefined;
}

function refusalOfLoan(
  item: LentItem,
  object: string | undefined,
  { me, nowUs }: ItemContext,
): ItemRefusal | undefined {
  const { statement, path, terms, isStanding } = item;
  const hopsTaken = path.length - 1;
  if (!isWithin(terms, statement.terms, hopsTaken) || (isStanding && hopsTaken > 0)) return 'widened';
  // Whoever passes it on must have been allowed to have it.
  const isReached = path.slice(1).every((relay) => isAddressedTo(statement.terms, relay));
  if (!isReached || !isAddressedTo(terms, me)) return 'out-of-audience';
  if (usOf(terms.leaseUntil) <= nowUs) return 'lease-over';
  return object === undefined ? 'object-missing' : undefined;
}

/** What is wrong with the object; only what is lent has one. */
function objectRefusal(item: PassedItem, object: string | undefined, sha256: Sha256): ItemRefusal | undefined {
  if (item.kind === 'recalled' || object === undefined) return undefined;
  // Half of a character pair has no UTF-8 form: the digest would be that of another text.
  if (!object.isWellFormed() || digestOfObject(object, sha256) !== item.statement.digest) return 'digest-mismatch';
  return idOfObject(object) === item.statement.id ? undefined : 'malformed';
}

/** The id in the text of an object; undefined when it cannot be read. */
function idOfObject(text: string): unknown {
  try {
    const value = parseJson(text, limits.stixObjectCharsMax);
    return isJsonObject(value) ? value['id'] : undefined;
  } catch (error) {
    asOwnError(error);
    return undefined;
  }
}

/** What a statement names an object by: SHA-256 of the UTF-8 bytes of its text, in hexadecimal. */
export function digestOfObject(text: string, sha256: Sha256): string {
  return hexOf(sha256(utf8Bytes(text)));
}

function newsOf(item: PassedItem, { known, lent, isSigned }: ItemContext, keys: readonly Uint8Array[]): ItemJudgement {
  if (known === undefined) return { kind: 'take' };
  const { statement, signature } = item;
  const isAgainst = isContradiction(statement, known.statement);
  if (!isAgainst && isNewer(statement, known.statement)) return { kind: 'take' };
  if (isAgainst || isNewer(known.statement, statement)) {
    // A thief of a key can state the highest version there is: what the origin states with its next key is not held against that.
    if (!isSigned(known, keys)) return { kind: 'take' };
    if (!isAgainst) return refuse('older-version');
    return { kind: 'evidence', statements: [known, { statement, signature }] };
  }
  return item.kind === 'recalled' || isLentAs(item, lent) ? { kind: 'again' } : { kind: 'take' };
}

/** Whether a loan is the one its receiver has. The same object from a second sender, or after it was ended, is another. */
function isLentAs({ terms, isStanding }: LentItem, lent: ItemContext['lent']): boolean {
  return lent?.isStanding === isStanding && canonicalJson(lent.terms) === canonicalJson(terms);
}

function refuse(reason: ItemRefusal): ItemJudgement {
  return { kind: 'refuse', reason };
}
