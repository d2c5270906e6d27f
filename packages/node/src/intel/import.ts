import type { ComityError, RowId, StixId } from '@comity/protocol/base';
import type { Pap, Tlp } from '@comity/protocol/markings';
import type { StixObject } from '@comity/protocol/stix';
import type { ListedValue } from '@comity/protocol/values';

/** Reliability of a source on the Admiralty scale: A completely reliable … E unreliable, F cannot be judged. */
export type Reliability = 'A' | 'B' | 'C' | 'D' | 'E' | 'F';

/** Where intelligence came from: one file, feed or person. The same `id` is the same source for ever. */
export interface IntelSource {
  readonly id: RowId;
  readonly name: string;
  readonly kind: 'file' | 'feed' | 'sample' | 'upload' | 'manual' | 'member';
  readonly url?: string;
  readonly reliability: Reliability;
  /** Marking of what the source hands over unmarked. */
  readonly defaultTlp: Tlp;
  /** Whether the member answers for what it says as its own, so that it may be shared under its name. */
  readonly own?: boolean;
}

/** A STIX object as a connector hands it over. */
interface ObjectCandidate {
  readonly object: StixObject;
  /** Where in the input, for a person: `objects[12]`. */
  readonly place: string;
  /** What the source, a member, lends it under. */
  readonly loan?: Loan;
}

/** Conditions under which a member lets an object be used. */
export interface Loan {
  /** Until when, µs. */
  readonly untilUs: number;
  /** The label it gives it; the object's own may be stricter. */
  readonly tlp: Tlp;
  /** The PAP it gives it, AMBER where it says none; the object's own may be stricter. */
  readonly pap: Pap;
}

/** A loan that runs until another time, or is over. */
export type LoanChange =
  /** `tlp`: at least this label from now on. `pap`: this one; undefined: as before. */
  | { readonly id: StixId; readonly untilUs: number; readonly tlp?: Tlp; readonly pap?: Pap }
  /** Why, a sentence for people. */
  | { readonly id: StixId; readonly ended: string };

/** What a plain list says about a value beside the value. */
export interface ListContext {
  readonly name?: string;
  readonly description?: string;
  readonly labels?: readonly string[];
  /** 0 to 100; {@link IntelSource.reliability} weighs it. */
  readonly confidence?: number;
  readonly tlp?: Tlp;
  /** When the list says the value was first seen, µs. */
  readonly firstSeenUs?: number;
  readonly validUntilUs?: number;
}

/** One value of a plain list: becomes an indicator of ours, or only one more source of one that is there. */
export interface ValueCandidate {
  readonly value: ListedValue;
  readonly place: string;
  readonly context?: ListContext;
}

/** Takes back what the same source told earlier under an id, without a new version of it: a deletion at a MISP server. */
export interface WithdrawCandidate {
  readonly withdraw: StixId;
  /** When the source took it back, µs; a later version counts again. */
  readonly atUs: number;
  /** A clause for people: `its sender deleted the attribute at …`. */
  readonly reason: string;
  readonly place: string;
  /** What to count as lost when there is nothing to take back; undefined: nothing is. */
  readonly loss: Omit<ImportLoss, 'count'> | undefined;
}

export type Candidate = ObjectCandidate | ValueCandidate | WithdrawCandidate;

/**
 * `old-version`: an earlier version than the live one. `conflict`: other content under the same id and `modified`, or a newer
 * version from a source that may not change the object; kept beside the live one. `withdrawn`: taken back by its source.
 */
export type Change = 'new' | 'new-version' | 'old-version' | 'conflict' | 'withdrawn';

/**
 * What became of a candidate. `held-back` is stored and visible, and not screened until a person releases it. `not-there`: a
 * {@link WithdrawCandidate} found nothing of this source to take back.
 */
export type Outcome =
  | { readonly kind: 'taken'; readonly id: StixId; readonly change: Change }
  | { readonly kind: 'duplicate'; readonly id: StixId }
  | { readonly kind: 'not-there'; readonly id: StixId }
  | { readonly kind: 'held-back'; readonly id: StixId; readonly list: string; readonly entry: string }
  | { readonly kind: 'rejected'; readonly error: ComityError };

interface ImportCounts {
  readonly taken: number;
  /** Of those taken: indicators whose pattern names no value that records are searched for. */
  readonly unscreened: number;
  /** Of those taken: kept beside the version that counts, which they do not change. */
  readonly conflicts: number;
  readonly duplicate: number;
  readonly heldBack: number;
  readonly rejected: number;
}

export type ImportState = 'running' | 'finished' | 'failed' | 'interrupted';

export interface ImportReport {
  readonly id: RowId;
  readonly source: { readonly id: RowId; readonly name: string };
  readonly name: string;
  readonly format: string;
  readonly state: ImportState;
  readonly startedUs: number;
  readonly finishedUs: number | undefined;
  /** Why it failed, in words. */
  readonly reason: string | undefined;
  readonly counts: ImportCounts;
  readonly losses: readonly ImportLoss[];
  /** Objects checked against the STIX standard: the first 1,000. */
  readonly validated: number;
  /** What they break of it, by rule. */
  readonly findings: readonly ImportFinding[];
  /** Candidates held back, rejected or in conflict kept as rows; the first 10,000 are, `rowsNotKept` counts the others. */
  readonly rowsNotKept: number;
}

/** How the sender of an import can be answered the same when he sends it again. */
export interface SentAs {
  /** At most 200 characters. */
  readonly key: string;
  /** Digest of all that was sent; undefined when not all of it was read. Asked for once the import is in. */
  readonly print: () => string | undefined;
}

/** A candidate that was held back, rejected or kept beside. */
export interface ImportRow {
  readonly number: number;
  readonly outcome: 'held-back' | 'rejected' | 'conflict';
  readonly place: string;
  /** Code of the error of one rejected. */
  readonly code: string | undefined;
  readonly reason: string;
  /** The value that was held back, without port. */
  readonly value: string | undefined;
  /** The object that lists it; of a rejected one the id it gives itself, under which nothing need be kept. */
  readonly id: StixId | undefined;
}

/** A rule of a standard that what was imported breaks: STIX's own, and that of TLP that a thing has one label. */
export interface ImportFinding {
  readonly code: string;
  /** `error` for a MUST, `warning` for a SHOULD. */
  readonly severity: 'error' | 'warning';
  readonly section: string;
  /** Where it was broken first, and what to do there. */
  readonly place: string;
  readonly message: string;
  readonly count: number;
}

/** A field of the input that our form of it has no place for. */
export interface ImportLoss {
  readonly field: string;
  readonly count: number;
  readonly reason: string;
}

/** An open import. Each `admit` is one transaction: what it returned for is on the disk with its counts. */
export interface Import {
  readonly id: RowId;
  /** @param candidates - at most {@link admitBatchMax}. Outcomes come in the same order. */
  admit(candidates: readonly Candidate[]): Promise<Outcome[]>;
  /** Notes a piece of the input that could not be read at all; stored with the next batch or at the end. */
  reject(place: string, error: ComityError): void;
  /** Notes that `count` occurrences of a field were lost. */
  loss(field: string, count: number, reason: string): void;
  /** Notes labels that contradict each other: the strictest holds, and the report says whom to ask. */
  alert(place: string, message: string): void;
  finish(): Promise<ImportReport>;
  /** Ends the import early; what was admitted stays. */
  fail(reason: string): Promise<ImportReport>;
}
