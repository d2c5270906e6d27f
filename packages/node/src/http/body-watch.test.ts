import assert from 'node:assert/strict';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import test from 'node:test';
import { BodyWatch } from './body-watch.ts';

const limits = { bytesMax: 1_000_000, idleMs: 1000, wholeMs: undefined };

test('a body within its limit passes whole and is counted', async () => {
  const watch = new BodyWatch({ ...limits, bytesMax: 10 });
  assert.equal(await text(Readable.from([Buffer.from('hello'), Buffer.from('world')]).pipe(watch)), 'helloworld');
  assert.equal(watch.receivedEncodedLength, 10);
});

test('a body that does not say its length is ended at the first byte beyond the limit', async () => {
  const watch = Readable.from([Buffer.from('hello'), Buffer.from('world!')]).pipe(
    new BodyWatch({ ...limits, bytesMax: 10 }),
  );
  await assert.rejects(text(watch), { code: 'INPUT_TOO_LARGE' });
});

test('a body that stalls is given up', async () => {
  const source = new PassThrough();
  source.write('hello');
  await assert.rejects(text(source.pipe(new BodyWatch({ ...limits, idleMs: 20 }))), { code: 'ARGUMENT_INVALID' });
});

test('a body is not given up because we are slow to read it', async () => {
  const watch = new BodyWatch({ ...limits, idleMs: 20 });
  const source = Readable.from(Array.from({ length: 10 }, () => Buffer.alloc(50_000)));
  source.pipe(watch);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal((await text(watch)).length, 500_000);
});

test('a body that drips is given up when it must be whole and is not', async () => {
  const source = new PassThrough();
  const drip = setInterval(() => source.write('x'), 5);
  await assert.rejects(text(source.pipe(new BodyWatch({ ...limits, wholeMs: 60 }))), { code: 'ARGUMENT_INVALID' });
  clearInterval(drip);
});
