import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createFeeds, feedSchema } from '../connectors/index.ts';
import type { Feed, Feeds } from '../connectors/index.ts';
import { openSeal, openStore } from '../store/index.ts';
import { startSchedule } from './schedule.ts';
import { settle, VirtualTime } from './virtual-time.ts';

const root = mkdtempSync(join(tmpdir(), 'comity-schedule-'));
after(() => rmSync(root, { recursive: true, force: true }));

interface Setup {
  readonly time: VirtualTime;
  readonly feeds: Feeds;
  readonly close: () => Promise<void>;
}

async function setup(): Promise<Setup> {
  const time = new VirtualTime();
  const dir = mkdtempSync(join(root, 'data-'));
  const store = await openStore({ dir, schemas: [feedSchema] }, { clock: () => time.ms });
  const seal = openSeal(dir);
  const feeds = await createFeeds(store, { clock: () => time.ms, uuid: randomUUID, random: () => 0.5, seal });
  return { time, feeds, close: () => store.close() };
}

const minuteMs = 60_000;
const isUnderWay = (feed: Feed): boolean => feed.status === 'pulling';

test('each feed is pulled at its own interval, from the moment it is added', async () => {
  const { time, feeds, close } = await setup();
  const pulls: string[] = [];
  const pull = async (feed: Feed): Promise<void> => {
    feeds.notePulling(feed.id);
    pulls.push(feed.name);
    await feeds.noteUnchanged(feed.id);
  };
  const schedule = startSchedule({
    rounds: feeds,
    run: pull,
    isUnderWay,
    clock: () => time.ms,
    timers: time,
    onError: assert.fail,
  });
  await feeds.add({ url: 'https://a.example/', name: 'a', intervalMinutes: 10 });
  await feeds.add({ url: 'https://b.example/', name: 'b', intervalMinutes: 60 });
  await settle();
  await time.advance(60 * minuteMs + 1000);
  assert.equal(pulls.filter((name) => name === 'a').length, 7);
  assert.equal(pulls.filter((name) => name === 'b').length, 2);
  await schedule.stop();
  await time.advance(120 * minuteMs);
  assert.equal(pulls.length, 9);
  await close();
});

test('at most two feeds are pulled at once, and one feed never twice at once', async () => {
  const { time, feeds, close } = await setup();
  const release: (() => void)[] = [];
  let running = 0;
  let most = 0;
  const pull = async (feed: Feed): Promise<void> => {
    feeds.notePulling(feed.id);
    running += 1;
    most = Math.max(most, running);
    await new Promise<void>((resolve) => release.push(resolve));
    running -= 1;
    await feeds.noteUnchanged(feed.id);
  };
  for (const name of ['a', 'b', 'c']) await feeds.add({ url: `https://${name}.example/` });
  const schedule = startSchedule({
    rounds: feeds,
    run: pull,
    isUnderWay,
    clock: () => time.ms,
    timers: time,
    onError: assert.fail,
  });
  await settle();
  const first = feeds.list().find((feed) => feed.status === 'pulling');
  assert.ok(first !== undefined);
  const joined = schedule.runNow(first.id);
  await settle();
  assert.equal(release.length, 2);
  while (release.length > 0 || running > 0) {
    release.splice(0).forEach((go) => go());
    await settle();
    await time.advance(1000);
  }
  await joined;
  assert.equal(most, 2);
  assert.ok(feeds.list().every((feed) => feed.status === 'unchanged'));
  await schedule.stop();
  await close();
});

test('feeds a person asks for go first, wait for room like others, and are let go at the stop', async () => {
  const { time, feeds, close } = await setup();
  const release: (() => void)[] = [];
  const began: string[] = [];
  const pull = async (feed: Feed, signal: AbortSignal): Promise<void> => {
    feeds.notePulling(feed.id);
    began.push(feed.name);
    await new Promise<void>((resolve) => {
      release.push(resolve);
      signal.addEventListener('abort', () => resolve());
    });
    await feeds.noteUnchanged(feed.id);
  };
  for (const name of ['a', 'b', 'c', 'd', 'e']) await feeds.add({ url: `https://${name}.example/`, name });
  const schedule = startSchedule({
    rounds: feeds,
    run: pull,
    isUnderWay,
    clock: () => time.ms,
    timers: time,
    onError: assert.fail,
  });
  await settle();
  const idOf = (name: string): Feed['id'] => (feeds.list().find((feed) => feed.name === name) ?? assert.fail()).id;
  const [first = '', second = ''] = ['e', 'd', 'c', 'b', 'a'].filter((name) => !began.includes(name));
  let over = 0;
  const asked = [first, second, first].map((name) => schedule.runNow(idOf(name)).then(() => (over += 1)));
  await settle();
  assert.equal(began.length, 2);
  release.shift()?.();
  await settle();
  assert.deepEqual(began.slice(2), [first]);
  await schedule.stop();
  await Promise.all(asked);
  assert.deepEqual([began.length, over], [3, 3]);
  await close();
});

test('an error of a pull is told and the schedule goes on', async () => {
  const { time, feeds, close } = await setup();
  const errors: unknown[] = [];
  let pulls = 0;
  const pull = async (feed: Feed): Promise<void> => {
    pulls += 1;
    await feeds.noteFailure(feed.id, 'planted');
    throw new Error('planted');
  };
  await feeds.add({ url: 'https://a.example/' });
  const schedule = startSchedule({
    rounds: feeds,
    isUnderWay,
    run: pull,
    clock: () => time.ms,
    timers: time,
    onError: (_, error) => errors.push(error),
  });
  await settle();
  await time.advance(15 * minuteMs);
  // Waits of 2, 4 and 8 minutes after the first.
  assert.equal(pulls, 4);
  assert.equal(errors.length, 4);
  await schedule.stop();
  await close();
});
