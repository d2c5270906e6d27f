import type { Pap, Tlp } from '../markings/index.ts';
import type { RecipientKind } from './actions.ts';

/** Whether the origin still lets an object be used. */
export const leaseStates = ['none', 'running', 'ended', 'recalled'] as const;
/** One of {@link leaseStates}; `none`: the origin set no end. */
export type LeaseState = (typeof leaseStates)[number];

/** Who made an object: the member that decides, or somebody it came from. */
export const originKinds = ['own', 'received'] as const;
/** One of {@link originKinds}. */
export type OriginKind = (typeof originKinds)[number];

/** What of a policy a machine can keep (FIRST IEP 2.0); its TLP and what its permitted actions come to as PAP are not repeated. */
export interface IepFacets {
  /** Where the clock stands to `start_date` and `end_date`: permission is given only within. */
  readonly period: 'before' | 'within' | 'after';
  /** `encrypt_in_transit: must`. */
  readonly encrypt: boolean;
  readonly attribution: 'may' | 'must' | 'must-not';
  /** `permitted_actions: none` or `contact-for-instruction`: nothing is done with it unasked. */
  readonly asksFirst: boolean;
  /** `affected_party_notifications: must-not`. */
  readonly silent: boolean;
  /** `unmodified_resale: must-not`. */
  readonly noResale: boolean;
}

/**
 * All that a decision knows about an object. Few different ones exist however many objects there are, so that one decision
 * serves thousands.
 */
export interface ObjectFacets {
  /** The label in force, of the strictest part; undefined when there is none, which is handled as AMBER+STRICT. */
  readonly tlp: Tlp | undefined;
  /** The strictest PAP; undefined when there is none, which is handled as AMBER. */
  readonly pap: Pap | undefined;
  readonly iep: IepFacets | undefined;
  /** Whether it bears a marking that nobody here can read. */
  readonly unreadMarking: boolean;
  /** Whether it bears a restriction in free text that no person here has read. */
  readonly caveat: boolean;
  readonly origin: OriginKind;
  /** STIX type; `bundle` for a mixed container. */
  readonly type: string;
  readonly personalData: boolean;
  /** Ids of the groups it was given to: a recipient is in every one of them. Empty: it is bound to none. Sorted. */
  readonly groups: readonly string[];
  /** Keys of the persons it was addressed to by name, sorted: the only ones a RED object reaches. */
  readonly persons: readonly string[];
  readonly lease: LeaseState;
  /** How often it may still be passed on, 0 to {@link hopsMax}; undefined: as often as the markings allow. */
  readonly hopsLeft: number | undefined;
}

/** More hops than these are as good as no limit. */
export const hopsMax = 7;

/** All that a decision knows about a recipient, and about the way the object would take. */
export interface RecipientFacets {
  /** `owner`, `public`, or what {@link RecipientFacets.kind} it is, a colon and its own name: `client:stadtwerke`. */
  readonly key: string;
  readonly kind: RecipientKind;
  /** Ids of the groups it is in, sorted. */
  readonly groups: readonly string[];
  /** Sector as the member names sectors (`energy`, `health`); empty when not known. */
  readonly sector: string;
  /** ISO 3166-1 alpha-2, upper case; empty when not known. */
  readonly country: string;
  readonly channel: Channel;
}

/** What the way to a recipient can do. */
export interface Channel {
  /** Whether nobody between can read it. */
  readonly encrypted: boolean;
  /** Whether what names the origin is left out. */
  readonly hidesOrigin: boolean;
}
