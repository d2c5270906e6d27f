import { isJsonObject, recogniseTimestampUs } from '../base/index.ts';
import type { JsonObject, JsonValue } from '../base/index.ts';
import type { StixObject } from '../stix/index.ts';
import { namedObjects, ruleLanguages } from './attribute-kind.ts';
import { observedBy, referredBy } from './referred.ts';
import { alternativesOf } from './pattern-tests.ts';
import type { Stated } from './pattern-tests.ts';
import { notesOf, referencesOf, secondsOf, textIn } from './stix-fields.ts';
import { typedValue, valueOfConjunction, valuesOfObservable } from './stix-values.ts';
import type { ObservedValues, TypedValue } from './stix-values.ts';
import { recogniseMispUuid } from './uuid.ts';
import { leavesOf, valueOfObservables, valueOfTests } from './value-of-type.ts';
import type { Alternatives } from './value-of-type.ts';

/** The attributes an object becomes, and what of it they say. */
export interface AttributeValues {
  readonly values: readonly TypedValue[];
  readonly isToIds: boolean;
  readonly category: string;
  readonly comment: string;
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** Until when it holds, Unix seconds; 0: not said. */
  readonly expiresS: number;
  readonly object: { readonly uuid: string; readonly name: string; readonly isOfMisp: boolean } | undefined;
  /** Properties that went in. */
  readonly properties: readonly string[];
  /** External references that did. */
  readonly references?: readonly JsonObject[];
  /** Types of further objects that belong to it and have no form in MISP. */
  readonly lost?: readonly string[];
  /** Further objects that did, with theirs. */
  readonly from?: readonly { readonly value: JsonObject; readonly properties: readonly string[] }[];
}

const noValues: ObservedValues = { template: undefined, values: [], properties: [] };

type Find = (id: string) => JsonObject | undefined;

const languageOfPattern: ReadonlyMap<string, string> = new Map(
  [...ruleLanguages].map(([type, language]) => [language, type]),
);
const clusterTypes: ReadonlySet<string> = new Set([
  'attack-pattern',
  'campaign',
  'course-of-action',
  'intrusion-set',
  'malware',
  'threat-actor',
  'tool',
]);

/** Whether an object is what a MISP has a galaxy cluster for, and no attribute of an event. */
export function isCluster(type: string, value: JsonObject): boolean {
  return notesOf(value).galaxy !== '' || (clusterTypes.has(type) && !isNamed(type, value));
}

/** Whether an attribute names it. */
function isNamed(type: string, value: JsonObject): boolean {
  return type === 'vulnerability' || namedObjects.get(notesOf(value).type) === type;
}

/** The tag of a cluster: that of the galaxy it came of, ATT&CK's, else one that says its type. */
export function tagOfCluster(value: JsonObject): string {
  const type = textIn(value['type']);
  const name = textIn(value['name']).replaceAll('"', "'");
  const { galaxy } = notesOf(value);
  if (galaxy !== '') return `misp-galaxy:${galaxy}="${name}"`;
  const attack = attackIdOf(value).replaceAll('"', "'");
  return attack === '' ? `misp-galaxy:stix-2.1-${type}="${name}"` : `misp-galaxy:mitre-${type}="${name} - ${attack}"`;
}

/** Whether a cluster is one of a galaxy that a MISP has. */
export function isOfGalaxy(value: JsonObject): boolean {
  return notesOf(value).galaxy !== '' || attackIdOf(value) !== '';
}

function attackIdOf(value: JsonObject): string {
  return textIn(referencesOf(value, 'mitre-attack')[0]?.['external_id']);
}

/** @returns undefined when no attribute says any of it; a MISP refuses an attribute that says nothing. */
export function attributesOf(object: StixObject, find: Find): AttributeValues | undefined {
  const found = valuesOf(object, find);
  const values = found?.values.filter(({ value }) => value.trim() !== '') ?? [];
  return found === undefined || values.length === 0 ? undefined : { ...found, values };
}

function valuesOf({ type, value }: StixObject, find: Find): AttributeValues | undefined {
  const { category } = notesOf(value);
  const common = { ...onlyValue, category, object: objectOf(value) };
  if (type === 'indicator') return ofIndicator(value, common);
  if (type === 'observed-data') return ofObservation(value, find, common);
  if (type === 'note') return ofNote(value, common);
  if (isNamed(type, value)) return ofNamed(type, value, common);
  const observed = valuesOfObservable(value, find);
  if (observed === undefined) return undefined;
  return {
    ...common,
    values: observed.values,
    properties: observed.properties,
    object: templateOf(value, observed.template),
  };
}

/** What says no more than a value. */
export const onlyValue: AttributeValues = {
  values: [],
  isToIds: false,
  category: '',
  comment: '',
  firstSeen: '',
  lastSeen: '',
  expiresS: 0,
  object: undefined,
  properties: [],
};

function objectOf(value: JsonObject): AttributeValues['object'] {
  const [ref] = referencesOf(value, 'misp-object');
  const uuid = recogniseMispUuid(ref?.['external_id']);
  const name = textIn(ref?.['description']);
  return uuid === undefined || name === '' ? undefined : { uuid, name, isOfMisp: true };
}

function templateOf(value: JsonObject, template: string | undefined): AttributeValues['object'] {
  return template === undefined ? undefined : { uuid: textIn(value['id']), name: template, isOfMisp: false };
}

function ofIndicator(value: JsonObject, common: AttributeValues): AttributeValues | undefined {
  const language = textIn(value['pattern_type']);
  const pattern = textIn(value['pattern']);
  const values = language === 'stix' ? ofPattern(value, pattern, common) : ofRule(language, pattern);
  if (values === undefined) return undefined;
  const phases = Array.isArray(value['kill_chain_phases']) ? value['kill_chain_phases'].filter(isJsonObject) : [];
  const isOwnPhase = phases.every((phase) => phase['kill_chain_name'] === 'misp-category');
  const from = textIn(value['valid_from']);
  return {
    ...common,
    values,
    isToIds: true,
    category: common.category || textIn(phases[0]?.['phase_name']),
    comment: [textIn(value['name']), textIn(value['description'])].filter((text) => text !== '').join(': '),
    firstSeen: isSame(from, value['modified']) ? '' : from,
    expiresS: secondsOf(value['valid_until']),
    properties: [
      'pattern',
      'pattern_type',
      'pattern_version',
      'valid_from',
      'valid_until',
      'name',
      'description',
      ...(isOwnPhase ? ['kill_chain_phases'] : []),
    ],
  };
}

function ofRule(language: string, pattern: string): TypedValue[] | undefined {
  const type = languageOfPattern.get(language);
  return type === undefined || pattern === '' ? undefined : [{ type, value: pattern }];
}

/** The attribute it came from, an attribute for each alternative, else the pattern as it is. */
function ofPattern(value: JsonObject, pattern: string, { object }: AttributeValues): TypedValue[] {
  const asItIs: TypedValue[] = [{ type: 'stix2-pattern', value: pattern }];
  const alternatives = alternativesOf(pattern);
  if (alternatives === undefined || notesOf(value).type === 'stix2-pattern') return asItIs;
  const own = ofOwnType(value, object, alternatives, valueOfTests);
  if (own !== undefined) return own;
  const values = alternatives.map(valueOfConjunction).filter((each) => each !== undefined);
  return values.length < alternatives.length ? asItIs : distinct(values);
}

/**
 * The attribute it came from, with the ports that its object of MISP's states for its address. Undefined when no attribute of
 * that type says all of what is stated and nothing else.
 */
function ofOwnType(
  value: JsonObject,
  object: AttributeValues['object'],
  stated: Alternatives,
  valueOfType: typeof valueOfTests,
): TypedValue[] | undefined {
  const { type } = notesOf(value);
  if (type === '') return undefined;
  const side = object?.name === 'ip-port' ? sideOfAddress.get(type) : undefined;
  const portPath = side && `network-traffic:${side}_port`;
  const isPort = ({ path }: Stated): boolean => path === portPath;
  const noted = notedValue(value);
  const own = valueOfType(
    type,
    stated.map((together) => together.filter((each) => !isPort(each))),
    noted,
  );
  if (own === undefined) return undefined;
  const ports = stated.flat().filter(isPort);
  return [
    own === noted ? { type, value: own } : typedValue(type, own),
    ...distinct(ports.map((port) => ({ type: 'port', value: port.value, relation: `${side}-port`, isToIds: false }))),
  ];
}

const sideOfAddress: ReadonlyMap<string, 'src' | 'dst'> = new Map([
  ['ip-src', 'src'],
  ['ip-dst', 'dst'],
]);

function distinct(values: readonly TypedValue[]): TypedValue[] {
  return [...new Map(values.map((each) => [`${each.type}\n${each.value}`, each])).values()];
}

function notedValue(value: JsonObject): string | undefined {
  const noted = referencesOf(value, 'misp-attribute')[0]?.['description'];
  return typeof noted === 'string' ? noted : undefined;
}

function ofObservation(value: JsonObject, find: Find, common: AttributeValues): AttributeValues | undefined {
  const observables = [...observedBy(value, find).values()];
  const first = textIn(value['first_observed']);
  const last = textIn(value['last_observed']);
  const times = {
    ...common,
    firstSeen: isSame(first, value['modified']) ? '' : first,
    lastSeen: isSame(first, last) ? '' : last,
    properties: [
      'first_observed',
      'last_observed',
      'object_refs',
      ...(value['number_observed'] === 1 ? ['number_observed'] : []),
    ],
  };
  const own = ofOwnType(value, common.object, [observables.flatMap(leavesOf)], valueOfObservables);
  if (own !== undefined) return { ...times, values: own };
  const referred = new Set(observables.flatMap(referredBy));
  const all = observables.map((each) => ({ value: each, ...(valuesOfObservable(each, find) ?? noValues) }));
  const isReferred = (each: (typeof all)[number]): boolean => referred.has(textIn(each.value['id']));
  const said = new Set(all.flatMap((each) => (isReferred(each) ? [] : each.values.map((one) => one.value))));
  // What is referred to by something that says it is not said again.
  const found = all.filter(
    (each) => each.values.length > 0 && !(isReferred(each) && each.values.every((one) => said.has(one.value))),
  );
  if (found.length === 0) return undefined;
  const template = found.find((each) => each.template !== undefined);
  return {
    ...times,
    values: distinct(found.flatMap(({ values }) => values)),
    object:
      common.object ??
      (found.length === 1 && template !== undefined ? templateOf(template.value, template.template) : undefined),
    from: found,
    lost: all.filter(({ values }) => values.length === 0).map((each) => textIn(each.value['type'])),
  };
}

function ofNote(value: JsonObject, common: AttributeValues): AttributeValues {
  const { type, isToIds } = notesOf(value);
  return {
    ...common,
    values: [{ type: type || 'comment', value: textIn(value['content']) }],
    isToIds: isToIds ?? false,
    comment: textIn(value['abstract']),
    properties: ['content', 'abstract', 'object_refs'],
  };
}

function ofNamed(type: string, value: JsonObject, common: AttributeValues): AttributeValues {
  const reference = type === 'vulnerability' ? referencesOf(value, 'cve')[0] : undefined;
  const cve = textIn(reference?.['external_id']).trim();
  const name = textIn(value['name']);
  const notes = notesOf(value);
  const attribute = notes.type || 'vulnerability';
  // The name as it came, where the reference only writes it in capitals.
  const isName = cve === '' || cve === name.toUpperCase();
  return {
    ...common,
    values: [{ type: attribute, value: isName ? name : cve }],
    isToIds: notes.isToIds ?? false,
    comment: textIn(value['description']),
    properties: ['description', ...(isName ? ['name'] : [])],
    references: reference === undefined ? [] : [reference],
  };
}

function isSame(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  return one === other || recogniseTimestampUs(textIn(one)) === recogniseTimestampUs(textIn(other));
}
