import { createHash } from 'node:crypto';
import { ComityError } from '@comity/protocol/base';
import type { Clock } from '@comity/protocol/base';
import { createChallenges, newSecret } from '../access/index.ts';
import type { IdentityProvider, ProvedIdentity, ProviderBook, RandomBytes } from '../access/index.ts';
import { accountNameOf, roleOf } from './claims.ts';
import type { ProviderClient, SignInMarks } from './provider-client.ts';
import { isLoopback, SignInProblem } from './provider-problem.ts';

/** Signing in by the identity provider, from this node to it and back. Nothing is kept while somebody is on the way. */
export interface ProviderSignIn {
  /** Where the provider sends browsers back to: a place of the page, which then asks the API itself. */
  redirectUri(): string;
  /**
   * Where to send a browser, and what it has to keep until it comes back.
   *
   * @param origin - Of the page that asks; undefined for a program.
   * @throws {ComityError} `NOT_FOUND` without a provider; `CONFLICT` where it could not come back; what {@link ProviderClient} throws.
   */
  begin(origin: string | undefined): Promise<{ readonly url: string; readonly secret: string }>;
  /**
   * Whom the provider vouches for.
   *
   * @param query - What the browser came back with. Untrusted.
   * @param secret - What it kept. Untrusted.
   * @throws {ComityError} as {@link begin}; `NOT_SIGNED_IN` when it was not begun here, in this browser, within ten minutes, or is
   *   used; `TOO_MANY_REQUESTS`.
   */
  finish(query: string, secret: string | undefined): Promise<ProvedIdentity>;
}

export interface ProviderSignInDeps {
  readonly providers: Pick<ProviderBook, 'find'>;
  readonly client: ProviderClient;
  /** Scheme, host and port people reach this node at. */
  readonly publicUrl: () => string;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
}

/** Long enough for a second factor. */
export const providerSignInLifetimeMs = 10 * 60_000;
/** Codes that are redeemed at once; each waits for the provider. */
const underWayMax = 32;

export function createProviderSignIn(deps: ProviderSignInDeps): ProviderSignIn {
  const { providers, client, publicUrl } = deps;
  const challenges = createChallenges(providerSignInLifetimeMs, deps);
  let underWay = 0;
  const getProvider = (): IdentityProvider => {
    const provider = providers.find();
    if (provider === undefined)
      throw new ComityError('NOT_FOUND', 'Cannot sign in by an identity provider: none is set up');
    return provider;
  };
  const redirectUri = (): string => new URL('/sign-in/provider', publicUrl()).href;
  return {
    redirectUri,
    async begin(origin) {
      const provider = getProvider();
      assertComesBack(redirectUri(), origin);
      const secret = newSecret('', deps.randomBytes);
      const state = challenges.create(purposeOf(provider, secret));
      return { url: await client.authorizationUrl(provider, marksOf(redirectUri(), state, secret)), secret };
    },
    async finish(text, secret = '') {
      const provider = getProvider();
      const query = new URLSearchParams(text);
      const state = query.get('state') ?? '';
      if (!challenges.isGood(state, purposeOf(provider, secret))) throw notBegunHere();
      if (underWay >= underWayMax)
        throw new ComityError('TOO_MANY_REQUESTS', 'Cannot sign in yet: too many do; try again in 5 s', {
          details: { retryAfterSeconds: 5 },
        });
      underWay += 1;
      try {
        const claims = await client.redeem(provider, marksOf(redirectUri(), state, secret), query);
        const { iss: issuer, sub: subject } = claims as { readonly iss: string; readonly sub: string };
        if (!challenges.use(state, JSON.stringify([issuer, subject]))) throw notBegunHere();
        return { issuer, subject, name: accountNameOf(claims, provider), role: roleOf(claims, provider) };
      } finally {
        underWay -= 1;
      }
    },
  };
}

/** A sign-in belongs to one browser, by what it keeps, and to the provider as it was set up when it began. */
function purposeOf({ changedUs }: IdentityProvider, secret: string): string {
  return `sign in by the provider of ${changedUs} with ${digestOf('state', secret)}`;
}

/** All from what the browser keeps, so that we keep nothing: of a digest nobody gets back to it. */
function marksOf(redirectUri: string, state: string, secret: string): SignInMarks {
  return { redirectUri, state, nonce: digestOf('nonce', secret), verifier: digestOf('verifier', secret) };
}

function digestOf(use: string, secret: string): string {
  return createHash('sha256').update(`comity ${use} ${secret}`).digest('base64url');
}

function notBegunHere(): SignInProblem {
  return new SignInProblem(
    'not begun here',
    'NOT_SIGNED_IN',
    'Cannot sign in: it was not begun in this browser, was done already, or took too long; begin again',
  );
}

/** @throws {ComityError} `CONFLICT` when what the browser keeps would not be sent where the provider sends it, or could be read on the way. */
function assertComesBack(redirectUri: string, origin: string | undefined): void {
  const back = new URL(redirectUri);
  if (back.protocol !== 'https:' && !isLoopback(back.hostname))
    throw new ComityError(
      'CONFLICT',
      'Cannot sign in by the identity provider: it sends browsers back by https alone; start the node with --public-url https://…',
    );
  if (origin !== undefined && origin !== back.origin)
    throw new ComityError(
      'CONFLICT',
      `Cannot sign in by the identity provider here: open ${back.origin} and begin there`,
    );
}
