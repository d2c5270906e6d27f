import assert from 'node:assert/strict';
import test from 'node:test';
import type { Behaviour } from './provider-for-tests.ts';
import { clientId } from './provider-for-tests.ts';
import type { SignInProblem } from './provider-problem.ts';
import { openSignIn } from './sign-in-for-tests.ts';

const problemOf = async (promise: Promise<unknown>): Promise<string> =>
  await promise.then(
    () => 'vouched for',
    ({ code, reason }: SignInProblem) => `${code} ${reason}`,
  );
const seconds = () => Math.floor(Date.now() / 1000);

test('who signs in at the provider is vouched for by issuer and subject, through code, PKCE, state and nonce', async (context) => {
  const { provider, signIn, asked } = await openSignIn(context, { scopes: ['profile', 'groups', 'openid'] });
  const { url, secret } = await signIn.begin('http://127.0.0.1:8642');
  const query = new URL(url).searchParams;
  assert.deepEqual(
    ['response_type', 'client_id', 'redirect_uri', 'scope', 'code_challenge_method'].map((name) => query.get(name)),
    ['code', clientId, 'http://127.0.0.1:8642/sign-in/provider', 'openid profile groups', 'S256'],
  );
  for (const name of ['state', 'nonce', 'code_challenge']) {
    assert.match(query.get(name) ?? '', /^[\w-]{43,}$/, name);
    assert.ok(!url.includes(secret), 'what the browser keeps goes nowhere else');
  }
  assert.deepEqual(await signIn.finish(await provider.visit(url), secret), {
    issuer: provider.url,
    subject: 'subject-of-ada',
    name: 'ada',
    role: 'analyst',
  });
  assert.ok(asked.every(({ url: each }) => each.startsWith(provider.url)));
  assert.deepEqual(provider.asked, ['/.well-known/openid-configuration', '/authorize', '/token', '/keys']);
});

const now = seconds();
/** Each as a provider may do it by mistake, or somebody who stands in for it on purpose. */
const wrongTokens: readonly (readonly [name: string, Behaviour, problem: string])[] = [
  ['of another issuer', { claims: { iss: 'https://other.example' } }, 'unproved'],
  ['for another client', { claims: { aud: 'somebody-else' } }, 'unproved'],
  ['for several, and authorised for another', { claims: { aud: [clientId, 'x'], azp: 'x' } }, 'unproved'],
  ['for several, and authorised for nobody', { claims: { aud: [clientId, 'x'] } }, 'unproved'],
  ['with another nonce', { claims: { nonce: 'of-another-sign-in' } }, 'unproved'],
  ['without nonce', { claims: { nonce: undefined } }, 'unproved'],
  ['that is over', { claims: { iat: now - 900, exp: now - 600 } }, 'clock'],
  ['without an end', { claims: { exp: undefined } }, 'unproved'],
  ['that says not when it was made', { claims: { iat: undefined } }, 'unproved'],
  ['made in an hour', { claims: { iat: now + 3600, exp: now + 7200 } }, 'clock'],
  ['of nobody', { claims: { sub: undefined } }, 'unproved'],
  ['of the empty name', { claims: { sub: '' } }, 'unproved'],
  ['of a name without end', { claims: { sub: 'x'.repeat(256) } }, 'unproved'],
  ['without signature', { signing: 'none' }, 'unproved'],
  ['signed with the public key as a secret', { signing: 'public-as-secret' }, 'unproved'],
  [
    'signed with the public key as a secret, which the provider says it may be',
    {
      signing: 'public-as-secret',
      metadata: { id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'] },
    },
    'unproved',
  ],
  [
    'without signature, which the provider says it may be',
    {
      signing: 'none',
      metadata: { id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'] },
    },
    'unproved',
  ],
  ['signed with a key that is not the provider’s', { signing: 'foreign-key' }, 'unproved'],
];

for (const [name, behaviour, problem] of wrongTokens) {
  test(`an ID token ${name} is refused (OpenID Connect Core 1.0, §3.1.3.7)`, async (context) => {
    const { provider, go } = await openSignIn(context);
    provider.behave(behaviour);
    assert.equal(await problemOf(go()), `NOT_SIGNED_IN ${problem}`);
    provider.behave();
    // Nothing of it stays; metadata is asked for anew only with another setup.
    if (behaviour.metadata === undefined) assert.equal((await go()).name, 'ada');
  });
}

test('the way back is refused when it names another issuer or none (RFC 9207), or another state', async (context) => {
  const { provider, go } = await openSignIn(context);
  for (const [back, problem] of [
    [{ iss: 'https://other.example' }, 'unproved'],
    [{ iss: undefined }, 'unproved'],
    [{ state: 'x' }, 'not begun here'],
    [{ state: undefined }, 'not begun here'],
    [{ code: undefined }, 'unproved'],
    [{ code: undefined, error: 'access_denied' }, 'declined'],
  ] as const) {
    provider.behave({ back });
    assert.equal(await problemOf(go()), `NOT_SIGNED_IN ${problem}`, JSON.stringify(back));
  }
  assert.equal(provider.asked.filter((path) => path === '/token').length, 0, 'no code went anywhere');
});

test('a sign-in is done once, in the browser that began it, within ten minutes, at the setup it began with', async (context) => {
  const { provider, signIn, pass, change } = await openSignIn(context);
  const began = async () => {
    const { url, secret } = await signIn.begin(undefined);
    return { query: await provider.visit(url), secret };
  };
  const [one, other] = [await began(), await began()];
  assert.equal(await problemOf(signIn.finish(one.query, other.secret)), 'NOT_SIGNED_IN not begun here');
  assert.equal(await problemOf(signIn.finish(one.query, undefined)), 'NOT_SIGNED_IN not begun here');
  assert.equal(await problemOf(signIn.finish(one.query, one.secret)), 'vouched for');
  assert.equal(await problemOf(signIn.finish(one.query, one.secret)), 'NOT_SIGNED_IN not begun here', 'once');

  const twice = new URLSearchParams(other.query);
  twice.append('state', twice.get('state') ?? '');
  assert.equal(await problemOf(signIn.finish(twice.toString(), other.secret)), 'NOT_SIGNED_IN unproved');
  const replayed = new URLSearchParams(other.query);
  replayed.set('code', new URLSearchParams(one.query).get('code') ?? '');
  assert.equal(await problemOf(signIn.finish(replayed.toString(), other.secret)), 'NOT_SIGNED_IN code');
  const together = await Promise.all([1, 2].map(() => problemOf(signIn.finish(other.query, other.secret))));
  assert.deepEqual(together.toSorted().at(-1), 'vouched for');
  assert.equal(together.filter((each) => each === 'vouched for').length, 1, 'sent twice at once, done once');

  const late = await began();
  pass(10 * 60_000);
  assert.equal(await problemOf(signIn.finish(late.query, late.secret)), 'NOT_SIGNED_IN not begun here');
  pass(-10 * 60_000);
  const before = await began();
  change({ roles: [] });
  assert.equal(await problemOf(signIn.finish(before.query, before.secret)), 'NOT_SIGNED_IN not begun here');
});

test('a code somebody else began with is worth nothing in another sign-in (PKCE, RFC 7636)', async (context) => {
  const { provider, signIn } = await openSignIn(context);
  const [theirs, mine] = [await signIn.begin(undefined), await signIn.begin(undefined)];
  const stolen = new URLSearchParams(await provider.visit(theirs.url)).get('code') ?? '';
  const query = new URLSearchParams(await provider.visit(mine.url));
  query.set('code', stolen);
  assert.equal(await problemOf(signIn.finish(query.toString(), mine.secret)), 'NOT_SIGNED_IN code');
});

test('keys the provider rotated are asked for again, at most once a minute', async (context) => {
  context.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const { provider, go } = await openSignIn(context);
  await go();
  provider.rotateKeys();
  assert.equal(await problemOf(go()), 'NOT_SIGNED_IN unproved');
  context.mock.timers.tick(61_000);
  assert.equal(await problemOf(go()), 'vouched for');
  await go();
  assert.equal(provider.asked.filter((path) => path === '/keys').length, 2);
});

test('one who signs in too often is refused for a while, and nobody else', async (context) => {
  const { provider, go } = await openSignIn(context);
  for (let times = 0; times < 30; times += 1) await go();
  assert.match(await problemOf(go()), /^TOO_MANY_REQUESTS/);
  provider.behave({ claims: { sub: 'subject-of-bob' } });
  assert.equal((await go()).subject, 'subject-of-bob');
});

test('where the browser could not come back safely, it is not sent', async (context) => {
  const insecure = await openSignIn(context, { publicUrl: 'http://comity.example' });
  await assert.rejects(insecure.signIn.begin(undefined), { code: 'CONFLICT', message: /--public-url https/ });
  const { signIn } = await openSignIn(context, { publicUrl: 'https://comity.example' });
  await assert.rejects(signIn.begin('https://comity.internal'), {
    code: 'CONFLICT',
    message: /https:\/\/comity\.example/,
  });
  const { url } = await signIn.begin('https://comity.example');
  assert.equal(new URL(url).searchParams.get('redirect_uri'), 'https://comity.example/sign-in/provider');
});
