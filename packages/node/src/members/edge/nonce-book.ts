import { ComityError } from '@comity/protocol/base';
import type { Connection } from '../../store/index.ts';

/** Nonces of one key that are kept at once: a hundred a second for as long as a signature lives. */
const noncesMax = 30_000;

/**
 * Uses a nonce, in a transaction: once.
 *
 * @returns false when it was used before.
 * @throws {ComityError} `TOO_MANY_REQUESTS` when it could not be remembered.
 */
export function useNonce(
  db: Connection,
  nonce: { readonly keyName: string; readonly nonce: string; readonly untilSeconds: number },
  nowSeconds: number,
): boolean {
  db.prepare('delete from members_nonce where until_seconds < ?').run(nowSeconds);
  const { count } = db
    .prepare<{ count: number }>('select count(*) as count from members_nonce where key_name = ?')
    .get(nonce.keyName) ?? { count: 0 };
  if (count >= noncesMax)
    throw new ComityError('TOO_MANY_REQUESTS', 'Cannot answer yet: this member sent too much', {
      details: { retryAfterSeconds: 60 },
    });
  return (
    db
      .prepare('insert into members_nonce values (?, ?, ?) on conflict do nothing')
      .run(nonce.keyName, nonce.nonce, nonce.untilSeconds).changes === 1
  );
}
