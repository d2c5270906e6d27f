import type { StixId } from '../base/index.ts';
import type { Pap } from './pap.ts';
import type { Tlp } from './tlp.ts';

/** A marking-definition fixed by a standard: its id and exact text never change. */
export interface TlpMarkingObject {
  readonly id: StixId;
  readonly tlp: Tlp;
  readonly version: '2.0' | '1.0';
  readonly text: string;
}
export interface PapMarkingObject {
  readonly id: StixId;
  readonly pap: Pap;
  readonly text: string;
}

export declare const tlpMarkingObjects: readonly TlpMarkingObject[];
export declare const papMarkingObjects: readonly PapMarkingObject[];
export declare function tlpOfMarkingId(id: string): Tlp | undefined;
export declare function papOfMarkingId(id: string): Pap | undefined;
export declare function markingIdOfTlp(tlp: Tlp): StixId;
export declare function markingIdOfPap(pap: Pap): StixId;
