import type { JsonObject } from '../base/index.ts';
import type { Pap } from './pap.ts';
import type { Tlp } from './tlp.ts';

/** FIRST Information Exchange Policy 2.0; every statement optional, as published policies leave some out. */
export interface Iep {
  readonly id?: string;
  readonly name?: string;
  readonly description?: string;
  readonly version: string;
  /** Permission begins and ends, µs; `endUs` ends the permission itself: it is read as the end of a lease. */
  readonly startUs?: number;
  readonly endUs?: number;
  readonly encryptInTransit?: 'must' | 'may';
  readonly permittedActions?:
    | 'none'
    | 'contact-for-instruction'
    | 'internally-visible-actions'
    | 'externally-visible-indirect-actions'
    | 'externally-visible-direct-actions';
  readonly affectedPartyNotifications?: 'may' | 'must-not';
  readonly tlp?: Tlp;
  readonly attribution?: 'may' | 'must' | 'must-not';
  readonly unmodifiedResale?: 'may' | 'must-not';
  readonly references: readonly string[];
  /** Fields of IEP 1.0 or unknown ones, by name: kept on the object, not enforced, to be shown. */
  readonly unread: readonly string[];
}

export declare function parseIep(value: JsonObject, place?: string): Iep;
export declare function papOfIep(iep: Iep): Pap | undefined;
