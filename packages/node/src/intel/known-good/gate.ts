import type { Warninglist } from '@comity/protocol/misp';
import type { ListedValue } from '@comity/protocol/values';

/** Why a value counts as known good. */
export interface Verdict {
  readonly list: string;
  readonly entry: string;
}

export interface KnownGoodGate {
  /** The first list that knows the value as good, or undefined. Linear in the value, whatever the lists hold. */
  judge(value: ListedValue): Verdict | undefined;
  /** Entries no list could use, by list name. */
  readonly unusable: readonly { readonly list: string; readonly entry: string; readonly reason: string }[];
}

/** Compiles warninglists into one gate. Pure: the stand-alone screen uses it as the node does. */
export function compileKnownGood(_lists: readonly Warninglist[]): KnownGoodGate {
  throw new Error('being written');
}
