import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ComityError } from '@comity/protocol/base';
import { findShared, skipWithout } from '../../../../testkit/src/index.ts';
import { createFetcher } from '../pull/fetch-url.ts';
import { findObjects, isTaxiiUrl } from './find-objects.ts';
import { serveRemote } from './remote-for-tests.ts';

type Cleanup = Parameters<typeof serveRemote>[0];

const apiRoot = { title: 'root', versions: ['application/taxii+json;version=2.1'], max_content_length: 1000 };
const known = { id: '91a7b528-80eb-42ed-a74d-c6fbd5a26116', title: 'High Value', alias: 'high', can_read: true };

/** A server of resources by their path, and where a name leads on it. */
async function serveResources(cleanup: Cleanup, resources: Readonly<Record<string, unknown>>) {
  const remote = await serveRemote(cleanup, ({ path }) =>
    Object.hasOwn(resources, path) ? { body: resources[path] } : { status: 404, body: {} },
  );
  const fetcher = createFetcher();
  cleanup.after(() => fetcher.close());
  const find = async (path: string, name?: string): Promise<string> => {
    const access = { allowPrivate: true, token: undefined };
    const { objectsUrl } = await findObjects(remote.url + path, { name, right: 'canRead' }, access, fetcher);
    return objectsUrl.slice(remote.url.length);
  };
  return { ...remote, find };
}

const isNotFound = (message: RegExp) => (error: unknown) =>
  error instanceof ComityError && error.code === 'NOT_FOUND' && message.test(error.message);

test('a URL of objects or of a collection is asked as it is, with its query and with a slash', async (context) => {
  const { find, asked } = await serveResources(context, {});
  assert.equal(await find('/api/collections/c1/objects/'), '/api/collections/c1/objects/');
  assert.equal(await find('/api/collections/c1/objects'), '/api/collections/c1/objects/');
  assert.equal(await find('/api/collections/c1'), '/api/collections/c1/objects/');
  assert.equal(
    await find('/api/collections/c1/?match[type]=indicator'),
    '/api/collections/c1/objects/?match[type]=indicator',
  );
  assert.deepEqual(asked, []);
});

test('a collection is found from the discovery, the API root or the list, by id, alias or title', async (context) => {
  const others = { id: 'other', title: 'Other' };
  const { find } = await serveResources(context, {
    '/taxii2/': { title: 'x', default: '/api2/', api_roots: ['/api1/', '/api2/'] },
    '/api1/': apiRoot,
    '/api1/collections/': { collections: [others] },
    '/api2/': apiRoot,
    '/api2/collections/': { collections: [known, others] },
  });
  const wanted = `/api2/collections/${known.id}/objects/`;
  for (const name of [known.id, 'high', 'High Value', 'HIGH VALUE']) assert.equal(await find('/taxii2/', name), wanted);
  assert.equal(await find('/taxii2', 'high'), wanted);
  assert.equal(await find('/api2/', 'high'), wanted);
  assert.equal(await find('/api2/collections/', 'high'), wanted);
  // The default comes first.
  assert.equal(await find('/taxii2/', 'Other'), '/api2/collections/other/objects/');
  await assert.rejects(find('/taxii2/', 'none'), isNotFound(/"none" at http:.*"High Value" \(91a7b528/));
});

test('without a name the one collection that can be read is meant', async (context) => {
  const closed = { id: 'closed', title: 'Closed', can_read: false };
  const { find } = await serveResources(context, {
    '/api/': apiRoot,
    '/api/collections/': { collections: [closed, known] },
  });
  assert.equal(await find('/api/'), `/api/collections/${known.id}/objects/`);
  const two = await serveResources(context, {
    '/api/': apiRoot,
    '/api/collections/': { collections: [known, { ...known, id: 'b' }] },
  });
  await assert.rejects(two.find('/api/'), isNotFound(/the one collection/));
  await assert.rejects(two.find('/api/', 'High Value'), isNotFound(/"High Value"/));
});

test('API roots are relative to the discovery, with a slash or without', async (context) => {
  const { find } = await serveResources(context, {
    '/taxii2/': { title: 'x', apiRoots: ['api/v21'] },
    '/taxii2/api/v21/': apiRoot,
    '/taxii2/api/v21/collections/': { collections: [known] },
  });
  assert.equal(await find('/taxii2/', 'high'), `/taxii2/api/v21/collections/${known.id}/objects/`);
  const beside = await serveResources(context, {
    '/taxii2/': { title: 'x', api_roots: ['api/v21'] },
    '/api/v21/collections/': { collections: [known] },
  });
  assert.equal(await beside.find('/taxii2/', 'high'), `/api/v21/collections/${known.id}/objects/`);
});

test('API roots at another host are asked at the one that was given: credentials go nowhere else', async (context) => {
  const elsewhere = await serveRemote(context, () => ({ body: apiRoot }));
  const seen: (string | undefined)[] = [];
  const remote = await serveRemote(context, ({ path, headers }) => {
    seen.push(headers.authorization);
    if (path === '/taxii2/') return { body: { title: 'x', api_roots: [`${elsewhere.url}/api1/`] } };
    return path === '/api1/collections/' ? { body: { collections: [known] } } : { status: 404 };
  });
  const fetcher = createFetcher();
  context.after(() => fetcher.close());
  const url = `${remote.url.replace('//', '//user:pass@')}/taxii2/`;
  const { objectsUrl } = await findObjects(
    url,
    { name: 'high', right: 'canRead' },
    { allowPrivate: true, token: undefined },
    fetcher,
  );
  assert.equal(objectsUrl, `${url.replace('/taxii2/', '')}/api1/collections/${known.id}/objects/`);
  assert.deepEqual(elsewhere.asked, []);
  assert.deepEqual(new Set(seen), new Set([`Basic ${Buffer.from('user:pass').toString('base64')}`]));
});

test('names in camelCase, and ids that are no UUID, are understood', async (context) => {
  const { find } = await serveResources(context, {
    '/api/': { title: 'x', maxContentLength: 5, version: 'application/taxii+json;version=2.1' },
    '/api/collections/': {
      collections: [
        { id: 'enterprise attack/1', title: 'Enterprise', canRead: true, canWrite: false, mediaTypes: ['x'] },
        { id: 'closed', title: 'Closed', canRead: false },
      ],
    },
  });
  assert.equal(await find('/api/', 'Enterprise'), '/api/collections/enterprise%20attack%2F1/objects/');
  assert.equal(await find('/api/'), '/api/collections/enterprise%20attack%2F1/objects/');
});

test('a server of collections alone, without a discovery or an API root, is found', async (context) => {
  const { find } = await serveResources(context, { '/taxii2/collections/': { collections: [known] } });
  assert.equal(await find('/taxii2/', 'high'), `/taxii2/collections/${known.id}/objects/`);
});

test('what is no TAXII server is told of, and so are credentials that are refused', async (context) => {
  const page = await serveRemote(context, ({ path }) =>
    path === '/api/' ? { status: 401 } : { body: path === '/page/' ? '<html></html>' : { hello: 1 } },
  );
  const fetcher = createFetcher();
  context.after(() => fetcher.close());
  const find = (path: string) =>
    findObjects(page.url + path, { name: 'x', right: 'canRead' }, { allowPrivate: true, token: undefined }, fetcher);
  await assert.rejects(find('/page/'), /Cannot use http.*as a TAXII server: it answers with what is no JSON/);
  await assert.rejects(find('/taxii2/'), /it answers with neither a discovery nor an API root/);
  await assert.rejects(find('/api/'), /answered 401/);
});

test('which URLs mean TAXII by themselves', () => {
  for (const url of [
    'https://x.example/taxii2/',
    'https://x.example/a/taxii/',
    'https://x.example/api/collections/c/objects',
  ])
    assert.equal(isTaxiiUrl(url), true, url);
  for (const url of [
    'https://x.example/',
    'https://x.example/collections/list.txt',
    'https://x.example/taxii2/list.txt',
    'no',
  ])
    assert.equal(isTaxiiUrl(url), false, url);
});

const fixtures = 'vectors/taxii21/taxii2client-fixtures.json';
test('answers canned for taxii2-client lead to their collections', { skip: skipWithout(fixtures) }, async (context) => {
  const { fixtures: canned } = JSON.parse(readFileSync(findShared(fixtures) ?? '', 'utf8')) as {
    fixtures: Record<string, unknown>;
  };
  const { find, url } = await serveResources(context, {
    '/taxii2/': canned['DISCOVERY_RESPONSE'],
    '/api1/': canned['API_ROOT_RESPONSE'],
    '/api1/collections/': canned['COLLECTIONS_RESPONSE'],
    '/bad/': canned['BAD_DISCOVERY_RESPONSE'],
  });
  assert.equal(
    await find('/taxii2/', 'Indicators from the past 24-hours'),
    '/api1/collections/52892447-4d7e-4f70-b94d-d7f22742ff63/objects/',
  );
  await assert.rejects(find('/bad/', 'x'), /no JSON/);
  assert.match(url, /127/);
});

const live = 'vectors/rsigma/rstix/taxii-live';
test('an API root at a host only a proxy knows is asked at the proxy', { skip: skipWithout(live) }, async (context) => {
  const bodyOf = (name: string): unknown =>
    (JSON.parse(readFileSync(join(findShared(live) ?? '', name), 'utf8')) as { response: { jsonBody: unknown } })
      .response.jsonBody;
  const { find } = await serveResources(context, {
    '/taxii2/': bodyOf('discovery.json'),
    '/api1/': bodyOf('api-root.json'),
    '/api1/collections/': { collections: [known] },
  });
  assert.equal(await find('/taxii2/', 'high'), `/api1/collections/${known.id}/objects/`);
});
