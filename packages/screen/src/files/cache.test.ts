import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createRandom } from '@comity/testkit';
import { decodeRecord, encodeRecord, recordBytesAt } from './cache-record.ts';
import type { CacheRecord } from './cache-record.ts';
import { allDigestKinds } from './digests.ts';
import { DigestCache, loadDigestCache, saveDigestCache } from './index.ts';
import { digestOf, listOf, screened } from './screen-for-tests.ts';

const root = mkdtempSync(join(tmpdir(), 'comity-cache-'));
after(() => rmSync(root, { recursive: true, force: true }));
const bytesMax = 1e6;

function tree(name: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  const dir = join(root, name);
  mkdirSync(dir);
  for (const [file, content] of Object.entries(files)) writeFileSync(join(dir, file), content);
  return dir;
}

/** Bytes this process has read, as the kernel counts them; undefined where it does not say. */
function bytesReadByProcess(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  return Number(/^rchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
}

test('a second run reads nothing, by our own count and by that of the kernel; only what changed is read by a third', async () => {
  const mb = Buffer.alloc(4_000_000, 'content');
  const dir = tree('second', {
    a: Buffer.concat([mb, Buffer.from('a')]),
    b: Buffer.concat([mb, Buffer.from('b')]),
    c: 'evil',
    'd.gz': gzipSync('evil'),
  });
  const file = join(root, 'second.cache');
  const list = listOf(['evil']);
  const run = async () => {
    const { cache, note } = await loadDigestCache(file);
    assert.equal(note, undefined);
    const before = bytesReadByProcess();
    const done = await screened([dir], { list, cache }, dir);
    const read = bytesReadByProcess();
    await saveDigestCache(cache, file);
    assert.deepEqual(done.places, ['/c', '/d.gz!d']);
    return { ...done.counts, kernelBytes: before === undefined || read === undefined ? undefined : read - before };
  };
  const first = await run();
  assert.deepEqual([first.readFiles, first.unchangedFiles], [4, 0]);
  assert.ok(first.kernelBytes === undefined || first.kernelBytes > 8_000_000, `${first.kernelBytes}`);
  const second = await run();
  assert.deepEqual([second.readFiles, second.readBytes, second.unchangedFiles], [0, 0, 4]);
  assert.ok(second.kernelBytes === undefined || second.kernelBytes < 4_000_000, `${second.kernelBytes}`);
  writeFileSync(join(dir, 'b'), 'short');
  const third = await run();
  assert.deepEqual([third.readFiles, third.readBytes, third.unchangedFiles], [1, 5, 3]);
});

test('the same size and a time set back do not hide a change', async () => {
  const dir = tree('hidden', { a: 'good', b: 'good' });
  const past = new Date('2026-01-01T00:00:00Z');
  utimesSync(join(dir, 'a'), past, past);
  const cache = new DigestCache(bytesMax);
  const list = listOf(['evil']);
  assert.equal((await screened([dir], { list, cache })).matches.length, 0);
  writeFileSync(join(dir, 'a'), 'evil');
  utimesSync(join(dir, 'a'), past, past);
  const { places, counts } = await screened([dir], { list, cache }, dir);
  assert.deepEqual(places, ['/a']);
  assert.equal(counts.readFiles, 1);
});

test('a file that was written within a tick of the clock is read again, for it may change and look the same', async () => {
  const dir = tree('fresh', { a: 'x' });
  const cache = new DigestCache(bytesMax);
  const ctimeMs = Math.ceil(statSync(join(dir, 'a')).ctimeMs);
  await screened([dir], { list: listOf(['evil']), cache, clock: () => ctimeMs + 5 });
  assert.equal(cache.count, 0);
  await screened([dir], { list: listOf(['evil']), cache, clock: () => ctimeMs + 5000 });
  assert.equal(cache.count, 1);
});

test('another kind of digest is read for and added to what is known', async () => {
  const dir = tree('kinds', { a: 'evil', 'b.gz': gzipSync('evil') });
  const cache = new DigestCache(bytesMax);
  const run = async (kind: 'md5' | 'sha256') => screened([dir], { list: listOf(['evil'], [kind]), cache }, dir);
  assert.equal((await run('md5')).counts.readFiles, 2);
  assert.equal((await run('sha256')).counts.readFiles, 2);
  for (const kind of ['md5', 'sha256'] as const) {
    const { counts, places } = await run(kind);
    assert.equal(counts.readFiles, 0, kind);
    assert.deepEqual(places, ['/a', '/b.gz!b'], kind);
  }
});

test('who did not look into archives has not looked: the next one that does reads them', async () => {
  const dir = tree('inside', { 'b.gz': gzipSync('evil') });
  const cache = new DigestCache(bytesMax);
  const list = listOf(['evil']);
  const shut = { list, cache, limits: { depthMax: 0 } };
  assert.equal((await screened([dir], shut)).matches.length, 0);
  assert.equal((await screened([dir], { list, cache })).matches.length, 1);
  const again = await screened([dir], shut);
  assert.deepEqual([again.matches.length, again.counts.readFiles], [0, 0]);
});

test('what could not be read wholly is tried and told each time', async () => {
  const dir = tree('faulty', { 'b.gz': gzipSync('evil').subarray(0, 15) });
  const cache = new DigestCache(bytesMax);
  for (let run = 0; run < 2; run++) {
    const { faults, counts } = await screened([dir], { list: listOf(['evil']), cache });
    assert.deepEqual([faults.length, counts.readFiles], [1, 1]);
  }
});

function record(ino: number, members = 0): CacheRecord {
  const facts = { dev: 7n, ino: BigInt(ino), size: 5n, mtimeNs: -1n, ctimeNs: 1_800_000_000_123_456_789n };
  const digests = { sha256: digestOf('sha256', `${ino}`) };
  const inside = Array.from({ length: members }, (_, index) => ({ member: `m/${index}\u00e9`, digests }));
  return { facts, kinds: ['sha256'], looksInside: true, parts: [{ digests }, ...inside] };
}

async function saved(file: string, records: readonly CacheRecord[], max = bytesMax): Promise<void> {
  const cache = new DigestCache(max);
  for (const each of records) cache.keep(each);
  await saveDigestCache(cache, file);
}

test('a cache that is damaged anywhere, cut short or of another version is said to be so, and made anew', async () => {
  const file = join(root, 'damaged.cache');
  await saved(file, [record(1), record(2, 3)]);
  const sound = readFileSync(file);
  assert.equal((await loadDigestCache(file)).cache.count, 2);
  for (let at = 16; at < sound.length; at++) {
    const bytes = Buffer.from(sound);
    bytes[at]! ^= 1;
    writeFileSync(file, bytes);
    const { cache, note } = await loadDigestCache(file);
    assert.equal(cache.count, 0, `byte ${at}`);
    assert.match(
      note ?? '',
      at < 20 ? /of another version: every file is read/ : /is damaged: every file is read/,
      `byte ${at}`,
    );
  }
  writeFileSync(file, sound.subarray(0, sound.length - 8));
  assert.match((await loadDigestCache(file)).note ?? '', /is damaged/);
  writeFileSync(file, sound.subarray(0, 30));
  assert.match((await loadDigestCache(file)).note ?? '', /is damaged/);
  await saved(file, [record(1)]);
  assert.equal((await loadDigestCache(file)).cache.count, 1);
});

test('a file that never was a cache is kept under another name, and refused when that is taken', async () => {
  const file = join(root, 'thesis.txt');
  writeFileSync(file, 'years of work');
  const { note, cache } = await loadDigestCache(file);
  assert.match(note ?? '', /was none: it is kept as ".*thesis\.txt\.no-cache"/);
  assert.equal(cache.count, 0);
  assert.equal(readFileSync(`${file}.no-cache`, 'utf8'), 'years of work');
  writeFileSync(file, 'more work');
  await assert.rejects(loadDigestCache(file), { code: 'ARGUMENT_INVALID' });
  assert.equal(readFileSync(file, 'utf8'), 'more work');
  await assert.rejects(loadDigestCache(root), { code: 'ARGUMENT_INVALID' });
});

test(
  'a cache that others may write is not used: they could say that a file is a good one',
  { skip: process.platform === 'win32' && 'no modes' },
  async () => {
    const file = join(root, 'open.cache');
    await saved(file, [record(1)]);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    chmodSync(file, 0o620);
    assert.match((await loadDigestCache(file)).note ?? '', /others may write it/);
  },
);

test('the file is replaced at once, no part is left, and an unwritable place is an error that leaves the old one', async () => {
  const folder = join(root, 'made/on/the/way');
  const file = join(folder, 'files.cache');
  await saved(file, [record(1)]);
  assert.deepEqual(readdirSync(folder), ['files.cache']);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  const blocked = join(root, 'blocked');
  mkdirSync(join(blocked, 'files.cache/full'), { recursive: true });
  await assert.rejects(saved(join(blocked, 'files.cache'), [record(1)]), { code: 'FILE_UNREADABLE' });
  assert.deepEqual(readdirSync(blocked), ['files.cache']);
});

test('beyond its bound the cache keeps this run, then what it used, and lets go of the rest', async () => {
  const file = join(root, 'bound.cache');
  const size = encodeRecord(record(1)).length;
  await saved(
    file,
    Array.from({ length: 10 }, (_, index) => record(index)),
  );
  const { cache } = await loadDigestCache(file, { bytesMax: size * 10 });
  const small = DigestCache.parse(Buffer.concat([...cache.records()]), size * 4);
  assert.ok(small !== undefined);
  assert.ok(small.find(record(8).facts, ['sha256'], true) !== undefined);
  small.keep(record(100));
  small.keep(record(101));
  await saveDigestCache(small, file);
  const kept = (await loadDigestCache(file)).cache;
  const inodes = [100, 101, 8, 0, 1].map((ino) => kept.find(record(ino).facts, ['sha256'], true) !== undefined);
  assert.deepEqual(inodes, [true, true, true, true, false]);
  assert.match((await loadDigestCache(file, { bytesMax: size })).note ?? '', /is larger than/);
});

test('the cache answers as a plain map does, over thousands of changes and through its file', async () => {
  const random = createRandom(11);
  const file = join(root, 'model.cache');
  const model = new Map<number, CacheRecord>();
  let cache = new DigestCache(bytesMax * 100);
  for (let step = 0; step < 6000; step++) {
    const ino = random.below(1500);
    const kept = record(ino, random.below(3));
    const changed = { ...kept, facts: { ...kept.facts, mtimeNs: BigInt(random.below(3)) } };
    cache.keep(changed);
    model.set(ino, changed);
    if (step % 2000 === 1999) {
      await saveDigestCache(cache, file);
      cache = (await loadDigestCache(file, { bytesMax: bytesMax * 100 })).cache;
      assert.equal(cache.count, model.size);
    }
    const asked = random.below(1500);
    const known = model.get(asked);
    const found = cache.find(known?.facts ?? record(asked).facts, ['sha256'], true);
    assert.deepEqual(found, known?.parts);
    if (known !== undefined) {
      const other = { ...known.facts, ctimeNs: known.facts.ctimeNs + 1n };
      assert.equal(cache.find(other, ['sha256'], true), undefined);
    }
  }
});

test('records of any kinds and members come back as they were, and mutated ones are refused or read inside their bounds', () => {
  const random = createRandom(12);
  for (let round = 0; round < 2000; round++) {
    const kinds = allDigestKinds.filter(() => random.below(2) === 0);
    if (kinds.length === 0) kinds.push('md5');
    const digests = Object.fromEntries(kinds.map((kind) => [kind, digestOf(kind, `${round}`)]));
    const parts = [
      { digests },
      ...Array.from({ length: random.below(4) }, (_, index) => ({ member: 'ä'.repeat(index), digests })),
    ];
    const whole = { ...record(round), kinds, parts };
    const bytes = encodeRecord(whole);
    assert.equal(recordBytesAt(bytes, 0, bytes.length), bytes.length);
    assert.deepEqual(decodeRecord(bytes, 0), whole);
    for (let changes = 0; changes < 3; changes++)
      bytes[random.pick([0, 1, 4, 48, 49, random.below(bytes.length)])] = random.below(256);
    if (recordBytesAt(bytes, 0, bytes.length) !== undefined) decodeRecord(bytes, 0);
  }
});

test('a file under a new name is read once more, for renaming sets its ctime', async () => {
  const dir = tree('renamed', { a: 'evil' });
  const cache = new DigestCache(bytesMax);
  const list = listOf(['evil']);
  await screened([dir], { list, cache });
  renameSync(join(dir, 'a'), join(dir, 'b'));
  const { places, counts } = await screened([dir], { list, cache }, dir);
  assert.deepEqual([places, counts.readFiles], [['/b'], 1]);
});
