import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import test from 'node:test';
import { createProviderClient } from './provider-client.ts';
import { clientSecret, settingsOf } from './provider-for-tests.ts';
import { openSignIn } from './sign-in-for-tests.ts';

const discovery = '/.well-known/openid-configuration';
const answers =
  (
    status: number,
    body: string | Uint8Array,
    headers: Record<string, string> = { 'content-type': 'application/json' },
  ) =>
  (response: ServerResponse) =>
    void response.writeHead(status, headers).end(body);

test('what a provider says of itself is bounded: size, time, redirects, form', async (context) => {
  const { provider, client, settings } = await openSignIn(context, { timeoutMs: 2000 });
  const probe = () => client.probe(settings(), clientSecret);
  assert.equal(await probe(), provider.url);
  const unfit: readonly (readonly [name: string, (response: ServerResponse) => void, message: RegExp])[] = [
    ['too large', answers(200, `{"issuer":"${'x'.repeat(600 * 1024)}"}`), /its answer is too large/],
    ['a redirect', answers(302, '', { location: `${provider.url}/elsewhere` }), /it answered 302/],
    ['no JSON', answers(200, '<html>', { 'content-type': 'text/html' }), /not what OpenID Connect asks for/],
    ['broken JSON', answers(200, '{'), /not what OpenID Connect asks for/],
    ['an empty answer', (response) => void response.writeHead(204).end(), /it answered 204/],
    ['never', () => undefined, /cannot be reached.*took too long/],
    ['hung up', (response) => void response.destroy(), /cannot be reached/],
  ];
  for (const [name, answer, message] of unfit) {
    provider.behave({ answer: { [discovery]: answer } });
    await assert.rejects(probe(), { code: 'REMOTE_FAILED', message }, name);
  }
  assert.ok(!provider.asked.includes('/elsewhere'), 'a redirect leads nowhere');
});

test('a provider is who it was set up as, at addresses nobody listens in on', async (context) => {
  const { provider, client, settings } = await openSignIn(context);
  for (const metadata of [
    { issuer: 'https://another.example' },
    { issuer: `${provider.url}/other-tenant` },
    { authorization_endpoint: 'javascript:alert(1)' },
    { authorization_endpoint: 'http://id.example/authorize' },
    { authorization_endpoint: undefined },
    { token_endpoint: 'http://id.example/token' },
    { token_endpoint: 'https://ada:secret@id.example/token' },
    { jwks_uri: 'file:///etc/passwd' },
    { jwks_uri: 7 },
  ]) {
    provider.behave({ metadata });
    await assert.rejects(client.probe(settings(), clientSecret), { code: 'REMOTE_FAILED' }, JSON.stringify(metadata));
  }
  for (const issuer of ['http://id.example', 'ftp://id.example', 'no URL', 'https://ada:secret@id.example'])
    await assert.rejects(client.probe({ ...settings(), issuer }, clientSecret), /its issuer is no https URL/, issuer);
});

test('a provider inside is asked only where that was allowed, and addresses of clouds never', async (context) => {
  const { provider, client, settings } = await openSignIn(context);
  await assert.rejects(client.probe({ ...settings(), allowPrivate: false }, clientSecret), {
    code: 'ADDRESS_REFUSED',
    message: /127\.0\.0\.1 is no public address/,
  });
  assert.deepEqual(provider.asked, []);
  const issuer = 'https://169.254.169.254/';
  await assert.rejects(client.probe({ ...settings(), issuer }, clientSecret), { code: 'ADDRESS_REFUSED' });
});

test('a secret in odd letters is taken in the header, or in the form where the provider wants it there', async (context) => {
  const { provider, asked, change, go } = await openSignIn(context);
  assert.equal((await go()).name, 'ada');
  assert.match(asked.find(({ url }) => url.endsWith('/token'))?.headers['authorization'] ?? '', /^Basic /);
  provider.behave({ metadata: { token_endpoint_auth_methods_supported: ['client_secret_post'] } });
  change({});
  assert.equal((await go()).name, 'ada');
  assert.equal(asked.findLast(({ url }) => url.endsWith('/token'))?.headers['authorization'], undefined);
});

test('a provider that does not know this node, or its secret, is told apart from one that says no', async (context) => {
  const { provider, go } = await openSignIn(context);
  for (const body of ['{"error":"invalid_client"}', '{"error":"unauthorized_client","error_description":"x"}']) {
    provider.behave({ answer: { '/token': answers(401, body) } });
    await assert.rejects(go(), { code: 'REMOTE_FAILED', message: /does not accept this node/ });
  }
  const challenge = { 'content-type': 'application/json', 'www-authenticate': 'Basic realm="x"' };
  provider.behave({ answer: { '/token': answers(401, '{}', challenge) } });
  await assert.rejects(go(), { code: 'REMOTE_FAILED', message: /does not accept this node/ });
});

test('one answer serves all who wait, for ten minutes; a failure is asked about again after five seconds', async (context) => {
  const { provider, signIn, pass } = await openSignIn(context);
  const times = () => provider.asked.filter((path) => path === discovery).length;
  provider.behave({ answer: { [discovery]: answers(500, '') } });
  const begin = () => signIn.begin(undefined);
  await assert.rejects(Promise.all([begin(), begin()]));
  await assert.rejects(begin());
  assert.equal(times(), 1);
  provider.behave();
  pass(5000);
  await Promise.all([begin(), begin(), begin()]);
  pass(599_000);
  await begin();
  assert.equal(times(), 2);
  pass(1000);
  await begin();
  assert.equal(times(), 3);
});

test('an issuer that stands for all customers of a provider is none: each of them would vouch for anybody', async () => {
  const issuer = 'https://login.microsoftonline.com/common/v2.0';
  const metadata = {
    issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0',
    authorization_endpoint: 'https://login.microsoftonline.com/common/oauth2/v2.0/authorize',
    token_endpoint: 'https://login.microsoftonline.com/common/oauth2/v2.0/token',
    jwks_uri: 'https://login.microsoftonline.com/common/discovery/v2.0/keys',
  };
  const client = createProviderClient({
    exchange: async () => ({
      status: 200,
      contentType: 'application/json',
      header: () => undefined,
      bytes: new TextEncoder().encode(JSON.stringify(metadata)),
    }),
    secretOf: () => clientSecret,
    clock: Date.now,
  });
  const settings = {
    ...settingsOf(issuer),
    scopes: [],
    nameClaim: 'sub',
    roleClaim: 'roles',
    others: 'refused' as const,
  };
  await assert.rejects(client.probe(settings, clientSecret), /calls itself another issuer/);
});
