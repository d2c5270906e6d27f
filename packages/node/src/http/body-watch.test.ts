import assert from 'node:assert/strict';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import test from 'node:test';
import { BodyWatch } from './body-watch.ts';

test('a body within its limit passes whole and is counted', async () => {
  const watch = new BodyWatch(10, 1000);
  assert.equal(await text(Readable.from([Buffer.from('hello'), Buffer.from('world')]).pipe(watch)), 'helloworld');
  assert.equal(watch.receivedEncodedLength, 10);
});

test('a body that does not say its length is ended at the first byte beyond the limit', async () => {
  const watch = Readable.from([Buffer.from('hello'), Buffer.from('world!')]).pipe(new BodyWatch(10, 1000));
  await assert.rejects(text(watch), { code: 'INPUT_TOO_LARGE' });
});

test('a body that stalls is given up', async () => {
  const source = new PassThrough();
  source.write('hello');
  await assert.rejects(text(source.pipe(new BodyWatch(10, 20))), { code: 'ARGUMENT_INVALID' });
});

test('a body is not given up because we are slow to read it', async () => {
  const watch = new BodyWatch(1_000_000, 20);
  const source = Readable.from(Array.from({ length: 10 }, () => Buffer.alloc(50_000)));
  source.pipe(watch);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal((await text(watch)).length, 500_000);
});
