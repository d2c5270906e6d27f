import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCheckpoint, parseNote, parseVerifierKey, printVerifierKey, verifyTlogProof } from '@comity/protocol/tlog';
import { MemoryDisk } from '../../../testkit/src/index.ts';
import { openMemoryStore } from '../store/memory-store-for-tests.ts';
import type { Ledger } from './ledger.ts';
import { ledgerSchema } from './schema.ts';
import { verifyInTime } from './witnesses/verify-in-time.ts';
import { policyOfEpoch } from './witnesses/witness-book.ts';
import { appendAll, entriesOf, faultsOf, testCrypto, World } from './world-for-tests.ts';

const names = ['w1.example', 'w2.example', 'w3.example', 'w4.example'];

/** A ledger of 300 witnessed entries. */
async function begin(witnesses = names): Promise<{ world: World; ledger: Ledger }> {
  const world = new World();
  for (const name of witnesses) await world.putWitness(name);
  const ledger = world.open();
  await world.introduce(ledger);
  await appendAll(world.store, ledger, entriesOf(300));
  await world.time.advance(5000);
  assert.equal(ledger.status().logs[0]!.published?.size, 300);
  return { world, ledger };
}
const kindsOf = (ledger: Ledger): string[] => ledger.status().alarms.map(({ kind }) => kind);
const shownSize = (world: World, number = 1): number =>
  parseCheckpoint(parseNote(world.disk.files.get(`${number}/checkpoint`)!).text).size;
const copyOf = (world: World): { store: World['store']; disk: MemoryDisk } => {
  const disk = new MemoryDisk();
  for (const [path, bytes] of world.disk.files) disk.files.set(path, bytes);
  const image = world.store.image();
  return { store: openMemoryStore([ledgerSchema], { clock: world.time.clock, image }), disk };
};

test('quorum offline: readers keep the last good checkpoint, acts wait as sequenced, an alarm holds until witnesses are back', async () => {
  const { world, ledger } = await begin();
  world.network.offline.add('w1.example').add('w2.example');
  const pending = await world.store.write((db) => ledger.append(db, Buffer.from('waits')));
  await world.time.advance(60_000);
  assert.equal(ledger.stateOf(pending.id)?.state, 'sequenced');
  assert.deepEqual([shownSize(world), kindsOf(ledger)], [300, ['no-quorum']]);
  assert.match(ledger.status().alarms[0]!.reason, /2 of 4 witnesses cosigned 301 entries, and 3 are needed/);
  const down = ledger.status().witnesses.find(({ name }) => name === 'w1.example')!;
  assert.deepEqual([down.last?.isGood, down.last?.reason], [false, 'Cannot reach w1.example']);
  world.network.offline.clear();
  await world.time.advance(60_000);
  assert.deepEqual([await pending.witnessed(), shownSize(world), kindsOf(ledger)], [300, 301, []]);
  await ledger.close();
});

test('quorum offline: a witness that is down for long costs those that answer no time', async () => {
  const { world, ledger } = await begin();
  world.network.offline.add('w1.example');
  for (let step = 0; step < 30; step += 1) {
    await appendAll(world.store, ledger, entriesOf(1, 300 + step));
    await world.time.advance(1000);
  }
  const asked = world.network.asked.filter((url) => url.startsWith('https://w1.example')).slice(1);
  assert.ok(asked.length < 12, `${asked.length}`);
  assert.equal(shownSize(world), 330);
  await ledger.close();
});

test('backup restored: a node of an old copy compares before it signs, freezes, and keeps acts for the next log', async () => {
  const { world, ledger } = await begin();
  const old = copyOf(world);
  await appendAll(world.store, ledger, entriesOf(50, 300));
  await world.time.advance(5000);
  await ledger.close();

  const restored = world.open(old);
  await restored.start();
  const posts = () => world.network.asked.filter((url) => url.endsWith('/add-checkpoint')).length;
  const before = posts();
  const pending = await old.store.write((db) => restored.append(db, Buffer.from('after the restore')));
  await world.time.advance(5000);
  assert.equal(posts(), before, 'nothing was signed for anybody');
  const [log] = restored.status().logs;
  assert.match(
    log!.frozen!.reason,
    /has cosigned 350 entries of this log, and here are 30[01]: either this is an old copy/,
  );
  assert.equal(parseCheckpoint(parseNote(log!.frozen!.note!).text).size, 350);
  assert.deepEqual(kindsOf(restored), ['frozen']);

  // A start changes nothing; the way out is the next log.
  await restored.close();
  const again = world.open(old);
  await again.start();
  await world.time.advance(5000);
  assert.deepEqual(kindsOf(again), ['frozen']);
  const next = await again.restart();
  assert.deepEqual([next.number, next.origin, next.firstId], [2, 'a.example/ledger/2', 301]);
  for (const { logs } of world.witnesses.values()) {
    const keys = again.status().keys.map((key) => parseVerifierKey(key, testCrypto.sha256));
    logs.set(next.origin, { keys, elsewhere: [] });
  }
  await world.time.advance(40_000);
  assert.deepEqual(again.stateOf(pending.id), {
    id: 301,
    state: 'witnessed',
    origin: 'a.example/ledger/2',
    index: 0,
  });
  assert.deepEqual([kindsOf(again), await faultsOf(again)], [[], []]);
  await assert.rejects(again.restart(), { code: 'CONFLICT' });
  await again.close();
});

test('backup restored: while no witness can be heard nothing is signed, also not for members alone', async () => {
  const { world, ledger } = await begin();
  const old = copyOf(world);
  await appendAll(world.store, ledger, entriesOf(50, 300));
  await world.time.advance(5000);
  await ledger.close();

  for (const name of names) world.network.offline.add(name);
  const restored = world.open(old);
  await restored.start();
  await appendAll(old.store, restored, entriesOf(50, 400));
  await world.time.advance(60_000);
  assert.equal(await restored.sign(), undefined, 'another tree of 350 entries');
  world.network.offline.clear();
  await world.time.advance(60_000);
  assert.equal(await restored.sign(), undefined);
  assert.ok(kindsOf(restored).includes('frozen'));
  await restored.close();
});

test('backup restored: a database older than the files beside it freezes without asking anybody', async () => {
  const { world, ledger } = await begin([]);
  const old = copyOf(world);
  await appendAll(world.store, ledger, entriesOf(10, 300));
  await world.time.advance(5000);
  await ledger.close();
  const restored = world.open({ store: old.store });
  await restored.start();
  await world.time.advance(5000);
  assert.match(restored.status().logs[0]!.frozen!.reason, /the files show 310 entries, and the database has 300/);
  await restored.close();
});

test('backup restored: one that went on by itself has another tree of the size the files show, and freezes', async () => {
  const { world, ledger } = await begin([]);
  const old = copyOf(world);
  await appendAll(world.store, ledger, entriesOf(10, 300));
  await world.time.advance(5000);
  await ledger.close();
  const apart = world.open(old);
  await apart.start();
  await appendAll(old.store, apart, entriesOf(20, 900));
  await world.time.advance(5000);
  await apart.close();
  const mixed = world.open({ store: old.store });
  await mixed.start();
  await world.time.advance(5000);
  assert.match(mixed.status().logs[0]!.frozen!.reason, /another tree of 310 entries/);
  await mixed.close();
});

test('backup restored without the files: they are made again from the database, and the log goes on', async () => {
  const { world, ledger } = await begin();
  await ledger.close();
  const disk = new MemoryDisk();
  const restored = world.open({ disk });
  await restored.start();
  await appendAll(world.store, restored, entriesOf(5, 300));
  await world.time.advance(5000);
  assert.deepEqual([kindsOf(restored), await faultsOf(restored)], [[], []]);
  assert.equal(restored.status().logs[0]!.published!.size, 305);
  await restored.close();
});

test('a checkpoint that was kept and not shown is shown by the next start, also without a quorum', async () => {
  const { world, ledger } = await begin();
  const disk = new MemoryDisk();
  for (const [path, bytes] of world.disk.files) disk.files.set(path, bytes);
  await appendAll(world.store, ledger, entriesOf(4, 300));
  await world.time.advance(5000);
  await ledger.close();
  // Tiles were written, and then the process died.
  for (const [path, bytes] of world.disk.files) if (path !== '1/checkpoint') disk.files.set(path, bytes);
  for (const name of names) world.network.offline.add(name);
  const again = world.open({ disk });
  await again.start();
  await world.time.advance(5000);
  assert.equal(Buffer.from(disk.files.get('1/checkpoint')!).toString(), again.checkpoint());
  assert.deepEqual([kindsOf(again), await faultsOf(again)], [['no-quorum'], []]);
  await again.close();
});

test('two processes on one key: the second finds the head moved, and says nothing more', async () => {
  const { world, ledger } = await begin();
  const other = world.open({ disk: new MemoryDisk() });
  await other.start();
  await world.time.advance(2000);
  await appendAll(world.store, other, entriesOf(3, 300));
  await world.time.advance(2000);
  // The first has not read the store since.
  await appendAll(world.store, ledger, entriesOf(3, 303));
  await world.time.advance(60_000);
  assert.match(ledger.status().alarms[0]!.reason, /another process has written it since it had 300 entries/);
  const asked = world.network.asked.length;
  await world.time.advance(700_000);
  await ledger.close();
  const own = world.network.asked.length - asked;
  assert.ok(own <= 4 * 2, 'the second alone refreshes');
  assert.deepEqual(await faultsOf(other), []);
  await other.close();
});

test('log key stolen: entries a thief appends are seen at a witness by our own signature, and the log freezes', async () => {
  const { world, ledger } = await begin();
  const stolen = copyOf(world);
  const thief = world.open(stolen);
  await thief.start();
  await appendAll(stolen.store, thief, entriesOf(7, 5000));
  await world.time.advance(3000);
  await thief.close();
  await appendAll(world.store, ledger, entriesOf(1, 300));
  await world.time.advance(5000);
  assert.deepEqual(kindsOf(ledger).toSorted(), [
    'frozen',
    'unknown-size',
    'unknown-size',
    'unknown-size',
    'unknown-size',
  ]);
  assert.match(ledger.status().logs[0]!.frozen!.reason, /has cosigned 307 entries .* somebody else has its key/);
  assert.equal(shownSize(world), 300);
  await ledger.close();
});

test('a witness that only says it knows more freezes nothing', async () => {
  const { world, ledger } = await begin();
  world.network.intercept = (url, body) =>
    url === 'https://w1.example/add-checkpoint' && body !== undefined
      ? { status: 409, body: Buffer.from('9000\n') }
      : undefined;
  await appendAll(world.store, ledger, entriesOf(1, 300));
  await world.time.advance(5000);
  assert.deepEqual([kindsOf(ledger), ledger.status().logs[0]!.frozen], [['unknown-size'], undefined]);
  assert.equal(shownSize(world), 301, 'three others are a quorum');
  world.network.intercept = () => undefined;
  await world.time.advance(700_000);
  assert.deepEqual(kindsOf(ledger), []);
  await ledger.close();
});

test('a witness that says another tree is there alarms', async () => {
  const { world, ledger } = await begin();
  for (const answer of [
    { status: 422, body: Buffer.from('the same size had another root\n') },
    { status: 409, body: Buffer.from('') },
  ]) {
    world.network.intercept = (url) => (url === 'https://w2.example/add-checkpoint' ? answer : undefined);
    await appendAll(world.store, ledger, entriesOf(1));
    await world.time.advance(70_000);
    assert.deepEqual(kindsOf(ledger), ['witness-fork']);
    world.network.intercept = () => undefined;
    await world.time.advance(700_000);
    assert.deepEqual(kindsOf(ledger), []);
  }
  await ledger.close();
});

test('log key rotation: the origin stays, old and new keys sign together, then the new alone; proofs of before stay valid', async () => {
  const { world, ledger } = await begin();
  const oldKeys = world.logKeys();
  const epoch = ledger.witnesses.epoch();
  const before = await ledger.proofFor(7);
  await ledger.rotateKeys();
  const both = world.logKeys();
  assert.equal(both.length, 4);
  for (const { logs } of world.witnesses.values()) logs.set(world.origin, { keys: both, elsewhere: [] });
  await appendAll(world.store, ledger, entriesOf(1, 300));
  await world.time.advance(5000);
  const newKeys = both.slice(2);
  for (const keys of [oldKeys, newKeys])
    verifyTlogProof(await ledger.proofFor(300), Buffer.from('entry 300'), policyOfEpoch(keys, epoch), testCrypto);
  await assert.rejects(ledger.rotateKeys(), { code: 'CONFLICT' });
  await ledger.retireKeys();
  await assert.rejects(ledger.retireKeys(), { code: 'CONFLICT' });
  for (const { logs } of world.witnesses.values()) logs.set(world.origin, { keys: newKeys, elsewhere: [] });
  await appendAll(world.store, ledger, entriesOf(1, 301));
  await world.time.advance(5000);
  const after = await ledger.proofFor(301);
  verifyTlogProof(after, Buffer.from('entry 301'), policyOfEpoch(newKeys, epoch), testCrypto);
  assert.throws(() => verifyTlogProof(after, Buffer.from('entry 301'), policyOfEpoch(oldKeys, epoch), testCrypto), {
    code: 'LEDGER_UNPROVEN',
  });
  verifyTlogProof(before, Buffer.from('entry 7'), policyOfEpoch(oldKeys, epoch), testCrypto);
  assert.deepEqual([await faultsOf(ledger), kindsOf(ledger)], [[], []]);
  await ledger.close();
});

test('witness key rotation: proofs stay valid under the policy of their time, and not under that of another', async () => {
  const { world, ledger } = await begin();
  const before = await ledger.proofFor(5);
  await world.time.advance(1000);
  const { logs } = world.witnesses.get('w1.example')!;
  for (const name of ['w1.example', 'w2.example']) {
    await world.putWitness(name, { logs, word: `${name}, later` });
    const keys = world.network.hosts.get(name)!.keys().map(printVerifierKey);
    await ledger.witnesses.add({ name, url: `https://${name}`, keys });
  }
  await appendAll(world.store, ledger, entriesOf(1, 300));
  await world.time.advance(5000);
  const after = await ledger.proofFor(300);
  const [logKeys, epochs] = [world.logKeys(), ledger.witnesses.epochs()];
  const under = (proof: string, entry: string, some: typeof epochs) => () =>
    verifyInTime(proof, Buffer.from(entry), { logKeys, epochs: some }, testCrypto);
  assert.equal(under(before, 'entry 5', epochs)().index, 5);
  assert.equal(under(after, 'entry 300', epochs)().index, 300);
  for (const [proof, entry, some] of [
    [before, 'entry 5', epochs.slice(-1)],
    [after, 'entry 300', epochs.slice(0, 4)],
    [before, 'entry 6', epochs],
    // Its witnesses are known, and of another time.
    [before, 'entry 5', epochs.map((epoch) => ({ ...epoch, fromUs: epoch.fromUs + 60_000_000 }))],
    [before, 'entry 5', epochs.map((epoch) => ({ ...epoch, fromUs: epoch.fromUs - 600_000_000 }))],
  ] as const)
    assert.throws(under(proof, entry, some), { code: 'LEDGER_UNPROVEN' });
  await ledger.close();
});

test('keys that cannot be opened stop the ledger with a reason, and acts wait', async () => {
  const { world, ledger } = await begin([]);
  await ledger.close();
  await world.store.write((db) => db.exec(`update ledger_key set sealed = cast('["nobody","00"]' as blob)`));
  const again = world.open();
  await again.start();
  const pending = await world.store.write((db) => again.append(db, Buffer.from('waits')));
  await world.time.advance(5000);
  assert.match(again.status().alarms[0]!.reason, /comity\.key in the data folder is not the key/);
  assert.equal(again.stateOf(pending.id)?.state, 'sequenced');
  await again.rotateKeys();
  await world.time.advance(60_000);
  assert.deepEqual([again.stateOf(pending.id)?.state, kindsOf(again)], ['witnessed', []]);
  await again.close();
});
