import assert from 'node:assert/strict';
import test from 'node:test';
import { portableOprf } from '@comity/protocol/lookup';
import { openOprfDesk } from './oprf-desk.ts';

const seed = new Uint8Array(32).fill(3);
const info = new Uint8Array(0);

test('work is done in its order on another thread, and what it throws keeps its code', async (context) => {
  const desk = openOprfDesk();
  context.after(() => desk.close());
  const key = await desk.do({ kind: 'key', seed, info });
  assert.deepEqual(key, portableOprf.deriveKey(seed, info));
  const bad = desk.do({ kind: 'evaluate', key, elements: [new Uint8Array(32)] });
  const inputs = [Uint8Array.of(1), Uint8Array.of(2)];
  const good = desk.do({ kind: 'outputs', secretKey: key.secretKey, inputs });
  await assert.rejects(bad, { code: 'LOOKUP_MALFORMED' });
  assert.deepEqual(
    (await good).map((output) => Buffer.from(output).toString('hex')),
    inputs.map((input) => Buffer.from(portableOprf.evaluate(key.secretKey, input)).toString('hex')),
  );
});

test('more work than may wait is refused, and what waits when the node closes is told so', async () => {
  const desk = openOprfDesk();
  const work = { kind: 'blind', inputs: [Uint8Array.of(1)] } as const;
  const all = Array.from({ length: 70 }, () => desk.do(work));
  const settled = Promise.allSettled(all);
  await desk.close();
  const codes = (await settled).map((each) =>
    each.status === 'rejected' ? (each.reason as { code: string }).code : 'done',
  );
  assert.equal(codes.filter((code) => code === 'TOO_MANY_REQUESTS').length, 5);
  assert.equal(codes.filter((code) => code === 'CONFLICT').length, 65);
  await assert.rejects(desk.do(work), { code: 'CONFLICT' });
});

test('a bug on the thread ends what waits, and the next work has a new one', async (context) => {
  const desk = openOprfDesk();
  context.after(() => desk.close());
  await assert.rejects(desk.do({ kind: 'outputs', secretKey: new Uint8Array(1), inputs: [Uint8Array.of(1)] }));
  assert.equal((await desk.do({ kind: 'blind', inputs: [Uint8Array.of(1)] })).length, 1);
});
