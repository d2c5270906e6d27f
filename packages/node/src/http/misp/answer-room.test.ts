import assert from 'node:assert/strict';
import test from 'node:test';
import { AnswerRoom } from './answer-room.ts';

test('an answer of 64 Mi characters is given; of a larger one it is said how to have it', () => {
  const room = new AnswerRoom();
  const text = 'x'.repeat(1024 * 1024);
  for (let taken = 0; taken < 64; taken += 1) assert.equal(room.take(text), text);
  assert.throws(() => room.take('x'), { code: 'CONFLICT', message: /ask with a limit/ });
});
