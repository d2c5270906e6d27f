import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leafHash, printCheckpoint, printNote, signText, verifyEquivocation } from '@comity/protocol/tlog';
import type { Checkpoint } from '@comity/protocol/tlog';
import { createSigner } from '../../../../testkit/src/index.ts';
import { openMemoryStore } from '../../store/memory-store-for-tests.ts';
import type { MemoryStore } from '../../store/memory-store-for-tests.ts';
import type { Ledger } from '../ledger.ts';
import { ledgerSchema } from '../schema.ts';
import { appendAll, entriesOf, keyRingOf, testCrypto, World } from '../world-for-tests.ts';
import type { Monitor } from './monitor.ts';
import { openMonitor } from './open-monitor.ts';

function monitorOf(world: World, store: MemoryStore): Monitor {
  return openMonitor(
    {},
    {
      store,
      crypto: testCrypto,
      ask: world.network.ask,
      clock: world.time.clock,
      timers: world.time,
      findLog: (origin) =>
        origin === world.origin
          ? {
              keys: world.logKeys(),
              witnessKeys: world.network.hosts.get('w1.example')!.keys(),
              url: 'https://a.example/ledger/1',
              allowPrivate: false,
            }
          : undefined,
      onFault: (error) => world.faults.push(error),
    },
  );
}

/** A witnessed log of 100 entries that serves its tiles, and somebody who watches it. */
async function begin(): Promise<{ world: World; ledger: Ledger; monitor: Monitor; store: MemoryStore }> {
  const world = new World();
  await world.putWitness('w1.example');
  const ledger = world.open();
  await world.introduce(ledger);
  world.network.disks.set('a.example', world.disk);
  await grow(world, ledger, 100);
  const store = openMemoryStore([ledgerSchema], { clock: world.time.clock });
  const monitor = monitorOf(world, store);
  monitor.start();
  return { world, ledger, monitor, store };
}
async function grow(world: World, ledger: Ledger, count: number): Promise<string> {
  await appendAll(world.store, ledger, entriesOf(count, ledger.status().logs[0]!.size));
  await world.time.advance(3000);
  return ledger.checkpoint()!;
}
/** What the log signs when its owner wants it to. */
function signedBy(world: World, checkpoint: Omit<Checkpoint, 'origin'>, timeSeconds = 1_795_000_000): string {
  const text = printCheckpoint({ origin: world.origin, ...checkpoint });
  const signers = keyRingOf(world.store, world.time, 'log').signers(world.origin);
  return printNote({ text, signatures: signText(text, signers, timeSeconds) });
}
const kindsOf = (monitor: Monitor): string[] => monitor.alarms.list().map(({ kind }) => kind);

test('a log that grows proves it from its tiles, in whatever order its checkpoints are shown', async () => {
  const { world, ledger, monitor } = await begin();
  const [first, second, third] = [ledger.checkpoint()!, await grow(world, ledger, 200), await grow(world, ledger, 300)];
  assert.deepEqual(await monitor.observe(first), { kind: 'proven' });
  assert.deepEqual(await monitor.observe(third), { kind: 'proven' });
  assert.deepEqual(await monitor.observe(second), { kind: 'proven' });
  assert.deepEqual(await monitor.observe(second), { kind: 'known' });
  assert.deepEqual([monitor.latest(world.origin)?.size, monitor.list().length], [600, 1]);
  assert.deepEqual([monitor.isTrusted(world.origin), kindsOf(monitor)], [true, []]);
  await monitor.close();
  await ledger.close();
});

test('two roots of one size are evidence anybody can verify; trust ends, also after a start', async () => {
  const { world, ledger, monitor, store } = await begin();
  await monitor.observe(ledger.checkpoint()!);
  const other = signedBy(world, { size: 100, root: new Uint8Array(32) });
  const found = await monitor.observe(other);
  assert.ok(found.kind === 'equivocation');
  verifyEquivocation(found.evidence, { origin: world.origin, keys: world.logKeys() }, testCrypto);
  const again = monitorOf(world, store);
  for (const each of [monitor, again]) {
    assert.deepEqual([each.isTrusted(world.origin), kindsOf(each)], [false, ['equivocation']]);
    assert.deepEqual(each.evidence(), [found.evidence]);
  }
  await monitor.observe(signedBy(world, { size: 100, root: new Uint8Array(32).fill(1) }));
  assert.equal(again.evidence().length, 1);
  await monitor.close();
  await ledger.close();
});

test('an older size with another root is evidence too, long after the log has grown', async () => {
  const { world, ledger, monitor } = await begin();
  await monitor.observe(ledger.checkpoint()!);
  await monitor.observe(await grow(world, ledger, 50));
  assert.equal((await monitor.observe(signedBy(world, { size: 100, root: new Uint8Array(32) }))).kind, 'equivocation');
  await monitor.close();
  await ledger.close();
});

test('what is not shown to be of one history is owed, alarmed after ten minutes, and no evidence', async () => {
  const { world, ledger, monitor } = await begin();
  await monitor.observe(ledger.checkpoint()!);
  const unproven = await monitor.observe(signedBy(world, { size: 130, root: new Uint8Array(32) }));
  assert.equal(unproven.kind, 'unproven');
  await world.time.advance(540_000);
  assert.deepEqual(kindsOf(monitor), []);
  await world.time.advance(120_000);
  assert.deepEqual(kindsOf(monitor).includes('unproven'), true);
  assert.deepEqual([monitor.isTrusted(world.origin), monitor.latest(world.origin)?.size], [true, 100]);
  await monitor.close();
  await ledger.close();
});

test('a log that signs any number of heads it does not prove is asked about a few of them at a time', async () => {
  const { world, ledger, monitor } = await begin();
  await monitor.observe(ledger.checkpoint()!);
  const askedIn = async (heads: number, from: number): Promise<number> => {
    for (let size = from; size < from + heads; size += 1)
      await monitor.observe(signedBy(world, { size, root: new Uint8Array(32) }));
    const before = world.network.asked.length;
    await monitor.check();
    return world.network.asked.length - before;
  };
  const few = await askedIn(16, 200);
  assert.ok(few >= 16, `${few}`);
  assert.equal(await askedIn(100, 300), few);
  await monitor.close();
  await ledger.close();
});

test('a log whose tiles cannot be reached proves itself later', async () => {
  const { world, ledger, monitor } = await begin();
  await monitor.observe(ledger.checkpoint()!);
  world.network.offline.add('a.example');
  const grown = await grow(world, ledger, 10);
  assert.equal((await monitor.observe(grown)).kind, 'unproven');
  await world.time.advance(700_000);
  assert.ok(kindsOf(monitor).includes('unproven'));
  world.network.offline.clear();
  await world.time.advance(61_000);
  assert.ok(!kindsOf(monitor).includes('unproven'));
  assert.equal(monitor.latest(world.origin)?.size, 110);
  await monitor.close();
  await ledger.close();
});

test('what is not the log’s, or states a time that has not come, says nothing', async () => {
  const { world, ledger, monitor } = await begin();
  const thief = createSigner(world.origin, 'note', 'thief');
  const text = printCheckpoint({ origin: world.origin, size: 100, root: new Uint8Array(32) });
  const ahead = Math.floor(world.time.ms / 1000) + 301;
  const witness = keyRingOf(world.witnesses.get('w1.example')!.store, world.time, 'w1.example').signers('w1.example');
  const own = ledger.checkpoint()!.split('\n\n')[0]!;
  const signers = keyRingOf(world.store, world.time, 'log').signers(world.origin);
  for (const note of [
    'no note',
    printNote({ text, signatures: signText(text, [thief], 1) }),
    signedBy(world, { size: 100, root: new Uint8Array(32) }).replaceAll(world.origin, 'b.example/ledger/1'),
    printNote({ text: `${own}\n`, signatures: signText(`${own}\n`, [...signers, ...witness], ahead) }),
  ])
    assert.equal((await monitor.observe(note)).kind, 'refused', note);
  assert.deepEqual(monitor.list(), []);
  await monitor.close();
  await ledger.close();
});

test('frozen view: a checkpoint whose newest cosignature is older than two intervals is stale until a fresh one is shown', async () => {
  const { world, ledger, monitor } = await begin();
  await monitor.observe(ledger.checkpoint()!);
  assert.equal(monitor.isFresh(world.origin), true);
  await world.time.advance(1_190_000);
  assert.deepEqual([monitor.isFresh(world.origin), kindsOf(monitor)], [true, []]);
  await world.time.advance(120_000);
  assert.deepEqual([monitor.isFresh(world.origin), kindsOf(monitor)], [false, ['stale']]);
  // Cosigned again at rest: the same size, and fresh.
  assert.deepEqual(await monitor.observe(ledger.checkpoint()!), { kind: 'known' });
  assert.deepEqual([monitor.isFresh(world.origin), kindsOf(monitor)], [true, []]);
  await monitor.close();
  await ledger.close();
});

test('log withholds an act: an entry it promised and does not show is alarmed when it is due, one that is another at once', async () => {
  const { world, ledger, monitor } = await begin();
  await monitor.observe(ledger.checkpoint()!);
  const dueUs = (world.time.ms + 300_000) * 1000;
  const promised = (index: number, text: string) =>
    monitor.expect(world.origin, { index, leafHash: leafHash(Buffer.from(text), testCrypto.sha256), dueUs });
  await promised(7, 'entry 7');
  await promised(120, 'entry 120');
  await world.time.advance(61_000);
  assert.deepEqual(kindsOf(monitor), []);
  await world.time.advance(300_000);
  assert.deepEqual(kindsOf(monitor), ['withheld']);
  assert.match(monitor.alarms.list()[0]!.reason, /does not show entry 120/);
  await monitor.observe(await grow(world, ledger, 50));
  await world.time.advance(61_000);
  assert.deepEqual(kindsOf(monitor), []);
  await promised(9, 'something else');
  await world.time.advance(61_000);
  assert.match(monitor.alarms.list()[0]!.reason, /entry 9 is another than it promised/);
  await world.time.advance(61_000);
  assert.deepEqual(kindsOf(monitor), ['withheld'], 'for good');
  await monitor.close();
  await ledger.close();
});
