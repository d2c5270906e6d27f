import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  isConsistent,
  isIncluded,
  leafHash,
  openCheckpoint,
  parseVerifierKey,
  planRoot,
  verifyTlogProof,
} from '@comity/protocol/tlog';
import { makeLog } from '../../../testkit/src/index.ts';
import { policyOfEpoch } from './witnesses/witness-book.ts';
import { appendAll, entriesOf, faultsOf, testCrypto, World } from './world-for-tests.ts';

const { sha256 } = testCrypto;

test('a ledger without witnesses publishes by its own signatures; every entry can be proven, every file is that of the tree', async () => {
  const world = new World();
  const ledger = world.open();
  await ledger.start();
  const entries = entriesOf(600);
  let size = 0;
  for (const step of [1, 99, 156, 44, 300]) {
    await appendAll(world.store, ledger, entries.slice(size, size + step));
    size += step;
    await world.time.advance(2000);
    const made = makeLog(entries.slice(0, size));
    for (const [path, bytes] of made.files)
      assert.deepEqual(Buffer.from(world.disk.files.get(`1/${path}`) ?? []), Buffer.from(bytes), path);
    assert.deepEqual(await faultsOf(ledger), []);
  }
  const note = ledger.checkpoint()!;
  assert.equal(Buffer.from(world.disk.files.get('1/checkpoint')!).toString(), note);
  const keys = world.logKeys();
  const { checkpoint, ofLog } = openCheckpoint(note, { origin: world.origin, keys }, [], testCrypto);
  assert.deepEqual([checkpoint.size, ofLog.length], [600, 2]);
  const policy = policyOfEpoch(keys, { fromUs: 0, witnesses: [], quorum: 0 });
  const root = makeLog(entries).root;
  for (const index of [0, 1, 255, 256, 511, 512, 599]) {
    verifyTlogProof(await ledger.proofFor(index), entries[index]!, policy, testCrypto);
    const proof = await ledger.inclusion(index, 600);
    assert.ok(isIncluded({ index, leafHash: leafHash(entries[index]!, sha256), size: 600, root, proof }, sha256));
  }
  const made = makeLog(entries);
  for (const fromSize of [1, 100, 256, 300, 599]) {
    const proof = await ledger.consistency(fromSize, 600);
    const fromRoot = made.hashes(planRoot(fromSize), fromSize)[0]!;
    assert.ok(isConsistent({ fromSize, fromRoot, size: 600, root, proof }, sha256));
  }
  await assert.rejects(ledger.proofFor(600), { code: 'NOT_FOUND' });
  assert.deepEqual(ledger.status().alarms, []);
  assert.deepEqual(world.faults, []);
  await ledger.close();
});

test('entries are proven while the files of a longer tree are still being written', async () => {
  const world = new World();
  let free: () => void = () => undefined;
  let held = Promise.resolve();
  const disk = {
    read: (path: string) => world.disk.read(path),
    remove: (paths: readonly string[]) => world.disk.remove(paths),
    write: async (files: Parameters<typeof world.disk.write>[0]) => {
      await held;
      await world.disk.write(files);
    },
  };
  const ledger = world.open({ disk });
  await ledger.start();
  const entries = entriesOf(320);
  await appendAll(world.store, ledger, entries.slice(0, 300));
  await world.time.advance(2000);
  held = new Promise<void>((resolve) => (free = resolve));
  await appendAll(world.store, ledger, entries.slice(300));
  await world.time.advance(150);
  const signing = ledger.sign();
  const proof = await ledger.inclusion(299, 300);
  const { root } = makeLog(entries.slice(0, 300));
  assert.ok(isIncluded({ index: 299, leafHash: leafHash(entries[299]!, sha256), size: 300, root, proof }, sha256));
  free();
  assert.equal((await signing)?.size, 320);
  assert.deepEqual(world.faults, []);
  await ledger.close();
});

test('an act is appended with what it records or not at all, and says when it is sequenced and when witnessed', async () => {
  const world = new World();
  for (const name of ['w1.example', 'w2.example', 'w3.example', 'w4.example']) await world.putWitness(name);
  const ledger = world.open();
  await world.introduce(ledger);
  await world.time.advance(1000);
  await assert.rejects(
    world.store.write((db) => {
      ledger.append(db, Buffer.from('undone'));
      throw new Error('planted');
    }),
    /planted/,
  );
  const pending = await world.store.write((db) => ledger.append(db, Buffer.from('kept')));
  assert.deepEqual(ledger.stateOf(pending.id), {
    id: 1,
    state: 'waiting',
    origin: undefined,
    index: undefined,
  });
  assert.equal(ledger.status().waiting, 1);
  const [sequenced, witnessed] = [pending.sequenced(), pending.witnessed()];
  await world.time.advance(2000);
  assert.deepEqual([await sequenced, await witnessed], [0, 0]);
  assert.deepEqual(ledger.stateOf(1), { id: 1, state: 'witnessed', origin: world.origin, index: 0 });
  assert.equal(Buffer.from(ledger.entryOf(1)!).toString(), 'kept');
  assert.equal(await ledger.find(1)!.witnessed(), 0);
  assert.deepEqual([ledger.find(2), ledger.entryOf(0), ledger.stateOf(9)], [undefined, undefined, undefined]);
  const proof = await ledger.proofFor(0);
  const epoch = ledger.witnesses.epoch();
  assert.equal(epoch.quorum, 3);
  const proven = verifyTlogProof(proof, Buffer.from('kept'), policyOfEpoch(world.logKeys(), epoch), testCrypto);
  assert.equal(proven.cosignatures.length, 8);
  await ledger.close();
});

test('partial tiles stay until the full one is published, then they go', async () => {
  const world = new World();
  const ledger = world.open();
  await ledger.start();
  const partials = () => [...world.disk.files.keys()].filter((path) => path.includes('.p/')).toSorted();
  await appendAll(world.store, ledger, entriesOf(100));
  await world.time.advance(2000);
  await appendAll(world.store, ledger, entriesOf(100, 100));
  await world.time.advance(2000);
  assert.deepEqual(partials(), [
    '1/tile/0/000.p/100',
    '1/tile/0/000.p/200',
    '1/tile/entries/000.p/100',
    '1/tile/entries/000.p/200',
  ]);
  await appendAll(world.store, ledger, entriesOf(100, 200));
  await world.time.advance(2000);
  assert.deepEqual(partials(), ['1/tile/0/001.p/44', '1/tile/1/000.p/1', '1/tile/entries/001.p/44']);
  await ledger.close();
});

test('a ledger at rest is witnessed anew every ten minutes, a busy one published once a second', async () => {
  const world = new World();
  await world.putWitness('w1.example');
  const ledger = world.open();
  await world.introduce(ledger);
  await world.time.advance(3000);
  const times = () => {
    const { timeSeconds } = openCheckpoint(
      ledger.checkpoint()!,
      { origin: world.origin, keys: world.logKeys() },
      world.network.hosts.get('w1.example')!.keys(),
      testCrypto,
    ).ofWitnesses[0]!;
    return timeSeconds!;
  };
  const first = times();
  await world.time.advance(590_000);
  assert.equal(times(), first);
  await world.time.advance(20_000);
  assert.ok(times() >= first + 600, `${times()} after ${first}`);

  const posts = () => world.network.asked.filter((url) => url.endsWith('/add-checkpoint')).length;
  const before = posts();
  for (let step = 0; step < 50; step += 1) {
    await appendAll(world.store, ledger, entriesOf(10, step * 10));
    await world.time.advance(100);
  }
  await world.time.advance(1000);
  assert.ok(posts() - before <= 7, `${posts() - before} in six seconds`);
  assert.equal(ledger.status().logs[0]!.published!.size, 500);
  await ledger.close();
});

test('a ledger has its name for ever once it has an entry', async () => {
  const world = new World();
  const first = world.open();
  await first.start();
  await world.time.advance(1000);
  await first.close();
  const second = world.open({ origin: 'b.example/ledger/1' });
  await second.start();
  await world.time.advance(1000);
  assert.equal(second.status().logs[0]!.origin, 'b.example/ledger/1');
  await appendAll(world.store, second, entriesOf(1));
  await world.time.advance(1000);
  await second.close();
  const third = world.open();
  await third.start();
  await world.time.advance(1000);
  assert.equal(third.status().logs[0]!.origin, 'b.example/ledger/1');
  assert.deepEqual(await faultsOf(third), []);
  await third.close();
});

test('keys are the same after a start, and their text is that of verifier keys', async () => {
  const world = new World();
  const ledger = world.open();
  await ledger.start();
  const keys = ledger.status().keys.map((key) => parseVerifierKey(key, sha256));
  assert.deepEqual(
    keys.map(({ name, kind }) => [name, kind]),
    [
      [world.origin, 'note'],
      [world.origin, 'cosignature-ml-dsa-44'],
    ],
  );
  await ledger.close();
  const again = world.open();
  await again.start();
  assert.deepEqual(again.status().keys.length, 2);
  await again.close();
});
