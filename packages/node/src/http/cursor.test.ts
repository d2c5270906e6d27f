import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numbersOfCursor } from './cursor.ts';

test('a cursor is as many numbers as it should be, and nothing else', () => {
  assert.deepEqual(numbersOfCursor('17', 1), [17]);
  assert.deepEqual(numbersOfCursor('17.0', 2), [17, 0]);
  for (const [cursor, count] of [
    ['', 1],
    ['17.0', 1],
    ['17', 2],
    ['17.', 2],
    ['17.0.0', 2],
    ['-1', 1],
    ['1e3', 1],
    ['1\n', 1],
    ['1234567890123456', 1],
    ['.'.repeat(100_000), 2],
  ] as const)
    assert.throws(() => numbersOfCursor(cursor, count), { code: 'ARGUMENT_INVALID' }, cursor.slice(0, 20));
});
