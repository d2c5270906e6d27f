import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { bucketOf, buildFuseFilter, parseRecordRequest } from '@comity/protocol/lookup';
import type { LookupSet } from '@comity/protocol/lookup';
import { fetchRecords } from './fetch-records.ts';
import { openGenerationFiles } from './generation-files.ts';
import { onceSeal } from './once-seal.ts';

const generation = new Uint8Array(16).fill(0xab);
const cellsOf = (count: number, cellBytes: number): Uint8Array[] =>
  Array.from({ length: count }, () => new Uint8Array(randomBytes(cellBytes))).toSorted((a, b) => Buffer.compare(a, b));

/** A set of so many records that only some buckets of it are fetched. */
function largeSet(
  count: number,
  bucketBits: number,
): { readonly set: LookupSet; readonly cells: readonly Uint8Array[] } {
  const cells = cellsOf(count, 4096);
  const names = cells.map((cell) => cell.subarray(0, 16));
  const filter = { ...buildFuseFilter(names, 8), count: 10_000_000 };
  const key = { epoch: 1, publicKey: new Uint8Array(32), untilUs: 0 };
  return { cells, set: { ...key, generation, bucketBits, cellBytes: 4096, filter } };
}

test('buckets of a file are what was written in them, in any number and none', async (context) => {
  const dir = mkdtempSync(join(tmpdir(), 'comity-lookup-'));
  context.after(() => rmSync(dir, { recursive: true, force: true }));
  const files = openGenerationFiles(dir);
  const cells = cellsOf(300, 128);
  assert.ok(!files.has(generation));
  await files.write(generation, Uint8Array.of(1, 2, 3), cells, { bucketBits: 4 });
  assert.ok(files.has(generation));
  assert.deepEqual([...(await files.readSet(generation))], [1, 2, 3]);
  const all = await files.readCells(generation, undefined, 1e6);
  assert.deepEqual(all, Buffer.concat(cells));
  for (const buckets of [[0], [3, 7, 15], [2, 99], []]) {
    const wanted = cells.filter((cell) => buckets.includes(bucketOf(cell, 4)));
    assert.deepEqual(await files.readCells(generation, buckets, 1e6), Buffer.concat(wanted), buckets.join(' '));
  }
  await assert.rejects(files.readCells(generation, undefined, 1000), { code: 'INPUT_TOO_LARGE' });
  writeFileSync(join(dir, 'comity.lookup', 'left.partial'), '');
  files.keepOnly([generation]);
  assert.equal(readdirSync(join(dir, 'comity.lookup')).length, 2);
  files.keepOnly([]);
  assert.ok(!files.has(generation));
  await files.write(generation, Uint8Array.of(1), [], { bucketBits: 0 });
  assert.equal((await files.readCells(generation, undefined, 1e6)).length, 0);
});

test('a folder that cannot be written is told', async (context) => {
  const dir = mkdtempSync(join(tmpdir(), 'comity-lookup-'));
  context.after(() => rmSync(dir, { recursive: true, force: true }));
  writeFileSync(join(dir, 'comity.lookup'), 'a file in its place');
  await assert.rejects(openGenerationFiles(dir).write(generation, new Uint8Array(1), [], { bucketBits: 0 }), {
    code: 'DATA_UNWRITABLE',
  });
});

test('the buckets that are needed are fetched among at least as many others, a power of two, in pieces', async () => {
  const { set, cells } = largeSet(200, 8);
  let draw = 0;
  const random = (below: number): number => (draw = (draw + 37) % below);
  for (const needed of [1, 3, 5, 20]) {
    const asked: number[] = [];
    const names = cells.slice(0, needed * 10).filter((_, index) => index % 10 === 0);
    const answer = async (body: Uint8Array): Promise<Uint8Array> => {
      const { buckets } = parseRecordRequest(body);
      assert.ok(buckets.length <= 32);
      asked.push(...buckets);
      return Buffer.concat(cells.filter((cell) => buckets.includes(bucketOf(cell, 8))));
    };
    const { cells: found, leak } = await fetchRecords(names, set, answer, random);
    for (const name of names) assert.ok(found.includes(name) || found.some((cell) => Buffer.from(cell).equals(name)));
    const count = Math.max(8, 2 ** Math.ceil(Math.log2(new Set(names.map((name) => bucketOf(name, 8))).size * 2)));
    assert.equal(asked.length, count);
    assert.deepEqual(leak, { records: 'some', buckets: count, bucketsOf: 256, recordsPerBucket: 39_063 });
  }
});

test('where that would be all buckets, all are fetched; an answer with another bucket is refused', async () => {
  const { set, cells } = largeSet(40, 3);
  const name = cells[0] ?? assert.fail();
  const all = async (body: Uint8Array) =>
    Buffer.concat(cells.filter((cell) => parseRecordRequest(body).buckets.includes(bucketOf(cell, 3))));
  const { leak } = await fetchRecords([name], set, all, () => 0);
  assert.deepEqual([leak.records, leak.buckets], ['all', 8]);
  const wide = largeSet(40, 6);
  const wrong = async () => Buffer.concat(wide.cells);
  await assert.rejects(
    fetchRecords([wide.cells[0] ?? name], wide.set, wrong, (below) => Math.floor(Math.random() * below)),
    {
      code: 'LOOKUP_MALFORMED',
    },
  );
});

test('what is sealed once opens under its key alone, and not when it was changed or cut', () => {
  const key = randomBytes(32);
  const sealed = onceSeal.seal(key, Buffer.from('text'));
  assert.equal(Buffer.from(onceSeal.open(key, sealed) ?? []).toString(), 'text');
  assert.equal(onceSeal.open(randomBytes(32), sealed), undefined);
  assert.equal(onceSeal.open(key, sealed.subarray(1)), undefined);
  assert.equal(onceSeal.open(key, new Uint8Array(15)), undefined);
});
