import assert from 'node:assert/strict';
import test from 'node:test';
import { parseRowId } from '@comity/protocol/base';
import type { Outlet } from '../outlets/index.ts';
import { startOutletSchedule } from './outlet-schedule.ts';
import { settle, VirtualTime } from './virtual-time.ts';

type Round = 'more' | 'done' | 'failed';

/** Outlets that answer as a test wants, and a record of when each was asked. */
function bench(names: readonly string[], answer: (name: string, asked: number) => Promise<Round> | Round) {
  const time = new VirtualTime();
  const outlets = new Map(
    names.map((name, index) => [
      name,
      { id: parseRowId(`outlet-${String(index).padStart(32, '0')}`), name, enabled: true, nextTryUs: 0 } as Outlet,
    ]),
  );
  const asked: string[] = [];
  const errors: unknown[] = [];
  let found: () => void = () => undefined;
  let changed: (outlet: Outlet) => void = () => undefined;
  const change = (name: string, fields: Partial<Outlet>): void => {
    const outlet = { ...outlets.get(name), ...fields } as Outlet;
    outlets.set(name, outlet);
    changed(outlet);
  };
  const schedule = startOutletSchedule({
    outlets: {
      book: {
        list: () => [...outlets.values()],
        find: (id) => [...outlets.values()].find((each) => each.id === id),
        onChange: (fn) => {
          changed = fn;
          return () => (changed = () => undefined);
        },
      },
      deliver: async (outlet) => {
        asked.push(outlet.name);
        return await answer(outlet.name, asked.filter((name) => name === outlet.name).length);
      },
    },
    onMatch: (listener) => {
      found = listener;
      return () => (found = () => undefined);
    },
    clock: () => time.ms,
    timers: time,
    onError: (_, error) => errors.push(error),
  });
  const counts = () => names.map((name) => asked.filter((each) => each === name).length);
  return { time, schedule, change, counts, errors, find: () => found(), nowUs: () => time.ms * 1000 };
}

test('every outlet is asked at the start and at each match, again at once while there is more, and at rest otherwise', async () => {
  const { time, schedule, counts, find } = bench(['a', 'b'], (name, asked) =>
    name === 'a' && asked < 3 ? 'more' : 'done',
  );
  await settle();
  assert.deepEqual(counts(), [3, 1]);
  await time.advance(30_000);
  assert.deepEqual(counts(), [3, 1]);
  find();
  await settle();
  assert.deepEqual(counts(), [4, 2]);
  await schedule.stop();
});

test('a slow outlet keeps no other waiting, is not asked twice at a time, and once more for what came meanwhile', async () => {
  const slow = Promise.withResolvers<Round>();
  const { schedule, counts, find } = bench(['slow', 'quick'], (name, asked) =>
    name === 'slow' && asked === 1 ? slow.promise : 'done',
  );
  await settle();
  find();
  await settle();
  find();
  await settle();
  assert.deepEqual(counts(), [1, 3]);
  slow.resolve('done');
  await settle();
  assert.deepEqual(counts(), [2, 3]);
  await schedule.stop();
});

test('a failed outlet is asked when its time has come and not before, whatever is found; one that is changed at once', async () => {
  const b = bench(['a'], async (): Promise<Round> => {
    // The first time it is asked before there is a bench.
    await Promise.resolve();
    b.change('a', { nextTryUs: b.nowUs() + 5_000_000 });
    return 'failed';
  });
  const { time, schedule, counts, find, change } = b;
  await settle();
  find();
  await time.advance(4000);
  assert.deepEqual(counts(), [1]);
  await time.advance(1500);
  assert.deepEqual(counts(), [2]);
  change('a', { nextTryUs: 0 });
  await settle();
  assert.deepEqual(counts(), [3]);
  change('a', { enabled: false, nextTryUs: 0 });
  await time.advance(60_000);
  assert.deepEqual(counts(), [3], 'a paused one is left alone');
  await schedule.stop();
});

test('what an outlet throws is told, and the others and itself go on', async () => {
  const { schedule, counts, errors, find } = bench(['a', 'b'], (name, asked) => {
    if (name === 'a' && asked === 1) throw new Error('planted');
    return 'done';
  });
  await settle();
  assert.deepEqual([counts(), errors.length], [[1, 1], 1]);
  find();
  await settle();
  assert.deepEqual(counts(), [2, 2]);
  await schedule.stop();
  find();
  await settle();
  assert.deepEqual(counts(), [2, 2], 'stopped is stopped');
});
