import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '@comity/testkit';
import { KeyFilter } from './key-filter.ts';
import { TableMemory } from './memory.ts';

function passed(filter: KeyFilter, seed: number): number {
  const random = createRandom(seed);
  let count = 0;
  for (let other = 0; other < 100_000; other++) count += Number(filter.mayHave(random.u32() | 0));
  return count;
}

test('a filter that was made for more and folded knows every key, and lets as few others pass as one of its size', () => {
  const memory = new TableMemory();
  const filter = new KeyFilter(memory, 'filter');
  filter.reserve(2 ** 20);
  const random = createRandom(3);
  const keys = Array.from({ length: 100_000 }, () => random.u32() | 0);
  for (const key of keys) filter.add(key);
  filter.fold();
  assert.equal(filter.words.length, 2 ** 15);
  memory.publish(() => filter.publish());
  const read = new KeyFilter(new TableMemory(memory.memory), 'filter');
  assert.ok(keys.every((key) => read.mayHave(key)));
  assert.ok(passed(read, 4) < 4000, `${passed(read, 4)} of 100,000 pass`);
});

test('a filter with more keys than it was made for says so', () => {
  const filter = new KeyFilter(new TableMemory(), 'nameFilter');
  filter.reserve(1000);
  const words = filter.words.length;
  for (let key = 0; key < words * 5; key++) filter.add(Math.imul(key, 0x9e37_79b1));
  assert.equal(filter.isCrowded, false);
  filter.add(7);
  assert.equal(filter.isCrowded, true);
});
