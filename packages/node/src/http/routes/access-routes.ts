import { ComityError, timestampOfUs } from '@comity/protocol/base';
import type { Clock } from '@comity/protocol/base';
import type { Session } from '@comity/protocol/api';
import { createRateLimit } from '../access/index.ts';
import type { Access, Caller, SignInCode, Token } from '../access/index.ts';
import type { Handlers } from '../handler.ts';
import type { SessionCookie } from '../session-cookie.ts';
import { instantOfMs, optionalInstant } from '../views/instants.ts';

export interface AccessRoutesDeps {
  readonly access: Access;
  readonly code: SignInCode;
  readonly clock: Clock;
  readonly cookie: () => SessionCookie;
  /** The sign-in link people open for a code. */
  readonly signInUrl: (code: string) => string;
}

type AccessRoutes = Pick<
  Handlers,
  'signIn' | 'session' | 'signOut' | 'createSignIn' | 'listTokens' | 'createToken' | 'deleteToken'
>;

/** Tries with a wrong code, a minute: for one address and for all together. */
const triesPerMinute = { address: 10, all: 100 } as const;

export function accessRoutes(deps: AccessRoutesDeps): AccessRoutes {
  const limitAddress = createRateLimit(triesPerMinute.address, deps.clock);
  const limitAll = createRateLimit(triesPerMinute.all, deps.clock);
  return {
    async signIn({ body, address, setHeader }) {
      if (!deps.code.redeem(body.code)) {
        // Only wrong codes count: nobody who guesses keeps out who has the link.
        limitAddress(address);
        limitAll('all');
        throw new ComityError(
          'NOT_SIGNED_IN',
          'Cannot sign in: the link was used or is over; comity sign-in makes a new one',
        );
      }
      const { caller, secret } = await deps.access.openSession('operator');
      setHeader('set-cookie', deps.cookie().set(secret));
      return sessionView(caller);
    },
    session: ({ caller }) => sessionView(caller),
    async signOut({ caller, setHeader }) {
      if (caller.session !== undefined) await deps.access.endSession(caller.session);
      setHeader('set-cookie', deps.cookie().clear());
    },
    createSignIn() {
      const { code, expiresAtMs } = deps.code.renew();
      return { url: deps.signInUrl(code), expiresAt: instantOfMs(expiresAtMs) };
    },
    listTokens: () => ({ rows: deps.access.tokens().map(tokenView) }),
    async createToken({ body }) {
      const { token, secret } = await deps.access.createToken(body.name, body.scopes);
      return { ...tokenView(token), secret };
    },
    deleteToken: ({ params }) => deps.access.deleteToken(params.id),
  };
}

function sessionView(caller: Caller): Session {
  const { name, scopes, expiresAtMs } = caller;
  return { name, scopes: [...scopes], ...(expiresAtMs !== undefined && { expiresAt: instantOfMs(expiresAtMs) }) };
}

function tokenView(token: Token) {
  const { id, name, scopes, createdUs, lastUsedUs } = token;
  return {
    id,
    name,
    scopes: [...scopes],
    createdAt: timestampOfUs(createdUs),
    ...optionalInstant('lastUsedAt', lastUsedUs),
  };
}
