import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PendingBytes } from './pending-bytes.ts';

test('bytes that come one by one take little more room than they need, and are copies', () => {
  const pending = new PendingBytes();
  const given = Buffer.from('xaby');
  for (let count = 0; count < 50_000; count++) pending.append(given, 1, 3);
  given.fill(0);
  assert.equal(pending.length, 100_000);
  const taken = pending.take();
  assert.ok(taken.buffer.byteLength <= 2 * taken.length);
  assert.equal(Buffer.from(taken).toString(), 'ab'.repeat(50_000));
  assert.equal(pending.length, 0);
});

test('what was taken is not written over by what is appended later', () => {
  const pending = new PendingBytes();
  pending.append(Buffer.from('one'), 0, 3);
  const taken = pending.take();
  pending.append(Buffer.from('two'), 0, 3);
  assert.equal(Buffer.from(taken).toString(), 'one');
});
