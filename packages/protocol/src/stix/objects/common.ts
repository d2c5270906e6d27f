import { timestampOfUs } from '../../base/index.ts';
import type { JsonObject, StixId } from '../../base/index.ts';
import { findInteger, findText, textsOf } from '../fields.ts';
import type { StixObject } from '../object.ts';

/** Properties most objects share (STIX 2.1 §3.2). */
export interface CommonView {
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly labels: readonly string[];
  /** 0 to 100. */
  readonly confidence: number | undefined;
  readonly revoked: boolean;
  readonly createdByRef: string | undefined;
  readonly markingRefs: readonly string[];
  /** Ids of objects named by any property that ends in `_ref` or `_refs`, at any depth, each once; markings left out. */
  readonly refs: readonly string[];
}

/** Reads what most objects share, leniently: a property of the wrong type counts as absent. */
export function commonView(object: StixObject): CommonView {
  const { value } = object;
  return {
    name: findText(value, 'name'),
    description: findText(value, 'description'),
    labels: textsOf(value, 'labels'),
    confidence: findInteger(value, 'confidence', 0, 100),
    revoked: value['revoked'] === true,
    createdByRef: findText(value, 'created_by_ref'),
    markingRefs: textsOf(value, 'object_marking_refs'),
    refs: refsOf(value),
  };
}

function refsOf(value: JsonObject): string[] {
  const refs = new Set<string>();
  // The depth of an object is bounded before it is parsed.
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    for (const [key, inner] of Object.entries(part)) {
      if (key === 'object_marking_refs' || key === 'granular_markings') continue;
      if (key.endsWith('_ref') && typeof inner === 'string') refs.add(inner);
      else if (key.endsWith('_refs') && Array.isArray(inner)) {
        for (const ref of inner) if (typeof ref === 'string') refs.add(ref);
      } else visit(inner);
    }
  };
  visit(value);
  return [...refs];
}

/** What every made object may carry. Times are µs since the Unix epoch and are written with three digits. */
export interface CommonOptions {
  readonly id: StixId;
  readonly createdUs: number;
  /** Default: `createdUs`. */
  readonly modifiedUs?: number;
  readonly createdByRef?: StixId;
  readonly labels?: readonly string[];
  /** 0 to 100. */
  readonly confidence?: number;
  readonly markingRefs?: readonly StixId[];
  readonly externalReferences?: readonly ExternalReference[];
}

export interface ExternalReference {
  readonly sourceName: string;
  readonly url?: string;
  readonly externalId?: string;
  readonly description?: string;
}

/** A property list in the order it is written; undefined and empty lists are left out (STIX 2.1 §2: no empty lists). */
export type Properties = Record<
  string,
  string | number | boolean | readonly string[] | readonly JsonObject[] | undefined
>;

/** Builds an object of our own: the common properties round its own ones. */
export function makeObject(type: string, options: CommonOptions, own: Properties): StixObject {
  const modifiedUs = millisecondsOnly(options.modifiedUs ?? options.createdUs);
  const value = {
    type,
    spec_version: '2.1',
    id: options.id,
    ...present({ created_by_ref: options.createdByRef }),
    created: timestampOfUs(options.createdUs),
    modified: timestampOfUs(modifiedUs),
    ...present(own),
    ...present({
      labels: options.labels,
      confidence: options.confidence,
      external_references: options.externalReferences?.map(referenceOf),
      object_marking_refs: options.markingRefs,
    }),
  } as JsonObject;
  return { id: options.id, type, modifiedUs, text: JSON.stringify(value), value };
}

/** As the text says it: made timestamps have three digits. */
function millisecondsOnly(us: number): number {
  return Math.floor(us / 1000) * 1000;
}

export function present(properties: Properties): JsonObject {
  const value: JsonObject = {};
  for (const [name, property] of Object.entries(properties)) {
    if (property === undefined || (Array.isArray(property) && property.length === 0)) continue;
    value[name] = property as JsonObject[string];
  }
  return value;
}

function referenceOf(reference: ExternalReference): JsonObject {
  return present({
    source_name: reference.sourceName,
    description: reference.description,
    url: reference.url,
    external_id: reference.externalId,
  });
}

/** The written form of an optional time. */
export function timeText(us: number | undefined): string | undefined {
  return us === undefined ? undefined : timestampOfUs(us);
}
