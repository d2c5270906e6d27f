import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import {
  allMatches,
  faults,
  faulty,
  freePort,
  matchesOf,
  openBench,
  slowStore,
  until,
} from './screening-bench-for-tests.ts';

const limit = { timeout: 120_000 };
const lines = (from: number, to: number): string =>
  Array.from(
    { length: to - from },
    (_, n) => `query ${from + n} n${from + n}.evil.example\nquery other.example\n`,
  ).join('');
const numbers = (to: number): string[] => Array.from({ length: to }, (_, n) => `n${n}.evil.example`);
const seen = async (bench: Awaited<ReturnType<typeof openBench>>): Promise<string[]> =>
  (await allMatches(bench.screening)).map(({ value }) => value);

/** Names of these numbers that a hunt does not find though they were judged. */
async function unseen(bench: Awaited<ReturnType<typeof openBench>>, judged: readonly number[]): Promise<string[]> {
  const values = judged.map((n) => ({ kind: 'domain', value: `n${n}.evil.example` }) as const);
  const report = await bench.screening.hunt(values);
  return report.values.filter(({ places }) => places.length === 0).map(({ value }) => value.value);
}

// The writes of the run below: 1 where hunts begin, 2 the source; then the stream of the file, its matches in batches of at most 1,000, and
// after a restart of the source the same again.
for (const fault of faults) {
  for (const atWrite of [3, 4, 5, 6, 7, 8]) {
    test(
      `write ${atWrite} ${fault}: the source begins anew from what is stored, nothing is lost or doubled`,
      limit,
      async (t) => {
        const bench = await openBench({ around: (store) => faulty(store, fault, atWrite) });
        t.after(() => bench.close());
        const file = join(bench.logs, 'app.log');
        writeFileSync(file, lines(0, 1500));
        const { id } = await bench.screening.addSource({ kind: 'file', location: file });
        await until(
          () => seen(bench),
          (values) => values.length >= 1000,
        );
        appendFileSync(file, lines(1500, 1600));
        renameSync(file, `${file}.1`);
        writeFileSync(file, lines(1600, 2600));
        await matchesOf(bench, 2600);
        assert.deepEqual((await seen(bench)).toSorted(), numbers(2600).toSorted());
        // After a write that was kept and yet reported as failed, the count shown is right once the source began anew.
        await until(
          () => bench.screening.findSource(id),
          (source) => source?.status === 'running' && source.matches === 2600,
        );
        assert.deepEqual(await unseen(bench, [0, 700, 1499, 1599, 1600, 2599]), []);
      },
    );
  }
}

test('a screening thread that breaks down is replaced and its sources go on', limit, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  const file = join(bench.logs, 'app.log');
  writeFileSync(file, lines(0, 10));
  const { id } = await bench.screening.addSource({ kind: 'file', location: file });
  await matchesOf(bench, 10);
  await bench.store.write((db) => db.exec('alter table listed_change rename to hidden'));
  await until(
    () => bench.screening.findSource(id)?.status,
    (status) => status === 'failing',
  );
  appendFileSync(file, lines(10, 20));
  await setTimeout(1500);
  await bench.store.write((db) => db.exec('alter table hidden rename to listed_change'));
  await matchesOf(bench, 20);
  assert.deepEqual((await seen(bench)).toSorted(), numbers(20).toSorted());
  assert.equal(bench.screening.findSource(id)?.status, 'running');
  // What it had noted was only in its memory, and in the store.
  assert.deepEqual(await unseen(bench, [0, 9, 10, 19]), []);
});

test('a store that is slower than the log holds the reading up, visibly, and loses nothing', limit, async (t) => {
  let delayMs = 40;
  const bench = await openBench({ around: (store) => slowStore(store, () => delayMs) });
  t.after(() => bench.close());
  const file = join(bench.logs, 'app.log');
  writeFileSync(file, lines(0, 30_000));
  const { id } = await bench.screening.addSource({ kind: 'file', location: file });
  const full = await until(
    () => bench.screening.findSource(id),
    (source) => source?.status === 'full',
  );
  assert.ok((full?.lagBytes ?? 0) > 0);
  // At most what the queue holds was read ahead of what is durable.
  const durable = (await seen(bench)).length;
  assert.ok(durable < 20_000, `${durable} durable already`);
  delayMs = 0;
  await until(
    () => bench.screening.findSource(id)?.matches,
    (matches) => matches === 30_000,
    30_000,
  );
  assert.equal(new Set(await seen(bench)).size, 30_000);
});

test(
  'datagrams that find no room are dropped and counted: records and drops add up to what was sent',
  limit,
  async (t) => {
    let delayMs = 100;
    const bench = await openBench({ around: (store) => slowStore(store, () => delayMs) });
    t.after(() => bench.close());
    const { id, location } = await bench.screening.addSource({
      kind: 'syslog-udp',
      location: String(await freePort()),
    });
    await until(
      () => bench.screening.findSource(id)?.status,
      (status) => status === 'running',
    );
    const socket = createSocket('udp4');
    t.after(() => socket.close());
    const port = Number(location.split(':')[1]);
    const sent = 60_000;
    for (let number = 0; number < sent; number++) {
      const last = number % 100 === 99;
      const message = `<13>query n${number}.evil.example ${'x'.repeat(100)}`;
      if (last) await new Promise((resolve) => socket.send(message, port, '127.0.0.1', resolve));
      else socket.send(message, port, '127.0.0.1');
    }
    await until(
      () => bench.screening.findSource(id)?.dropped ?? 0,
      (dropped) => dropped > 0,
    );
    delayMs = 0;
    const sum = (): number => {
      const source = bench.screening.findSource(id);
      return (source?.records ?? 0) + (source?.dropped ?? 0);
    };
    await until(sum, (total) => total === sent, 20_000);
    assert.equal((await allMatches(bench.screening)).length, bench.screening.findSource(id)?.records);
  },
);

test('a burst of 100,000 matching lines is counted exactly', limit, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  const told = { matches: 0, calls: 0 };
  bench.screening.onMatch((matches, more) => {
    told.matches += matches.length + more;
    told.calls += 1;
  });
  const file = join(bench.logs, 'app.log');
  writeFileSync(file, lines(0, 100_000));
  const startedAt = performance.now();
  const { id } = await bench.screening.addSource({ kind: 'file', location: file });
  await until(
    () => bench.screening.findSource(id)?.records,
    (records) => records === 200_000,
    50_000,
  );
  t.diagnostic(`${Math.round(performance.now() - startedAt)} ms for 100,000 matches`);
  assert.equal(bench.screening.findSource(id)?.matches, 100_000);
  assert.equal(bench.screening.matchesPerHour().last24h, 100_000);
  const count = bench.store.reader
    .prepare<{ n: number }>('select count(distinct value) as n from screening_match')
    .get();
  assert.equal(count?.n, 100_000);
  await until(
    () => told.matches,
    (matches) => matches === 100_000,
  );
  assert.ok(told.calls < 200, `${told.calls} calls`);
});
