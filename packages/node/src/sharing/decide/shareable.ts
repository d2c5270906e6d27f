import type { StixId } from '@comity/protocol/base';
import type { Pap, Tlp } from '@comity/protocol/markings';
import type { ObjectTraits } from '@comity/protocol/sharing';

/** An object as the store of intelligence knows it: what facets are read from, and what would leave. */
export interface ShareableObject {
  readonly id: StixId;
  readonly type: string;
  /** `modified` of the version, µs; undefined for objects without versions. */
  readonly modifiedUs: number | undefined;
  /** STIX text, byte for byte as it arrived. */
  readonly text: string;
  /** The label in force by every source that told of it, their defaults for unmarked objects included. */
  readonly tlp: Tlp;
  /** Until when the origin lets us use it, µs. */
  readonly leaseUntilUs: number | undefined;
  /** The strictest PAP that those who lend it lend it under, beside what its own text says; undefined: nobody lends it. */
  readonly lentPap?: Pap | undefined;
  readonly recalled: boolean;
  /** Whether the member answers for it as its own. */
  readonly own: boolean;
  /** What a decision reads in `text`, kept beside it; undefined: it is read there. Equal traits may be the same object. */
  readonly traits?: ObjectTraits | undefined;
}
