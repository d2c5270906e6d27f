import type { StixId } from '../base/index.ts';
import type { Value } from '../values/index.ts';
import type { StixObject } from './object.ts';

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
  readonly externalReferences?: readonly {
    readonly sourceName: string;
    readonly url?: string;
    readonly externalId?: string;
    readonly description?: string;
  }[];
}

export interface IndicatorOptions extends CommonOptions {
  readonly pattern: string;
  /** Default `stix`. */
  readonly patternType?: string;
  readonly validFromUs: number;
  readonly validUntilUs?: number;
  readonly name?: string;
  readonly description?: string;
  readonly indicatorTypes?: readonly string[];
  readonly killChainPhases?: readonly { readonly killChainName: string; readonly phaseName: string }[];
}

export interface SightingOptions extends CommonOptions {
  readonly sightingOfRef: StixId;
  readonly firstSeenUs?: number;
  readonly lastSeenUs?: number;
  readonly count?: number;
  readonly observedDataRefs?: readonly StixId[];
  readonly whereSightedRefs?: readonly StixId[];
  readonly summary?: boolean;
}

export interface RelationshipOptions extends CommonOptions {
  readonly relationshipType: string;
  readonly sourceRef: StixId;
  readonly targetRef: StixId;
  readonly description?: string;
}

export interface IdentityOptions extends CommonOptions {
  readonly name: string;
  /** `organization`, `individual`, `group`, `system`, `class`. */
  readonly identityClass?: string;
  readonly description?: string;
  readonly sectors?: readonly string[];
  readonly contactInformation?: string;
}

export declare function makeIndicator(options: IndicatorOptions): StixObject;
export declare function makeSighting(options: SightingOptions): StixObject;
export declare function makeRelationship(options: RelationshipOptions): StixObject;
export declare function makeIdentity(options: IdentityOptions): StixObject;
export declare function makeObservable(
  value: Value,
  options?: { readonly markingRefs?: readonly StixId[] },
): StixObject | undefined;
