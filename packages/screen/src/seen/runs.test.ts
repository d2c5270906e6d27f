import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createRandom } from '@comity/testkit';
import { mergeRuns } from './merge-runs.ts';
import { RunFile } from './run-file.ts';
import { RunDamaged } from './run-header.ts';
import { unfinishedEnding } from './run-writer.ts';
import type { WrittenRun } from './run-writer.ts';
import { randomEntries, readEntries, writeEntries } from './runs-for-tests.ts';
import type { Entries } from './runs-for-tests.ts';
import { listRuns, openSeenFolder, removeUnfinished } from './seen-folder.ts';
import { tendRuns } from './tend-runs.ts';

const top = mkdtempSync(join(tmpdir(), 'comity-runs-'));
after(() => rmSync(top, { recursive: true, force: true }));
const newDir = (): string => mkdtempSync(join(top, 'dir-'));

const DAY = 20_000;
const NOON_MS = DAY * 86_400_000 + 43_200_000;
const keepAll = { daysMax: 1000, bytesMax: 1e12 };

function finish<T>(steps: Generator<undefined, T, void>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** What two sets of entries are together; how often a key was seen adds up as far as a run can say it. */
function union(left: Entries, right: Entries): Entries {
  const all: Entries = new Map([...left].map(([key, cells]) => [key, new Map(cells)]));
  for (const [key, cells] of right) {
    const into = all.get(key) ?? new Map<string, readonly [number, number, number, number]>();
    for (const [place, cell] of cells) {
      const known = into.get(place);
      if (known === undefined) into.set(place, cell);
      else {
        const times = known[2] + cell[2];
        const level = Math.min(15, Math.floor(Math.log2(times)));
        const said = level < 2 ? level + 1 : 1.5 * 2 ** level;
        into.set(place, [Math.min(known[0], cell[0]), Math.max(known[1], cell[1]), said, known[3] | cell[3]]);
      }
    }
    all.set(key, into);
  }
  return all;
}

const plain = (entries: Entries): unknown =>
  [...entries].flatMap(([key, cells]) => [...cells].map((cell) => [key, ...cell].join(' '))).toSorted();

test('a run gives back what was written, whatever the keys, and finds each of them alone', () => {
  const random = createRandom(5);
  const dir = newDir();
  const seed = openSeenFolder(dir);
  for (const count of [0, 1, 2, 127, 128, 129, 5000]) {
    const sources = random.pick([[3], [1, 2], [1, 5, 9, 70_000, 4_000_000_000]]);
    const entries = randomEntries(random, count, DAY, sources);
    const { file } = writeEntries(dir, seed, DAY, sources, entries);
    assert.deepEqual(plain(readEntries(file)), plain(entries));
    const run = new RunFile(file);
    for (const [key, cells] of [...entries].slice(0, 300)) {
      const [section = 0, hi = 0, lo = 0] = key.split(' ').map(Number);
      let found = 0;
      run.find({ section, fromHi: hi, fromLo: lo, toHi: hi, toLo: lo }, (list) => (found += list.count));
      assert.equal(found, cells.size, key);
      let beside = 0;
      const after1 = lo === 0xffff_ffff ? lo : lo + 1;
      if (after1 === lo || entries.has(`${section} ${hi} ${after1}`)) continue;
      run.find({ section, fromHi: hi, fromLo: after1, toHi: hi, toLo: after1 }, (list) => (beside += list.count));
      assert.equal(beside, 0, `beside ${key}`);
    }
    let inRange = 0;
    run.find({ section: 1, fromHi: 0, fromLo: 1000, toHi: 0, toLo: 1999 }, () => inRange++);
    const expected = [...entries.keys()].filter((key) => /^1 0 1\d\d\d$/.test(key)).length;
    assert.equal(inRange, expected);
    run.close();
  }
});

test('a run that is cut off anywhere is damaged, and so is one with any byte changed where it is read', () => {
  const random = createRandom(6);
  const dir = newDir();
  const seed = openSeenFolder(dir);
  const { file, bytes } = writeEntries(dir, seed, DAY, [1, 2], randomEntries(random, 900, DAY, [1, 2]));
  const readAll = (path: string): void => void readEntries(path);
  const copy = join(dir, '20000-copy.seen');
  for (let length = 0; length < bytes; length += 1 + random.below(40)) {
    copyFileSync(file, copy);
    truncateSync(copy, length);
    assert.throws(() => readAll(copy), RunDamaged, `cut off at ${length}`);
  }
  const whole = readFileSync(file);
  let unnoticed = 0;
  for (let at = 0; at < bytes; at += 1 + random.below(20)) {
    const changed = Buffer.from(whole);
    changed[at]! ^= 1 << random.below(8);
    writeFileSync(copy, changed);
    try {
      readAll(copy);
      unnoticed++;
    } catch (error) {
      assert.ok(error instanceof RunDamaged, `byte ${at}: ${String(error)}`);
    }
  }
  // Four reserved bytes of the header and four of the footer say nothing.
  assert.ok(unnoticed <= 8, `${unnoticed} changed bytes went unnoticed`);
  writeFileSync(copy, whole.subarray(0, 400));
  const { runs, damaged } = listRuns(dir, seed);
  assert.equal(runs.length, 1);
  assert.deepEqual(
    damaged.map(({ day, reason }) => [day, reason]),
    [[DAY, 'it is cut off']],
  );
});

test('runs merged are what they were together, and count no longer', () => {
  const random = createRandom(8);
  const dir = newDir();
  const seed = openSeenFolder(dir);
  let all: Entries = new Map();
  for (let index = 0; index < 2; index++) {
    const sources = [index + 1, 5];
    const entries = randomEntries(random, 3000, DAY, sources);
    writeEntries(dir, seed, DAY, sources, entries);
    all = union(all, entries);
  }
  const parts = listRuns(dir, seed).runs.map(({ file }) => file);
  const merged = finish(mergeRuns(dir, parts));
  assert.deepEqual(plain(readEntries(merged.file)), plain(all));
  // A crash here leaves the parts: they are not counted twice, and go with the next round.
  const between = listRuns(dir, seed);
  assert.deepEqual([between.runs.map(({ file }) => file), between.superseded.length], [[merged.file], 2]);
  finish(tendRuns(dir, seed, keepAll, NOON_MS));
  assert.deepEqual(readdirSync(dir).filter((name) => name.endsWith('.seen')).length, 1);
});

test('a merge stopped at any step leaves the runs as they were and nothing beside them', () => {
  const random = createRandom(9);
  const dir = newDir();
  const seed = openSeenFolder(dir);
  for (let index = 0; index < 3; index++) {
    writeEntries(dir, seed, DAY, [1], randomEntries(random, 40_000, DAY, [1]));
  }
  const files = listRuns(dir, seed).runs.map(({ file }) => file);
  const steps = mergeRuns(dir, files);
  steps.next();
  assert.ok(readdirSync(dir).some((name) => name.endsWith(unfinishedEnding)));
  steps.return(undefined as unknown as WrittenRun);
  assert.deepEqual(
    listRuns(dir, seed).runs.map(({ file }) => file),
    files,
  );
  // What a killed process leaves goes at the next start.
  writeFileSync(join(dir, `0123456789abcdef${unfinishedEnding}`), 'half');
  removeUnfinished(dir);
  assert.equal(readdirSync(dir).filter((name) => name.endsWith(unfinishedEnding)).length, 0);
});

test('a day that is over becomes one run, eight runs of a size of the running day become one', () => {
  const random = createRandom(10);
  const dir = newDir();
  const seed = openSeenFolder(dir);
  for (let index = 0; index < 17; index++) {
    writeEntries(dir, seed, DAY, [1], randomEntries(random, 50, DAY, [1]));
    writeEntries(dir, seed, DAY - 1, [1], randomEntries(random, 50, DAY - 1, [1]));
  }
  const tended = finish(tendRuns(dir, seed, keepAll, NOON_MS));
  assert.ok(tended.merged >= 33, `${tended.merged} runs merged`);
  const days = listRuns(dir, seed).runs.map(({ header }) => header.day);
  assert.equal(days.filter((day) => day === DAY - 1).length, 1);
  assert.ok(days.filter((day) => day === DAY).length < 8);
});

test('what is older than its age goes, then the oldest days until the size is kept, damaged files too', () => {
  const random = createRandom(11);
  const dir = newDir();
  const seed = openSeenFolder(dir);
  const sizes = new Map<number, number>();
  for (let day = DAY - 9; day <= DAY; day++) {
    sizes.set(day, writeEntries(dir, seed, day, [1], randomEntries(random, 500, day, [1])).bytes);
  }
  writeFileSync(join(dir, `${DAY - 9}-torn.seen`), 'CMTYSEEN');
  const bytesMax = [DAY, DAY - 1, DAY - 2].reduce((sum, day) => sum + sizes.get(day)!, 0);
  const tended = finish(tendRuns(dir, seed, { daysMax: 5, bytesMax }, NOON_MS));
  assert.deepEqual([tended.deletedForAge, tended.deletedForSize], [5, 3]);
  const { runs, damaged } = listRuns(dir, seed);
  assert.deepEqual(
    runs.map(({ header }) => header.day),
    [DAY - 2, DAY - 1, DAY],
  );
  assert.deepEqual(damaged, []);
});

test('runs whose keys were made with another secret are said, not asked', () => {
  const dir = newDir();
  const seed = openSeenFolder(dir);
  writeEntries(dir, seed, DAY, [1], randomEntries(createRandom(1), 10, DAY, [1]));
  rmSync(join(dir, 'secret'));
  const other = openSeenFolder(dir);
  const { runs, damaged } = listRuns(dir, other);
  assert.equal(runs.length, 0);
  assert.deepEqual(
    damaged.map(({ reason }) => reason),
    ['its keys were made with another secret'],
  );
});
