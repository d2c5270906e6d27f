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
import type { FormerKey, Monitor } from './monitor.ts';
import { openMonitor } from './open-monitor.ts';

function monitorOf(world: World, store: MemoryStore, former: readonly FormerKey[] = []): Monitor {
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
              formerKeys: former,
              witnessKeys: world.network.hosts.get('w1.example')!.keys(),
              url: 'https://a.example/ledger/1',
              allowPrivate: false,
            }
          : undefined,
      findOwner: (owner) => (owner === 'a' ? { name: 'Member A', origin: world.origin } : undefined),
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

const hour = 3_600_000;
/** Has member A owe an entry, due in a day. */
async function owe(world: World, store: MemoryStore, monitor: Monitor, text: string, owner = 'a'): Promise<void> {
  const [sinceUs, dueUs] = [(world.time.ms - hour) * 1000, (world.time.ms + 24 * hour) * 1000];
  const hash = leafHash(Buffer.from(text), testCrypto.sha256);
  await store.write((db) => monitor.expect(db, { owner, leafHash: hash, what: `items ${text}`, sinceUs, dueUs }));
}
const owed = (store: MemoryStore): number =>
  store.reader.prepare<{ count: number }>('select count(*) as count from ledger_promise').get()!.count;

test('log withholds an act: what was signed for and is not there when it is due is alarmed, by name, until it is', async () => {
  const { world, ledger, monitor, store } = await begin();
  await monitor.observe(ledger.checkpoint()!);
  await owe(world, store, monitor, 'entry 7');
  await owe(world, store, monitor, 'entry 120');
  await owe(world, store, monitor, 'entry 130');
  await world.time.advance(61_000);
  assert.deepEqual([kindsOf(monitor), owed(store)], [[], 2], 'what is there is not owed any more');
  await world.time.advance(23 * hour);
  assert.ok(!kindsOf(monitor).includes('withheld'));
  await world.time.advance(hour);
  const again = monitorOf(world, store);
  await again.check();
  for (const each of [monitor, again]) {
    const told = each.alarms.list().find(({ kind }) => kind === 'withheld');
    assert.equal(told?.about, world.origin);
    assert.match(
      told.reason,
      /^Member A signed a receipt for items entry 120, .* \(entry [0-9a-f]{16}\) .*; and 1 more$/,
    );
  }
  await monitor.observe(await grow(world, ledger, 50));
  await world.time.advance(61_000);
  assert.ok(!kindsOf(monitor).includes('withheld'));
  assert.equal(owed(store), 0);
  await monitor.close();
  await ledger.close();
});

test('what is owed is looked for at bounded cost: hashes of what the log grew by, some tiles a round, each once', async () => {
  const { world, ledger, monitor, store } = await begin();
  await monitor.observe(ledger.checkpoint()!);
  await world.time.advance(2 * hour);
  // Three tiles' worth of acts, of which member A signed for every third.
  for (let at = 100; at < 800; at += 3) await owe(world, store, monitor, `entry ${at}`);
  await owe(world, store, monitor, 'never said');
  await monitor.observe(await grow(world, ledger, 700));
  const asked = async (): Promise<string[]> => {
    const before = world.network.asked.length;
    await monitor.check();
    return world.network.asked.slice(before).filter((url) => /tile\/0\//.test(url));
  };
  const first = await asked();
  assert.ok(first.length <= 8, first.join(' '));
  assert.equal(owed(store), 1);
  assert.deepEqual(await asked(), [], 'what was looked through is not again');
  await monitor.observe(await grow(world, ledger, 9000));
  assert.ok((await asked()).length >= 32);
  const { place } = store.reader.prepare<{ place: number }>('select place from ledger_promise').get()!;
  assert.ok(place < 9800, 'the rest in the next round');
  await asked();
  assert.equal(store.reader.prepare<{ place: number }>('select place from ledger_promise').get()!.place, 9800);
  await monitor.close();
  await ledger.close();
});

test('hashes that are not of the tree show nothing, and what a log served before they were shown is asked again', async () => {
  const { world, ledger, monitor, store } = await begin();
  await monitor.observe(ledger.checkpoint()!);
  await owe(world, store, monitor, 'never said');
  const hash = leafHash(Buffer.from('never said'), testCrypto.sha256);
  world.network.intercept = (url) =>
    url.includes('/tile/0/') ? { status: 200, body: Buffer.concat(Array<Uint8Array>(100).fill(hash)) } : undefined;
  await monitor.check();
  assert.equal(owed(store), 1);
  world.network.intercept = () => undefined;
  await owe(world, store, monitor, 'entry 3');
  await monitor.check();
  assert.equal(owed(store), 1);
  await monitor.close();
  await ledger.close();
});

test('what somebody owes who is known no more, or owed for a month, is forgotten', async () => {
  const { world, ledger, monitor, store } = await begin();
  await monitor.observe(ledger.checkpoint()!);
  await owe(world, store, monitor, 'never said', 'stranger');
  await owe(world, store, monitor, 'never said');
  await monitor.check();
  assert.equal(owed(store), 1);
  world.time.ms += 30 * 24 * hour;
  await monitor.check();
  assert.ok(kindsOf(monitor).includes('withheld'));
  world.time.ms += 25 * hour;
  await monitor.check();
  assert.deepEqual([kindsOf(monitor).includes('withheld'), owed(store)], [false, 0]);
  await monitor.close();
  await ledger.close();
});

test('a key that was rotated away says no more than what a witness saw in time, and what was seen under it binds', async () => {
  const { world, ledger, monitor, store } = await begin();
  const first = ledger.checkpoint()!;
  const formerSigners = keyRingOf(world.store, world.time, 'log').signers(world.origin);
  const untilSeconds = Math.floor(world.time.ms / 1000);
  const former = world.logKeys().map((key) => ({ key, untilSeconds }));
  await world.time.advance(60_000);
  await ledger.rotateKeys();
  await ledger.retireKeys();
  world.witnesses.get('w1.example')!.logs.set(world.origin, { keys: world.logKeys(), elsewhere: [] });
  const later = await grow(world, ledger, 20);
  const old = monitorOf(world, store, former);
  const [witness] = keyRingOf(world.witnesses.get('w1.example')!.store, world.time, 'w1.example').signers('w1.example');
  const shown = (size: number, timeSeconds?: number): string => {
    const text = printCheckpoint({ origin: world.origin, size, root: new Uint8Array(32).fill(size) });
    const cosigned = timeSeconds === undefined ? [] : signText(text, [witness!], timeSeconds);
    return printNote({ text, signatures: [...signText(text, formerSigners, 1), ...cosigned] });
  };
  // Thieves say when they signed; so do witnesses, of what came later.
  for (const note of [shown(100), shown(130), shown(130, untilSeconds + 1)])
    assert.deepEqual(await old.observe(note), {
      kind: 'refused',
      reason: 'the key it is signed with was rotated away',
    });
  assert.deepEqual(await old.observe(first), { kind: 'proven' }, 'a witness saw it in time');
  assert.deepEqual(await old.observe(later), { kind: 'proven' });
  assert.equal((await old.observe(shown(100, untilSeconds))).kind, 'equivocation');
  assert.equal(old.isTrusted(world.origin), false);
  await monitor.close();
  await ledger.close();
});
