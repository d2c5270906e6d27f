import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import fc from 'fast-check';
import { ComityError } from '../base/index.ts';
import type { JsonObject } from '../base/index.ts';
import { findShared, skipWithout } from '../../../testkit/src/index.ts';
import {
  markingIdOfPap,
  markingIdOfTlp,
  markingsOf,
  papOfIep,
  parseIep,
  tlpInForce,
  unreadMarkingTlp,
  tlpMarkingObjects,
} from './index.ts';

const nobody = (): undefined => undefined;
const own = 'marking-definition--11111111-1111-4111-8111-111111111111';
const policy = 'marking-definition--22222222-2222-4222-8222-222222222222';
const iepExtension = 'extension-definition--762e2e97-ee51-43e5-a9ea-165fbb862c4a';

function find(definition: JsonObject): (id: string) => JsonObject | undefined {
  return (id) => (id === own ? definition : undefined);
}

test('predefined markings of TLP 2.0, TLP 1.0 and PAP need no lookup', () => {
  for (const { id, tlp } of tlpMarkingObjects) assert.equal(markingsOf({ object_marking_refs: [id] }, nobody).tlp, tlp);
  const both = markingsOf({ object_marking_refs: [markingIdOfTlp('amber'), markingIdOfPap('red')] }, nobody);
  assert.deepEqual([both.tlp, both.pap, both.unknownRefs], ['amber', 'red', []]);
});

test('of two TLP labels the strictest counts and the contradiction is told', () => {
  const marked = markingsOf({ object_marking_refs: [markingIdOfTlp('clear'), markingIdOfTlp('amber+strict')] }, nobody);
  assert.equal(marked.tlp, 'amber+strict');
  assert.equal(marked.tlpContradicts, true);
  const twice = tlpMarkingObjects.filter(({ tlp }) => tlp === 'green').map(({ id }) => id);
  assert.equal(markingsOf({ object_marking_refs: twice }, nobody).tlpContradicts, false);
});

test('a granular marking restricts the whole object; a language marking restricts nothing (STIX 2.1 §7.2.3)', () => {
  const granular_markings = [
    { selectors: ['description'], marking_ref: markingIdOfTlp('red') },
    { selectors: ['name'], lang: 'de' },
  ];
  const marked = markingsOf({ object_marking_refs: [markingIdOfTlp('green')], granular_markings }, nobody);
  assert.deepEqual([marked.tlp, marked.partsTlp, tlpInForce(marked, 'clear')], ['green', 'red', 'red']);
  assert.equal(marked.tlpContradicts, false);
  assert.deepEqual(marked.unknownRefs, []);
  assert.deepEqual(marked.granular[0], {
    selectors: ['description'],
    markingRef: markingIdOfTlp('red'),
    lang: undefined,
    tlp: 'red',
  });
});

test('a granular marking never widens what the object or its source says', () => {
  const clearName = [{ selectors: ['name'], marking_ref: markingIdOfTlp('clear') }];
  const unmarked = markingsOf({ granular_markings: clearName }, nobody);
  assert.equal(unmarked.tlp, undefined);
  assert.equal(tlpInForce(unmarked, 'amber'), 'amber');
  const amber = markingsOf({ object_marking_refs: [markingIdOfTlp('amber')], granular_markings: clearName }, nobody);
  assert.equal(tlpInForce(amber, 'clear'), 'amber');
  assert.equal(tlpInForce(markingsOf({}, nobody), 'green'), 'green');
});

test('references and parts of the wrong type are named as unknown, or mark nothing', () => {
  const marked = markingsOf(
    { object_marking_refs: [7], granular_markings: [7, { marking_ref: 7, selectors: 'name' }, { lang: 'de' }] },
    nobody,
  );
  assert.deepEqual(marked.unknownRefs, ['7', '7', '7']);
  const part = { selectors: [], markingRef: undefined, lang: undefined, tlp: undefined };
  assert.deepEqual(marked.granular, [part, part, { ...part, lang: 'de' }]);
  assert.deepEqual(markingsOf({ object_marking_refs: 'x' }, nobody).unknownRefs, ['object_marking_refs']);
});

test('a policy with a time or a word that is none is refused; null says nothing (IEP 2.0)', () => {
  for (const wrong of [
    { start_date: 'soon' },
    { end_date: 7 },
    { permitted_actions: 7 },
    { encrypt_in_transit: [[]] },
  ]) {
    assert.throws(() => parseIep(wrong), { name: 'ComityError', code: 'MARKING_MALFORMED' }, JSON.stringify(wrong));
  }
  const nothing = parseIep({ start_date: null, permitted_actions: null, name: '' });
  assert.deepEqual(nothing, { references: [], unread: [] });
});

test('a bug of who looks definitions up is not taken for a marking nobody can read', () => {
  const broken = {
    get extensions(): never {
      throw new TypeError('planted');
    },
  };
  assert.throws(() => markingsOf({ object_marking_refs: [own] }, find(broken)), TypeError);
});

test('a marking nobody can read is named, never dropped', () => {
  const definitions: JsonObject[] = [
    { type: 'marking-definition' },
    { definition_type: 'tlp', definition: { tlp: 'purple' } },
    { extensions: { [iepExtension]: { permitted_actions: 'anything-goes' } } },
    { extensions: { 'extension-definition--33333333-3333-4333-8333-333333333333': {} } },
  ];
  assert.deepEqual(markingsOf({ object_marking_refs: [own] }, nobody).unknownRefs, [own]);
  for (const definition of definitions) {
    assert.deepEqual(
      markingsOf({ object_marking_refs: [own] }, find(definition)).unknownRefs,
      [own],
      JSON.stringify(definition),
    );
  }
  assert.deepEqual(markingsOf({ object_marking_refs: 'TLP:RED' }, nobody).unknownRefs, ['object_marking_refs']);
  assert.deepEqual(markingsOf({ granular_markings: [{ selectors: ['name'], marking_ref: own }] }, nobody).unknownRefs, [
    own,
  ]);
});

test('statements and TLP under an id of somebody else are read through the lookup', () => {
  const statement = { definition_type: 'statement', definition: { statement: 'Copyright 2026, Example' } };
  assert.deepEqual(markingsOf({ object_marking_refs: [own] }, find(statement)).statements, ['Copyright 2026, Example']);
  const tlp = { definition_type: 'tlp', definition: { tlp: 'amber' } };
  assert.equal(markingsOf({ object_marking_refs: [own] }, find(tlp)).tlp, 'amber');
});

test('a second policy is not merged into the first: it counts as unread', () => {
  const definition = { extensions: { [iepExtension]: { tlp: 'amber', permitted_actions: 'none' } } };
  const marked = markingsOf({ object_marking_refs: [own, policy] }, () => definition);
  assert.deepEqual([marked.tlp, marked.pap, marked.unknownRefs], ['amber', 'red', [policy]]);
});

test('IEP 2.0 is read in the form of FIRST and of the STIX extension', () => {
  const first = parseIep({
    id: 'a',
    iep_version: '2.0',
    start_date: '2026-01-01T00:00:00Z',
    end_date: null,
    permitted_actions: 'externally-visible-indirect-actions',
    attribution: 'must-not',
    tlp: 'white',
    encrypt_at_rest: 'must',
  });
  assert.equal(first.tlp, 'clear');
  assert.equal(first.endUs, undefined);
  assert.equal(first.startUs, Date.UTC(2026, 0, 1) * 1000);
  assert.equal(papOfIep(first), 'amber');
  assert.deepEqual(first.unread, ['encrypt_at_rest']);
  const extension = parseIep({ iep_id: 'b', iep_version: 2, provider_attribution: 'must', unmodified_resale: 'may' });
  assert.deepEqual(
    [extension.id, extension.version, extension.attribution, extension.unmodifiedResale],
    ['b', '2.0', 'must', 'may'],
  );
});

const iepExamples = 'vectors/stix-extensions/iep-marking-definition-762';
test('the published IEP examples are read', { skip: skipWithout(iepExamples) }, () => {
  for (const [name, tlp] of [
    ['iep-data-marking-example.json', 'amber'],
    ['iep-data-marking-red-example.json', 'red'],
  ] as const) {
    const definition = JSON.parse(readFileSync(findShared(iepExamples, name) ?? name, 'utf8')) as JsonObject;
    const marked = markingsOf({ object_marking_refs: [own] }, find(definition));
    assert.deepEqual([marked.tlp, marked.unknownRefs], [tlp, []]);
    assert.deepEqual(marked.iep?.unread, []);
  }
});

test('arbitrary markings never throw, and an arbitrary policy throws only our own error', () => {
  const value = fc.jsonValue();
  fc.assert(
    fc.property(value, value, value, (refs, granular, definition) => {
      const object = { object_marking_refs: refs, granular_markings: granular } as JsonObject;
      markingsOf(object, () => ({ definition_type: 'tlp', definition }) as JsonObject);
      try {
        parseIep({ tlp: refs, start_date: granular, permitted_actions: definition } as JsonObject);
      } catch (error) {
        assert.ok(error instanceof ComityError);
      }
    }),
  );
});

test('definitions of known kinds are read in every form tools write, and those that say nothing are unknown', () => {
  const extension = (key: string, content: JsonObject): JsonObject => ({
    extensions: { [`extension-definition--${key}`]: content },
  });
  const read = (definition: JsonObject): ReturnType<typeof markingsOf> =>
    markingsOf({ object_marking_refs: [own] }, (id) => (id === own ? definition : undefined));
  assert.equal(read(extension('60a3c5c5-0d10-413e-aab3-9e08dde9e88d', { tlp_2_0: 'red' })).tlp, 'red');
  assert.equal(read(extension('f8d78575-edfd-406e-8e84-6162a8450f5b', { pap: 'amber' })).pap, 'amber');
  assert.deepEqual(read(extension('60a3c5c5-0d10-413e-aab3-9e08dde9e88d', { tlp_2_0: 'purple' })).unknownRefs, [own]);
  assert.deepEqual(read({ definition_type: 'statement', definition: { statement: 1 } }).unknownRefs, [own]);
  assert.deepEqual(markingsOf({}, nobody), { tlpContradicts: false, statements: [], granular: [], unknownRefs: [] });
  assert.throws(() =>
    markingsOf({ object_marking_refs: [own] }, () => {
      throw new TypeError('bug');
    }),
  );
});

test('a policy may be nameless and list what it refers to; one without actions limits none', () => {
  const policy = parseIep({ name: 'p', external_references: ['https://a.example/', 1] });
  assert.deepEqual([policy.name, policy.references], ['p', ['https://a.example/']]);
  assert.equal(papOfIep(policy), undefined);
});

test('what an object is handled under is its own or the source’s TLP, as strict as its strictest part, and tight when a marking cannot be read', () => {
  const read = { unknownRefs: [] };
  assert.equal(tlpInForce(read, 'green'), 'green');
  assert.equal(tlpInForce({ ...read, tlp: 'clear' }, 'red'), 'clear');
  assert.equal(tlpInForce({ ...read, tlp: 'clear', partsTlp: 'amber' }, 'green'), 'amber');
  const unread = { unknownRefs: ['marking-definition--1'] };
  assert.equal(tlpInForce(unread, 'clear'), unreadMarkingTlp);
  assert.equal(tlpInForce({ ...unread, tlp: 'green', partsTlp: 'clear' }, 'clear'), unreadMarkingTlp);
  assert.equal(tlpInForce({ ...unread, tlp: 'red' }, 'clear'), 'red');
});
