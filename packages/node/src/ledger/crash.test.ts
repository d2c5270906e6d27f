import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ComityError } from '@comity/protocol/base';
import { parseCheckpoint, parseNote } from '@comity/protocol/tlog';
import type { Store } from '../store/index.ts';
import type { Ask } from './ask.ts';
import type { Disk } from './disk/disk.ts';
import type { Ledger } from './ledger.ts';
import { appendAll, entriesOf, faultsOf, World } from './world-for-tests.ts';

/** How a step goes wrong: nothing of it was done, or all of it, and nobody was told. */
const modes = ['fails', 'fails but persisted'] as const;
/** What becomes of the process then. */
const fates = ['dies', 'goes on'] as const;

/** Makes one step of everything that lasts go wrong. */
class Fault {
  steps: string[] = [];
  isDead = false;
  isOver = false;
  readonly #at: number;
  readonly #mode: (typeof modes)[number];
  readonly #fate: (typeof fates)[number];

  constructor(at: number, mode: (typeof modes)[number], fate: (typeof fates)[number]) {
    this.#at = at;
    this.#mode = mode;
    this.#fate = fate;
  }

  async step<T>(name: string, run: () => Promise<T>): Promise<T> {
    const failure = new ComityError('DATA_UNWRITABLE', `planted at ${name}`);
    if (this.isDead) throw failure;
    if (this.isOver) return await run();
    this.steps.push(name);
    if (this.steps.length !== this.#at) return await run();
    if (this.#fate === 'dies') this.isDead = true;
    if (this.#mode === 'fails but persisted') await run();
    throw failure;
  }

  store(store: Pick<Store, 'reader' | 'write'>): Pick<Store, 'reader' | 'write'> {
    return { reader: store.reader, write: (fn) => this.step('write of the store', () => store.write(fn)) };
  }

  disk(disk: Disk): Disk {
    return {
      read: (path) => this.step(`read of ${path}`, () => disk.read(path)),
      write: (files) => this.step(`write of ${files[0]?.path}`, () => disk.write(files)),
      remove: (paths) => this.step('removal of files', () => disk.remove(paths)),
    };
  }

  ask(ask: Ask): Ask {
    return (question) => this.step(`question to ${question.url}`, () => ask(question));
  }
}

/** Appends entries that come to more than a tile, in two goes; what was acknowledged is told. */
async function work(world: World, ledger: Ledger, acknowledged: string[]): Promise<void> {
  for (const [from, count] of [
    [0, 200],
    [200, 120],
  ] as const) {
    const entries = entriesOf(count, from);
    const kept = await appendAll(world.store, ledger, entries).then(
      () => true,
      () => false,
    );
    if (kept) acknowledged.push(...entries.map(String));
    await world.time.advance(1500);
  }
}

async function run(at: number, mode: (typeof modes)[number], fate: (typeof fates)[number]): Promise<string[]> {
  const world = new World();
  for (const name of ['w1.example', 'w2.example']) await world.putWitness(name);
  const setup = world.open();
  await world.introduce(setup);
  await setup.close();

  const fault = new Fault(at, mode, fate);
  const what = `step ${at} ${mode}, the process ${fate}`;
  const acknowledged: string[] = [];
  const ledger = world.open({
    store: fault.store(world.store),
    disk: fault.disk(world.disk),
    ask: fault.ask(world.network.ask),
  });
  await ledger.start().catch(() => undefined);
  await work(world, ledger, acknowledged);
  fault.isOver = true;
  if (!fault.isDead) {
    await world.time.advance(5000);
    const log = ledger.status().logs.at(-1)!;
    assert.deepEqual([log.size, log.published?.size, ledger.status().alarms], [320, 320, []], what);
    assert.deepEqual(await faultsOf(ledger), [], what);
  }
  await ledger.close();

  const again = world.open();
  await again.start();
  await world.time.advance(5000);
  await appendAll(world.store, again, [Buffer.from('last')]);
  await world.time.advance(5000);
  const { logs, alarms } = again.status();
  const log = logs.at(-1)!;
  assert.deepEqual([logs.length, alarms, log.frozen], [1, [], undefined], what);
  assert.equal(log.published?.size, log.size, what);
  const inLog = Array.from({ length: log.size }, (_, index) => String(again.entryOf(1 + index)));
  assert.deepEqual(inLog, [...acknowledged, 'last'], what);
  assert.deepEqual(await faultsOf(again), [], what);
  const shown = parseCheckpoint(parseNote(world.disk.files.get('1/checkpoint')!).text);
  assert.equal(shown.size, log.size, what);
  const paths = [...world.disk.files.keys()];
  const leftOver = paths.filter((path) => path.includes('.p/') && paths.includes(path.replace(/\.p\/.*/, '')));
  assert.deepEqual(leftOver, [], what);
  // Nobody was ever shown two trees of one size.
  const roots = new Map<number, string>();
  for (const { signed } of world.witnesses.values()) {
    for (const note of signed) {
      const { size, root } = parseCheckpoint(parseNote(note).text);
      const text = Buffer.from(root).toString('base64');
      assert.equal(roots.get(size) ?? text, text, what);
      roots.set(size, text);
    }
  }
  assert.deepEqual(world.faults, [], what);
  await again.close();
  return fault.steps;
}

test('whichever step fails, done or not, and whether the process dies of it: no act is lost, no tree is told twice, all goes on', async () => {
  const steps = await run(0, 'fails', 'goes on');
  assert.ok(steps.length > 20, steps.join(', '));
  for (const fate of fates)
    for (const mode of modes) for (let at = 1; at <= steps.length; at += 1) await run(at, mode, fate);
});
