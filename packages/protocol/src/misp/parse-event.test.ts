import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ComityError, limits } from '../base/index.ts';
import type { JsonObject, JsonValue } from '../base/index.ts';
import { isMispDocument, parseMispEvent, parseMispEvents, readMispEvent } from './index.ts';
import type { MispAttribute, MispEvent } from './index.ts';

const uuid = '5c7cdc72-c9a4-4075-acb5-000000000001';

const read = (event: JsonObject): MispEvent => readMispEvent({ info: 'one event', ...event }, 'event');

/** The attribute these fields make; there must be one. */
function readAttribute(fields: JsonObject): MispAttribute {
  const [attribute] = read({ Attribute: [{ type: 'domain', value: 'a.example', ...fields }] }).attributes;
  assert.ok(attribute !== undefined);
  return attribute;
}

test('a document is MISP’s when its first element is an event, and nothing below that is looked at', () => {
  const event = { info: 'x', Attribute: [] };
  const are: JsonValue[] = [
    { Event: event },
    { response: [{ Event: event }] },
    { response: [] },
    [{ Event: event }],
    event,
    { info: 'x', Object: [] },
    { info: 'x', Orgc: {} },
  ];
  const areNone: JsonValue[] = [null, 7, [], [7], {}, { info: 'x' }, { Event: 7 }, { response: 7 }, { type: 'bundle' }];
  for (const document of are) assert.ok(isMispDocument(document), JSON.stringify(document));
  for (const document of areNone) assert.ok(!isMispDocument(document), JSON.stringify(document));
});

test('the organisation is who made the event, else who holds it, else nobody', () => {
  const organisationOf = (event: JsonObject): unknown => read(event).organisation;
  const [maker, holder] = [{ name: 'Maker', uuid }, { name: 'Holder' }];
  assert.deepEqual(organisationOf({ Orgc: maker, Org: holder }), { name: 'Maker', uuid });
  assert.deepEqual(organisationOf({ Org: holder }), { name: 'Holder', uuid: undefined });
  assert.deepEqual(organisationOf({ Orgc: 'Maker' }), { name: '', uuid: undefined });
});

test('a day is YYYY-MM-DD or none; levels are numbers, as text too', () => {
  assert.equal(read({ date: '2026-01-01' }).date, '2026-01-01');
  assert.equal(read({ date: '1.1.2026' }).date, '');
  assert.equal(read({ threat_level_id: '2' }).threatLevel, 2);
  assert.equal(read({ threat_level_id: 'high' }).threatLevel, undefined);
});

test('a part that cannot be used is a fault with its place', () => {
  const { faults, attributes, objects } = read({
    Attribute: [7, { value: 'x' }, { type: 'x'.repeat(201), value: 'x' }, { type: 'text', value: ' ' }],
    Object: ['x', { Attribute: [{ type: 'domain' }] }],
  });
  assert.deepEqual(faults, [
    { place: 'event.Attribute[0]', reason: 'it is no object' },
    { place: 'event.Attribute[1]', reason: 'it has no type' },
    { place: 'event.Attribute[2]', reason: 'it has no type' },
    { place: 'event.Attribute[3]', reason: 'it has no value' },
    { place: 'event.Object[0]', reason: 'it is no object' },
    { place: 'event.Object[1].Attribute[0]', reason: 'it has no value' },
  ]);
  assert.deepEqual([attributes.length, objects.length], [0, 1]);
  const long = 'x'.repeat(limits.stixObjectCharsMax + 1);
  const tooLong = read({ Attribute: [{ type: 'text', value: long }] }).faults;
  assert.deepEqual(tooLong, [{ place: 'event.Attribute[0]', reason: `its value has ${long.length} characters` }]);
});

test('a value may be a truth value, or stand in two halves as old exports have it', () => {
  assert.equal(readAttribute({ value: true }).value, 'true');
  assert.equal(readAttribute({ value: 7 }).value, '7');
  assert.equal(readAttribute({ value: '', value1: 'a.example', value2: '192.0.2.1' }).value, 'a.example|192.0.2.1');
  assert.equal(readAttribute({ value: null, value1: 'a.example', value2: '' }).value, 'a.example');
});

test('a sharing group is told by its name, else its uuid, else its number; 0 is none', () => {
  const groupOf = (fields: JsonObject): string | undefined => readAttribute(fields).sharingGroup;
  assert.equal(groupOf({ SharingGroup: { name: 'Banks', uuid }, sharing_group_id: '3' }), 'Banks');
  assert.equal(groupOf({ SharingGroup: { uuid }, sharing_group_id: '3' }), uuid);
  assert.equal(groupOf({ SharingGroup: {}, sharing_group_id: '3' }), '3');
  assert.equal(groupOf({ sharing_group_id: 3 }), '3');
  assert.equal(groupOf({ sharing_group_id: '0' }), undefined);
  assert.equal(groupOf({}), undefined);
});

test('seen times are RFC 3339 with an offset or Unix seconds; what is neither, or before 1970, is none', () => {
  const seen = (text: JsonValue): number | undefined => readAttribute({ first_seen: text }).firstSeenUs;
  const us = 1_767_225_600_000_000; // 2026-01-01T00:00:00Z
  assert.equal(seen('2026-01-01T00:00:00.000001Z'), us + 1);
  assert.equal(seen('2026-01-01T02:30:00+02:30'), us);
  assert.equal(seen('2025-12-31T22:00:00-0200'), us);
  assert.equal(seen('1767225600'), us);
  assert.equal(seen(1_767_225_600), us);
  for (const none of ['2026-02-30T00:00:00Z', '1970-01-01T00:00:00+01:00', '2026-01-01', 'soon', 0, null]) {
    assert.equal(seen(none), undefined, String(none));
  }
});

test('a sighting says who saw it, by organisation or source; clusters, tags and references that are none are passed over', () => {
  const attribute = readAttribute({
    Sighting: [7, { source: 'sensor' }, { uuid, type: '1', Organisation: { name: 'CERT Example' } }],
    Tag: [{ name: ' a ' }, { name: '' }, { name: 'x'.repeat(1001) }, 7],
    Galaxy: [
      7,
      { type: 'tool', GalaxyCluster: [7, { value: '' }, { value: 'X', meta: { synonyms: ['Y', 7] } }] },
      { GalaxyCluster: [{ type: 'rat', value: 'Z', uuid, version: '2', meta: 'none', description: 'd' }] },
    ],
    data: 'AA==',
  });
  assert.deepEqual(
    attribute.sightings.map(({ type, organisation, seenUs }) => [type, organisation, seenUs]),
    [
      [0, 'sensor', undefined],
      [1, 'CERT Example', undefined],
    ],
  );
  assert.deepEqual(attribute.tags, [{ name: 'a', local: false }]);
  assert.deepEqual(
    attribute.galaxies.map(({ galaxy, value, synonyms, version }) => [galaxy, value, synonyms, version]),
    [
      ['tool', 'X', ['Y'], 0],
      ['rat', 'Z', [], 2],
    ],
  );
  assert.ok(attribute.hasData && !readAttribute({ data: '' }).hasData);
  const [object] = read({ Object: [{ name: 'file', ObjectReference: [7, { referenced_uuid: uuid }] }] }).objects;
  assert.deepEqual(object?.references, [{ target: uuid, relation: '' }]);
});

test('brackets without end are one of our errors or none, never one of the platform', () => {
  for (const bomb of ['['.repeat(1e5) + ']'.repeat(1e5), '{"a":'.repeat(1e5) + '1' + '}'.repeat(1e5)]) {
    assert.throws(() => parseMispEvent(`{"info":"x","uuid":${bomb}}`), { name: 'ComityError', code: 'MISP_MALFORMED' });
    assert.throws(() => parseMispEvent(`{"info":"x","timestamp":${bomb}}`), ComityError);
    const sighted = `{"info":"x","Attribute":[{"type":"domain","value":"a.example","Sighting":[{"a":${bomb}}]}]}`;
    assert.equal(parseMispEvent(sighted).attributes[0]?.sightings.length, 1);
    assert.equal([...parseMispEvents(`[{"info":${bomb}}]`)].length, 1);
  }
});
