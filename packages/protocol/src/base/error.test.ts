import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asOwnError, assert as assertOwn, ComityError, quote } from './index.ts';

test('operational errors are passed on as values, bugs are not', () => {
  const own = new ComityError('NOT_FOUND', 'Cannot find it');
  assert.equal(asOwnError(own), own);
  assert.throws(() => asOwnError(new TypeError('bug')), TypeError);
});

test('a bug is a plain error and never one of ours; a value in a message is quoted and cut', () => {
  assertOwn(true, 'holds');
  assert.throws(
    () => assertOwn(0, 'a count is positive'),
    (error) => {
      assert.ok(error instanceof Error && !(error instanceof ComityError));
      return error.message === 'Assertion failed: a count is positive';
    },
  );
  assert.equal(quote('a"\n'), '"a\\"\\n"');
  assert.equal(quote('x'.repeat(81)), `"${'x'.repeat(79)}…"`);
});
