import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Table } from '@comity/screen';
import { FileTracker } from './file-tracker.ts';
import { Outbox, Traffic } from './outbox.ts';
import type { Batch, StreamState } from './worker-messages.ts';

const root = mkdtempSync(join(tmpdir(), 'comity-tracker-'));
after(() => rmSync(root, { recursive: true, force: true }));

const hit = (number: number): string => `query n${number}.evil.example\n`;

/** A tracker of one file, moved on by hand, whose batches are committed only when asked; `streams`: what is on record. */
function track(file: string, streams: readonly StreamState[] = []) {
  const batches: Batch[] = [];
  const post = (message: { readonly type: string; readonly batch?: Batch }): void => {
    if (message.batch !== undefined) batches.push(message.batch);
  };
  const outbox = new Outbox(1, 1, new Traffic(post, () => 0));
  const table = Table.build([{ value: { kind: 'domain', value: 'evil.example' }, ref: 1 }], { seed: 1 });
  let nowMs = 0;
  const times = { pollMs: 100, rotationGraceMs: 1000, partialLineMs: 60_000 };
  const spec = {
    source: 1,
    epoch: 1,
    kind: 'file',
    location: file,
    label: file,
    format: 'auto',
    nextStream: 1,
  } as const;
  const tracker = new FileTracker(
    { spec: { ...spec, createdMs: 0, streams }, times, list: () => [file] },
    { table: () => table, outbox, now: () => nowMs, wake: () => undefined },
  );
  return {
    outbox,
    /** Streams as the first so many batches leave them. */
    record: (count: number): StreamState[] => {
      const states = batches.slice(0, count).flatMap(({ state }) => (state === undefined ? [] : [state]));
      return [...new Map(states.map((state) => [state.number, state])).values()];
    },
    commit: () => {
      for (const { epoch, number } of batches) outbox.committed(epoch, number);
    },
    /** Looks around, and reads until there is nothing to read. */
    look: () => {
      nowMs += 5000;
      while (tracker.step()) continue;
    },
    values: () => batches.flatMap(({ matches }) => matches.map(({ value }) => value)).toSorted(),
  };
}

test('a log copied and emptied after it was met and before it was read is read as the copy and as itself', () => {
  const file = join(root, 'met.log');
  const { outbox, commit, look, values } = track(file);
  writeFileSync(file, `nothing\n${hit(1)}`);
  // So much is under way that nothing may be read yet.
  while (!outbox.isFull) outbox.send({ stream: 'x', state: undefined, matches: [], bytes: 0, records: 0 });
  look();
  copyFileSync(file, `${file}.1`);
  truncateSync(file, 0);
  appendFileSync(file, `nothing else\n${hit(2)}`);
  commit();
  for (let turn = 0; turn < 10; turn++) {
    look();
    commit();
  }
  assert.deepEqual(values(), ['n1.evil.example', 'n2.evil.example']);
});

test('a line that has not ended is not continued by what is written after its file was copied and emptied', () => {
  const file = join(root, 'partial.log');
  const { commit, look, values } = track(file);
  writeFileSync(file, 'query n1.ev');
  look();
  commit();
  appendFileSync(file, `il.example\n${hit(2)}`);
  copyFileSync(file, `${file}.1`);
  truncateSync(file, 0);
  appendFileSync(file, `${'nothing here, and more than before\n'.repeat(9)}${hit(3)}`);
  for (let turn = 0; turn < 10; turn++) {
    look();
    commit();
  }
  assert.deepEqual(values(), ['n1.evil.example', 'n2.evil.example', 'n3.evil.example']);
});

test('a copy that is made after the first bytes were read is no stream of its own', () => {
  const file = join(root, 'copied.log');
  const { commit, look, values } = track(file);
  writeFileSync(file, hit(1));
  look();
  copyFileSync(file, `${file}.1`);
  truncateSync(file, 0);
  appendFileSync(file, hit(2));
  for (let turn = 0; turn < 10; turn++) {
    look();
    commit();
  }
  assert.deepEqual(values(), ['n1.evil.example', 'n2.evil.example']);
});

test('a log is found again that is older than the copy of it on record, when nothing else was before the crash', () => {
  const file = join(root, 'older.log');
  writeFileSync(file, hit(1));
  copyFileSync(file, `${file}.1`);
  truncateSync(file, 0);
  appendFileSync(file, hit(2));
  const before = track(file);
  before.look();
  const [copy, ...others] = before.record(1);
  assert.ok(copy?.path === `${file}.1` && copy.offset === 0 && others.length === 0);
  renameSync(file, `${file}.0`);
  writeFileSync(file, hit(3));
  const { look, commit, values } = track(file, [copy]);
  for (let turn = 0; turn < 5; turn++) {
    look();
    commit();
  }
  assert.deepEqual(values(), ['n1.evil.example', 'n2.evil.example', 'n3.evil.example']);
});

test('a copy of a log is read on where the log was judged to, also when another stream is the newest on record', () => {
  const file = join(root, 'newest.log');
  writeFileSync(file, hit(1));
  const before = track(file);
  before.look();
  const [log] = before.record(99);
  assert.ok(log !== undefined && log.offset > 0);
  copyFileSync(file, `${file}.1`);
  truncateSync(file, 0);
  appendFileSync(file, hit(2));
  appendFileSync(`${file}.1`, hit(3));
  writeFileSync(`${file}.9`, hit(4));
  const other = { ...log, number: 2, path: `${file}.9`, inode: '1', headBytes: 0, tailAt: 0, offset: 0, done: true };
  const { look, commit, values } = track(file, [log, other]);
  for (let turn = 0; turn < 5; turn++) {
    look();
    commit();
  }
  assert.deepEqual(values(), ['n2.evil.example', 'n3.evil.example', 'n4.evil.example']);
});
