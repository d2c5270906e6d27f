import type { JsonObject, StixId } from '../base/index.ts';
import type { Tlp } from '../markings/index.ts';
import type { StixObject } from '../stix/index.ts';
import type { MispFault } from './event.ts';
import type { MispLoss } from './loss-tally.ts';
import type { MispWithdrawal } from './withdrawal.ts';

/** How an event is converted. */
export interface MispToStixOptions {
  /**
   * How an attribute of several parts becomes a pattern. `either` (default): as MISP's detection exports use it, so that
   * each part that decides alone raises an alarm. `all`: the conjunction misp-stix writes.
   */
  readonly patterns?: 'either' | 'all';
  /**
   * Whether the caller can take back what it took of an earlier version of the event. Then what the sender deleted or lists
   * no longer for detection is in `withdrawals`; otherwise (default) a deletion is a loss.
   */
  readonly withdraws?: boolean;
  /** Marking the source gives to what carries none: a distribution is only stated where it is stricter. */
  readonly defaultTlp?: Tlp;
}

/** What an event became, and what of it did not. */
export interface MispConversion {
  readonly objects: readonly StixObject[];
  /** Where in the event each of them comes from, for a person: `Event.Attribute[12]`. */
  readonly places: ReadonlyMap<StixId, string>;
  /** See {@link MispToStixOptions.withdraws}. */
  readonly withdrawals: readonly MispWithdrawal[];
  readonly losses: MispLoss[];
  /** What somebody has to ask the sender about: labels that contradict each other. It keeps nothing out. */
  readonly alerts: readonly MispFault[];
  /** Attributes whose value does not have the form of its type, or that repeat another's uuid, and the event's own faults. */
  readonly faults: MispFault[];
  /** What became of the attributes, those inside objects included: the sum is all of them. */
  readonly attributes: { indicators: number; observables: number; others: number; deleted: number; lost: number };
}

/** An event that is made up for what stands in no report. */
export interface MadeEvent {
  readonly uuid: string;
  readonly info: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly organisation: { readonly name: string; readonly uuid: string };
}

/** How an event is made. */
export interface StixToMispOptions {
  /**
   * When the last of what it says came together, Unix seconds: the version of an event that is not MISP's own. That of one that
   * is stays its origin's, whose next version has to be later than ours. Absent: when the report or its newest object changed.
   */
  readonly arrivedS?: number;
  /** Whether it is published; absent: a report is, a grouping is not. */
  readonly published?: boolean;
}

/** An event, and what of the objects it does not say. */
export interface MispExport {
  /** As it stands behind `Event`. */
  readonly event: JsonObject;
  readonly losses: MispLoss[];
  /** Attributes in it, those of its objects included. */
  readonly attributes: number;
  /** The strictest label of all that went in, AMBER+STRICT at least where some of it bears none; undefined: none does. */
  readonly tlp: Tlp | undefined;
}
