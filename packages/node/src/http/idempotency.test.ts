import assert from 'node:assert/strict';
import { connect } from 'node:net';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { ComityError } from '@comity/protocol/base';
import { serveNode, temporaryDir, until } from '../node-for-tests.ts';
import type { ServedNode } from '../node-for-tests.ts';

/** A request the node reads, whose body does not end; the given function ends the connection. */
async function hold(node: ServedNode, path: string, key: string): Promise<() => void> {
  const socket = connect(Number(new URL(node.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  const isRead = new Promise((resolve) => socket.once('data', resolve));
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${node.token}\r\nIdempotency-Key: "${key}"\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n7\r\na.test\n\r\n`,
  );
  await isRead;
  return () => void socket.destroy();
}

const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'done',
    (error: unknown) => (error instanceof ComityError ? error.code : String(error)),
  );

test('records sent again under their key are there once and answered the same', async (context) => {
  const node = await serveNode(context);
  const { client } = node;
  await client.createImport({ query: { name: 'x' }, body: 'evil.example\n' });
  const { id } = await client.addSource({ body: { kind: 'http' } });
  const push = (body: string, idempotencyKey: string) => client.pushRecords({ params: { id }, body, idempotencyKey });
  await until(async () => (await push('to evil.example\n', crypto.randomUUID())).matches === 1, 'the indicator acts');
  const key = String.raw`"odd" \ key`;
  const first = await push('to evil.example\nx\n', key);
  const before = await client.getSource({ params: { id } });
  assert.deepEqual(await push('to evil.example\nx\n', key), first);
  const after = await client.getSource({ params: { id } });
  assert.deepEqual([after.records, after.matches], [before.records, before.matches]);
  assert.equal(await codeOf(push('to evil.example\ny\n', key)), 'IDEMPOTENCY_KEY_REUSED');

  const letGo = await hold(node, `/api/v1/sources/${id}/records`, 'held');
  assert.equal(await codeOf(push('b.test\n', 'held')), 'CONFLICT');
  letGo();
  await until(async () => (await codeOf(push('b.test\n', 'held'))) === 'done', 'its key is free again');
});

test('an import sent again under its key is in once, with one report, also after a restart', async (context) => {
  const dataDir = temporaryDir(context);
  const cleanups: (() => unknown)[] = [];
  const query = { name: 'list', format: 'list', tlp: 'green' } as const;
  const send = (node: ServedNode, body: string, more: object = {}) =>
    node.client.createImport({ query: { ...query, ...more }, body, idempotencyKey: 'a' });
  let node = await serveNode({ after: (fn) => void cleanups.push(fn) }, { dataDir });
  const first = await send(node, 'one.example\nno value!\n');
  assert.deepEqual(await send(node, 'one.example\nno value!\n'), first);
  for (const fn of cleanups) await fn();
  node = await serveNode(context, { dataDir });
  const { client } = node;
  const again = await send(node, 'one.example\nno value!\n');
  assert.deepEqual([again.id, again.taken, again.rejected], [first.id, 1, 1]);
  assert.equal((await client.listImports()).rows.length, 1);
  assert.equal(await codeOf(send(node, 'two.example\n')), 'IDEMPOTENCY_KEY_REUSED');
  assert.equal(await codeOf(send(node, 'one.example\nno value!\n', { tlp: 'red' })), 'IDEMPOTENCY_KEY_REUSED');
});

test('compressed imports are known again too, and one that broke off is begun anew', async (context) => {
  const node = await serveNode(context);
  const { client } = node;
  const send = (body: Uint8Array<ArrayBuffer>, idempotencyKey: string) =>
    client.createImport({ query: { name: 'x' }, body, idempotencyKey });
  const packed = new Uint8Array(gzipSync('packed.example\n'));
  assert.equal((await send(packed, 'gz')).id, (await send(packed, 'gz')).id);

  const letGo = await hold(node, '/api/v1/imports?name=x', 'held');
  const whole = new TextEncoder().encode('a.test\nb.test\n');
  assert.equal(await codeOf(send(whole, 'held')), 'CONFLICT');
  letGo();
  await until(async () => (await codeOf(send(whole, 'held'))) === 'done', 'its key is free again');
  const { rows } = await client.searchIntel({ query: { text: 'b.test' } });
  assert.equal(rows.length, 1);
  assert.equal((await send(whole, 'held')).status, 'done');
});
