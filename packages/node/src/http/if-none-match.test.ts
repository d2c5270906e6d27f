import assert from 'node:assert/strict';
import test from 'node:test';
import { isAmong } from './if-none-match.ts';

test('If-None-Match is a list, of which one is enough, weak or strong; a star is any (RFC 9110 §13.1.2)', () => {
  const cases: readonly [string | undefined, boolean][] = [
    [undefined, false],
    ['', false],
    ['"a"', true],
    ['W/"a"', true],
    ['"b", W/"c" ,"a"', true],
    [' * ', true],
    ['"b"', false],
    ['a', false],
  ];
  for (const [header, isThere] of cases) assert.equal(isAmong('"a"', header), isThere, header);
});
