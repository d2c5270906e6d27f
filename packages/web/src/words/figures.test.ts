import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFigures } from './figures.ts';

const english = createFigures('en-GB');
const hourMs = 3_600_000;
const nowMs = Date.UTC(2026, 10, 23, 9, 0, 0);

test('amounts are in units of a thousand with one digit from the megabyte on', () => {
  assert.equal(english.bytes(0), '0 bytes');
  assert.equal(english.bytes(999), '999 bytes');
  assert.equal(english.bytes(41_000), '41 kB');
  assert.equal(english.bytes(4_120_000), '4.1 MB');
  assert.equal(english.bytes(2 ** 50), '1,125.9 TB');
  assert.equal(english.bytesPerSecond(3_214_000), '3.2 MB/s');
});

test('times within a minute are now, earlier and later ones in the largest unit that fits', () => {
  assert.equal(english.relative(nowMs - 50_000, nowMs), 'now');
  assert.equal(english.relative(nowMs - 3 * 60_000, nowMs), '3 min ago');
  assert.equal(english.relative(nowMs + 48 * 60_000, nowMs), 'in 48 min');
  assert.equal(english.relative(nowMs - 24 * hourMs, nowMs), 'yesterday');
  assert.equal(english.span(nowMs - 5 * hourMs, nowMs), '5 hrs');
  assert.equal(english.span(nowMs - 5000, nowMs), '1 min');
});

test('an exact time in UTC names the zone', () => {
  assert.equal(english.exact(nowMs, true), '23 Nov 2026, 09:00:00 UTC');
});

test('Arabic writes Latin digits, as the values beside them are', () => {
  const arabic = createFigures('ar-AE-u-nu-latn');
  assert.match(arabic.count(1204), /^1,204$/);
  assert.match(arabic.relative(nowMs - 3 * hourMs, nowMs), /3/);
});
