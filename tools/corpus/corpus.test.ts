import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { checkCorpus } from './check.ts';
import type { CorpusSet } from './sets.ts';

const dir = mkdtempSync(join(tmpdir(), 'comity-corpus-'));
after(() => rmSync(dir, { recursive: true }));
writeFileSync(join(dir, 'names.txt'), '# a list\nevil.example\n192.0.2.7\nnot a value at all\n');

const check = async (expected: CorpusSet['expected']): Promise<readonly string[]> => {
  const set: CorpusSet = { name: 'planted', path: 'names.txt', expected };
  const result = await checkCorpus([set], { find: (path) => join(dir, path), print: () => undefined });
  return result.faults;
};

test('a set that reads as expected has no fault', async () => {
  const expected = [
    { key: 'documents', count: 1 },
    { key: 'value domain', count: 1 },
    { key: 'value ipv4', count: 1 },
    { key: 'rejected', count: 1 },
  ];
  assert.deepEqual(await check(expected), []);
});

test('a lost value is a fault that names the set, the count and the number expected', async () => {
  assert.deepEqual(await check([{ key: 'value domain', count: 2 }]), ['planted: value domain: 1 instead of 2']);
});

test('a missing set is skipped and counted, not passed', async () => {
  const set: CorpusSet = { name: 'absent', path: 'nowhere', expected: [{ key: 'values', count: 1 }] };
  const lines: string[] = [];
  const result = await checkCorpus([set], { find: () => undefined, print: (line) => lines.push(line) });
  assert.equal(result.skipped, 1);
  assert.equal(result.checked, 0);
  assert.match(lines.join('\n'), /SKIPPED absent/);
});
