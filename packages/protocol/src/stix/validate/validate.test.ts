import assert from 'node:assert/strict';
import test from 'node:test';
import type { JsonObject, JsonValue } from '../../base/index.ts';
import { rules, validateBundle, validateObject } from '../index.ts';
import type { DefinitionRow, RuleCode, ValidateBundleOptions } from '../index.ts';

const uuid = '00000000-0000-4000-8000-000000000001';
const other = '00000000-0000-4000-8000-000000000002';
const times = { created: '2026-01-01T00:00:00.000Z', modified: '2026-01-02T00:00:00.000Z' };

/** A valid object of a versioned type. */
function versioned(type: string, own: JsonObject = {}): JsonObject {
  return { type, spec_version: '2.1', id: `${type}--${uuid}`, ...times, ...own };
}

/** A valid observable; its id is checked by its own cases. */
function observable(type: string, own: JsonObject = {}): JsonObject {
  return { type, spec_version: '2.1', id: `${type}--00000000-0000-5000-8000-000000000001`, ...own };
}

const indicator = versioned('indicator', {
  name: 'n',
  description: 'd',
  pattern: "[url:value = 'http://a.example/']",
  pattern_type: 'stix',
  valid_from: '2026-01-01T00:00:00Z',
});
const malware = versioned('malware', { is_family: false });
const traffic = observable('network-traffic', {
  src_ref: `ipv4-addr--${uuid}`,
  src_port: 1,
  dst_port: 2,
  protocols: ['tcp'],
});
const file = observable('file', { name: 'a.exe' });
const process = observable('process', { id: `process--${uuid}`, pid: 1 });
const relationship = versioned('relationship', {
  relationship_type: 'related-to',
  source_ref: `indicator--${uuid}`,
  target_ref: `malware--${uuid}`,
});
const statement = versioned('marking-definition', { definition_type: 'statement', definition: { statement: 's' } });
delete statement['modified'];
const observed = versioned('observed-data', {
  first_observed: '2026-01-01T00:00:00Z',
  last_observed: '2026-01-01T00:00:00Z',
  number_observed: 1,
  object_refs: [`url--${uuid}`],
});
const language = versioned('language-content', { object_ref: `tool--${uuid}`, contents: { de: { name: 'Werkzeug' } } });
const definition = versioned('extension-definition', {
  created_by_ref: `identity--${uuid}`,
  name: 'n',
  description: 'd',
  schema: 's',
  version: '1',
  extension_types: ['property-extension'],
});
const tool = versioned('tool', { name: 't' });
const malwareAnalysis = versioned('malware-analysis', { product: 'p', result: 'benign' });
const location = versioned('location', { country: 'de' });
const email = observable('email-message', { id: `email-message--${uuid}`, is_multipart: false });
const extension = 'extension-definition--00000000-0000-4000-8000-00000000000a';

test('objects that follow the standard have no errors', () => {
  for (const object of [
    indicator,
    malware,
    traffic,
    file,
    process,
    relationship,
    statement,
    observed,
    language,
    definition,
    tool,
    malwareAnalysis,
    location,
    email,
  ]) {
    const errors = validateObject(object).filter(({ severity }) => severity === 'error');
    assert.deepEqual(errors, [], JSON.stringify(object));
  }
});

/** One planted fault for each rule: where it is found, and the object it is planted in. */
const planted: readonly (readonly [RuleCode, string, JsonValue])[] = [
  ['object-form', '', 17],
  ['object-form', 'type', { id: 'x' }],
  ['nesting-depth', `x_a_deep${'[0]'.repeat(64)}`, { ...tool, x_a_deep: nested(70) }],
  ['findings-cut', '', { ...tool, aliases: Array.from({ length: 300 }, () => 1) }],
  ['type-name', 'type', { type: 'X_Y', id: `X_Y--${uuid}` }],
  ['type-reserved', 'type', { type: 'action', id: `action--${uuid}` }],
  ['custom-type', 'type', versioned('x-example-thing')],
  ['creator-type', 'created_by_ref', { ...tool, created_by_ref: `tool--${uuid}` }],
  ['stix-20', '', { type: 'tool', id: `tool--${uuid}`, ...times, name: 't', labels: ['exploitation'] }],
  ['id-form', 'id', { ...tool, id: 'tool--1' }],
  ['id-type', 'id', { ...tool, id: `malware--${uuid}` }],
  ['id-version', 'id', { ...tool, id: 'tool--00000000-0000-1000-8000-000000000001' }],
  ['id-version', 'id', observable('url', { id: `url--${uuid}`, value: 'http://a.example/' })],
  ['id-namespace', 'id', observable('process', { pid: 1 })],
  ['id-deterministic', 'id', observable('url', { value: 'http://a.example/' })],
  ['property-missing', 'name', versioned('tool')],
  ['property-reserved', 'severity', { ...tool, severity: 1 }],
  ['property-name', 'Ab', { ...tool, Ab: 1 }],
  ['property-choice', '', observable('file')],
  ['property-choice', '', versioned('location')],
  ['property-choice', '', versioned('malware-analysis', { product: 'p' })],
  ['property-choice', '', { ...observed, object_refs: undefined as unknown as JsonValue }],
  ['property-choice', '', observable('network-traffic', { protocols: ['tcp'] })],
  ['property-choice', '', observable('process')],
  ['property-choice', '', observable('artifact')],
  [
    'property-choice',
    'body_multipart[0]',
    { ...email, is_multipart: true, body_multipart: [{ content_type: 'text/plain' }] },
  ],
  ['property-conflict', 'objects', { ...observed, objects: { '0': { type: 'url', value: 'http://a.example/' } } }],
  [
    'property-conflict',
    'url',
    observable('artifact', { payload_bin: 'AA==', url: 'http://a.example/', hashes: { MD5: 'a'.repeat(32) } }),
  ],
  ['property-conflict', 'end', { ...traffic, is_active: true, end: '2026-01-01T00:00:00Z' }],
  ['property-conflict', 'body', { ...email, is_multipart: true, body: 'b' }],
  ['property-conflict', 'body_multipart', { ...email, body_multipart: [{ body: 'b' }] }],
  ['property-dependency', 'name', { ...malware, is_family: true }],
  ['property-dependency', '', { ...location, latitude: 1 }],
  ['property-dependency', 'precision', { ...location, precision: 1 }],
  ['property-dependency', 'hashes', observable('artifact', { url: 'http://a.example/' })],
  ['property-dependency', 'decryption_key', observable('artifact', { payload_bin: 'AA==', decryption_key: 'k' })],
  ['property-dependency', 'name_enc', observable('file', { hashes: { MD5: 'a'.repeat(32) }, name_enc: 'UTF-8' })],
  ['property-deprecated', 'objects', { ...observed, objects: { '0': { type: 'mutex', name: 'm' } } }],
  ['custom-property', 'x_a_b', { ...tool, x_a_b: 1 }],
  ['custom-prefix', 'x_a', { ...tool, x_a: 1 }],
  ['custom-prefix-lax', 'abc', { ...tool, abc: 1 }],
  ['custom-prefix', 'pattern', { ...indicator, pattern: '[x-foo:bar_baz = 1]' }],
  ['custom-prefix-lax', 'pattern', { ...indicator, pattern: '[file:foo = 1]' }],
  ['value-type', 'name', { ...tool, name: 1 }],
  ['value-type', 'revoked', { ...tool, revoked: 'no' }],
  ['value-type', 'confidence', { ...tool, confidence: 1.5 }],
  ['value-type', 'latitude', { ...location, latitude: '1', longitude: 1 }],
  ['value-type', 'created', { ...tool, created: 1 }],
  ['value-type', 'created_by_ref', { ...tool, created_by_ref: 1 }],
  ['value-type', 'labels', { ...tool, labels: 'a' }],
  ['value-type', 'opinion', versioned('opinion', { opinion: 1, object_refs: [`tool--${uuid}`] })],
  ['value-type', 'tool_types[0]', { ...tool, tool_types: [1] }],
  ['value-type', 'hashes', { ...file, hashes: 1 }],
  ['value-type', 'hashes.MD5', { ...file, hashes: { MD5: 1 } }],
  ['value-type', 'magic_number_hex', { ...file, magic_number_hex: 1 }],
  ['value-type', 'objects', { ...observed, objects: [] }],
  ['value-type', 'extensions', { ...file, extensions: [] }],
  [
    'value-type',
    `extensions["${extension}"].extension_type`,
    { ...tool, extensions: { [extension]: { extension_type: 1 } } },
  ],
  ['value-type', 'ipfix.abc', { ...traffic, ipfix: { abc: [1] } }],
  [
    'value-type',
    'extensions["pdf-ext"].document_info_dict.Title',
    { ...file, extensions: { 'pdf-ext': { document_info_dict: { Title: 1 } } } },
  ],
  [
    'value-type',
    'extensions["raster-image-ext"].exif_tags.Make',
    { ...file, extensions: { 'raster-image-ext': { exif_tags: { Make: true } } } },
  ],
  [
    'value-type',
    'extensions["http-request-ext"].request_header.Host',
    {
      ...traffic,
      extensions: { 'http-request-ext': { request_method: 'get', request_value: '/', request_header: { Host: 'a' } } },
    },
  ],
  [
    'value-type',
    'extensions["socket-ext"].options.SO_DEBUG',
    { ...traffic, extensions: { 'socket-ext': { address_family: 'AF_INET', options: { SO_DEBUG: 'a' } } } },
  ],
  ['value-type', 'definition.statement', { ...statement, definition: { statement: 1 } }],
  ['value-type', 'definition', { ...statement, definition: 's' }],
  ['value-null', 'name', { ...tool, name: null }],
  ['value-null', 'x_a_b', { ...tool, x_a_b: null }],
  ['value-range', 'confidence', { ...tool, confidence: 101 }],
  ['value-range', 'size', { ...file, size: -1 }],
  ['value-range', 'precision', { ...location, latitude: 1, longitude: 1, precision: -1 }],
  [
    'value-range',
    'extensions["socket-ext"].socket_descriptor',
    { ...traffic, extensions: { 'socket-ext': { address_family: 'AF_INET', socket_descriptor: -1 } } },
  ],
  [
    'value-range',
    'extensions["windows-pebinary-ext"].number_of_sections',
    { ...file, extensions: { 'windows-pebinary-ext': { pe_type: 'exe', number_of_sections: -1 } } },
  ],
  ['list-empty', 'labels', { ...tool, labels: [] }],
  ['list-empty', 'x_a_b.c', { ...tool, x_a_b: { c: [] } }],
  ['list-empty', 'granular_markings[0].selectors', { ...tool, granular_markings: [{ lang: 'en', selectors: [] }] }],
  ['dictionary-empty', 'hashes', { ...file, hashes: {} }],
  ['dictionary-empty', 'environment_variables', { ...process, environment_variables: {} }],
  ['dictionary-empty', 'extensions', { ...file, extensions: {} }],
  ['dictionary-key', 'environment_variables["a b"]', { ...process, environment_variables: { 'a b': 'c' } }],
  ['dictionary-key-case', 'x_a_b.Cd', { ...file, x_a_b: { Cd: 1 } }],
  ['timestamp-form', 'created', { ...tool, created: 'today' }],
  ['timestamp-calendar', 'modified', { ...tool, modified: '2026-02-30T00:00:00.000Z' }],
  ['timestamp-precision', 'created', { ...tool, created: '2026-01-01T00:00:00Z' }],
  [
    'timestamp-precision',
    'extensions["windows-pebinary-ext"].time_date_stamp',
    { ...file, extensions: { 'windows-pebinary-ext': { pe_type: 'exe', time_date_stamp: '2026-01-01T00:00:00.0Z' } } },
  ],
  ['timestamp-order', 'modified', { ...tool, modified: '2025-01-01T00:00:00.000Z' }],
  ['timestamp-order', 'valid_until', { ...indicator, valid_until: '2026-01-01T00:00:00Z' }],
  ['enumeration-value', 'opinion', versioned('opinion', { opinion: 'maybe', object_refs: [`tool--${uuid}`] })],
  ['vocabulary-value', 'tool_types[0]', { ...tool, tool_types: ['hammer'] }],
  ['vocabulary-form', 'tool_types[0]', { ...tool, tool_types: ['Big Hammer'] }],
  ['reference-form', 'created_by_ref', { ...tool, created_by_ref: 'me' }],
  ['reference-type', 'source_ref', { ...relationship, source_ref: `sighting--${uuid}` }],
  ['reference-type', 'host_vm_ref', { ...malwareAnalysis, host_vm_ref: `tool--${uuid}` }],
  ['reference-type', 'object_refs', { ...observed, object_refs: [`sighting--${uuid}`] }],
  ['reference-type', 'objects.0.type', { ...observed, objects: { '0': tool } }],
  [
    'reference-type',
    'objects.0.resolves_to_refs',
    {
      ...observed,
      objects: {
        '0': { type: 'domain-name', value: 'a.example', resolves_to_refs: ['1'] },
        '1': { type: 'mutex', name: 'm' },
      },
    },
  ],
  [
    'reference-key',
    'objects.0.resolves_to_refs',
    { ...observed, objects: { '0': { type: 'domain-name', value: 'a.example', resolves_to_refs: ['9'] } } },
  ],
  ['object-form', 'objects.0.type', { ...observed, objects: { '0': { value: 1 } } }],
  ['value-type', 'objects.0', { ...observed, objects: { '0': 1 } }],
  ['observable-key', 'objects.first', { ...observed, objects: { first: { type: 'mutex', name: 'm' } } }],
  ['hash-name', 'hashes.MD', { ...file, hashes: { MD: 'a' } }],
  ['hash-algorithm', 'hashes.CRC-32'.replace('.CRC-32', '["CRC-32"]'), { ...file, hashes: { 'CRC-32': 'a' } }],
  ['hash-name-length', `hashes.${'x_'.padEnd(31, 'a')}`, { ...file, hashes: { ['x_'.padEnd(31, 'a')]: 'a' } }],
  ['hash-value', 'hashes.MD5', { ...file, hashes: { MD5: 'zz' } }],
  ['hash-value', 'hashes.SSDEEP', { ...file, hashes: { SSDEEP: '!' } }],
  ['hash-value', 'hashes.TLSH', { ...file, hashes: { TLSH: '!' } }],
  ['hex-value', 'magic_number_hex', { ...file, magic_number_hex: 'abc' }],
  ['binary-value', 'payload_bin', observable('artifact', { payload_bin: 'abc' })],
  ['url-form', 'value', observable('url', { value: 'a.example' })],
  ['url-form', 'url', observable('artifact', { url: 'a b', hashes: { MD5: 'a'.repeat(32) } })],
  [
    'url-form',
    'external_references[0].url',
    { ...tool, external_references: [{ source_name: 's', url: 'http://a.example/%' }] },
  ],
  ['language-tag', 'lang', { ...tool, lang: 'xyzzy' }],
  ['language-tag', 'languages', observable('software', { name: 's', languages: ['xyzzy'] })],
  ['language-tag', 'contents.xyzzy', { ...language, contents: { xyzzy: { name: 'n' } } }],
  [
    'language-tag',
    'granular_markings[0].lang',
    { ...tool, granular_markings: [{ lang: 'xyzzy', selectors: ['name'] }] },
  ],
  [
    'kill-chain-name',
    'kill_chain_phases[0].phase_name',
    { ...tool, kill_chain_phases: [{ kill_chain_name: 'a', phase_name: 'A b' }] },
  ],
  ['external-reference', 'external_references[0]', { ...tool, external_references: [{ source_name: 's' }] }],
  [
    'external-reference-id',
    'external_references[0].external_id',
    { ...tool, external_references: [{ source_name: 'cve', external_id: 'CVE-1' }] },
  ],
  [
    'external-reference-id',
    'external_references[0].external_id',
    { ...tool, external_references: [{ source_name: 'x', external_id: 'CAPEC-1' }] },
  ],
  [
    'external-reference-hashes',
    'external_references[0]',
    { ...tool, external_references: [{ source_name: 's', url: 'http://a.example/' }] },
  ],
  ['marking-choice', 'granular_markings[0]', { ...tool, granular_markings: [{ selectors: ['name'] }] }],
  [
    'selector-form',
    'granular_markings[0].selectors[0]',
    { ...tool, granular_markings: [{ lang: 'en', selectors: ['[0]'] }] },
  ],
  [
    'selector-target',
    'granular_markings[0].selectors[0]',
    { ...tool, granular_markings: [{ lang: 'en', selectors: ['name.a'] }] },
  ],
  ['marking-cycle', 'object_marking_refs', { ...statement, object_marking_refs: [`marking-definition--${uuid}`] }],
  [
    'marking-cycle',
    'granular_markings',
    { ...statement, granular_markings: [{ marking_ref: `marking-definition--${uuid}`, selectors: ['created'] }] },
  ],
  ['marking-content', '', { ...statement, definition: undefined as unknown as JsonValue }],
  ['marking-tlp', '', { ...statement, definition_type: 'tlp', definition: { tlp: 'green' } }],
  ['marking-type', 'definition_type', { ...statement, definition_type: 'own', definition: { a: 1 } }],
  ['custom-marking', '', { ...statement, definition_type: 'own', definition: { a: 1 } }],
  ['property-missing', 'definition.statement', { ...statement, definition: {} }],
  ['translation-form', 'contents.de', { ...language, contents: { de: 'Werkzeug' } }],
  ['translation-form', 'contents.de.a', { ...language, contents: { de: { a: 'b' } } }],
  ['extension-name', 'extensions["Own"]'.replace('["Own"]', '.Own'), { ...file, extensions: { Own: { a: 1 } } }],
  [
    'extension-name',
    'extensions["extension-definition--1"]',
    { ...file, extensions: { 'extension-definition--1': { extension_type: 'new-sco' } } },
  ],
  [
    'extension-type',
    `extensions["${extension}"].extension_type`,
    { ...tool, extensions: { [extension]: { extension_type: 'own' } } },
  ],
  ['extension-empty', 'extensions["x-a-b-ext"]', { ...file, extensions: { 'x-a-b-ext': {} } }],
  ['extension-empty', 'extensions["tcp-ext"]', { ...traffic, extensions: { 'tcp-ext': {} } }],
  ['extension-undefined', 'extensions["x-a-b-ext"]', { ...file, extensions: { 'x-a-b-ext': { a: 1 } } }],
  ['extension-description', '', { ...definition, description: undefined as unknown as JsonValue }],
  ['extension-names', '', { ...definition, extension_types: ['toplevel-property-extension'] }],
  ['extension-names-misplaced', 'extension_properties', { ...definition, extension_properties: ['abc'] }],
  [
    'property-name',
    'extension_properties[0]',
    { ...definition, extension_types: ['toplevel-property-extension'], extension_properties: ['a'.repeat(251)] },
  ],
  ['indicator-texts', '', { ...indicator, name: undefined as unknown as JsonValue }],
  ['pattern-form', 'pattern', { ...indicator, pattern: '[' }],
  ['pattern-name', 'pattern', { ...indicator, pattern: "[a:value = 'b']" }],
  ['pattern-name', 'pattern', { ...indicator, pattern: "[url:v = 'b']" }],
  ['country-code', 'country', { ...location, country: 'xx' }],
  ['product-name', 'product', { ...malwareAnalysis, product: 'My AV' }],
  ['relationship-type', 'relationship_type', { ...relationship, relationship_type: 'Uses' }],
  ['relationship-suggested', 'relationship_type', { ...relationship, relationship_type: 'uses' }],
  ['media-type', 'mime_type', { ...file, mime_type: 'text' }],
  ['media-type-form', 'mime_type', observable('artifact', { payload_bin: 'AA==', mime_type: 'own/x' })],
  ['character-set', 'name_enc', { ...file, name_enc: 'mine' }],
  ['character-set', 'path_enc', observable('directory', { path: 'a', path_enc: 'mine' })],
  ['email-address', 'value', observable('email-addr', { value: 'A <a@b.example>' })],
  ['domain-form', 'value', observable('domain-name', { value: 'a b' })],
  ['address-form', 'value', observable('ipv4-addr', { value: '192.0.2.1/33' })],
  ['address-form', 'value', observable('ipv6-addr', { value: '2001:db8::1/' })],
  ['address-form', 'value', observable('mac-addr', { value: '00-00-5E-00-53-01' })],
  ['network-ports', '', { ...traffic, src_port: undefined as unknown as JsonValue }],
  ['protocol-name', 'protocols', { ...traffic, protocols: ['a_b'] }],
  ['ipfix-name', 'ipfix.Octets', { ...traffic, ipfix: { Octets: 1 } }],
  [
    'header-name',
    'extensions["http-request-ext"].request_header["X-Own"]',
    {
      ...traffic,
      extensions: {
        'http-request-ext': { request_method: 'get', request_value: '/', request_header: { 'X-Own': ['a'] } },
      },
    },
  ],
  [
    'socket-option',
    'extensions["socket-ext"].options.SO_OWN',
    { ...traffic, extensions: { 'socket-ext': { address_family: 'AF_INET', options: { SO_OWN: 1 } } } },
  ],
  [
    'pdf-info-key',
    'extensions["pdf-ext"].document_info_dict.Own',
    { ...file, extensions: { 'pdf-ext': { document_info_dict: { Own: 'a' } } } },
  ],
  [
    'priority-class',
    'extensions["windows-process-ext"].priority',
    { ...process, extensions: { 'windows-process-ext': { priority: 'high' } } },
  ],
  ['cpe-form', 'cpe', observable('software', { name: 's', cpe: 'cpe:/a:b' })],
  ['registry-hive', 'key', observable('windows-registry-key', { key: 'HKLM\\a' })],
];

function nested(depth: number): JsonValue {
  let value: JsonValue = 1;
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

for (const [code, path, object] of planted) {
  test(`${code} is found ${path === '' ? 'at the object' : `at ${path.slice(0, 60)}`} (${JSON.stringify(object).slice(0, 40)})`, () => {
    const text = JSON.parse(JSON.stringify(object)) as JsonValue;
    const found = validateObject(text).find((finding) => finding.code === code && finding.path === path);
    assert.ok(found !== undefined, JSON.stringify(validateObject(text), null, 1).slice(0, 2000));
    assert.equal(found.severity, rules[code].severity);
    assert.match(found.message, /^[A-Z][a-z]+ /);
    assert.notEqual(found.section, '');
  });
}

/** Faults that show only in a text or between objects. */
const plantedInBundles: readonly (readonly [RuleCode, string, string, ValidateBundleOptions])[] = [
  ['bundle-form', '', 'hello', {}],
  ['bundle-form', '', '{"type":"bundle"', {}],
  ['bundle-form', '', '[] []', {}],
  ['bundle-form', 'objects[0]', bundleOf({ type: 'bundle', id: `bundle--${uuid}`, objects: [] }), {}],
  ['bundle-form', 'objects[0]', `{"type":"bundle","id":"bundle--${uuid}","objects":[{"a":tru}]}`, {}],
  ['bundle-form', 'spec_version', bundleOf(tool), { specVersion: '2.0' }],
  ['stix-20', 'spec_version', bundleOf(tool).replace('{', '{"spec_version":"2.0",'), {}],
  ['property-missing', 'id', '{"type":"bundle"}', {}],
  ['id-form', 'id', '{"type":"bundle","id":"bundle--1"}', {}],
  ['id-version', 'id', '{"type":"bundle","id":"bundle--00000000-0000-1000-8000-000000000001"}', {}],
  ['custom-property', 'x_a_b', `{"type":"bundle","id":"bundle--${uuid}","x_a_b":1}`, {}],
  ['list-empty', 'objects', `{"type":"bundle","id":"bundle--${uuid}","objects":[]}`, {}],
  ['value-type', 'objects', `{"type":"bundle","id":"bundle--${uuid}","objects":{}}`, {}],
  ['property-duplicate', 'id', `{"type":"bundle","id":"bundle--${uuid}","id":"bundle--${uuid}"}`, {}],
  ['property-duplicate', 'objects[0]', bundleOf(tool).replace('"name":"t"', '"name":"\\"t:","name":"t"'), {}],
  ['property-duplicate', '', JSON.stringify(tool).replace('"name":"t"', '"x_a_b":[{"a":1,"a":2}],"name":"t"'), {}],
  ['nesting-depth', 'objects[0]', bundleOf({ ...tool, x_a_b: nested(80) }), {}],
  ['version-duplicate', 'objects[1]', bundleOf(tool, tool), {}],
  [
    'version-contradiction',
    'objects[2]',
    bundleOf(tool, { ...tool, modified: '2026-01-03T00:00:00.000Z' }, { ...tool, name: 'u' }),
    {},
  ],
  ['reference-missing', 'objects[0].source_ref', bundleOf(relationship), { containment: true }],
  [
    'reference-missing',
    'objects[0].extensions["archive-ext"].contains_refs',
    bundleOf({ ...file, extensions: { 'archive-ext': { contains_refs: [`file--${uuid}`] } } }),
    { containment: true },
  ],
  [
    'translation-target',
    'objects[1].object_modified',
    bundleOf(tool, { ...language, object_modified: '2020-01-01T00:00:00.000Z' }),
    {},
  ],
  [
    'translation-target',
    'objects[1].contents.de.name',
    bundleOf(tool, { ...language, contents: { de: { name: 1 } } }),
    {},
  ],
  [
    'translation-target',
    'objects[1].contents.de.aliases',
    bundleOf({ ...tool, aliases: ['a', 'b'] }, { ...language, contents: { de: { aliases: ['c'] } } }),
    {},
  ],
  [
    'translation-target',
    'objects[1].contents.de.aliases',
    bundleOf({ ...tool, aliases: ['a', 'b'] }, { ...language, contents: { de: { aliases: 'c' } } }),
    {},
  ],
  [
    'translation-target',
    'objects[1].contents.de.aliases[1]',
    bundleOf({ ...tool, aliases: ['a', 'b'] }, { ...language, contents: { de: { aliases: ['c', 1] } } }),
    {},
  ],
  [
    'translation-target',
    'objects[1].contents.de.x_a_b',
    bundleOf({ ...tool, x_a_b: { c: 'd' } }, { ...language, contents: { de: { x_a_b: 'c' } } }),
    {},
  ],
  [
    'translation-target',
    'objects[1].contents.de.x_a_b.c',
    bundleOf({ ...tool, x_a_b: { c: 'd' } }, { ...language, contents: { de: { x_a_b: { c: 1, e: 1 } } } }),
    {},
  ],
  ['interop-creator', 'objects[0]', bundleOf(tool), { profile: 'interop' }],
  [
    'interop-creator',
    'objects[0].created_by_ref',
    bundleOf({ ...tool, created_by_ref: `identity--${other}` }),
    { profile: 'interop' },
  ],
  [
    'interop-creator',
    'objects[0].created_by_ref',
    bundleOf({ ...tool, created_by_ref: `identity--${uuid}` }, versioned('identity', { name: 'i' })),
    { profile: 'interop' },
  ],
  [
    'interop-tlp',
    'objects[0].object_marking_refs',
    bundleOf({
      ...tool,
      object_marking_refs: [
        'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9',
        'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da',
      ],
    }),
    { profile: 'interop' },
  ],
  ['interop-property', 'objects[0].tool_types', bundleOf(tool), { profile: 'interop', useCase: 'tool' }],
  ['type-refused', 'objects[0].type', bundleOf(versioned('x-example-thing')), { closed: true }],
  ['type-refused', 'objects[0].pattern', bundleOf({ ...indicator, pattern: '[x-a-b:cde = 1]' }), { closed: true }],
  ['property-refused', 'objects[0].x_a_b', bundleOf({ ...tool, x_a_b: 1 }), { closed: true }],
  ['property-refused', 'objects[0].pattern', bundleOf({ ...indicator, pattern: '[file:x_a_b = 1]' }), { closed: true }],
  [
    'property-refused',
    'objects[0].extensions["x-a-b-ext"]',
    bundleOf({ ...file, extensions: { 'x-a-b-ext': { a: 1 } } }),
    { closed: true },
  ],
];

function bundleOf(...objects: readonly JsonObject[]): string {
  return JSON.stringify({ type: 'bundle', id: `bundle--${other}`, objects });
}

for (const [code, path, text, options] of plantedInBundles) {
  test(`${code} is found in a bundle${path === '' ? '' : ` at ${path}`}: ${text.slice(0, 50)}`, () => {
    const findings = validateBundle(text, options);
    const found = findings.find((finding) => finding.code === code && finding.path === path);
    assert.ok(found !== undefined, JSON.stringify(findings, null, 1).slice(0, 2000));
  });
}

test('every rule of the registry is shown a fault it must see', () => {
  const shown = new Set<string>([...planted, ...plantedInBundles].map(([code]) => code));
  const never = Object.keys(rules).filter((code) => !shown.has(code));
  assert.deepEqual(never, []);
});

test('the strict profile makes every finding an error', () => {
  const object = { ...tool, x_a_b: 1 };
  assert.ok(validateObject(object).every(({ severity }) => severity === 'warning'));
  assert.ok(validateObject(object, { profile: 'strict' }).every(({ severity }) => severity === 'error'));
  assert.ok(validateBundle(bundleOf(object), { profile: 'strict' }).every(({ severity }) => severity === 'error'));
});

test('the interop profile is asked of a single object too (Interoperability v1.0)', () => {
  assert.equal(validateObject(tool, { profile: 'interop' })[0]?.code, 'interop-creator');
});

test('a definition looks into an extension, and into the object it belongs to (§7.3)', () => {
  const own: readonly DefinitionRow[] = [
    {
      source: 'own',
      extension,
      type: 'tool',
      place: 'extension',
      properties: { rank: { type: 'integer', required: true } },
    },
    { source: 'own', type: 'x-own', place: 'object', properties: { size: { type: 'integer' } } },
    { source: 'own', extension: 'x-own-a-ext', place: 'extension', properties: { rank: { type: 'integer' } } },
  ];
  const find = (object: JsonObject): string[] =>
    validateObject(object, { definitions: own, closed: true })
      .filter(({ severity }) => severity === 'error')
      .map(({ code, path }) => `${code} ${path}`);
  const property = { extension_type: 'property-extension' };
  assert.deepEqual(find({ ...tool, extensions: { [extension]: { ...property, rank: 1 } } }), []);
  assert.deepEqual(find({ ...tool, extensions: { [extension]: { ...property, rank: 'a' } } }), [
    `value-type extensions["${extension}"].rank`,
  ]);
  assert.deepEqual(find({ ...tool, extensions: { [extension]: property } }), [
    `property-missing extensions["${extension}"].rank`,
  ]);
  assert.deepEqual(find({ ...indicator, extensions: { [extension]: { ...property, rank: 'a' } } }), []);
  assert.deepEqual(find(versioned('x-own', { size: 'a' })), ['value-type size']);
  assert.deepEqual(find({ ...tool, extensions: { 'x-own-a-ext': { rank: 'a' } } }), [
    'value-type extensions["x-own-a-ext"].rank',
  ]);
});

test('a finding names the section it comes from, in a structure and an extension that of theirs', () => {
  const sectionOf = (code: RuleCode, object: JsonObject, options: ValidateBundleOptions = {}): string | undefined =>
    validateObject(object, options).find((finding) => finding.code === code)?.section;
  const reference = { ...tool, external_references: [{ description: 'd' }] };
  assert.equal(sectionOf('property-missing', reference), '2.5');
  assert.equal(sectionOf('value-type', { ...reference, name: 1 }), '2');
  assert.equal(
    sectionOf('property-missing', { ...reference, external_references: 1, name: undefined as unknown as JsonValue }),
    '4.18',
  );
  const pap = { extension_type: 'property-extension', pap: 'blue' };
  const marking = { ...statement, extensions: { 'extension-definition--f8d78575-edfd-406e-8e84-6162a8450f5b': pap } };
  assert.equal(sectionOf('enumeration-value', marking), 'PAP extension');
  assert.equal(sectionOf('interop-property', tool, { profile: 'interop', useCase: 'tool' }), 'Interop v1.0 §3.19.2');
  assert.equal(sectionOf('interop-creator', tool, { profile: 'interop', useCase: 'none' }), 'Interop v1.0 §2.3.4');
});

test('the extensions of OASIS are looked into: TLP 2.0, PAP, IEP, contacts, the incident suite', () => {
  const errors = (object: JsonObject): string[] =>
    validateObject(object)
      .filter(({ severity }) => severity === 'error')
      .map(({ code, path }) => `${code} ${path.replace(/.*"\]/, '')}`);
  const marking = (key: string, content: JsonObject): JsonObject => ({
    type: 'marking-definition',
    spec_version: '2.1',
    id: `marking-definition--${uuid}`,
    created: times.created,
    extensions: { [`extension-definition--${key}`]: { extension_type: 'property-extension', ...content } },
  });
  assert.deepEqual(errors(marking('60a3c5c5-0d10-413e-aab3-9e08dde9e88d', { tlp_2_0: 'amber+strict' })), []);
  assert.deepEqual(errors(marking('60a3c5c5-0d10-413e-aab3-9e08dde9e88d', { tlp_2_0: 'white' })), [
    'enumeration-value .tlp_2_0',
  ]);
  assert.deepEqual(errors(marking('f8d78575-edfd-406e-8e84-6162a8450f5b', {})), ['property-missing .pap']);
  assert.deepEqual(errors(marking('762e2e97-ee51-43e5-a9ea-165fbb862c4a', { encrypt_in_transit: 'never' })), [
    'enumeration-value .encrypt_in_transit',
  ]);
  const task = versioned('task', {
    outcome: 'lost',
    extensions: { 'extension-definition--2074a052-8be4-4932-849e-f5e7798e0030': { extension_type: 'new-sdo' } },
  });
  assert.deepEqual(errors(task), ['enumeration-value outcome']);
  const impact = versioned('impact', {
    impact_category: 'monetary',
    extensions: {
      'extension-definition--7cc33dd6-f6a1-489b-98ea-522d351d71b9': { extension_type: 'new-sdo' },
      'monetary-ext': { min_amount: -1 },
    },
  });
  assert.deepEqual(errors(impact), ['value-range .min_amount', 'property-missing .variety']);
});

test('references inside observed-data are keys of it, its observables need no id (§2.13)', () => {
  const objects = {
    '0': { type: 'domain-name', value: 'a.example', resolves_to_refs: ['1'] },
    '1': { type: 'ipv4-addr', value: '192.0.2.1' },
    '2': { type: 'file', name: 'a', contains_refs: ['1'], extensions: { 'archive-ext': { contains_refs: ['2'] } } },
    '3': { type: 'x-example-thing', a_value: 1 },
  };
  const { object_refs: _, ...rest } = observed;
  const errors = validateObject({ ...rest, objects }).filter(({ severity }) => severity === 'error');
  assert.deepEqual(errors, []);
});

test('envelopes, arrays and single objects are checked as bundles are (TAXII 2.1 §3.7)', () => {
  const codes = (text: string): string[] => validateBundle(text).map(({ code, path }) => `${code} ${path}`);
  const bad = JSON.stringify({ ...tool, name: 1 });
  assert.deepEqual(codes(`\ufeff{"more":false,"objects":[${bad}]}`), ['value-type objects[0].name']);
  assert.deepEqual(codes(`[${bad}]`), ['value-type objects[0].name']);
  assert.deepEqual(codes(bad), ['value-type name']);
  assert.deepEqual(codes('{}'), []);
});

test('the findings of a bundle are cut', () => {
  const bad = { ...tool, aliases: Array.from({ length: 150 }, () => 1) };
  const findings = validateBundle(bundleOf(...Array.from({ length: 200 }, () => bad)));
  assert.equal(findings.length, 20_001);
  assert.equal(findings.at(-1)?.code, 'findings-cut');
});
