import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runScreeningSuite } from './screening-suite.ts';

const say = (): void => undefined;

test('a node that loses writes it called durable is caught', { timeout: 120_000 }, async () => {
  const result = await runScreeningSuite({ kills: 3, seed: 7, say, forgetful: true });
  assert.ok(result.faultCount > 0, JSON.stringify(result));
});

test('killed a few times, every match is there once', { timeout: 120_000 }, async () => {
  assert.deepEqual((await runScreeningSuite({ kills: 4, seed: 8, say })).faults, []);
});
