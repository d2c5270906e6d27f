import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../packages/testkit/src/index.ts';
import { mutateJson } from './mutate-json.ts';
import { fuzz, productUses } from './run.ts';
import type { Use } from './run.ts';
import { seeds } from './seeds.ts';
import type { Seed } from './seeds.ts';

const options = { count: 300, seed: 5, mutantMsMax: 1000 };
const allUses = (use: Use): Record<Seed['use'], Use> => ({
  intelligence: use,
  pattern: use,
  records: use,
  rules: use,
  stix: use,
  time: use,
});

test('mutated documents, patterns, rules and records only ever meet our own errors, each with its place', async () => {
  const result = await fuzz(seeds(), productUses, options);
  assert.deepEqual(result.faults, []);
  assert.equal(result.mutants, options.count);
  assert.ok(result.items > 0 && result.rejected > 0, 'mutants are both read and refused');
});

test('a parser that lets a foreign error through is caught, with the number that makes the same bytes again', async () => {
  const planted = allUses((bytes) => {
    if (bytes.includes(0x7b)) throw new TypeError('planted');
    return Promise.resolve({ items: 0, rejected: 0 });
  });
  const first = await fuzz(seeds(), planted, options);
  const again = await fuzz(seeds(), planted, options);
  assert.ok(first.faults.length > 0);
  assert.match(first.faults[0]?.reason ?? '', /planted/);
  const bytesOf = ({ faults }: typeof first): unknown => faults.map(({ number, bytes }) => [number, [...bytes]]);
  assert.deepEqual(bytesOf(first), bytesOf(again));
});

test('a parser that is slow twice on the same mutant is caught', async () => {
  const slow = allUses(() => {
    const end = process.threadCpuUsage().user + 5000;
    while (process.threadCpuUsage().user < end);
    return Promise.resolve({ items: 0, rejected: 0 });
  });
  const result = await fuzz(seeds(), slow, { ...options, count: 3, mutantMsMax: 2 });
  assert.equal(result.faults.length, 3);
  assert.match(result.faults[0]?.reason ?? '', /it took/);
});

test('a document that is JSON is changed into another that is JSON, the same for the same number', () => {
  const document = '{"a":[1,{"b":"c"}],"__proto__":{"d":null}}';
  const mutants = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => mutateJson(document, createRandom(seed)));
  for (const mutant of mutants) JSON.parse(mutant);
  assert.ok(new Set(mutants).size > 6 && !mutants.includes(document));
  assert.equal(mutateJson(document, createRandom(1)), mutants[0]);
  assert.equal(mutateJson('{', createRandom(1)), '{');
});
