import type { StixId } from '../../base/index.ts';
import { findInteger, findTimeUs, needText, textsOf } from '../fields.ts';
import type { StixObject } from '../object.ts';
import { makeObject, timeText } from './make-object.ts';
import type { CommonOptions } from './make-object.ts';

/** What the platform reads of a sighting (STIX 2.1 §5.2). */
export interface SightingView {
  readonly sightingOfRef: string;
  readonly firstSeenUs: number | undefined;
  readonly lastSeenUs: number | undefined;
  /** How often it was seen, 0 to 999,999,999; 1 when not said. */
  readonly count: number;
  readonly observedDataRefs: readonly string[];
  readonly whereSightedRefs: readonly string[];
}

/** What a sighting is made of. */
export interface SightingOptions extends CommonOptions {
  readonly sightingOfRef: StixId;
  readonly firstSeenUs?: number;
  readonly lastSeenUs?: number;
  readonly count?: number;
  readonly observedDataRefs?: readonly StixId[];
  readonly whereSightedRefs?: readonly StixId[];
  readonly summary?: boolean;
  readonly description?: string;
}

/** @throws {ComityError} `STIX_MALFORMED` without `sighting_of_ref` or with an unreadable time. */
export function parseSighting(object: StixObject): SightingView {
  return {
    sightingOfRef: needText(object, 'sighting_of_ref'),
    firstSeenUs: findTimeUs(object, 'first_seen'),
    lastSeenUs: findTimeUs(object, 'last_seen'),
    count: findInteger(object.value, 'count', 0, 999_999_999) ?? 1,
    observedDataRefs: textsOf(object.value, 'observed_data_refs'),
    whereSightedRefs: textsOf(object.value, 'where_sighted_refs'),
  };
}

/** Builds a sighting (STIX 2.1 §5.2). */
export function makeSighting(options: SightingOptions): StixObject {
  return makeObject('sighting', options, {
    description: options.description,
    first_seen: timeText(options.firstSeenUs),
    last_seen: timeText(options.lastSeenUs),
    count: options.count,
    sighting_of_ref: options.sightingOfRef,
    observed_data_refs: options.observedDataRefs,
    where_sighted_refs: options.whereSightedRefs,
    summary: options.summary,
  });
}
