import assert from 'node:assert/strict';
import test from 'node:test';
import type { JsonObject, JsonValue } from '../../base/index.ts';
import { validateBundle, validateObject } from '../index.ts';
import type { ValidateBundleOptions } from '../index.ts';

const uuid = '00000000-0000-4000-8000-000000000001';
const times = { created: '2026-01-01T00:00:00.000Z', modified: '2026-01-02T00:00:00.000Z' };
const extension = 'extension-definition--00000000-0000-4000-8000-00000000000a';

function versioned(type: string, own: JsonObject = {}): JsonObject {
  return { type, spec_version: '2.1', id: `${type}--${uuid}`, ...times, ...own };
}

const tool = versioned('tool', { name: 't' });

/** Errors as `code path`. */
function errors(object: JsonValue): string[] {
  return validateObject(object)
    .filter(({ severity }) => severity === 'error')
    .map(({ code, path }) => `${code} ${path}`);
}

function codes(options: ValidateBundleOptions, ...objects: readonly JsonValue[]): string[] {
  const text = JSON.stringify({ type: 'bundle', id: `bundle--${uuid}`, objects });
  return validateBundle(text, options).map(({ code, path }) => `${code} ${path}`);
}

test('patterns of every shape are looked into for their names (STIX 2.1 §9)', () => {
  const indicator = (pattern: string, own: JsonObject = {}): string[] =>
    errors(versioned('indicator', { pattern, pattern_type: 'stix', valid_from: times.created, ...own }));
  assert.deepEqual(indicator("[a:value = 'b'] FOLLOWEDBY [url:value = 'c'] WITHIN 5 SECONDS"), [
    'pattern-name pattern',
  ]);
  assert.deepEqual(indicator("[url:value = 'a' AND EXISTS url:v] OR [url:value = 'c']"), ['pattern-name pattern']);
  assert.deepEqual(indicator("[file:'Ab' = 1]"), ['pattern-name pattern']);
  assert.deepEqual(indicator('[x-own:a = 1]'), ['pattern-name pattern']);
  assert.deepEqual(indicator("[x-own:id = 'a'] AND [file:hashes.MD5 = '" + 'a'.repeat(32) + "']"), []);
  const old = "[url:value = 'a'] START '2026-01-01T00:00:00Z' STOP '2026-01-02T00:00:00Z'";
  assert.deepEqual(indicator(old), ['pattern-form pattern']);
  assert.deepEqual(indicator(old, { pattern_version: '2.0' }), []);
});

test('a value that has no canonical JSON makes no id, and that is no crash (§2.9)', () => {
  const url = { type: 'url', id: `url--${uuid}`, value: 'http://a.example/\ud800' };
  assert.ok(errors(url).includes('url-form value'));
});

test('networks and plain addresses are addresses (§6.8, §6.9)', () => {
  for (const [type, value] of [
    ['ipv4-addr', '192.0.2.0/24'],
    ['ipv4-addr', '192.0.2.1'],
    ['ipv6-addr', '2001:db8::/32'],
    ['ipv6-addr', '2001:db8::1'],
  ] as const) {
    assert.deepEqual(errors({ type, id: `${type}--${uuid}`, value }), [], value);
  }
});

test('infrastructure may consist of every observable, what nobody defined may be anything (§3.7, §4.8)', () => {
  const relationship = (source: string, type: string, target: string): string[] =>
    validateObject(versioned('relationship', { relationship_type: type, source_ref: source, target_ref: target })).map(
      ({ code }) => code,
    );
  assert.deepEqual(relationship(`infrastructure--${uuid}`, 'consists-of', `mutex--${uuid}`), []);
  assert.deepEqual(relationship(`infrastructure--${uuid}`, 'uses', `mutex--${uuid}`), ['relationship-suggested']);
  assert.deepEqual(relationship(`x-own--${uuid}`, 'uses', `mutex--${uuid}`), ['relationship-suggested']);
  assert.deepEqual(relationship('nothing', 'uses', `bundle--${uuid}`), ['reference-form', 'reference-type']);
  assert.deepEqual(errors(versioned('relationship', { relationship_type: 1, source_ref: 1, target_ref: 2 })), [
    'value-type relationship_type',
    'value-type source_ref',
    'value-type target_ref',
  ]);
});

test('parts of the wrong type are told once, and what stands in them is left alone', () => {
  assert.deepEqual(errors({ ...tool, granular_markings: [1, { selectors: 'a', lang: 'en' }] }), [
    'value-type granular_markings[0]',
    'value-type granular_markings[1].selectors',
  ]);
  assert.deepEqual(errors({ ...tool, extensions: { [extension]: 1 } }), [`value-type extensions["${extension}"]`]);
  assert.deepEqual(errors({ ...tool, extensions: { 'x-own-a-ext': 1 } }), ['value-type extensions["x-own-a-ext"]']);
  assert.deepEqual(errors({ ...tool, extensions: { [extension]: {} } }), [
    `property-missing extensions["${extension}"].extension_type`,
  ]);
  assert.deepEqual(
    errors({ ...tool, extensions: { [extension]: { extension_type: 'property-extension', a_b: null } } }),
    [`value-null extensions["${extension}"].a_b`],
  );
  assert.deepEqual(errors({ ...tool, extensions: 1 }), ['value-type extensions']);
  assert.deepEqual(errors(versioned('language-content', { object_ref: `tool--${uuid}`, contents: 1 })), [
    'value-type contents',
  ]);
  assert.deepEqual(
    errors({
      ...tool,
      external_references: [
        { source_name: 'capec', external_id: 'CAPEC-1' },
        { source_name: 'cve', external_id: 'CVE-2026-0001' },
      ],
    }),
    [],
  );
  assert.deepEqual(errors({ type: 'file', id: `file--${uuid}`, hashes: { MD5: null } }), ['value-type hashes.MD5']);
});

test('a top-level extension declares properties, whose names still have a form (§7.3)', () => {
  const extended = { ...tool, rank: 1, extensions: { [extension]: { extension_type: 'toplevel-property-extension' } } };
  assert.deepEqual(validateObject(extended), []);
  assert.deepEqual(errors({ ...extended, Rank: 1 }), ['property-name Rank']);
  assert.ok(validateObject(extended, { closed: true }).some(({ code }) => code === 'property-refused'));
  const defined = { source: 'own', extension, place: 'object' as const, properties: { rank: { type: 'integer' } } };
  assert.deepEqual(validateObject(extended, { closed: true, definitions: [defined] }), []);
});

test('keys are counted as the parser counts them: escaped quotes and colons in texts are none', () => {
  assert.deepEqual(codes({}, { ...tool, name: '"a":1,\\"b":2\\\\', x_a_b: [[{ c: ':' }], null, 'd:e'] }), [
    'custom-property objects[0].x_a_b',
    'value-null objects[0].x_a_b[1]',
  ]);
});

test('objects without id, of other types or without modified stand beside each other (§3.6)', () => {
  const url = { type: 'url', id: 'url--3279c7de-8f91-5c1a-99d9-d6546c6c41f7', value: 'http://a.example/' };
  assert.deepEqual(
    codes({}, url, url).filter((each) => each.startsWith('version')),
    [],
  );
  assert.deepEqual(codes({ containment: true }, { type: 'mutex', name: 'm' }, 7), [
    'property-missing objects[0].id',
    'object-form objects[1]',
  ]);
  const three = codes(
    {},
    tool,
    { ...tool, modified: '2026-01-03T00:00:00.000Z' },
    { ...tool, modified: '2026-01-03T00:00:00.000Z' },
  );
  assert.deepEqual(three, ['version-duplicate objects[2]']);
  assert.deepEqual(
    codes(
      { profile: 'interop' },
      { ...tool, created_by_ref: 1 },
      { type: 'mutex', id: `mutex--${uuid}`, name: 'm' },
      { id: 1 },
    ).filter((each) => each.startsWith('interop')),
    [],
  );
});

test('translations beside what they translate: other targets and other shapes are not judged (§7.1.1)', () => {
  const content = (own: JsonObject): JsonObject => versioned('language-content', own);
  assert.deepEqual(codes({}, content({ object_ref: `tool--${uuid}`, contents: { de: { name: 'x' } } })), []);
  assert.deepEqual(codes({}, tool, content({ object_ref: 1, contents: { de: { name: 'x' } } })), [
    'value-type objects[1].object_ref',
  ]);
  assert.deepEqual(codes({}, tool, content({ object_ref: `tool--${uuid}`, contents: 1 })), [
    'value-type objects[1].contents',
  ]);
  assert.deepEqual(codes({}, tool, content({ object_ref: `tool--${uuid}`, contents: { de: 1 } })), [
    'translation-form objects[1].contents.de',
  ]);
  const deep = { ...tool, x_a_b: { c: null as JsonValue, d: 'e', l: ['m', null] } };
  const translated = content({
    object_ref: `tool--${uuid}`,
    contents: { de: { x_a_b: { c: 'f', d: 'g', l: ['n', 'o'], h: 'i' }, unknown: 'x' } },
  });
  assert.deepEqual(
    codes({}, deep, translated).filter((each) => each.startsWith('translation')),
    [],
  );
  const dated = content({
    object_ref: `tool--${uuid}`,
    object_modified: times.modified,
    contents: { de: { name: 'x' } },
  });
  assert.deepEqual(codes({}, tool, dated), []);
});

test('STIX 2.0 in a bundle is told once by the bundle, else by each object (§3.2)', () => {
  const old = { type: 'tool', id: `tool--${uuid}`, ...times, name: 't', labels: ['exploitation'] };
  assert.deepEqual(codes({}, old), ['stix-20 objects[0]']);
  const bundle = JSON.stringify({ type: 'bundle', id: `bundle--${uuid}`, spec_version: '2.0', objects: [old] });
  assert.deepEqual(
    validateBundle(bundle).map(({ code, path }) => `${code} ${path}`),
    ['stix-20 spec_version'],
  );
  assert.deepEqual(
    validateBundle(bundle, { specVersion: '2.0' }).map(({ code }) => code),
    ['stix-20'],
  );
  assert.deepEqual(
    validateObject(old).map(({ code }) => code),
    ['stix-20'],
  );
  assert.deepEqual(
    validateBundle(JSON.stringify(old)).map(({ code }) => code),
    ['stix-20'],
  );
});

test('a document that breaks off inside an object is told by that object', () => {
  const text = `{"type":"bundle","id":"bundle--${uuid}","objects":[${JSON.stringify(tool)},{"type":"tool"`;
  assert.deepEqual(
    validateBundle(text).map(({ code, path }) => `${code} ${path}`),
    ['bundle-form objects[1]'],
  );
});

test('an open choice of many values is told by its first ones', () => {
  const key = {
    type: 'windows-registry-key',
    id: `windows-registry-key--${uuid}`,
    values: [{ name: 'a', data_type: 'REG_OWN' }],
  };
  const found = validateObject(key).find(({ code }) => code === 'enumeration-value');
  assert.match(found?.message ?? '', / or another of 14 as data_type/);
});

test('a single reference inside observed-data is a key as well (§2.13)', () => {
  const objects = {
    '0': { type: 'file', name: 'a', parent_directory_ref: '1' },
    '1': { type: 'directory', path: 'p' },
    '2': { type: 'file', name: 'b', parent_directory_ref: '3' },
    '3': { name: 'no type' },
  };
  const observed = versioned('observed-data', {
    first_observed: times.created,
    last_observed: times.created,
    number_observed: 1,
    objects,
  });
  assert.deepEqual(errors(observed), ['reference-type objects.2.parent_directory_ref', 'object-form objects.3.type']);
});

test('a TLP marking has the id and the content the standard gives it (§7.2.1.4)', () => {
  const green = {
    type: 'marking-definition',
    spec_version: '2.1',
    id: 'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da',
    created: '2017-01-20T00:00:00.000Z',
    definition_type: 'tlp',
    definition: { tlp: 'green' },
  };
  assert.deepEqual(errors(green), []);
  assert.deepEqual(errors({ ...green, name: 'TLP:GREEN' }), []);
  assert.deepEqual(errors({ ...green, definition: { tlp: 'red' } }), ['marking-tlp ']);
  assert.deepEqual(errors({ ...green, definition: { tlp: 'green', more: 1 } }), ['marking-tlp ']);
  assert.deepEqual(errors({ ...green, id: 1 }), ['value-type id', 'marking-tlp ']);
});

test('a message shows the value that is wrong, in few words', () => {
  const shown = (name: JsonValue): unknown => validateObject(versioned('tool', { name }))[0]?.message;
  assert.equal(shown(7), 'Write text as name, not 7');
  assert.equal(shown(true), 'Write text as name, not true');
  assert.equal(shown([1]), 'Write text as name, not a list');
  assert.equal(shown({ a: 1 }), 'Write text as name, not an object');
});

test('null stands nowhere: in lists, structures, extensions, observables (STIX 2.1 §2)', () => {
  assert.deepEqual(errors(versioned('tool', { name: 't', aliases: ['a', null] })), ['value-null aliases[1]']);
  const external_references = [{ source_name: 's', description: null }];
  assert.deepEqual(errors(versioned('tool', { name: 't', external_references })), [
    'value-null external_references[0].description',
  ]);
  assert.deepEqual(errors(versioned('tool', { name: 't', extensions: { [extension]: null } })), [
    `value-null extensions["${extension}"]`,
  ]);
  const observed = { first_observed: times.created, last_observed: times.created, number_observed: 1 };
  assert.deepEqual(errors(versioned('observed-data', { ...observed, objects: { 0: null } })), ['value-null objects.0']);
  assert.deepEqual(errors(versioned('observed-data', { ...observed, object_refs: [7] })), [
    'value-type object_refs[0]',
  ]);
});

test('a property the standard reserves is not written (STIX 2.1 §4.3.1)', () => {
  const course = versioned('course-of-action', { name: 'c', action: 'patch' });
  assert.deepEqual(errors(course), ['property-reserved action']);
});

test('a definition may allow a few words only', () => {
  const definitions = [
    { source: 'own', type: 'tool', place: 'object' as const, properties: { name: { type: 'string', values: ['a'] } } },
  ];
  assert.deepEqual(
    validateObject(tool, { definitions }).map(({ code, path }) => `${code} ${path}`),
    ['enumeration-value name'],
  );
});
