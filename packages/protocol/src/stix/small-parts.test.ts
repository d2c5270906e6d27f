import assert from 'node:assert/strict';
import test from 'node:test';
import { ComityError, parseStixId } from '../base/index.ts';
import type { JsonObject, JsonValue } from '../base/index.ts';
import {
  deterministicId,
  formatTimestampUs,
  makeObservable,
  missingReferences,
  newVersion,
  parseIdentity,
  parseIndicator,
  parseMalware,
  parseReport,
  parseSighting,
  parseStixObject,
  translated,
  upgradeObject,
  valuesOf,
} from './index.ts';
import type { TimestampPrecision } from './index.ts';
import { visitReferences } from './containment.ts';
import { commonSetOf } from './model/common-properties.ts';
import { sliceMembers } from './json-slices.ts';
import { isSameJson } from './same-json.ts';
import { hasDuplicateKeys } from './validate/duplicate-keys.ts';

const uuid = '00000000-0000-4000-8000-000000000001';

function parse(type: string, own: JsonObject = {}): ReturnType<typeof parseStixObject> {
  return parseStixObject(JSON.stringify({ type, id: `${type}--${uuid}`, created: '2026-01-01T00:00:00Z', ...own }));
}

test('JSON is the same whatever the order of its keys, and never beyond the limit of depth', () => {
  assert.ok(isSameJson({ a: [1, { b: null }], c: 'd' }, { c: 'd', a: [1, { b: null }] }));
  for (const [one, other] of [
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: 1 }, { b: 1 }],
    [[1], [1, 2]],
    [[1], { '0': 1 }],
    [{}, []],
    [1, '1'],
  ] as [JsonValue, JsonValue][]) {
    assert.ok(!isSameJson(one, other), JSON.stringify([one, other]));
  }
  const deep = (): JsonValue => {
    let value: JsonValue = 1;
    for (let level = 0; level < 100; level++) value = [value];
    return value;
  };
  assert.ok(!isSameJson(deep(), deep()));
});

test('keys that stand twice are told from the text, a broken text too', () => {
  assert.ok(hasDuplicateKeys('{"a":1,"a":1}', { a: 1 }));
  assert.ok(!hasDuplicateKeys('{"a":[{"b:":"\\":\\\\"}]}', { a: [{ 'b:': '":\\' }] }));
  assert.ok(!hasDuplicateKeys('"a', 'a'));
});

test('a set of common properties that does not exist is a bug', () => {
  assert.throws(() => commonSetOf('none'), /Assertion failed/);
});

test('a key that is no JSON string is the text it is, and escapes in one are undone (RFC 8259 §7)', () => {
  const { members, end } = sliceMembers('{"\\u0061":1 , "\\x":{} ,"c":[2],"d" :tru', 0, 'c');
  assert.deepEqual(
    members.map(({ key, elements }) => [key, elements?.length]),
    [
      ['a', undefined],
      ['\\x', undefined],
      ['c', 1],
      ['d', undefined],
    ],
  );
  assert.equal(end, -1);
  for (const broken of ['{"a"', '{"a" 1}', '{"a":', '{"a":}', '{"a":,"b":1}', '{1:2}']) {
    assert.equal(sliceMembers(broken, 0, 'c').end, -1, broken);
  }
});

test('times are written with the digits their precision asks for (STIX 2.1 §2.16)', () => {
  const us = Date.UTC(2026, 0, 1) * 1000 + 120_500;
  const written = (options: TimestampPrecision): string => formatTimestampUs(us, options).slice('2026-01-01T'.length);
  assert.equal(written({ precision: 'any' }), '00:00:00.1205Z');
  assert.equal(written({ precision: 'millisecond' }), '00:00:00.120Z');
  assert.equal(written({ precision: 'millisecond', constraint: 'min' }), '00:00:00.1205Z');
  assert.equal(written({ precision: 'second' }), '00:00:00Z');
  assert.equal(written({ precision: 'second', constraint: 'min' }), '00:00:00.1205Z');
  assert.equal(formatTimestampUs(-1, { precision: 'any' }), '1969-12-31T23:59:59.999999Z');
});

test('times that are no text are refused, and nothing is made up for them', () => {
  const indicator = { type: 'indicator', id: `indicator--${uuid}`, pattern: '[a:b = 1]', pattern_type: 'stix' };
  assert.throws(() => parseStixObject(JSON.stringify({ ...indicator, modified: 7 })), /its modified "7" is not a UTC/);
  const object = parseStixObject(JSON.stringify({ ...indicator, created: '2026-01-01T00:00:00Z', valid_from: 7 }));
  assert.throws(() => parseIndicator(object), { name: 'ComityError', code: 'STIX_MALFORMED' });
});

test('a custom observable has no id that follows from it, and states no value (§2.9)', () => {
  assert.equal(deterministicId('x-own', { value: 'a.example' }), undefined);
  assert.deepEqual(valuesOf(parseStixObject(`{"type":"x-own","id":"x-own--${uuid}","value":"a.example"}`)), []);
});

test('an object without a name is called by its id', () => {
  assert.equal(parseIdentity(parse('identity')).name, `identity--${uuid}`);
  assert.equal(parseMalware(parse('malware', { malware_types: ['worm'] })).name, `malware--${uuid}`);
  assert.deepEqual(parseMalware(parse('malware', { malware_types: ['worm'], labels: ['a'] })).malwareTypes, ['worm']);
  const report = parseReport(parse('report', { report_types: ['malware'], object_refs: [`tool--${uuid}`] }));
  assert.deepEqual([report.name, report.reportTypes], [`report--${uuid}`, ['malware']]);
  assert.equal(parseSighting(parse('sighting', { sighting_of_ref: `tool--${uuid}` })).count, 1);
});

test('an observable is made with the markings it is given', () => {
  const white = parseStixId('marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9');
  const made = makeObservable({ kind: 'domain', value: 'a.example' }, { markingRefs: [white] });
  assert.deepEqual(made?.value['object_marking_refs'], [white]);
});

test('names of digests beyond any algorithm are no digests', () => {
  const file = parse('file', { name: 'a', hashes: { ['x'.repeat(40)]: 'a'.repeat(32) } });
  assert.deepEqual(valuesOf(file), [{ kind: 'file-name', value: 'a' }]);
});

test('references stand under names that end so, wherever they stand', () => {
  assert.deepEqual(
    [...missingReferences([{ refs: `tool--${uuid}`, a_refs: [[`tool--${uuid}`]], n: 1, z: null }])],
    [`tool--${uuid}`],
  );
});

test('a text that stands under no name is no reference', () => {
  visitReferences(`tool--${uuid}`, () => assert.fail('it was visited'));
});

test('what has no type is upgraded as it is, and versions of it are none', () => {
  assert.deepEqual(upgradeObject({ spec_version: '2.0' }).object, { spec_version: '2.1' });
  const observed = upgradeObject({ type: 'observed-data', objects: { '0': { x: { y: 1 } } } }).object;
  assert.deepEqual(observed['objects'], { '0': { x: { y: 1 } } });
  assert.throws(() => newVersion({ type: 'tool', created: '2026-01-01T00:00:00Z', modified: 1 }, {}, 0), ComityError);
  assert.throws(
    () => newVersion({ type: 'tool', created: 'x', modified: '2026-01-01T00:00:00Z' }, { modified: 1 }, 0),
    ComityError,
  );
  assert.deepEqual(translated({ a: [1] }, { contents: { en: { a: ['x'] } } }, 'en'), { a: [1] });
});
