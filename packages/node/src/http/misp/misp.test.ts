import assert from 'node:assert/strict';
import test from 'node:test';
import { markingIdOfTlp } from '@comity/protocol/markings';
import { readStarterLaw } from '../../sharing/index.ts';
import { serveNode, temporaryDir, until } from '../../node-for-tests.ts';
import type { Cleanup } from '../../node-for-tests.ts';
import { bundle, indicator, uuidOf } from '../stix-for-tests.ts';
import { mispEvent, openMispBench } from './client-for-tests.ts';
import type { MispBench } from './client-for-tests.ts';

type Options = Parameters<typeof serveNode>[1];
type Entry = Parameters<typeof openMispBench>[1];

async function openBench(cleanup: Cleanup, options: Options = {}, entry: Entry = {}) {
  const node = await serveNode(cleanup, options);
  return { node, ...(await openMispBench(node, entry)) };
}

const report = (number: number, refs: readonly number[]) => ({
  ...indicator(number),
  type: 'report',
  id: `report--${uuidOf(number)}`,
  name: `Report ${number}`,
  published: '2026-01-01T00:00:00Z',
  object_refs: refs.map((ref) => `indicator--${uuidOf(ref)}`),
  pattern: undefined,
  pattern_type: undefined,
  valid_from: undefined,
});

interface Attribute {
  readonly uuid: string;
  readonly value: string;
  readonly deleted: boolean;
}
const valuesOf = (event: { Attribute: readonly Attribute[] }) => event.Attribute.map(({ value }) => value).toSorted();

/** Every event of the feed, as whoever pulls it reads it. */
async function pullFeed(bench: Pick<MispBench, 'ask'>) {
  const manifest = (await bench.ask('/manifest.json')).body as Record<string, { info: string; timestamp: string }>;
  const events = await Promise.all(
    Object.keys(manifest).map(async (uuid) => (await bench.ask(`/${uuid}.json`)).body.Event),
  );
  return { manifest, events: events.toSorted((one, other) => (one.info < other.info ? -1 : 1)) };
}

test('a MISP that asks before it pulls finds a version, a user, no groups of ours, and its body as it sent it', async (context) => {
  const bench = await openBench(context);
  for (const path of ['/servers/getVersion', '/servers/getVersion.json']) {
    const { status, body } = await bench.ask(path);
    assert.deepEqual([status, body.version.split('.')[0], body.perm_sync], [200, '2', true]);
  }
  const { body: user } = await bench.ask('/users/view/me.json');
  assert.deepEqual([user.Organisation.name, user.Role.perm_sync], ['Works', true]);
  assert.deepEqual((await bench.ask('/sharing_groups/index.json')).body, { response: [] });
  assert.deepEqual((await bench.ask('/shadow_attributes/index/all:1.json')).body, []);
  assert.deepEqual((await bench.post('/sightings/restSearch/event', {})).body, { response: [] });
  const { body: echo } = await bench.post('/servers/postTest', { testString: 'öäü€' });
  assert.equal(echo.body.testString, 'öäü€');
  assert.deepEqual(echo.headers, {
    'Content-type': 'application/json',
    Accept: 'application/json',
    Authorization: 'OK',
  });
});

test('an event that is pushed is there under its uuid for whoever may have it, as the MISP it came from says it', async (context) => {
  const bench = await openBench(context);
  assert.equal((await bench.ask(`/events/view/${uuidOf(1)}`, { method: 'HEAD' })).status, 404);
  const pushed = await bench.post('/events/add/metadata:1', mispEvent(1));
  assert.equal(pushed.status, 200, pushed.text);
  assert.deepEqual([pushed.body.Event.uuid, pushed.body.Event.attribute_count], [uuidOf(1), '2']);
  assert.equal(pushed.body.import.rejected, 0);
  assert.equal((await bench.ask(`/events/view/${uuidOf(1)}`, { method: 'HEAD' })).status, 200);
  const path = `/events/view/${uuidOf(1)}/deleted[]:0/deleted[]:1/excludeGalaxy:1/excludeLocalTags:1`;
  const { Event: event } = (await bench.ask(path)).body;
  assert.deepEqual(
    [event.info, event.Orgc, event.timestamp, event.Tag[0].name, event.distribution],
    ['Event 1', mispEvent(1).Event.Orgc, '1767225600', 'tlp:green', '2'],
  );
  assert.deepEqual(
    event.Attribute.map(({ uuid, value }: Attribute) => [uuid, value]),
    mispEvent(1).Event.Attribute.map(({ uuid, value }) => [uuid, value]),
  );
  assert.deepEqual((await bench.ask(`/${uuidOf(1)}.json`)).body, { Event: event });
});

test('a later version changes the event, the same one nothing; what its sender deletes is deleted for others', async (context) => {
  const bench = await openBench(context);
  await bench.post('/events/add', mispEvent(1));
  const wanted = async (timestamp: string) =>
    (await bench.post('/events/filterEventIdsForPush', [{ Event: { uuid: uuidOf(1), timestamp } }])).body;
  assert.deepEqual([await wanted('1767225600'), await wanted('1767225700')], [[], [uuidOf(1)]]);
  const again = await bench.post(`/events/edit/${uuidOf(1)}`, mispEvent(1));
  assert.equal(again.body.import.taken, 0);
  const { Attribute: attributes, ...rest } = mispEvent(1).Event;
  const gone = { ...attributes[0], deleted: true, timestamp: '1767225700' };
  const { status } = await bench.post(`/events/edit/${uuidOf(1)}`, {
    Event: { ...rest, uuid: undefined, timestamp: '1767225700', Attribute: [gone, attributes[1]] },
  });
  assert.equal(status, 200);
  const { Event: event } = (await bench.ask(`/events/view/${uuidOf(1)}`)).body;
  assert.equal(event.timestamp, '1767225700');
  const indicator = event.Attribute.find(({ value }: Attribute) => value === 'host-1.example');
  assert.deepEqual([indicator.uuid, indicator.deleted, indicator.to_ids], [gone.uuid, true, false]);
});

test('an event without a time is one of now', async (context) => {
  const bench = await openBench(context);
  const { status } = await bench.post('/events/add', mispEvent(1, { timestamp: undefined }));
  const { Event: event } = (await bench.ask(`/events/view/${uuidOf(1)}`)).body;
  assert.deepEqual([status, Number(event.timestamp) > 1_767_225_600], [200, true]);
});

test('two edits without a time, within a second, are two: the later one counts', async (context) => {
  const bench = await openBench(context);
  await bench.post('/events/add', mispEvent(1, { timestamp: undefined, info: 'First' }));
  for (const info of ['Second', 'Third'])
    await bench.post(`/events/edit/${uuidOf(1)}`, mispEvent(1, { timestamp: undefined, info }));
  const { Event: event } = (await bench.ask(`/events/view/${uuidOf(1)}`)).body;
  assert.equal(event.info, 'Third');
});

test('an observable is found by the id it came under, in each event that tells of it, and not by its day as well', async (context) => {
  const bench = await openBench(context);
  const seen = (number: number) =>
    mispEvent(number, {
      Attribute: [{ uuid: uuidOf(number + 100), type: 'ip-dst|port', value: '192.0.2.1|443', to_ids: false }],
    });
  await bench.post('/events/add', seen(1));
  await bench.post('/events/add', seen(2));
  const { events } = await pullFeed(bench);
  assert.deepEqual(
    events.map((event) => [event.info, valuesOf(event)]),
    [
      ['Event 1', ['192.0.2.1|443']],
      ['Event 2', ['192.0.2.1|443']],
    ],
  );
});

test('what stands in no report is an event a day, under the same uuid at each pull and after a restart', async (context) => {
  const dataDir = temporaryDir(context);
  const inner: (() => unknown)[] = [];
  const first = await openBench({ after: (fn) => inner.unshift(fn) }, { dataDir });
  await first.give(
    bundle(indicator(1), indicator(2, { created: '2026-01-02T00:00:00.000Z', modified: '2026-01-02T00:00:00.000Z' })),
  );
  const before = await pullFeed(first);
  assert.deepEqual(
    before.events.map(({ info, date }) => [info, date]),
    [
      ['All, 2026-01-01', '2026-01-01'],
      ['All, 2026-01-02', '2026-01-02'],
    ],
  );
  await first.give(bundle(indicator(3)));
  const after = await pullFeed(first);
  const [day, other] = before.events.map(({ uuid }) => uuid);
  assert.deepEqual(valuesOf(after.events[0]), ['host-1.example', 'host-3.example']);
  assert.ok(Number(after.manifest[day]?.timestamp) >= Number(before.manifest[day]?.timestamp));
  assert.equal(after.manifest[other]?.timestamp, before.manifest[other]?.timestamp);
  const uuids = ({ events }: typeof after) =>
    events.flatMap((event) => event.Attribute.map(({ uuid }: Attribute) => uuid));
  const { base, key } = first;
  for (const fn of inner) await fn();

  const { url } = await serveNode(context, { dataDir });
  const ask: MispBench['ask'] = async (path) => {
    const answer = await fetch(`${url}${new URL(base).pathname}${path}`, { headers: { authorization: key } });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, body: JSON.parse(text) };
  };
  const restarted = await pullFeed({ ask });
  assert.deepEqual(uuids(restarted), uuids(after));
  assert.deepEqual(Object.keys(restarted.manifest).toSorted(), Object.keys(after.manifest).toSorted());
});

test('what stands in a report is in that event alone, unless the report may not leave', async (context) => {
  const bench = await openBench(context);
  const red = indicator(4, { object_marking_refs: [markingIdOfTlp('red')] });
  await bench.give(bundle(indicator(1), indicator(2), indicator(3), red, report(10, [1]), report(11, [2, 4])));
  const { events } = await pullFeed(bench);
  assert.deepEqual(
    events.map((event) => [event.info, valuesOf(event)]),
    [
      ['All, 2026-01-01', ['host-2.example', 'host-3.example']],
      ['Report 10', ['host-1.example']],
    ],
  );
  assert.ok(!JSON.stringify(events).includes('host-4.example'));
  assert.equal((await bench.ask(`/${uuidOf(11)}.json`)).status, 404);
});

test('a collection gives what passes its filter, to its audience; what a law newly lets out is newer than what was had', async (context) => {
  const bench = await openBench(context, {}, { types: ['indicator'] });
  await bench.give(
    bundle(indicator(1), report(10, [1]), {
      ...indicator(2),
      type: 'vulnerability',
      id: `vulnerability--${uuidOf(2)}`,
      name: 'CVE-2026-1',
    }),
  );
  const { events } = await pullFeed(bench);
  assert.deepEqual(
    events.map(({ info }) => info),
    ['All, 2026-01-01'],
  );
  assert.deepEqual(valuesOf(events[0]), ['host-1.example']);
  const { client, url } = bench.node;
  const token = await client.createToken({ body: { name: 'other', scopes: ['share'] } });
  await client.saveRecipient({ body: { key: 'client:other', name: 'Other', tokenId: token.id } });
  const other = await fetch(`${url}/misp/all/manifest.json`, { headers: { authorization: token.secret } });
  assert.equal(other.status, 404);
  await client.activateLaw({ body: { text: readStarterLaw('closed'), name: 'closed' } });
  assert.deepEqual((await bench.ask('/manifest.json')).body, {});
  assert.equal((await bench.ask(`/${events[0].uuid}.json`)).status, 404);
  await until(() => Math.floor(Date.now() / 1000) > Number(events[0].timestamp), 'a second is over');
  await client.activateLaw({ body: { text: readStarterLaw('open'), name: 'open' } });
  const [again] = (await pullFeed(bench)).events;
  assert.ok(Number(again.timestamp) > Number(events[0].timestamp));
});

test('an index says what there is, and nothing twice to whoever has it; a search gives what is asked for', async (context) => {
  const bench = await openBench(context);
  await bench.give(mispEvent(1));
  await bench.give(mispEvent(2, { timestamp: '1767312000', Tag: [{ name: 'tlp:green' }, { name: 'rsit:fraud' }] }));
  const index = await bench.post('/events/index', { minimal: 1, published: 1 }, { 'if-none-match': '""' });
  assert.deepEqual(index.body[0], {
    uuid: uuidOf(1),
    timestamp: '1767225600',
    published: true,
    sighting_timestamp: '0',
    orgc_uuid: uuidOf(9000),
  });
  const etag = index.headers.get('etag') ?? '';
  const unchanged = await bench.post('/events/index', { minimal: 1, published: 1 }, { 'if-none-match': etag });
  assert.deepEqual([unchanged.status, unchanged.text], [304, '']);
  for (const known of [`W/${etag}`, `"other", ${etag}`, '*'])
    assert.equal((await bench.post('/events/index', { minimal: 1 }, { 'if-none-match': known })).status, 304, known);
  const { body: whole } = await bench.ask('/events/index');
  assert.deepEqual(
    [whole[1].EventTag.map(({ Tag }: { Tag: { name: string } }) => Tag.name), whole[1].attribute_count],
    [['tlp:green', 'rsit:fraud'], '2'],
  );
  assert.equal(whole[0].Attribute, undefined);

  const found = async (asked: object) =>
    (await bench.post('/events/restSearch', { returnFormat: 'json', ...asked })).body.response.map(
      ({ Event: event }: { Event: { info: string } }) => event.info.slice(-1),
    );
  const cases: [object, string[]][] = [
    [{}, ['1', '2']],
    [{ value: 'HOST-1.example' }, ['1']],
    [{ value: '%2.example' }, ['2']],
    [{ value: 'host-%' }, ['1', '2']],
    [{ value: '%st-1%' }, ['1']],
    [{ value: ['host-1.example', 'host-2.example'] }, ['1', '2']],
    [{ value: '!host-1.example' }, ['2']],
    [{ type: 'domain' }, ['1', '2']],
    [{ type: { NOT: ['domain'] } }, []],
    [{ tags: 'rsit:fraud' }, ['2']],
    [{ tags: { OR: ['rsit:%'], NOT: ['tlp:red'] } }, ['2']],
    [{ org: 'CERT Example' }, ['1', '2']],
    [{ org: `!${uuidOf(9000)}` }, []],
    [{ uuid: uuidOf(2) }, ['2']],
    [{ uuid: uuidOf(101) }, ['1']],
    [{ timestamp: '1767312000' }, ['2']],
    [{ timestamp: ['1767225600', 1767225600] }, ['1']],
    [{ publish_timestamp: '1d' }, []],
    [{ published: 0 }, []],
    [{ published: true, limit: 1, page: 2 }, ['2']],
    [{ limit: '1' }, ['1']],
    [{ sgReferenceOnly: 1, withAttachments: 0, value: null }, ['1', '2']],
  ];
  for (const [asked, wanted] of cases) assert.deepEqual(await found(asked), wanted, JSON.stringify(asked));
  const { response } = (await bench.ask('/events/restSearch?value=host-1.example&metadata=1')).body;
  assert.deepEqual(
    [response.length, response[0].Event.Attribute, response[0].Event.attribute_count],
    [1, undefined, '2'],
  );
  assert.deepEqual(
    (await bench.post('/events/restSearch', { request: { tags: 'rsit:fraud' } })).body.response.length,
    1,
  );
  assert.deepEqual((await bench.post('/events/index', [])).body.length, 2);
});

test('each error has its status and says itself as MISP does, whatever is sent', async (context) => {
  const bench = await openBench(context);
  const body = (value: unknown) => ({
    method: 'POST',
    body: typeof value === 'string' ? value : JSON.stringify(value),
  });
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const cases: [number, string, RequestInit][] = [
    [403, '/manifest.json', { headers: { authorization: '' } }],
    [403, '/manifest.json', { headers: { authorization: 'x'.repeat(5000) } }],
    [403, '/events/index', { headers: { authorization: 'wrong' } }],
    [404, '/nothing', {}],
    [404, `/events/publish/${uuidOf(1)}`, {}],
    [404, `/events/view/${uuidOf(1)}`, {}],
    [404, '/events/view/1', {}],
    [404, `/${uuidOf(1)}.json`, {}],
    [405, '/manifest.json', body({})],
    [405, '/events/add', { method: 'GET' }],
    [405, '/events/add', { method: 'DELETE' }],
    [400, '/events/add', body('{"Event":')],
    [400, '/events/add', body('')],
    [400, '/events/add', body(deep)],
    [400, '/events/add', body(`{"Event":{"info":"x","Attribute":${deep}}}`)],
    [400, '/events/add', body('7')],
    [400, '/events/add', body([])],
    [400, '/events/add', body([mispEvent(1), mispEvent(2)])],
    [400, '/events/add', body({ Event: { info: 'x', uuid: 'no uuid' } })],
    [400, '/events/add', body({ Event: { nothing: 1 } })],
    [400, `/events/edit/${uuidOf(2)}`, body(mispEvent(1))],
    [400, '/events/index', body('"x"')],
    [400, '/events/index', body({ unknown: 1 })],
    [400, '/events/index', body({ uuid: uuidOf(1), eventid: uuidOf(2) })],
    [400, '/events/index?value=a&value=b', {}],
    [400, '/events/index', body({ published: [0, 1] })],
    [400, '/events/restSearch', body({ returnFormat: 'csv' })],
    [400, '/events/restSearch', body({ value: { AND: ['x'] } })],
    [400, '/events/restSearch', body({ value: [{}] })],
    [400, '/events/restSearch', body({ value: Array.from({ length: 1001 }, () => 'x') })],
    [400, '/events/restSearch', body({ timestamp: 'soon' })],
    [400, '/events/restSearch', body({ timestamp: [] })],
    [400, '/events/restSearch', body({ timestamp: [1, 2, 3] })],
    [400, '/events/restSearch', body({ limit: -1 })],
    [400, '/events/restSearch', body({ limit: '99999999' })],
    [400, '/events/filterEventIdsForPush', body({})],
    [413, '/events/add', body('x'.repeat(33 * 1024 * 1024))],
  ];
  for (const [status, path, init] of cases) {
    const answer = await bench.ask(path, init);
    const what = `${path} ${JSON.stringify(init.body ?? '').slice(0, 60)} ${answer.text.slice(0, 300)}`;
    assert.equal(answer.status, status, what);
    assert.ok(answer.body.message !== '' && answer.body.name === answer.body.message && answer.body.url !== '', what);
    if (status === 405) assert.match(answer.headers.get('allow') ?? '', /GET|POST/);
  }
  assert.deepEqual(
    (await bench.post('/events/filterEventIdsForPush', [7, { Event: 7 }, { Event: { uuid: 'x' } }])).body,
    [],
  );
  const brackets = mispEvent(3, { info: `\\"${'['.repeat(200)}` });
  assert.equal((await bench.post('/events/add', brackets)).status, 200, 'brackets in a text are none');
  assert.deepEqual(bench.node.faults, []);
});

test('what of a pushed event cannot be used is said where it stands; an event of which nothing can is not saved', async (context) => {
  const bench = await openBench(context);
  const wrong = { type: 'md5', value: 'no digest', to_ids: true };
  const partly = await bench.post(
    '/events/add',
    mispEvent(1, { Attribute: [...mispEvent(1).Event.Attribute, wrong, { type: 'btc', value: 'x' }] }),
  );
  assert.equal(partly.status, 200);
  assert.deepEqual(partly.body.errors.Attribute, {
    'Event.Attribute[2]': ['Cannot use Event.Attribute[2]: its value is no md5'],
  });
  assert.deepEqual(partly.body.import.losses, [
    { field: 'Attribute type "btc"', count: 1, reason: 'has no STIX form: kept as a note' },
  ]);
  const { id } = partly.body.import;
  assert.equal((await bench.node.client.getImport({ params: { id } })).rejected, 1);
  const strange = {
    unknown: { deep: [1] },
    Attribute: [7, null, { type: 'domain' }],
    Object: 'x',
    Tag: 7,
    Galaxy: [[]],
  };
  assert.equal((await bench.post('/events/add', mispEvent(2, strange))).status, 200);
});

test('only who may send to a collection that takes objects pushes; a key that may not has no sync right', async (context) => {
  const bench = await openBench(context, {}, { takesObjects: false });
  assert.equal((await bench.ask('/servers/getVersion')).body.perm_sync, false);
  const refused = await bench.post('/events/add', mispEvent(1));
  assert.deepEqual([refused.status, refused.body.code], [403, 'NOT_ALLOWED']);
  assert.deepEqual((await bench.post('/events/filterEventIdsForPush', [mispEvent(1)])).body, []);
});

test('whether an event is here is told only to who sent it or may see it', async (context) => {
  const bench = await openBench(context);
  const strict = { Tag: [{ name: 'tlp:amber+strict' }] };
  await bench.give(mispEvent(1, strict));
  await bench.post('/events/add', mispEvent(2, strict));
  const asked = [1, 2].map((number) => ({ Event: { uuid: uuidOf(number), timestamp: '1767225600' } }));
  assert.deepEqual((await bench.post('/events/filterEventIdsForPush', asked)).body, [uuidOf(1)]);
  assert.equal((await bench.ask(`/events/view/${uuidOf(2)}`)).status, 404);
});

test('two TLP labels on an event: the strictest holds, and the report of the import says whom to ask', async (context) => {
  const bench = await openBench(context);
  const tags = { Tag: [{ name: 'tlp:green' }, { name: 'tlp:red' }] };
  const { body } = await bench.post('/events/add', mispEvent(1, tags));
  const { findings } = await bench.node.client.getImport({ params: { id: body.import.id } });
  assert.deepEqual(
    findings.map(({ code, severity, place, count }) => [code, severity, place, count]),
    [['tlp-contradiction', 'error', 'Event', 1]],
  );
  assert.equal((await bench.ask(`/events/view/${uuidOf(1)}`)).status, 404);
});

test('what bears a statement or policy MISP has no words for is not given to one', async (context) => {
  const bench = await openBench(context);
  const statement = `marking-definition--${uuidOf(90)}`;
  await bench.give(
    bundle(
      {
        type: 'marking-definition',
        spec_version: '2.1',
        id: statement,
        created: '2026-01-01T00:00:00.000Z',
        definition_type: 'statement',
        definition: { statement: 'Ask us' },
      },
      indicator(1, { object_marking_refs: [markingIdOfTlp('green'), statement] }),
      indicator(2, { granular_markings: [{ marking_ref: statement, selectors: ['pattern'] }] }),
      indicator(3),
    ),
  );
  await bench.node.client.readStatement({ body: { statement: 'Ask us' } });
  const { events } = await pullFeed(bench);
  assert.deepEqual(events.map(valuesOf), [['host-3.example']]);
});

test('another node pulls the feed as a MISP does, and has its values; the owner has its own labels', async (context) => {
  const bench = await openBench(context);
  await bench.give(mispEvent(1));
  await bench.give('a.example\n192.0.2.7\n', 'list.txt');
  const other = await serveNode(context);
  const url = bench.base.replace('http://', `http://x:${bench.key}@`);
  await other.client.importUrl({ body: { url: `${url}/`, allowPrivate: true } });
  const has = async (text: string) => (await other.client.searchIntel({ query: { text } })).rows.length > 0;
  await until(async () => (await has('host-1.example')) && (await has('a.example')), 'the feed is in');
  const own = await fetch(`${bench.base}/manifest.json`, { headers: { authorization: bench.node.token } });
  const manifest = (await own.json()) as Record<string, { Tag: { name: string }[] }>;
  assert.deepEqual(
    Object.values(manifest).map(({ Tag }) => Tag.map(({ name }) => name)),
    [['tlp:green'], ['tlp:green']],
  );
});
