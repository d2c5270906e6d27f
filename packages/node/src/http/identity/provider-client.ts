import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientSecretBasic,
  ClientSecretPost,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
} from 'openid-client';
import type { ClientAuth, Configuration, CustomFetch } from 'openid-client';
import type { Clock } from '@comity/protocol/base';
import type { IdentityProviderView } from '@comity/protocol/api';
import type { Exchange } from '../../connectors/index.ts';
import type { IdentityProvider } from '../access/index.ts';
import type { Claims } from './claims.ts';
import { assertProviderUrl, ProviderProblem, providerProblem } from './provider-problem.ts';

/** What one sign-in is known by, on both sides. */
export interface SignInMarks {
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  /** PKCE (RFC 7636): proves that who redeems the code is who asked for it. */
  readonly verifier: string;
}

/** Speaks OpenID Connect with the identity provider. Every method throws a {@link ProviderProblem} for what the provider does. */
export interface ProviderClient {
  /** Asks a provider who it is. Returns its issuer as it writes it. */
  probe(provider: IdentityProviderView, secret: string): Promise<string>;
  /** Where to send a browser. */
  authorizationUrl(provider: IdentityProvider, marks: SignInMarks): Promise<string>;
  /**
   * Redeems the code the browser came back with: the claims of an ID token that was signed by a key of the provider, for this node
   * and this sign-in, and is not over.
   *
   * @param query - What the browser came back with. Untrusted.
   */
  redeem(provider: IdentityProvider, marks: SignInMarks, query: URLSearchParams): Promise<Claims>;
}

export interface ProviderClientDeps {
  readonly exchange: Exchange;
  readonly secretOf: (provider: IdentityProvider) => string;
  readonly clock: Clock;
}

/** How long what the provider says of itself is believed, and how long it is left alone when it did not answer. */
const believedMs = 10 * 60_000;
const leftAloneMs = 5_000;
const timeoutSeconds = 15;
/** How far the clock of the provider may be from ours, for a token it made just now. */
const clockMsMax = 10 * 60_000;
const subjectCharsMax = 255;

interface Known {
  readonly changedUs: number;
  readonly untilMs: number;
  readonly config: Promise<Configuration>;
}

export function createProviderClient({ exchange, secretOf, clock }: ProviderClientDeps): ProviderClient {
  let known: Known | undefined;
  /** One question for all who wait for the answer; a failure is the answer for a while, so that nobody makes us ask and ask. */
  const configOf = (provider: IdentityProvider): Promise<Configuration> => {
    const { changedUs } = provider;
    if (known?.changedUs === changedUs && clock() < known.untilMs) return known.config;
    const config = discover(provider, secretOf(provider), exchange);
    known = { changedUs, config, untilMs: clock() + believedMs };
    config.catch(() => {
      if (known?.config === config) known = { changedUs, config, untilMs: clock() + leftAloneMs };
    });
    return config;
  };
  return {
    async probe(provider, secret) {
      try {
        return (await discover(provider, secret, exchange)).serverMetadata().issuer;
      } catch (error) {
        throw error instanceof ProviderProblem ? error.inDetail() : error;
      }
    },
    async authorizationUrl(provider, { redirectUri, state, nonce, verifier }) {
      const config = await configOf(provider);
      const url = buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: ['openid', ...provider.scopes.filter((scope) => scope !== 'openid')].join(' '),
        state,
        nonce,
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      return url.href;
    },
    async redeem(provider, { redirectUri, state, nonce, verifier }, query) {
      const config = await configOf(provider);
      const answer = new URL(redirectUri);
      answer.search = query.toString();
      const checks = {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      };
      const tokens = await unlessProblem(provider.name, 'unproved', () =>
        authorizationCodeGrant(config, answer, checks),
      );
      const claims = tokens.claims();
      if (claims === undefined || claims.sub === '' || claims.sub.length > subjectCharsMax)
        throw new ProviderProblem('unproved', provider.name, 'it names nobody');
      // A clock that is far off lets tokens live longer than their provider means them to.
      if (Math.abs(claims.iat * 1000 - clock()) > clockMsMax) throw new ProviderProblem('clock', provider.name);
      return claims;
    },
  };
}

async function discover(provider: IdentityProviderView, secret: string, exchange: Exchange): Promise<Configuration> {
  const { name, issuer, clientId, allowPrivate } = provider;
  const server = assertProviderUrl(name, 'issuer', issuer);
  const config = await unlessProblem(name, 'unfit', () =>
    discovery(server, clientId, {}, authenticationBy(secret), {
      [customFetch]: fetchBy(exchange, name, allowPrivate),
      timeout: timeoutSeconds,
      execute: [enableNonRepudiationChecks, ...(server.protocol === 'http:' ? [allowInsecureRequests] : [])],
    }),
  );
  const metadata = config.serverMetadata();
  // The library lets some providers call themselves otherwise: all their customers would be one issuer.
  if (new URL(metadata.issuer).href !== server.href)
    throw new ProviderProblem('unfit', name, 'it calls itself another issuer');
  for (const endpoint of ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const)
    assertProviderUrl(name, endpoint, metadata[endpoint]);
  return config;
}

/** OpenID Connect Discovery 1.0, §3: `client_secret_basic` where the provider does not say. */
function authenticationBy(secret: string): ClientAuth {
  const [basic, post] = [ClientSecretBasic(secret), ClientSecretPost(secret)];
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported;
    const takesBasic = methods?.includes('client_secret_basic') ?? true;
    return (takesBasic ? basic : post)(server, ...rest);
  };
}

/** The library’s requests through our guard of addresses, within our limits. */
function fetchBy(exchange: Exchange, name: string, allowPrivate: boolean): CustomFetch {
  return async (target, { method, headers, body, signal }) => {
    const url = assertProviderUrl(name, 'address', target);
    const answer = await exchange(url.href, {
      method: method === 'POST' ? 'POST' : 'GET',
      headers,
      // Parameters of a form, or nothing.
      ...(body instanceof URLSearchParams && { body: body.toString() }),
      allowPrivate,
      ...(signal !== undefined && { signal }),
    });
    const isEmpty = [204, 205, 304].includes(answer.status);
    const init = { status: answer.status, headers: { 'content-type': answer.contentType } };
    return new Response(isEmpty ? null : answer.bytes, init);
  };
}

/** All the library throws here comes of what the provider or the browser sent; what is not known better is a problem of `kind`. */
async function unlessProblem<T>(name: string, kind: 'unproved' | 'unfit', work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw providerProblem(name, kind, error);
  }
}
