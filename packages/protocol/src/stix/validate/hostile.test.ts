import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../base/index.ts';
import { bundleText, parseStixObject, readBundle, validateBundle, validateObject } from '../index.ts';

const uuid = '00000000-0000-4000-8000-000000000001';
const times = { created: '2026-01-01T00:00:00.000Z', modified: '2026-01-02T00:00:00.000Z' };
const extension = 'extension-definition--00000000-0000-4000-8000-00000000000a';

function versioned(type: string, own: JsonObject = {}): JsonObject {
  return { type, spec_version: '2.1', id: `${type}--${uuid}`, ...times, ...own };
}

/** An object with `count` members made by `make`. */
function many(count: number, make: (index: number) => readonly [string, JsonValue]): JsonObject {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => make(index)));
}

const list = (count: number, value: JsonValue): JsonValue[] => Array.from({ length: count }, () => value);

/** Objects in which one part holds more faults than are listed. */
const overfull: Readonly<Record<string, JsonObject>> = {
  properties: versioned(
    'tool',
    many(500, (index) => [`A${index}`, 1]),
  ),
  'properties of an extension of the object': versioned('tool', {
    ...many(500, (index) => [`A${index}`, 1]),
    extensions: { [extension]: { extension_type: 'toplevel-property-extension' } },
  }),
  dictionary: {
    type: 'process',
    id: `process--${uuid}`,
    environment_variables: many(500, (index) => [`a b${index}`, null]),
  },
  'unknown object': versioned('tool', { x_a_b: many(500, (index) => [`a${index}`, null]) }),
  'unknown list': versioned('tool', { x_a_b: list(500, null) }),
  hashes: { type: 'file', id: `file--${uuid}`, hashes: many(500, (index) => [`x${index}`, 1]) },
  extensions: versioned('tool', { extensions: many(500, (index) => [`Own${index}`, 1]) }),
  'content of an extension': versioned('tool', {
    extensions: { [extension]: { extension_type: 'property-extension', ...many(500, (index) => [`A${index}`, 1]) } },
  }),
  'predefined extension': {
    type: 'file',
    id: `file--${uuid}`,
    extensions: { 'pdf-ext': many(500, (index) => [`A${index}`, 1]) },
  },
  'dictionary of a predefined extension': {
    type: 'file',
    id: `file--${uuid}`,
    extensions: { 'pdf-ext': { document_info_dict: many(500, (index) => [`A${index}`, 1]) } },
  },
  translations: versioned('language-content', {
    object_ref: `tool--${uuid}`,
    contents: { de: many(500, (index) => [`A${index}`, 'a']) },
  }),
  languages: versioned('language-content', {
    object_ref: `tool--${uuid}`,
    contents: many(500, (index) => [`a${index}`, { name: 'a' }]),
  }),
  'languages without translations': versioned('language-content', {
    object_ref: `tool--${uuid}`,
    contents: many(500, (index) => [`en-a${index}`, 1]),
  }),
  'granular markings': versioned('tool', { granular_markings: list(500, { lang: 'en', selectors: ['none', 1] }) }),
  'observed objects': versioned('observed-data', { objects: many(500, (index) => [`a${index}`, { type: 'mutex' }]) }),
  'references of observed objects': versioned('observed-data', {
    objects: many(500, (index) => [String(index), { type: 'domain-name', value: 'a', resolves_to_refs: list(3, 'x') }]),
  }),
  references: versioned('report', { name: 'n', published: times.created, object_refs: list(500, 'x') }),
  protocols: { type: 'network-traffic', id: `network-traffic--${uuid}`, protocols: list(500, 'a b') },
};

for (const [what, object] of Object.entries(overfull)) {
  test(`more faults in ${what} than are listed end with one that says so`, () => {
    const findings = validateObject(JSON.parse(JSON.stringify(object)) as JsonValue);
    assert.equal(findings.length, 201, JSON.stringify(findings.slice(0, 3)));
    assert.equal(findings.at(-1)?.code, 'findings-cut');
  });
}

test('more faults in a translation than are listed end with one that says so', () => {
  const names = many(500, (index) => [`x_a_${index}`, 'text']);
  const content = versioned('language-content', {
    object_ref: `tool--${uuid}`,
    contents: { de: many(500, (index) => [`x_a_${index}`, 1]) },
  });
  const text = JSON.stringify({
    type: 'bundle',
    id: `bundle--${uuid}`,
    objects: [versioned('tool', { name: 'n', ...names }), content],
  });
  const found = validateBundle(text).filter(({ path }) => path.startsWith('objects[1]'));
  assert.equal(found.at(-1)?.code, 'findings-cut');
});

test('work grows with the size of an object, not faster', () => {
  const cost = (object: JsonObject): number => {
    const text = JSON.stringify({ type: 'bundle', id: `bundle--${uuid}`, objects: [object] });
    const started = process.cpuUsage();
    validateBundle(text, { containment: true });
    const { user, system } = process.cpuUsage(started);
    return user + system;
  };
  const shapes: ((size: number) => JsonObject)[] = [
    (size) => versioned('tool', { name: 'n', aliases: list(size, 'a') }),
    (size) => versioned('tool', { name: 'a'.repeat(size * 20) }),
    (size) => versioned('tool', { name: '"\\'.repeat(size * 10) }),
    (size) => versioned('tool', { name: 'n', x_a_b: many(size, (index) => [`k${index}`, { l: [1, { m: 2 }] }]) }),
    (size) => versioned('report', { name: 'n', published: times.created, object_refs: list(size, `tool--${uuid}`) }),
    (size) =>
      versioned('tool', {
        name: 'n',
        granular_markings: list(Math.ceil(size / 4), { lang: 'en', selectors: ['name'] }),
      }),
    (size) =>
      versioned('indicator', { pattern: '['.repeat(size * 10), pattern_type: 'stix', valid_from: times.created }),
    (size) => ({ type: 'artifact', id: `artifact--${uuid}`, payload_bin: 'A'.repeat(size * 20) }),
  ];
  for (const [index, shape] of shapes.entries()) {
    cost(shape(2000));
    const [small, large] = [cost(shape(5000)), cost(shape(50_000))];
    assert.ok(large < 40 * Math.max(small, 5000), `shape ${index}: ${small} µs, ten times the size ${large} µs`);
  }
});

test('many versions of one object are compared in linear time', () => {
  const objects = Array.from({ length: 3000 }, (_, index) => versioned('tool', { name: `n${index}` }));
  const started = process.cpuUsage();
  const findings = validateBundle(JSON.stringify({ type: 'bundle', id: `bundle--${uuid}`, objects }));
  const { user, system } = process.cpuUsage(started);
  assert.equal(findings.filter(({ code }) => code === 'version-contradiction').length, 2999);
  assert.ok(user + system < 3_000_000, `${user + system} µs`);
});

test('a hundred thousand versions of one object are told apart in linear time', () => {
  const objects = Array.from({ length: 100_000 }, (_, index) => {
    const modified = new Date(Date.UTC(2026, 1, 1) + index).toISOString();
    return `{"type":"tool","spec_version":"2.1","id":"tool--${uuid}","created":"${times.created}","modified":"${modified}","name":"t"}`;
  });
  const started = process.cpuUsage();
  assert.deepEqual(validateBundle(`[${objects.join(',')}]`), []);
  const { user, system } = process.cpuUsage(started);
  assert.ok(user + system < 10_000_000, `${user + system} µs`);
});

test('many extensions and many properties of one object do not multiply', () => {
  const keys = many(20_000, (index) => [`a_property_${index}`, 1]);
  const extensions = many(20_000, (index) => [
    `extension-definition--00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    { extension_type: 'toplevel-property-extension' },
  ]);
  const started = process.cpuUsage();
  assert.deepEqual(validateObject(versioned('tool', { name: 'n', ...keys, extensions })), []);
  const { user, system } = process.cpuUsage(started);
  assert.ok(user + system < 5_000_000, `${user + system} µs`);
});

test('values nested beyond every limit and texts without a canonical form give findings', () => {
  let deep: JsonValue = {};
  for (let level = 0; level < 20_000; level++) deep = { a: deep };
  assert.ok(validateObject(versioned('tool', { name: 'n', x_a_b: deep })).some(({ code }) => code === 'nesting-depth'));
  assert.ok(
    validateObject({ type: 'file', id: `file--${uuid}`, name: 'a', extensions: { 'x-a-b-ext': deep } }).length > 0,
  );
  const tlp = {
    type: 'marking-definition',
    spec_version: '2.1',
    id: `marking-definition--${uuid}`,
    created: times.created,
    definition_type: 'tlp',
  };
  assert.ok(validateObject({ ...tlp, definition: { tlp: '\ud800', deep } }).some(({ code }) => code === 'marking-tlp'));
});

test('mutated documents give findings, in bounded number, and never an exception', () => {
  const document = JSON.stringify({
    type: 'bundle',
    id: `bundle--${uuid}`,
    objects: [
      versioned('indicator', {
        name: 'n',
        pattern: "[url:value = 'a']",
        pattern_type: 'stix',
        valid_from: times.created,
      }),
      versioned('observed-data', {
        first_observed: times.created,
        last_observed: times.created,
        number_observed: 1,
        objects: { '0': { type: 'file', name: 'a', hashes: { MD5: 'a'.repeat(32) } } },
      }),
      versioned('relationship', {
        relationship_type: 'uses',
        source_ref: `tool--${uuid}`,
        target_ref: `malware--${uuid}`,
      }),
      versioned('language-content', { object_ref: `tool--${uuid}`, contents: { de: { name: 'x' } } }),
    ],
  });
  const edit = fc.record({
    at: fc.nat(document.length),
    drop: fc.nat(12),
    put: fc.constantFrom(
      '',
      '{',
      '}',
      '[',
      ']',
      '"',
      '\\',
      ',',
      ':',
      'null',
      '1e400',
      '-',
      '"type":',
      '"__proto__":{',
      '\u0000',
      '\ud800',
      '2.0',
    ),
  });
  fc.assert(
    fc.property(
      fc.array(edit, { maxLength: 6 }),
      fc.constantFrom('spec' as const, 'interop' as const),
      (edits, profile) => {
        let text = document;
        for (const { at, drop, put } of edits) text = text.slice(0, at) + put + text.slice(at + drop);
        for (const finding of validateBundle(text, { profile, containment: true })) {
          assert.ok(finding.message.length < 1000 && finding.path.length < 1000, JSON.stringify(finding));
        }
      },
    ),
    { numRuns: 3000 },
  );
});

test('validating and re-bundling changes no byte of an object, custom ones included', () => {
  const json = fc.jsonValue({ maxDepth: 3 });
  fc.assert(
    fc.property(fc.dictionary(fc.string(), json), fc.constantFrom(0, 1, 3), (own, indent) => {
      const text = JSON.stringify({ ...own, ...versioned('x-own') }, null, indent);
      const parsed = parseStixObject(text);
      const before = JSON.stringify(parsed.value);
      validateObject(parsed.value);
      assert.equal(JSON.stringify(parsed.value), before);
      const [again] = readBundle(bundleText(parsed.id, [parsed]));
      assert.equal(again?.object?.text, text);
    }),
  );
});
