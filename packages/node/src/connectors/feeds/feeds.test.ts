import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { ComityError, parseRowId } from '@comity/protocol/base';
import { openSeal, openStore } from '../../store/index.ts';
import type { Store } from '../../store/index.ts';
import { createFeeds } from './create-feeds.ts';
import { feedSchema } from './feed-schema.ts';
import type { Feeds } from './feed.ts';
import { nextPullUs } from './next-pull.ts';

const root = mkdtempSync(join(tmpdir(), 'comity-feeds-'));
after(() => rmSync(root, { recursive: true, force: true }));

const startMs = Date.UTC(2026, 0, 1);
const minuteMs = 60_000;

interface Setup {
  readonly feeds: Feeds;
  readonly store: Store;
  readonly at: { ms: number };
}

async function open(dir = mkdtempSync(join(root, 'data-')), at = { ms: startMs }): Promise<Setup> {
  const store = await openStore({ dir, schemas: [feedSchema] }, { clock: () => at.ms });
  const feeds = await createFeeds(store, {
    clock: () => at.ms,
    uuid: randomUUID,
    random: () => 0.5,
    seal: openSeal(dir),
  });
  return { feeds, store, at };
}

const importId = parseRowId('imp-00000001');
const imported = {
  importId,
  objectCount: 3,
  validators: { etag: '"a"' },
  events: new Map<string, number>(),
  withdrawnEvents: [],
};

test('a feed is due at once, and then one interval after each pull', async () => {
  const { feeds, store, at } = await open();
  const feed = await feeds.add({ url: 'https://feed.example/list.txt', intervalMinutes: 30 });
  assert.deepEqual(
    [feed.name, feed.status, feed.reliability, feed.defaultTlp],
    ['feed.example', 'new', 'F', 'amber+strict'],
  );
  assert.deepEqual(
    feeds.due().map(({ id }) => id),
    [feed.id],
  );
  await feeds.noteImport(feed.id, imported);
  assert.deepEqual(feeds.due(), []);
  assert.equal(feeds.nextDueUs(), (at.ms + 30 * minuteMs) * 1000);
  at.ms += 30 * minuteMs;
  assert.equal(feeds.due()[0]?.status, 'ok');
  assert.deepEqual(feeds.find(feed.id)?.validators, { etag: '"a"' });
  await store.close();
});

test('a failing feed waits longer each time, keeps its validators and recovers with one success', async () => {
  const { feeds, store, at } = await open();
  const { id } = await feeds.add({ url: 'https://feed.example/', intervalMinutes: 60 });
  await feeds.noteImport(id, imported);
  const waits: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    await feeds.noteFailure(id, 'the server answered 500');
    waits.push(((feeds.nextDueUs() ?? 0) / 1000 - at.ms) / minuteMs);
  }
  assert.deepEqual(waits, [2, 4, 8]);
  assert.deepEqual([feeds.find(id)?.status, feeds.find(id)?.lastError], ['failing', 'the server answered 500']);
  assert.deepEqual(feeds.find(id)?.validators, { etag: '"a"' });
  await feeds.noteUnchanged(id);
  assert.deepEqual(
    [feeds.find(id)?.status, feeds.find(id)?.failureCount, feeds.find(id)?.lastError],
    ['unchanged', 0, undefined],
  );
  await store.close();
});

test('everything survives a restart, and a pull that was under way is simply due', async () => {
  const dir = mkdtempSync(join(root, 'data-'));
  const first = await open(dir);
  const { id } = await first.feeds.add({
    url: 'https://feed.example/misp/',
    mapping: { value: 'ioc' },
    allowPrivate: true,
  });
  await first.feeds.noteImport(id, {
    ...imported,
    events: new Map([
      ['u1', 5],
      ['u2', 6],
    ]),
  });
  await first.feeds.noteImport(id, { ...imported, events: new Map([['u1', 7]]), withdrawnEvents: ['u2'] });
  first.at.ms += 120 * minuteMs;
  first.feeds.notePulling(id);
  assert.equal(first.feeds.find(id)?.status, 'pulling');
  assert.deepEqual(first.feeds.due(), []);
  await first.store.close();
  const second = await open(dir, first.at);
  assert.deepEqual(
    second.feeds.due().map((feed) => [feed.id, feed.status, feed.allowPrivate, feed.mapping]),
    [[id, 'ok', true, { value: 'ioc' }]],
  );
  assert.deepEqual([...second.feeds.events(id)], [['u1', 7]]);
  await second.store.close();
});

test('a feed is refused that is no URL, has an unknown format or interval, or is there already', async () => {
  const { feeds, store } = await open();
  const refused = async (options: Parameters<Feeds['add']>[0], code: string): Promise<void> =>
    assert.rejects(feeds.add(options), (error) => error instanceof ComityError && error.code === code);
  await refused({ url: 'ftp://feed.example/' }, 'ARGUMENT_INVALID');
  await refused({ url: 'https://feed.example/', format: 'odd' }, 'ARGUMENT_INVALID');
  await refused({ url: 'https://feed.example/', intervalMinutes: 1 }, 'ARGUMENT_INVALID');
  await feeds.add({ url: 'https://feed.example/' });
  await refused({ url: 'https://feed.example' }, 'CONFLICT');
  await store.close();
});

const inFiles = (dir: string, text: string): string[] =>
  readdirSync(dir).filter((name) => readFileSync(join(dir, name)).includes(text));

test('credentials and keys of a URL are fetched with, and stand in clear nowhere: not in a view, a file or a backup', async () => {
  const dir = mkdtempSync(join(root, 'data-'));
  const { feeds, store } = await open(dir);
  const address = 'https://reader:s3cret@feed.example/list?key=k3y';
  const { id, url, name } = await feeds.add({ url: address });
  assert.deepEqual([url, name], ['https://feed.example/list?…', 'feed.example']);
  assert.equal(feeds.addressOf(id), address);
  await assert.rejects(feeds.add({ url: address }), { code: 'CONFLICT' });
  await feeds.add({ url: 'https://feed.example/list?key=another' });
  for (const text of ['s3cret', 'k3y']) assert.deepEqual(inFiles(dir, text), []);
  await store.close();

  // A backup has no key: restored beside another one, the feed says so and nothing else breaks.
  renameSync(join(dir, 'comity.key'), join(dir, 'comity.key.away'));
  const restored = await open(dir);
  assert.throws(() => restored.feeds.addressOf(id), { code: 'FILE_UNREADABLE' });
  assert.equal(restored.feeds.list().length, 2);
  renameSync(join(dir, 'comity.key.away'), join(dir, 'comity.key'));
  await restored.store.close();
  const back = await open(dir);
  assert.equal(back.feeds.addressOf(id), address);
  await back.store.close();
});

test('feeds of an earlier version keep their credentials, events and places, and lose the clear text', async () => {
  const dir = mkdtempSync(join(root, 'data-'));
  const schemas = [{ ...feedSchema, steps: feedSchema.steps.slice(0, 1) }];
  const old = await openStore({ dir, schemas }, { clock: () => startMs });
  await old.write((db) => {
    const insert =
      db.prepare(`insert into feed values (?, ?, ?, 'auto', null, 'B', 'green', 60, 0, 1, 'ok', 1, 2, null, 0,
      null, 7, '"e"', null)`);
    for (let number = 0; number < 40; number += 1) {
      insert.run(`feed-0000000${number}`, 'old', `https://reader:s3cret${number}@feed.example/${number}`);
    }
    insert.run('feed-plainplain', 'plain', 'https://feed.example/plain');
    db.prepare('insert into feed_event values (?, ?, ?)').run('feed-00000007', 'u1', 5);
  });
  await old.close();
  assert.deepEqual(inFiles(dir, 's3cret'), ['comity.db']);

  const { feeds, store } = await open(dir);
  const id = parseRowId('feed-00000007');
  assert.equal(feeds.find(id)?.url, 'https://feed.example/7');
  assert.equal(feeds.addressOf(id), 'https://reader:s3cret7@feed.example/7');
  assert.equal(feeds.addressOf(parseRowId('feed-plainplain')), 'https://feed.example/plain');
  assert.deepEqual([...feeds.events(id)], [['u1', 5]]);
  const { reliability, objectCount, validators } = feeds.find(id) ?? assert.fail();
  assert.deepEqual(
    { reliability, objectCount, validators },
    { reliability: 'B', objectCount: 7, validators: { etag: '"e"' } },
  );
  await store.close();
  assert.deepEqual(inFiles(dir, 's3cret'), []);
});

test('a feed that is switched off is not due; a shorter interval takes effect now; a removed one is gone', async () => {
  const { feeds, store, at } = await open();
  const { id } = await feeds.add({ url: 'https://feed.example/', intervalMinutes: 1440 });
  await feeds.noteImport(id, { ...imported, events: new Map([['u1', 5]]) });
  await feeds.change(id, { intervalMinutes: 10 });
  assert.equal(feeds.nextDueUs(), (at.ms + 10 * minuteMs) * 1000);
  await feeds.change(id, { enabled: false });
  assert.equal(feeds.nextDueUs(), undefined);
  await feeds.remove(id);
  assert.deepEqual([feeds.list(), feeds.events(id).size], [[], 0]);
  await assert.rejects(feeds.remove(id), (error) => error instanceof ComityError && error.code === 'NOT_FOUND');
  await store.close();
});

test('the next pull is never before now, never later than a day and a tenth after failures, and spread by a tenth', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 5, max: 43_200 }),
      fc.nat(1000),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (interval, failures, fraction) => {
        const minutes = nextPullUs(0, interval, failures, fraction) / 60_000_000;
        assert.ok(minutes > 0 && minutes <= (failures === 0 ? interval : 24 * 60) * 1.1 + 0.001);
      },
    ),
  );
});
