import assert from 'node:assert/strict';
import test from 'node:test';
import type { StixId } from '@comity/protocol/base';
import { admit, alpha, beta, indicator, indicatorId, listed, object, open, source } from './test-bench.ts';
import type { Bench } from './test-bench.ts';
import type { Arrival, ArrivalQuery } from './index.ts';

const everything: ArrivalQuery = {
  afterUs: 0,
  ids: undefined,
  types: undefined,
  kinds: undefined,
  source: undefined,
  lastOnly: true,
};

function readAll(bench: Bench, query: Partial<ArrivalQuery> = {}, rowsMax = 3): Arrival[] {
  const rows: Arrival[] = [];
  let afterUs = query.afterUs ?? 0;
  for (;;) {
    const read = bench.intel.arrivals({ ...everything, ...query, afterUs }, rowsMax);
    assert.ok(read.rows.length <= rowsMax);
    rows.push(...read.rows);
    afterUs = read.upToUs;
    if (read.isEnd) return rows;
  }
}
const idsOf = (rows: readonly Arrival[]): StixId[] => rows.map(({ object: { id } }) => id);
const pattern = (name: string): string => `[domain-name:value = '${name}.example']`;

test('every version has an instant of its own that rises strictly, in one batch, in one millisecond, under a clock set back', async () => {
  const bench = await open();
  const numbers = Array.from({ length: 20 }, (_, index) => index + 1);
  await admit(
    bench,
    alpha,
    numbers.map((number) => indicator(number, pattern(`a${number}`))),
  );
  bench.nowMs -= 5000;
  await admit(bench, alpha, [indicator(21, pattern('b'))]);
  const rows = readAll(bench);
  assert.deepEqual(idsOf(rows), [...numbers, 21].map(indicatorId));
  for (const [index, row] of rows.entries()) assert.ok(index === 0 || row.atUs > rows[index - 1]!.atUs);
  await bench.close();
});

test('what commits between two reads is neither skipped nor doubled', async () => {
  const bench = await open();
  await admit(
    bench,
    alpha,
    [1, 2, 3].map((number) => indicator(number, pattern(`a${number}`))),
  );
  const first = bench.intel.arrivals(everything, 2);
  await admit(
    bench,
    alpha,
    [4, 5].map((number) => indicator(number, pattern(`a${number}`))),
  );
  const rest = readAll(bench, { afterUs: first.upToUs });
  assert.deepEqual(idsOf([...first.rows, ...rest]), [1, 2, 3, 4, 5].map(indicatorId));
  await bench.close();
});

test('the last version of an object is found at once, however many are before it', async () => {
  const bench = await open();
  for (let second = 0; second < 150; second += 1) {
    const modified = new Date(Date.UTC(2026, 0, 2) + second * 1000).toISOString();
    await admit(bench, alpha, [indicator(1, pattern(`a${second}`), { modified })]);
  }
  const { rows, isEnd } = bench.intel.arrivals({ ...everything, ids: [indicatorId(1)] }, 10);
  assert.deepEqual([rows.map(({ isLast }) => isLast), isEnd], [[true], true]);
  assert.equal(readAll(bench, { ids: [indicatorId(1)], lastOnly: false }, 100).length, 150);
  await bench.close();
});

test('a new version comes behind all others; the older one stays in its place for who asks for it', async () => {
  const bench = await open();
  await admit(bench, alpha, [indicator(1, pattern('a')), indicator(2, pattern('b'))]);
  await admit(bench, alpha, [indicator(1, pattern('c'), { modified: '2026-01-02T00:00:00.000Z' })]);
  assert.deepEqual(idsOf(readAll(bench)), [2, 1].map(indicatorId));
  const all = readAll(bench, { lastOnly: false });
  assert.deepEqual(
    all.map(({ object: { id }, isFirst, isLast }) => [id, isFirst, isLast]),
    [
      [indicatorId(1), true, false],
      [indicatorId(2), true, true],
      [indicatorId(1), false, true],
    ],
  );
  assert.deepEqual(idsOf(readAll(bench, { lastOnly: false, ids: [indicatorId(1)] }, 1)), [1, 1].map(indicatorId));
  await bench.close();
});

test('an object of more versions than are looked at at once is read whole, beside another, in order', async () => {
  const bench = await open();
  await admit(bench, alpha, [indicator(1, pattern('a'))]);
  const at = (second: number): string => new Date(Date.UTC(2026, 0, 2, 0, 0, second)).toISOString();
  const versions = Array.from({ length: 150 }, (_, index) => index);
  await admit(
    bench,
    alpha,
    versions.map((index) => indicator(1, pattern('a'), { modified: at(index) })),
  );
  await admit(bench, alpha, [indicator(2, pattern('b'))]);
  const rows = readAll(bench, { lastOnly: false, ids: [1, 2].map(indicatorId) }, 40);
  assert.deepEqual(idsOf(rows), [...Array.from({ length: 151 }, () => 1), 2].map(indicatorId));
  await bench.close();
});

test('versions kept beside the one that counts, and what was told twice, are not in it', async () => {
  const bench = await open();
  const one = indicator(1, pattern('a'));
  await admit(bench, alpha, [one]);
  await admit(bench, source('gamma', { reliability: 'F' }), [
    one,
    indicator(1, pattern('b'), { modified: '2026-01-02T00:00:00.000Z' }),
  ]);
  assert.equal(readAll(bench, { lastOnly: false }).length, 1);
  await bench.close();
});

test('filters: type, kind, source, id; what is not there is nothing', async () => {
  const bench = await open();
  await admit(bench, alpha, [indicator(1, pattern('a'))]);
  await admit(bench, beta, [
    object({
      type: 'malware',
      id: 'malware--00000000-0000-4000-8000-000000000001',
      created: '2026-01-01T00:00:00.000Z',
      modified: '2026-01-01T00:00:00.000Z',
      is_family: false,
    }),
    listed('ipv4', '192.0.2.1'),
  ]);
  const types = (query: Partial<ArrivalQuery>): string[] => readAll(bench, query).map((row) => row.object.type);
  assert.deepEqual(types({}), ['indicator', 'malware', 'indicator']);
  assert.deepEqual(types({ types: ['malware', 'no-such-type'] }), ['malware']);
  assert.deepEqual(types({ source: beta.id }), ['malware', 'indicator']);
  assert.deepEqual(types({ source: source('nobody').id }), []);
  assert.deepEqual(types({ kinds: ['ipv4'] }), ['indicator']);
  assert.deepEqual(idsOf(readAll(bench, { ids: [indicatorId(1), indicatorId(99)] })), [indicatorId(1)]);
  await bench.close();
});

test('what is held back is not in it, and comes behind all others once a person lets it through', async () => {
  const bench = await open();
  await admit(bench, alpha, [indicator(1, `[ipv4-addr:value = '8.8.8.8']`), indicator(2, pattern('b'))]);
  await bench.intel.knownGood.load({
    name: 'resolvers',
    description: '',
    version: 1,
    type: 'string',
    matchingAttributes: ['ip-dst'],
    list: ['8.8.8.8'],
  } as never);
  assert.deepEqual(idsOf(readAll(bench)), [indicatorId(2)]);
  await bench.intel.release({ ids: [indicatorId(1)] }, 'seen in an attack', 'test');
  assert.deepEqual(idsOf(readAll(bench)), [2, 1].map(indicatorId));
  await bench.close();
});

test('a stricter label, and a recall: the one is told again, the other is gone', async () => {
  const bench = await open();
  await admit(bench, alpha, [indicator(1, pattern('a')), indicator(2, pattern('b'))]);
  await admit(bench, source('strict00', { defaultTlp: 'amber' }), [indicator(1, pattern('a'))]);
  assert.deepEqual(
    readAll(bench).map(({ object: { id, tlp } }) => [id, tlp]),
    [
      [indicatorId(2), 'green'],
      [indicatorId(1), 'amber'],
    ],
  );
  await bench.intel.recall([indicatorId(2)], 'wrong');
  assert.deepEqual(idsOf(readAll(bench)), [indicatorId(1)]);
  await bench.close();
});

test('what its source takes back without a new version is told in a revoked one, once', async () => {
  const bench = await open();
  await admit(bench, alpha, [indicator(1, pattern('a'))]);
  const [before] = readAll(bench);
  const atUs = Date.UTC(2026, 0, 5) * 1000;
  await admit(bench, alpha, [{ withdraw: indicatorId(1), atUs, reason: 'x', place: '', loss: undefined }]);
  const [row, ...others] = readAll(bench, { afterUs: before!.atUs });
  assert.equal(others.length, 0);
  const value = JSON.parse(row!.object.text) as Record<string, unknown>;
  assert.deepEqual([value['revoked'], value['modified']], [true, '2026-01-05T00:00:00.000Z']);
  assert.deepEqual([row!.versionUs, row!.object.modifiedUs], [atUs, atUs]);
  await bench.close();
});

test('an object without versions: its version is when it was created, else when it came; taken back it is not there', async () => {
  const bench = await open();
  const id = '00000000-0000-4000-8000-000000000001';
  await admit(bench, alpha, [
    object({ type: 'marking-definition', id: `marking-definition--${id}`, created: '2026-01-01T00:00:00.000Z' }),
    object({ type: 'mutex', id: `mutex--${id}`, name: 'x' }),
  ]);
  const rows = readAll(bench);
  assert.deepEqual(
    rows.map((row) => row.versionUs),
    [Date.UTC(2026, 0, 1) * 1000, rows[1]!.atUs],
  );
  const withdraw = rows[1]!.object.id;
  await admit(bench, alpha, [{ withdraw, atUs: 1e15, reason: 'x', place: '', loss: undefined }]);
  assert.deepEqual(
    readAll(bench).map((row) => row.object.type),
    ['marking-definition'],
  );
  await bench.close();
});
