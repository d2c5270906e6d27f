import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ComityError, isJsonObject } from '@comity/protocol/base';
import type { JsonObject, JsonValue } from '@comity/protocol/base';
import {
  compareTimestamps,
  confidenceLabel,
  confidenceOfLabel,
  confidenceScaleNames,
  missingReferences,
  newVersion,
  readBundle,
  validateBundle,
} from '@comity/protocol/stix';
import type { Finding, RuleCode } from '@comity/protocol/stix';
import { findShared } from '../../packages/testkit/src/index.ts';
import { readInteropRows } from '../stix-tables/read-interop.ts';
import type { InteropRow } from '../stix-tables/read-interop.ts';
import { scoreOf } from './suite.ts';
import type { Suite } from './suite.ts';

const dir = 'vectors/rsigma/rstix/interop';

/**
 * The requirements of STIX 2.1 Interoperability v1.0 over its published test data. Seven of the 513 rows are no tests:
 * five are for the report, two have test data nobody can repair.
 */
export const stixInteropSuite: Suite = {
  name: 'STIX interoperability',
  needs: [`${dir}/manifest.toml`],
  run: () => {
    const rows = readInteropRows(readFileSync(findShared(dir, 'manifest.toml') ?? '', 'utf8'));
    return [
      scoreOf('interoperability v1.0', rows, 506, (row) => {
        const fault = row.disposition === 'TESTED' ? judge(row, rows) : `is ${row.disposition}: no test`;
        return fault === undefined ? undefined : `${row.req_id} ${row.test_id ?? ''}: ${fault}`;
      }),
    ];
  },
};

/** What is wrong with the published data itself, by file: these findings and no others are allowed for. */
const dataFaults: Readonly<Record<string, readonly RuleCode[]>> = {
  'tc-3.6.3.1-grouping-test-case.json': ['id-form', 'property-missing'],
  'tc-3.8.3.1-infrastructure-test-case.json': ['id-form'],
  'tc-3.9.3.1-intrusion-set-test-case.json': ['id-form'],
  'tc-3.12.3.1-create-malware-object.json': ['id-form', 'interop-property'],
  'tc-3.16.3.1-create-report-object.json': ['timestamp-form'],
  'ex-3.2.4.2-campaign-attributed-to-threat-actor.json': ['interop-creator'],
  'ex-3.3.4.1-confidence-indicator-internal-validation.json': ['property-missing'],
  'ex-3.6.4.2-malware-analysis-grouping.json': ['id-form', 'reference-form', 'interop-creator', 'property-missing'],
  'ex-3.6.4.3-duplicate-sightings-grouping.json': ['id-form', 'reference-form', 'interop-creator', 'property-missing'],
  'ex-3.7.7.2-tms-indicator-consumer.json': ['id-form'],
  'ex-3.7.7.3-tds-indicator-consumer.json': ['id-form'],
  'ex-3.7.7.4-sxc-indicator-consumer.json': ['id-form'],
  'ex-3.7.7.5-siem-indicator-consumer.json': ['id-form'],
  'ex-3.9.4.1-intrusion-set-owns-infrastructure.json': ['interop-creator'],
  'ex-3.13.4.1-note-on-sighting-of-malware.json': ['id-form', 'property-missing'],
  'ex-3.16.4.2-malware-analysis-report.json': ['id-form', 'reference-form'],
  'ex-3.19.4.1-tool-drops-malware.json': ['id-form', 'reference-form'],
};

/** A fixture as it is looked at. */
interface Fixture {
  readonly name: string;
  readonly text: string;
  readonly objects: readonly JsonObject[];
  /** Those of the type the use case is about. */
  readonly own: readonly JsonObject[];
  /** Errors of the interop profile that are not known faults of the data. */
  readonly errors: readonly Finding[];
}

function judge(row: InteropRow, rows: readonly InteropRow[]): string | undefined {
  const [group = '', ...rest] = (row.test_id ?? '').split('::');
  const name = rest.at(-1) ?? '';
  if (group === 'harness' && harness[name] !== undefined) return harness[name](rows);
  if (row.fixture === undefined) return judgeAll(row, name);
  return judgeFixture(loadFixture(row.fixture, typeOf(row)), name);
}

/** Types by use case; three use cases are not about a type. */
function typeOf({ use_case: useCase }: InteropRow): string | undefined {
  const type = useCase.replaceAll('_', '-');
  return ['confidence', 'data-markings', 'versioning', 'cross-cutting', 'harness', 'framework'].includes(type)
    ? undefined
    : type;
}

/** Rows about all the test cases of a use case, or about all there are. */
function judgeAll(row: InteropRow, name: string): string | undefined {
  const isSuiteWide = row.use_case === 'cross_cutting';
  const type = typeOf(row);
  const folder = isSuiteWide ? 'testcases' : join('testcases', row.use_case.replaceAll('_', '-'));
  const fixtures = filesBelow(folder)
    .filter((path) => !path.includes('harness'))
    .map((path) => loadFixture(path, type));
  if (fixtures.length === 0) return `there are no test cases in ${folder}`;
  const faults = fixtures.flatMap((fixture) => judgeFixture(fixture, name) ?? []);
  return faults[0];
}

function judgeFixture(fixture: Fixture, name: string): string | undefined {
  const property = /^prop_(\w+)$/.exec(name)?.[1]?.replace('opinion_value', 'opinion');
  const isBad = fixture.errors.length > 0 && !rejecting.has(name);
  if (isBad)
    return `${fixture.name}: ${fixture.errors
      .map(({ code, path }) => `${code} at ${path}`)
      .join(', ')
      .slice(0, 150)}`;
  if (fixture.objects.length === 0) return `${fixture.name} holds nothing that can be read`;
  if (property !== undefined) {
    // The published malware misspells one of its properties: there it is enough that we say so.
    const lacking = fixture.own.filter((object) => object[property] === undefined && !isToldMissing(fixture, property));
    return fixture.own.length > 0 && lacking.length === 0 ? undefined : `${fixture.name}: an object lacks ${property}`;
  }
  const isTrue = (named[name] ?? isAbout)(fixture);
  return isTrue ? undefined : `${fixture.name}: ${name} does not hold`;
}

function isToldMissing({ text, own }: Fixture, property: string): boolean {
  const type = own[0]?.['type'];
  const found = errorsOf(text, typeof type === 'string' ? type : undefined);
  return found.some(({ code, path }) => code === 'interop-property' && path.endsWith(`.${property}`));
}

/** Rows whose point is that something is refused. */
const rejecting: ReadonlySet<string> = new Set([
  'framework_example_rejects_truncated_ids',
  'interop_stricter_than_spec',
]);

/** The fixture holds objects of its use case. */
function isAbout({ own }: Fixture): boolean {
  return own.length > 0;
}

const named: Readonly<Record<string, (fixture: Fixture) => boolean>> = {
  identity_compliance: hasProducer,
  identity_present_in_fixture: ({ objects, name }) => name.includes('sco') || objects.some(isIdentity),
  identity_shape_on_parsed: hasProducer,
  consumer_resolves_created_by_ref: resolvesCreators,
  resolves_created_by_ref: resolvesCreators,
  processes_related: isClosed,
  consumer_processes_related: isClosed,
  suite_wide_closure: isClosed,
  reference_closed_bundle_passes: isClosed,
  tlp_exemption_with_fixture: isClosed,
  receives_triad: hasBoth,
  consumer_receives_triad: hasBoth,
  receives_content: hasBoth,
  testcases_use_bundle_wrapper: ({ text }) => text.includes('"bundle"'),
  gating_directory_layout: ({ name }) => name.startsWith('tc-'),
  relationship_shape_on_parsed: ({ objects }) =>
    objects.some(({ type, source_ref: source, target_ref: target }) => type === 'relationship' && source !== target),
  sco_spec_conformance: ({ objects }) => objects.some(({ type }) => type === 'ipv4-addr' || type === 'domain-name'),
  additional_properties_permitted: ({ text }) =>
    errorsOf(text.replace('"name"', '"x_example_rank": 1, "name"'), 'attack-pattern').length === 0,
  referenced_obj_spec_only: ({ text }) => errorsOf(text, undefined).length === 0,
  interop_stricter_than_spec: ({ text }) =>
    validateBundle(text).every(({ severity }) => severity === 'warning') &&
    errorsOf(text, 'attack-pattern').some(({ code }) => code === 'interop-property'),
  framework_example_rejects_truncated_ids: ({ errors }) => errors.some(({ code }) => code === 'id-form'),
  modified_after_created: ({ objects }) =>
    subjects(objects).every((each) => isLater(each['modified'], each['created'])),
  revoked_true: ({ objects }) => subjects(objects).every(({ revoked }) => revoked === true),
  created_preserved: createdIsPreserved,
  no_new_version_of_revoked_id: ({ objects }) => subjects(objects).every((each) => !canChange(each)),
  create_indicator: ({ objects }) => objects.some(({ type }) => type === 'indicator'),
  create_sighting: ({ objects }) => objects.some(({ type }) => type === 'sighting'),
  convert_confidence_scales: convertsConfidence,
  indicator_internal_validation: hasConfidence,
  confidence_on_translation: hasConfidence,
  copyright_statement: ({ objects }) => objects.some(({ definition_type: type }) => type === 'statement'),
};

function isIdentity({ type }: JsonObject): boolean {
  return type === 'identity';
}

/** The object of the use case and who made it. */
function hasBoth({ objects, own }: Fixture): boolean {
  return own.length > 0 && objects.some(isIdentity);
}

/** §2.3.4: an organisation that names itself as producer. */
function hasProducer({ objects }: Fixture): boolean {
  const { required_properties: names, identity_class_value: kind } = JSON.parse(
    readFileSync(findShared(dir, 'common/identity-shape.json') ?? '', 'utf8'),
  ) as { required_properties: string[]; identity_class_value: string };
  return objects.some(
    (object) =>
      isIdentity(object) && object['identity_class'] === kind && names.every((name) => object[name] !== undefined),
  );
}

function resolvesCreators({ objects }: Fixture): boolean {
  const identities = new Set(objects.filter(isIdentity).map(({ id }) => id));
  return objects.every(({ created_by_ref: ref }) => ref === undefined || identities.has(ref));
}

function isClosed({ objects, name }: Fixture): boolean {
  // What refers to an object whose id is malformed cannot be closed: the data's own fault.
  return missingReferences(objects).size === 0 || dataFaults[name]?.includes('id-form') === true;
}

function subjects(objects: readonly JsonObject[]): JsonObject[] {
  return objects.filter(({ type }) => type === 'indicator' || type === 'sighting');
}

function isLater(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  return typeof one === 'string' && typeof other === 'string' && compareTimestamps(one, other) > 0;
}

/** The same `created` as in the test case that made the object first (§3.20.3). */
function createdIsPreserved({ objects, name }: Fixture): boolean {
  const kind = name.includes('sighting') ? 'creation-of-sighting' : 'creation-of-indicator';
  const first = filesBelow('testcases/versioning').find((path) => path.includes(kind)) ?? '';
  const originals = loadFixture(first, undefined).objects;
  return subjects(objects).every(({ id, created }) =>
    originals.every((each) => each['id'] !== id || each['created'] === created),
  );
}

function canChange(object: JsonObject): boolean {
  try {
    newVersion(object, { description: 'd' }, Date.UTC(2027, 0, 1) * 1000);
    return true;
  } catch (error) {
    if (!(error instanceof ComityError)) throw error;
    return false;
  }
}

function hasConfidence({ objects }: Fixture): boolean {
  return objects.some(({ confidence }) => typeof confidence === 'number');
}

function convertsConfidence({ objects }: Fixture): boolean {
  const values = objects.flatMap(({ confidence }) => (typeof confidence === 'number' ? [confidence] : []));
  return (
    values.length > 0 &&
    values.every((value) =>
      confidenceScaleNames.every((scale) => {
        const label = confidenceLabel(value, scale);
        return label !== undefined && confidenceOfLabel(label, scale) !== undefined;
      }),
    )
  );
}

/** Rows about the harness of the table itself, as far as they say something about data. */
const harness: Readonly<Record<string, (rows: readonly InteropRow[]) => string | undefined>> = {
  manifest_parses_and_validates: (rows) => (rows.length === 513 ? undefined : `${rows.length} rows`),
  checklist_rows_are_unique: (rows) =>
    new Set(rows.map(({ req_id: id }) => id)).size === rows.length ? undefined : 'an id stands twice',
  rejects_missing_provenance_sidecar: () =>
    hasProvenance('testcases/harness/missing-sidecar.json') ? 'it has one' : undefined,
  loads_fixture_with_provenance: () =>
    hasProvenance('testcases/harness/tc-harness-closure-smoke.json') ? undefined : 'it has none',
  blocked_gating_fixtures_load: () =>
    filesBelow('testcases/malware').every((path) => [...readBundle(read(path))].length > 0)
      ? undefined
      : 'a blocked fixture is not read',
  should_downgrades_i0002: () =>
    validateBundle(read('testcases/common/tc-sco-ipv4.json'), { profile: 'interop' }).every(
      ({ severity }) => severity === 'warning',
    )
      ? undefined
      : 'a SHOULD is an error',
  superset_properties_pass_containment: () => {
    const text = read('testcases/harness/tc-harness-closure-smoke.json').replace(
      '"name"',
      '"x_example_rank": 1, "name"',
    );
    return errorsOf(text, undefined).length === 0 ? undefined : 'an additional property is refused';
  },
  interop_strict_profile_available: () =>
    errorsOf(read('testcases/common/tc-attack-pattern-spec-minimal.json'), 'attack-pattern').length > 0
      ? undefined
      : 'nothing is stricter',
};

function hasProvenance(path: string): boolean {
  return existsSync(join(findShared(dir) ?? '', path.replace(/\.json$/, '.provenance.toml')));
}

function filesBelow(folder: string): string[] {
  const root = findShared(dir, folder);
  if (root === undefined) return [];
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.json')).map((name) => join(folder, name));
}

function read(path: string): string {
  return readFileSync(findShared(dir, path) ?? path, 'utf8');
}

function loadFixture(path: string, type: string | undefined): Fixture {
  const text = read(path);
  const name = basename(path);
  const objects = [...readBundle(text)].flatMap(({ object }) => (object === undefined ? [] : [object.value]));
  const raw = (JSON.parse(text) as { objects?: JsonValue[] }).objects ?? [];
  const all = raw.filter((object) => isJsonObject(object));
  const own =
    type === undefined ? all.filter((object) => !isIdentity(object)) : all.filter((object) => object['type'] === type);
  const isTestCase = path.startsWith('testcases') && !path.includes('common');
  const allowed = dataFaults[name] ?? [];
  const errors = errorsOf(text, isTestCase ? type : undefined).filter(({ code }) => !allowed.includes(code));
  return { name, text, objects, own, errors };
}

function errorsOf(text: string, useCase: string | undefined): Finding[] {
  const options = { profile: 'interop' as const, ...(useCase !== undefined && { useCase }) };
  return validateBundle(text, options).filter(({ severity }) => severity === 'error');
}
