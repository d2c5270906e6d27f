import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adversarialInputs, inventIndicators } from '../../../testkit/src/corpus/index.ts';
import { Table } from '../table/index.ts';
import { HitList } from './hits.ts';
import { scan } from './scan.ts';

const values = [...inventIndicators(20_000, 1, ['hub.example'])];
const table = Table.build(values.map((value, ref) => ({ value, ref })));

function scanMs(bytes: Uint8Array): number {
  const hits = new HitList();
  const times = Array.from({ length: 5 }, () => {
    hits.reset();
    const { user, system } = process.cpuUsage();
    scan(table, bytes, 0, bytes.length, hits);
    const after = process.cpuUsage();
    return (after.user + after.system - user - system) / 1000;
  });
  return Math.min(...times);
}

for (const [name, make] of Object.entries(adversarialInputs)) {
  test(`eight times as much of "${name}" takes no more than about eight times as long`, () => {
    const small = make(100_000, values.slice(0, 500));
    const large = make(800_000, values.slice(0, 500));
    scanMs(small);
    // Times below a millisecond say nothing. A quadratic scan would take 64 times as long.
    const ratio = scanMs(large) / Math.max(1, scanMs(small));
    assert.ok(ratio < 24, `${ratio} times as long`);
  });
}
