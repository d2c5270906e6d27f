import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalJson, ComityError, limits, parseJson, showJson } from './index.ts';
import type { JsonValue } from './index.ts';

test('JSON longer than the limit is refused before it is parsed, what is none with the place it has', () => {
  assert.deepEqual(parseJson('[1]', 3), [1]);
  assert.throws(() => parseJson('[1 ]', 3, 'line 7'), {
    code: 'INPUT_TOO_LARGE',
    message: 'Cannot parse line 7: 4 characters, at most 3 are read',
  });
  assert.throws(
    () => parseJson('{', 9, 'line 7'),
    (error) => {
      assert.ok(error instanceof ComityError && error.cause instanceof SyntaxError);
      assert.equal(error.code, 'JSON_MALFORMED');
      assert.match(error.message, /^Cannot parse line 7 as JSON: ./);
      return true;
    },
  );
});

test('canonical JSON sorts keys by UTF-16 code units and writes numbers as ECMAScript does (RFC 8785 §3.2)', () => {
  assert.equal(
    canonicalJson({ '\u{1f600}': 1e21, '\uffff': -0, a: [null, true, '\n'] }),
    '{"a":[null,true,"\\n"],"😀":1e+21,"\uffff":0}',
  );
});

test('what I-JSON cannot say has no canonical JSON, though JSON.parse takes it (RFC 8785 §3.2.2, RFC 7493 §2)', () => {
  for (const text of ['{"a":"\\ud800"}', '{"\\udfff":1}', '[1e999]']) {
    assert.throws(() => canonicalJson(parseJson(text, 99)), { name: 'ComityError', code: 'JSON_MALFORMED' }, text);
  }
});

test('a value is shown in few characters however deep it is nested', () => {
  const nested = (depth: number): JsonValue => parseJson(`${'[{"a":'.repeat(depth)}1${'}]'.repeat(depth)}`, 1e8);
  assert.equal(showJson('as it is', 5), 'as it');
  assert.equal(showJson(undefined, 9), 'null');
  assert.equal(showJson(nested(2), 99), '[{"a":[{"a":1}]}]');
  assert.equal(showJson(nested(2), 4), '[{"a');
  assert.throws(() => JSON.stringify(nested(100_000)), RangeError);
  assert.equal(showJson(nested(100_000), 1e6), JSON.stringify(nested(limits.jsonDepthMax / 2)).replace('1', '"…"'));
});
