import assert from 'node:assert/strict';
import type { Client } from '@comity/protocol/client';
import { openBrowser } from './identity/browser-for-tests.ts';
import { serveProvider, settingsOf } from './identity/provider-for-tests.ts';

interface Tools {
  /** Another node. */
  readonly serve: () => Promise<{ readonly client: Client; readonly url: string }>;
  readonly cleanup: { after(fn: () => unknown): void };
}

/** What each route of the identity provider does, and each error it declares; used by the test of the API only. */
export function identityCases({ serve, cleanup }: Tools) {
  let serving: ReturnType<typeof serveProvider> | undefined;
  let started: ReturnType<Tools['serve']> | undefined;
  /** A node of their own: who fails to sign in too often is refused. */
  const start = async () => await (started ??= serve());
  /** The node with the provider set up, which does everything rightly. */
  const setUp = async () => {
    const { client, url } = await start();
    const provider = await (serving ??= serveProvider(cleanup));
    provider.behave();
    await client.saveIdentityProvider({ body: settingsOf(provider.url) });
    return { provider, client, nodeUrl: url };
  };
  const none = async () => {
    const { client } = await setUp();
    await client.removeIdentityProvider();
    return client;
  };
  const comeBack = async () => {
    const at = await setUp();
    const browser = openBrowser(at.nodeUrl);
    const { url } = await browser.client.beginProviderSignIn();
    return { ...at, theirs: browser.client, query: await at.provider.visit(url) };
  };
  return {
    findSignInProvider: {
      works: async () => {
        const { nodeUrl, client } = await setUp();
        const { client: theirs } = openBrowser(nodeUrl);
        assert.deepEqual(await theirs.findSignInProvider(), { name: 'Test ID' });
        await client.removeIdentityProvider();
        assert.deepEqual(await theirs.findSignInProvider(), {});
      },
      fails: {},
    },
    beginProviderSignIn: {
      works: async () => {
        const { provider, nodeUrl } = await setUp();
        const { client: theirs, given } = openBrowser(nodeUrl);
        const { url } = await theirs.beginProviderSignIn();
        assert.ok(url.startsWith(`${provider.url}/authorize?`));
        assert.match(given[0] ?? '', /^comity_journey_\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=600$/);
      },
      fails: {
        NOT_FOUND: async () => await (await none()).beginProviderSignIn(),
        CONFLICT: async () => {
          const { nodeUrl } = await setUp();
          await openBrowser(nodeUrl.replace('127.0.0.1', 'localhost')).client.beginProviderSignIn();
        },
        REMOTE_FAILED: async () => {
          const { provider, client } = await setUp();
          provider.behave({ answer: { '/.well-known/openid-configuration': (response) => response.destroy() } });
          await client.beginProviderSignIn();
        },
      },
    },
    signInByProvider: {
      works: async () => {
        const { theirs, query } = await comeBack();
        const { name, role } = await theirs.signInByProvider({ body: { query } });
        assert.deepEqual([name, role], ['ada', 'analyst']);
        assert.equal((await theirs.session()).name, 'ada');
        const [row] = (await theirs.listOwnSessions()).rows;
        assert.deepEqual([row?.way, row?.isThis], ['oidc', true]);
      },
      fails: {
        NOT_SIGNED_IN: async () => {
          const { query, nodeUrl } = await comeBack();
          await openBrowser(nodeUrl).client.signInByProvider({ body: { query } });
        },
        TOO_MANY_REQUESTS: async () => {
          const { provider } = await setUp();
          const { client, url } = await serve();
          await client.saveIdentityProvider({ body: settingsOf(provider.url) });
          const { client: theirs } = openBrowser(url);
          const body = { query: '?code=x&state=y' };
          for (let tries = 0; tries < 10; tries += 1)
            await assert.rejects(theirs.signInByProvider({ body }), { code: 'NOT_SIGNED_IN' });
          await theirs.signInByProvider({ body });
        },
        NOT_FOUND: async () => {
          const { theirs, client, query } = await comeBack();
          await client.removeIdentityProvider();
          await theirs.signInByProvider({ body: { query } });
        },
        REMOTE_FAILED: async () => {
          const { theirs, query, provider } = await comeBack();
          provider.behave({ answer: { '/token': (response) => response.destroy() } });
          await theirs.signInByProvider({ body: { query } });
        },
      },
    },
    showIdentityProvider: {
      works: async () => {
        const { client, nodeUrl, provider } = await setUp();
        const { redirectUri, ...shown } = await client.showIdentityProvider();
        assert.equal(redirectUri, `${nodeUrl}/sign-in/provider`);
        const { clientSecret, ...settings } = settingsOf(provider.url);
        const byDefault = {
          scopes: ['profile'],
          nameClaim: 'preferred_username',
          roleClaim: 'roles',
          others: 'refused',
        };
        assert.deepEqual(shown, { provider: { ...settings, ...byDefault } });
        assert.ok(!JSON.stringify(shown).includes(clientSecret));
        await client.removeIdentityProvider();
        assert.deepEqual(await client.showIdentityProvider(), { redirectUri });
      },
      fails: {},
    },
    saveIdentityProvider: {
      works: async () => {
        const { client, provider } = await setUp();
        const { clientSecret: _, ...rest } = settingsOf(provider.url);
        const saved = await client.saveIdentityProvider({ body: { ...rest, name: 'Our ID', others: 'viewer' } });
        assert.deepEqual([saved.name, saved.others], ['Our ID', 'viewer']);
        const [row] = (await client.listAudit({ query: { act: 'identity-provider.saved', limit: 1 } })).rows;
        assert.deepEqual([row?.about, row?.details['name']], [`${provider.url}/`, 'Our ID']);
      },
      fails: {
        CONFLICT: async () => {
          const { client, provider } = await setUp();
          const { clientSecret: _, ...rest } = settingsOf(provider.url);
          await client.saveIdentityProvider({ body: { ...rest, clientId: 'another' } });
        },
        REMOTE_FAILED: async () => {
          const { client, provider } = await setUp();
          provider.behave({ metadata: { issuer: 'https://another.example' } });
          await client.saveIdentityProvider({ body: settingsOf(provider.url) });
        },
        ADDRESS_REFUSED: async () => {
          const { client, provider } = await setUp();
          await client.saveIdentityProvider({ body: { ...settingsOf(provider.url), allowPrivate: false } });
        },
      },
    },
    removeIdentityProvider: {
      works: async () => {
        const { theirs, client, query } = await comeBack();
        await theirs.signInByProvider({ body: { query } });
        await client.removeIdentityProvider();
        assert.equal((await client.showIdentityProvider()).provider, undefined);
        assert.equal((await theirs.session()).name, 'ada', 'who is signed in stays so');
      },
      fails: { NOT_FOUND: async () => await (await none()).removeIdentityProvider() },
    },
  };
}
