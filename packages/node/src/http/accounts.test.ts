import assert from 'node:assert/strict';
import test from 'node:test';
import { errorsOf, roleNames, roles, routes } from '@comity/protocol/api';
import type { AuditAct, Role, Route, Scope } from '@comity/protocol/api';
import type { Client } from '@comity/protocol/client';
import { joinAs, openLink, serveNode } from '../node-for-tests.ts';
import type { ServedNode } from '../node-for-tests.ts';
import { readStarterLaw } from '../sharing/index.ts';

const openOperator = async (node: ServedNode) => await openLink(node, (await node.client.createSignIn()).url);
const acts = async (client: Client, query: { act?: AuditAct; about?: string } = {}) =>
  (await client.listAudit({ query })).rows.map(({ act, by, about }) => `${act} ${about} by ${by}`);
const openLaw = { text: readStarterLaw('open'), name: 'open' };
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: unknown) => (error as { code: string }).code,
  );

/** Answers one request of each route: refused or not is decided before what is wrong about it is looked at. */
async function reached(
  node: ServedNode,
  name: string,
  role: Role,
): Promise<Map<string, { code: string; detail: string }>> {
  const { url } = await node.client.inviteAccount({ body: { name, role } });
  const signIn = await fetch(`${node.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code: url.replace(/^.*#code=/, '') }),
  });
  const cookie = signIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  const answers = new Map<string, { code: string; detail: string }>();
  for (const [route, { method, path, body }] of Object.entries<Route>(routes)) {
    const answer = await fetch(`${node.url}${path.replaceAll(/:\w+/g, 'x'.repeat(400))}?no-such-field=1`, {
      method: route === 'signOut' ? 'GET' : method,
      headers: { cookie, ...(body === 'json' && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: '{}' }),
    });
    const problem = answer.ok ? undefined : ((await answer.json()) as { code: string; detail: string });
    if (answer.ok) await answer.body?.cancel();
    answers.set(route, { code: problem?.code ?? 'done', detail: problem?.detail ?? '' });
  }
  return answers;
}

for (const role of roleNames) {
  test(`the role ${role} reaches the routes of its rights and no other; who is refused is told which right it is`, async (context) => {
    const node = await serveNode(context);
    const answers = await reached(node, `a-${role}`, role);
    const rights: readonly Scope[] = roles[role].rights;
    for (const [name, { scope }] of Object.entries<Route>(routes)) {
      const { code, detail } = answers.get(name)!;
      if (scope === 'none' || rights.includes(scope)) assert.notEqual(code, 'NOT_ALLOWED', name);
      else {
        assert.equal(code, 'NOT_ALLOWED', name);
        assert.match(
          detail,
          new RegExp(`the right "${scope}".*which the role ${role} has not; ask for .*administrator`),
        );
      }
    }
  });
}

test('the link the node prints signs in the first administrator and asks nothing more; a single person needs no second', async (context) => {
  const node = await serveNode(context);
  const operator = await openLink(node, `#code=${node.signInCode}`);
  const { name, role } = await operator.session();
  assert.deepEqual([name, role], ['operator', 'administrator']);
  assert.equal((await operator.activateLaw({ body: openLaw })).state, 'active');
  await node.client.createImport({ query: { name: 'l' }, body: '10.1.2.4\n' });
  const released = await operator.release({ body: { values: ['10.1.2.4'], reason: 'ours' } });
  assert.deepEqual(released, { released: 1, proposed: 0, unknown: [] });
});

test('where two may govern a law needs both, however many tokens one of them has', async (context) => {
  const node = await serveNode(context);
  const operator = await openOperator(node);
  const ada = await joinAs(node, 'ada', 'officer');
  await joinAs(node, 'vic', 'viewer');
  const { secret } = await operator.createToken({ body: { name: 'second', scopes: ['govern'] } });
  for (const one of [operator, node.clientWith(secret), node.client])
    assert.equal((await one.activateLaw({ body: openLaw })).state, 'proposed');
  assert.equal((await ada.getLaw({})).entry.name, 'closed');
  const entry = await ada.activateLaw({ body: openLaw });
  assert.deepEqual([entry.state, entry.proposedBy, entry.activatedBy], ['active', 'operator', 'ada']);
  assert.deepEqual((await acts(ada, { about: 'open' })).toReversed(), [
    ...Array.from({ length: 3 }, () => 'law.proposed open by operator'),
    'law.activated open by ada',
  ]);
});

test('where two may release, values wait for the second, who sees who wants it and why, and may decline', async (context) => {
  const node = await serveNode(context);
  const rex = await joinAs(node, 'rex', 'releaser');
  const sam = await joinAs(node, 'sam', 'releaser');
  await node.client.createImport({ query: { name: 'l' }, body: '10.1.2.4\n10.1.2.5\n' });
  const values = ['10.1.2.4', '10.1.2.5'];
  for (let times = 0; times < 2; times += 1)
    assert.deepEqual(await rex.release({ body: { values, reason: 'ours' } }), {
      released: 0,
      proposed: 2,
      unknown: [],
    });
  const { rows } = await sam.listHeldBack({});
  assert.deepEqual(
    rows.map(({ proposal }) => [proposal?.by, proposal?.reason]),
    [
      ['rex', 'ours'],
      ['rex', 'ours'],
    ],
  );
  assert.deepEqual(await sam.declineRelease({ body: { values: ['10.1.2.5'] } }), { declined: 1 });
  assert.deepEqual(await sam.release({ body: { values, reason: 'seen' } }), { released: 1, proposed: 1, unknown: [] });
  const [row] = (await sam.searchIntel({ query: { text: '10.1.2.4' } })).rows;
  const { release } = await sam.getIntel({ params: { id: row?.id ?? '' } });
  assert.equal(release?.by, 'rex, sam');
  assert.deepEqual(await sam.unrelease({ body: { values } }), { heldBack: 1 });
  const left = (await sam.listHeldBack({})).rows;
  assert.deepEqual(
    left.map(({ value, proposal }) => [value.value, proposal?.by]),
    [
      ['10.1.2.5', 'sam'],
      ['10.1.2.4', undefined],
    ],
  );
  const trail = (await acts(node.client)).filter((line) => line.includes('release'));
  assert.deepEqual(trail.toReversed(), [
    ...[1, 2].flatMap(() => ['release.proposed 10.1.2.4 by rex', 'release.proposed 10.1.2.5 by rex']),
    'release.declined 10.1.2.5 by sam',
    'release.proposed 10.1.2.5 by sam',
    'released 10.1.2.4 by sam',
    'release.taken-back 10.1.2.4 by sam',
  ]);
});

test('nobody hands on a right they have not: not to a token, not by an invitation, a role, a link or the start link', async (context) => {
  const node = await serveNode(context);
  await openOperator(node);
  const { secret } = await node.client.createToken({ body: { name: 'admin alone', scopes: ['admin', 'read'] } });
  const limited = node.clientWith(secret);
  const params = { id: 'operator' };
  for (const attempt of [
    () => limited.createToken({ body: { name: 'more', scopes: ['govern'] } }),
    () => limited.inviteAccount({ body: { name: 'eve', role: 'officer' } }),
    () => limited.changeAccount({ params, body: { role: 'viewer' } }),
    () => limited.renewAccountLink({ params, body: {} }),
    () => limited.createSignIn(),
  ])
    assert.equal(await codeOf(attempt()), 'NOT_ALLOWED');
  await limited.inviteAccount({ body: { name: 'vic', role: 'viewer' } });
  assert.equal(
    await codeOf(limited.changeAccount({ params: { id: 'vic' }, body: { role: 'analyst' } })),
    'NOT_ALLOWED',
  );
});

test('what is done is in the trail with who did it, and what fails is not', async (context) => {
  const node = await serveNode(context);
  const ada = await joinAs(node, 'ada', 'administrator');
  await ada.saveRecipient({ body: { key: 'client:works', name: 'Works' } });
  await ada.saveRecipientGroup({ body: { id: 'energy', name: 'Energy', members: ['client:works'] } });
  const tried = ada.saveRecipientGroup({ body: { id: 'water', name: 'Water', members: ['client:nobody'] } });
  assert.equal(await codeOf(tried), 'NOT_FOUND');
  assert.equal(await codeOf(ada.exportIntel({ query: { to: 'client:nobody' } })), 'NOT_FOUND');
  await ada.removeRecipientGroup({ params: { id: 'energy' } });
  const feed = await ada.addFeed({ body: { url: 'https://feed.example/l?key=hush' } });
  await ada.changeFeed({ params: { id: feed.id }, body: { enabled: false } });
  await ada.deleteFeed({ params: { id: feed.id } });
  const source = await ada.addSource({ body: { kind: 'http', name: 'shipper' } });
  await ada.deleteSource({ params: { id: source.id } });
  await (await ada.exportIntel({ query: { format: 'csv' } })).text();
  const trail = await acts(ada);
  assert.deepEqual(trail.toReversed().slice(2), [
    'recipient.saved client:works by ada',
    'group.saved energy by ada',
    'group.removed energy by ada',
    'feed.added https://feed.example/l?… by ada',
    `feed.changed ${feed.id} by ada`,
    `feed.removed ${feed.id} by ada`,
    'source.added shipper by ada',
    `source.removed ${source.id} by ada`,
    'export owner by ada',
  ]);
  assert.doesNotMatch(JSON.stringify(await ada.listAudit({})), /hush/);
  const { checks } = await ada.doctor();
  assert.match(checks.find(({ name }) => name === 'audit trail')?.message ?? '', /^11 rows in one chain/);
  assert.equal(checks.find(({ name }) => name === 'audit trail')?.state, 'ok');
});

test('a disabled account is refused everywhere at once', async (context) => {
  const node = await serveNode(context);
  const ada = await joinAs(node, 'ada', 'administrator');
  const { secret } = await ada.createToken({ body: { name: 't', scopes: ['read'] } });
  await node.client.changeAccount({ params: { id: 'ada' }, body: { isDisabled: true } }).catch(() => undefined);
  await openOperator(node);
  await node.client.changeAccount({ params: { id: 'ada' }, body: { isDisabled: true } });
  assert.equal(await codeOf(ada.session()), 'NOT_SIGNED_IN');
  assert.equal(await codeOf(node.clientWith(secret).session()), 'NOT_SIGNED_IN');
  const bob = await joinAs(node, 'bob', 'administrator');
  await bob.changeAccount({ params: { id: 'operator' }, body: { isDisabled: true } });
  assert.equal(await codeOf(openOperator(node)), 'NOT_ALLOWED');
  assert.deepEqual(await acts(bob, { act: 'sign-in.failed' }), ['sign-in.failed operator by ']);
  for (let tries = 1; tries < 10; tries += 1) await codeOf(openOperator(node));
  assert.equal(await codeOf(openOperator(node)), 'TOO_MANY_REQUESTS');
});

test('tries to sign in that fail are counted together, by link and by passkey', async (context) => {
  const { client } = await serveNode(context);
  const response = { clientDataJSON: 'AAAA', authenticatorData: 'AAAA', signature: 'AAAA' };
  const byLink = () => codeOf(client.signIn({ body: { code: 'guess' } }));
  const byPasskey = () => codeOf(client.signInWithPasskey({ body: { id: 'AAAA', response } }));
  for (let tries = 0; tries < 5; tries += 1)
    assert.deepEqual([await byLink(), await byPasskey()], ['NOT_SIGNED_IN', 'NOT_SIGNED_IN']);
  assert.deepEqual([await byLink(), await byPasskey()], ['TOO_MANY_REQUESTS', 'TOO_MANY_REQUESTS']);
});

test('a token that a command made makes tokens before anybody signed in, and nobody’s role bounds them', async (context) => {
  const node = await serveNode(context);
  const made = await node.client.createToken({ body: { name: 'script', scopes: ['admin', 'read', 'write'] } });
  const scopes: Scope[] = ['read', 'write'];
  const second = await node.clientWith(made.secret).createToken({ body: { name: 'second', scopes } });
  assert.deepEqual([made.madeBy, second.madeBy], ['operator', 'operator']);
  assert.match((await acts(node.client))[0] ?? '', /^token\.made tok-\w+ by operator$/);
  await openOperator(node);
  await joinAs(node, 'bob', 'administrator');
  await node.client.changeAccount({ params: { id: 'operator' }, body: { role: 'viewer' } });
  assert.deepEqual((await node.clientWith(second.secret).session()).scopes, scopes);
});

test('a link that signs in as another is in the trail, as is each value of a release that is taken back', async (context) => {
  const node = await serveNode(context);
  const bob = await joinAs(node, 'bob', 'administrator');
  await bob.createSignIn();
  await node.client.createImport({ query: { name: 'l' }, body: '10.1.2.4\n10.1.2.5\n' });
  const values = ['10.1.2.4', '10.1.2.5'];
  assert.equal((await bob.release({ body: { values, reason: 'ours' } })).released, 2);
  await bob.unrelease({ body: { values } });
  assert.deepEqual((await acts(bob)).toReversed().slice(2), [
    'account.link operator by bob',
    ...values.map((value) => `released ${value} by bob`),
    ...values.map((value) => `release.taken-back ${value} by bob`),
  ]);
});

test('an act on a value longer than a row shows is done, and its row is found by all of the value', async (context) => {
  const { client } = await serveNode(context);
  const statement = `${'x'.repeat(498)}\u{1f600}${'y'.repeat(500)}`;
  for (const each of [statement, '\ud800']) await client.readStatement({ body: { statement: each } });
  const about = `${'x'.repeat(498)}\ufffd…`;
  assert.deepEqual(await acts(client, { about: statement }), [`statement.read ${about} by operator`]);
  assert.deepEqual(await acts(client, { about: '\ufffd' }), ['statement.read \ufffd by operator']);
});

test('the trail tells of a release and of taking it back once a value, and of none that was not', async (context) => {
  const node = await serveNode(context);
  await node.client.createImport({ query: { name: 'l' }, body: '10.1.2.4\n10.1.2.5\n' });
  const twice = ['10.1.2.4', '10[.]1.2.4'];
  assert.equal((await node.client.release({ body: { values: twice, reason: 'ours' } })).released, 1);
  const { heldBack } = await node.client.unrelease({ body: { values: [...twice, '10.1.2.5', '192.0.2.9', '?!'] } });
  assert.equal(heldBack, 1);
  assert.deepEqual((await acts(node.client)).toReversed(), [
    'released 10.1.2.4 by operator',
    'release.taken-back 10.1.2.4 by operator',
  ]);
});

test('nobody else is called what the first administrator is called', async (context) => {
  const { client } = await serveNode(context);
  const invited = client.inviteAccount({ body: { name: 'operator', role: 'viewer' } });
  assert.equal(await codeOf(invited), 'CONFLICT');
});

test('a name that is none is refused, however it is written', async (context) => {
  const { client } = await serveNode(context);
  for (const name of ['', 'Ada', ' ada', 'ada\n', 'a d a', '-ada', `a${'a'.repeat(100)}`, 'ädä', "a'or'1", '../ada'])
    assert.equal(await codeOf(client.inviteAccount({ body: { name, role: 'viewer' } })), 'ARGUMENT_INVALID', name);
});

test('every route that changes who may have what, or hands something out, is audited', () => {
  const byItself = new Set([
    'activateLaw',
    'release',
    'declineRelease',
    'unrelease',
    'eraseExchangeAct',
    'eraseObject',
  ]);
  const looksOnly = new Set(['checkLaw', 'diffLaw', 'showGiver']);
  for (const [name, { method, scope, audited }] of Object.entries<Route>(routes))
    if ((scope === 'govern' || scope === 'release') && method !== 'GET')
      assert.ok(audited !== undefined || byItself.has(name) || looksOnly.has(name), name);
  // Tools fetch lists again and again, as they do over TAXII and MISP: that is in the decisions on sharing.
  const forTools = new Set(['getList']);
  for (const [name, { answer, audited }] of Object.entries<Route>(routes))
    if (answer === 'bytes' && !forTools.has(name)) assert.equal(audited, 'export', name);
  assert.equal((routes.backup as Route).audited, 'export');
  assert.ok(errorsOf(routes.listAudit).includes('NOT_ALLOWED'));
});
