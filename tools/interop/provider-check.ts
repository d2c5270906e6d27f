import { ComityError } from '../../packages/protocol/src/base/index.ts';
import { openBrowser } from '../../packages/node/src/http/identity/browser-for-tests.ts';
import { serveNode } from '../../packages/node/src/node-for-tests.ts';
import { isFailed } from './ask.ts';
import type { Ask } from './ask.ts';
import type { Check } from './run-checks.ts';
import { withCleanup } from './with-cleanup.ts';

const people = [
  { sub: 'ada', claims: { preferred_username: 'Ada L', roles: ['leads', 'analysts'] } },
  { sub: 'guest', claims: { preferred_username: 'guest', roles: ['guests'] } },
];

/** Who says what at the provider, and what comes of it here. */
interface Visit {
  readonly form: Readonly<Record<string, string>>;
  readonly wrongSecret?: boolean;
  readonly wanted: string;
}

const visits: readonly Visit[] = [
  { form: { sub: 'ada' }, wanted: 'ada-l officer' },
  { form: { sub: 'guest' }, wanted: 'NOT_ALLOWED' },
  { form: { action: 'deny' }, wanted: 'NOT_SIGNED_IN' },
  { form: { sub: 'ada' }, wrongSecret: true, wanted: 'REMOTE_FAILED' },
];

/** People sign in here by oidc-provider-mock, a provider made of Authlib, as by their own. */
export function providerCheck(): Check {
  return {
    name: 'sign-ins by the OpenID provider of Authlib',
    needs: [],
    count: () => visits.length,
    run: (ask) => withCleanup((cleanup) => runVisits(ask, cleanup)),
  };
}

async function runVisits(ask: Ask, cleanup: Parameters<typeof serveNode>[0]): ReturnType<Check['run']> {
  const node = await serveNode(cleanup);
  const [answer] = await ask<{ readonly issuer: string }>('provider', [{ people }]);
  const faults: string[] = [];
  if (answer === undefined || isFailed(answer)) faults.push(answer?.failed ?? 'the judge gave no answer');
  else
    for (const visit of visits) {
      const came = await comeIn(node, answer.issuer, visit);
      if (came !== visit.wanted) faults.push(`${JSON.stringify(visit)}: ${came}`);
    }
  return { cases: visits.length, faults, warnings: new Map() };
}

async function comeIn(
  { client, url }: Awaited<ReturnType<typeof serveNode>>,
  issuer: string,
  { form, wrongSecret = false }: Visit,
): Promise<string> {
  const { redirectUri } = await client.showIdentityProvider();
  const registered = await fetch(`${issuer}/oauth2/clients`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ redirect_uris: [redirectUri] }),
  });
  const { client_id: clientId, client_secret: secret } = (await registered.json()) as Record<string, string>;
  await client.saveIdentityProvider({
    body: {
      name: 'Judge',
      issuer,
      clientId: clientId ?? '',
      clientSecret: wrongSecret ? 'wrong' : (secret ?? ''),
      roles: [
        { value: 'leads', role: 'officer' },
        { value: 'analysts', role: 'analyst' },
      ],
      allowPrivate: true,
    },
  });
  const browser = openBrowser(url);
  const begun = await browser.client.beginProviderSignIn();
  const back = await fetch(begun.url, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });
  const query = new URL(back.headers.get('location') ?? '', issuer).search;
  try {
    const { name, role } = await browser.client.signInByProvider({ body: { query } });
    return `${name} ${role ?? ''}`;
  } catch (error) {
    return error instanceof ComityError ? error.code : String(error);
  }
}
