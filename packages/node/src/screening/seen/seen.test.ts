import assert from 'node:assert/strict';
import { appendFileSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { hourOf, openSeenFolder, SeenKeys, SeenTable } from '@comity/screen';
import { insertMatches } from '../commit-batch.ts';
import { allMatches, openBench, until } from '../screening-bench-for-tests.ts';
import type { Bench, BenchOptions } from '../screening-bench-for-tests.ts';
import { insertConfirmed } from './hunted-matches.ts';
import { huntedThrough } from './seen-journal.ts';
import { seenDirOf } from './seen-values.ts';

async function withBench(options: BenchOptions, use: (bench: Bench) => Promise<void>): Promise<void> {
  const bench = await openBench({ seenDays: 30, huntDelayMs: 20, ...options });
  try {
    await use(bench);
  } finally {
    await bench.close();
  }
}

const late = { kind: 'domain', value: 'late.example' } as const;
const journalRows = (bench: Bench): number =>
  bench.store.reader.prepare<{ count: number }>('select count(*) as count from screening_seen').get()?.count ?? -1;
const judged = (bench: Bench, id: string, bytes: number): Promise<unknown> =>
  until(
    () => bench.screening.findSource(id)?.bytes ?? 0,
    (count) => count >= bytes,
  );
const settled = (bench: Bench, places: number): Promise<unknown> =>
  until(
    () => bench.screening.seenStats()?.hunts,
    (hunts) => (hunts?.places ?? 0) >= places && (hunts?.asked ?? 0) > 0,
  );

test('a value listed after it was seen is found by reading its file again, rotated generations too, each record once', () =>
  withBench({}, async (bench) => {
    const log = join(bench.logs, 'app.log');
    writeFileSync(log, 'one www.late.example\ntwo nothing.example\n');
    const { id } = await bench.screening.addSource({ kind: 'file', location: log });
    await judged(bench, id, 41);
    renameSync(log, `${log}.1`);
    writeFileSync(log, 'three late.example\nfour evil.example\n');
    await judged(bench, id, 41 + 36);
    await bench.list([late], 7);
    const matches = await until(
      () => allMatches(bench.screening),
      (found) => found.length >= 3,
    );
    await settled(bench, 1);
    const shown = matches.map(({ value, line, hunt }) => `${value} ${line} ${hunt?.found ?? 'live'}`).toSorted();
    assert.deepEqual(shown, ['evil.example 2 live', 'late.example 1 confirmed', 'www.late.example 1 confirmed']);
    // What is found live from now on, and what is asked for once more, adds nothing to that but itself.
    appendFileSync(log, 'five late.example\n');
    await judged(bench, id, 41 + 36 + 18);
    await bench.unlist(7);
    await bench.list([late], 7);
    const before = bench.screening.seenStats()?.hunts.asked ?? 0;
    await until(
      () => bench.screening.seenStats()?.hunts.asked ?? 0,
      (asked) => asked > before,
    );
    assert.equal((await allMatches(bench.screening)).length, 4);
  }));

test('where nothing was seen nothing is asked, and what is seen from then on is', () =>
  withBench({}, async (bench) => {
    const { id } = await bench.screening.addSource({ kind: 'http', name: 'pushed' });
    const before = huntedThrough(bench.store.reader) ?? 0;
    await bench.list([late], 7);
    await until(
      () => huntedThrough(bench.store.reader) ?? 0,
      (through) => through > before,
    );
    assert.equal(bench.screening.seenStats()?.hunts.asked, 0);
    await bench.screening.push(id, Buffer.from('seen later.example\n'));
    await bench.list([{ kind: 'domain', value: 'later.example' }], 8);
    await settled(bench, 1);
    assert.equal(bench.screening.seenStats()?.hunts.asked, 1);
  }));

test('what was judged a moment before a value was listed, and is not reported yet, is found', () =>
  withBench({}, async (bench) => {
    const log = join(bench.logs, 'app.log');
    writeFileSync(log, 'one first.example\n');
    const { id } = await bench.screening.addSource({ kind: 'file', location: log });
    await judged(bench, id, 18);
    // Judged within the next look, and without a match reported only a second later.
    appendFileSync(log, 'two late.example\n');
    await setTimeout(200);
    await bench.list([late], 7);
    const matches = await until(
      () => allMatches(bench.screening),
      (found) => found.length >= 1,
    );
    assert.deepEqual(
      matches.map(({ value, line, file }) => [value, line, file]),
      [['late.example', 2, log]],
    );
  }));

test('a value that was seen hours before it was listed is found with its file and line', () =>
  withBench({}, async (bench) => {
    const log = join(bench.logs, 'app.log');
    writeFileSync(log, 'one other.example\ntwo a.late.example\n');
    // Its bytes were screened before, and what they showed is in the store of a node that was killed.
    await bench.screening.addSource({ kind: 'file', location: log, from: 'end' });
    await bench.screening.close();
    const seed = openSeenFolder(seenDirOf(bench.dataDir));
    const table = new SeenTable(seed);
    const keys = new SeenKeys(seed, table);
    keys.name(Buffer.from('a.late.example'), 0, 14);
    keys.flush();
    const hour = hourOf(Date.now()) - 3;
    await bench.store.write((db) =>
      db
        .prepare('insert into screening_seen (source, epoch, number, hour, keys) values (1, 1, 1, ?, ?)')
        .run(hour, table.takeFresh() ?? new Uint8Array(0)),
    );
    await bench.reopen();
    await bench.list([late], 7);
    const [match] = await until(
      () => allMatches(bench.screening),
      (found) => found.length >= 1,
    );
    assert.deepEqual(
      [match?.value, match?.file, match?.line, match?.hunt?.found],
      ['a.late.example', log, 2, 'confirmed'],
    );
    const report = await bench.screening.hunt([late], { confirms: true });
    assert.deepEqual(
      report.values[0]?.places.map(({ firstMs }) => hourOf(firstMs)),
      [hour],
    );
    assert.deepEqual(
      report.values[0].records.map(({ file, line }) => [file, line]),
      [[log, 2]],
    );
  }));

test('a hunt adds nothing to a record in which the value was found when it was screened, whatever field it names', () =>
  withBench({}, async ({ store }) => {
    const match = {
      offset: 40,
      line: 2,
      file: 'app.log',
      recordedUs: undefined,
      record: '{"query":"late.example"}',
      kind: 'domain',
      value: 'late.example',
      listed: 'late.example',
      relation: 'exact',
      port: undefined,
      field: '',
      ref: 7,
    } as const;
    const inField = { ...match, field: 'query' };
    const elsewhere = { ...inField, offset: 80 };
    await store.write((db) => insertMatches(db, { source: 1, stream: '1', matches: [match], sequence: 2 }, 1));
    const confirm = (): Promise<number[]> =>
      store.write((db) => insertConfirmed(db, 1, '1', [inField, elsewhere], 3, 2));
    assert.equal((await confirm()).length, 1);
    // The hunt that was killed before it said so begins anew.
    assert.equal((await confirm()).length, 0);
  }));

test('what was seen where nothing is kept is a match that says so, once an hour and source', () =>
  withBench({}, async (bench) => {
    const { id } = await bench.screening.addSource({ kind: 'http', name: 'pushed' });
    for (let count = 0; count < 3; count++) await bench.screening.push(id, Buffer.from('seen late.example\n'));
    assert.ok(journalRows(bench) > 0, 'what was answered is durable before it is in a run');
    await bench.list([late], 7);
    const [match] = await until(
      () => allMatches(bench.screening),
      (found) => found.length >= 1,
    );
    assert.ok(match !== undefined);
    assert.deepEqual([match.value, match.record, match.line, match.alarm], ['late.example', '', 0, true]);
    assert.equal(match.hunt?.found, 'seen');
    assert.ok([2, 3].includes(match.hunt.times ?? 0), 'right to a factor of two');
    assert.equal(hourOf(Date.parse(match.hunt.from ?? '')), hourOf(Date.now()));
    await bench.unlist(7);
    await bench.list([late], 7);
    await until(
      () => bench.screening.seenStats()?.hunts.asked ?? 0,
      (asked) => asked >= 2,
    );
    assert.equal((await allMatches(bench.screening)).length, 1);
  }));

test('a compressed file is read again inside, and a place its records do not bear out is no match', () =>
  withBench({}, async (bench) => {
    writeFileSync(join(bench.logs, 'old.log.gz'), gzipSync('zero other.example\none late.example\n'));
    writeFileSync(join(bench.logs, 'new.log'), 'path http://host.example/other\n');
    const { id } = await bench.screening.addSource({ kind: 'folder', location: bench.logs });
    await judged(bench, id, 36 + 31);
    await bench.list([late, { kind: 'url', value: 'host.example/path' }], 7);
    await settled(bench, 2);
    const matches = await until(
      () => allMatches(bench.screening),
      (found) => found.length >= 1,
    );
    await until(
      () => bench.screening.seenStats()?.hunts.refuted,
      (refuted) => refuted === 1,
    );
    assert.deepEqual(
      matches.map(({ value, line, hunt }) => [value, line, hunt?.found]),
      [['late.example', 2, 'confirmed']],
    );
  }));

test('what only a crash left in the store is in a run after the next start, and is found', () =>
  withBench({}, async (bench) => {
    const { id } = await bench.screening.addSource({ kind: 'http' });
    await bench.screening.push(id, Buffer.from('alive known.example\n'));
    await bench.screening.close();
    const table = new SeenTable(openSeenFolder(seenDirOf(bench.dataDir)));
    const keys = new SeenKeys(openSeenFolder(seenDirOf(bench.dataDir)), table);
    const name = Buffer.from('lost.example');
    keys.name(name, 0, name.length);
    keys.flush();
    const hour = hourOf(Date.now()) - 2;
    await bench.store.write((db) =>
      db
        .prepare('insert into screening_seen (source, epoch, number, hour, keys) values (1, 1, 1, ?, ?)')
        .run(hour, table.takeFresh() ?? new Uint8Array(0)),
    );
    await bench.reopen();
    assert.equal(journalRows(bench), 0);
    const values = ['lost.example', 'known.example', 'never.example'].map(
      (value) => ({ kind: 'domain', value }) as const,
    );
    const report = await bench.screening.hunt(values);
    assert.deepEqual(
      report.values.map(({ places }) => places.map(({ firstMs }) => hourOf(firstMs))),
      [[hour], [hourOf(Date.now())], []],
    );
  }));

test('a hunt for values nobody lists names places and, when asked, the records that are still there', () =>
  withBench({}, async (bench) => {
    const log = join(bench.logs, 'app.log');
    writeFileSync(log, 'one 192.0.2.7 a\ntwo 192.0.2.9 b\n');
    const { id } = await bench.screening.addSource({ kind: 'file', location: log, name: 'app' });
    await judged(bench, id, 32);
    const values = [{ kind: 'ipv4', value: '192.0.2.0/24' }] as const;
    const [network] = (await bench.screening.hunt(values, { confirms: true })).values;
    assert.deepEqual(
      network?.records.map(({ line, value }) => [line, value]),
      [
        [1, '192.0.2.7'],
        [2, '192.0.2.9'],
      ],
    );
    assert.deepEqual(
      network.places.map(({ sourceName, times, basis }) => [sourceName, times, basis]),
      [['app', 2, 'value']],
    );
    assert.equal((await allMatches(bench.screening)).length, 0);
    const later = await bench.screening.hunt(values, { sinceMs: Date.now() + 3_600_000 });
    assert.deepEqual(later.values[0]?.places, []);
  }));

test('a node told to keep nothing keeps nothing, and deletes what was kept', () =>
  withBench({ seenDays: 0 }, async (bench) => {
    const { id } = await bench.screening.addSource({ kind: 'http' });
    await bench.screening.push(id, Buffer.from('seen late.example\n'));
    assert.equal(journalRows(bench), 0);
    assert.equal(bench.screening.seenStats(), undefined);
    assert.throws(() => bench.screening.hunt([late]), { code: 'CONFLICT' });
  }));

test('a node that notes nothing is asked for what it noted before, until that is deleted', () =>
  withBench({}, async (bench) => {
    const { id } = await bench.screening.addSource({ kind: 'http' });
    await bench.screening.push(id, Buffer.from('seen early.example\n'));
    await bench.reopen({});
    await bench.screening.push(id, Buffer.from('seen late.example\n'));
    const values = ['early.example', 'late.example'].map((value) => ({ kind: 'domain', value }) as const);
    const { values: asked } = await bench.screening.hunt(values);
    assert.deepEqual(
      asked.map(({ places }) => places.length),
      [1, 0],
    );
    await bench.reopen({ days: 0 });
    assert.equal(existsSync(seenDirOf(bench.dataDir)), false);
  }));

test('while what is seen cannot be written, screening goes on and says so; written later, nothing acknowledged is missing', () =>
  withBench({}, async (bench) => {
    const dir = seenDirOf(bench.dataDir);
    const { id } = await bench.screening.addSource({ kind: 'http' });
    await bench.screening.push(id, Buffer.from('first early.example\n'));
    renameSync(dir, `${dir}-away`);
    writeFileSync(dir, '');
    await assert.rejects(bench.screening.hunt([late]), { code: 'DATA_UNWRITABLE' });
    await bench.screening.push(id, Buffer.from('second late.example and evil.example\n'));
    assert.equal((await allMatches(bench.screening)).length, 1);
    rmSync(dir);
    renameSync(`${dir}-away`, dir);
    const names = ['early.example', 'late.example', 'never.example'];
    const report = await bench.screening.hunt(names.map((value) => ({ kind: 'domain', value })));
    assert.deepEqual(
      report.values.map(({ places }) => places.length),
      [1, 1, 0],
    );
  }));
