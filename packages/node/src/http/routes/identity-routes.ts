import { ComityError } from '@comity/protocol/base';
import { roles as rightsOf } from '@comity/protocol/api';
import type { IdentityProviderView } from '@comity/protocol/api';
import { assertMayGive } from '../access/index.ts';
import type { Access, IdentityProvider, ProviderBook, SignInFailures } from '../access/index.ts';
import type { Handlers } from '../handler.ts';
import { SignInProblem } from '../identity/index.ts';
import type { ProviderClient, ProviderSignIn } from '../identity/index.ts';
import type { SessionCookie } from '../session-cookie.ts';
import { callerView } from '../views/access-view.ts';
import { optional } from '../views/instants.ts';

export interface IdentityRoutesDeps {
  readonly access: Pick<Access, 'identities'>;
  readonly providers: ProviderBook;
  readonly client: Pick<ProviderClient, 'probe'>;
  readonly signIn: ProviderSignIn;
  readonly fail: SignInFailures;
  readonly cookie: () => SessionCookie;
  /** Of a browser that is on its way to the provider and back. */
  readonly journeyCookie: () => SessionCookie;
}

type IdentityRoutes = Pick<
  Handlers,
  | 'findSignInProvider'
  | 'beginProviderSignIn'
  | 'signInByProvider'
  | 'showIdentityProvider'
  | 'saveIdentityProvider'
  | 'removeIdentityProvider'
>;

export function identityRoutes(deps: IdentityRoutesDeps): IdentityRoutes {
  const { access, providers, client, signIn, fail, cookie, journeyCookie } = deps;
  return {
    findSignInProvider: () => ({ ...optional('name', providers.find()?.name) }),
    async beginProviderSignIn({ browser, setHeader }) {
      const { url, secret } = await signIn.begin(browser.origin);
      setHeader('set-cookie', journeyCookie().set(secret));
      return { url };
    },
    async signInByProvider({ body, address, browser, setHeader }) {
      const failed = { address, way: 'oidc' } as const;
      let proved: Awaited<ReturnType<ProviderSignIn['finish']>>;
      try {
        proved = await signIn.finish(body.query, journeyCookie().find(browser.cookies));
      } catch (error) {
        if (!(error instanceof SignInProblem)) throw error;
        return await fail({ ...failed, account: '', reason: error.reason, error });
      }
      const from = { address, agent: browser.agent, before: browser.session };
      const opened = await access.identities.signIn(proved, from);
      if ('error' in opened) return await fail({ ...failed, ...opened, reason: 'not allowed' });
      setHeader('set-cookie', cookie().set(opened.secret));
      return callerView(opened.caller);
    },
    showIdentityProvider() {
      const provider = providers.find();
      return { redirectUri: signIn.redirectUri(), ...(provider && { provider: providerView(provider) }) };
    },
    async saveIdentityProvider({ body: { clientSecret, ...asked }, caller }) {
      // Nobody makes somebody else, by a claim, of more than they are.
      for (const { role } of asked.roles) assertMayGive(caller, rightsOf[role].rights);
      if (asked.others === 'viewer') assertMayGive(caller, rightsOf.viewer.rights);
      const secret = clientSecret ?? providers.keptSecret(asked);
      if (secret === undefined)
        throw new ComityError('CONFLICT', 'Cannot set up the identity provider: the secret of the client is missing');
      const provider = { ...asked, issuer: await client.probe(asked, secret) };
      await providers.save(provider, secret);
      return provider;
    },
    removeIdentityProvider: () => providers.remove(),
  };
}

function providerView({ changedUs: _changedUs, ...provider }: IdentityProvider): IdentityProviderView {
  return provider;
}
