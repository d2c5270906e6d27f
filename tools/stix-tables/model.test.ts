import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { objectRows } from '../../packages/protocol/src/stix/model/object-kinds.ts';
import {
  commonProperties,
  commonSetOf,
  commonStructures,
} from '../../packages/protocol/src/stix/model/common-properties.ts';
import { structures } from '../../packages/protocol/src/stix/model/structures.ts';
import { findShared, skipWithout } from '../../packages/testkit/src/index.ts';
import { loadSpecTables, makeModel, modelDir } from './main.ts';

const needsSpec = { skip: skipWithout('vectors', 'stix-spec') };
const needsSchemas = { skip: skipWithout('vectors', 'stix-json-schemas') };

test('the generated tables are what the generator makes of the standard', needsSpec, async () => {
  const tables = loadSpecTables();
  assert.ok(tables !== undefined);
  const made = await makeModel(tables);
  assert.equal(made.size, 11);
  for (const [name, text] of made) assert.equal(readFileSync(join(modelDir, name), 'utf8'), text, name);
  const values = tables.vocabularies.reduce((count, vocabulary) => count + vocabulary.values.length, 0);
  assert.deepEqual([tables.vocabularies.length, values, tables.relationships.length], [32, 339, 59]);
  assert.equal(objectRows.size, 19 + 2 + 18 + 3);
});

test('a table that gains a property or loses its correction is seen', needsSpec, async () => {
  const tables = loadSpecTables();
  assert.ok(tables !== undefined);
  const changed = structuredClone(tables);
  const campaign = changed.objects.find(({ type }) => type === 'campaign')?.property_tables[0];
  assert.ok(campaign !== undefined);
  Object.assign(campaign.properties[1] ?? {}, { name: 'planted' });
  const made = await makeModel(changed);
  assert.notEqual(made.get('domain-objects.ts'), readFileSync(join(modelDir, 'domain-objects.ts'), 'utf8'));
  const family = changed.objects
    .find(({ type }) => type === 'malware')
    ?.property_tables[0]?.properties.find(({ name }) => name === 'is_family');
  Object.assign(family ?? {}, { required: true });
  await assert.rejects(makeModel(changed), /needs its correction no more/);
});

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly [key: string]: unknown;
}

/** The names of properties a schema mentions at the level of the object, through `allOf`, `oneOf` and `anyOf`. */
function propertiesOf(schema: Schema): Set<string> {
  const names = new Set(Object.keys(schema.properties ?? {}));
  for (const key of ['allOf', 'oneOf', 'anyOf']) {
    for (const part of (schema[key] ?? []) as Schema[]) for (const name of propertiesOf(part)) names.add(name);
  }
  return names;
}

function requiredOf(schema: Schema): Set<string> {
  const names = new Set(schema.required);
  for (const part of (schema['allOf'] ?? []) as Schema[]) for (const name of requiredOf(part)) names.add(name);
  return names;
}

/** §4.3.1 reserves it, so the schema leaves it out. */
const schemaSlips: Readonly<Record<string, readonly string[]>> = { 'course-of-action': ['action'] };

test("every property of OASIS's schemas is in the tables, and none besides", needsSchemas, () => {
  const root = findShared('vectors/stix-json-schemas/schemas') ?? '';
  const common = new Set(Object.keys(commonProperties));
  let compared = 0;
  for (const dir of ['sdos', 'sros', 'observables']) {
    for (const file of readdirSync(join(root, dir))) {
      const schema = JSON.parse(readFileSync(join(root, dir, file), 'utf8')) as Schema;
      const type = file.replace(/\.json$/, '');
      const row = objectRows.get(type);
      assert.ok(row !== undefined, type);
      const theirs = [...propertiesOf(schema)].filter((name) => !common.has(name)).sort();
      const slips = schemaSlips[type] ?? [];
      const ours = Object.keys(row.properties).filter((name) => !common.has(name) && !slips.includes(name));
      assert.deepEqual(ours.sort(), theirs, type);
      const required = Object.entries(row.properties).filter(([, { required: must }]) => must === true);
      for (const name of requiredOf(schema))
        assert.ok(required.some(([own]) => own === name) || common.has(name), `${type}.${name}`);
      compared++;
    }
  }
  assert.equal(compared, 19 + 2 + 18);
});

test("the common properties are those of OASIS's schemas", needsSchemas, () => {
  const root = findShared('vectors/stix-json-schemas/schemas/common') ?? '';
  const read = (name: string): Schema => JSON.parse(readFileSync(join(root, `${name}.json`), 'utf8')) as Schema;
  for (const [file, set] of [
    ['core', 'versioned'],
    ['cyber-observable-core', 'observable'],
  ] as const) {
    const { required, optional } = commonSetOf(set);
    assert.deepEqual([...required, ...optional].sort(), [...propertiesOf(read(file))].sort());
    assert.deepEqual([...required].sort(), [...requiredOf(read(file))].sort());
  }
  for (const name of ['external-reference', 'kill-chain-phase', 'granular-marking']) {
    const row = [...commonStructures, ...structures].find((each) => each.name === name);
    assert.deepEqual(Object.keys(row?.properties ?? {}).sort(), [...propertiesOf(read(name))].sort(), name);
  }
});

/** Schemas of named structures: those of extensions by their key, embedded types by their definition. */
function* namedSchemas(schema: unknown): Generator<[string, Schema]> {
  if (typeof schema !== 'object' || schema === null) return;
  for (const [key, value] of Object.entries(schema)) {
    const name = /^\^?([a-z0-9-]+-(?:ext|type|section))\$?$/.exec(key)?.[1];
    if (name !== undefined) yield [name, value as Schema];
    yield* namedSchemas(value);
  }
}

test("the structures inside observables are those of OASIS's schemas", needsSchemas, () => {
  const root = findShared('vectors/stix-json-schemas/schemas/observables') ?? '';
  const otherNames: Readonly<Record<string, string>> = {
    'mime-part-type': 'email-mime-part-type',
    'windows-pe-section': 'windows-pe-section-type',
  };
  // §6.7.5: the schema still allows this property of STIX 2.0 as the one that must be there.
  const gone = new Set(['image_compression_algorithm']);
  let compared = 0;
  for (const file of readdirSync(root)) {
    for (const [name, schema] of namedSchemas(JSON.parse(readFileSync(join(root, file), 'utf8')))) {
      const row = structures.find((each) => each.name === (otherNames[name] ?? name));
      const theirs = [...propertiesOf(schema)].filter((property) => !gone.has(property)).sort();
      if (row === undefined || theirs.length === 0) continue;
      assert.deepEqual(Object.keys(row.properties).sort(), theirs, name);
      for (const must of requiredOf(schema)) assert.equal(row.properties[must]?.required, true, `${name}.${must}`);
      compared++;
    }
  }
  assert.equal(compared, 17);
});
