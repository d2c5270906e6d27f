import assert from 'node:assert/strict';
import test from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { Readable } from 'node:stream';
import { createLive } from './live.ts';

const options = { clientsMax: 2, queueMax: 8, keptMax: 4, stalledMsMax: 60_000 };
const beat = { at: '2026-01-01T00:00:00.000Z', recordsPerSecond: 0, bytesPerSecond: 0, tableSequence: 0 };
const may = async () => true;
const big = (count: number) => ({ count, text: 'x'.repeat(20_000) });

function collect(stream: Readable): string[] {
  const frames: string[] = [];
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => frames.push(...text.split('\n\n').filter((frame) => frame !== '')));
  return frames;
}
const idsOf = (frames: readonly string[]) =>
  frames.map((frame) => /^id: (.*)$/m.exec(frame)?.[1] ?? frame.split('\n')[0]);

test('every open stream gets every event, in order', async () => {
  const live = createLive(options, 'boot');
  const [a, b] = [collect(live.open(undefined, may)), collect(live.open(undefined, may))];
  live.publish('lost', { count: 1 });
  live.publish('lost', { count: 2 });
  await turn();
  assert.deepEqual(a, [
    ': live',
    'id: boot-1\nevent: lost\ndata: {"count":1}',
    'id: boot-2\nevent: lost\ndata: {"count":2}',
  ]);
  assert.deepEqual(b, a);
  live.close();
});

test('a stream that resumes gets what it missed; one that missed too much, or of another run, begins with lost', async () => {
  const live = createLive(options, 'boot');
  for (let count = 1; count <= 3; count += 1) live.publish('lost', { count });
  live.publish('beat', beat);
  const resumed = collect(live.open('boot-1', may));
  await turn();
  assert.deepEqual(idsOf(resumed), [': live', 'boot-2', 'boot-3']);
  for (let count = 5; count <= 9; count += 1) live.publish('lost', { count });
  const stale = collect(live.open('boot-1', may));
  await turn();
  assert.deepEqual(stale.slice(1), ['id: boot-9\nevent: lost\ndata: {"count":0}']);
  live.close();
  for (const after of ['other-1', 'boot-99', 'boot-x', '']) {
    const again = createLive(options, 'boot');
    const frames = collect(again.open(after, may));
    await turn();
    assert.match(frames[1] ?? '', /event: lost/, after);
    again.close();
  }
});

test('a slow client loses events in whole, is told how many, and slows nobody', async () => {
  const live = createLive(options, 'boot');
  const slow = live.open(undefined, may);
  slow.read(0);
  const quick = collect(live.open(undefined, may));
  for (let count = 1; count <= 40; count += 1) {
    live.publish('lost', big(count));
    await turn();
  }
  assert.equal(quick.length, 41);
  assert.ok(live.lost > 0);
  assert.ok(live.fullness <= 1);
  const frames = collect(slow);
  while (!(frames.at(-1) ?? '').includes('"count":40')) await turn();
  const told = frames
    .filter((frame) => frame.startsWith('event: lost'))
    .map((frame) => Number(/"count":(\d+)/.exec(frame)?.[1]));
  assert.equal(
    told.reduce((sum, count) => sum + count, 0),
    live.lost,
  );
  assert.equal(frames.filter((frame) => frame.startsWith('id:')).length + live.lost, 40);
  live.close();
});

test('more streams than allowed are refused, and closing one makes room', async () => {
  const live = createLive(options, 'boot');
  const first = live.open(undefined, may);
  live.open(undefined, may);
  assert.throws(() => live.open(undefined, may), { code: 'TOO_MANY_REQUESTS' });
  first.destroy();
  await turn();
  assert.equal(live.clients, 1);
  live.open(undefined, may);
  live.close();
});

test('a client that reads nothing at all is cut off', async () => {
  const live = createLive({ ...options, stalledMsMax: 20 }, 'boot');
  live.open(undefined, may);
  const deadline = Date.now() + 2000;
  while (live.clients > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(live.clients, 0);
});

test('a stream whose caller may no longer read ends at the next beat, and no other does', async () => {
  for (const stillMay of [async () => false, async () => Promise.reject(new Error('the store is closed'))]) {
    const live = createLive(options, 'boot');
    const [mine, other] = [live.open(undefined, stillMay), live.open(undefined, may)];
    live.publish('lost', { count: 1 });
    await turn();
    assert.equal(live.clients, 2);
    live.publish('beat', beat);
    await turn();
    assert.deepEqual([mine.destroyed, other.destroyed, live.clients], [true, false, 1]);
    live.close();
  }
});
