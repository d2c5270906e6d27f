import { asOwnError, isJsonObject } from '../../base/index.ts';
import type { JsonObject } from '../../base/index.ts';
import { parsePattern } from '../../pattern/index.ts';
import { commonProperties } from '../model/common-properties.ts';
import { kindOfType, objectRows } from '../model/object-kinds.ts';
import { relationships } from '../model/relationships.ts';
import { isPropertyName, isTypeName, uuidStartOf } from './forms.ts';
import { checkPrefix } from './names.ts';
import { comparisonsOf } from './pattern-comparisons.ts';
import { countryCodes } from './registries.ts';
import { shown } from './report.ts';
import type { Report } from './report.ts';

/** What is asked of an object of one type beyond its table. */
export type ObjectRule = (object: JsonObject, report: Report) => void;

/** Rules of domain and relationship objects (§4, §5) by type. */
export const domainRules: ReadonlyMap<string, ObjectRule> = new Map<string, ObjectRule>([
  ['indicator', checkIndicator],
  ['location', checkLocation],
  ['malware', checkMalware],
  ['malware-analysis', checkMalwareAnalysis],
  ['observed-data', checkObservedData],
  ['relationship', checkRelationship],
]);

/** §4.7.1. */
function checkIndicator(indicator: JsonObject, report: Report): void {
  const { name, description, pattern, pattern_type: type, pattern_version: version } = indicator;
  if (name === undefined || description === undefined)
    report.add('indicator-texts', undefined, 'Add a name and a description: they help whoever reads it');
  if (type === 'stix' && typeof pattern === 'string') checkPattern(pattern, version === '2.0' ? '2.0' : '2.1', report);
}

/** §9, with the names of §9.7. */
function checkPattern(text: string, version: '2.0' | '2.1', report: Report): void {
  const pattern = patternOf(text, version, report);
  if (pattern === undefined) return;
  for (const { type, steps } of comparisonsOf(pattern)) {
    const property = steps[0];
    checkPatternType(type, report);
    if (typeof property === 'string') checkPatternProperty(type, property, report);
  }
}

function checkPatternType(type: string, report: Report): void {
  if (objectRows.has(type)) return;
  if (!isTypeName(type)) report.add('pattern-name', 'pattern', `Correct the pattern: ${shown(type)} is no object type`);
  else {
    if (report.isClosed) report.add('type-refused', 'pattern', `Remove ${shown(type)}: nothing defines it`);
    checkPrefix(type, '-', 'pattern', report);
  }
}

function checkPatternProperty(type: string, property: string, report: Report): void {
  const row = objectRows.get(type);
  if (property === 'id' || row?.properties[property] !== undefined || commonProperties[property] !== undefined) return;
  if (!isPropertyName(property)) {
    report.add('pattern-name', 'pattern', `Correct the pattern: ${shown(property)} is no property`);
  } else if (row !== undefined) {
    if (report.isClosed) report.add('property-refused', 'pattern', `Remove ${shown(property)}: nothing defines it`);
    checkPrefix(property, '_', 'pattern', report);
  }
}

function patternOf(text: string, version: '2.0' | '2.1', report: Report): ReturnType<typeof parsePattern> | undefined {
  try {
    return parsePattern(text, { version });
  } catch (error) {
    report.add('pattern-form', 'pattern', asOwnError(error).message);
    return undefined;
  }
}

/** §4.10.1. */
function checkLocation(location: JsonObject, report: Report): void {
  const { latitude, longitude, precision, region, country } = location;
  const hasPoint = latitude !== undefined && longitude !== undefined;
  if (region === undefined && country === undefined && !hasPoint)
    report.add('property-choice', undefined, 'Add region, country or latitude and longitude');
  if ((latitude === undefined) !== (longitude === undefined))
    report.add('property-dependency', undefined, 'Add latitude and longitude together');
  if (precision !== undefined && !hasPoint)
    report.add('property-dependency', 'precision', 'Add latitude and longitude, or leave out precision');
  if (Number(precision) < 0)
    report.add('value-range', 'precision', `Write a precision of at least 0, not ${shown(precision)}`);
  if (typeof country === 'string' && !countryCodes.has(country.toUpperCase()))
    report.add('country-code', 'country', `Write an ISO 3166-1 code of two letters as country, not ${shown(country)}`);
}

/** §4.11.1: "For a malware family the name MUST be defined." */
function checkMalware({ is_family: isFamily, name }: JsonObject, report: Report): void {
  if (isFamily === true && name === undefined)
    report.add('property-dependency', 'name', 'Add the name of the malware family');
}

/** §4.12.1. */
function checkMalwareAnalysis(analysis: JsonObject, report: Report): void {
  const { product, result, analysis_sco_refs: found } = analysis;
  if (typeof product === 'string' && !/^[a-z0-9-]+$/.test(product))
    report.add('product-name', 'product', `Write the product ${shown(product)} in lower case with hyphens`);
  if (result === undefined && found === undefined)
    report.add('property-choice', undefined, 'Add result or analysis_sco_refs');
}

/** §4.14.1. */
function checkObservedData({ objects, object_refs: refs }: JsonObject, report: Report): void {
  if (objects === undefined && refs === undefined)
    report.add('property-choice', undefined, 'Add object_refs: what was observed');
  if (objects !== undefined && refs !== undefined)
    report.add('property-conflict', 'objects', 'Leave out objects where object_refs are');
  if (Array.isArray(refs) && refs.length > 0 && refs.every(isNoObservable))
    report.add('reference-type', 'object_refs', 'Refer to at least one observable in object_refs');
}

function isNoObservable(ref: unknown): boolean {
  const kind = kindOfType(typeOfRef(ref));
  return kind !== 'SCO' && kind !== 'custom';
}

/** The type of a reference, empty when it is malformed. */
function typeOfRef(ref: unknown): string {
  const start = typeof ref === 'string' ? uuidStartOf(ref) : -1;
  return typeof ref === 'string' && start > 0 ? ref.slice(0, start - 2) : '';
}

/** Source, type and target as one key; `*` for every observable. */
const suggested: ReadonlySet<string> = new Set(
  relationships.flatMap(({ source, type, targets }) =>
    targets.map((target) => `${source} ${type} ${target === 'SCO' ? '*' : target}`),
  ),
);

/** Those of every object (§3.7). */
const commonRelationships: ReadonlySet<string> = new Set(['derived-from', 'duplicate-of', 'related-to']);

/** §5.1.2, §3.7. */
function checkRelationship(relationship: JsonObject, report: Report): void {
  const { relationship_type: type, source_ref: source, target_ref: target } = relationship;
  if (typeof type !== 'string') return;
  if (!/^[a-z0-9-]+$/.test(type)) {
    report.add('relationship-type', 'relationship_type', `Write ${shown(type)} with a-z, 0-9 and hyphens only`);
    return;
  }
  const [from, to] = [typeOfRef(source), typeOfRef(target)];
  if (!commonRelationships.has(type) && canRelate(from) && canRelate(to) && !isSuggested(from, type, to))
    report.add(
      'relationship-suggested',
      'relationship_type',
      `Prefer a relationship the standard suggests to "${from} ${type} ${to}"`,
    );
}

function canRelate(type: string): boolean {
  const kind = kindOfType(type);
  return kind === 'SDO' || kind === 'SCO' || (kind === 'custom' && type !== '' && type !== 'bundle');
}

function isSuggested(from: string, type: string, to: string): boolean {
  return suggested.has(`${from} ${type} ${to}`) || (kindOfType(to) === 'SCO' && suggested.has(`${from} ${type} *`));
}

/** What the objects of observed data (deprecated) hold, none when they are no dictionary. */
export function observedObjects(object: JsonObject): JsonObject | undefined {
  const { type, objects } = object;
  return type === 'observed-data' && isJsonObject(objects) ? objects : undefined;
}
