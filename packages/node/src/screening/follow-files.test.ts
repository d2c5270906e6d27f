import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { allMatches, matchesOf, openBench, until } from './screening-bench-for-tests.ts';

const hit = (number: number): string => `query ${number} n${number}.evil.example from 192.0.2.1\n`;
const miss = (number: number): string => `query ${number} n${number}.good.example from 192.0.2.1\n`;
const values = (matches: readonly { value: string }[]): string[] => matches.map(({ value }) => value);

test('a file is followed from its start, each match with line, offset and record', { timeout: 120_000 }, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  const file = join(bench.logs, 'dns.log');
  writeFileSync(file, miss(1) + hit(2));
  const source = await bench.screening.addSource({ kind: 'file', location: file });
  appendFileSync(file, hit(3));
  const matches = await matchesOf(bench, 2);
  assert.deepEqual(
    matches.map(({ line, offset, value, kind, relation, record, file: place, sourceId, alarm }) => ({
      line,
      offset,
      value,
      kind,
      relation,
      record,
      place,
      sourceId,
      alarm,
    })),
    [2, 3].map((number) => ({
      line: number,
      offset: miss(1).length * (number - 1),
      value: `n${number}.evil.example`,
      kind: 'domain',
      relation: 'subdomain',
      record: hit(number).trimEnd(),
      place: file,
      sourceId: source.id,
      alarm: true,
    })),
  );
});

test('a file that does not exist yet is waited for', { timeout: 120_000 }, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  const file = join(bench.logs, 'later.log');
  const { id } = await bench.screening.addSource({ kind: 'file', location: file });
  await until(
    () => bench.screening.findSource(id)?.status,
    (status) => status === 'waiting',
  );
  writeFileSync(file, hit(1));
  assert.deepEqual(values(await matchesOf(bench, 1)), ['n1.evil.example']);
  assert.equal(bench.screening.findSource(id)?.status, 'running');
});

test('a half line and a half UTF-8 character wait for the rest', { timeout: 120_000 }, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  const file = join(bench.logs, 'half.log');
  writeFileSync(file, 'caf\u00e9 n1.evil.exa');
  await bench.screening.addSource({ kind: 'file', location: file });
  await setTimeout(150);
  appendFileSync(file, Buffer.concat([Buffer.from('mple '), Buffer.from('é').subarray(0, 1)]));
  await setTimeout(150);
  assert.deepEqual(await allMatches(bench.screening), []);
  appendFileSync(file, Buffer.concat([Buffer.from('é').subarray(1), Buffer.from('\n')]));
  const [match] = await matchesOf(bench, 1);
  assert.equal(match?.record, 'caf\u00e9 n1.evil.example é');
});

test(
  'a last line without line end is judged after a while, and found once when it is completed',
  { timeout: 120_000 },
  async (t) => {
    const bench = await openBench({ partialLineMs: 200 });
    t.after(() => bench.close());
    const file = join(bench.logs, 'partial.log');
    writeFileSync(file, 'to n1.evil.example');
    await bench.screening.addSource({ kind: 'file', location: file });
    await matchesOf(bench, 1);
    appendFileSync(file, ' and on\n' + hit(2));
    assert.deepEqual(values(await matchesOf(bench, 2)), ['n1.evil.example', 'n2.evil.example']);
  },
);

test(
  'rotation by rename: what is still written to the old name is read to its end',
  { timeout: 120_000 },
  async (t) => {
    // The grace is longer than a busy machine makes of the pause below.
    const bench = await openBench({ rotationGraceMs: 3000 });
    t.after(() => bench.close());
    const file = join(bench.logs, 'app.log');
    writeFileSync(file, hit(1));
    await bench.screening.addSource({ kind: 'file', location: file });
    await matchesOf(bench, 1);
    renameSync(file, `${file}.1`);
    appendFileSync(`${file}.1`, hit(2));
    writeFileSync(file, hit(3));
    await setTimeout(60);
    appendFileSync(`${file}.1`, 'the last line ends with n4.evil.example');
    const matches = await matchesOf(bench, 4);
    assert.deepEqual(
      values(matches).toSorted(),
      [1, 2, 3, 4].map((n) => `n${n}.evil.example`),
    );
  },
);

test('rotation by copy and truncation: nothing is skipped, nothing found twice', { timeout: 120_000 }, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  const file = join(bench.logs, 'app.log');
  writeFileSync(file, hit(1));
  await bench.screening.addSource({ kind: 'file', location: file });
  await matchesOf(bench, 1);
  appendFileSync(file, hit(2));
  copyFileSync(file, `${file}.1`);
  truncateSync(file, 0);
  appendFileSync(file, hit(3) + hit(4) + hit(5));
  const matches = await matchesOf(bench, 5);
  assert.deepEqual(
    values(matches).toSorted(),
    [1, 2, 3, 4, 5].map((n) => `n${n}.evil.example`),
  );
});

test(
  'a folder watched while its logs are rotated by rename or by copy finds each match once',
  { timeout: 120_000 },
  async (t) => {
    const bench = await openBench();
    t.after(() => bench.close());
    const renamed = join(bench.logs, 'renamed.log');
    const copied = join(bench.logs, 'copied.log');
    writeFileSync(renamed, hit(1));
    writeFileSync(copied, hit(2));
    await bench.screening.addSource({ kind: 'folder', location: bench.logs });
    await matchesOf(bench, 2);
    renameSync(renamed, `${renamed}.1`);
    writeFileSync(renamed, hit(3));
    copyFileSync(copied, `${copied}.1`);
    truncateSync(copied, 0);
    appendFileSync(copied, hit(4));
    await matchesOf(bench, 4);
    writeFileSync(`${renamed}.2.gz`, gzipSync(hit(5)));
    await setTimeout(400);
    const matches = await until(
      () => allMatches(bench.screening),
      (found) => found.length >= 5,
    );
    assert.deepEqual(
      values(matches).toSorted(),
      [1, 2, 3, 4, 5].map((n) => `n${n}.evil.example`),
    );
  },
);

test(
  'a folder that is removed makes its source failing, in words; when it is back it is watched again',
  { timeout: 120_000 },
  async (t) => {
    const bench = await openBench();
    t.after(() => bench.close());
    const folder = join(bench.logs, 'app');
    mkdirSync(folder);
    writeFileSync(join(folder, 'a.log'), hit(1));
    const { id } = await bench.screening.addSource({ kind: 'folder', location: folder });
    await matchesOf(bench, 1);
    const statusIs = async (wanted: string): Promise<void> => {
      await until(
        () => bench.screening.findSource(id)?.status,
        (status) => status === wanted,
      );
    };
    rmSync(folder, { recursive: true });
    await statusIs('failing');
    assert.match(bench.screening.findSource(id)?.lastError ?? '', /^Cannot follow .*ENOENT/);
    mkdirSync(folder);
    writeFileSync(join(folder, 'a.log'), hit(2));
    await matchesOf(bench, 2);
    await statusIs('running');
  },
);

test(
  'a file written anew in place is read from its start, also when it is as long as before',
  { timeout: 120_000 },
  async (t) => {
    const bench = await openBench();
    t.after(() => bench.close());
    const file = join(bench.logs, 'state.log');
    writeFileSync(file, hit(1));
    await bench.screening.addSource({ kind: 'file', location: file });
    await matchesOf(bench, 1);
    await setTimeout(20);
    writeFileSync(file, hit(2));
    await matchesOf(bench, 2);
    writeFileSync(`${file}.new`, hit(3));
    renameSync(`${file}.new`, file);
    assert.deepEqual(values(await matchesOf(bench, 3)), ['n1.evil.example', 'n2.evil.example', 'n3.evil.example']);
  },
);

test(
  'a file that may not be read makes its source failing, in words, until it may',
  { timeout: 120_000, skip: process.getuid?.() === 0 && 'root may read anything' },
  async (t) => {
    const bench = await openBench();
    t.after(() => bench.close());
    const file = join(bench.logs, 'closed.log');
    writeFileSync(file, hit(1));
    chmodSync(file, 0);
    writeFileSync(join(bench.logs, 'open.log'), hit(2));
    const { id } = await bench.screening.addSource({ kind: 'folder', location: bench.logs });
    await matchesOf(bench, 1);
    await until(
      () => bench.screening.findSource(id)?.status,
      (status) => status === 'failing',
    );
    assert.match(bench.screening.findSource(id)?.lastError ?? '', /^Cannot read .*closed\.log: EACCES/);
    chmodSync(file, 0o600);
    await matchesOf(bench, 2);
    await until(
      () => bench.screening.findSource(id),
      (source) => source?.status === 'running' && source.lastError === undefined,
    );
  },
);

test('a folder takes the files its glob names, compressed ones whole and once', { timeout: 120_000 }, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  mkdirSync(join(bench.logs, 'deep'));
  writeFileSync(join(bench.logs, 'a.log'), hit(1));
  writeFileSync(join(bench.logs, 'deep', 'b.log'), hit(2));
  writeFileSync(join(bench.logs, 'c.txt'), hit(3));
  writeFileSync(join(bench.logs, 'deep', 'd.log'), gzipSync(hit(4)));
  writeFileSync(join(bench.logs, 'e.log'), zstdCompressSync(Buffer.from(hit(5))));
  await bench.screening.addSource({ kind: 'folder', location: `${bench.logs}/**/*.log` });
  const matches = await matchesOf(bench, 4);
  assert.deepEqual(
    values(matches).toSorted(),
    [1, 2, 4, 5].map((n) => `n${n}.evil.example`),
  );
  await bench.reopen();
  await setTimeout(2500);
  assert.equal((await allMatches(bench.screening)).length, 4);
});

test(
  'what happened while the node was down is caught up: growth, several rotations, compression',
  { timeout: 120_000 },
  async (t) => {
    const bench = await openBench();
    t.after(() => bench.close());
    const file = join(bench.logs, 'app.log');
    writeFileSync(file, hit(1));
    await bench.screening.addSource({ kind: 'file', location: file });
    await matchesOf(bench, 1);
    await bench.screening.close();
    appendFileSync(file, hit(2));
    renameSync(file, `${file}.2`);
    writeFileSync(file, hit(3));
    await setTimeout(20);
    renameSync(file, `${file}.1`);
    writeFileSync(file, hit(4));
    await bench.reopen();
    const matches = await matchesOf(bench, 4);
    assert.deepEqual(
      values(matches).toSorted(),
      [1, 2, 3, 4].map((n) => `n${n}.evil.example`),
    );
  },
);

test(
  'a file joined at its end gives only what is written later, with line 0 and its field names',
  { timeout: 120_000 },
  async (t) => {
    const bench = await openBench();
    t.after(() => bench.close());
    const file = join(bench.logs, 'conn.csv');
    writeFileSync(file, 'time,client,query\n1,192.0.2.1,n1.evil.example\n');
    await bench.screening.addSource({ kind: 'file', location: file, from: 'end' });
    appendFileSync(file, '2,192.0.2.1,n2.evil.example\n');
    const matches = await matchesOf(bench, 1);
    assert.deepEqual(
      matches.map(({ value, line, field }) => ({ value, line, field })),
      [{ value: 'n2.evil.example', line: 0, field: 'query' }],
    );
  },
);

test(
  'a generation that came and went unseen is read, though it was given the identity of one that was empty',
  { timeout: 120_000 },
  async (t) => {
    const bench = await openBench();
    t.after(() => bench.close());
    const file = join(bench.logs, 'app.log');
    writeFileSync(file, hit(1));
    await bench.screening.addSource({ kind: 'file', location: file });
    await matchesOf(bench, 1);
    // An empty generation is followed, loses its name and is finished.
    renameSync(file, `${file}.2`);
    writeFileSync(file, '');
    const empty = String(statSync(file).ino);
    await until(
      () => bench.store.reader.prepare('select 1 from screening_stream where inode = ?').get(empty),
      (found) => found !== undefined,
    );
    renameSync(file, `${file}.1`);
    writeFileSync(file, hit(2));
    await matchesOf(bench, 2);
    await until(
      () => bench.store.reader.prepare('select 1 from screening_stream where offset = 0 and done = 1').get(),
      (found) => found !== undefined,
    );
    await bench.screening.close();
    // It is deleted, and its inode given to what is written next.
    rmSync(`${file}.1`);
    renameSync(file, `${file}.3`);
    writeFileSync(`${file}.1`, hit(3));
    const { dev, ino } = statSync(`${file}.1`);
    await bench.store.write((db) =>
      db
        .prepare('update screening_stream set device = ?, inode = ? where offset = 0 and done = 1')
        .run(String(dev), String(ino)),
    );
    writeFileSync(file, hit(4));
    await bench.reopen();
    assert.deepEqual(
      values(await matchesOf(bench, 4)).toSorted(),
      [1, 2, 3, 4].map((number) => `n${number}.evil.example`),
    );
  },
);

test(
  'what was written to a generation after it was given up is read once it is found',
  { timeout: 120_000 },
  async (t) => {
    const bench = await openBench();
    t.after(() => bench.close());
    const file = join(bench.logs, 'app.log');
    writeFileSync(file, hit(1));
    await bench.screening.addSource({ kind: 'file', location: file });
    await matchesOf(bench, 1);
    await bench.screening.close();
    appendFileSync(file, hit(2));
    await bench.store.write((db) => db.prepare('update screening_stream set done = 1').run());
    renameSync(file, `${file}.1`);
    writeFileSync(file, hit(3));
    await bench.reopen();
    assert.deepEqual(
      values(await matchesOf(bench, 3)).toSorted(),
      [1, 2, 3].map((number) => `n${number}.evil.example`),
    );
  },
);

test(
  'a file copied, emptied, written to and renamed between two looks is read twice over: as the copy and as itself',
  { timeout: 120_000 },
  async (t) => {
    const bench = await openBench();
    t.after(() => bench.close());
    const file = join(bench.logs, 'app.log');
    writeFileSync(file, hit(1));
    await bench.screening.addSource({ kind: 'file', location: file });
    await matchesOf(bench, 1);
    // After a restart it is known, and not open as long as nothing is written to it.
    await bench.reopen();
    await setTimeout(200);
    appendFileSync(file, hit(2));
    copyFileSync(file, `${file}.2`);
    truncateSync(file, 0);
    appendFileSync(file, hit(3));
    renameSync(file, `${file}.1`);
    writeFileSync(file, hit(4));
    assert.deepEqual(
      values(await matchesOf(bench, 4)).toSorted(),
      [1, 2, 3, 4].map((number) => `n${number}.evil.example`),
    );
  },
);
