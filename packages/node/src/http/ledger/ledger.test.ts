import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkLog, parseCheckpoint, parseNote, printTilePath } from '@comity/protocol/tlog';
import { createNativeCrypto } from '../../ledger/index.ts';
import { serveNode, temporaryDir, until } from '../../node-for-tests.ts';
import type { Cleanup, ServedNode } from '../../node-for-tests.ts';
import { openConnection } from '../../store/connection.ts';

async function serve(context: Cleanup): Promise<{ node: ServedNode; get: (path: string) => Promise<Response> }> {
  const node = await serveNode(context);
  const get = (path: string): Promise<Response> => fetch(`${node.url}${path}`);
  await until(async () => (await get('/ledger/1/checkpoint')).status === 200, 'the first checkpoint is out');
  return { node, get };
}

test('everybody may read the files of the ledger: a checkpoint for seconds, tiles for ever, in the media types of tlog-tiles', async (context) => {
  const { node, get } = await serve(context);
  const answer = await get('/ledger/1/checkpoint');
  assert.deepEqual(
    ['content-type', 'cache-control', 'access-control-allow-origin'].map((name) => answer.headers.get(name)),
    ['text/plain; charset=utf-8', 'public, max-age=2', '*'],
  );
  const checkpoint = parseCheckpoint(parseNote(await answer.text()).text);
  assert.deepEqual([checkpoint.origin, checkpoint.size], [`${new URL(node.url).host}/ledger/1`, 0]);
  const read = async (path: string): Promise<Uint8Array | undefined> => {
    const found = await get(`/ledger/1/${path}`);
    return found.status === 200 ? new Uint8Array(await found.arrayBuffer()) : undefined;
  };
  assert.deepEqual(await Array.fromAsync(checkLog(checkpoint, read, createNativeCrypto().sha256)), []);
  const head = await fetch(`${node.url}/ledger/1/checkpoint`, { method: 'HEAD' });
  assert.deepEqual([head.status, await head.text()], [200, '']);
  for (const [path, status] of [
    [`/ledger/1/${printTilePath({ level: 0, index: 0, width: 1 })}`, 404],
    ['/ledger/1/tile/0/0', 400],
    ['/ledger/1/tile/0/../../../comity.key', 404],
    ['/ledger/1/%2e%2e/comity.key', 404],
    ['/ledger/1/tile/..%2f..%2fcomity.key', 400],
    ['/ledger/01/checkpoint', 404],
    ['/ledger/2/checkpoint', 404],
    ['/ledger/1', 404],
  ] as const)
    assert.equal((await get(path)).status, status, path);
  const posted = await fetch(`${node.url}/ledger/1/checkpoint`, { method: 'POST', body: 'x' });
  assert.deepEqual([posted.status, posted.headers.get('allow')], [405, 'GET, HEAD']);
});

test('the witness answers at its place, and nobody posts it more than it reads', async (context) => {
  const { node, get } = await serve(context);
  const post = (body: string): Promise<Response> =>
    fetch(`${node.url}/witness/add-checkpoint`, { method: 'POST', body });
  const malformed = await post('old 0\n');
  assert.deepEqual([malformed.status, malformed.headers.get('content-type')], [400, 'text/plain; charset=utf-8']);
  const own = await (await get('/ledger/1/checkpoint')).text();
  assert.equal((await post(`old 0\n\n${own}`)).status, 404, 'nobody witnesses itself');
  assert.equal((await post('x'.repeat(129 * 1024))).status, 413);
  assert.equal((await get('/witness/add-checkpoint')).status, 405);
  assert.equal((await get(`/witness/${'0'.repeat(64)}/checkpoint`)).status, 404);
  assert.equal((await get('/witness/')).status, 404);
  assert.deepEqual(node.faults, []);
});

test('after a start the ledger goes on under its name with its keys, and the witness with its own', async (context) => {
  const dataDir = join(temporaryDir(context), 'data');
  const run = async () => {
    const cleanups: (() => unknown)[] = [];
    const node = await serveNode({ after: (fn) => cleanups.push(fn) }, { dataDir });
    const since = Math.floor(Date.now() / 1000) * 1000;
    const isOut = async () => {
      const [log] = (await node.client.showLedger()).logs;
      return log?.published !== undefined && Date.parse(log.published.at) >= since;
    };
    await until(isOut, 'it is published');
    const { logs, keys, witnessKeys, alarms } = await node.client.showLedger();
    for (const cleanup of cleanups) await cleanup();
    return { origin: logs[0]?.origin, count: logs.length, keys, witnessKeys, alarms };
  };
  // Named anew by each start, as long as it is empty: so an entry is put in.
  await run();
  const connection = openConnection({ file: join(dataDir, 'comity.db') });
  connection.prepare('insert into ledger_entry (entry) values (?)').run(Buffer.from('first'));
  connection.close();
  const first = await run();
  assert.deepEqual(await run(), first);
  assert.deepEqual([first.count, first.alarms], [1, []]);
});
