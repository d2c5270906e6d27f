import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Table } from '@comity/screen';
import { Outbox, Traffic } from './outbox.ts';
import { PushedRecords } from './pushed-records.ts';
import type { Batch } from './worker-messages.ts';

/** A piece of a push without a key, or its end. */
const piece = (push: number, chunk: Uint8Array | undefined) =>
  ({ type: 'push', source: 1, epoch: 1, push, stream: `p${push}`, key: undefined, chunk, print: undefined }) as const;

test('a push that is abandoned while it waits for room is forgotten: nothing of it is committed later', async () => {
  const sent: Batch[] = [];
  const outbox = new Outbox(
    1,
    1,
    new Traffic(
      (message) => message.type === 'batch' && sent.push(message.batch),
      () => 0,
    ),
  );
  const table = Table.build([{ value: { kind: 'domain', value: 'evil.example' }, ref: 1 }], { seed: 1 });
  const spec = {
    source: 1,
    epoch: 1,
    kind: 'http',
    location: '',
    label: 'push',
    format: 'auto',
    nextStream: 1,
  } as const;
  const deps = { table: () => table, outbox, now: () => 0, wake: () => undefined };
  const records = new PushedRecords({ ...spec, createdMs: 0, streams: [] }, deps);
  const empty = { stream: 'other', state: undefined, matches: [], bytes: 0, records: 0 };
  while (!outbox.isFull) outbox.send(empty);
  const others = sent.length;

  const taken = records.take(piece(7, Buffer.from('evil.example\n')));
  const ended = records.take(piece(7, undefined));
  await setImmediate();
  records.abandon(7);
  for (const { epoch, number } of sent) outbox.committed(epoch, number);
  await Promise.all([taken, ended]);
  assert.deepEqual([sent.length, records.status().filesOpen], [others, 0]);

  await records.take(piece(8, Buffer.from('evil.example\n')));
  await records.take(piece(8, undefined));
  assert.deepEqual(
    sent.slice(others).map(({ stream, matches, push }) => [stream, matches.length, push]),
    [['p8', 1, { id: 8, key: undefined, last: true, print: undefined }]],
  );
});
