import { readFileSync } from 'node:fs';
import { isJsonObject } from '@comity/protocol/base';
import type { JsonObject, JsonValue } from '@comity/protocol/base';
import { deterministicId, validateBundle } from '@comity/protocol/stix';
import type { DefinitionRow, RuleCode } from '@comity/protocol/stix';
import { findShared } from '../../packages/testkit/src/index.ts';
import { scoreOf } from './suite.ts';
import type { Suite } from './suite.ts';

const casesPath = 'vectors/python-stix2/parse-cases.json';

interface Case {
  readonly input: JsonValue;
  readonly options: { readonly allow_custom?: boolean };
  readonly ok: boolean;
  readonly source: string;
}

/** What python-stix2 takes for an object, and what it refuses. */
export const stixParseSuite: Suite = {
  name: 'python-stix2 parse',
  needs: [casesPath],
  run: () => {
    const { cases } = JSON.parse(readFileSync(findShared(casesPath) ?? casesPath, 'utf8')) as { cases: Case[] };
    return [scoreOf('python-stix2 parse', cases, 116, judge)];
  },
};

/** Tests whose input breaks a MUST the library does not look at: compared without it (docs/spec/stix-validation.md). */
const beyond: Readonly<Record<string, readonly RuleCode[]>> = {
  test_parse_observable_with_custom_extension_property: ['property-name'],
  test_parse_observable_with_unregistered_custom_extension: ['url-form'],
  test_unregistered_new_style_extension: ['property-missing', 'property-name'],
  test_parse_infrastructure: ['id-form'],
  test_parse_infrastructure_kill_chain_phases: ['id-form'],
  test_parse_infrastructure_clean_kill_chain_phases: ['id-form', 'value-type'],
  test_parse_malware_clean_kill_chain_phases: ['value-type'],
  // The recorded input holds the object itself, in text, where the library took it from memory.
  test_malware_with_os_refs: ['reference-form'],
  test_parse_malware_analysis: ['reference-type'],
};

/** What the tests register before they parse, or name in an extension. */
const registered: readonly DefinitionRow[] = [
  { source: 'test', type: 'x-new-observable', place: 'object', properties: {} },
  { source: 'test', type: 'my-favorite-sdo', place: 'object', properties: {} },
  { source: 'test', type: 'my-favorite-sro', place: 'object', properties: {} },
  { source: 'test', type: 'my-favorite-sco', place: 'object', properties: {} },
  {
    source: 'test',
    extension: 'x-new-ext',
    place: 'extension',
    properties: { property1: { type: 'string', required: true }, property2: { type: 'integer' } },
  },
  {
    source: 'test',
    extension: 'extension-definition--ebc8034c-d474-4182-9364-66dddbd337d4',
    place: 'object',
    properties: { foo: { type: 'string' } },
  },
];

function judge({ input, options, ok, source }: Case): string | undefined {
  const test = source.replace(/^.*::/, '');
  const allowed = beyond[test] ?? [];
  const findings = validateBundle(JSON.stringify(completed(input)), {
    closed: options.allow_custom !== true,
    definitions: registered,
  }).filter(({ severity, code }) => severity === 'error' && !allowed.includes(code));
  if ((findings.length === 0) === ok) return undefined;
  const found = findings.map(({ code, path }) => `${code} at ${path}`).join(', ');
  return `${test}: ${ok ? `we find ${found}` : 'we find nothing'}`;
}

const uuid = '00000000-0000-4000-8000-000000000001';
const instant = '2017-01-01T00:00:00.000Z';

/** The library fills in what may be left out in its calls: id, version, times, and their three digits. */
function completed(value: JsonValue): JsonValue {
  if (!isJsonObject(value)) return value;
  const type = typeof value['type'] === 'string' ? value['type'] : '';
  if (type === 'bundle') return completedBundle(value);
  const id = value['id'] ?? deterministicId(type, value) ?? `${type}--${uuid}`;
  const isObservable = value['created'] === undefined && deterministicId(type, value) !== undefined;
  if (isObservable || observableTypes.has(type)) return { spec_version: '2.1', ...value, id };
  const created = withMilliseconds(value['created'] ?? value['modified'] ?? instant);
  const modified = withMilliseconds(value['modified'] ?? created);
  return {
    spec_version: '2.1',
    ...value,
    id,
    created,
    ...(type !== 'marking-definition' && { modified }),
  };
}

/** Observables without contributing properties. */
const observableTypes: ReadonlySet<string> = new Set(['process', 'email-message', 'artifact', 'user-account']);

function completedBundle(bundle: JsonObject): JsonObject {
  const { objects } = bundle;
  const list = Array.isArray(objects) ? objects : [];
  const parsed = list.map((object) => (typeof object === 'string' ? (JSON.parse(object) as JsonValue) : object));
  return {
    ...bundle,
    id: bundle['id'] ?? `bundle--${uuid}`,
    ...(objects !== undefined && { objects: parsed.map(completed) }),
  };
}

function withMilliseconds(time: JsonValue): JsonValue {
  return typeof time === 'string' && /:\d\dZ$/.test(time) ? time.replace('Z', '.000Z') : time;
}
