import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareMatches } from './compare-matches.ts';

test('a planted loss, a planted double and a match of nothing are each caught', () => {
  assert.deepEqual(compareMatches(['a', 'b', 'c'], ['a', 'c', 'c', 'd', 'e', 'f', 'f'], new Set(['e', 'f', 'g'])), {
    faults: ['lost: b', 'found 2 times: c', 'never written: d', 'found 2 times: f'],
    faultCount: 4,
  });
  assert.deepEqual(compareMatches(['a', 'b'], ['b', 'a'], new Set()), { faults: [], faultCount: 0 });
});
