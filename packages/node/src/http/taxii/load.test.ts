import assert from 'node:assert/strict';
import test from 'node:test';
import { serveNode, until } from '../../node-for-tests.ts';
import type { Cleanup } from '../../node-for-tests.ts';
import { openRaw } from '../raw-client-for-tests.ts';
import { idOf, indicator } from '../stix-for-tests.ts';
import { accept, ask, openBench as openBenchOn } from './client-for-tests.ts';
import { openDoor } from './door-for-tests.ts';

async function openBench(cleanup: Cleanup, options: Parameters<typeof serveNode>[1] = {}) {
  const node = await serveNode(cleanup, options);
  return { node, ...(await openBenchOn(node)) };
}

const many = (count: number, from = 1) => Array.from({ length: count }, (_, index) => indicator(from + index));

test('a client that asks too often is told when to come again (429, Retry-After), kept pages included; others are answered', async (context) => {
  const door = await openDoor(context, { perMinute: 5 });
  await door.give(many(5));
  for (let turn = 0; turn < 5; turn += 1) assert.equal((await door.get('limit=3')).status, 200);
  for (const query of ['limit=3', 'limit=2']) {
    const refused = await door.get(query);
    assert.equal(refused.status, 429);
    assert.equal(refused.headers['retry-after'], '60');
    assert.match(refused.text, /"error_code":"TOO_MANY_REQUESTS"/);
  }
  const { secret } = await door.newReader('others');
  assert.equal((await door.get('limit=3', {}, secret)).status, 200);
  door.now.ms += 60_000;
  assert.equal((await door.get('limit=3')).status, 200);
});

test('slow headers and a slow body are cut off, and hold up nobody else meanwhile', async (context) => {
  const bench = await openBench(context, { bodyIdleMs: 300 });
  const { url } = bench.node;
  const head = `POST /taxii2${bench.path}/objects/ HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: ${accept}\r\ncontent-type: ${accept}\r\nauthorization: Bearer ${bench.reader}\r\n`;
  // More than may send at once, each a body that never comes; one that comes by the byte; headers that stop.
  const silent = Array.from({ length: 8 }, () => openRaw(context, url));
  for (const { socket } of silent) socket.write(`${head}content-length: 1000\r\n\r\n{`);
  const dripping = openRaw(context, url);
  dripping.socket.write(`${head}content-length: 1000000\r\n\r\n`);
  const drip = setInterval(() => dripping.socket.write('x'), 50);
  context.after(() => clearInterval(drip));
  const halfHead = openRaw(context, url);
  halfHead.socket.write('GET /taxii2/ HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: ');
  assert.equal((await bench.post(many(3))).status, 202);
  assert.equal((await bench.get('/objects/')).body.objects.length, 3);
  await until(() => silent.every(({ isClosed }) => isClosed()), 'bodies that never come are given up');
  for (const { text } of silent) assert.match(text(), /^HTTP\/1\.1 400 [\s\S]*"error_code":"ARGUMENT_INVALID"/);
  await until(dripping.isClosed, 'a body that comes by the byte is given up');
  assert.match(dripping.text(), /^HTTP\/1\.1 400 /);
  await until(halfHead.isClosed, 'headers that stop are given up');
  assert.match(halfHead.text(), /^HTTP\/1\.1 4\d\d /);
  assert.deepEqual(bench.node.faults, []);
});

test('1,000 clients at once are each answered, or refused with 429 or 503, in bounded memory', async (context) => {
  const bench = await openBench(context);
  await bench.give(many(50));
  const before = process.memoryUsage().rss;
  const clients = Array.from({ length: 1000 }, (_, index) => {
    const raw = openRaw(context, bench.node.url);
    // Half of them want a page of their own that nobody asked for before.
    const query = index % 2 === 0 ? 'limit=20' : `limit=20&own=${index}`;
    raw.socket.write(
      `GET /taxii2${bench.path}/objects/?${query} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: ${accept}\r\nauthorization: Bearer ${bench.reader}\r\nconnection: close\r\n\r\n`,
    );
    return raw;
  });
  await until(() => clients.every(({ isClosed }) => isClosed()), 'all of them are done with');
  const statuses = clients.map(({ text }) => /^HTTP\/1\.1 (\d+) /.exec(text())?.[1] ?? 'none');
  const answered = statuses.filter((status) => status === '200').length;
  assert.ok(answered >= 100, `${answered} were answered`);
  assert.deepEqual(
    [...new Set(statuses)].filter((status) => status !== '200' && status !== '429' && status !== '503'),
    [],
  );
  for (const { text } of clients) if (text().startsWith('HTTP/1.1 200')) assert.ok(text().endsWith(']}'), 'whole');
  assert.ok(process.memoryUsage().rss - before < 400 * 1024 * 1024);
  assert.equal((await bench.get('/objects/?limit=1')).status, 200, 'and then all is as before');
  assert.deepEqual(bench.node.faults, []);
});

test('bodies that are too large, too deep, of the wrong type or say a key twice: each an error of the client, and nothing is taken', async (context) => {
  const bench = await openBench(context);
  const deep = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
  const cases: readonly [readonly number[], string, string][] = [
    [[413], 'larger than max_content_length', `{"objects":[${' '.repeat(8 * 1024 * 1024)}]}`],
    [[202, 400], 'deep', `{"objects":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
    [
      [202, 400],
      'an object that is deep',
      `{"objects":[${JSON.stringify(indicator(1)).replace('}', `,"x":${deep(5000)}}`)}]}`,
    ],
    [[422], 'a list', '[]'],
    [[422], 'a text', '"objects"'],
    [[422], 'objects of the wrong type', '{"objects":{"0":{}}}'],
    [[202], 'objects that are none', '{"objects":[1,null,"x",[],true]}'],
    [[202, 400], 'an id twice', `{"objects":[${JSON.stringify(indicator(2)).replace('{', `{"id":"${idOf(3)}",`)}]}`],
  ];
  for (const [statuses, what, body] of cases) {
    const answer = await bench.post(body);
    assert.ok(statuses.includes(answer.status), `${what}: ${answer.status} ${answer.text.slice(0, 200)}`);
    if (answer.status !== 202) assert.equal(answer.body.http_status, String(answer.status));
    else if (what !== 'an id twice') assert.equal(answer.body.success_count, 0, what);
  }
  // Chunked, so that nobody can say beforehand how much it is.
  const raw = openRaw(context, bench.node.url);
  raw.socket.write(
    `POST /taxii2${bench.path}/objects/ HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: ${accept}\r\ncontent-type: ${accept}\r\nauthorization: Bearer ${bench.reader}\r\ntransfer-encoding: chunked\r\n\r\n`,
  );
  const piece = `100000\r\n${' '.repeat(0x100000)}\r\n`;
  for (let sent = 0; sent < 9; sent += 1) raw.socket.write(piece);
  await until(() => raw.text().startsWith('HTTP/1.1 413') || raw.isClosed(), 'it is refused');
  assert.match(raw.text(), /^HTTP\/1\.1 413 /);
  assert.deepEqual(bench.node.faults, []);
});

test('cursors that are forged, of another collection, endpoint or node are refused, and give no right', async (context) => {
  const bench = await openBench(context);
  await bench.give(many(5));
  const { client, url } = bench.node;
  const other = await client.saveCollection({ body: { title: 'Other', audience: ['client:works'] } });
  const next = (await bench.get('/objects/?limit=2')).body.next as string;
  const [body = '', mac = ''] = next.split('.');
  const elsewhere = Buffer.from(Buffer.from(body, 'base64url').toString().replace(bench.collection.id, other.id));
  const foreign = await openBench(context);
  await foreign.give(many(5));
  const cases: readonly [string, string][] = [
    [`${bench.path}/objects/?next=${body}`, 'without its seal'],
    [`${bench.path}/objects/?next=${body}.${mac.slice(0, -2)}AA`, 'with another seal'],
    [`${bench.path}/objects/?next=${elsewhere.toString('base64url')}.${mac}`, 'changed'],
    [`/api/collections/${other.id}/objects/?next=${next}`, 'of another collection'],
    [`${bench.path}/manifest/?next=${next}`, 'of another endpoint'],
    [`${bench.path}/objects/?next=${(await foreign.get('/objects/?limit=2')).body.next}`, 'of another node'],
    [`${bench.path}/objects/?next=${'x'.repeat(30_000)}`, 'endless'],
  ];
  for (const [path, what] of cases) {
    const answer = await ask(url, path, bench.reader);
    assert.deepEqual([answer.status, answer.body.error_code], [400, 'ARGUMENT_INVALID'], what);
  }
  await client.saveCollection({ body: { id: bench.collection.id, title: 'All', audience: [] } });
  assert.equal((await bench.get(`/objects/?next=${next}`)).status, 404, 'a cursor gives no right');
});

test('pages asked for again, in any order and by many at once, are the same, and what came meanwhile is behind them', async (context) => {
  const bench = await openBench(context);
  await bench.give(many(9));
  const cursors = ['limit=3'];
  for (let page = 0; page < 2; page += 1) {
    const { body } = await bench.get(`/objects/?${cursors.at(-1)}`);
    cursors.push(`limit=3&next=${body.next}`);
  }
  const idsOf = async (query = '') =>
    ((await bench.get(`/objects/?${query}`)).body.objects as { id: string }[]).map(({ id }) => id);
  const pages = await Promise.all(cursors.map(idsOf));
  assert.deepEqual(
    pages.flat(),
    many(9).map(({ id }) => id),
  );
  await bench.give(many(3, 100));
  const again = await Promise.all([2, 0, 1, 1, 0, 2, 0].map((page) => idsOf(cursors[page])));
  assert.deepEqual(
    again,
    [2, 0, 1, 1, 0, 2, 0].map((page) => pages[page]),
  );
  assert.deepEqual(
    (await idsOf('')).slice(9),
    many(3, 100).map(({ id }) => id),
  );
});
