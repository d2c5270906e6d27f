import type { StixId } from '@comity/protocol/base';
import type { Pap, Tlp } from '@comity/protocol/markings';
import type { ObjectTraits } from '@comity/protocol/sharing';

/** An object as it lies in the store: what sharing decides on. */
export interface StoredObject {
  readonly id: StixId;
  readonly type: string;
  readonly modifiedUs: number | undefined;
  /** STIX text of the version that counts, byte for byte as it arrived. */
  readonly text: string;
  /** The label in force: the strictest of all sources, with their defaults for what they left unmarked. */
  readonly tlp: Tlp;
  /** Until when the origin lets us use it, µs. */
  readonly leaseUntilUs: number | undefined;
  /** The strictest PAP that those who lend it lend it under; undefined: nobody lends it. What its own text says counts beside it. */
  readonly lentPap?: Pap | undefined;
  readonly recalled: boolean;
  /** Whether a source that is our own told what counts of it. */
  readonly own: boolean;
  /** What sharing reads in `text`; undefined: it has to be read there. */
  readonly traits?: ObjectTraits | undefined;
}
