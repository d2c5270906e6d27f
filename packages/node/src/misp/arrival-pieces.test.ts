import assert from 'node:assert/strict';
import test from 'node:test';
import type { Arrival } from '../intel/index.ts';
import { arrivalPieces } from './arrival-pieces.ts';

test('the order is read on behind each piece, one in which nothing passes as well, to its end and no further', () => {
  const query = { ids: undefined, types: undefined, kinds: undefined, source: undefined, lastOnly: true };
  const row = (atUs: number) => ({ atUs }) as Arrival;
  const order = [
    { rows: [row(1), row(2)], upToUs: 2, isEnd: false },
    { rows: [], upToUs: 7, isEnd: false },
    { rows: [row(9)], upToUs: 9, isEnd: true },
  ];
  const asked: number[] = [];
  const pieces = arrivalPieces(query, 2, ({ afterUs }, rowsMax) => {
    assert.equal(rowsMax, 2);
    asked.push(afterUs);
    return order[asked.length - 1]!;
  });
  assert.deepEqual(
    [...pieces].map((rows) => rows.map(({ atUs }) => atUs)),
    [[1, 2], [], [9]],
  );
  assert.deepEqual(asked, [0, 2, 7]);
});
