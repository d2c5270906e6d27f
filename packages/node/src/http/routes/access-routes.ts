import { ComityError } from '@comity/protocol/base';
import { scopes as allScopes } from '@comity/protocol/api';
import { assertMayGive, makeOperator, operatorAccount, parseCertificate, redeemLink } from '../access/index.ts';
import type { Access, SignInCode, SignInFailures } from '../access/index.ts';
import type { Handlers } from '../handler.ts';
import type { SessionCookie } from '../session-cookie.ts';
import { callerView, tokenView } from '../views/access-view.ts';
import { instantOfMs } from '../views/instants.ts';

export interface AccessRoutesDeps {
  readonly access: Pick<Access, 'sessions' | 'tokens' | 'certificates'>;
  readonly code: SignInCode;
  readonly fail: SignInFailures;
  readonly cookie: () => SessionCookie;
  /** The sign-in link people open for a code. */
  readonly signInUrl: (code: string) => string;
}

type AccessRoutes = Pick<
  Handlers,
  | 'signIn'
  | 'session'
  | 'signOut'
  | 'createSignIn'
  | 'listTokens'
  | 'createToken'
  | 'bindCertificate'
  | 'unbindCertificate'
  | 'deleteToken'
>;

const linkRefused = (): ComityError =>
  new ComityError('NOT_SIGNED_IN', 'Cannot sign in: the link was used or is over; comity sign-in makes a new one');

const dayMs = 86_400_000;

export function accessRoutes(deps: AccessRoutesDeps): AccessRoutes {
  const { access, code, fail, cookie } = deps;
  return {
    async signIn({ body, address, browser, setHeader }) {
      const isStart = code.redeem(body.code);
      const opened = await access.sessions.open(
        (db, nowUs) => {
          if (!isStart) return redeemLink(db, body.code, nowUs);
          makeOperator(db, nowUs);
          return operatorAccount;
        },
        { way: 'link', address, agent: browser.agent, before: browser.session },
      );
      if (opened === undefined || 'error' in opened)
        return await fail({ address, account: '', way: 'link', error: linkRefused(), ...opened });
      setHeader('set-cookie', cookie().set(opened.secret));
      return callerView(opened.caller);
    },
    session: ({ caller }) => callerView(caller),
    async signOut({ caller, actor, setHeader }) {
      if (caller.sessionId !== undefined) await access.sessions.signOut(caller.sessionId, actor);
      setHeader('set-cookie', cookie().clear());
    },
    createSignIn({ caller }) {
      // It signs in the first administrator, who may do everything.
      assertMayGive(caller, allScopes);
      const { code: secret, expiresAtMs } = code.renew();
      return { url: deps.signInUrl(secret), expiresAt: instantOfMs(expiresAtMs) };
    },
    listTokens() {
      const bound = Map.groupBy(access.certificates.list(), ({ tokenId }) => tokenId);
      return { rows: access.tokens.list().map((token) => tokenView(token, bound.get(token.id) ?? [])) };
    },
    async createToken({ body: { name, scopes, expiresInDays }, caller, actor }) {
      assertMayGive(caller, scopes);
      const lifetimeMs = expiresInDays === undefined ? undefined : expiresInDays * dayMs;
      const { boundBy } = caller;
      const { token, secret } = await access.tokens.create({ name, scopes, boundBy, lifetimeMs }, actor);
      return { ...tokenView(token, []), secret };
    },
    async bindCertificate({ params: { id }, body, caller, actor }) {
      const certificate = parseCertificate(body.certificate);
      await access.certificates.bind({ tokenId: id, certificate, isSecretEnough: body.isSecretEnough }, caller, actor);
      return tokenView(access.tokens.get(id), access.certificates.list(id));
    },
    unbindCertificate: ({ params, actor }) => access.certificates.unbind(params.id, params.sha256, actor),
    deleteToken: ({ params, actor }) => access.tokens.delete(params.id, actor),
  };
}
