import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { parseRowId } from '@comity/protocol/base';
import { findShared, skipWithout } from '../../../../testkit/src/index.ts';
import { createIntel, intelSchema } from '../../intel/index.ts';
import type { Intel, IntelSource } from '../../intel/index.ts';
import { openSeal, openStore } from '../../store/index.ts';
import {
  createFeeds,
  createFetcher,
  feedDocuments,
  feedSchema,
  importDocuments,
  importFrom,
  importStream,
  pullFeed,
} from '../index.ts';
import type { Feeds, Fetcher } from '../index.ts';

const root = mkdtempSync(join(tmpdir(), 'comity-import-'));
after(() => rmSync(root, { recursive: true, force: true }));

interface Node {
  readonly intel: Intel;
  readonly feeds: Feeds;
  readonly fetcher: Fetcher;
  readonly at: { ms: number };
  readonly close: () => Promise<void>;
}

async function startNode(): Promise<Node> {
  const at = { ms: Date.UTC(2026, 10, 1) };
  const clock = (): number => at.ms;
  const dir = mkdtempSync(join(root, 'data-'));
  const store = await openStore({ dir, schemas: [intelSchema, feedSchema] }, { clock });
  const intel = await createIntel(store, { clock, uuid: randomUUID });
  const feeds = await createFeeds(store, { clock, uuid: randomUUID, random: () => 0.5, seal: openSeal(dir) });
  const fetcher = createFetcher({ timeoutMs: 5000 });
  const close = async (): Promise<void> => {
    await fetcher.close();
    await intel.close();
    await store.close();
  };
  return { intel, feeds, fetcher, at, close };
}

const source = (name: string): IntelSource => ({
  id: parseRowId(`src-${name.replaceAll(/[^a-z0-9]/g, '').padEnd(8, '0')}`),
  name,
  kind: 'file',
  reliability: 'B',
  defaultTlp: 'green',
});

const lines = async function* (...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text, 'utf8');
};

test('an import ends with a report that accounts for every line', async () => {
  const { intel, close } = await startNode();
  const list = '# list\nevil.example\nEVIL.example.\n192.0.2.66\nnot a value\nbad.example\nworse.example\n';
  const report = await importStream('list.txt', lines(list.slice(0, 9), list.slice(9)), source('lists'), {}, { intel });
  const { taken, duplicate, heldBack, rejected } = report.counts;
  assert.equal(report.state, 'finished');
  assert.equal(report.format, 'list');
  assert.deepEqual([taken + heldBack, duplicate, rejected], [4, 1, 1]);
  const rows = await intel.importRows(report.id, { outcome: 'rejected' });
  assert.equal(rows[0]?.place, 'line 5');
  await close();
});

test('a document that no format fits ends with a report too', async () => {
  const { intel, close } = await startNode();
  const report = await importStream('x.json', lines('{"a":1}'), source('odd'), {}, { intel });
  assert.equal(report.counts.rejected, 1);
  assert.equal(report.counts.taken, 0);
  await close();
});

test('a bad file of a folder and its README are rejected by name and the others are brought in', async () => {
  const { intel, fetcher, close } = await startNode();
  const dir = mkdtempSync(join(root, 'folder-'));
  mkdirSync(join(dir, 'sub'));
  writeFileSync(join(dir, 'a.txt'), 'evil.example\n');
  writeFileSync(
    join(dir, 'README'),
    'This folder is explained at length, in many words,\nby www.example.org and others\nwho like to write.\n',
  );
  writeFileSync(join(dir, 'b.txt.gz'), gzipSync('bad.example\n').subarray(0, 20));
  writeFileSync(join(dir, 'sub', 'c.csv'), 'value,type\nworse.example,domain\nnonsense value,domain\n');
  const report = await importFrom(dir, source('folder'), {}, { intel, fetchUrl: fetcher.fetchUrl });
  assert.equal(report.counts.taken, 2);
  const rows = await intel.importRows(report.id, { outcome: 'rejected' });
  const files = rows.map((row) => row.place.split(':')[0]);
  assert.deepEqual(new Set(files), new Set(['README', 'b.txt.gz', 'sub/c.csv']));
  await close();
});

test('a mapping that names no column fails the import and is the caller’s error', async () => {
  const { intel, close } = await startNode();
  const options = { mapping: { value: 'nowhere' } };
  await assert.rejects(importStream('t.csv', lines('a,b\n1,2\n'), source('table'), options, { intel }), /no column/);
  const { imports } = await intel.imports();
  assert.deepEqual(
    imports.map((report) => report.state),
    ['failed'],
  );
  await close();
});

test('the list of a source adds nothing after its bundle', { skip: skipWithout('data/stix-amnesty') }, async () => {
  const { intel, fetcher, close } = await startNode();
  const deps = { intel, fetchUrl: fetcher.fetchUrl };
  const folder = findShared('data/stix-amnesty/2024-05-02_wintego_helios') ?? '';
  const bundle = await importFrom(join(folder, 'wintego_helios.stix2'), source('bundle'), {}, deps);
  const list = await importFrom(join(folder, 'domains.txt'), source('list'), {}, deps);
  assert.ok(bundle.counts.taken + bundle.counts.heldBack > 175);
  assert.deepEqual([list.counts.taken, list.counts.heldBack, list.counts.duplicate], [0, 0, 175]);
  const again = await importFrom(join(folder, 'wintego_helios.stix2'), source('bundle'), {}, deps);
  assert.equal(again.counts.taken, 0);
  await close();
});

const servers: Server[] = [];
after(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return `http://127.0.0.1:${address.port}`;
}

async function serveFiles(files: Map<string, string>): Promise<{ origin: string; asked: string[] }> {
  const asked: string[] = [];
  const origin = await serve((request, response) => {
    asked.push(request.url ?? '');
    const body = files.get(request.url ?? '');
    if (body === undefined) response.writeHead(404).end();
    else {
      const etag = `"${body.length}-${body.slice(0, 200).length}-${Buffer.from(body).toString('base64').slice(-20)}"`;
      if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
      else response.writeHead(200, { etag }).end(body);
    }
  });
  return { origin, asked };
}

const uuids = ['5c7cdc72-c9a4-4075-acb5-000000000001', '5c7cdc72-c9a4-4075-acb5-000000000002'] as const;
const eventOf = (uuid: string, stamp: number, domain: string): string =>
  JSON.stringify({
    Event: {
      uuid,
      info: 'test',
      timestamp: String(stamp),
      Attribute: [
        { uuid: uuid.replace('5c7c', '6c7c'), type: 'domain', value: domain, to_ids: true, timestamp: String(stamp) },
      ],
    },
  });
const manifestOf = (stamps: Record<string, number>): string =>
  JSON.stringify(
    Object.fromEntries(Object.entries(stamps).map(([uuid, timestamp]) => [uuid, { info: 'test', timestamp }])),
  );

test('a MISP feed is read event by event, and the next time only what is newer', async () => {
  const node = await startNode();
  const deps = { ...node, fetchUrl: node.fetcher.fetchUrl };
  const files = new Map([
    ['/feed/manifest.json', manifestOf({ [uuids[0]]: 100, [uuids[1]]: 200 })],
    [`/feed/${uuids[0]}.json`, eventOf(uuids[0], 100, 'evil.example')],
    [`/feed/${uuids[1]}.json`, eventOf(uuids[1], 200, 'bad.example')],
  ]);
  const { origin, asked } = await serveFiles(files);
  const feed = await node.feeds.add({ url: `${origin}/feed/`, allowPrivate: true });
  const pull = async (): ReturnType<typeof pullFeed> => {
    const current = node.feeds.find(feed.id);
    assert.ok(current !== undefined);
    return pullFeed(current, {}, deps);
  };
  const first = await pull();
  assert.ok(first.kind === 'imported' && first.report.state === 'finished', JSON.stringify(first));
  assert.ok((await node.intel.lookup({ kind: 'domain', value: 'evil.example' })).length > 0);
  assert.equal((await pull()).kind, 'unchanged');

  asked.length = 0;
  files.set('/feed/manifest.json', manifestOf({ [uuids[0]]: 100, [uuids[1]]: 300 }));
  files.set(`/feed/${uuids[1]}.json`, eventOf(uuids[1], 300, 'worse.example'));
  assert.equal((await pull()).kind, 'imported');
  assert.deepEqual(asked, ['/feed/manifest.json', `/feed/${uuids[1]}.json`]);
  assert.ok((await node.intel.lookup({ kind: 'domain', value: 'worse.example' })).length > 0);
  await node.close();
});

test('an event that cannot be fetched is rejected by name and asked for again the next time', async () => {
  const node = await startNode();
  const deps = { ...node, fetchUrl: node.fetcher.fetchUrl };
  const files = new Map([
    ['/feed/manifest.json', manifestOf({ [uuids[0]]: 100, [uuids[1]]: 200 })],
    [`/feed/${uuids[0]}.json`, eventOf(uuids[0], 100, 'evil.example')],
  ]);
  const { origin } = await serveFiles(files);
  const feed = await node.feeds.add({ url: `${origin}/feed/manifest.json`, allowPrivate: true });
  const first = await pullFeed(feed, {}, deps);
  assert.ok(first.kind === 'imported');
  assert.equal(first.report.counts.rejected, 1);
  assert.match(node.feeds.find(feed.id)?.lastError ?? '', /1 of its events/);
  assert.deepEqual([...node.feeds.events(feed.id).keys()], [uuids[0]]);
  files.set(`/feed/${uuids[1]}.json`, eventOf(uuids[1], 200, 'bad.example'));
  const current = node.feeds.find(feed.id);
  assert.ok(current !== undefined);
  await pullFeed(current, {}, deps);
  assert.equal(node.feeds.events(feed.id).size, 2);
  await node.close();
});

test('half a feed is not taken for the whole one: it fails, and is asked for whole the next time', async () => {
  const node = await startNode();
  const deps = { ...node, fetchUrl: node.fetcher.fetchUrl };
  const body = 'evil.example\nbad.example\n';
  let breaks = true;
  const origin = await serve((request, response) => {
    if (request.headers['if-none-match'] !== undefined) return void response.writeHead(304).end();
    response.writeHead(200, { etag: '"v1"', 'content-length': body.length });
    if (!breaks) return void response.end(body);
    response.write(body.slice(0, 13));
    setTimeout(() => response.destroy(), 20);
  });
  const { id } = await node.feeds.add({ url: `${origin}/list.txt`, allowPrivate: true, format: 'list' });
  const pull = async (): ReturnType<typeof pullFeed> => pullFeed(node.feeds.find(id) ?? assert.fail(), {}, deps);
  const half = await pull();
  assert.ok(half.kind === 'imported', JSON.stringify(half));
  assert.deepEqual([half.report.counts.taken, half.report.counts.rejected], [1, 1]);
  assert.match(node.feeds.find(id)?.lastError ?? '', /to its end/);
  assert.deepEqual([node.feeds.find(id)?.status, node.feeds.find(id)?.validators], ['failing', {}]);
  breaks = false;
  const whole = await pull();
  assert.ok(whole.kind === 'imported');
  assert.deepEqual([whole.report.counts.taken, whole.report.counts.duplicate], [1, 1]);
  assert.equal(node.feeds.find(id)?.status, 'ok');
  assert.equal((await pull()).kind, 'unchanged');
  await node.close();
});

test('a MISP feed whose server fails is no page: nothing is imported from the folder instead', async () => {
  const node = await startNode();
  const deps = { ...node, fetchUrl: node.fetcher.fetchUrl };
  const asked: (string | undefined)[] = [];
  const origin = await serve((request, response) => {
    asked.push(request.url);
    response.writeHead(request.url === '/feed/' ? 200 : 503).end('evil.example\n');
  });
  const feed = await node.feeds.add({ url: `${origin}/feed/`, allowPrivate: true });
  const pulled = await pullFeed(feed, {}, deps);
  assert.ok(pulled.kind === 'failed' && /503/.test(pulled.error.message), JSON.stringify(pulled));
  assert.deepEqual(asked, ['/feed/manifest.json']);
  await node.close();
});

test('a MISP feed is read for a limited time at once, and goes on with the rest the next time', async () => {
  const node = await startNode();
  const files = new Map([['/feed/manifest.json', manifestOf({ [uuids[0]]: 100, [uuids[1]]: 200 })]]);
  for (const uuid of uuids) files.set(`/feed/${uuid}.json`, eventOf(uuid, 100, 'evil.example'));
  const { origin } = await serveFiles(files);
  const options = { allowPrivate: true, timeMaxMs: 0 };
  const content = await feedDocuments(`${origin}/feed/`, options, { fetchUrl: node.fetcher.fetchUrl });
  assert.ok(content.kind === 'content');
  const report = await importDocuments(content.documents, source('slow'), { name: 'slow' }, { intel: node.intel });
  assert.equal(report.counts.rejected, 1);
  assert.deepEqual([content.progress.isWhole, content.misp?.readEvents.size], [false, 1]);
  await node.close();
});

test('credentials of a feed reach its manifest and events, and nothing that is kept of the source', async () => {
  const node = await startNode();
  const deps = { ...node, fetchUrl: node.fetcher.fetchUrl };
  const sent: (string | undefined)[] = [];
  const files = new Map([
    ['/feed/manifest.json', manifestOf({ [uuids[0]]: 100 })],
    [`/feed/${uuids[0]}.json`, eventOf(uuids[0], 100, 'evil.example')],
  ]);
  const origin = await serve((request, response) => {
    sent.push(request.headers.authorization);
    response.end(files.get(request.url ?? ''));
  });
  const feed = await node.feeds.add({ url: `${origin.replace('//', '//u:s3cret@')}/feed/`, allowPrivate: true });
  assert.equal((await pullFeed(feed, {}, deps)).kind, 'imported');
  assert.deepEqual(new Set(sent), new Set([`Basic ${Buffer.from('u:s3cret').toString('base64')}`]));
  assert.equal(sent.length, 2);
  const location = `${origin.replace('//', '//u:s3cret@')}/feed/${uuids[0]}.json`;
  await importFrom(location, { ...source('once'), url: location }, { allowPrivate: true }, deps);
  const kept = JSON.stringify([await node.intel.sources(), await node.intel.imports(), node.feeds.list()]);
  assert.match(kept, /127\.0\.0\.1/);
  assert.doesNotMatch(kept, /s3cret/);
  await node.close();
});

test('a page of a TAXII collection is read, and that there are more is said (TAXII 2.1 §3.7)', async () => {
  const node = await startNode();
  const deps = { ...node, fetchUrl: node.fetcher.fetchUrl };
  const indicator = {
    type: 'indicator',
    spec_version: '2.1',
    id: 'indicator--00000000-0000-4000-8000-000000000001',
    created: '2026-01-01T00:00:00.000Z',
    modified: '2026-01-01T00:00:00.000Z',
    pattern: "[domain-name:value = 'evil.example']",
    pattern_type: 'stix',
    valid_from: '2026-01-01T00:00:00Z',
    x_odd: { more: true },
  };
  const pages = {
    '/first/objects/': JSON.stringify({ more: true, next: 'p2', objects: [indicator] }),
    '/after/objects/': JSON.stringify({ objects: [indicator], more: true, next: 'p2' }),
    '/last/objects/': JSON.stringify({ more: false, objects: [indicator] }),
  };
  const { origin } = await serveFiles(new Map(Object.entries(pages)));
  const losses: Record<string, string[]> = {};
  for (const path of Object.keys(pages)) {
    const report = await importFrom(origin + path, source('taxii'), { allowPrivate: true }, deps);
    assert.equal(report.counts.taken + report.counts.duplicate, 1, JSON.stringify(report));
    losses[path] = report.losses.map((loss) => loss.field);
  }
  assert.deepEqual(losses, { '/first/objects/': ['more'], '/after/objects/': ['more'], '/last/objects/': [] });
  await node.close();
});

test('a feed whose server fails keeps what it brought and says why; one that is not allowed inside is refused', async () => {
  const node = await startNode();
  const deps = { ...node, fetchUrl: node.fetcher.fetchUrl };
  const files = new Map([['/list.txt', 'evil.example\n']]);
  const { origin } = await serveFiles(files);
  const feed = await node.feeds.add({ url: `${origin}/list.txt`, allowPrivate: true });
  assert.equal((await pullFeed(feed, {}, deps)).kind, 'imported');
  files.clear();
  const failed = await pullFeed(feed, {}, deps);
  assert.ok(failed.kind === 'failed' && failed.error.code === 'REMOTE_FAILED');
  assert.match(node.feeds.find(feed.id)?.lastError ?? '', /404/);
  assert.ok((await node.intel.lookup({ kind: 'domain', value: 'evil.example' })).length > 0);
  const inside = await node.feeds.add({ url: `${origin}/other.txt` });
  const refused = await pullFeed(inside, {}, deps);
  assert.ok(refused.kind === 'failed' && refused.error.code === 'ADDRESS_REFUSED');
  await node.close();
});
