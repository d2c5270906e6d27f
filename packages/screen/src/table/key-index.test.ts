import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '@comity/testkit';
import { KeyIndex, uses } from './key-index.ts';
import { TableMemory } from './memory.ts';

const hashOf = (entry: number): number => Math.imul(entry + 1, 0x9e37_79b1);

function indexOn(memory: TableMemory): KeyIndex {
  return new KeyIndex(memory, () => uses.otherwise);
}

function entriesOf(index: KeyIndex, hash: number): number[] {
  const entries: number[] = [];
  if (!index.mayHave(hash)) return entries;
  for (let slot = index.firstSlot(hash); slot >= 0; slot = index.nextSlot(slot, hash))
    entries.push(index.entryIn(slot));
  return entries;
}

test('a key is found as soon as it is put in, however many wait for their slots', () => {
  const index = indexOn(new TableMemory());
  for (let entry = 0; entry < 200; entry++) {
    index.put(hashOf(entry), entry, uses.otherwise);
    if (entry % 7 === 0) assert.deepEqual(entriesOf(index, hashOf(entry)), [entry]);
  }
});

test('an index that grows keeps every key, those that wait too, and says how many there are', () => {
  const memory = new TableMemory();
  const index = indexOn(memory);
  for (let entry = 0; entry < 5000; entry++) index.put(hashOf(entry), entry, uses.otherwise);
  index.settle();
  assert.equal(index.count, 5000);
  const other = indexOn(new TableMemory(memory.memory));
  for (let entry = 0; entry < 5000; entry++) assert.deepEqual(entriesOf(other, hashOf(entry)), [entry]);
  assert.deepEqual(entriesOf(other, hashOf(5000)), []);
});

test('keys of one hash are all found', () => {
  const index = indexOn(new TableMemory());
  for (let entry = 0; entry < 5; entry++) index.put(-7, entry, uses.otherwise);
  assert.deepEqual(entriesOf(index, -7), [0, 1, 2, 3, 4]);
});

test('a filter as full as it gets lets one in 25 others pass at most, also where most bits of a hash name its word', () => {
  const index = indexOn(new TableMemory());
  const random = createRandom(7);
  const keys = Math.floor(3.49 * 2 ** 19);
  index.reserve(keys);
  assert.equal(index.filter.shift, 32 - 19);
  for (let entry = 0; entry < keys; entry++) index.put(random.u32() | 0, entry, uses.otherwise);
  let passed = 0;
  for (let other = 0; other < 100_000; other++) passed += Number(index.mayHave(random.u32() | 0));
  assert.ok(passed < 4000, `${passed} of 100,000 pass`);
});

test('keys of one use only make its filter grow with them', () => {
  const index = new KeyIndex(new TableMemory(), () => uses.asName);
  index.reserve(100_000);
  const random = createRandom(9);
  const hashes = Array.from({ length: 99_000 }, () => random.u32() | 0);
  for (const [entry, hash] of hashes.entries()) index.put(hash, entry, uses.asName);
  index.settle();
  assert.equal(index.nameFilter.isCrowded, false);
  assert.ok(hashes.every((hash) => index.mayHaveName(hash)));
  assert.equal(index.filter.count, 0);
});
