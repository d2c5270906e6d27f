import { isJsonObject } from '../../base/index.ts';
import type { JsonObject, JsonValue } from '../../base/index.ts';
import { isStix20, upgradeObject } from '../stix20/upgrade-object.ts';
import { commonProperties, commonSetOf } from '../model/common-properties.ts';
import type { DefinitionRow } from '../model/definition-row.ts';
import { kindOfType, objectRows } from '../model/object-kinds.ts';
import type { ObjectKind } from '../model/object-kinds.ts';
import type { PropertyRow } from '../model/rows.ts';
import { checkDefinedProperties, definitionsOf } from './definitions.ts';
import type { Definitions, ObjectDefinition } from './definitions.ts';
import { checkAnything, checkKeyCase } from './dictionary-checks.ts';
import { domainRules, observedObjects } from './domain-rules.ts';
import type { ObjectRule } from './domain-rules.ts';
import { checkExtensionDefinition, checkExtensions, extensionsUse } from './extension-rules.ts';
import { isTypeName } from './forms.ts';
import { checkId, checkObservableId } from './id-rules.ts';
import { checkInteropObject } from './interop.ts';
import { checkLanguageContent } from './language-rules.ts';
import { checkMarkingDefinition, checkSelectors } from './marking-rules.ts';
import { checkCustomName, checkName, checkPrefix } from './names.ts';
import { checkObservedKeys, embeddedCustom, embeddedSets, embeddedStructures } from './observed-objects.ts';
import { observableRules } from './observable-rules.ts';
import { PropertySet } from './property-set.ts';
import { Report, shown } from './report.ts';
import type { Finding } from './report.ts';
import { standardStructures } from './structure-checks.ts';
import type { StructureChecks } from './value-checks.ts';

/** What is asked of an object. */
export interface ValidateOptions {
  /**
   * `spec`, the default: every MUST an error, every SHOULD a warning. `strict`: warnings are errors. `interop`: besides,
   * what STIX 2.1 Interoperability v1.0 asks of a producer.
   */
  readonly profile?: 'spec' | 'strict' | 'interop';
  /** With the interop profile: the type of object whose use case is tested; its objects need more properties. */
  readonly useCase?: string;
  /** Extensions and custom types to look into besides those of OASIS; compiled once for each list. */
  readonly definitions?: readonly DefinitionRow[];
  /** Whether types, properties and extensions that nobody defines are errors; false by default, as the standard allows them. */
  readonly closed?: boolean;
}

/**
 * Checks a STIX 2.1 object against the standard.
 *
 * Pure and linear in the size of the object. Unknown properties and types are allowed, with a warning unless an extension
 * declares them. An object of STIX 2.0 is upgraded first and told as one.
 *
 * @param object - Attacker-controlled; any JSON. Its duplicated keys are gone by now: `validateBundle` sees them.
 * @returns What is wrong, in the order of the object; at most 201 findings.
 * @throws nothing.
 */
export function validateObject(object: JsonValue, options: ValidateOptions = {}): Finding[] {
  const is20 = isJsonObject(object) && isStix20(object);
  const findings = validateVersion(is20 ? upgradeObject(object).object : object, options, is20);
  return options.profile === 'strict' ? findings.map(asError) : findings;
}

/**
 * Checks an object that is in the words of STIX 2.1.
 *
 * @param wasStix20 - Whether it has been upgraded and that is to be told.
 * @param base - Where it stands, in front of every path.
 */
export function validateVersion(object: JsonValue, options: ValidateOptions, wasStix20: boolean, base = ''): Finding[] {
  const report = new Report({ isClosed: options.closed ?? false, base });
  if (wasStix20) report.add('stix-20', undefined, 'Write STIX 2.1: this is STIX 2.0 and was judged as it reads in 2.1');
  checkObject(object, definitionsOf(options.definitions), report);
  if (options.profile === 'interop' && isJsonObject(object)) checkInteropObject(object, options.useCase, report);
  return report.findings;
}

/** A finding as the strict profile tells it. */
export function asError(finding: Finding): Finding {
  return { ...finding, severity: 'error' };
}

/** What is compiled of one type. */
interface TypeChecks {
  readonly kind: ObjectKind;
  readonly section: string;
  readonly properties: PropertySet;
  readonly structures: StructureChecks;
  readonly rule: ObjectRule | undefined;
}

const metaRules: ReadonlyMap<string, ObjectRule> = new Map([
  ['language-content', checkLanguageContent],
  ['marking-definition', checkMarkingDefinition],
  ['extension-definition', checkExtensionDefinition],
]);

const typeChecks: ReadonlyMap<string, TypeChecks> = new Map(
  [...objectRows.values()].map(({ type, section, common, properties }) => {
    const rule = domainRules.get(type) ?? observableRules.get(type) ?? metaRules.get(type);
    const kind = kindOfType(type);
    const set = propertySetOf(common, properties);
    return [type, { kind, section, rule, properties: set, structures: standardStructures }];
  }),
);

/** Objects of custom types have the common properties of what they are like. */
const customVersioned: TypeChecks = {
  kind: 'custom',
  section: '7.3',
  properties: propertySetOf('versioned', {}),
  structures: standardStructures,
  rule: undefined,
};
const customObservable: TypeChecks = { ...customVersioned, properties: propertySetOf('observable', {}) };

function propertySetOf(common: string, own: Readonly<Record<string, PropertyRow>>): PropertySet {
  const { required, optional } = commonSetOf(common);
  const names = new Set([...required, ...optional]);
  const rows = Object.fromEntries(Object.entries(commonProperties).filter(([name]) => names.has(name)));
  // Extensions need the object they belong to: they are checked apart.
  return new PropertySet({ ...rows, ...own, extensions: { type: 'extensions' } }, standardStructures, required);
}

/** Checks an object where the walk is. */
function checkObject(object: JsonValue, definitions: Definitions, report: Report): void {
  if (!isJsonObject(object) || typeof object['type'] !== 'string') {
    const what = isJsonObject(object) ? 'type' : undefined;
    const found = isJsonObject(object) ? object['type'] : object;
    report.add('object-form', what, `Write an object with a type, not ${shown(found)}`);
    return;
  }
  const { type } = object;
  const checks = typeChecks.get(type) ?? customChecks(object, type, report);
  checkWith(checks, object, type, definitions, report);
  const { created_by_ref: creator } = object;
  if (typeof creator === 'string' && !creator.startsWith('identity--'))
    report.add('creator-type', 'created_by_ref', `Name an identity as created_by_ref, not ${shown(creator)}`);
  if (checks.kind === 'SCO') {
    checkObservableId(object, type, report);
    checkKeyCase(object, report);
  } else checkId(object, type, report);
  const observed = observedObjects(object);
  if (observed !== undefined) checkObserved(observed, definitions, report);
}

function checkWith(
  checks: TypeChecks,
  object: JsonObject,
  type: string,
  definitions: Definitions,
  report: Report,
): void {
  const { extensions } = object;
  const use = extensionsUse(extensions);
  report.section = checks.section;
  if (checks.kind === 'custom' && !use.definesType)
    report.add('custom-type', 'type', `Define the type ${shown(type)} in an extension`);
  if (checks.kind === 'custom' && report.isClosed && !definitions.hasType(type))
    report.add('type-refused', 'type', `Remove objects of type ${shown(type)}: nothing defines it`);
  const ofObject = definitions.ofObject(object);
  checkProperties(object, checks, { addsProperties: use.addsProperties, ofObject }, report);
  checks.properties.checkWhole(object, report);
  checks.rule?.(object, report);
  checkSelectors(object, report);
  if (extensions !== undefined)
    checkExtensions(object, extensions, { definitions, ofObject, structures: checks.structures }, report);
  checkDefinedProperties(object, ofObject, report);
}

/** The observables inside observed-data (deprecated). */
function checkObserved(objects: JsonObject, definitions: Definitions, report: Report): void {
  report.enter('objects');
  checkObservedKeys(objects, report);
  for (const key in objects) {
    const object = objects[key];
    if (!isJsonObject(object)) continue;
    report.enter(key);
    const type = object['type'];
    const known = typeof type === 'string' ? typeChecks.get(type) : undefined;
    if (typeof type !== 'string') report.add('object-form', 'type', `Write an object with a type, not ${shown(type)}`);
    else if (known !== undefined && known.kind !== 'SCO')
      report.add('reference-type', 'type', `Put observables into objects, not a ${shown(type)}`);
    else {
      const checks = known ?? customObservable;
      const properties = embeddedSets.get(type) ?? embeddedCustom;
      checkWith({ ...checks, properties, structures: embeddedStructures }, object, type, definitions, report);
    }
    report.leave();
    if (report.isFull) break;
  }
  report.leave();
}

/** Unknown properties of a known type come with an extension; those of a custom type are its own. */
function checkProperties(
  object: JsonObject,
  checks: TypeChecks,
  { addsProperties, ofObject }: { readonly addsProperties: boolean; readonly ofObject: readonly ObjectDefinition[] },
  report: Report,
): void {
  const isOpen = checks.kind === 'custom' || (addsProperties && !report.isClosed);
  for (const name in object) {
    const value = object[name] ?? null;
    if (!checks.properties.checkValue(name, value, report)) {
      if (isOpen || ofObject.some(({ properties }) => properties.has(name))) checkName(name, report);
      else checkCustomName(name, report);
      checkAnything(value, name, report);
    }
    if (report.isFull) return;
  }
}

function customChecks(object: JsonObject, type: string, report: Report): TypeChecks {
  if (type === 'action')
    report.add('type-reserved', 'type', `Choose another type than ${shown(type)}: the standard reserves it`);
  else if (!isTypeName(type))
    report.add('type-name', 'type', `Choose a type of 3 to 250 of a-z, 0-9 and single hyphens, not ${shown(type)}`);
  else if (object['extensions'] === undefined) checkPrefix(type, '-', 'type', report);
  return object['created'] === undefined && object['modified'] === undefined ? customObservable : customVersioned;
}
