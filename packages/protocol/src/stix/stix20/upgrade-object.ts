import { isJsonObject, quote, showJson } from '../../base/index.ts';
import type { JsonObject, JsonValue } from '../../base/index.ts';
import { tlpMarkingObjects } from '../../markings/index.ts';
import { textOf } from '../fields.ts';
import { pathWith } from '../validate/report.ts';
import { dropped, droppedOfExtensions, kindsOfLabels, listDictionaries, renamed, stix20Types } from './renames.ts';

/** What an upgrade could not carry over, or had to assume. */
export interface UpgradeLoss {
  /** Where in the object of STIX 2.0: `objects["0"].is_encrypted`. */
  readonly path: string;
  /** `dropped`: STIX 2.1 has no place for it. `assumed`: it asks for something 2.0 did not say. */
  readonly kind: 'dropped' | 'assumed';
  /** A sentence that begins with a verb. */
  readonly message: string;
}

/** An object of STIX 2.0 as one of 2.1. */
export interface Upgrade {
  readonly object: JsonObject;
  readonly losses: readonly UpgradeLoss[];
}

/**
 * Whether an object is of STIX 2.0: it says so, or says nothing and is of a type of that version.
 *
 * "If objects are found where this property is not present, the implicit value for all STIX Objects other than SCOs is
 * 2.0" (STIX 2.1 §3.2, `spec_version`).
 */
export function isStix20(object: JsonObject): boolean {
  const { type, spec_version: version } = object;
  if (version !== undefined) return version === '2.0';
  return typeof type === 'string' && stix20Types.has(type);
}

/**
 * Turns an object of STIX 2.0 into one of 2.1, with a report of what was lost on the way.
 *
 * The id and the version stay: it is the same object in other words. Unknown properties are carried over. The observables
 * of observed-data stay where they are, in its deprecated dictionary, with their properties renamed.
 *
 * Pure; the object given is not changed. Spec: STIX 2.1 §1.4 and the changes against 2.0 in its chapters.
 *
 * @param object - An object {@link isStix20} holds for; values of the wrong type are carried over as they are.
 */
export function upgradeObject(object: JsonObject): Upgrade {
  const losses: UpgradeLoss[] = [];
  const upgraded: JsonObject = { ...object, spec_version: '2.1' };
  const type = textOf(object, 'type');
  moveLabels(upgraded, type);
  if (type === 'indicator') upgradeIndicator(upgraded);
  else if (type === 'malware') upgradeMalware(upgraded, losses);
  else if (type === 'marking-definition') upgradeMarking(upgraded);
  else if (type === 'observed-data') upgradeObservedData(upgraded, losses);
  return { object: upgraded, losses };
}

/** What an object of these types is of was told by its labels; a list that is there already wins. */
function moveLabels(object: JsonObject, type: string): void {
  const property = kindsOfLabels.get(type);
  const { labels } = object;
  if (property === undefined || labels === undefined || object[property] !== undefined) return;
  object[property] = labels;
  delete object['labels'];
}

/** In 2.0 every pattern was a STIX pattern, with the grammar of that version. */
function upgradeIndicator(indicator: JsonObject): void {
  indicator['pattern_type'] ??= 'stix';
  if (indicator['pattern_type'] === 'stix') indicator['pattern_version'] ??= '2.0';
}

function upgradeMalware(malware: JsonObject, losses: UpgradeLoss[]): void {
  if (malware['is_family'] !== undefined) return;
  malware['is_family'] = true;
  losses.push({
    path: 'is_family',
    kind: 'assumed',
    message: 'Assume a family of malware: STIX 2.0 does not tell a family from a sample',
  });
}

/** The TLP markings are the same objects in both versions; in 2.1 they have a name. */
function upgradeMarking(marking: JsonObject): void {
  const fixed = tlpMarkingObjects.find(({ id, version }) => version === '1.0' && id === marking['id']);
  if (fixed === undefined || marking['name'] !== undefined) return;
  const { name } = JSON.parse(fixed.text) as JsonObject;
  if (name !== undefined) marking['name'] = name;
}

function upgradeObservedData(observed: JsonObject, losses: UpgradeLoss[]): void {
  const { objects } = observed;
  if (!isJsonObject(objects)) return;
  const upgraded = Object.entries(objects).map(([key, object]) => {
    const path = pathWith('objects', key);
    return [key, isJsonObject(object) ? upgradeObservable(object, path, losses) : object] as const;
  });
  observed['objects'] = Object.fromEntries(upgraded);
}

function upgradeObservable(observable: JsonObject, base: string, losses: UpgradeLoss[]): JsonObject {
  const type = textOf(observable, 'type');
  const names = renamed.get(type) ?? {};
  const gone = dropped.get(type) ?? [];
  // Entries and no assignments: a property called `__proto__` is one as any other.
  const upgraded: [string, JsonValue][] = [];
  for (const [old, value] of Object.entries(observable)) {
    const path = pathWith(base, old);
    const name = Object.hasOwn(names, old) ? names[old]! : old;
    if (gone.includes(old)) losses.push(lossOf(path, value, noPlace));
    else if (name !== old && Object.hasOwn(observable, name)) losses.push(lossOf(path, value, nameTaken));
    else if (old === 'extensions' && isJsonObject(value)) upgraded.push([name, upgradeExtensions(value, path, losses)]);
    else upgraded.push([name, upgradeValue(old, value, path, losses)]);
  }
  return Object.fromEntries(upgraded);
}

function upgradeExtensions(extensions: JsonObject, base: string, losses: UpgradeLoss[]): JsonObject {
  const upgraded = Object.entries(extensions).map(([key, extension]) => {
    const path = pathWith(base, key);
    return [key, isJsonObject(extension) ? upgradeExtension(key, extension, path, losses) : extension] as const;
  });
  return Object.fromEntries(upgraded);
}

function upgradeExtension(name: string, extension: JsonObject, base: string, losses: UpgradeLoss[]): JsonObject {
  const gone = droppedOfExtensions.get(name) ?? [];
  const upgraded: [string, JsonValue][] = [];
  for (const [key, value] of Object.entries(extension)) {
    const path = pathWith(base, key);
    if (gone.includes(key)) losses.push(lossOf(path, value, noPlace));
    else upgraded.push([key, upgradeValue(key, value, path, losses)]);
  }
  return Object.fromEntries(upgraded);
}

/** Values whose form changed: headers became lists, since a header may stand twice; ssdeep is written SSDEEP. */
function upgradeValue(name: string, value: JsonValue, base: string, losses: UpgradeLoss[]): JsonValue {
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value);
  if (listDictionaries.has(name)) {
    return Object.fromEntries(entries.map(([key, item]) => [key, typeof item === 'string' ? [item] : item]));
  }
  if (!name.includes('hashes') || !Object.hasOwn(value, 'ssdeep')) return value;
  const { ssdeep, ...others } = value;
  if (Object.hasOwn(others, 'SSDEEP')) {
    losses.push(lossOf(pathWith(base, 'ssdeep'), ssdeep!, nameTaken));
    return others;
  }
  return Object.fromEntries(entries.map(([key, digest]) => [key === 'ssdeep' ? 'SSDEEP' : key, digest]));
}

const noPlace = 'STIX 2.1 has no place for it';
const nameTaken = 'what it is called in STIX 2.1 is there already';

function lossOf(path: string, value: JsonValue, why: string): UpgradeLoss {
  const text = typeof value === 'string' ? quote(value) : showJson(value, 81);
  const shown = text.length > 80 ? `${text.slice(0, 79)}…` : text;
  return { path, kind: 'dropped', message: `Drop ${shown}: ${why}` };
}
