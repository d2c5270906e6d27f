import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  monitoringPathOf,
  openCheckpoint,
  planConsistency,
  planRoot,
  printAddCheckpoint,
  printCheckpoint,
  printNote,
  readWitnessAnswer,
  signText,
} from '@comity/protocol/tlog';
import { createSigner, inventEntries, makeLog } from '../../../../testkit/src/index.ts';
import { openMemoryStore } from '../../store/memory-store-for-tests.ts';
import { ledgerSchema } from '../schema.ts';
import { testCrypto, World } from '../world-for-tests.ts';
import type { TestWitness } from '../world-for-tests.ts';

const origin = 'b.example/ledger/1';
const signers = [createSigner(origin, 'note', 'b'), createSigner(origin, 'cosignature-ml-dsa-44', 'b, ML-DSA')];
const logKeys = signers.map(({ key }) => key);
const log = makeLog(inventEntries(400, 1));
const fork = makeLog(inventEntries(400, 2));
const rootAt = (size: number, of = log): Uint8Array => of.hashes(planRoot(size), size)[0]!;
const noteAt = (size: number, { of = log, by = signers } = {}): string => {
  const text = printCheckpoint({ origin, size, root: rootAt(size, of) });
  return printNote({ text, signatures: signText(text, by, 1_795_000_000) });
};
const proofOf = (from: number, size: number, of = log): Uint8Array[] =>
  from === 0 ? [] : of.hashes(planConsistency(from, size), size);
const bodyOf = (from: number, size: number, of = log): string =>
  printAddCheckpoint({ oldSize: from, proof: proofOf(from, size, of), note: noteAt(size, { of }) });

/** A witness of the log above, and how to post to it. */
async function begin(elsewhere: readonly string[] = []) {
  const world = new World();
  const witness = await world.putWitness('w.example');
  const known = { keys: logKeys, elsewhere: elsewhere.map((url) => ({ url, allowPrivate: false })) };
  witness.logs.set(origin, known);
  const answer = (method: string, path: string, body = '') =>
    world.network.hosts.get('w.example')!.answer({ method, path, body: Buffer.from(body) });
  const post = (body: string) => answer('POST', '/add-checkpoint', body);
  const statusOf = async (body: string) => (await post(body)).status;
  return { world, witness, known, answer, post, statusOf };
}
const monitoringPath = `/${monitoringPathOf(origin, testCrypto.sha256)}`;

test('a witness answers every kind of request as tlog-witness says', async () => {
  const { post, statusOf, answer, world, witness } = await begin();
  assert.equal((await answer('GET', monitoringPath)).status, 404, 'nothing was cosigned yet');
  const first = await post(bodyOf(0, 100));
  assert.equal(first.status, 200);
  const keys = world.network.hosts.get('w.example')!.keys();
  const text = printCheckpoint({ origin, size: 100, root: rootAt(100) });
  const read = readWitnessAnswer(first, text, keys, testCrypto);
  assert.ok(read.outcome === 'cosigned');
  assert.deepEqual(
    read.cosignatures.map(({ key }) => key.kind),
    ['cosignature-ed25519', 'cosignature-ml-dsa-44'],
  );
  const stale = await post(bodyOf(50, 120));
  assert.deepEqual([stale.status, stale.headers, stale.body], [409, { 'content-type': 'text/x.tlog.size' }, '100\n']);
  assert.equal(await statusOf(bodyOf(100, 300)), 200);
  await world.time.advance(5000);
  const again = await post(bodyOf(300, 300));
  assert.equal(again.status, 200);
  const shown = await answer('GET', monitoringPath);
  assert.deepEqual([shown.status, shown.headers], [200, { 'content-type': 'text/plain; charset=utf-8' }]);
  const opened = openCheckpoint(shown.body, { origin, keys: logKeys }, keys, testCrypto);
  assert.deepEqual([opened.checkpoint.size, opened.ofLog.length, opened.ofWitnesses.length], [300, 2, 2]);
  assert.deepEqual(
    opened.ofWitnesses.map(({ timeSeconds }) => timeSeconds),
    [world.time.ms / 1000, world.time.ms / 1000],
  );
  for (const [what, body, status] of [
    ['the same size with another root', bodyOf(300, 300, fork), 422],
    ['a larger tree that does not continue', bodyOf(300, 400, fork), 422],
    ['an old size that is larger', printAddCheckpoint({ oldSize: 301, proof: [], note: noteAt(300) }), 400],
    [
      'a key that is not the log’s',
      printAddCheckpoint({
        oldSize: 300,
        proof: proofOf(300, 310),
        note: noteAt(310, { by: [createSigner(origin, 'note', 'thief')] }),
      }),
      403,
    ],
    ['an origin that is not known', bodyOf(300, 310).replaceAll(origin, 'c.example/ledger/1'), 404],
    ['no form', 'old 1\n', 400],
    ['a size with a leading zero', bodyOf(300, 310).replace('old 300', 'old 0300'), 400],
    ['nothing', '', 400],
  ] as const)
    assert.equal(await statusOf(body), status, what);
  assert.equal((await answer('GET', '/add-checkpoint')).status, 405);
  assert.equal((await answer('POST', monitoringPath)).status, 405);
  assert.equal((await answer('GET', '/else')).status, 404);
  assert.ok(witness.signed.length >= 6, 'whatever the log signed is told, also what was refused');
  assert.equal(await statusOf(bodyOf(300, 400)), 200);
});

test('of posts at once exactly one moves the tree: the others are told its size', async () => {
  const { statusOf } = await begin();
  assert.equal(await statusOf(bodyOf(0, 10)), 200);
  const sizes = [100, 150, 200, 250, 300];
  const statuses = await Promise.all([...sizes, ...sizes].map((size) => statusOf(bodyOf(10, size))));
  assert.deepEqual(
    [200, 409].map((status) => statuses.filter((each) => each === status).length),
    [1, 9],
  );
  const forks = await Promise.all([
    ...sizes.slice(1).map((size) => statusOf(bodyOf(100, size))),
    ...sizes.slice(1).map((size) => statusOf(bodyOf(100, size, fork))),
  ]);
  assert.equal(forks.filter((status) => status === 200).length, 1, String(forks));
});

test('what was decided is kept before the answer leaves: a write that fails gives no signature', async () => {
  const { witness, statusOf, world } = await begin();
  assert.equal(await statusOf(bodyOf(0, 100)), 200);
  const failing = {
    reader: witness.store.reader,
    image: () => witness.store.image(),
    close: () => witness.store.close(),
    write: () => Promise.reject(new Error('planted')),
  };
  await world.putWitness('w.example', { logs: witness.logs, store: failing, word: 'w.example' }).catch(() => undefined);
  await assert.rejects(statusOf(bodyOf(100, 200)), /planted/);
});

test('a witness that lost its state, or rolled it back, takes the largest tree others were shown', async () => {
  const { world, witness, known, statusOf } = await begin();
  await statusOf(bodyOf(0, 100));
  const image = witness.store.image();
  await statusOf(bodyOf(100, 300));
  const other = await world.putWitness('v.example');
  other.logs.set(origin, known);
  const url = `https://v.example${monitoringPath}`;
  await world.network.ask({
    url: 'https://v.example/add-checkpoint',
    body: bodyOf(0, 300),
    allowPrivate: false,
    timeoutMs: 1,
  });

  const { clock } = world.time;
  for (const store of [openMemoryStore([ledgerSchema], { clock }), openMemoryStore([ledgerSchema], { clock, image })]) {
    const restored: TestWitness = await world.putWitness('w.example', { store });
    restored.logs.set(origin, { keys: logKeys, elsewhere: [{ url, allowPrivate: false }] });
    // A fork from what it remembers, or from nothing, was cosigned here without that.
    assert.equal(await statusOf(bodyOf(100, 200, fork)), 409);
    assert.equal(await statusOf(bodyOf(0, 200, fork)), 409);
    assert.equal(await statusOf(bodyOf(300, 300, fork)), 422);
    assert.equal(await statusOf(bodyOf(300, 400)), 200);
  }
});

test('a witness refuses as long as nobody who may know more answers, and asks again', async () => {
  const { world, witness, statusOf } = await begin(['https://gone.example/checkpoint']);
  assert.equal(await statusOf(bodyOf(0, 100)), 503);
  assert.equal(
    await statusOf(
      printAddCheckpoint({ oldSize: 0, proof: [], note: noteAt(100, { by: [createSigner(origin, 'note', 'thief')] }) }),
    ),
    403,
    'nobody is asked for a stranger',
  );
  world.network.intercept = (url) =>
    url.startsWith('https://gone') ? { status: 404, body: Buffer.from('') } : undefined;
  assert.equal(await statusOf(bodyOf(0, 100)), 200);
  assert.equal(witness.signed.length, 2, 'what it refuses may be half of a proof');
});

test('a witness that is shown another root of the size it knows refuses the log', async () => {
  const { world, witness, statusOf } = await begin();
  await statusOf(bodyOf(0, 100));
  world.network.intercept = (url) =>
    url.startsWith('https://log') ? { status: 200, body: Buffer.from(noteAt(100, { of: fork })) } : undefined;
  const restarted = await world.putWitness('w.example', { store: witness.store });
  restarted.logs.set(origin, {
    keys: logKeys,
    elsewhere: [{ url: 'https://log.example/checkpoint', allowPrivate: false }],
  });
  assert.equal(await statusOf(bodyOf(100, 200)), 422);
});
