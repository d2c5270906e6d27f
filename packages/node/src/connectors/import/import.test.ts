import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { parseRowId } from '@comity/protocol/base';
import { findShared, skipWithout } from '../../../../testkit/src/index.ts';
import { createIntel, intelSchema } from '../../intel/index.ts';
import type { Intel, IntelSource } from '../../intel/index.ts';
import { openSeal, openStore } from '../../store/index.ts';
import { createFeeds, createFetcher, feedSchema, importFrom, importStream, pullFeed } from '../index.ts';
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

async function serveFiles(files: Map<string, string>): Promise<{ origin: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const body = files.get(request.url ?? '');
    if (body === undefined) response.writeHead(404).end();
    else {
      const etag = `"${body.length}-${body.slice(0, 200).length}-${Buffer.from(body).toString('base64').slice(-20)}"`;
      if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
      else response.writeHead(200, { etag }).end(body);
    }
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return { origin: `http://127.0.0.1:${address.port}`, asked };
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
  const deps = { ...node, fetchUrl: node.fetcher.fetchUrl, clock: () => node.at.ms };
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
  const deps = { ...node, fetchUrl: node.fetcher.fetchUrl, clock: () => node.at.ms };
  const files = new Map([
    ['/feed/manifest.json', manifestOf({ [uuids[0]]: 100, [uuids[1]]: 200 })],
    [`/feed/${uuids[0]}.json`, eventOf(uuids[0], 100, 'evil.example')],
  ]);
  const { origin } = await serveFiles(files);
  const feed = await node.feeds.add({ url: `${origin}/feed/manifest.json`, allowPrivate: true });
  const first = await pullFeed(feed, {}, deps);
  assert.ok(first.kind === 'imported');
  assert.equal(first.report.counts.rejected, 1);
  assert.deepEqual([...node.feeds.events(feed.id).keys()], [uuids[0]]);
  files.set(`/feed/${uuids[1]}.json`, eventOf(uuids[1], 200, 'bad.example'));
  const current = node.feeds.find(feed.id);
  assert.ok(current !== undefined);
  await pullFeed(current, {}, deps);
  assert.equal(node.feeds.events(feed.id).size, 2);
  await node.close();
});

test('a feed whose server fails keeps what it brought and says why; one that is not allowed inside is refused', async () => {
  const node = await startNode();
  const deps = { ...node, fetchUrl: node.fetcher.fetchUrl, clock: () => node.at.ms };
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
