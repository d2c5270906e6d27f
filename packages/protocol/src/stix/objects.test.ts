import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { JsonObject } from '../base/index.ts';
import { ComityError, limits, parseStixId } from '../base/index.ts';
import type { Value } from '../values/index.ts';
import {
  commonView,
  deterministicId,
  makeIdentity,
  makeIndicator,
  makeObservable,
  makeRelationship,
  makeSighting,
  parseIdentity,
  parseIndicator,
  parseMalware,
  parseRelationship,
  parseReport,
  parseSighting,
  parseStixObject,
  valuesOf,
} from './index.ts';

const uuid = '00000000-0000-4000-8000-000000000001';
const indicatorId = parseStixId(`indicator--${uuid}`);
const identityId = parseStixId(`identity--${uuid}`);
const atUs = Date.UTC(2026, 0, 2, 3, 4, 5, 678) * 1000;

function parse(object: object): ReturnType<typeof parseStixObject> {
  return parseStixObject(JSON.stringify(object));
}

function codeOf(run: () => unknown): string {
  try {
    run();
    return 'none';
  } catch (error) {
    assert.ok(error instanceof ComityError, String(error));
    return error.code;
  }
}

test('what is made reads back as what was asked for', () => {
  const made = makeIndicator({
    id: indicatorId,
    createdUs: atUs,
    createdByRef: identityId,
    name: 'Test',
    pattern: "[domain-name:value = 'evil.example']",
    validFromUs: atUs,
    validUntilUs: atUs + 1_000_000,
    indicatorTypes: ['malicious-activity'],
    labels: [],
    confidence: 0,
    killChainPhases: [{ killChainName: 'lockheed', phaseName: 'delivery' }],
    externalReferences: [{ sourceName: 'example', url: 'https://example.com/' }],
  });
  assert.deepEqual(parseStixObject(made.text), made);
  assert.deepEqual(parseIndicator(made), {
    name: 'Test',
    description: undefined,
    pattern: "[domain-name:value = 'evil.example']",
    patternType: 'stix',
    patternVersion: undefined,
    stixVersion: '2.1',
    validFromUs: atUs,
    validUntilUs: atUs + 1_000_000,
    indicatorTypes: ['malicious-activity'],
  });
  assert.equal(made.value['labels'], undefined, 'no empty lists (STIX 2.1 §2.12)');
  assert.equal(commonView(made).confidence, 0);
  assert.equal(made.value['created'], '2026-01-02T03:04:05.678Z');
});

test('created and modified are written with three digits, and the version says the same (STIX 2.1 §3.2)', () => {
  const made = makeIdentity({ id: identityId, createdUs: atUs + 999, name: 'Example CERT' });
  assert.equal(made.modifiedUs, atUs);
  assert.deepEqual(parseStixObject(made.text), made);
});

test('sighting, relationship and identity read back', () => {
  const sighting = makeSighting({
    id: parseStixId(`sighting--${uuid}`),
    createdUs: atUs,
    sightingOfRef: indicatorId,
    count: 3,
    firstSeenUs: atUs,
    whereSightedRefs: [identityId],
  });
  assert.deepEqual(parseSighting(parseStixObject(sighting.text)), {
    sightingOfRef: indicatorId,
    firstSeenUs: atUs,
    lastSeenUs: undefined,
    count: 3,
    observedDataRefs: [],
    whereSightedRefs: [identityId],
  });
  const relationship = makeRelationship({
    id: parseStixId(`relationship--${uuid}`),
    createdUs: atUs,
    relationshipType: 'indicates',
    sourceRef: indicatorId,
    targetRef: identityId,
  });
  assert.equal(parseRelationship(relationship).relationshipType, 'indicates');
  assert.deepEqual(commonView(relationship).refs, [indicatorId, identityId]);
  assert.equal(
    parseIdentity(makeIdentity({ id: identityId, createdUs: atUs, name: 'X', sectors: ['energy'] })).sectors[0],
    'energy',
  );
});

test('an indicator without pattern or valid_from, or one that ends before it begins, cannot be used', () => {
  const base = { type: 'indicator', id: indicatorId, created: '2026-01-01T00:00:00Z' };
  const whole = { ...base, pattern: '[a:b=1]', valid_from: '2026-01-01T00:00:00Z' };
  assert.equal(
    codeOf(() => parseIndicator(parse(whole))),
    'none',
  );
  assert.equal(
    codeOf(() => parseIndicator(parse({ ...whole, pattern: undefined }))),
    'STIX_MALFORMED',
  );
  assert.equal(
    codeOf(() => parseIndicator(parse({ ...whole, valid_from: undefined }))),
    'STIX_MALFORMED',
  );
  assert.equal(
    codeOf(() => parseIndicator(parse({ ...whole, valid_from: 'today' }))),
    'STIX_MALFORMED',
  );
  assert.equal(
    codeOf(() => parseIndicator(parse({ ...whole, valid_until: '2025-01-01T00:00:00Z' }))),
    'STIX_MALFORMED',
  );
});

test('STIX 2.0 kept the types of indicators, malware and reports in labels', () => {
  const common = { created: '2026-01-01T00:00:00Z', labels: ['c2'], name: 'n' };
  const indicator = parse({
    ...common,
    type: 'indicator',
    id: indicatorId,
    pattern: '[a:b=1]',
    valid_from: '2026-01-01T00:00:00Z',
  });
  assert.deepEqual(parseIndicator(indicator).indicatorTypes, ['c2']);
  assert.equal(parseIndicator(indicator).patternType, 'stix');
  assert.equal(parseIndicator(indicator).stixVersion, '2.0');
  assert.deepEqual(parseMalware(parse({ ...common, type: 'malware', id: `malware--${uuid}` })).malwareTypes, ['c2']);
  assert.deepEqual(
    parseReport(parse({ ...common, type: 'report', id: `report--${uuid}`, object_refs: [indicatorId] })).objectRefs,
    [indicatorId],
  );
});

test('the text of an object is bounded in length and depth before it is parsed', () => {
  assert.equal(
    codeOf(() => parseStixObject(' '.repeat(limits.stixObjectCharsMax + 1))),
    'INPUT_TOO_LARGE',
  );
  const deep = `{"a":${'['.repeat(limits.jsonDepthMax)}${']'.repeat(limits.jsonDepthMax)}}`;
  assert.equal(
    codeOf(() => parseStixObject(deep)),
    'INPUT_TOO_DEEP',
  );
});

test('versions: modified, else created; observables and custom objects may have neither', () => {
  const created = '2026-01-01T00:00:00Z';
  assert.equal(
    parse({ type: 'tool', id: `tool--${uuid}`, created, modified: '2026-01-02T00:00:00Z' }).modifiedUs,
    Date.UTC(2026, 0, 2) * 1000,
  );
  assert.equal(
    parse({ type: 'marking-definition', id: `marking-definition--${uuid}`, created }).modifiedUs,
    Date.UTC(2026, 0, 1) * 1000,
  );
  assert.equal(parse({ type: 'x-own', id: `x-own--${uuid}` }).modifiedUs, undefined);
  assert.equal(
    codeOf(() => parse({ type: 'tool', id: `tool--${uuid}` })),
    'STIX_MALFORMED',
  );
});

test('an observable is named by its contributing properties only (STIX 2.1 §2.9)', () => {
  const id = 'domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7';
  assert.equal(deterministicId('domain-name', { value: 'example.com', defanged: true }), id);
  assert.equal(makeObservable({ kind: 'domain', value: 'example.com' })?.id, id);
  assert.equal(deterministicId('process', { pid: 1 }), undefined);
  assert.equal(deterministicId('file', {}), undefined);
  assert.equal(
    codeOf(() => deterministicId('url', { value: '\ud800' })),
    'STIX_MALFORMED',
  );
});

test('of digests without an order of their own the first that is written names the file, as in python-stix2', () => {
  const idOf = (hashes: JsonObject) => deterministicId('file', { hashes });
  assert.notEqual(idOf({ SSDEEP: '3:a:b' }), undefined);
  assert.equal(idOf({ SSDEEP: '3:a:b', TLSH: 'T1' }), idOf({ SSDEEP: '3:a:b' }));
  assert.equal(idOf({ TLSH: 'T1', SSDEEP: '3:a:b' }), idOf({ TLSH: 'T1' }));
  assert.equal(idOf({}), undefined);
});

test('of several digests one names the file, MD5 first', () => {
  const hashes = { 'SHA-256': 'ab'.repeat(32), MD5: 'cd'.repeat(16) };
  assert.equal(deterministicId('file', { hashes }), deterministicId('file', { hashes: { MD5: 'cd'.repeat(16) } }));
});

const stated: Value[] = [
  { kind: 'domain', value: 'evil.example' },
  { kind: 'ipv4', value: '192.0.2.1' },
  { kind: 'ipv4', value: '192.0.2.0/24' },
  { kind: 'ipv6', value: '2001:db8::1' },
  { kind: 'url', value: 'evil.example/a' },
  { kind: 'email', value: 'a@evil.example' },
  { kind: 'md5', value: 'ab'.repeat(16) },
  { kind: 'sha1', value: 'ab'.repeat(20) },
  { kind: 'sha256', value: 'ab'.repeat(32) },
  { kind: 'sha512', value: 'ab'.repeat(64) },
  { kind: 'file-name', value: 'a.exe' },
  { kind: 'mutex', value: 'x' },
  { kind: 'registry-key', value: String.raw`HKEY_LOCAL_MACHINE\Software\X` },
  { kind: 'mac', value: '00:00:5e:00:53:01' },
  { kind: 'asn', value: '64496' },
];
for (const value of stated) {
  test(`the observable of ${value.kind} ${value.value.slice(0, 20)} states that value`, () => {
    const observable = makeObservable(value);
    assert.ok(observable !== undefined);
    assert.deepEqual(valuesOf(observable), [value]);
    assert.deepEqual(parseStixObject(observable.text), observable);
  });
}

test('a value that describes many has no observable', () => {
  for (const value of [
    { kind: 'domain', value: '*.evil.example' },
    { kind: 'url', value: 'evil.example/*' },
    { kind: 'ja3', value: 'x' },
  ] as const) {
    assert.equal(makeObservable(value), undefined);
  }
});

test('observed-data states the values of the observables inside it, each once', () => {
  const objects = {
    '0': { type: 'ipv4-addr', value: '192.0.2.1' },
    '1': { type: 'ipv4-addr', value: '192.0.2.1/32' },
    '2': { type: 'file', name: 'a.exe', hashes: { md5: 'AB'.repeat(16), 'SHA-256': 'no digest' } },
    '3': { type: 'domain-name', value: 'not a name' },
    '4': 'nothing',
  };
  const observed = parse({
    type: 'observed-data',
    id: `observed-data--${uuid}`,
    created: '2026-01-01T00:00:00Z',
    objects,
  });
  assert.deepEqual(valuesOf(observed), [
    { kind: 'ipv4', value: '192.0.2.1' },
    { kind: 'file-name', value: 'a.exe' },
    { kind: 'md5', value: 'ab'.repeat(16) },
  ]);
});

test('refs are found at any depth, each once, markings left out', () => {
  const object = parse({
    type: 'grouping',
    id: `grouping--${uuid}`,
    created: '2026-01-01T00:00:00Z',
    object_refs: [indicatorId, indicatorId],
    object_marking_refs: ['marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9'],
    extensions: { x: { list: [{ some_ref: identityId }] } },
  });
  assert.deepEqual(commonView(object).refs, [indicatorId, identityId]);
});

test('arbitrary objects are read or refused with our own error', () => {
  const property = fc.constantFrom(
    'type',
    'id',
    'created',
    'modified',
    'pattern',
    'valid_from',
    'hashes',
    'value',
    'objects',
    'labels',
  );
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom('indicator', indicatorId, 'url', `url--${uuid}`, '2026-01-01T00:00:00Z'),
  );
  fc.assert(
    fc.property(
      fc.dictionary(property, value),
      fc.constantFrom('indicator', 'url', 'file', 'observed-data'),
      (own, type) => {
        codeOf(() => {
          const object = parse({ type, id: `${type}--${uuid}`, created: '2026-01-01T00:00:00Z', ...own });
          commonView(object);
          valuesOf(object);
          deterministicId(object.type, object.value);
          parseIndicator(object);
        });
      },
    ),
    { numRuns: 1000 },
  );
});
