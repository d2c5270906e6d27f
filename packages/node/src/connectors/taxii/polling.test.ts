import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ComityError } from '@comity/protocol/base';
import type { Feeds } from '../feeds/feed.ts';
import { dateOf, indicator, openPuller, pageOf, serveRemote } from './remote-for-tests.ts';
import type { CollectionOptions, Puller, RemoteAsked } from './remote-for-tests.ts';

const objectsPath = '/api/collections/c1/objects/';
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
const queriesOf = (asked: readonly RemoteAsked[]): string[] =>
  asked.map(({ query }) => `${query.get('added_after') ?? '-'} ${query.get('next') ?? '-'}`);

/** A collection, and a feed of it that was not pulled yet. */
async function openCollection(context: Parameters<typeof openPuller>[0], options: CollectionOptions) {
  const remote = await serveRemote(context, ({ query }) => pageOf(query, options));
  const puller = await openPuller(context);
  const { id } = await puller.add(remote.url + objectsPath);
  return { remote, puller, id };
}

/** The feeds of a puller with another way to keep a cursor. */
function noting({ feeds }: Puller, noteCursor: Feeds['noteCursor']): Feeds {
  return new Proxy(feeds, {
    get(target, name) {
      const member: unknown = name === 'noteCursor' ? noteCursor : Reflect.get(target, name);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}

test('a poll begins behind the last date the server named, and reads nothing twice (TAXII 2.1 §3.5, §5.4)', async (context) => {
  const options = { count: 5, pageSize: 2 };
  const { remote, puller, id } = await openCollection(context, options);
  await puller.pull(id);
  assert.deepEqual(queriesOf(remote.asked), ['- -', '- 3', '- 5']);
  remote.asked.length = 0;
  options.count = 8;
  await puller.pull(id);
  assert.deepEqual(queriesOf(remote.asked), [`${dateOf(5)} -`, `${dateOf(5)} 8`]);
  assert.deepEqual(puller.heldNow(), upTo(8));
  const { cursor, status } = puller.get(id);
  assert.deepEqual([status, cursor?.objects, cursor?.pages, cursor?.isWhole], ['ok', 8, 5, true]);
  assert.equal(cursor?.addedAfter?.text, dateOf(8));
  remote.asked.length = 0;
  await puller.pull(id);
  assert.deepEqual(queriesOf(remote.asked), [`${dateOf(8)} -`]);
  assert.equal(puller.get(id).cursor?.addedAfter?.text, dateOf(8));
});

test('the date is the server’s: neither our clock nor dates of objects move it', async (context) => {
  const date = (number: number): string => `1999-01-01T00:00:0${number}.123456Z`;
  const { puller, id } = await openCollection(context, { count: 2, pageSize: 5, date });
  await puller.pull(id);
  assert.equal(puller.get(id).cursor?.addedAfter?.text, '1999-01-01T00:00:02.123456Z');
});

test('a first pull that is cut goes on where it stopped', async (context) => {
  const { remote, puller, id } = await openCollection(context, { count: 9, pageSize: 2 });
  const stop = new AbortController();
  let kept = 0;
  const feeds = noting(puller, async (...args) => {
    await puller.feeds.noteCursor(...args);
    kept += 1;
    if (kept === 3) stop.abort();
  });
  await puller.pull(id, { feeds }, { signal: stop.signal });
  assert.deepEqual(puller.heldNow(), upTo(6));
  assert.equal(puller.get(id).cursor?.isWhole, false);
  remote.asked.length = 0;
  await puller.pull(id);
  // Of the page that ended at 6 nothing said yet that no other object has its date.
  assert.deepEqual(queriesOf(remote.asked), [`${dateOf(4)} -`, `${dateOf(4)} 7`, `${dateOf(4)} 9`]);
  assert.deepEqual(puller.heldNow(), upTo(9));
});

test('a crash between a page and its cursor reads the page again and skips none', async (context) => {
  const { remote, puller, id } = await openCollection(context, { count: 8, pageSize: 2 });
  const crash = new Error('the power failed');
  let kept = 0;
  const feeds = noting(puller, async (...args) => {
    kept += 1;
    if (kept === 3) throw crash;
    await puller.feeds.noteCursor(...args);
  });
  await assert.rejects(puller.pull(id, { feeds }), crash);
  // The third page is in, and nothing says so.
  assert.deepEqual(puller.heldNow(), upTo(6));
  assert.equal(puller.get(id).cursor?.pages, 2);
  remote.asked.length = 0;
  const result = await puller.pull(id);
  assert.deepEqual(queriesOf(remote.asked), [`${dateOf(2)} -`, `${dateOf(2)} 5`, `${dateOf(2)} 7`]);
  assert.deepEqual(puller.heldNow(), upTo(8));
  assert.deepEqual(result.kind === 'imported' && [result.report.counts.duplicate, result.report.counts.taken], [4, 2]);
});

test('a page is in the store before its cursor is', async (context) => {
  const { puller, id } = await openCollection(context, { count: 4, pageSize: 2 });
  const seen: [number, number][] = [];
  const feeds = noting(puller, async (each, cursor) => {
    seen.push([cursor.objects, puller.heldNow().length]);
    await puller.feeds.noteCursor(each, cursor);
  });
  await puller.pull(id, { feeds });
  assert.deepEqual(seen, [
    [2, 2],
    [4, 4],
  ]);
});

test('a server that forgets its cursor half-way is asked again from the date that is surely in', async (context) => {
  const options = { count: 7, pageSize: 2 };
  let forgotten = 0;
  const remote = await serveRemote(context, ({ query }) => {
    if (query.get('next') === '7' && query.get('added_after') === null) {
      forgotten += 1;
      return { status: 400, body: { title: 'unknown next' } };
    }
    return pageOf(query, options);
  });
  const puller = await openPuller(context);
  const { id } = await puller.add(remote.url + objectsPath);
  await puller.pull(id);
  // Of the page that ended at 6 nothing said yet that no other object has its date.
  assert.deepEqual(queriesOf(remote.asked), ['- -', '- 3', '- 5', '- 7', `${dateOf(4)} -`, `${dateOf(4)} 7`]);
  assert.equal(forgotten, 1);
  assert.deepEqual(puller.heldNow(), upTo(7));
  assert.equal(puller.get(id).status, 'ok');
});

test('objects of one date on both sides of a page’s edge are all read, also when the cursor is forgotten there', async (context) => {
  // 2, 3 and 4 came in one second.
  const date = (number: number): string => dateOf(number >= 2 && number <= 4 ? 2 : number);
  const options = { count: 6, pageSize: 2, date };
  let isForgetful = true;
  const remote = await serveRemote(context, ({ query }) =>
    isForgetful && query.get('next') === '5' ? { status: 400 } : pageOf(query, options),
  );
  const puller = await openPuller(context);
  const { id } = await puller.add(remote.url + objectsPath);
  await puller.pull(id);
  assert.equal(puller.get(id).status, 'failing');
  assert.ok((puller.get(id).cursor?.addedAfter?.us ?? 0) < Date.parse(dateOf(2)) * 1000);
  isForgetful = false;
  await puller.pull(id);
  assert.deepEqual(puller.heldNow(), upTo(6));
});

test('a server that says more without next is asked on with its last date (TAXII 2.1 §3.4)', async (context) => {
  const { remote, puller, id } = await openCollection(context, { count: 5, pageSize: 2, hasNext: false });
  await puller.pull(id);
  assert.deepEqual(queriesOf(remote.asked), ['- -', `${dateOf(2)} -`, `${dateOf(4)} -`]);
  assert.deepEqual([puller.get(id).status, puller.heldNow()], ['ok', upTo(5)]);
});

test('a server that says more, and neither next nor a later date, is told of', async (context) => {
  const date = (): string | undefined => undefined;
  const { remote, puller, id } = await openCollection(context, { count: 5, pageSize: 2, hasNext: false, date });
  await puller.pull(id);
  assert.deepEqual([remote.asked.length, puller.get(id).status], [1, 'failing']);

  const same = await openCollection(context, { count: 5, pageSize: 2, hasNext: false, date: () => dateOf(9) });
  await same.puller.pull(same.id);
  assert.ok(same.remote.asked.length <= 2);
});

test('dates as JavaScript prints them are understood', async (context) => {
  const date = (number: number): string => `Thu Feb 20 2020 14:52:0${number} GMT+0000 (Coordinated Universal Time)`;
  const { remote, puller, id } = await openCollection(context, { count: 4, pageSize: 2, date });
  await puller.pull(id);
  assert.equal(puller.get(id).cursor?.addedAfter?.text, '2020-02-20T14:52:04.000000Z');
  await puller.pull(id);
  assert.equal(queriesOf(remote.asked).at(-1), '2020-02-20T14:52:04.000000Z -');
});

test('without dates a collection is read by its next, and from its beginning every time', async (context) => {
  const date = (): string | undefined => undefined;
  const { remote, puller, id } = await openCollection(context, { count: 5, pageSize: 2, date });
  await puller.pull(id);
  await puller.pull(id);
  assert.deepEqual(queriesOf(remote.asked), ['- -', '- 3', '- 5', '- -', '- 3', '- 5']);
  assert.deepEqual([puller.get(id).status, puller.heldNow()], ['ok', upTo(5)]);
  assert.equal(puller.get(id).cursor?.addedAfter, undefined);
});

test('a server that pages in circles is left', async (context) => {
  const remote = await serveRemote(context, () => ({ body: { more: true, next: 'again', objects: [indicator(1)] } }));
  const puller = await openPuller(context);
  const { id } = await puller.add(remote.url + objectsPath);
  await puller.pull(id);
  assert.equal(remote.asked.length, 2);
  assert.equal(puller.get(id).status, 'failing');
});

test('a server that means the page behind by the same next is read to its end, and from a date when it is cut', async (context) => {
  let at = 0;
  let isFailing = true;
  const remote = await serveRemote(context, ({ query }) => {
    if (!query.has('next')) at = 0;
    if (isFailing && at === 4) return { status: 500 };
    const from =
      at === 0
        ? new URLSearchParams(query)
        : new URLSearchParams({ ...Object.fromEntries(query), next: String(at + 1) });
    at += 2;
    const page = pageOf(from, { count: 9, pageSize: 2 });
    const body = page.body as { more?: boolean };
    return { ...page, body: { ...body, ...(body.more === true && { next: 'the same' }) } };
  });
  const puller = await openPuller(context);
  const { id } = await puller.add(remote.url + objectsPath);
  await puller.pull(id);
  assert.deepEqual([puller.get(id).status, puller.heldNow()], ['failing', upTo(4)]);
  isFailing = false;
  remote.asked.length = 0;
  await puller.pull(id);
  assert.equal(queriesOf(remote.asked)[0], `${dateOf(2)} -`);
});

test('a page that is no whole envelope is not passed', async (context) => {
  let isBroken = true;
  const remote = await serveRemote(context, ({ query }) => {
    const page = pageOf(query, { count: 6, pageSize: 2 });
    const text = JSON.stringify(page.body);
    return isBroken && query.get('next') === '3' ? { ...page, body: text.slice(0, -150) } : page;
  });
  const puller = await openPuller(context);
  const { id } = await puller.add(remote.url + objectsPath);
  await puller.pull(id);
  assert.deepEqual([puller.get(id).status, puller.get(id).cursor?.pages], ['failing', 1]);
  isBroken = false;
  await puller.pull(id);
  assert.deepEqual(puller.heldNow(), upTo(6));
});

test('one object that is none is rejected and passed', async (context) => {
  const remote = await serveRemote(context, ({ query }) => {
    const page = pageOf(query, { count: 2, pageSize: 2 });
    return { ...page, body: { objects: [indicator(1), { type: 'indicator' }, indicator(2)] } };
  });
  const puller = await openPuller(context);
  const { id } = await puller.add(remote.url + objectsPath);
  const result = await puller.pull(id);
  assert.equal(result.kind === 'imported' && result.report.counts.rejected, 1);
  assert.equal(puller.get(id).cursor?.isWhole, true);
});

test('a content type that says nothing of TAXII does not matter', async (context) => {
  const remote = await serveRemote(context, ({ query }) => ({
    ...pageOf(query, { count: 3, pageSize: 2 }),
    headers: { 'content-type': 'text/html' },
  }));
  const puller = await openPuller(context);
  const { id } = await puller.add(remote.url + objectsPath);
  await puller.pull(id);
  assert.deepEqual(puller.heldNow(), upTo(3));
});

test('429 and 503 are waited for as long as the server says, and not for ever (RFC 9110 §10.2.3)', async (context) => {
  let refusals = 2;
  const remote = await serveRemote(context, ({ query }) => {
    if (query.get('next') === '3' && refusals > 0) {
      refusals -= 1;
      return refusals === 1 ? { status: 429, headers: { 'retry-after': '7' } } : { status: 503 };
    }
    return pageOf(query, { count: 3, pageSize: 2 });
  });
  const puller = await openPuller(context);
  const { id } = await puller.add(remote.url + objectsPath);
  await puller.pull(id);
  assert.deepEqual(puller.waited, [7000, 2000]);
  assert.deepEqual([puller.get(id).status, puller.heldNow()], ['ok', upTo(3)]);

  refusals = 100;
  const other = await openPuller(context);
  const { id: second } = await other.add(remote.url + objectsPath);
  await other.pull(second);
  assert.equal(other.waited.length, 5);
  assert.equal(other.get(second).status, 'failing');
});

test('a server that wants to be left alone for long is, and the pull does not wait', async (context) => {
  const remote = await serveRemote(context, () => ({ status: 429, headers: { 'retry-after': '7200' } }));
  const puller = await openPuller(context);
  const { id } = await puller.add(remote.url + objectsPath);
  await puller.pull(id);
  const { nextPullUs, lastPullUs = 0, status } = puller.get(id);
  assert.deepEqual([puller.waited, status, remote.asked.length], [[], 'failing', 1]);
  assert.equal(nextPullUs - lastPullUs, 7200 * 1_000_000);
});

test('a bearer token goes to the origin of the URL and nowhere else, and is nowhere in clear', async (context) => {
  const elsewhere = await serveRemote(context, ({ query }) => pageOf(query, { count: 1, pageSize: 2 }));
  const remote = await serveRemote(context, ({ headers, query }) => {
    assert.equal(headers.authorization, 'Bearer s3cret-token');
    if (query.has('next')) return { status: 302, headers: { location: `${elsewhere.url}/other/` } };
    return pageOf(query, { count: 3, pageSize: 2 });
  });
  const puller = await openPuller(context);
  const { id } = await puller.add(remote.url + objectsPath, { token: 's3cret-token' });
  await puller.pull(id);
  assert.deepEqual(
    elsewhere.asked.map(({ headers }) => headers.authorization),
    [undefined],
  );
  assert.doesNotMatch(JSON.stringify(puller.get(id)), /s3cret/);
  assert.equal(puller.feeds.tokenOf(id), 's3cret-token');
  await assert.rejects(
    puller.add(`http://user:pass@127.0.0.1:${remote.port}${objectsPath}`, { token: 's3cret-token' }),
    (error) => error instanceof ComityError && error.code === 'ARGUMENT_INVALID' && !/s3cret|pass/.test(error.message),
  );
});

test('another collection under the same feed begins at its own beginning', async (context) => {
  let id1 = 'first';
  const remote = await serveRemote(context, ({ path, query }) =>
    path.endsWith('/objects/')
      ? pageOf(query, { count: 2, pageSize: 2 })
      : path.endsWith('/collections/')
        ? { body: { collections: [{ id: id1, title: 'Known', can_read: true }] } }
        : { body: { title: 'root', versions: ['application/taxii+json;version=2.1'] } },
  );
  const puller = await openPuller(context);
  const { id } = await puller.add(`${remote.url}/api/`, { collection: 'Known' });
  await puller.pull(id);
  id1 = 'second';
  await puller.pull(id);
  const objects = remote.asked.filter(({ path }) => path.endsWith('/objects/'));
  assert.deepEqual(
    objects.map(({ path, query }) => [path, query.get('added_after')]),
    [
      ['/api/collections/first/objects/', null],
      ['/api/collections/second/objects/', null],
    ],
  );
});
