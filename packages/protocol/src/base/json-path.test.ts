import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textsOf, valueAt } from './index.ts';
import type { JsonObject } from './index.ts';

test('a value is found at dotted paths, through lists, and in keys with dots', () => {
  assert.equal(valueAt({ 'a.b': { c: 1 } }, 'a.b.c'), 1);
  assert.equal(valueAt({ 'a.b': 1, a: { b: 2 } }, 'a.b'), 1);
  assert.deepEqual(valueAt({ a: [{ b: 2 }, { b: [1] }, 7, { c: 3 }] }, 'a.b'), [2, 1]);
  assert.equal(valueAt({ a: { b: null } }, 'a.b'), null);
  for (const record of [{}, { a: 7 }, { a: [{ c: 1 }] }, { a: {} }]) assert.equal(valueAt(record, 'a.b'), undefined);
  assert.equal(valueAt({}, 'constructor.name'), undefined);
});

test('the texts of a value are its texts, numbers and truth values, within bounds', () => {
  const deep = JSON.parse(`${'{"a":'.repeat(40)}"x"${'}'.repeat(40)}`) as JsonObject;
  assert.deepEqual(textsOf(deep), []);
  assert.equal(textsOf(Array.from({ length: 5000 }, () => 'x')).length, 4096);
  assert.deepEqual(textsOf({ a: [true, null, 1], b: 'x' }), ['true', '1', 'x']);
});
