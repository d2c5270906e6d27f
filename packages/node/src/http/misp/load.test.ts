import assert from 'node:assert/strict';
import test from 'node:test';
import { serveNode, until } from '../../node-for-tests.ts';
import type { Cleanup } from '../../node-for-tests.ts';
import { openRaw } from '../raw-client-for-tests.ts';
import { uuidOf } from '../stix-for-tests.ts';
import { mispEvent, openMispBench } from './client-for-tests.ts';

async function openBench(
  cleanup: Cleanup,
  options: Parameters<typeof serveNode>[1] = {},
  entry: Parameters<typeof openMispBench>[1] = {},
) {
  const node = await serveNode(cleanup, options);
  const bench = { node, ...(await openMispBench(node, entry)) };
  /** Sends the head of a POST and what there is of its body. */
  const begin = (path: string, bytes: number, body: string) => {
    const raw = openRaw(cleanup, node.url);
    const head = [
      `POST ${new URL(bench.base).pathname}${path} HTTP/1.1`,
      'host: 127.0.0.1',
      `authorization: ${bench.key}`,
      'content-type: application/json',
      `content-length: ${bytes}`,
    ];
    raw.socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
    return raw;
  };
  return { ...bench, begin };
}

test('bodies that stall or come by the byte are cut off, and hold up nobody else meanwhile', async (context) => {
  const bench = await openBench(context, { bodyIdleMs: 500 });
  const silent = Array.from({ length: 10 }, () => bench.begin('/events/add', 1000, '{'));
  const dripping = bench.begin('/events/add', 1_000_000, '');
  const drip = setInterval(() => dripping.socket.write('x'), 50);
  context.after(() => clearInterval(drip));
  assert.equal((await bench.post('/events/add', mispEvent(1))).status, 200);
  for (const { text, isClosed } of [...silent, dripping]) {
    await until(isClosed, 'it is given up');
    assert.match(text(), /^HTTP\/1\.1 400 [\s\S]*"code":"ARGUMENT_INVALID"/);
  }
  assert.deepEqual(bench.node.faults, []);
});

test('who may not push is told so before a body comes, and is read no more than a question', async (context) => {
  const bench = await openBench(context, {}, { takesObjects: false });
  const push = bench.begin('/events/add', 1_000_000, '{');
  const large = bench.begin('/events/restSearch', 2_000_000, '{');
  await until(() => push.isClosed() && large.isClosed(), 'both are refused');
  assert.match(push.text(), /^HTTP\/1\.1 403 [\s\S]*"code":"NOT_ALLOWED"/);
  assert.match(large.text(), /^HTTP\/1\.1 413 [\s\S]*"code":"INPUT_TOO_LARGE"/);
  assert.equal((await bench.post('/events/restSearch', { limit: 1 })).status, 200);
});

test('who may no longer push when the body is there pushes nothing', async (context) => {
  const bench = await openBench(context);
  const audience = ['client:works'];
  const body = JSON.stringify(mispEvent(1));
  const push = bench.begin('/events/add', body.length, body.slice(0, 10));
  assert.equal((await bench.ask('/servers/getVersion')).status, 200);
  await bench.node.client.saveCollection({
    body: { id: bench.collectionId, title: 'All', alias: 'all', audience, takesObjects: false },
  });
  push.socket.write(body.slice(10));
  await until(() => push.text() !== '', 'it is answered');
  assert.match(push.text(), /^HTTP\/1\.1 403 [\s\S]*"code":"NOT_ALLOWED"/);
});

test('a question is read no further than any other of the node, of who may push as well; an event is', async (context) => {
  const bench = await openBench(context);
  const large = JSON.stringify({ value: ['x'.repeat(2_000_000)] });
  assert.equal((await bench.post('/events/restSearch', large)).status, 413);
  const attribute = { uuid: uuidOf(5), type: 'text', category: 'Other', value: 'x', comment: 'x'.repeat(2_000_000) };
  const { status, text } = await bench.post('/events/add', mispEvent(1, { Attribute: [attribute] }));
  assert.ok(status === 200 || status === 403, text);
  assert.match(text, /"import":/);
});

/** What a MISP sends to see whether it comes back; more than the kernel takes off the node's hands. */
const echo = JSON.stringify({ testString: 'x'.repeat(12 * 1024 * 1024) });

test('an answer counts as under way until it is taken', async (context) => {
  const bench = await openBench(context, { bodyIdleMs: 600_000 });
  const holders = [];
  for (let count = 0; count < 8; count += 1) {
    const holder = bench.begin('/servers/postTest', echo.length, echo);
    holder.socket.once('data', () => holder.socket.pause());
    await until(() => holder.text() !== '', 'the answer begins');
    holders.push(holder);
  }
  const refused = await bench.ask('/servers/getVersion');
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, '2']);
  const isAnswered = async () => (await bench.ask('/servers/getVersion')).status === 200;
  holders[0]!.socket.destroy();
  await until(isAnswered, 'one hung up');
  const again = bench.begin('/servers/postTest', echo.length, echo);
  again.socket.once('data', () => again.socket.pause());
  await until(() => again.text() !== '', 'the answer begins');
  assert.match(again.text(), /^HTTP\/1\.1 200 /);
  assert.equal(await isAnswered(), false);
  holders[1]!.socket.resume();
  await until(isAnswered, 'one was taken');
});

test('whoever does not take an answer is hung up on', async (context) => {
  const bench = await openBench(context, { bodyIdleMs: 500 });
  for (let count = 0; count < 8; count += 1) {
    const holder = bench.begin('/servers/postTest', echo.length, echo);
    holder.socket.once('data', () => holder.socket.pause());
    await until(() => holder.text() !== '', 'the answer begins');
  }
  await until(async () => (await bench.ask('/servers/getVersion')).status === 200, 'others are answered again');
});
