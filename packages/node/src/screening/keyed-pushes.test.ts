import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ComityError } from '@comity/protocol/base';
import { allMatches, faults, faulty, openBench } from './screening-bench-for-tests.ts';

const limit = { timeout: 120_000 };
const lines = (count: number): Buffer =>
  Buffer.from(Array.from({ length: count }, (_, n) => `query n${n}.evil.example\n`).join(''));

test('a push sent again under its key is judged once and answered the same, also after a restart', limit, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  const { id } = await bench.screening.addSource({ kind: 'http' });
  const push = () => bench.screening.push(id, Buffer.from('n1.evil.example\nother\n'), { batchId: 'a' });
  assert.deepEqual(await push(), { records: 2, matches: 1 });
  assert.deepEqual(await push(), { records: 2, matches: 1 });
  await bench.reopen();
  assert.deepEqual(await push(), { records: 2, matches: 1 });
  const source = bench.screening.findSource(id);
  assert.deepEqual([source?.records, source?.matches, source?.bytes], [2, 1, 22]);
  assert.equal((await allMatches(bench.screening)).length, 1);
});

test('pushes without a key, or of another source, are pushes of their own', limit, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  const [one, two] = [
    await bench.screening.addSource({ kind: 'http' }),
    await bench.screening.addSource({ kind: 'http' }),
  ];
  const bytes = lines(1);
  for (const options of [{}, {}, { batchId: 'a' }]) await bench.screening.push(one.id, bytes, options);
  await bench.screening.push(two.id, bytes, { batchId: 'a' });
  assert.equal((await allMatches(bench.screening)).length, 4);
});

test('another body under a key that was used is refused, and nothing of it is kept', limit, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  const { id } = await bench.screening.addSource({ kind: 'http' });
  await bench.screening.push(id, lines(1), { batchId: 'a' });
  await assert.rejects(bench.screening.push(id, lines(2), { batchId: 'a' }), { code: 'IDEMPOTENCY_KEY_REUSED' });
  assert.equal((await allMatches(bench.screening)).length, 1);
});

test('a push under a key that is under way is refused, not judged beside it', limit, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  const { id } = await bench.screening.addSource({ kind: 'http' });
  const rest = Promise.withResolvers<void>();
  async function* slow(): AsyncGenerator<Uint8Array> {
    yield lines(1);
    await rest.promise;
  }
  const first = bench.screening.push(id, slow(), { batchId: 'a' });
  await assert.rejects(bench.screening.push(id, lines(1), { batchId: 'a' }), { code: 'CONFLICT' });
  rest.resolve();
  assert.deepEqual(await first, { records: 1, matches: 1 });
});

test('a sender that breaks off and sends the whole again is counted once', limit, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  const { id } = await bench.screening.addSource({ kind: 'http' });
  const whole = lines(6000);
  async function* broken(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < 100_000; at += 10_000) yield whole.subarray(at, at + 10_000);
    throw new ComityError('REMOTE_FAILED', 'The caller hung up');
  }
  await assert.rejects(bench.screening.push(id, broken(), { batchId: 'a' }), { code: 'REMOTE_FAILED' });
  assert.deepEqual(await bench.screening.push(id, whole, { batchId: 'a' }), { records: 6000, matches: 6000 });
  const source = bench.screening.findSource(id);
  assert.deepEqual([source?.records, source?.matches, source?.bytes], [6000, 6000, whole.length]);
});

test('a key is forgotten after a week: what comes under it then is new, and all of it is found', limit, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  const { id } = await bench.screening.addSource({ kind: 'http' });
  await bench.screening.push(id, lines(2), { batchId: 'daily' });
  bench.nowMs += 8 * 86_400_000;
  await bench.screening.sweep();
  assert.deepEqual(await bench.screening.push(id, lines(3), { batchId: 'daily' }), { records: 3, matches: 3 });
  assert.equal((await allMatches(bench.screening)).length, 5);
});

// The writes of the run below: 1 where hunts begin, 2 the source, 3 the beginning of the push, then its matches; after a fault the same again.
for (const fault of faults) {
  for (const atWrite of [3, 4, 5, 6, 7]) {
    test(`write ${atWrite} ${fault}: a push sent until it is answered is there once`, limit, async (t) => {
      const bench = await openBench({ around: (store) => faulty(store, fault, atWrite) });
      t.after(() => bench.close());
      const { id } = await bench.screening.addSource({ kind: 'http' });
      const body = lines(3000);
      let answer: unknown;
      for (let tries = 0; answer === undefined; tries += 1) {
        assert.ok(tries < 50, 'never answered');
        try {
          answer = await bench.screening.push(id, body, { batchId: 'a' });
        } catch (error) {
          assert.ok(error instanceof ComityError, String(error));
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      }
      assert.deepEqual(answer, { records: 3000, matches: 3000 });
      assert.equal((await allMatches(bench.screening)).length, 3000);
      const { records, matches, bytes } = bench.screening.findSource(id) ?? {};
      assert.deepEqual([records, matches, bytes], [3000, 3000, body.length]);
    });
  }
}
