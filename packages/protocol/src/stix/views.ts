import type { StixObject } from './object.ts';

/** What the platform reads of an indicator (STIX 2.1 §4.7). */
export interface IndicatorView {
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly pattern: string;
  /** `stix`, `sigma`, `snort`, `yara` …; `stix` for STIX 2.0, which had no other. */
  readonly patternType: string;
  readonly patternVersion: string | undefined;
  readonly validFromUs: number;
  readonly validUntilUs: number | undefined;
  readonly indicatorTypes: readonly string[];
}

export interface SightingView {
  readonly sightingOfRef: string;
  readonly firstSeenUs: number | undefined;
  readonly lastSeenUs: number | undefined;
  /** How often it was seen; 1 when not said. */
  readonly count: number;
  readonly observedDataRefs: readonly string[];
  readonly whereSightedRefs: readonly string[];
}

export interface RelationshipView {
  readonly relationshipType: string;
  readonly sourceRef: string;
  readonly targetRef: string;
}

/** Properties most objects share (STIX 2.1 §3.2), read leniently: what has the wrong type counts as absent. */
export interface CommonView {
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly labels: readonly string[];
  /** 0 to 100. */
  readonly confidence: number | undefined;
  readonly revoked: boolean;
  readonly createdByRef: string | undefined;
  readonly createdUs: number | undefined;
  readonly markingRefs: readonly string[];
  /** Ids of objects this one names in a property ending in `_ref` or `_refs`. */
  readonly refs: readonly string[];
}

export declare function parseIndicator(object: StixObject): IndicatorView;
export declare function parseSighting(object: StixObject): SightingView;
export declare function parseRelationship(object: StixObject): RelationshipView;
export declare function commonView(object: StixObject): CommonView;
