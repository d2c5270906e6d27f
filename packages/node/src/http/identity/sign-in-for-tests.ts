import { randomBytes } from 'node:crypto';
import { createFetcher } from '../../connectors/index.ts';
import type { Exchange } from '../../connectors/index.ts';
import type { IdentityProvider } from '../access/index.ts';
import { createProviderClient } from './provider-client.ts';
import { clientSecret, serveProvider, settingsOf } from './provider-for-tests.ts';
import { createProviderSignIn } from './provider-sign-in.ts';

/** Signing in by a real provider on loopback, without the routes and their limits; time is told, and counted on from now. */
export async function openSignIn(
  context: { after(fn: () => unknown): void },
  change: Partial<IdentityProvider> & { readonly publicUrl?: string; readonly timeoutMs?: number } = {},
) {
  const { publicUrl = 'http://127.0.0.1:8642', timeoutMs = 30_000, ...settings } = change;
  const provider = await serveProvider(context);
  const fetcher = createFetcher({ timeoutMs });
  context.after(() => fetcher.close());
  let passedMs = 0;
  const asked: { readonly url: string; readonly headers: Readonly<Record<string, string>> }[] = [];
  const exchange: Exchange = (url, options) => {
    asked.push({ url, headers: options.headers });
    return fetcher.exchange(url, options);
  };
  let kept: IdentityProvider = {
    ...settingsOf(provider.url),
    scopes: ['profile'],
    nameClaim: 'preferred_username',
    roleClaim: 'roles',
    others: 'refused',
    changedUs: 1,
    ...settings,
  };
  const clock = () => Date.now() + passedMs;
  const client = createProviderClient({ exchange, secretOf: () => clientSecret, clock });
  const deps = { providers: { find: () => kept }, client, publicUrl: () => publicUrl, clock, randomBytes };
  const signIn = createProviderSignIn(deps);
  return {
    provider,
    signIn,
    client,
    asked,
    settings: () => kept,
    pass: (ms: number) => (passedMs += ms),
    change: (next: Partial<IdentityProvider>) => (kept = { ...kept, ...next, changedUs: kept.changedUs + 1 }),
    /** The whole way: there, back, and whom the provider vouches for. */
    go: async () => {
      const { url, secret } = await signIn.begin(undefined);
      return await signIn.finish(await provider.visit(url), secret);
    },
  };
}
