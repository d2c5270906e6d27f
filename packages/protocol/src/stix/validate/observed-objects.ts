import { isJsonObject } from '../../base/index.ts';
import type { JsonObject, JsonValue } from '../../base/index.ts';
import { textOf } from '../fields.ts';
import { commonProperties, commonStructures } from '../model/common-properties.ts';
import { objectRows } from '../model/object-kinds.ts';
import { observables } from '../model/observables.ts';
import type { PropertyRow, PropertyRows, StructureRow } from '../model/rows.ts';
import { structures } from '../model/structures.ts';
import { PropertySet } from './property-set.ts';
import { needObject, shown } from './report.ts';
import type { Report } from './report.ts';
import { compileStructures } from './structure-checks.ts';

const { object_marking_refs: markingRefs, granular_markings: granularMarkings } = commonProperties;

/** The common properties of observables that may stand there. */
const embeddedCommon: PropertyRows = {
  type: { type: 'string', required: true },
  id: { type: 'identifier' },
  spec_version: { type: 'enum', values: ['2.1'] },
  defanged: { type: 'boolean' },
  ...(markingRefs !== undefined && { object_marking_refs: markingRefs }),
  ...(granularMarkings !== undefined && { granular_markings: granularMarkings }),
};

/** References among the observables inside observed-data are keys, so what is an identifier elsewhere is text here. */
function withKeys(rows: PropertyRows): PropertyRows {
  return Object.fromEntries(
    Object.entries(rows).map(([name, row]) => [name, { ...row, type: row.type.replace('identifier', 'string') }]),
  );
}

const rowsWithKeys = (rows: readonly StructureRow[]): StructureRow[] =>
  rows.map((row) => ({ ...row, properties: withKeys(row.properties) }));

/** The structures of the standard, as they stand inside observed-data. */
export const embeddedStructures = compileStructures(rowsWithKeys([...commonStructures, ...structures]));

/** The properties of observables, as they stand inside observed-data: without an id of their own. */
export const embeddedSets: ReadonlyMap<string, PropertySet> = new Map(
  observables.map(({ type, properties }) => {
    const common = { ...embeddedCommon, ...withKeys(properties), extensions: { type: 'extensions' } };
    return [type, new PropertySet(common, embeddedStructures)];
  }),
);

/** The same for observables of custom types. */
export const embeddedCustom = new PropertySet(
  { ...embeddedCommon, extensions: { type: 'extensions' } },
  embeddedStructures,
);

/**
 * The observables inside observed-data (deprecated, §2.13): their keys are numbers, their references such keys, and those
 * lead to objects of the right type.
 */
export function checkObservedKeys(objects: JsonObject, report: Report): void {
  for (const key in objects) {
    if (!/^\d{1,15}$/.test(key)) report.add('observable-key', key, `Use a number as key instead of ${shown(key)}`);
    const object = needObject(objects[key] ?? null, key, report);
    if (object !== undefined) checkReferences(object, key, objects, report);
    if (report.isFull) break;
  }
}

function checkReferences(object: JsonObject, key: string, objects: JsonObject, report: Report): void {
  const rows = objectRows.get(textOf(object, 'type'))?.properties ?? {};
  report.enter(key);
  for (const name in object) {
    const row = rows[name];
    if (row?.refs === undefined) continue;
    const value = object[name];
    for (const ref of Array.isArray(value) ? value : [value]) checkReference(ref, name, row, objects, report);
  }
  report.leave();
}

function checkReference(
  ref: JsonValue | undefined,
  name: string,
  row: PropertyRow,
  objects: JsonObject,
  report: Report,
): void {
  const target = typeof ref === 'string' && Object.hasOwn(objects, ref) ? objects[ref] : undefined;
  if (!isJsonObject(target)) {
    report.add('reference-key', name, `Refer in ${name} to a key of objects, not to ${shown(ref)}`);
    return;
  }
  const type = textOf(target, 'type');
  const isAllowed = row.refs?.includes('SCO') === true || row.refs?.includes(type) === true;
  if (!isAllowed)
    report.add('reference-type', name, `Refer in ${name} to ${row.refs?.join(' or ') ?? ''}, not to a ${shown(type)}`);
}
