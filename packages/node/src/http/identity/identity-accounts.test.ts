import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import type { TestContext } from 'node:test';
import type { ComityError } from '@comity/protocol/base';
import { openLink, serveNode } from '../../node-for-tests.ts';
import { openBrowser } from './browser-for-tests.ts';
import { clientSecret, serveProvider, settingsOf } from './provider-for-tests.ts';
import type { Behaviour } from './provider-for-tests.ts';

type Settings = ReturnType<typeof settingsOf> & { others?: 'viewer' };

/** A node whose people sign in by a provider on loopback. */
async function open(context: TestContext) {
  const provider = await serveProvider(context);
  const node = await serveNode(context);
  const set = async (change: Partial<Settings> = {}) =>
    await node.client.saveIdentityProvider({ body: { ...settingsOf(provider.url), ...change } });
  await set();
  const comeIn = async (claims: Behaviour['claims'] = {}) => {
    provider.behave({ claims });
    const browser = openBrowser(node.url);
    const query = await provider.visit((await browser.client.beginProviderSignIn()).url);
    const session = await browser.client.signInByProvider({ body: { query } });
    return { ...browser, ...session };
  };
  const accountOf = async (name: string) =>
    (await node.client.listAccounts()).rows.find((account) => account.name === name);
  const trail = async (about?: string) =>
    (await node.client.listAudit({ query: about === undefined ? {} : { about } })).rows
      .map(({ act, by, via, details }) => `${act} by ${by || 'nobody'} via ${via} ${JSON.stringify(details)}`)
      .toReversed();
  return { provider, node, set, comeIn, accountOf, trail };
}

test('the first sign-in makes an account, bound to issuer and subject: another name there is the same person here', async (context) => {
  const { provider, comeIn, accountOf, trail } = await open(context);
  assert.deepEqual([(await comeIn()).name, (await comeIn()).name], ['ada', 'ada']);
  const renamed = await comeIn({ preferred_username: 'operator', email: 'operator@cert.example' });
  assert.deepEqual([renamed.name, renamed.role], ['ada', 'analyst']);
  const other = await comeIn({ sub: 'another-subject' });
  assert.equal(other.name, 'ada-2', 'a name that is given to somebody else later does not bring their account with it');
  const { state, role, createdBy, issuer, passkeys } = (await accountOf('ada'))!;
  assert.deepEqual(
    [state, role, createdBy, issuer, passkeys],
    ['active', 'analyst', 'identity provider', provider.url, 0],
  );
  assert.deepEqual((await trail('ada')).slice(0, 2), [
    `account.made by nobody via sign-in {"role":"analyst","issuer":"${provider.url}","subject":"subject-of-ada"}`,
    'sign-in by ada via sign-in {"way":"oidc"}',
  ]);
});

test('nobody takes over a name that is taken, nor the first administrator’s before they came', async (context) => {
  const { node, comeIn } = await open(context);
  assert.equal((await comeIn({ preferred_username: 'operator' })).name, 'operator-2');
  await node.client.inviteAccount({ body: { name: 'bob', role: 'administrator' } });
  const bob = await comeIn({ preferred_username: 'BOB', sub: 'b' });
  assert.deepEqual([bob.name, bob.role], ['bob-2', 'analyst']);
  const operator = await openLink(node, (await node.client.createSignIn()).url);
  assert.equal((await operator.session()).name, 'operator', 'by link as ever');
  await assert.rejects(node.client.inviteAccount({ body: { name: 'bob-2', role: 'viewer' } }), { code: 'CONFLICT' });
});

test('the role is what the claim says at each sign-in; taken away, it is gone with its sessions and tokens’ rights', async (context) => {
  const { node, comeIn, set, accountOf, trail } = await open(context);
  const admin = await comeIn({ roles: ['x', 'cert-admins', 'cert-analysts'] });
  assert.equal(admin.role, 'administrator');
  const { secret } = await admin.client.createToken({ body: { name: 'theirs', scopes: ['read', 'admin'] } });
  assert.ok((await node.clientWith(secret).session()).scopes.includes('admin'));
  assert.equal((await comeIn({ roles: 'cert-officers' })).role, 'officer');
  assert.deepEqual((await node.clientWith(secret).session()).scopes, ['read'], 'at once');

  await set({ roles: [] });
  assert.equal(
    (await admin.client.session()).role,
    'officer',
    'a change of the mapping holds from the next sign-in on',
  );
  await assert.rejects(comeIn({ roles: 'cert-officers' }), { code: 'NOT_ALLOWED', message: /gives you no role here/ });
  await assert.rejects(admin.client.session(), { code: 'NOT_SIGNED_IN' });
  assert.equal((await accountOf('ada'))?.role, 'viewer');
  assert.deepEqual((await trail('ada')).slice(-2), [
    'account.role by nobody via sign-in {"from":"officer","to":"viewer"}',
    'sign-in.failed by nobody via sign-in {"way":"oidc","reason":"not allowed"}',
  ]);
  await set({ roles: [], others: 'viewer' });
  assert.equal((await comeIn({ roles: 'cert-officers' })).role, 'viewer');
});

test('who has no role gets no account, and who is disabled here stays out whatever the provider says', async (context) => {
  const { node, comeIn, accountOf } = await open(context);
  await assert.rejects(comeIn({ roles: ['guests'] }), { code: 'NOT_ALLOWED' });
  assert.equal(await accountOf('ada'), undefined);
  await comeIn();
  await node.client.changeAccount({ params: { id: 'ada' }, body: { isDisabled: true } });
  await assert.rejects(comeIn({ roles: ['cert-admins'] }), {
    code: 'NOT_ALLOWED',
    message: /account "ada" is disabled/,
  });
  const { role, state } = (await accountOf('ada'))!;
  assert.deepEqual([role, state], ['analyst', 'disabled']);
  await node.client.changeAccount({ params: { id: 'ada' }, body: { isDisabled: false } });
  assert.equal((await comeIn({ roles: ['cert-admins'] })).role, 'administrator');
});

test('sessions go on when the provider is changed or removed; only those it vouches for may add no passkey', async (context) => {
  const { node, comeIn, set } = await open(context);
  const ada = await comeIn();
  await set({ name: 'Another name' });
  assert.equal((await ada.client.session()).name, 'ada');
  const { createAuthenticator } = await import('../access/authenticator-for-tests.ts');
  const local = node.url.replace('127.0.0.1', 'localhost');
  const browser = openBrowser(local);
  for (const [name, value] of ada.cookies) browser.cookies.set(name, value);
  const add = async () => {
    const { challenge } = await browser.client.challengePasskey();
    const made = createAuthenticator().make({ challenge, origin: local });
    return await browser.client.addPasskey({ body: { ...made, name: 'phone' } });
  };
  await assert.rejects(add(), { code: 'CONFLICT', message: /signs in by the identity provider/ });
  await node.client.removeIdentityProvider();
  assert.equal((await ada.client.session()).name, 'ada');
  assert.equal((await add()).name, 'phone');
});

test('nobody maps a value to more than they may do themselves', async (context) => {
  const { node, provider } = await open(context);
  const { secret } = await node.client.createToken({ body: { name: 'half', scopes: ['admin', 'read'] } });
  const theirs = node.clientWith(secret);
  await assert.rejects(theirs.saveIdentityProvider({ body: settingsOf(provider.url) }), { code: 'NOT_ALLOWED' });
  await theirs.saveIdentityProvider({ body: { ...settingsOf(provider.url), roles: [{ value: 'x', role: 'viewer' }] } });
});

test('the secret is kept for its issuer and client alone, and is in no answer, trail, log or file of the data folder', async (context) => {
  const { node, provider, set, comeIn } = await open(context);
  const { clientSecret: _, ...rest } = settingsOf(provider.url);
  await node.client.saveIdentityProvider({ body: { ...rest, name: 'Renamed' } });
  assert.equal((await comeIn()).name, 'ada', 'the secret of before is still there');
  const elsewhere = await serveProvider(context);
  await assert.rejects(node.client.saveIdentityProvider({ body: { ...rest, issuer: elsewhere.url } }), {
    code: 'CONFLICT',
    message: /secret of the client is missing/,
  });
  assert.deepEqual(elsewhere.asked, [], 'and is sent to no other');
  await set({ clientSecret: 'another' });
  const refused = await comeIn().then(
    () => '',
    (error: unknown) => (error as ComityError).message,
  );
  assert.match(refused, /does not accept this node/);
  const told = [
    JSON.stringify(await node.client.showIdentityProvider()),
    await (await node.client.exportAudit({ query: {} })).text(),
    JSON.stringify(node.faults),
    refused,
  ];
  const kept = readdirSync(node.dir, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => readFileSync(join(file.parentPath, file.name), 'latin1'));
  for (const text of [...told, ...kept]) assert.ok(!text.includes(clientSecret) && !text.includes('"another"'));
  assert.deepEqual(node.faults, []);
});

test('failed tries are counted with all others and told in a word, whoever is meant', async (context) => {
  const { node, provider, trail } = await open(context);
  const try1 = async (behaviour: Behaviour) => {
    const { client } = openBrowser(node.url);
    const query = await provider.visit((await client.beginProviderSignIn()).url);
    provider.behave(behaviour);
    return await client.signInByProvider({ body: { query } }).catch(({ code }: ComityError) => code);
  };
  assert.equal(await try1({ signing: 'none' }), 'NOT_SIGNED_IN');
  assert.equal(await try1({ answer: { '/token': (response) => response.destroy() } }), 'REMOTE_FAILED');
  assert.deepEqual(
    (await trail()).filter((row) => row.startsWith('sign-in.failed')),
    ['unproved', 'unreachable'].map(
      (reason) => `sign-in.failed by nobody via sign-in {"way":"oidc","reason":"${reason}"}`,
    ),
  );
  for (let tries = 2; tries < 10; tries += 1)
    await node.client.signIn({ body: { code: 'guess' } }).catch(() => undefined);
  assert.equal(await try1({ signing: 'none' }), 'TOO_MANY_REQUESTS');
  assert.equal((await try1({})) instanceof Object, true, 'who is vouched for comes in all the same');
});

test('behind https both cookies belong to this host alone', async (context) => {
  const provider = await serveProvider(context);
  const node = await serveNode(context, { publicUrl: 'https://comity.example', allowedHosts: ['127.0.0.1'] });
  await node.client.saveIdentityProvider({ body: settingsOf(provider.url) });
  assert.equal((await node.client.showIdentityProvider()).redirectUri, 'https://comity.example/sign-in/provider');
  const answer = await fetch(`${node.url}/api/v1/session/provider`, { method: 'POST' });
  assert.match(
    answer.headers.get('set-cookie') ?? '',
    /^__Host-comity_journey_\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure; Max-Age=600$/,
  );
});
