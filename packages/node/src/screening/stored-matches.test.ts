import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { StixId } from '@comity/protocol/base';
import { parseMatchId } from './match.ts';
import { allMatches, openBench, until } from './screening-bench-for-tests.ts';
import type { Bench } from './screening-bench-for-tests.ts';

const limit = { timeout: 120_000 };
const hourMs = 3_600_000;

async function pushed(bench: Bench, count: number, tag = 'x'): Promise<string> {
  const { id } = await bench.screening.addSource({ kind: 'http', name: tag });
  const lines = Array.from({ length: count }, (_, n) => `${tag} ${n} saw n${n}.evil.example\n`).join('');
  await bench.screening.push(id, Buffer.from(lines));
  return id;
}

test('matches are listed newest first, page by page, each once', limit, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  await pushed(bench, 25);
  const values: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await bench.screening.matches({ limit: 10, ...(cursor === undefined ? {} : { cursor }) });
    values.push(...page.rows.map(({ value }) => value));
    cursor = page.next;
  } while (cursor !== undefined);
  assert.deepEqual(
    values,
    Array.from({ length: 25 }, (_, n) => `n${24 - n}.evil.example`),
  );
});

test(
  'of a record in pieces a value is one match, and an alarm once a later piece shows the listed port',
  limit,
  async (t) => {
    const bench = await openBench({ values: [{ kind: 'ipv4', value: '192.0.2.1', port: 8080 }] });
    t.after(() => bench.close());
    const told: string[] = [];
    bench.screening.onMatch((matches) => told.push(...matches.map(({ id, port }) => `${id} ${port}`)));
    const { id } = await bench.screening.addSource({ kind: 'http', name: 'long' });
    const filler = 'x '.repeat(600_000);
    const record = ['1', '2', '8080', '3', '8080'].map((port) => `192.0.2.1:${port} ${filler}`).join('');
    await bench.screening.push(id, Buffer.from(`first\n${record}\n`));
    const matches = await allMatches(bench.screening);
    assert.deepEqual(
      matches.map(({ line, offset, port, alarm }) => ({ line, offset, port, alarm })),
      [{ line: 2, offset: 6, port: 'same', alarm: true }],
    );
    assert.deepEqual(
      await until(
        () => told,
        (rows) => rows.length > 0,
      ).then((rows) => [...new Set(rows)]),
      [`${matches[0]!.id} same`],
    );
    const source = bench.screening.findSource(id);
    assert.deepEqual([source?.records, source?.matches], [2, 1]);
  },
);

test('every filter narrows, and they narrow together', limit, async (t) => {
  const bench = await openBench({
    values: [
      { kind: 'domain', value: 'evil.example' },
      { kind: 'ipv4', value: '192.0.2.1' },
    ],
  });
  t.after(() => bench.close());
  const first = await pushed(bench, 3, 'early');
  bench.nowMs += hourMs;
  const second = await pushed(bench, 3, 'LATE');
  await bench.screening.push(second, Buffer.from('from 192.0.2.1\n'));
  const count = async (filter: Parameters<typeof bench.screening.matches>[0]): Promise<number> =>
    (await bench.screening.matches(filter)).rows.length;
  assert.equal(await count({}), 7);
  assert.equal(await count({ source: first }), 3);
  assert.equal(await count({ source: 'src-zzzzzzzz' }), 0);
  assert.equal(await count({ kind: 'ipv4' }), 1);
  assert.equal(await count({ value: 'n1.evil.example' }), 2);
  assert.equal(await count({ sinceMs: bench.nowMs }), 4);
  assert.equal(await count({ text: 'late 2' }), 1);
  assert.equal(await count({ text: '% _' }), 0);
  assert.equal(await count({ refs: [2] }), 1);
  assert.equal(await count({ source: second, value: 'n1.evil.example', kind: 'domain' }), 1);
  await assert.rejects(bench.screening.matches({ cursor: '../..' }), { code: 'ARGUMENT_INVALID' });
  assert.deepEqual(bench.screening.seenValue('domain', 'n1.evil.example'), {
    count: 2,
    lastAt: new Date(bench.nowMs).toISOString(),
  });
  assert.equal(bench.screening.matchCount([1, 2]), 7);
});

test('a match is found by its id; other text is no id', limit, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  await pushed(bench, 2);
  const [first] = await allMatches(bench.screening);
  assert.equal(parseMatchId(first?.id ?? ''), 1);
  assert.deepEqual(await bench.screening.findMatch(first?.id ?? ''), first);
  assert.equal(await bench.screening.findMatch('match-zzzzzzzzzz'), undefined);
  await assert.rejects(bench.screening.findMatch("1' or 1"), { code: 'ID_MALFORMED' });
});

test('a match of an indicator that was withdrawn since stays, and says so when it is read', limit, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  await pushed(bench, 1);
  assert.equal((await allMatches(bench.screening))[0]?.indicator.state, 'active');
  bench.states.set(1, 'recalled');
  const [match] = await allMatches(bench.screening);
  assert.equal(match?.indicator.state, 'recalled');
  assert.equal(match?.indicator.why, 'no longer used: recalled');
});

test('matches are counted by hour for the last 24, the running hour last', limit, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  await pushed(bench, 2);
  bench.nowMs += 23 * hourMs;
  await pushed(bench, 3);
  assert.deepEqual(bench.screening.matchesPerHour(), {
    last24h: 5,
    alarms24h: 5,
    perHour: [2, ...Array.from({ length: 22 }, () => 0), 3],
  });
  bench.nowMs += hourMs;
  assert.equal(bench.screening.matchesPerHour().last24h, 3);
});

test('matches beyond the age and the count kept are swept, the oldest first', limit, async (t) => {
  const bench = await openBench({ matchesMax: 1500, matchAgeDaysMax: 2 });
  t.after(() => bench.close());
  await pushed(bench, 1200, 'old');
  bench.nowMs += 3 * 24 * hourMs;
  await pushed(bench, 2600, 'new');
  assert.equal(await bench.screening.sweep(), 1200 + 1100);
  const left = await allMatches(bench.screening);
  assert.equal(left.length, 1500);
  assert.equal(left[0]?.record, 'new 1100 saw n1100.evil.example');
  assert.equal(await bench.screening.sweep(), 0);
});

test(
  'finished streams of a folder are forgotten once their file is gone; a compressed file still there is not read again',
  limit,
  async (t) => {
    const bench = await openBench();
    t.after(() => bench.close());
    const packed = join(bench.logs, 'old.log.gz');
    const gone = join(bench.logs, 'gone.log');
    writeFileSync(packed, gzipSync('n1.evil.example\n'));
    writeFileSync(gone, 'n2.evil.example\n');
    await bench.screening.addSource({ kind: 'folder', location: bench.logs });
    const count = async (): Promise<number> => (await allMatches(bench.screening)).length;
    await until(count, (matches) => matches === 2);
    rmSync(gone);
    const streams = (): { path: string; done: number }[] =>
      bench.store.reader
        .prepare<{ path: string; done: number }>('select path, done from screening_stream order by path')
        .all();
    await until(streams, (rows) => rows.every(({ done }) => done === 1));
    for (let round = 0; round < 2; round += 1) {
      bench.nowMs += 8 * 24 * hourMs;
      await bench.screening.sweep();
      assert.deepEqual(
        streams().map(({ path }) => path),
        [packed],
      );
    }
    await bench.reopen();
    await setTimeout(2500);
    assert.equal(await count(), 2);
  },
);

test('a sighting tells the indicator, the hours and the count, and nothing of the owner', limit, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  await pushed(bench, 2, 'secret-host');
  bench.nowMs += 2 * hourMs;
  await pushed(bench, 1, '198.51.100.9');
  const indicator = 'indicator--00000000-0000-4000-8000-000000000001' as StixId;
  const id = 'sighting--00000000-0000-4000-8000-000000000002' as StixId;
  const sighting = bench.screening.minimisedSighting(indicator, [1], id);
  assert.deepEqual(sighting?.value, {
    type: 'sighting',
    spec_version: '2.1',
    id,
    created: '2026-01-02T05:00:00.000Z',
    modified: '2026-01-02T05:00:00.000Z',
    first_seen: '2026-01-02T03:00:00.000Z',
    last_seen: '2026-01-02T05:00:00.000Z',
    count: 3,
    sighting_of_ref: indicator,
    summary: true,
  });
  assert.equal(bench.screening.minimisedSighting(indicator, [99], id), undefined);
});
