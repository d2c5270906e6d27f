import { createHmac, timingSafeEqual } from 'node:crypto';
import { ComityError, quote } from '@comity/protocol/base';
import type { AccessDeps } from './deps.ts';

/** How many an account may use within the life of one: more than a person needs. Each is remembered until it is over. */
const usedMax = 30;
const nonceBytes = 16;
const timeBytes = 8;

/**
 * Challenges nobody can make but this process, each good once and for one purpose.
 *
 * A challenge carries its end and a seal over both and the purpose, so none is kept while it waits: whoever asks for a million
 * fills no memory and pushes out nobody else's.
 */
export interface Challenges {
  create(purpose: string): string;
  /** Whether it is one of ours for this purpose, not over and not used. */
  isGood(challenge: string, purpose: string): boolean;
  /**
   * Uses it up: false when it was meanwhile. Only for one that was answered rightly, by somebody of `account`.
   *
   * @throws {ComityError} `TOO_MANY_REQUESTS` when the account used {@link usedMax} that are not over: whoever fills memory keeps
   * out nobody but themselves.
   */
  use(challenge: string, account: string): boolean;
}

export function createChallenges(
  lifetimeMs: number,
  { clock, randomBytes }: Pick<AccessDeps, 'clock' | 'randomBytes'>,
): Challenges {
  const key = randomBytes(32);
  const used = new Map<string, { readonly endsAtMs: number; readonly account: string }>();
  const sealOf = (head: Uint8Array, purpose: string): Buffer =>
    createHmac('sha256', key).update(head).update(purpose).digest();
  return {
    create(purpose) {
      const head = Buffer.concat([randomBytes(nonceBytes), Buffer.alloc(timeBytes)]);
      head.writeBigUInt64BE(BigInt(Math.floor(clock()) + lifetimeMs), nonceBytes);
      return Buffer.concat([head, sealOf(head, purpose)]).toString('base64url');
    },
    isGood(challenge, purpose) {
      const bytes = Buffer.from(challenge, 'base64url');
      if (bytes.length !== nonceBytes + timeBytes + 32) return false;
      const head = bytes.subarray(0, nonceBytes + timeBytes);
      if (!timingSafeEqual(bytes.subarray(head.length), sealOf(head, purpose))) return false;
      return Number(head.readBigUInt64BE(nonceBytes)) > clock() && !used.has(bytes.toString('base64url'));
    },
    use(challenge, account) {
      const bytes = Buffer.from(challenge, 'base64url');
      const name = bytes.toString('base64url');
      for (const [other, { endsAtMs }] of used) if (endsAtMs <= clock()) used.delete(other);
      if (used.has(name)) return false;
      const theirs = [...used.values()].filter((one) => one.account === account);
      if (theirs.length >= usedMax) throw tooMany(account, Math.min(...theirs.map((one) => one.endsAtMs)) - clock());
      used.set(name, { endsAtMs: Number(bytes.readBigUInt64BE(nonceBytes)), account });
      return true;
    },
  };
}

function tooMany(account: string, waitMs: number): ComityError {
  const retryAfterSeconds = Math.ceil(waitMs / 1000);
  const message = `Cannot go on as ${quote(account)} yet: ${usedMax} sign-ins or passkeys were taken; try again in ${retryAfterSeconds} s`;
  return new ComityError('TOO_MANY_REQUESTS', message, { details: { retryAfterSeconds } });
}
