import assert from 'node:assert/strict';
import test from 'node:test';
import { serveNode } from '../../node-for-tests.ts';
import type { Cleanup } from '../../node-for-tests.ts';
import { bundle, indicator, uuidOf } from '../stix-for-tests.ts';
import { mispEvent, openMispBench } from './client-for-tests.ts';
import type { MispBench } from './client-for-tests.ts';

async function openBench(cleanup: Cleanup) {
  const node = await serveNode(cleanup);
  return { node, ...(await openMispBench(node)) };
}

const offer = (number: number, timestamp: unknown) => ({ Event: { uuid: uuidOf(number), timestamp } });
const wanted = async (bench: MispBench, offers: readonly object[]) =>
  (await bench.post('/events/filterEventIdsForPush', offers)).body;

test('an event of more than a hundred versions is as new as the last of them', async (context) => {
  const bench = await openBench(context);
  const versions = Array.from({ length: 150 }, (_, second) => ({
    ...indicator(1),
    type: 'report',
    id: `report--${uuidOf(1)}`,
    modified: new Date(Date.UTC(2026, 0, 2) + second * 1000).toISOString(),
    name: `Report ${second}`,
    published: '2026-01-01T00:00:00Z',
    object_refs: [`indicator--${uuidOf(2)}`],
    pattern: undefined,
    pattern_type: undefined,
    valid_from: undefined,
  }));
  await bench.give(bundle(indicator(2), ...versions));
  const lastS = Date.UTC(2026, 0, 2) / 1000 + 149;
  assert.deepEqual(await wanted(bench, [offer(1, lastS)]), []);
  assert.deepEqual(await wanted(bench, [offer(1, lastS + 1)]), [uuidOf(1)]);
});

test('an event offered many times is wanted once, if one of the offers is newer or says no time that can be read', async (context) => {
  const bench = await openBench(context);
  for (const number of [1, 2, 3]) await bench.post('/events/add', mispEvent(number));
  const offers = [
    offer(1, '1767225600'),
    offer(1, '1767225599'),
    offer(1, undefined),
    offer(2, '1767225600'),
    offer(2, '1767225601'),
    offer(2, '1767225600'),
    offer(3, '1767225600'),
    offer(3, { toString: 1, valueOf: 1 }),
    offer(4, '1'),
    offer(4, '1'),
  ];
  assert.deepEqual(await wanted(bench, offers), [2, 3, 4].map(uuidOf));
  assert.deepEqual(bench.node.faults, []);
});

test('while as many events as may be are offered, others are answered', async (context) => {
  const bench = await openBench(context);
  const offers = Array.from({ length: 50_000 }, (_, number) => offer(number + 10, '1'));
  let isAnswered = false;
  const all = wanted(bench, offers).finally(() => (isAnswered = true));
  let others = 0;
  while (!isAnswered) {
    assert.equal((await bench.ask('/servers/getVersion')).status, 200);
    if (!isAnswered) others += 1;
  }
  assert.equal((await all).length, 50_000);
  assert.ok(others >= 20, `${others} others were answered meanwhile`);
});
