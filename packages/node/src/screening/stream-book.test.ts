import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newStream } from './followed-file.ts';
import { StreamBook, identityOf } from './stream-book.ts';
import type { StreamState } from './worker-messages.ts';

const spec = {
  source: 1,
  epoch: 1,
  kind: 'folder',
  location: '/logs',
  label: 'logs',
  format: 'auto',
  nextStream: 60_001,
  createdMs: 0,
} as const;
const ended = (number: number): StreamState => ({
  ...newStream(number, `/logs/${number}`, undefined),
  device: '1',
  inode: String(number),
  done: true,
});

test('of finished streams a bounded number is remembered, the newest; one that goes on is never forgotten', () => {
  const open = { ...ended(1), done: false };
  const book = new StreamBook({ ...spec, streams: [open] });
  for (let number = 2; number <= 60_000; number += 1) book.remember(ended(number));
  assert.equal(book.all().length, 50_001);
  assert.equal(book.findByIdentity(identityOf(open)), open);
  assert.equal(book.findByIdentity('1:2'), undefined);
  assert.equal(book.findByIdentity('1:60000')?.number, 60_000);
});
