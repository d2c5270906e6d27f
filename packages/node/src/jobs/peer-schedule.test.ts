import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ComityError, parseMemberId } from '@comity/protocol/base';
import { startPeerSchedule } from './peer-schedule.ts';
import type { PeerScheduleDeps } from './peer-schedule.ts';
import { settle, VirtualTime } from './virtual-time.ts';

const member = parseMemberId('00'.repeat(32));

/** One member, which does what a test says. */
function begin(its: Partial<PeerScheduleDeps['federation']>) {
  const time = new VirtualTime();
  const counts = { pulls: 0, publishes: 0 };
  const faults: unknown[] = [];
  let hearNews: () => void = () => undefined;
  const schedule = startPeerSchedule({
    federation: {
      publish: () => Promise.resolve((counts.publishes += 1)),
      pull(...args) {
        counts.pulls += 1;
        return its.pull?.(...args) ?? Promise.resolve(0);
      },
      sendReceipts: () => Promise.resolve(),
      askEvidence: () => Promise.resolve(),
      tellSightings: () => Promise.resolve(0),
      awaitNews: its.awaitNews ?? ((_member, signal) => after(time, 25_000, signal)),
    },
    joined: () => [member],
    onNews: (listener) => {
      hearNews = listener;
      return () => undefined;
    },
    onMembers: () => () => undefined,
    timers: time,
    random: () => 0.5,
    onError: (_message, error) => void faults.push(error),
  });
  return { time, counts, faults, schedule, hearNews: () => hearNews() };
}

function after(time: VirtualTime, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    time.after(ms, resolve);
    signal.addEventListener('abort', () => resolve());
  });
}

test('a member is asked again as soon as it calls, and else when its call runs out', async () => {
  const { time, counts, schedule } = begin({});
  await settle();
  assert.equal(counts.pulls, 1);
  await time.advance(24_000);
  assert.equal(counts.pulls, 1);
  await time.advance(2000);
  assert.equal(counts.pulls, 2, 'at once');
  await schedule.stop();
});

test('a member that calls again and again and has nothing is asked ever more seldom', async () => {
  let items = 0;
  const { time, counts, schedule } = begin({
    pull: () => Promise.resolve(items),
    awaitNews: (_member, signal) => after(time, 10, signal),
  });
  for (let second = 0; second < 60; second += 1) await time.advance(1000);
  assert.ok(counts.pulls >= 5 && counts.pulls <= 8, `${counts.pulls} in a minute`);
  // With something each time there is no wait.
  items = 1;
  const before = counts.pulls;
  for (let turn = 0; turn < 70; turn += 1) await time.advance(1000);
  assert.ok(counts.pulls - before > 50, `${counts.pulls - before}`);
  await schedule.stop();
});

test('who cannot be reached is tried ever more seldom, and only a bug is told', async () => {
  const { time, counts, faults, schedule } = begin({
    pull: () => Promise.reject(new ComityError('REMOTE_FAILED', 'gone')),
  });
  for (let second = 0; second < 60; second += 1) await time.advance(1000);
  assert.ok(counts.pulls >= 5 && counts.pulls <= 8, `${counts.pulls} in a minute`);
  assert.deepEqual(faults, []);
  await schedule.stop();
  const before = counts.pulls;
  await time.advance(600_000);
  assert.equal(counts.pulls, before, 'stopped is stopped');
});

test('what comes together is put out together', async () => {
  const { time, counts, schedule, hearNews } = begin({});
  await time.advance(100);
  const before = counts.publishes;
  for (let news = 0; news < 20; news += 1) hearNews();
  await time.advance(100);
  assert.equal(counts.publishes, before + 1);
  await schedule.stop();
});
