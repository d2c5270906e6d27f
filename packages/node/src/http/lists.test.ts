import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { markingIdOfPap, markingIdOfTlp } from '@comity/protocol/markings';
import { readStarterLaw } from '../sharing/index.ts';
import { serveNode, until as waitUntil } from '../node-for-tests.ts';
import type { ServedNode } from '../node-for-tests.ts';
import { patientStream } from './patient-stream.ts';
import { bundle, idOf, indicator } from './stix-for-tests.ts';

/** A recipient with a token of its own and a collection it may ask for; `get` fetches a list of it as a tool would. */
async function openList({ client }: ServedNode, key = 'client:works') {
  const { id: tokenId, secret } = await client.createToken({ body: { name: key, scopes: ['share'] } });
  await client.saveRecipient({ body: { key, name: key, tokenId } });
  const { listsUrl } = await client.saveCollection({ body: { title: key, alias: 'watch', audience: [key] } });
  const get = async (format: string, headers: Record<string, string> = {}): Promise<Response> =>
    await fetch(listsUrl + format, { headers: { authorization: `Basic ${btoa(`sensor:${secret}`)}`, ...headers } });
  return { get, listsUrl };
}

const named = (number: number, value: string, refs: readonly string[]) =>
  indicator(number, { pattern: `[domain-name:value = '${value}']`, object_marking_refs: refs });

test('a tool fetches a list with its token as a password, sees its label, and is told when nothing changed', async (context) => {
  const node = await serveNode(context);
  const { client } = node;
  await client.activateLaw({ body: { text: readStarterLaw('open'), name: 'open' } });
  await client.createImport({ query: { name: 'one.txt', tlp: 'green' }, body: 'one.example\n' });
  const { get } = await openList(node);
  const first = await get('domains');
  assert.equal(first.status, 200);
  assert.equal(await first.text(), '# TLP:GREEN PAP:AMBER\none.example\n');
  assert.equal(first.headers.get('comity-label'), 'TLP:GREEN PAP:AMBER');
  const etag = first.headers.get('etag') ?? '';
  const again = await get('domains', { 'if-none-match': etag });
  assert.deepEqual([again.status, await again.text(), again.headers.get('etag')], [304, '', etag]);
  assert.notEqual((await get('hosts')).headers.get('etag'), etag, 'another form is another thing');

  const changes: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['something came', () => client.createImport({ query: { name: 'two.txt' }, body: 'two.example\n' })],
    ['the law', () => client.activateLaw({ body: { text: readStarterLaw('isac'), name: 'isac' } })],
    ['the recipient', () => client.saveRecipient({ body: { key: 'client:other', name: 'Other' } })],
  ];
  let known = etag;
  for (const [what, change] of changes) {
    await change();
    const answer = await get('domains', { 'if-none-match': known });
    assert.notEqual(answer.status, 304, what);
    known = answer.headers.get('etag') ?? '';
    await answer.text();
  }
});

test('what is taken back is not in the next list', async (context) => {
  const node = await serveNode(context);
  const { client } = node;
  await client.activateLaw({ body: { text: readStarterLaw('open'), name: 'open' } });
  const object = named(1, 'gone.example', [markingIdOfTlp('green')]);
  const send = async (value: object) =>
    await client.createImport({
      query: { name: 'x.json' },
      body: JSON.stringify(bundle(value)),
    });
  await send(object);
  await send(named(2, 'stays.example', [markingIdOfTlp('green')]));
  const { get } = await openList(node);
  const before = await get('domains');
  assert.equal(await before.text(), '# TLP:GREEN PAP:AMBER\nstays.example\ngone.example\n');
  await send({ ...object, modified: '2026-01-02T00:00:00.000Z', revoked: true });
  const after = await get('domains', { 'if-none-match': before.headers.get('etag') ?? '' });
  assert.equal(await after.text(), '# TLP:GREEN PAP:AMBER\nstays.example\n');
});

test('a list that blocks holds what may be blocked, and says how much may not', async (context) => {
  const node = await serveNode(context);
  const { client } = node;
  const objects = [
    named(1, 'block.example', [markingIdOfTlp('clear'), markingIdOfPap('green')]),
    named(2, 'watch.example', [markingIdOfTlp('clear')]),
  ];
  await client.createImport({
    query: { name: 'x.json' },
    body: JSON.stringify(bundle(...objects)),
  });
  await client.saveCollection({ body: { title: 'Own', alias: 'own' } });
  const own = async (format: 'hosts' | 'domains') =>
    await (await client.getList({ params: { collection: 'own', format } })).text();
  assert.equal(await own('domains'), 'watch.example\nblock.example\n');
  assert.equal(
    await own('hosts'),
    '0.0.0.0 block.example\n# 1 objects may not be blocked and are not in it: floor.pap-amber\n',
  );
});

test('a list that blocks bears the label of what is in it, and only that is recorded as given', async (context) => {
  const node = await serveNode(context);
  const { client } = node;
  await client.activateLaw({ body: { text: readStarterLaw('open'), name: 'open' } });
  const objects = [
    named(1, 'block.example', [markingIdOfTlp('clear'), markingIdOfPap('green')]),
    named(2, 'watch.example', [markingIdOfTlp('green')]),
  ];
  await client.createImport({ query: { name: 'x.json' }, body: JSON.stringify(bundle(...objects)) });
  const { get } = await openList(node);
  const answer = await get('hosts');
  assert.equal(
    await answer.text(),
    '# TLP:CLEAR PAP:GREEN\n0.0.0.0 block.example\n# 1 objects may not be blocked and are not in it: floor.pap-amber\n',
  );
  const decisions = async () => (await client.listSharingDecisions({ query: { recipient: 'client:works' } })).rows;
  await waitUntil(async () => (await decisions()).length === 3, 'the decisions are written');
  const rows = await decisions();
  assert.deepEqual(rows.map(({ object, action, result }) => `${object} ${action} ${result}`).toSorted(), [
    `${idOf(1)} block allow`,
    `${idOf(1)} forward allow`,
    `${idOf(2)} block deny`,
  ]);
});

test('what expires is in no list any more, though nobody sent anything', async (context) => {
  const node = await serveNode(context);
  const until = new Date(Date.now() + 3000).toISOString();
  const ending = indicator(1, { valid_from: '2026-01-01T00:00:00Z', valid_until: until });
  await node.client.createImport({ query: { name: 'x.json' }, body: JSON.stringify(bundle(ending, indicator(2))) });
  const { listsUrl } = await node.client.saveCollection({ body: { title: 'Own', alias: 'own' } });
  const get = async (etag: string) =>
    await fetch(`${listsUrl}domains`, { headers: { authorization: `Bearer ${node.token}`, 'if-none-match': etag } });
  const before = await get('');
  assert.equal(await before.text(), 'host-2.example\nhost-1.example\n');
  const etag = before.headers.get('etag') ?? '';
  await waitUntil(async () => (await get(etag)).status === 200, 'the list is another one');
  assert.equal(await (await get(etag)).text(), 'host-2.example\n');
});

test('a body nobody reads on is given up, and one that is read slowly is not', async () => {
  const chunks = async function* (count: number) {
    for (let index = 0; index < count; index += 1) yield 'x'.repeat(100_000);
  };
  const left = patientStream(chunks(50), 100);
  const [error] = (await once(
    left.once('readable', () => left.read(1)),
    'error',
  )) as [{ code: string }];
  assert.deepEqual([error.code, left.destroyed], ['REMOTE_FAILED', true]);
  let length = 0;
  for await (const chunk of patientStream(chunks(5), 2000)) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    length += String(chunk).length;
  }
  assert.equal(length, 500_000);
});

test('who is not its audience is not told of a list; who sends no token is asked for one; nonsense is refused', async (context) => {
  const node = await serveNode(context);
  const { get, listsUrl } = await openList(node);
  const { id: tokenId, secret } = await node.client.createToken({ body: { name: 'b', scopes: ['share'] } });
  await node.client.saveRecipient({ body: { key: 'client:b', name: 'B', tokenId } });
  const other = await fetch(`${listsUrl}domains`, { headers: { authorization: `Bearer ${secret}` } });
  assert.equal(other.status, 404);
  const nobody = await fetch(`${listsUrl}domains`);
  assert.equal(nobody.status, 401);
  assert.match(nobody.headers.get('www-authenticate') ?? '', /^Basic /);
  assert.doesNotMatch((await fetch(`${node.url}/api/v1/intel`)).headers.get('www-authenticate') ?? '', /Basic/);
  assert.equal((await get('nonsense')).status, 400);
  assert.equal((await get('domains', { authorization: 'Basic !!!' })).status, 401);
});
