import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '@comity/protocol/base';
import { hashSecret, newSecret } from './secret.ts';
import type { RandomBytes } from './secret.ts';

const codeLifetimeMs = 15 * 60_000;

/** The one sign-in code that is valid; kept in memory only, so a restart makes a new one. */
export interface SignInCode {
  /** A new code; the one before it stops working. */
  renew(): { readonly code: string; readonly expiresAtMs: number };
  /** Whether `code` is the valid one; if so it is used up. */
  redeem(code: string): boolean;
}

export function createSignInCode(deps: { readonly clock: Clock; readonly randomBytes: RandomBytes }): SignInCode {
  let valid: { hash: Buffer; expiresAtMs: number } | undefined;
  return {
    renew() {
      const code = newSecret('', deps.randomBytes);
      const expiresAtMs = deps.clock() + codeLifetimeMs;
      valid = { hash: hashSecret(code), expiresAtMs };
      return { code, expiresAtMs };
    },
    redeem(code) {
      if (valid === undefined || deps.clock() >= valid.expiresAtMs) return false;
      if (!timingSafeEqual(hashSecret(code), valid.hash)) return false;
      valid = undefined;
      return true;
    },
  };
}
