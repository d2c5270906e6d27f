import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { decideWhileStill, findMissed, siblingsOf } from './rotated-files.ts';
import type { Sibling } from './rotated-files.ts';

const root = mkdtempSync(join(tmpdir(), 'comity-rotated-'));
after(() => rmSync(root, { recursive: true, force: true }));

test('a generation that is renamed past the listing is found: what was decided meanwhile does not count', () => {
  const log = join(root, 'app.log');
  for (const number of [1, 2, 3]) writeFileSync(`${log}.${number}`, `generation ${number}\n`);
  const all = siblingsOf(log);
  // A listing made while .1 became .2 and so on: it saw .2 before and .1 after.
  const torn = all.filter(({ path }) => !path.endsWith('.1'));
  const listings: Sibling[][] = [torn];
  let decided = 0;
  const found = decideWhileStill(
    () => listings.shift() ?? all,
    (siblings) => {
      decided += 1;
      return siblings.length;
    },
  );
  assert.deepEqual([found, decided], [3, 2]);
});

test('a log that is renamed without end is decided on all the same', () => {
  let asked = 0;
  const log = join(root, 'busy.log');
  writeFileSync(`${log}.1`, 'x\n');
  const [one] = siblingsOf(log);
  assert.ok(one !== undefined);
  const list = (): Sibling[] => [{ ...one, path: `${one.path}${(asked += 1)}` }];
  assert.equal(
    decideWhileStill(list, () => 'decided'),
    'decided',
  );
  assert.ok(asked < 100, `${asked} listings`);
});

test('generations that rotate while they are judged are all missed ones, each once', () => {
  const log = join(root, 'live.log');
  for (const number of [1, 2, 3, 4]) writeFileSync(`${log}.${number}`, `generation ${number}\n`);
  let isRotated = false;
  const isKnown = (): boolean => {
    if (!isRotated) {
      isRotated = true;
      for (const number of [4, 3, 2, 1]) renameSync(`${log}.${number}`, `${log}.${number + 1}`);
    }
    return false;
  };
  const missed = findMissed(log, 0, isKnown);
  assert.deepEqual(missed.map(({ path }) => path.slice(log.length)).toSorted(), ['.2', '.3', '.4', '.5']);
});
