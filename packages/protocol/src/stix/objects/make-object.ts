import { timestampOfUs } from '../../base/index.ts';
import type { JsonObject, StixId } from '../../base/index.ts';
import type { StixObject } from '../object.ts';

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

/** Where else the thing is described (STIX 2.1 §2.5). */
export interface ExternalReference {
  readonly sourceName: string;
  readonly url?: string;
  readonly externalId?: string;
  readonly description?: string;
}

/** A property list in the order it is written; undefined and empty lists are left out (STIX 2.1 §2.12: no empty lists). */
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

/** The properties without those that are undefined or an empty list. */
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
