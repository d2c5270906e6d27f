import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { ComityError } from '../base/index.ts';
import type { JsonObject } from '../base/index.ts';
import {
  addMarkings,
  clearMarkings,
  findSelected,
  isMarked,
  isSelector,
  markingsAt,
  removeMarkings,
  setMarkings,
} from './index.ts';

const red = 'marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed';
const white = 'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9';
const object: JsonObject = {
  name: 'n',
  labels: ['a', 'b'],
  x: { y: { z: 1 } },
  xy: 1,
  object_marking_refs: [white],
  granular_markings: [
    { marking_ref: red, selectors: ['x', 'labels.[0]'] },
    { lang: 'de', selectors: ['name'] },
    'nothing',
    { marking_ref: '', lang: '', selectors: ['name'] },
    { selectors: 1 },
  ],
};

function codeOf(run: () => unknown): string {
  try {
    run();
    return 'none';
  } catch (error) {
    assert.ok(error instanceof ComityError, String(error));
    return error.code;
  }
}

test('markings are those of the part, with what it stands in and what stands in it when asked (STIX 2.1 §7.2.3)', () => {
  assert.deepEqual(markingsAt(object, {}), [white]);
  assert.deepEqual(markingsAt(object, { selectors: ['x'] }), [red]);
  assert.deepEqual(markingsAt(object, { selectors: ['x.y.z'] }), []);
  assert.deepEqual(markingsAt(object, { selectors: ['x.y.z'], inherited: true }), [red, white]);
  assert.deepEqual(markingsAt(object, { selectors: ['xy'], inherited: true }), [white], 'xy does not stand in x');
  assert.deepEqual(markingsAt(object, { selectors: ['labels'] }), []);
  assert.deepEqual(markingsAt(object, { selectors: ['labels'], descendants: true }), [red]);
  assert.deepEqual(markingsAt(object, { selectors: ['name'] }, { langs: false }), []);
  assert.deepEqual(markingsAt(object, { selectors: ['x'] }, { refs: false }), []);
  assert.deepEqual(markingsAt(object, {}, { refs: false }), []);
});

test('a part is marked when it bears all the markings asked for', () => {
  assert.equal(isMarked(object, { selectors: ['x'] }), true);
  assert.equal(isMarked(object, { selectors: ['xy'] }), false);
  assert.equal(isMarked(object, { selectors: ['x'] }, [red, white]), false);
  assert.equal(isMarked(object, { selectors: ['x'], inherited: true }, [red, white]), true);
  assert.equal(isMarked(object, {}, [red, white]), true, 'one of them is enough for the whole object');
});

test('adding, removing, clearing and setting give a changed copy', () => {
  const before = JSON.stringify(object);
  assert.deepEqual(addMarkings({ a: 1 }, [red, 'en'], ['a'])['granular_markings'], [
    { marking_ref: red, selectors: ['a'] },
    { lang: 'en', selectors: ['a'] },
  ]);
  assert.deepEqual(addMarkings(object, [red])['object_marking_refs'], [white, red]);
  assert.deepEqual(removeMarkings(object, [white])['object_marking_refs'], undefined);
  assert.deepEqual(removeMarkings(object, [red], ['x'])['granular_markings'], [
    { marking_ref: red, selectors: ['labels.[0]'] },
    { lang: 'de', selectors: ['name'] },
  ]);
  assert.deepEqual(clearMarkings(object, ['name', 'x', 'labels.[0]'])['granular_markings'], undefined);
  assert.deepEqual(clearMarkings(object, ['name'], { langs: false })['granular_markings'], [
    { marking_ref: red, selectors: ['labels.[0]', 'x'] },
    { lang: 'de', selectors: ['name'] },
  ]);
  assert.deepEqual(
    clearMarkings(object, ['x'], { refs: false })['granular_markings'],
    addMarkings(object, [], ['x'])['granular_markings'],
  );
  assert.deepEqual(setMarkings(object, [red])['object_marking_refs'], [red]);
  assert.deepEqual(removeMarkings({ a: 1 }, [red]), { a: 1 });
  assert.deepEqual(removeMarkings({ a: 1 }, [red], ['a']), { a: 1 });
  assert.equal(JSON.stringify(object), before);
});

test('a selector that points to nothing, and a marking that is not there, are errors', () => {
  assert.equal(
    codeOf(() => markingsAt(object, { selectors: ['none'] })),
    'MARKING_MALFORMED',
  );
  assert.equal(
    codeOf(() => markingsAt(object, { selectors: [] })),
    'MARKING_MALFORMED',
  );
  assert.equal(
    codeOf(() => addMarkings(object, ['en'])),
    'MARKING_MALFORMED',
  );
  assert.equal(
    codeOf(() => addMarkings(object, ['indicator--613f2e26-407d-48c7-9eca-b8e91df99dc9'])),
    'MARKING_MALFORMED',
  );
  assert.equal(
    codeOf(() => removeMarkings(object, [red])),
    'NOT_FOUND',
  );
  assert.equal(
    codeOf(() => removeMarkings(object, [white], ['x'])),
    'NOT_FOUND',
  );
  assert.equal(
    codeOf(() => clearMarkings(object, ['xy'])),
    'NOT_FOUND',
  );
});

test('selectors name what an object owns, never what its prototype lends (§7.2.3.1)', () => {
  assert.equal(findSelected(object, 'labels.[1]'), 'b');
  assert.equal(findSelected(object, 'x.y.z'), 1);
  for (const selector of ['labels.[2]', 'labels.length', 'constructor', 'x.__proto__', 'name.[0]', 'labels.0']) {
    assert.equal(findSelected(object, selector), undefined, selector);
  }
  assert.ok(isSelector('a.[0].b-c'));
  for (const text of ['', '[0]', 'a..b', 'a.[x]', 'a.[-1]', 'é', 'a'.repeat(20_000)])
    assert.ok(!isSelector(text), text.slice(0, 20));
});

test('what was added is there, and taking it away again leaves the object as it was', () => {
  const part = fc.constantFrom('name', 'labels', 'labels.[0]', 'x', 'x.y.z');
  const { granular_markings: _, ...bare } = object;
  fc.assert(
    fc.property(
      fc.uniqueArray(part, { minLength: 1 }),
      fc.subarray([red, 'en', 'fr'], { minLength: 1 }),
      (selectors, markings) => {
        const marked = addMarkings(bare, markings, selectors);
        for (const selector of selectors) assert.ok(isMarked(marked, { selectors: [selector] }, markings));
        assert.deepEqual(removeMarkings(marked, markings, selectors), bare);
        assert.deepEqual(clearMarkings(marked, selectors), bare);
      },
    ),
  );
});
