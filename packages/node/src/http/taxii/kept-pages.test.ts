import assert from 'node:assert/strict';
import test from 'node:test';
import { gunzipSync } from 'node:zlib';
import { parseStixId } from '@comity/protocol/base';
import { markingIdOfTlp } from '@comity/protocol/markings';
import { idOf, indicator } from '../stix-for-tests.ts';
import { command } from '../access/access-for-tests.ts';
import { openDoor } from './door-for-tests.ts';
import type { Door } from './door-for-tests.ts';
import { PageCache } from './page-cache.ts';
import type { LastingPage } from './page-cache.ts';

const many = (count: number, from = 1) => Array.from({ length: count }, (_, index) => indicator(from + index));
const first = [1, 2, 3].map(idOf);
const statement = {
  type: 'marking-definition',
  spec_version: '2.1',
  id: 'marking-definition--00000000-0000-4000-8000-00000000000a',
  created: '2026-01-01T00:00:00.000Z',
  definition_type: 'statement',
  definition: { statement: 'Copyright 2026, Example' },
};

/** Asks for a page until it comes without a look at the store. */
async function keepPage(door: Door, query = 'limit=3') {
  const page = await door.get(query);
  const reads = door.reads();
  assert.deepEqual((await door.get(query)).text, page.text);
  assert.equal(door.reads(), reads, 'the page is kept');
  return page;
}

test('a full page is kept: the same bytes and ETag without a look at the store, and 304 for who has it', async (context) => {
  const door = await openDoor(context);
  await door.give(many(5));
  const page = await keepPage(door);
  assert.deepEqual(page.ids, first);
  const etag = page.headers.etag ?? '';
  assert.match(etag, /^"[\w-]{43}"$/, 'a strong one');
  const reads = door.reads();
  for (const known of [etag, `"x", ${etag}`, `W/${etag}`, '*']) {
    const answer = await door.get('limit=3', { 'if-none-match': known });
    assert.deepEqual([answer.status, answer.bytes.length, answer.headers.etag], [304, 0, etag]);
  }
  assert.equal((await door.get('limit=3', { 'if-none-match': '"x"' })).status, 200);
  assert.equal(door.reads(), reads);
  assert.deepEqual(door.faults, []);
});

test('a page is compressed as the client takes it, each kept apart with a strong ETag of its own', async (context) => {
  const door = await openDoor(context);
  await door.give(many(9).map((each) => ({ ...each, description: 'x'.repeat(500) })));
  const plain = await door.get('limit=8');
  const zstd = await door.get('limit=8', { 'accept-encoding': 'gzip;q=0.5, zstd' });
  const gzip = await door.get('limit=8', { 'accept-encoding': 'GZIP, zstd;q=0, br' });
  assert.deepEqual([zstd.headers['content-encoding'], gzip.headers['content-encoding']], ['zstd', 'gzip']);
  assert.equal(zstd.text, plain.text);
  assert.equal(gunzipSync(gzip.bytes).toString(), plain.text);
  assert.equal(new Set([plain, zstd, gzip].map(({ headers }) => headers.etag)).size, 3);
  assert.ok(zstd.bytes.length < plain.bytes.length / 3);
  const reads = door.reads();
  for (const encoding of ['gzip, zstd', 'gzip', 'br'])
    assert.equal((await door.get('limit=8', { 'accept-encoding': encoding })).status, 200);
  assert.equal(door.reads(), reads);
  assert.match(plain.headers.vary ?? '', /accept-encoding/);
});

test('a page that has no next is read anew each time: what comes later belongs to it', async (context) => {
  const door = await openDoor(context);
  await door.give(many(2));
  const page = await door.get('limit=3');
  assert.deepEqual([page.ids.length, page.headers.etag], [2, undefined]);
  await door.give(many(1, 3));
  assert.deepEqual((await door.get('limit=3')).ids, first);
});

test('what only comes in addition throws no page away, and neither does a feed that tells the same again', async (context) => {
  const door = await openDoor(context);
  await door.give(many(5));
  await keepPage(door);
  const reads = door.reads();
  await door.give(many(5, 50));
  door.now.ms += 60_000;
  await door.give(many(5));
  await door.get('limit=3');
  assert.equal(door.reads(), reads);
});

/** Changes of what a page may contain, and what is in it after them. */
const changes: Readonly<Record<string, (door: Door) => Promise<unknown>>> = {
  'another law is in force': (door) => door.activate('closed'),
  'the recipient is in another group': (door) =>
    door.sharing.recipients.saveGroup({ id: 'water', name: 'Water', members: [] }),
  'the recipient is another one': (door) => door.sharing.recipients.remove('client:works'),
  'the token was withdrawn': (door) => door.access.tokens.delete(door.reader.tokenId, command),
  'the collection takes other types': (door) => door.taxii.collections.save({ ...door.collection, types: ['malware'] }),
  'the collection is for others': (door) => door.taxii.collections.save({ ...door.collection, audience: [] }),
  'the collection is gone': (door) => door.taxii.collections.remove(door.collection.id),
  'an object was recalled': (door) => door.intel.recall([parseStixId(idOf(2))], 'wrong'),
  'an object is labelled more strictly': (door) =>
    door.give([indicator(2, { object_marking_refs: [markingIdOfTlp('red')], modified: '2026-02-01T00:00:00.000Z' })]),
  'an object has a newer version': (door) =>
    door.give([indicator(2, { modified: '2026-02-01T00:00:00.000Z', name: 'newer' })]),
  'an object was taken back by its source': async (door) => {
    const run = await door.intel.openImport(door.source('feed'), { format: 'stix', name: 'x' });
    const withdraw = parseStixId(idOf(2));
    await run.admit([{ withdraw, atUs: door.now.ms * 1000, reason: 'x', place: '', loss: undefined }]);
    await run.finish();
  },
  'a value is held back': async (door) => {
    await door.intel.knownGood.loadAll([
      {
        name: 'good',
        description: '',
        type: 'hostname',
        version: 1,
        matchingAttributes: [],
        list: ['host-2.example'],
      } as never,
    ]);
  },
};

for (const [what, change] of Object.entries(changes))
  test(`a page is not given any more once ${what}`, async (context) => {
    const door = await openDoor(context);
    await door.sharing.recipients.saveGroup({ id: 'water', name: 'Water', members: ['client:works'] });
    await door.taxii.collections.save({ ...door.collection, audience: ['group:water'] });
    await door.give(many(5));
    const page = await keepPage(door);
    await change(door);
    const after = await door.get('limit=3');
    const fresh = await door.get('limit=3&fresh=1');
    assert.deepEqual([after.status, after.ids], [fresh.status, fresh.ids]);
    assert.notEqual(after.text, page.text);
    assert.notEqual((await door.get('limit=3', { 'if-none-match': page.headers.etag ?? '' })).status, 304);
  });

test('what a group decides holds for a page that was kept: its law lets only the group have it', async (context) => {
  const door = await openDoor(context);
  await door.sharing.recipients.saveGroup({ id: 'water', name: 'Water', members: ['client:works'] });
  const law = '@id("water") @law("test") permit (principal, action, resource) when { principal in Group::"water" };';
  await door.sharing.laws.activate(law, 'water', { by: 'operator', others: [] });
  await door.give(many(5));
  assert.deepEqual((await keepPage(door)).ids, first);
  await door.sharing.recipients.saveGroup({ id: 'water', name: 'Water', members: [] });
  assert.deepEqual((await door.get('limit=3')).ids, []);
});

test('a marking that can be read from now on, and a statement a person has read, change a page', async (context) => {
  const door = await openDoor(context);
  const marked = indicator(2, { object_marking_refs: [markingIdOfTlp('green'), statement.id] });
  await door.give([indicator(1), marked, ...many(4, 3)]);
  assert.deepEqual((await keepPage(door)).ids, [1, 3, 4].map(idOf));
  await door.give([statement]);
  assert.ok(!(await keepPage(door)).ids.includes(idOf(2)), 'nobody has read what the statement says');
  await door.sharing.readStatement('Copyright 2026, Example', 'operator');
  const { ids } = await door.get('limit=9');
  assert.ok(ids.includes(idOf(2)));
  assert.deepEqual((await door.get('limit=3')).ids, ids.slice(0, 3));
});

test('of a collection of one source: what it tells for the first time belongs to pages that were given before', async (context) => {
  const door = await openDoor(context);
  const { id } = door.source('other');
  await door.give(
    [1, 3, 5, 7].map((number) => indicator(number)),
    door.source('other'),
  );
  await door.give(many(3, 20));
  await door.taxii.collections.save({ ...door.collection, source: id });
  const page = await keepPage(door, 'limit=2');
  await door.give([indicator(20)], door.source('other'));
  const reads = door.reads();
  assert.deepEqual((await door.get('limit=2')).ids, page.ids);
  assert.ok(door.reads() > reads);
});

test('what is decided by the clock, or by objects that are not here yet, is never kept', async (context) => {
  const door = await openDoor(context);
  await door.give(many(2), door.source('feed'), (door.now.ms + 3_600_000) * 1000);
  await door.give([
    {
      ...indicator(5),
      type: 'report',
      id: idOf(5).replace('indicator', 'report'),
      published: '2026-01-01T00:00:00Z',
      object_refs: [idOf(77)],
      name: 'x',
    },
    ...many(3, 10),
  ]);
  const leased = await door.get('limit=1');
  assert.deepEqual([leased.ids, leased.headers.etag], [[idOf(1)], undefined]);
  door.now.ms += 3_700_000;
  assert.ok(!(await door.get('limit=1')).ids.includes(idOf(1)), 'its lease has ended');
  await door.intel.sweep();
  assert.notEqual((await door.get('limit=1&match[type]=indicator')).headers.etag, undefined);
  const report = await door.get('limit=1&match[type]=report,indicator');
  assert.deepEqual([report.text.includes('report--'), report.headers.etag], [true, undefined]);
  // What the report holds is stricter than it is.
  await door.give([indicator(77, { object_marking_refs: [markingIdOfTlp('red')] })]);
  assert.ok(!(await door.get('limit=1&match[type]=report,indicator')).text.includes('report--'));
});

test('a page is kept for one token: another gets what it may have', async (context) => {
  const door = await openDoor(context);
  await door.give(many(5));
  await keepPage(door);
  const { secret } = await door.newReader('others');
  const reads = door.reads();
  assert.deepEqual((await door.get('limit=3', {}, secret)).ids, first);
  assert.ok(door.reads() > reads);
  const nobody = await door.access.tokens.create(
    { name: 'nobody', scopes: ['share'], boundBy: undefined, lifetimeMs: undefined },
    command,
  );
  assert.equal((await door.get('limit=3', {}, nobody.secret)).status, 403);
  assert.equal((await door.get('limit=3', {}, 'wrong')).status, 401);
  assert.equal((await door.get('limit=3', { accept: 'application/json' })).status, 406);
  assert.equal((await door.get('limit=3', { host: 'evil.example' })).status, 403);
  assert.equal((await door.get('limit=3', { 'sec-fetch-site': 'cross-site' })).status, 403);
});

test('each giving of a kept page is recorded for each of its objects, 304 as well', async (context) => {
  const door = await openDoor(context);
  await door.give(many(5));
  const { headers } = await door.get('limit=3');
  for (let turn = 0; turn < 4; turn += 1) await door.get('limit=3');
  await door.get('limit=3', { 'if-none-match': headers.etag ?? '' });
  await door.sharing.close();
  const rows = await door.sharing.decisions({ recipient: 'client:works' });
  const counts = new Map(rows.map(({ object, count, result }) => [`${object} ${result}`, count]));
  assert.deepEqual(
    first.map((id) => counts.get(`${id} allow`)),
    [6, 6, 6],
  );
});

test('what is kept is bounded: those asked for last stay, a page that is too large is not kept', () => {
  const cache = new PageCache(40_000);
  const page: LastingPage = { isStanding: () => true, again: () => undefined, recordBytes: 100 };
  for (let number = 0; number < 100; number += 1) {
    cache.keep(`key ${number}`, page, {}, new Uint8Array(5000));
    cache.find('key 0');
    assert.ok(cache.size.bytes <= 40_000);
  }
  assert.ok(cache.find('key 0') !== undefined && cache.find('key 99') !== undefined);
  assert.equal(cache.find('key 50'), undefined);
  const before = cache.size;
  assert.equal(cache.keep('large', page, {}, new Uint8Array(20_000)).bytes.length, 20_000);
  cache.keep('k'.repeat(5000), page, {}, new Uint8Array(1));
  assert.deepEqual(cache.size, before);
  let stands = true;
  cache.keep('x', { ...page, isStanding: () => stands }, {}, new Uint8Array(9));
  stands = false;
  const { count } = cache.size;
  assert.equal(cache.find('x'), undefined);
  assert.equal(cache.size.count, count - 1);
});
