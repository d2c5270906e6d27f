import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ComityError, parseTimestampUs, timestampOfUs } from './index.ts';

test('RFC 3339 §5.6: every millisecond until 2255, where doubles end to hold microseconds, is read as Date reads it', () => {
  const first = Date.UTC(1700, 0, 1);
  fc.assert(
    fc.property(fc.integer({ min: first, max: Date.UTC(2255, 0, 1) }), (ms) => {
      const text = new Date(ms).toISOString();
      assert.equal(parseTimestampUs(text), ms * 1000);
      assert.equal(timestampOfUs(ms * 1000), text);
    }),
    { numRuns: 5000 },
  );
});

test('a stored time without a year of four digits is written as Date writes it', () => {
  assert.equal(timestampOfUs(Date.UTC(9999, 11, 31, 23, 59, 59, 999) * 1000), '9999-12-31T23:59:59.999Z');
  assert.equal(timestampOfUs(Date.UTC(10_000, 0) * 1000), '+010000-01-01T00:00:00.000Z');
  assert.equal(timestampOfUs(Date.UTC(-1, 0) * 1000), '-000001-01-01T00:00:00.000Z');
});

test('digits beyond the microsecond are cut, a leap second is the next minute (STIX 2.1 §2.16)', () => {
  const midnightUs = Date.UTC(2024, 2, 1) * 1000;
  assert.equal(parseTimestampUs('2024-02-29T23:59:60Z'), midnightUs);
  assert.equal(parseTimestampUs('2024-03-01T00:00:00.1Z'), midnightUs + 100_000);
  assert.equal(parseTimestampUs('2024-03-01T00:00:00.1234567899Z'), midnightUs + 123_456);
});

test('what is no UTC timestamp, and a day or time that does not exist, is refused', () => {
  const refused = [
    '',
    'Z',
    '2024-01-01',
    '2024-01-01T00:00:00',
    '2024-01-01T00:00:00z',
    '2024-01-01T00:00:00+00:00',
    '2024-01-01 00:00:00Z',
    '2024-01-01T00:00:00.Z',
    '2024-01-01T00:00:00.1x2Z',
    '2024-01-01T00:00:00,5Z',
    '2024-01-01T00:00:0éZ',
    '+024-01-01T00:00:00Z',
    `2024-01-01T00:00:00.${'1'.repeat(60)}Z`,
    '2023-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2024-04-31T00:00:00Z',
    '2024-00-01T00:00:00Z',
    '2024-13-01T00:00:00Z',
    '2024-01-00T00:00:00Z',
    '2024-01-01T24:00:00Z',
    '2024-01-01T00:60:00Z',
    '2024-01-01T00:00:61Z',
  ];
  for (const text of refused) {
    assert.throws(
      () => parseTimestampUs(text),
      (error) => error instanceof ComityError && error.code === 'TIMESTAMP_MALFORMED',
      text,
    );
  }
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
      assert.throws(() => parseTimestampUs(text), ComityError);
    }),
  );
});

test('a time is written as toISOString writes it, at every edge of the calendar', () => {
  const ms = fc.oneof(
    fc.integer({ min: -62_167_219_300_000, max: 253_402_300_900_000 }),
    fc.constantFrom(-62_167_219_200_000, -62_167_219_200_001, 253_402_300_799_999, 253_402_300_800_000, 0, -1),
    fc
      .tuple(fc.integer({ min: 0, max: 9999 }), fc.constantFrom(0, 1, 2, 11), fc.constantFrom(1, 28, 29, 31))
      .map(([year, month, day]) => new Date(0).setUTCFullYear(year, month, day)),
  );
  fc.assert(
    fc.property(ms, (each) => {
      const us = each * 1000;
      assert.equal(timestampOfUs(us), new Date(Math.floor(us / 1000)).toISOString());
    }),
    { numRuns: 5000 },
  );
  assert.equal(timestampOfUs(-1), '1969-12-31T23:59:59.999Z');
});
