import assert from 'node:assert/strict';
import test from 'node:test';
import { parseStixId } from '@comity/protocol/base';
import { markingIdOfPap, markingIdOfTlp } from '@comity/protocol/markings';
import type { Tlp } from '@comity/protocol/markings';
import fc from 'fast-check';
import { traitsOf } from '@comity/protocol/sharing';
import { labelledText } from '../exit/labelled-text.ts';
import { facetsOf } from './facets-of.ts';
import type { FacetsDeps } from './facets-of.ts';
import type { ShareableObject } from './shareable.ts';

const uuid = (number: number) => `00000000-0000-4000-8000-${number.toString().padStart(12, '0')}`;
const statementId = `marking-definition--${uuid(900)}`;
const policyId = `marking-definition--${uuid(901)}`;
const definitions: Record<string, unknown> = {
  [statementId]: { definition_type: 'statement', definition: { statement: 'Do not tell the press' } },
  [policyId]: {
    extensions: {
      'extension-definition--762e2e97-ee51-43e5-a9ea-165fbb862c4a': {
        start_date: '2026-02-01T00:00:00Z',
        end_date: '2026-03-01T00:00:00Z',
        permitted_actions: 'contact-for-instruction',
        attribution: 'must-not',
        encrypt_in_transit: 'must',
      },
    },
  },
};

function stored(type: string, number: number, rest: Record<string, unknown> = {}, tlp: Tlp = 'green'): ShareableObject {
  const id = parseStixId(`${type}--${uuid(number)}`);
  const text = JSON.stringify({ type, id, ...rest });
  return { id, type, modifiedUs: 1, text, tlp, leaseUntilUs: undefined, recalled: false, own: false };
}

function depsOf(objects: readonly ShareableObject[], read: readonly string[] = []): FacetsDeps {
  return {
    findMarking: (id) => definitions[id] as never,
    find: (id) => objects.find((object) => object.id === id),
    isRead: (statement) => read.includes(statement),
    hopsLeftOf: () => undefined,
  };
}
const facets = (object: ShareableObject, nowUs = 0, deps = depsOf([])) => facetsOf(object, nowUs, deps);

test('the stricter of the label in force and of the text’s own counts', () => {
  const clear = { object_marking_refs: [markingIdOfTlp('clear')] };
  assert.equal(facets(stored('indicator', 1, clear, 'amber')).tlp, 'amber');
  const red = { object_marking_refs: [markingIdOfTlp('red')] };
  assert.equal(facets(stored('indicator', 1, red, 'clear')).tlp, 'red');
  assert.equal(facets(stored('indicator', 1, {}, 'green')).tlp, 'green');
});

test('a text nobody can read, or with a marking nobody can read, bears an unread marking', () => {
  assert.equal(facets({ ...stored('indicator', 1), text: '{' }).unreadMarking, true);
  assert.equal(facets({ ...stored('indicator', 1), text: '[]' }).unreadMarking, true);
  assert.equal(
    facets(stored('indicator', 1, { object_marking_refs: [`marking-definition--${uuid(999)}`] })).unreadMarking,
    true,
  );
  assert.equal(facets(stored('indicator', 1)).unreadMarking, false);
});

test('a statement is a caveat until a person has read it', () => {
  const object = stored('indicator', 1, { object_marking_refs: [statementId] });
  assert.equal(facets(object).caveat, true);
  assert.equal(facets(object, 0, depsOf([], ['Do not tell the press'])).caveat, false);
});

test('a policy is of its time; a clock that is none ends it (IEP 2.0)', () => {
  const object = stored('indicator', 1, { object_marking_refs: [policyId] });
  const periodAt = (time: number) => facets(object, time * 1000).iep?.period;
  assert.equal(periodAt(Date.UTC(2026, 0, 31)), 'before');
  assert.equal(periodAt(Date.UTC(2026, 1, 1)), 'within');
  assert.equal(periodAt(Date.UTC(2026, 2, 1)), 'after');
  assert.equal(periodAt(Number.NaN), 'after');
  const { iep, pap } = facets(object, Date.UTC(2026, 1, 1) * 1000);
  assert.deepEqual([iep?.attribution, iep?.encrypt, iep?.asksFirst, pap], ['must-not', true, true, 'red']);
});

test('a lease runs, ends at its instant, and ends without a clock; a recall comes before', () => {
  const lent = { ...stored('indicator', 1), leaseUntilUs: 1000 };
  assert.deepEqual(
    [999, 1000, Number.NaN].map((now) => facets(lent, now).lease),
    ['running', 'ended', 'ended'],
  );
  assert.equal(facets({ ...lent, recalled: true }, 1).lease, 'recalled');
});

test('a container is as strict as its strictest part, at any depth, in each facet (TLP 2.0)', () => {
  const red = stored('indicator', 2, { object_marking_refs: [markingIdOfTlp('red')] });
  const papRed = stored('malware', 3, { object_marking_refs: [markingIdOfPap('red'), statementId] });
  const recalled = { ...stored('indicator', 4), recalled: true };
  const person = stored('identity', 5, { identity_class: 'individual' });
  const inner = stored('grouping', 6, { object_refs: [red.id, `report--${uuid(7)}`] });
  const outer = stored(
    'report',
    7,
    { object_refs: [inner.id, papRed.id, recalled.id, person.id, `tool--${uuid(8)}`] },
    'clear',
  );
  const found = facets(outer, 0, depsOf([red, papRed, recalled, person, inner, outer]));
  assert.deepEqual(
    [found.tlp, found.pap, found.caveat, found.lease, found.personalData, found.type],
    ['red', 'red', true, 'recalled', true, 'report'],
  );
  assert.equal(facets(outer, 0, depsOf([])).tlp, 'clear', 'what is not here cannot leave');
});

test('a container with more parts than are looked at is handled as if one could not be read', () => {
  const parts = Array.from({ length: 1001 }, (_, index) => stored('indicator', 1000 + index));
  const report = stored('report', 1, { object_refs: parts.map(({ id }) => id) });
  const byId = new Map(parts.map((part) => [part.id as string, part]));
  const deps = { ...depsOf([]), find: (id: string) => byId.get(id) };
  assert.equal(facetsOf(report, 0, deps).unreadMarking, true);
  const fewer = stored('report', 1, { object_refs: parts.slice(1).map(({ id }) => id) });
  assert.equal(facetsOf(fewer, 0, deps).unreadMarking, false);
});

test('what identifies a person is seen', () => {
  const isPersonal = (type: string, rest: Record<string, unknown>) => facets(stored(type, 1, rest)).personalData;
  assert.ok(isPersonal('identity', { identity_class: 'individual' }));
  assert.ok(isPersonal('email-addr', { value: 'a@b.example' }));
  assert.ok(isPersonal('indicator', { pattern: "[email-message:from_ref.value = 'a@b.example']" }));
  assert.ok(!isPersonal('indicator', { pattern: "[domain-name:value = 'b.example']" }));
  assert.ok(!isPersonal('identity', { identity_class: 'organization' }));
});

test('what leaves says the label it is handled under, and is byte for byte as it came when it said so already', () => {
  const label = (text: string, tlp: Tlp) =>
    labelledText(text, { tlp, pap: undefined, unreadMarking: false }, (id) => definitions[id] as never);
  const green = stored('indicator', 1, { object_marking_refs: [markingIdOfTlp('green')] }).text;
  assert.equal(label(green, 'green').text, green);
  const tightened = JSON.parse(label(green, 'amber').text) as Record<string, unknown>;
  assert.deepEqual(tightened['object_marking_refs'], [markingIdOfTlp('amber')]);
  const statement = stored('indicator', 1, { object_marking_refs: [statementId] }).text;
  const labelled = label(statement, 'green');
  assert.deepEqual((JSON.parse(labelled.text) as Record<string, unknown>)['object_marking_refs'], [
    markingIdOfTlp('green'),
    statementId,
  ]);
  assert.deepEqual(labelled.definitionIds, [statementId]);
  const part = stored('indicator', 1, {
    object_marking_refs: [markingIdOfTlp('clear')],
    granular_markings: [{ selectors: ['id'], marking_ref: markingIdOfTlp('amber') }],
  }).text;
  assert.equal(label(part, 'amber').text, part);
});

test('traits say of an object what its text says: facets read from either are the same', () => {
  const good = [markingIdOfTlp('green'), markingIdOfTlp('red'), markingIdOfPap('red'), statementId, policyId, 'x'];
  const parts = [{ marking_ref: markingIdOfTlp('red'), selectors: ['name'] }];
  const object = fc.record(
    {
      object_marking_refs: fc.oneof(
        { weight: 6, arbitrary: fc.subarray(good) },
        fc.constantFrom('text', null, {}, [7], [good[0], null]),
      ),
      granular_markings: fc.constantFrom(undefined, undefined, undefined, [], parts, 'x'),
      identity_class: fc.constantFrom('individual', 'class', 7),
      pattern: fc.constantFrom("[email-addr:value = 'a@b.example']", "[url:value = 'x']", 7),
    },
    { requiredKeys: [] },
  );
  let withTraits = 0;
  fc.assert(
    fc.property(fc.constantFrom('indicator', 'identity', 'email-addr', 'malware'), object, (type, rest) => {
      const plain = stored(type, 1, rest);
      const traits = traitsOf(JSON.parse(plain.text) as never);
      if (traits === undefined) return;
      withTraits += 1;
      assert.deepEqual(facets({ ...plain, traits, text: '' }), facets(plain));
    }),
    { numRuns: 500 },
  );
  assert.ok(withTraits > 50);
});
