import type { JsonObject } from '../base/index.ts';
import type { Iep } from './iep.ts';
import type { Pap } from './pap.ts';
import type { Tlp } from './tlp.ts';

/** A marking on parts of an object (STIX 2.1 §7.2.3). */
export interface GranularMarking {
  readonly selectors: readonly string[];
  /** Id of a marking-definition, or undefined when the marking states a language. */
  readonly markingRef: string | undefined;
  readonly lang: string | undefined;
  readonly tlp: Tlp | undefined;
}

/** What an object's markings come to. */
export interface Markings {
  /** The strictest TLP the object or any part of it bears; undefined when it bears none. */
  readonly tlp?: Tlp;
  readonly pap?: Pap;
  readonly iep?: Iep;
  /** True when the object itself bears two different TLP labels: the strictest counts and somebody should be told. */
  readonly tlpContradicts: boolean;
  readonly statements: readonly string[];
  readonly granular: readonly GranularMarking[];
  /** References to marking-definitions nobody here knows: handled as if they forbade. */
  readonly unknownRefs: readonly string[];
}

/** Finds a marking-definition that is not predefined: in the bundle at hand or the store. */
export type MarkingLookup = (id: string) => JsonObject | undefined;

export declare function markingsOf(object: JsonObject, lookup: MarkingLookup): Markings;
