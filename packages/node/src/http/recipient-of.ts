import { ComityError } from '@comity/protocol/base';
import type { Recipient, RecipientBook } from '../sharing/index.ts';
import type { Caller } from './access/index.ts';

/**
 * Who a caller is to sharing: every exit asks this. A token that was given to a recipient is that recipient. Everybody who is
 * signed in, whatever their role, and a token that may read everything anyway, are the owner.
 *
 * @throws {ComityError} `NOT_ALLOWED` for a token that belongs to nobody.
 */
export function recipientOf(caller: Caller, recipients: Pick<RecipientBook, 'findByToken' | 'get'>): Recipient {
  const bound = caller.tokenId === undefined ? undefined : recipients.findByToken(caller.tokenId);
  if (bound !== undefined) return bound;
  if (caller.tokenId === undefined || caller.scopes.includes('read')) return recipients.get('owner');
  throw new ComityError('NOT_ALLOWED', 'Cannot give anything to this token: it belongs to no recipient', {
    details: { hint: 'comity recipient add KEY --token ID says whose it is' },
  });
}
