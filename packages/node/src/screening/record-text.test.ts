import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { recordText, recordTextBytesMax } from './record-text.ts';
import { recordTimeUs } from './record-time.ts';

test('a short record is kept whole, control characters included', () => {
  const record = Buffer.from('a\u0000\u001b[31m evil.example');
  assert.equal(recordText(record, 8, 20, 0), 'a\u0000\u001b[31m evil.example');
});

test('of a long record the part round the value is kept, cut between characters', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 30_000 }), fc.integer({ min: 0, max: 30_000 }), (before, after) => {
      const record = Buffer.from(`${'é'.repeat(before)}|evil.example|${'€'.repeat(after)}`);
      const start = before * 2 + 1;
      const text = recordText(record, start, start + 12, 0);
      assert.ok(text.includes('|evil.example|'));
      assert.ok(!text.includes('\uFFFD'));
      assert.ok(Buffer.byteLength(text) <= recordTextBytesMax + 6);
      assert.equal(text.startsWith('…') || text.endsWith('…'), record.length > recordTextBytesMax);
    }),
  );
});

test('a record with very many matches keeps a shorter part for the later ones', () => {
  const record = Buffer.alloc(20_000, 'x');
  assert.ok(recordText(record, 10_000, 10_010, 16).length <= 514);
});

test('the time of a record is taken where it names its offset from UTC or counts from the epoch', () => {
  const at = Date.UTC(2026, 0, 2, 3, 4, 5) * 1000;
  assert.equal(recordTimeUs('2026-01-02T03:04:05Z x'), at);
  assert.equal(recordTimeUs('<13>1 2026-01-02T05:04:05.123456+02:00 host'), at + 123_456);
  assert.equal(recordTimeUs('{"timestamp":"2026-01-02T05:04:05.1+0200"}'), at + 100_000);
  assert.equal(recordTimeUs(`${at / 1e6}.25\tCx\t192.0.2.1`), at + 250_000);
  assert.equal(recordTimeUs(`{"ts":${at / 1e6}.25,"id":1}`), at + 250_000);
  assert.equal(recordTimeUs('Jan  2 03:04:05 host app: no zone, no year'), undefined);
  assert.equal(recordTimeUs('2026-13-02T03:04:05Z'), undefined);
});
