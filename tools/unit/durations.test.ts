import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { longestFirst, readDurations } from './durations.ts';

test('what took longest begins first, and before it what never ran, in the order it was given', () => {
  const took = new Map([
    ['quick', 20],
    ['slow', 9000],
  ]);
  assert.deepEqual(longestFirst(['quick', 'new', 'slow', 'newer'], took), ['new', 'newer', 'slow', 'quick']);
});

test('durations are read as they were kept; where none were, or they are broken, every file counts as new', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'comity-durations-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const file = join(dir, 'durations.json');
  assert.equal(readDurations(file).size, 0);
  writeFileSync(file, JSON.stringify({ 'a.test.ts': 12 }));
  assert.deepEqual([...readDurations(file)], [['a.test.ts', 12]]);
  writeFileSync(file, '{"a.test');
  assert.equal(readDurations(file).size, 0);
});
