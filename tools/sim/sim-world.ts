import type { MemberId } from '@comity/protocol/base';
import type { createKeyBox } from './key-box.ts';
import type { IntelFaults, LightImage } from './light-intel.ts';
import type { SimMember } from './sim-member.ts';
import type { SimNetwork } from './sim-network.ts';
import type { SimTime } from './sim-time.ts';
import type { SimCrypto } from './stand-in-crypto.ts';

/** Whoever sees what members do, to judge it. */
export interface Observer {
  /** A member signed a message: statements and receipts are told by how they begin. */
  signed(member: SimMember, message: Uint8Array): void;
  /** Lines of an outbox are about to be read by whom they are for. */
  delivered(to: SimMember, from: SimMember, lines: readonly string[]): void;
  /** A witness cosigned. */
  cosigned(witness: SimMember, note: string): void;
  /** Something went wrong that is no answer: a fault of the program. */
  fault(member: SimMember, message: string, error: unknown): void;
}

/** What every member of a simulation is given. */
export interface SimWorld {
  readonly time: SimTime;
  readonly network: SimNetwork;
  readonly keys: SimCrypto;
  readonly kinds: Parameters<typeof createKeyBox>[1];
  readonly members: readonly SimMember[];
  readonly observer: Observer;
}

/** Everything of a member that lasts. */
export interface MemberImage {
  readonly store: Uint8Array;
  readonly disk: ReadonlyMap<string, Uint8Array>;
  readonly intel: LightImage;
  readonly suspended: ReadonlySet<MemberId>;
}

/** Faults that are planted in a member to see them found. */
export interface PlantedFaults extends IntelFaults {
  /** Every signature of anybody is good. */
  readonly believesAll?: boolean;
  /** It forgets trees it cosigned, and asks no witness what it cosigned. */
  readonly forgetsTrees?: boolean;
  /** It takes receipts for what they say. */
  readonly looksForNoActs?: boolean;
  /** It hears of no evidence. */
  readonly hearsNoEvidence?: boolean;
}
