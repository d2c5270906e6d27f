import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { ComityError } from '../base/index.ts';
import { formatIdempotencyKey, parseIdempotencyKey } from './index.ts';

const printable = fc.string({
  minLength: 1,
  maxLength: 200,
  unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCodePoint(code)),
});

test('a key is an RFC 9651 String (draft-ietf-httpapi-idempotency-key-header, 2.1)', () => {
  assert.equal(parseIdempotencyKey('"8e03978e-40d5-43dd-bc93-6894a57f9324"'), '8e03978e-40d5-43dd-bc93-6894a57f9324');
  assert.equal(parseIdempotencyKey(String.raw` "a\"b\\c" `), String.raw`a"b\c`);
  const bad = [
    '',
    'plain',
    '"',
    '""',
    '"a',
    'a"',
    '"a" "b"',
    '"a", "b"',
    '"a";p=1',
    '"ü"',
    '"a\tb"',
    String.raw`"\a"`,
    String.raw`"a\"`,
    `"${'x'.repeat(201)}"`,
  ];
  for (const text of bad) assert.throws(() => parseIdempotencyKey(text), { code: 'ARGUMENT_INVALID' }, text);
});

test('what is written is read back, whatever the key', () => {
  fc.assert(fc.property(printable, (key) => assert.equal(parseIdempotencyKey(formatIdempotencyKey(key)), key)));
});

test('a header of anything gives a key within the bounds or our own error, in linear time', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((text) => `"${text}"`),
      ),
      (text) => {
        try {
          assert.match(parseIdempotencyKey(text), /^[ -~]{1,200}$/);
        } catch (error) {
          assert.ok(error instanceof ComityError && error.code === 'ARGUMENT_INVALID', String(error));
        }
      },
    ),
  );
  const begun = process.cpuUsage();
  for (const text of [`"${'\\"'.repeat(1e6)}`, `"${' '.repeat(1e6)}`, ' '.repeat(1e6)])
    assert.throws(() => parseIdempotencyKey(text));
  assert.ok(process.cpuUsage(begun).user < 500_000);
});
