import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { serveNode } from '../../node-for-tests.ts';
import type { Cleanup } from '../../node-for-tests.ts';

const indicator = (number: number): object => ({
  type: 'indicator',
  spec_version: '2.1',
  id: `indicator--00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
  created: '2026-01-01T00:00:00.000Z',
  modified: '2026-01-01T00:00:00.000Z',
  valid_from: '2026-01-01T00:00:00Z',
  pattern: `[domain-name:value = 'n${number}.evil.example']`,
  pattern_type: 'stix',
});

type Answer = (query: URLSearchParams, request: IncomingMessage) => { status?: number; body: unknown };

/** A TAXII server with one collection; `asked` has the queries. */
async function serveCollection(cleanup: Cleanup, answer: Answer) {
  const asked: string[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '', 'http://server.example');
    asked.push(url.search);
    if (request.headers.accept !== 'application/taxii+json;version=2.1') {
      response.writeHead(406).end();
      return;
    }
    const { status = 200, body } = answer(url.searchParams, request);
    response.writeHead(status, {
      'content-type': 'application/taxii+json;version=2.1',
      'content-encoding': 'gzip',
      etag: '"same"',
    });
    response.end(gzipSync(JSON.stringify(body)));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  cleanup.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    asked,
    url: `http://user:pass@127.0.0.1:${port}/api/collections/c1/objects/?added_after=2026-01-01T00:00:00Z`,
  };
}

const page = (number: number, next: string | undefined): unknown => ({
  ...(next === undefined ? {} : { more: true, next }),
  objects: [indicator(number)],
});

async function pull(cleanup: Cleanup, url: string) {
  const { client } = await serveNode(cleanup);
  const { id } = await client.addFeed({ body: { url, name: 'taxii', allowPrivate: true } });
  const once = async () => {
    const feed = await client.pullFeed({ params: { id }, query: { wait: 'true' } });
    const { rows } = await client.listImports({});
    return { feed, report: rows[0] };
  };
  return { client, once };
}

test('the objects of a TAXII collection are read page by page, each asked as the one before says (TAXII 2.1 §3.4, §5.4)', async (context) => {
  const cursors = [undefined, 'two&x=1', 'three'];
  const { url, asked } = await serveCollection(context, (query, request) => {
    assert.equal(request.headers.authorization, `Basic ${Buffer.from('user:pass').toString('base64')}`);
    const index = cursors.indexOf(query.get('next') ?? undefined);
    return { body: page(index + 1, cursors[index + 1]) };
  });
  const { once } = await pull(context, url);
  const { feed, report } = await once();
  assert.deepEqual([feed.status, feed.lastError, feed.objectCount], ['ok', undefined, 3]);
  assert.deepEqual([report?.taken, report?.losses], [3, []]);
  assert.deepEqual(
    asked.slice(0, 3).map((query) => [...new URLSearchParams(query)]),
    [undefined, 'two&x=1', 'three'].map((next) => [
      ['added_after', '2026-01-01T00:00:00Z'],
      ['limit', '1000'],
      ...(next === undefined ? [] : [['next', next]]),
    ]),
  );
  // A first page that did not change would hide what was added to the last.
  const again = await once();
  assert.deepEqual([again.report?.duplicate, again.report?.taken], [3, 0]);
});

test('an empty collection is no error, and neither is an empty last page', async (context) => {
  const { url } = await serveCollection(context, () => ({ body: {} }));
  const { feed, report } = await (await pull(context, url)).once();
  assert.deepEqual([feed.status, report?.taken, report?.rejected], ['ok', 0, 0]);
  const second = await serveCollection(context, (query) => ({
    body: query.has('next') ? { more: false } : page(1, 'n'),
  }));
  const { feed: other, report: of } = await (await pull(context, second.url)).once();
  assert.deepEqual([other.status, of?.taken, of?.rejected], ['ok', 1, 0]);
});

test('what was read before a page fails stays, and the feed says that it was not read to its end', async (context) => {
  const { url } = await serveCollection(context, (query) =>
    query.has('next') ? { status: 500, body: {} } : { body: page(1, 'two') },
  );
  const { feed, report } = await (await pull(context, url)).once();
  assert.deepEqual([feed.status, report?.taken, report?.rejected], ['failing', 1, 1]);
  assert.match(feed.lastError ?? '', /^Cannot read the feed to its end/);
});

test('a server that goes in circles is told of in the report, without the credentials it was asked with', async (context) => {
  const circle = await serveCollection(context, () => ({ body: page(1, 'again') }));
  const pulled = await pull(context, circle.url);
  const { feed, report } = await pulled.once();
  assert.deepEqual([feed.status, circle.asked.length, report?.rejected], ['failing', 2, 1]);
  const { rows } = await pulled.client.importRows({ params: { id: report!.id } });
  assert.match(rows.at(-1)?.reason ?? '', /beyond page 2: the server sends a page again that it sent before$/);
  assert.doesNotMatch(rows.at(-1)?.reason ?? '', /pass/);
});
