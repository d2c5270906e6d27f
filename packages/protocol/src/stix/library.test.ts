import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { ComityError, parseStixId, recogniseTimestampUs } from '../base/index.ts';
import type { JsonObject, JsonValue } from '../base/index.ts';
import {
  bundleText,
  compareTimestamps,
  confidenceLabel,
  confidenceOfLabel,
  confidenceScaleNames,
  cutTimestampUs,
  formatTimestampUs,
  isStix20,
  missingReferences,
  newVersion,
  parseStixObject,
  readBundle,
  revoke,
  translated,
  upgradeObject,
  validateObject,
  withoutCustom,
} from './index.ts';

const uuid = '00000000-0000-4000-8000-000000000001';
const atUs = Date.UTC(2026, 0, 1) * 1000;
const tool: JsonObject = {
  type: 'tool',
  spec_version: '2.1',
  id: `tool--${uuid}`,
  created: '2025-01-01T00:00:00.000Z',
  modified: '2025-01-01T00:00:00.000Z',
  name: 't',
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

test('a version has a later modified, also when the clock is behind (STIX 2.1 §3.6.1)', () => {
  assert.equal(newVersion(tool, { name: 'u' }, atUs)['modified'], '2026-01-01T00:00:00.000Z');
  assert.equal(newVersion(tool, {}, 0)['modified'], '2025-01-01T00:00:00.001Z');
  const first = { type: 'tool', created: '2025-01-01T00:00:00.000Z' };
  assert.equal(newVersion(first, {}, 0)['modified'], '2025-01-01T00:00:00.001Z');
  assert.equal(newVersion(tool, { modified: '2025-02-01T00:00:00Z' }, 0)['modified'], '2025-02-01T00:00:00Z');
  assert.equal(
    codeOf(() => newVersion(tool, { modified: '2025-01-01T00:00:00.000Z' }, atUs)),
    'CONFLICT',
  );
  assert.equal(
    codeOf(() => newVersion(tool, { modified: 'soon' }, atUs)),
    'STIX_MALFORMED',
  );
  assert.equal(tool['modified'], '2025-01-01T00:00:00.000Z', 'the object given is not changed');
});

test('what names an object never changes, and null takes a property away (§3.6)', () => {
  for (const name of ['type', 'id', 'created', 'created_by_ref']) {
    assert.equal(
      codeOf(() => newVersion(tool, { [name]: 'x' }, atUs)),
      'CONFLICT',
      name,
    );
  }
  assert.deepEqual(Object.keys(newVersion(tool, { name: null, description: 'd' }, atUs)), [
    'type',
    'spec_version',
    'id',
    'created',
    'modified',
    'description',
  ]);
});

test('revoked is final; observables and markings have no versions (§3.6, §3.2)', () => {
  const last = revoke(tool, atUs);
  assert.equal(last['revoked'], true);
  assert.equal(
    codeOf(() => revoke(last, atUs)),
    'CONFLICT',
  );
  assert.equal(
    codeOf(() => newVersion({ type: 'url', value: 'a' }, {}, atUs)),
    'STIX_MALFORMED',
  );
  assert.equal(
    codeOf(() => newVersion({ type: 'marking-definition', created: 'x' }, {}, atUs)),
    'STIX_MALFORMED',
  );
  assert.equal(
    codeOf(() => newVersion({ type: 'tool' }, {}, atUs)),
    'STIX_MALFORMED',
  );
  assert.equal(
    codeOf(() => newVersion({}, {}, atUs)),
    'STIX_MALFORMED',
  );
  assert.equal(
    codeOf(() => newVersion({ type: 'tool', created: '2025-01-01T00:00:00Z' }, {}, atUs)),
    'none',
  );
});

test('custom properties are taken away, objects of custom types altogether', () => {
  assert.equal(withoutCustom(tool, atUs), tool);
  assert.equal(withoutCustom({ ...tool, x_a_b: 1 }, atUs)?.['x_a_b'], undefined);
  assert.equal(withoutCustom({ ...tool, type: 'x-own' }, atUs), undefined);
});

test('confidence is shown in five scales, each value in one label and each label with one value (appendix A)', () => {
  for (const scale of confidenceScaleNames) {
    for (let confidence = 0; confidence <= 100; confidence++) {
      const label = confidenceLabel(confidence, scale) ?? '';
      assert.equal(confidenceLabel(confidenceOfLabel(label, scale) ?? -1, scale), label);
    }
  }
  assert.equal(confidenceLabel(101, 'wep'), undefined);
  assert.equal(confidenceLabel(1.5, 'wep'), undefined);
  assert.equal(confidenceOfLabel('Not Specified', 'dni'), undefined);
});

test('timestamps are compared to their last digit (§2.16)', () => {
  assert.ok(compareTimestamps('2026-01-01T00:00:00.0000001Z', '2026-01-01T00:00:00Z') > 0);
  assert.ok(compareTimestamps('2026-01-01T00:00:00Z', '2026-01-01T00:00:00.0000001Z') < 0);
  assert.equal(compareTimestamps('2026-01-01T00:00:00.100Z', '2026-01-01T00:00:00.1Z'), 0);
  assert.equal(compareTimestamps('2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'), 0);
  assert.ok(Number.isNaN(compareTimestamps('x', 'x')));
  assert.ok(Number.isNaN(compareTimestamps('x', '2026-01-01T00:00:00Z')));
});

test('a written timestamp reads back as the instant cut to its precision', () => {
  const us = fc.integer({ min: Date.UTC(1900, 0, 1) * 1000, max: Date.UTC(2200, 0, 1) * 1000 });
  const precision = fc.record({
    precision: fc.constantFrom('any' as const, 'second' as const, 'millisecond' as const),
    constraint: fc.constantFrom('exact' as const, 'min' as const),
  });
  fc.assert(
    fc.property(us, precision, (instant, options) => {
      const text = formatTimestampUs(instant, options);
      assert.equal(recogniseTimestampUs(text), cutTimestampUs(instant, options));
      assert.ok(options.precision !== 'millisecond' || /\.\d{3,6}Z$/.test(text));
    }),
  );
});

test('an object of STIX 2.0 is told by its silence, one of a newer type is not (STIX 2.1 §3.2)', () => {
  assert.equal(isStix20({ type: 'tool' }), true);
  assert.equal(isStix20({ type: 'tool', spec_version: '2.0' }), true);
  assert.equal(isStix20(tool), false);
  assert.equal(isStix20({ type: 'grouping' }), false);
  assert.equal(isStix20({ type: 'url' }), false);
});

test('STIX 2.0 becomes 2.1 with a report of what was lost', () => {
  const { object, losses } = upgradeObject({
    type: 'observed-data',
    id: `observed-data--${uuid}`,
    objects: {
      '0': {
        type: 'file',
        name: 'a',
        created: '2026-01-01T00:00:00Z',
        is_encrypted: true,
        decryption_key: 'k'.repeat(200),
        hashes: { ssdeep: '3:a:b', MD5: 'x' },
        extensions: { 'raster-image-ext': { image_compression_algorithm: 'jpeg', image_height: 1 }, own: 1 },
      },
      '1': { type: 'process', name: 'p', arguments: ['a'], created: 'c', binary_ref: '0', pid: 1 },
      '2': {
        type: 'network-traffic',
        extensions: { 'http-request-ext': { request_header: { Host: 'a', Accept: ['b'] } } },
      },
      '3': { type: 'email-message', additional_header_fields: { 'X-A': 'b' } },
      '4': 'nothing',
    },
  });
  assert.deepEqual(object['objects'], {
    '0': {
      type: 'file',
      name: 'a',
      ctime: '2026-01-01T00:00:00Z',
      hashes: { SSDEEP: '3:a:b', MD5: 'x' },
      extensions: { 'raster-image-ext': { image_height: 1 }, own: 1 },
    },
    '1': { type: 'process', created_time: 'c', image_ref: '0', pid: 1 },
    '2': {
      type: 'network-traffic',
      extensions: { 'http-request-ext': { request_header: { Host: ['a'], Accept: ['b'] } } },
    },
    '3': { type: 'email-message', additional_header_fields: { 'X-A': ['b'] } },
    '4': 'nothing',
  });
  assert.deepEqual(
    losses.map(({ kind, path }) => `${kind} ${path}`),
    [
      'dropped objects.0.is_encrypted',
      'dropped objects.0.decryption_key',
      'dropped objects.0.extensions["raster-image-ext"].image_compression_algorithm',
      'dropped objects.1.name',
      'dropped objects.1.arguments',
    ],
  );
  assert.ok(losses.every(({ message }) => message.length < 130));
});

test('what STIX 2.0 calls by a name of 2.1 that is there already is dropped and told, in whatever order', () => {
  const observable = (...entries: [string, JsonValue][]): JsonObject => ({
    type: 'observed-data',
    objects: { 0: Object.fromEntries<JsonValue>([['type', 'file'], ...entries]) },
  });
  const hashes = { ssdeep: '3:a:b', SSDEEP: '3:c:d' };
  const entries: [string, JsonValue][] = [
    ['created', 'old'],
    ['ctime', 'new'],
    ['hashes', hashes],
  ];
  for (const each of [entries, entries.toReversed()]) {
    const { object, losses } = upgradeObject(observable(...each));
    assert.deepEqual(object['objects'], { 0: { type: 'file', ctime: 'new', hashes: { SSDEEP: '3:c:d' } } });
    assert.deepEqual(losses.map(({ path, message }) => `${path}: ${message}`).sort(), [
      'objects.0.created: Drop "old": what it is called in STIX 2.1 is there already',
      'objects.0.hashes.ssdeep: Drop "3:a:b": what it is called in STIX 2.1 is there already',
    ]);
  }
});

test('a property called __proto__ is carried over as any other, and nothing deep ends the upgrade', () => {
  const text =
    '{"type":"observed-data","objects":{"__proto__":{"type":"x"},"0":{"type":"file","__proto__":{"a":1},"extensions":{"__proto__":{"b":1}}}}}';
  const { object } = upgradeObject(JSON.parse(text) as JsonObject);
  assert.deepEqual(JSON.parse(JSON.stringify(object)), { ...(JSON.parse(text) as JsonObject), spec_version: '2.1' });
  const deep = JSON.parse(`${'['.repeat(1e5)}${']'.repeat(1e5)}`) as JsonValue;
  const { losses } = upgradeObject({ type: 'observed-data', objects: { 0: { type: 'file', is_encrypted: deep } } });
  assert.equal(losses.length, 1);
});

test('indicators, malware, markings of STIX 2.0 say in 2.1 what they said', () => {
  const indicator = upgradeObject({ type: 'indicator', labels: ['c2'], pattern: '[a:b=1]' }).object;
  assert.deepEqual(indicator, {
    type: 'indicator',
    spec_version: '2.1',
    pattern: '[a:b=1]',
    indicator_types: ['c2'],
    pattern_type: 'stix',
    pattern_version: '2.0',
  });
  assert.equal(upgradeObject({ type: 'indicator', pattern_type: 'yara' }).object['pattern_version'], undefined);
  const both = upgradeObject({ type: 'tool', labels: ['a'], tool_types: ['b'] }).object;
  assert.deepEqual([both['labels'], both['tool_types']], [['a'], ['b']]);
  const malware = upgradeObject({ type: 'malware', labels: ['worm'] });
  assert.deepEqual([malware.object['is_family'], malware.losses[0]?.kind], [true, 'assumed']);
  assert.deepEqual(upgradeObject({ type: 'malware', is_family: false }).losses, []);
  const tlp = { type: 'marking-definition', id: 'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9' };
  assert.equal(upgradeObject(tlp).object['name'], 'TLP:WHITE');
  assert.equal(upgradeObject({ ...tlp, name: 'own' }).object['name'], 'own');
  assert.equal(upgradeObject({ type: 'marking-definition' }).object['name'], undefined);
  assert.deepEqual(upgradeObject({ type: 'observed-data', objects: 1 }).object, {
    type: 'observed-data',
    spec_version: '2.1',
    objects: 1,
  });
});

test('a bundle holds objects byte for byte, and what it lacks is told (§8.1)', () => {
  const id = parseStixId(`bundle--${uuid}`);
  const parsed =
    parseStixObject(`{"type":"report","id":"report--${uuid}", "x_n": 1.000,"created":"2026-01-01T00:00:00Z",
    "object_refs":["tool--${uuid}","no id"],"object_marking_refs":["marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"],
    "x_deep":[{"some_ref":"url--${uuid}"}]}`);
  const text = bundleText(id, [parsed]);
  assert.equal([...readBundle(text)][0]?.object?.text, parsed.text);
  assert.equal(bundleText(id, []), `{"type":"bundle","id":"${id}"}`);
  assert.deepEqual([...missingReferences([parsed.value])], [`tool--${uuid}`, `url--${uuid}`]);
  assert.deepEqual([...missingReferences([parsed.value, tool])], [`url--${uuid}`]);
});

test('an object is read in another language, list items without a translation stay (§7.1.1)', () => {
  const object = { ...tool, aliases: ['a', 'b'], x_a_b: { c: 'd', n: 1 }, y: ['z'] };
  const content = {
    contents: {
      'de-AT': { name: 'Werkzeug', aliases: ['', 'B'], x_a_b: { c: 'D', n: 'n' }, y: ['1', '2'], none: 'x', type: 1 },
    },
  };
  assert.deepEqual(translated(object, content, 'de-at'), {
    ...object,
    name: 'Werkzeug',
    aliases: ['a', 'B'],
    x_a_b: { c: 'D', n: 1 },
  });
  assert.equal(translated(object, content, 'fr'), object);
  assert.equal(translated(object, { contents: { fr: 1 } }, 'fr'), object);
  assert.equal(translated(object, {}, 'fr'), object);
});

test('whatever stands in an object, validation only ever gives findings', () => {
  const name = fc.constantFrom(
    'type',
    'id',
    'created',
    'modified',
    'extensions',
    'granular_markings',
    'object_marking_refs',
    'objects',
    'hashes',
    'pattern',
    'pattern_type',
    'contents',
    'external_references',
    'definition',
    'definition_type',
    'source_ref',
    'values',
    'protocols',
    'ipfix',
    'languages',
    '__proto__',
    'constructor',
  );
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom('tool', `tool--${uuid}`, '2026-01-01T00:00:00.000Z', "[url:value = 'a']", 'stix'),
  );
  const types = fc.constantFrom(
    'indicator',
    'file',
    'network-traffic',
    'observed-data',
    'marking-definition',
    'language-content',
    'x-own',
    'relationship',
    'process',
    'email-message',
    'extension-definition',
  );
  fc.assert(
    fc.property(fc.dictionary(name, value), types, (own, type) => {
      const object = JSON.parse(JSON.stringify({ ...own, type })) as JsonObject;
      for (const profile of ['spec', 'strict', 'interop'] as const) {
        for (const finding of validateObject(object, { profile, closed: true })) assert.notEqual(finding.message, '');
      }
    }),
    { numRuns: 2000 },
  );
});
