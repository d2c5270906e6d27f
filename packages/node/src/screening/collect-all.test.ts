import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collectAll } from './collect-all.ts';

test('what nothing holds is gone after a collection', () => {
  let held: unknown[] | undefined = Array.from({ length: 400_000 }, (_, index) => ({ index }));
  const before = process.memoryUsage().heapUsed;
  assert.ok(held.length > 0);
  held = undefined;
  collectAll();
  assert.ok(before - process.memoryUsage().heapUsed > 10_000_000);
});
