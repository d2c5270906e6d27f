import { ComityError, isJsonObject, quote, recogniseTimestampUs } from '../../base/index.ts';
import type { JsonObject, JsonValue } from '../../base/index.ts';

/**
 * What a pattern is asked of: objects seen together, once or several times, at instants nobody knows better than from
 * `firstUs` to `lastUs` (STIX 2.1 §9.1). Microseconds since the Unix epoch.
 */
export interface Observation {
  readonly firstUs: number;
  /** Not before `firstUs`. */
  readonly lastUs: number;
  /** How often it was seen; each time is an observation of its own for REPEATS and AND. At least 1. */
  readonly numberObserved: number;
  /** By the name references use: the id, or the key of the deprecated `objects`. Untrusted. */
  readonly objects: ReadonlyMap<string, JsonObject>;
}

/** Objects of STIX that are no observables: a pattern never begins at one (§9.7). */
const notObservable: ReadonlySet<JsonValue | undefined> = new Set([
  'attack-pattern',
  'bundle',
  'campaign',
  'course-of-action',
  'extension-definition',
  'grouping',
  'identity',
  'incident',
  'indicator',
  'infrastructure',
  'intrusion-set',
  'language-content',
  'location',
  'malware',
  'malware-analysis',
  'marking-definition',
  'note',
  'observed-data',
  'opinion',
  'relationship',
  'report',
  'sighting',
  'threat-actor',
  'tool',
  'vulnerability',
]);

const numberObservedMax = 999_999_999;

/**
 * The observations in a list of STIX objects and bundles, in the order they stand in.
 *
 * `object_refs` lead to the observables in the same list, `objects` (deprecated, and the only form of STIX 2.0) holds
 * them itself; an observation sees nothing else (§9.7.4). Of an observed-data that comes in several versions, or twice,
 * the newest counts once: it is not two observations.
 *
 * @param objects - Untrusted; bundles are opened.
 * @throws {ComityError} `STIX_MALFORMED` for an observed-data without usable times or count.
 */
export function observationsOf(objects: readonly JsonObject[]): Observation[] {
  const observables = new Map<string, JsonObject>();
  const observed = new Map<JsonValue, JsonObject>();
  for (const object of objects.flatMap(openBundle)) {
    const { id } = object;
    if (object['type'] === 'observed-data') {
      // One without an id is an observation of its own.
      const key = typeof id === 'string' ? id : object;
      const known = observed.get(key);
      if (known === undefined || textOf(known['modified']) <= textOf(object['modified'])) observed.set(key, object);
    } else if (typeof id === 'string' && !notObservable.has(object['type'])) {
      observables.set(id, object);
    }
  }
  return [...observed.values()].map((object) => observationOf(object, observables));
}

function openBundle(object: JsonObject): readonly JsonObject[] {
  const { objects } = object;
  return object['type'] === 'bundle' && Array.isArray(objects) ? objects.filter(isJsonObject) : [object];
}

function observationOf(object: JsonObject, observables: ReadonlyMap<string, JsonObject>): Observation {
  const firstUs = timeOf(object, 'first_observed');
  const lastUs = timeOf(object, 'last_observed');
  const count = object['number_observed'];
  const isCounted = typeof count === 'number' && Number.isInteger(count) && count >= 1 && count <= numberObservedMax;
  if (!isCounted) fail(object, 'number_observed is no count from 1 to 999999999');
  if (lastUs < firstUs) fail(object, 'last_observed is before first_observed');
  const seen = new Map<string, JsonObject>();
  const { objects, object_refs: references } = object;
  if (isJsonObject(objects)) {
    for (const [key, each] of Object.entries(objects)) if (isJsonObject(each)) seen.set(key, each);
  }
  if (Array.isArray(references)) {
    for (const reference of references) {
      const observable = typeof reference === 'string' ? observables.get(reference) : undefined;
      if (typeof reference === 'string' && observable !== undefined) seen.set(reference, observable);
    }
  }
  return { firstUs, lastUs, numberObserved: count, objects: seen };
}

function timeOf(object: JsonObject, key: string): number {
  const value = object[key];
  if (typeof value !== 'string') return fail(object, `${key} is missing`);
  return recogniseTimestampUs(value) ?? fail(object, `${key} is no timestamp`);
}

function fail(object: JsonObject, what: string): never {
  throw new ComityError('STIX_MALFORMED', `Cannot evaluate ${quote(textOf(object['id']) || 'observed-data')}: ${what}`);
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
