import { ComityError, quote } from '@comity/protocol/base';
import { stixMediaType } from '@comity/protocol/taxii';
import type { TaxiiCollection } from '@comity/protocol/taxii';
import type { Recipient, RecipientBook } from '../../sharing/index.ts';
import { isFor } from '../../taxii/index.ts';
import type { Collection } from '../../taxii/index.ts';
import type { Caller } from '../access/index.ts';
import { recipientOf } from '../recipient-of.ts';

/** Who asks: to sharing, and to the server. */
export interface TaxiiCaller {
  readonly recipient: Recipient;
  /** Whether it may get what may be given to the recipient. */
  readonly mayRead: boolean;
  /** Whether it may send objects to collections that take some. */
  readonly maySend: boolean;
  /** Whether it asked, and is answered, over an encrypted way. */
  readonly encrypted: boolean;
  /** Stands for who sent something, for ever. */
  readonly key: string;
  readonly name: string;
}

/** @throws {ComityError} `NOT_ALLOWED` for a token that belongs to nobody, or has neither right. */
export function taxiiCallerOf(
  caller: Caller,
  encrypted: boolean,
  recipients: Pick<RecipientBook, 'findByToken' | 'get'>,
): TaxiiCaller {
  const recipient = recipientOf(caller, recipients);
  const mayRead = mayGet(caller);
  const maySend = caller.scopes.includes('write') || caller.scopes.includes('contribute');
  if (!mayRead && !maySend) throw new ComityError('NOT_ALLOWED', 'Cannot answer: this needs the right "share"');
  return {
    recipient,
    mayRead,
    maySend,
    encrypted,
    key: caller.tokenId ?? 'operator',
    name: recipient.kind === 'owner' ? caller.name : recipient.name,
  };
}

/** Whether somebody may get what may be given to whom they belong to. */
export function mayGet({ scopes }: Pick<Caller, 'scopes'>): boolean {
  return scopes.includes('share') || scopes.includes('read');
}

/** @throws {ComityError} `NOT_ALLOWED`. */
export function assertMayRead({ mayRead }: TaxiiCaller): void {
  if (!mayRead) throw new ComityError('NOT_ALLOWED', 'Cannot give this: it needs the right "share"');
}

/** A collection as somebody sees it who may see it. */
export function collectionView(collection: Collection, { mayRead, maySend }: TaxiiCaller): TaxiiCollection {
  const { id, title, description, alias, takesObjects } = collection;
  return {
    id,
    title,
    ...(description !== '' && { description }),
    ...(alias !== undefined && { alias }),
    can_read: mayRead,
    can_write: takesObjects && maySend,
    media_types: [stixMediaType],
  };
}

/** @throws {ComityError} `NOT_FOUND` also for what is there for others: its name would tell. */
export function getCollection(found: Collection | undefined, name: string, { recipient }: TaxiiCaller): Collection {
  if (found !== undefined && isFor(found, recipient)) return found;
  throw new ComityError('NOT_FOUND', `Cannot find the collection ${quote(name)}`);
}
