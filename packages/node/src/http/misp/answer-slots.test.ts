import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import test from 'node:test';
import { AnswerSlots } from './answer-slots.ts';

const made = async (): Promise<string> => 'made';
const refused = { code: 'TOO_MANY_REQUESTS' };

test('a slot is held until the answer is taken, be it an error', async () => {
  const slots = new AnswerSlots(1);
  const first = new PassThrough();
  assert.equal(await slots.hold(first, made), 'made');
  await assert.rejects(slots.hold(new PassThrough(), made), refused);
  first.end('answer');
  await nextTurn();
  await assert.rejects(slots.hold(new PassThrough(), made), refused, 'nobody has read it');
  first.resume();
  await nextTurn();
  const second = new PassThrough();
  const failing = slots.hold(second, async () => await Promise.reject(new Error('A fault')));
  await assert.rejects(failing, /A fault/);
  await assert.rejects(slots.hold(new PassThrough(), made), refused);
  second.end().resume();
  await nextTurn();
  assert.equal(await slots.hold(new PassThrough(), made), 'made');
});

test('whoever hangs up does not make room while the answer is still being made, nor is it lost then', async () => {
  const slots = new AnswerSlots(1);
  const { promise, resolve } = Promise.withResolvers<string>();
  const response = new PassThrough();
  const making = slots.hold(response, async () => await promise);
  response.destroy();
  await nextTurn();
  await assert.rejects(slots.hold(new PassThrough(), made), refused);
  resolve('late');
  assert.equal(await making, 'late');
  await nextTurn();
  const gone = new PassThrough().destroy();
  await nextTurn();
  assert.equal(await slots.hold(gone, made), 'made', 'one that is gone before it begins');
  await nextTurn();
  assert.equal(await slots.hold(new PassThrough(), made), 'made');
});
