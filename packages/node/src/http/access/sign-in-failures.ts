import type { ComityError } from '@comity/protocol/base';
import type { AccessDeps } from './deps.ts';
import { createRateLimit } from './rate-limit.ts';
import type { SignInWay } from './session-book.ts';

/** Tries that fail, a minute: from one address, for one account, and for all together. */
const triesPerMinute = { address: 10, account: 10, all: 100 } as const;
/** Rows in the audit trail a minute; the next one says how many tries had none. */
const rowsPerMinute = 20;

/** A try to sign in that failed. */
interface FailedTry {
  readonly address: string;
  /** Account it was for, where the try says so; empty: not known. */
  readonly account: string;
  readonly way: SignInWay;
  /** Why, in a word, for who reads the trail. */
  readonly reason?: string;
  /** What to tell; to who proved nothing the same whatever was wrong. */
  readonly error: ComityError;
}

/** Rejects always: with the error that is given, or `TOO_MANY_REQUESTS`. */
export type SignInFailures = (failed: FailedTry) => Promise<never>;

/**
 * What follows a try that failed: it is written down, and whoever goes on is refused for a while.
 *
 * Only failures are counted, and only failures are refused: nobody who guesses, at whatever account, keeps out who has the link
 * or the passkey.
 */
export function createSignInFailures(deps: Pick<AccessDeps, 'store' | 'audit' | 'clock'>): SignInFailures {
  const limits = {
    address: createRateLimit(triesPerMinute.address, deps.clock),
    account: createRateLimit(triesPerMinute.account, deps.clock),
    all: createRateLimit(triesPerMinute.all, deps.clock),
    rows: createRateLimit(rowsPerMinute, deps.clock),
  };
  let leftOut = 0;
  const isWritten = (): boolean => {
    try {
      limits.rows('all');
      return true;
    } catch {
      // Over the limit: the row that is written next tells of it.
      leftOut += 1;
      return false;
    }
  };
  return async ({ address, account, way, reason, error }) => {
    if (isWritten()) {
      const details = { way, ...(reason !== undefined && { reason }), ...(leftOut > 0 && { leftOut }) };
      leftOut = 0;
      const row = { act: 'sign-in.failed', by: '', via: 'sign-in', address, about: account, details } as const;
      await deps.store.write((db) => deps.audit.append(db, row));
    }
    limits.address(address);
    if (account !== '') limits.account(account);
    limits.all('all');
    throw error;
  };
}
