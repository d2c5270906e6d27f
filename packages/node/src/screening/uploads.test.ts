import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { ScreeningMatch } from './index.ts';
import { openBench, slowStore, until } from './screening-bench-for-tests.ts';

const values = (matches: readonly ScreeningMatch[]): string[] => matches.map(({ value }) => value).toSorted();
const evil = (...numbers: number[]): string[] => numbers.map((number) => `n${number}.evil.example`);
const limit = { timeout: 120_000 };

test('an upload is spooled, judged, then removed, and its result can be read back', limit, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  async function* body(): AsyncGenerator<Uint8Array> {
    yield gzipSync('first line\nsecond has n1.evil.example\nthe last has no end n2.evil.example');
  }
  const { source, done } = await bench.screening.screenUpload('proxy.log.gz', body());
  assert.equal(source.kind, 'upload');
  const end = await done;
  assert.deepEqual(
    { status: end.status, records: end.records, matches: end.matches },
    { status: 'done', records: 3, matches: 2 },
  );
  const page = await bench.screening.matches({ source: source.id });
  assert.deepEqual(
    page.rows.map(({ file, line }) => ({ file, line })),
    [
      { file: 'proxy.log.gz', line: 3 },
      { file: 'proxy.log.gz', line: 2 },
    ],
  );
  assert.deepEqual(readdirSync(join(bench.dataDir, 'spool')), []);
});

test('of a damaged upload everything up to the damage is judged, and the reason is said', limit, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  const whole = gzipSync(`n1.evil.example\n${Array.from({ length: 5000 }, (_, n) => `line ${n * 7919}`).join('\n')}\n`);
  async function* body(): AsyncGenerator<Uint8Array> {
    yield whole.subarray(0, whole.length - 100);
  }
  const { source, done } = await bench.screening.screenUpload('cut.gz', body());
  const end = await done;
  assert.equal(end.status, 'failing');
  assert.match(end.lastError ?? '', /^Cannot decompress /);
  assert.deepEqual(values([...(await bench.screening.matches({ source: source.id })).rows]), evil(1));
});

test('an upload that cannot be opened, whatever the reason, comes to its end and says why', limit, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  const broken = {
    'a.zip': Buffer.from('PK\x03\x04 and no archive at all'),
    'b.zst': Buffer.from('28b52ffd0011', 'hex'),
  };
  for (const [name, bytes] of Object.entries(broken)) {
    async function* body(): AsyncGenerator<Uint8Array> {
      yield bytes;
    }
    const { done } = await bench.screening.screenUpload(name, body());
    const end = await done;
    assert.equal(end.status, 'failing', name);
    assert.match(end.lastError ?? '', /^Cannot /, name);
  }
  assert.deepEqual(readdirSync(join(bench.dataDir, 'spool')), []);
});

test('an upload that is paused keeps its file over a restart', limit, async (t) => {
  let delayMs = 20;
  const bench = await openBench({ around: (store) => slowStore(store, () => delayMs) });
  t.after(() => bench.close());
  async function* body(): AsyncGenerator<Uint8Array> {
    for (let number = 0; number < 20_000; number += 1) yield Buffer.from(`n${number}.evil.example\n`);
  }
  const { source } = await bench.screening.screenUpload('big.log', body());
  await bench.screening.pauseSource(source.id);
  assert.equal(bench.screening.findSource(source.id)?.status, 'paused');
  await bench.reopen();
  assert.equal(readdirSync(join(bench.dataDir, 'spool')).length, 1);
  delayMs = 0;
  await bench.screening.resumeSource(source.id);
  const end = await until(
    () => bench.screening.findSource(source.id),
    (now) => now?.status === 'done',
  );
  assert.deepEqual([end?.records, end?.matches], [20_000, 20_000]);
});

test(
  'an upload that is over is listed for a week, then only its matches lead to it, and goes with the last of them',
  limit,
  async (t) => {
    const bench = await openBench({ matchAgeDaysMax: 30 });
    t.after(() => bench.close());
    const days = (count: number): number => count * 24 * 3_600_000;
    const upload = async (text: string): Promise<string> => {
      async function* body(): AsyncGenerator<Uint8Array> {
        yield Buffer.from(text);
      }
      const { done } = await bench.screening.screenUpload('dropped.log', body());
      return (await done).id;
    };
    const kept = await upload('n1.evil.example\n');
    const empty = await upload('nothing\n');
    const listed = (): string[] => bench.screening.sources().map(({ id }) => id);
    bench.nowMs += days(6);
    const later = await upload('n2.evil.example\n');
    await bench.screening.sweep();
    assert.deepEqual(listed(), [kept, empty, later]);
    bench.nowMs += days(2);
    await bench.screening.sweep();
    assert.deepEqual(listed(), [later]);
    await bench.reopen();
    assert.deepEqual(listed(), [later]);

    const [match] = (await bench.screening.matches({ source: kept })).rows;
    assert.deepEqual([match?.sourceName, match?.sourceId], ['dropped.log', kept]);
    assert.deepEqual(
      [bench.screening.findSource(kept)?.status, bench.screening.findSource(kept)?.matches],
      ['done', 1],
    );
    assert.equal(bench.screening.findSource(empty), undefined);
    bench.nowMs += days(30);
    await bench.screening.sweep();
    await bench.screening.sweep();
    assert.equal(bench.screening.findSource(kept), undefined);
  },
);

test(
  'of many uploads that are over the newest hundred are listed; one no longer listed can be removed',
  limit,
  async (t) => {
    const bench = await openBench();
    t.after(() => bench.close());
    const ids: string[] = [];
    await bench.store.write((db) => {
      const insert =
        db.prepare(`insert into screening_source (kind, name, location, format, start_from, state, created_us,
      changed_us) values ('upload', 'u', 'l', 'auto', 'start', 'done', ?, ?)`);
      for (let number = 1; number <= 130; number += 1) insert.run(bench.nowMs * 1000, bench.nowMs * 1000);
    });
    await bench.reopen();
    ids.push(...bench.screening.sources().map(({ id }) => id));
    assert.deepEqual([ids.length, ids[0]], [100, 'src-0000000v']);
    assert.equal(bench.screening.findSource('src-00000001')?.status, 'done');
    await bench.screening.removeSource('src-00000001');
    assert.equal(bench.screening.findSource('src-00000001'), undefined);
  },
);

test('an upload beyond its limit is refused and leaves nothing behind', limit, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  async function* body(): AsyncGenerator<Uint8Array> {
    for (;;) yield Buffer.alloc(1000, 'x');
  }
  await assert.rejects(bench.screening.screenUpload('big', body(), { bytesMax: 10_000 }), { code: 'INPUT_TOO_LARGE' });
  assert.deepEqual(bench.screening.sources(), []);
  assert.deepEqual(readdirSync(join(bench.dataDir, 'spool')), []);
});
