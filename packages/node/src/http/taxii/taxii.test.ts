import assert from 'node:assert/strict';
import test from 'node:test';
import { markingIdOfTlp, tlps } from '@comity/protocol/markings';
import type { TaxiiManifestRecord } from '@comity/protocol/taxii';
import { serveNode, temporaryDir, until } from '../../node-for-tests.ts';
import type { Cleanup } from '../../node-for-tests.ts';
import { idOf, indicator } from '../stix-for-tests.ts';
import { accept, ask, openBench as openBenchOn } from './client-for-tests.ts';
import type { TaxiiBench } from './client-for-tests.ts';

type Options = Parameters<typeof serveNode>[1];
type Entry = Parameters<typeof openBenchOn>[1];

async function openBench(cleanup: Cleanup, options: Options = {}, entry: Entry = {}) {
  const node = await serveNode(cleanup, options);
  return { node, ...(await openBenchOn(node, entry)) };
}

const many = (count: number, from = 1) => Array.from({ length: count }, (_, index) => indicator(from + index));
const idsIn = (body: { objects?: { id: string }[] }): string[] => (body.objects ?? []).map(({ id }) => id);

/** Every id of a pull, page by page, as `next` leads. `change` makes the parameters of a later page. */
async function pull(bench: TaxiiBench, query: string, change: (query: string) => string = (same) => same) {
  const ids: string[] = [];
  let next: string | undefined;
  for (let page = 0; page < 50; page += 1) {
    const asked = next === undefined ? query : `${change(query)}&next=${encodeURIComponent(next)}`;
    const { status, body } = await bench.get(`/objects/?${asked}`);
    assert.equal(status, 200);
    ids.push(...idsIn(body));
    if (!body.more) return ids;
    next = body.next;
  }
  throw new Error('A pull does not end');
}

test('from discovery to an object: every endpoint answers what the standard says (§4, §5)', async (context) => {
  const bench = await openBench(context);
  await bench.give([indicator(1), indicator(2)]);
  const discovery = await ask(bench.node.url, '/', bench.reader);
  assert.equal(discovery.headers.get('content-type'), accept);
  assert.deepEqual(discovery.body.api_roots, [`${bench.node.url}/taxii2/api/`]);
  assert.equal(discovery.body.default, discovery.body.api_roots[0]);
  const root = await bench.get('/api/');
  assert.deepEqual(root.body.versions, [accept]);
  assert.ok(root.body.max_content_length > 1_000_000);
  const { collections } = (await bench.get('/api/collections/')).body;
  assert.deepEqual(collections, [
    {
      id: bench.collection.id,
      title: 'All',
      alias: 'all',
      can_read: true,
      can_write: true,
      media_types: ['application/stix+json;version=2.1'],
    },
  ]);
  assert.deepEqual((await bench.get('/api/collections/all/')).body, collections[0]);
  const objects = await bench.get('/objects/');
  assert.deepEqual(objects.body, { more: false, objects: [indicator(1), indicator(2)] });
  assert.deepEqual((await bench.get('/api/collections/all/objects/')).body, objects.body);
  const manifest = (await bench.get('/manifest/')).body;
  assert.deepEqual(Object.keys(manifest.objects[0]), ['id', 'date_added', 'version', 'media_type']);
  assert.equal(manifest.objects[0].version, '2026-01-01T00:00:00.000000Z');
  assert.deepEqual((await bench.get(`/objects/${idOf(2)}/`)).body, { more: false, objects: [indicator(2)] });
  const versions = (await bench.get(`/objects/${idOf(2)}/versions/`)).body;
  assert.deepEqual(versions, { more: false, versions: ['2026-01-01T00:00:00.000000Z'] });
});

test('texts pass as they came: nothing is written anew', async (context) => {
  const bench = await openBench(context);
  const text = JSON.stringify(indicator(1)).replace('{', '{ "x_number":1.0,').replace(',', ' ,\n');
  await bench.node.client.createImport({ query: { name: 'x.json', tlp: 'green' }, body: text });
  assert.ok((await bench.get('/objects/')).text.includes(text));
});

test('filters and their combinations (§3.4)', async (context) => {
  const bench = await openBench(context);
  const malware = { ...indicator(3), type: 'malware', id: idOf(3).replace('indicator', 'malware'), is_family: false };
  await bench.give([indicator(1), indicator(2), malware]);
  await bench.give([indicator(1, { modified: '2026-02-01T00:00:00.000Z', name: 'newer' })]);
  const ids = async (query: string) => idsIn((await bench.get(`/objects/?${query}`)).body);
  assert.deepEqual(await ids(''), [idOf(2), malware.id, idOf(1)]);
  assert.deepEqual(await ids('match[type]=malware,tool'), [malware.id]);
  assert.deepEqual(await ids(`match%5Bid%5D=${idOf(1)},${malware.id}&match[type]=indicator`), [idOf(1)]);
  assert.deepEqual(await ids('match[id]=nonexistent'), []);
  assert.deepEqual(await ids('match[version]=first'), [idOf(1), idOf(2), malware.id]);
  assert.deepEqual(await ids('match[version]=all'), [idOf(1), idOf(2), malware.id, idOf(1)]);
  assert.deepEqual(await ids('match[version]=2026-02-01T00:00:00Z'), [idOf(1)]);
  assert.deepEqual(await ids('match[spec_version]=2.0'), []);
  assert.deepEqual((await ids('match[spec_version]=2.0,2.1')).length, 3);
  assert.deepEqual((await bench.get(`/objects/${idOf(1)}/versions/`)).body.versions, [
    '2026-01-01T00:00:00.000000Z',
    '2026-02-01T00:00:00.000000Z',
  ]);
  const { objects } = (await bench.get(`/objects/${idOf(1)}/?match[version]=all`)).body;
  assert.deepEqual(
    objects.map(({ name }: { name?: string }) => name),
    [undefined, 'newer'],
  );
});

test('each error has its status and an error object (§3.6)', async (context) => {
  const bench = await openBench(context);
  await bench.give([indicator(1)]);
  const { node, path, reader } = bench;
  const cases: [number, string, RequestInit][] = [
    [400, `${path}/objects/?limit=0`, {}],
    [400, `${path}/objects/?match[version]=bogus`, {}],
    [400, `${path}/objects/?match[type]=a&match[type]=b`, {}],
    [400, `${path}/objects/`, { method: 'POST', body: '{"objects": [', headers: { 'content-type': accept } }],
    [401, '/', { headers: { authorization: '' } }],
    [401, `${path}/objects/`, { headers: { authorization: 'Bearer wrong' } }],
    [404, '/other/', {}],
    [404, '/api/nothing/', {}],
    [404, '/api/collections/other/', {}],
    [404, `${path}/objects/${idOf(99)}/`, {}],
    [404, `${path}/objects/no-id/`, {}],
    [404, '/api/status/2d086da7-4bdc-4f91-900e-d77486753710/', {}],
    [405, `${path}/objects/`, { method: 'PUT', body: '{}' }],
    [405, '/', { method: 'POST', body: '{}' }],
    [406, '/', { headers: { accept: 'application/json' } }],
    [413, `${path}/objects/`, { method: 'POST', body: 'x'.repeat(9_000_000), headers: { 'content-type': accept } }],
    [415, `${path}/objects/`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }],
    [
      422,
      `${path}/objects/`,
      { method: 'POST', body: '{"type":"bundle","objects":[]}', headers: { 'content-type': accept } },
    ],
    [422, `${path}/objects/`, { method: 'POST', body: '[]', headers: { 'content-type': accept } }],
    [422, `${path}/objects/`, { method: 'POST', body: '{}', headers: { 'content-type': accept } }],
  ];
  for (const [status, where, init] of cases) {
    const answer = await ask(node.url, where, reader, init);
    assert.equal(answer.status, status, `${where} ${answer.text}`);
    assert.equal(answer.headers.get('content-type'), accept);
    assert.equal(answer.body.http_status, String(status));
    assert.ok(answer.body.title !== '' && answer.body.error_id !== '');
    if (status === 401) assert.match(answer.headers.get('www-authenticate') ?? '', /^Basic .*Bearer$/);
    if (status === 405) assert.match(answer.headers.get('allow') ?? '', /GET/);
  }
  assert.deepEqual(node.faults, []);
});

test('who may not write is told so (403); a token of nobody gets nothing', async (context) => {
  const bench = await openBench(context, {}, { takesObjects: false });
  const answer = await bench.post([indicator(1)]);
  assert.deepEqual([answer.status, answer.body.error_code], [403, 'NOT_ALLOWED']);
  assert.equal((await bench.get('/api/collections/all/')).body.can_write, false);
  const { secret } = await bench.node.client.createToken({ body: { name: 'nobody’s', scopes: ['share'] } });
  assert.equal((await ask(bench.node.url, '/', secret)).status, 403);
});

test('what is sent has an outcome each, is a source of its own, and a status for its sender alone (§4.3, §5.5)', async (context) => {
  const bench = await openBench(context);
  const wrong = [{ type: 'indicator' }, { ...indicator(3), spec_version: '2.0' }, 7];
  const { status, body } = await bench.post([indicator(1), ...wrong]);
  assert.equal(status, 202);
  assert.deepEqual([body.total_count, body.success_count, body.failure_count, body.pending_count], [4, 1, 3, 0]);
  assert.deepEqual(body.successes, [{ id: idOf(1), version: '2026-01-01T00:00:00.000Z' }]);
  assert.deepEqual(
    body.failures.map(({ id }: { id: string }) => id),
    ['objects[1]', idOf(3), 'objects[3]'],
  );
  assert.deepEqual((await bench.get(`/api/status/${body.id}/`)).body, body);
  assert.equal((await ask(bench.node.url, `/api/status/${body.id}/`, bench.node.token)).status, 404);
  assert.deepEqual((await bench.post([])).body.total_count, 0);
  const { rows } = await bench.node.client.listIntelSources();
  assert.deepEqual(
    rows.map(({ name, objectCount }) => [name, objectCount]),
    [['Works, to All', 1]],
  );
});

test('only who sent an object may take it back; it then comes in a revoked version (§5.7)', async (context) => {
  const bench = await openBench(context);
  await bench.post([indicator(1)]);
  await bench.give([indicator(2)]);
  const remove = (id: string) =>
    ask(bench.node.url, `${bench.path}/objects/${id}/`, bench.reader, { method: 'DELETE' });
  const before = (await bench.get('/objects/')).headers.get('x-taxii-date-added-last');
  assert.equal((await remove(idOf(2))).status, 403);
  assert.equal((await remove(idOf(3))).status, 404);
  assert.equal((await remove(idOf(1))).status, 200);
  const { body } = await bench.get(`/objects/?added_after=${before}`);
  assert.deepEqual(
    body.objects.map(({ id, revoked }: { id: string; revoked: boolean }) => [id, revoked]),
    [[idOf(1), true]],
  );
  const one = await ask(bench.node.url, `${bench.path}/objects/${idOf(1)}/?match[version]=first`, bench.reader, {
    method: 'DELETE',
  });
  assert.equal(one.status, 403);
});

test('nothing leaves that may not: each label as far as it goes, and what does not is as if it was not there', async (context) => {
  const bench = await openBench(context);
  await bench.give(tlps.map((tlp, index) => indicator(index + 1, { object_marking_refs: [markingIdOfTlp(tlp)] })));
  await bench.give([indicator(9, { object_marking_refs: undefined })]);
  const allowed = tlps.flatMap((tlp, index) => (['clear', 'green', 'amber'].includes(tlp) ? [idOf(index + 1)] : []));
  assert.deepEqual(idsIn((await bench.get('/objects/')).body), [...allowed, idOf(9)]);
  assert.deepEqual(idsIn((await bench.get('/manifest/?match[version]=all')).body), [...allowed, idOf(9)]);
  const red = idOf(tlps.indexOf('red') + 1);
  for (const path of ['', 'versions/']) assert.equal((await bench.get(`/objects/${red}/${path}`)).status, 404);
  assert.deepEqual((await bench.get(`/objects/?match[id]=${red}`)).body, { more: false });
  assert.equal((await bench.get(`/objects/?limit=${allowed.length + 1}`)).body.more, false, 'what is left is hidden');
  const own = await ask(bench.node.url, `${bench.path}/objects/`, bench.node.token);
  assert.equal(own.body.objects.length, tlps.length + 1, 'the owner sees its own');
  const decisions = async () => (await bench.node.client.listSharingDecisions({ query: { object: red } })).rows;
  await until(async () => (await decisions()).length > 0, 'the decision is written');
  assert.deepEqual(
    (await decisions()).map(({ recipient, result }) => [recipient, result]),
    [['client:works', 'deny']],
  );
});

test('a collection is for its audience; for others it is not there, and groups count as they are now', async (context) => {
  const bench = await openBench(context, {}, { audience: [] });
  const { client } = bench.node;
  const { id } = bench.collection;
  assert.deepEqual((await bench.get('/api/collections/')).body, {});
  for (const path of ['', 'objects/', 'manifest/', `objects/${idOf(1)}/`])
    assert.equal((await bench.get(`/api/collections/${id}/${path}`)).status, 404);
  await client.saveRecipientGroup({ body: { id: 'water', name: 'Water', members: [] } });
  await client.saveCollection({ body: { id, title: 'All', audience: ['group:water'] } });
  assert.deepEqual((await bench.get('/api/collections/')).body, {}, 'an empty group is nobody');
  await client.saveRecipientGroup({ body: { id: 'water', name: 'Water', members: ['client:works'] } });
  assert.equal((await bench.get('/api/collections/')).body.collections.length, 1);
  await client.removeCollection({ params: { id } });
  assert.equal((await bench.get('')).status, 404);
});

test('definitions of markings go before what bears them, each once a page', async (context) => {
  const bench = await openBench(context);
  const definition = {
    type: 'marking-definition',
    spec_version: '2.1',
    id: 'marking-definition--00000000-0000-4000-8000-00000000000a',
    created: '2026-01-01T00:00:00.000Z',
    definition_type: 'statement',
    definition: { statement: 'Copyright 2026, Example' },
    object_marking_refs: [markingIdOfTlp('clear')],
  };
  const refs = [markingIdOfTlp('clear'), definition.id];
  await bench.node.client.readStatement({ body: { statement: 'Copyright 2026, Example' } });
  await bench.give([1, 2].map((number) => indicator(number, { object_marking_refs: refs })));
  await bench.give([definition]);
  // Now that the marking can be read they are less strict, and come anew for those who could not have them.
  const inOrder = [definition.id, idOf(1), idOf(2)];
  assert.deepEqual(idsIn((await bench.get('/objects/')).body), inOrder);
  assert.deepEqual(idsIn((await bench.get('/manifest/')).body), inOrder);
  const onlyIndicators = await bench.get('/objects/?match[type]=indicator&limit=2');
  assert.deepEqual([idsIn(onlyIndicators.body), onlyIndicators.body.more], [[definition.id, idOf(1)], true]);
});

// The ways TAXII servers and clients are known to fail.

test('failure 1: a client that pages by the newest modified ends, since dates are of arrival and not of objects', async (context) => {
  const bench = await openBench(context);
  await bench.give(many(3).map((each) => ({ ...each, modified: '2026-02-01T00:00:00.000Z' })));
  const first = await bench.get('/objects/?limit=2');
  const last = first.headers.get('x-taxii-date-added-last') ?? '';
  assert.ok(last > '2026-02-01T00:00:01', last);
  const rest = await bench.get(`/objects/?added_after=${last}`);
  assert.deepEqual([idsIn(rest.body), rest.body.more], [[idOf(3)], false]);
});

test('failure 2: a client that changes added_after while it follows next loses nothing', async (context) => {
  const bench = await openBench(context);
  await bench.give(many(7));
  const ids = await pull(bench, 'limit=2', () => 'limit=2&added_after=2040-01-01T00:00:00Z');
  assert.deepEqual(
    ids,
    many(7).map(({ id }) => id),
  );
});

test('failure 3: a client that drops its filters from the second page on gets what it began with', async (context) => {
  const bench = await openBench(context);
  const malware = (number: number) => ({
    ...indicator(number),
    type: 'malware',
    id: idOf(number).replace('indicator', 'malware'),
    is_family: true,
  });
  await bench.give([1, 2, 3, 4].flatMap((number) => [indicator(number), malware(number)]));
  const ids = await pull(bench, 'limit=1&match[type]=malware', () => '');
  assert.deepEqual(
    ids,
    [1, 2, 3, 4].map((number) => malware(number).id),
  );
});

test('failure 4: a client that accepts application/json is refused in words, or served when the owner says so', async (context) => {
  const strict = await openBench(context);
  const refused = await strict.get('/objects/', { accept: 'application/json' });
  assert.deepEqual([refused.status, refused.body.description.includes(accept)], [406, true]);
  const lenient = await openBench(context, { lenientMediaTypes: true });
  for (const each of ['application/json', '*/*']) {
    const answer = await lenient.get('/objects/', { accept: each });
    assert.deepEqual([answer.status, answer.headers.get('content-type')], [200, accept]);
  }
});

test('failure 5: every date has the form of the standard, in headers and manifest (§2)', async (context) => {
  const bench = await openBench(context);
  await bench.give(many(2));
  const { headers, body } = await bench.get('/manifest/');
  const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
  const dates = (body.objects as TaxiiManifestRecord[]).flatMap(({ date_added, version }) => [date_added, version]);
  for (const date of dates) assert.match(date, form);
  assert.equal(headers.get('x-taxii-date-added-first'), body.objects[0].date_added);
  assert.equal(headers.get('x-taxii-date-added-last'), body.objects[1].date_added);
});

test('failure 6: names are those of the standard, api_roots are absolute, ids are UUIDs of version 4', async (context) => {
  const bench = await openBench(context);
  const { body } = await bench.get('/api/collections/');
  assert.deepEqual(Object.keys(body.collections[0]).toSorted(), [
    'alias',
    'can_read',
    'can_write',
    'id',
    'media_types',
    'title',
  ]);
  assert.match(body.collections[0].id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const roots = (await ask(bench.node.url, '/', bench.reader)).body.api_roots as string[];
  assert.ok(roots.every((url) => URL.canParse(url)));
});

test('failure 7: every answer says application/taxii+json;version=2.1, with its last slash and without, never a redirect', async (context) => {
  const bench = await openBench(context);
  await bench.give(many(1));
  for (const path of ['', '/objects', '/manifest', `/objects/${idOf(1)}`, `/objects/${idOf(1)}/versions`, '/nothing']) {
    const [bare, slashed] = [await bench.get(path), await bench.get(`${path}/`)];
    assert.deepEqual(
      [bare.status, bare.text.replaceAll(/"error_id":"[^"]*"|nothing\/?/g, '')],
      [slashed.status, slashed.text.replaceAll(/"error_id":"[^"]*"|nothing\/?/g, '')],
      path,
    );
    for (const { headers } of [bare, slashed]) assert.equal(headers.get('content-type'), accept);
  }
  for (const path of ['', '/']) assert.equal((await ask(bench.node.url, path, bench.reader)).status, 200);
});

test('failure 8: behind a proxy api_roots have the public name, whatever Host a request has', async (context) => {
  const bench = await openBench(context, { publicUrl: 'https://exchange.example' });
  const { body } = await ask(bench.node.url, '/', bench.reader);
  assert.deepEqual(body.api_roots, ['https://exchange.example/taxii2/api/']);
});

test('failure 9: discovery is there beside the collections, by HTTP Basic as well as bearer', async (context) => {
  const bench = await openBench(context);
  const basic = (text: string) => ({ headers: { authorization: `Basic ${Buffer.from(text).toString('base64')}` } });
  const { status } = await ask(bench.node.url, '/', '', basic(`anybody:${bench.reader}`));
  assert.equal(status, 200);
  for (const wrong of [bench.reader, 'anybody:wrong', ''])
    assert.equal((await ask(bench.node.url, '/', '', basic(wrong))).status, 401);
});

test('failure 10: a batch of one instant, pages smaller than it: nothing is lost or doubled, also while imports commit', async (context) => {
  const bench = await openBench(context);
  await bench.give(many(40));
  let page = await bench.get('/objects/?limit=7');
  const ids = idsIn(page.body);
  for (let turn = 1; page.body.more; turn += 1) {
    if (turn < 4) await bench.give(many(5, 100 * turn));
    // As a client without next does it.
    page = await bench.get(`/objects/?limit=7&added_after=${page.headers.get('x-taxii-date-added-last')}`);
    ids.push(...idsIn(page.body));
  }
  const wanted = [...many(40), ...many(5, 100), ...many(5, 200), ...many(5, 300)].map(({ id }) => id);
  assert.deepEqual(ids, wanted);
  const { objects } = (await bench.get('/manifest/')).body as { objects: TaxiiManifestRecord[] };
  assert.equal(new Set(objects.map((each) => each.date_added)).size, wanted.length);
});

test('failure 11: what is sent twice is a success both times', async (context) => {
  const bench = await openBench(context);
  for (let turn = 0; turn < 2; turn += 1) {
    const { body } = await bench.post([indicator(1)]);
    assert.deepEqual([body.success_count, body.failure_count], [1, 0]);
  }
  assert.equal(idsIn((await bench.get('/objects/?match[version]=all')).body).length, 1);
});

test('failure 12: bad parameters and bodies are errors of the client with an error object, never 500', async (context) => {
  const bench = await openBench(context);
  for (const query of [
    'added_after=notatime',
    'added_after=2016-11-03',
    'match[version]=bogus',
    'next=bogus',
    'limit=abc',
  ]) {
    const { status, body } = await bench.get(`/objects/?${query}`);
    assert.deepEqual([status, body.http_status, body.error_code], [400, '400', 'ARGUMENT_INVALID'], query);
  }
  for (const body of ['not json', '{"objects":[', `{"objects":${'['.repeat(100_000)}`, '\ud800'])
    assert.equal((await bench.post(body)).status, 400, body.slice(0, 20));
  assert.deepEqual(bench.node.faults, []);
});

test('failure 13: cursors cost no memory and outlive the process', async (context) => {
  const dataDir = temporaryDir(context);
  const cleanups: (() => unknown)[] = [];
  const first = await openBench({ after: (fn) => void cleanups.push(fn) }, { dataDir });
  await first.give(many(5));
  const { body } = await first.get('/objects/?limit=2');
  for (const fn of cleanups) await fn();
  const again = await serveNode(context, { dataDir });
  const rest = await ask(again.url, `${first.path}/objects/?next=${body.next}`, first.reader);
  assert.deepEqual(idsIn(rest.body), [idOf(3), idOf(4)]);
  const forged = body.next.replace(/^../, 'AA');
  assert.equal((await ask(again.url, `${first.path}/objects/?next=${forged}`, first.reader)).status, 400);
});
