import type { JsonObject, RowId, StixId } from '@comity/protocol/base';
import type { Markings, Pap, Tlp } from '@comity/protocol/markings';
import type { Warninglist } from '@comity/protocol/misp';
import type { ListedValue, Value, ValueKind } from '@comity/protocol/values';
import type { Connection } from '../store/index.ts';
import type { ExportFormat, ExportGate } from './export.ts';
import type { StoredObject } from './stored-object.ts';
import type { Import, ImportReport, ImportRow, IntelSource, LoanChange, Reliability, SentAs } from './import.ts';

/**
 * Whether an object is used, by the precedence of `decideLifecycle`. `active`: screened as far as it lists values.
 * `held-back`: every value it lists is known good. `pending`: not in force yet. The others are over.
 */
export type IntelState =
  'recalled' | 'revoked' | 'lease-ended' | 'expired' | 'pending' | 'decayed' | 'held-back' | 'active';

export interface IntelFilter {
  readonly type?: string;
  /** Kinds of the first value an indicator lists; one of them. */
  readonly kinds?: readonly ValueKind[];
  readonly state?: IntelState;
  /** Id of a source. */
  readonly source?: RowId;
  readonly tlp?: Tlp;
  /** Only what came to us at or after this instant, µs. */
  readonly addedSinceUs?: number;
}

export interface IntelQuery extends IntelFilter {
  /** A value, part of one, or words of a name or description; at most 256 characters. */
  readonly text?: string;
  /** {@link IntelPage.cursor} of the page before. */
  readonly cursor?: string;
  /** 1 to 500; 50 unless told. */
  readonly limit?: number;
}

/** One row of the list: the indicators of one pattern, led by the one that counts, or one other object. */
export interface IntelRow {
  readonly id: StixId;
  readonly type: string;
  readonly name: string | undefined;
  readonly pattern: string | undefined;
  readonly labels: readonly string[];
  /** The first values it lists or states, at most 3; `valueCount` says how many there are. */
  readonly values: readonly ListedValue[];
  readonly valueCount: number;
  readonly state: IntelState;
  /** Why it has that state, a sentence. */
  readonly reason: string;
  readonly sources: readonly { readonly id: RowId; readonly name: string }[];
  readonly tlp: Tlp;
  /** Confidence weighed by the reliability of the strongest source, 0 to 100. */
  readonly confidence: number;
  readonly addedUs: number;
  readonly modifiedUs: number | undefined;
  readonly validUntilUs: number | undefined;
  /** First and last time a source told of it, µs. */
  readonly firstSeenUs: number;
  readonly lastSeenUs: number;
  /** Numbers of its screened values ({@link ScreenedValue.ref}), at most 100: what its matches are found and counted by. */
  readonly refs: readonly number[];
  /** Beside the version that counts another is kept that says otherwise: see `versions` of the object. */
  readonly conflict: boolean;
}

export interface IntelPage {
  readonly rows: readonly IntelRow[];
  /** Where to go on; undefined when nothing is left. A page may be short, even empty, and have one: go on. */
  readonly cursor: string | undefined;
}

/** Who told us, when and how sure. */
interface Provenance {
  readonly source: IntelSource;
  readonly firstSeenUs: number;
  readonly lastSeenUs: number;
  readonly confidence: number | undefined;
  /** The id the source knows the object by, when it is not ours. */
  readonly foreignId: string | undefined;
  /** The object of that source, when several objects have the same pattern. */
  readonly object: StixId;
}

interface IntelVersion {
  readonly modifiedUs: number | undefined;
  readonly receivedUs: number;
  readonly live: boolean;
  /** Kept beside the live one and changes nothing: other content under its `modified`, or from a source without the right. */
  readonly conflict: boolean;
  /** Name of the source it came from first, or that made it count. */
  readonly source: string;
  /** Exactly as it arrived. */
  readonly text: string;
}

/** A value of an object, with what the known-good gate says of it. */
export interface IntelValue extends ListedValue {
  readonly heldBy: { readonly list: string; readonly entry: string } | undefined;
  readonly released: Release | undefined;
}

/** A value the known-good gate keeps from being screened, until a person releases it. */
export interface HeldBackValue {
  readonly ref: number;
  readonly value: ListedValue;
  readonly list: string;
  readonly entry: string;
  readonly heldUs: number;
  /** The newest indicator that lists it. */
  readonly indicator: StixId | undefined;
  readonly sources: readonly string[];
}

export interface Release {
  readonly by: string;
  readonly reason: string;
  readonly atUs: number;
}

export interface Relation {
  /** The relationship, sighting or report object that says so. */
  readonly by: StixId;
  readonly type: string;
  readonly direction: 'out' | 'in';
  readonly other: StixId;
  readonly otherName: string | undefined;
  /** Whether `other` is in this store. */
  readonly known: boolean;
}

/** Objects that share a value. `cutOff`: the value occurs in so many objects that it says nothing; none are listed. */
export interface Correlation {
  readonly value: ListedValue;
  readonly objects: readonly { readonly id: StixId; readonly type: string; readonly name: string | undefined }[];
  /** Other objects with the value; counted up to {@link correlationCutOff}. */
  readonly count: number;
  readonly cutOff: boolean;
}

export interface IntelDetail extends IntelRow {
  readonly object: JsonObject;
  /** Of the object itself, read with the definitions that are here now. */
  readonly markings: Markings;
  /** The PAP in force: the stricter of its own and of what members lend it under. */
  readonly pap: Pap | undefined;
  readonly versions: readonly IntelVersion[];
  readonly versionCount: number;
  readonly provenance: readonly Provenance[];
  readonly allValues: readonly IntelValue[];
  /** Whether values alone decide the pattern; `reason` names the part that they do not. */
  readonly plan: { readonly complete: boolean; readonly reason: string | undefined } | undefined;
  readonly aliases: readonly string[];
  readonly relations: readonly Relation[];
  readonly correlations: readonly Correlation[];
}

/** What we know about one value. */
export interface ValueAnswer {
  readonly value: ListedValue;
  readonly screened: boolean;
  readonly heldBy: { readonly list: string; readonly entry: string } | undefined;
  readonly released: Release | undefined;
  readonly objects: readonly IntelRow[];
}

/** Values that start and stop being screened; `sequence` grows by one a change of the table. */
export interface Delta {
  readonly sequence: number;
  readonly added: readonly ScreenedValue[];
  readonly removed: readonly ScreenedValue[];
}

/** `ref` is the value's row: an unsigned 32-bit number that stays the same for ever. */
export interface ScreenedValue {
  readonly value: ListedValue;
  readonly ref: number;
}

/** Why a listed value counts, for a match on `ref`. */
export interface Description {
  readonly ref: number;
  /** Undefined for a pattern that is asked of records. */
  readonly value: ListedValue | undefined;
  /** The indicator of highest confidence that lists the value and is active; else the newest that lists it. */
  readonly indicator: StixId;
  readonly name: string | undefined;
  readonly state: IntelState;
  readonly pattern: string | undefined;
  readonly sources: readonly { readonly id: RowId; readonly name: string; readonly reliability: Reliability }[];
  /** The strictest marking among the active indicators that list it. */
  readonly tlp: Tlp;
  readonly confidence: number;
  /** Whether the value alone decides the pattern. */
  readonly complete: boolean;
  /** A sentence: who lists it, since when, and how sure. */
  readonly why: string;
  /** Other active indicators that list the same value. */
  readonly otherIndicators: readonly StixId[];
}

/** The screen's view of the intelligence: reads only, so a worker makes one on a read-only store of its own. */
export interface IntelFeed {
  /** Number of the last change of the table. */
  sequence(): number;
  /** Everything screened at one instant, and the sequence it stands at. */
  activeValues(): { readonly sequence: number; readonly count: number; readonly values: Iterable<ScreenedValue> };
  /**
   * Changes after `sequence`, oldest first, at most `limit` of them (16 unless told; each is one transaction, at most a
   * few thousand values); undefined when they are no longer kept: start again with {@link activeValues}.
   */
  changesSince(sequence: number, limit?: number): readonly Delta[] | undefined;
}

export interface KnownGoodList {
  readonly id: RowId;
  readonly name: string;
  readonly description: string;
  readonly type: Warninglist['type'];
  readonly version: number;
  readonly entryCount: number;
  /** Entries that cannot be used, with why; they judge nothing. */
  readonly unusable: readonly { readonly entry: string; readonly reason: string }[];
  readonly builtIn: boolean;
  readonly loadedUs: number;
}

/** Values whose state changed because a list came or went. */
export interface Rejudgement {
  readonly heldBack: number;
  readonly freed: number;
}

export interface IntelStats {
  readonly objects: number;
  readonly byType: Readonly<Record<string, number>>;
  /** Indicators only. */
  readonly byState: Readonly<Record<IntelState, number>>;
  readonly values: number;
  /** Values the screen looks for. */
  readonly screenedValues: number;
  readonly heldBackValues: number;
  readonly sources: number;
  readonly imports: number;
}

export interface SourceReport extends IntelSource {
  /** Objects the source told of. */
  readonly objects: number;
  readonly lastImport: ImportReport | undefined;
}

/** What is read of the versions in the store, in the order they came. Undefined: any. */
export interface ArrivalQuery {
  /** Only what came, or came within sight, later than this, µs. */
  readonly afterUs: number;
  readonly ids: readonly StixId[] | undefined;
  readonly types: readonly string[] | undefined;
  readonly kinds: readonly ValueKind[] | undefined;
  /** Only what this source told of. */
  readonly source: RowId | undefined;
  /** Only versions that count, not those before them. */
  readonly lastOnly: boolean;
}

/** A version with its place in the order: no two have the same, and what comes later has a later one. */
export interface Arrival {
  readonly atUs: number;
  /** The object in this version, under the label in force. One its source took back is in a revoked version. */
  readonly object: StoredObject;
  /** `modified`, else `created`, else `atUs`; µs. */
  readonly versionUs: number;
  /** Whether it is the oldest version that counted; not looked for, and false, where only the last ones are asked for. */
  readonly isFirst: boolean;
  /** Whether it is the newest. */
  readonly isLast: boolean;
}

/** A piece of the order. */
export interface ArrivalsRead {
  readonly rows: readonly Arrival[];
  /** How far was read, whether or not rows passed: go on behind it. */
  readonly upToUs: number;
  /** Whether nothing came later. */
  readonly isEnd: boolean;
}

export interface Intel {
  readonly feed: IntelFeed;
  /** @throws {ComityError} `CONFLICT` when an import that is in was sent under the same key. */
  openImport(
    source: IntelSource,
    options: { readonly format: string; readonly name: string; readonly sentAs?: SentAs },
  ): Promise<Import>;
  /** The import that was sent under a key and is in, with the digest of what was sent. */
  findSentImport(key: string): Promise<{ readonly report: ImportReport; readonly print: string } | undefined>;
  imports(query?: { readonly cursor?: string; readonly limit?: number; readonly source?: RowId }): Promise<{
    readonly imports: readonly ImportReport[];
    readonly cursor: string | undefined;
  }>;
  importReport(id: RowId): Promise<ImportReport | undefined>;
  importRows(
    id: RowId,
    query?: { readonly after?: number; readonly limit?: number; readonly outcome?: ImportRow['outcome'] },
  ): Promise<readonly ImportRow[]>;
  sources(): Promise<readonly SourceReport[]>;
  search(query: IntelQuery): Promise<IntelPage>;
  object(id: StixId): Promise<IntelDetail | undefined>;
  lookup(value: Value): Promise<readonly ValueAnswer[]>;
  correlations(id: StixId): Promise<readonly Correlation[]>;
  /** For each ref that exists; others are left out. */
  describe(refs: readonly number[]): Promise<ReadonlyMap<number, Description>>;
  stats(): Promise<IntelStats>;
  export(format: ExportFormat, query: Omit<IntelQuery, 'cursor' | 'limit'>, gate: ExportGate): AsyncGenerator<string>;
  /** Objects that pass a query as they lie in the store, newest first, some hundred at a time: for sharing to decide on. */
  stored(query: Omit<IntelQuery, 'cursor' | 'limit'>): AsyncGenerator<readonly StoredObject[]>;
  /**
   * Versions in the order they came, at most `rowsMax` of them; without what is held back, recalled or past its lease. Reads
   * a bounded piece: it may hold no row and not be the end.
   */
  arrivals(query: ArrivalQuery, rowsMax: number): ArrivalsRead;
  /** Grows whenever something changed of what was there, so that {@link Intel.arrivals} up to some instant may differ. */
  revision(): number;
  /** How often something was written since the node started: as long as it stays, everything that is read stays as it is. */
  writes(): number;
  /** One of them, by its id or by an id one of its sources knows it by. */
  findStored(id: string): StoredObject | undefined;
  /** A content kept of an object, counting or beside, of the newest thousand; and whether a source of our own supplied one: before it is signed as ours. */
  findKept(id: StixId, isWanted: (text: string) => boolean): string | undefined;
  isOwnWord(id: StixId, text: string): boolean;
  /** A marking-definition in the store. */
  findMarking(id: string): JsonObject | undefined;

  /** Lets known-good values through. `ids`: indicators, whose held values are released. Returns what was released. */
  release(
    what: { readonly ids?: readonly StixId[]; readonly values?: readonly Value[] },
    reason: string,
    by: string,
  ): Promise<readonly ListedValue[]>;
  /** Those of `values` that the gate holds back now. */
  held(values: readonly Value[]): readonly ListedValue[];
  /** Takes releases back. Returns the values that are held back again; `note` runs in the same transaction, told the same. */
  unrelease(
    values: readonly Value[],
    note?: (db: Connection, heldBack: readonly ListedValue[]) => void,
  ): Promise<readonly ListedValue[]>;
  /** The held-back queue, newest first. `text`: part of the value; `list`: name of a list. */
  heldBack(query?: {
    readonly text?: string;
    readonly list?: string;
    readonly cursor?: string;
    readonly limit?: number;
  }): Promise<{ readonly values: readonly HeldBackValue[]; readonly cursor: string | undefined }>;
  /** Marks objects as recalled by their origin: they are kept and never screened again. Returns how many changed. */
  recall(ids: readonly StixId[], reason: string): Promise<number>;
  /** Removes all that is known of an object but its id, for good. @returns Whether it was not erased before. @throws {ComityError} `NOT_FOUND`. */
  erase(id: StixId, reason: string): Promise<boolean>;
  /** Changes loans of a lender that is there; what it never lent is passed over. Returns how many objects changed. */
  changeLoans(lender: RowId, changes: readonly LoanChange[]): Promise<number>;
  /** Lets all a lender lends until `beforeUs` or earlier run on until `untilUs`. Returns how many. */
  renewLoans(lender: RowId, beforeUs: number, untilUs: number): Promise<number>;
  /** Brings every state up to the clock. Returns how many objects changed state. */
  sweep(): Promise<number>;
  /** When the clock alone will next change a state, µs: {@link sweep} then. Undefined: never. One look at an index. */
  nextChangeUs(): number | undefined;

  knownGood: {
    lists(): Promise<readonly KnownGoodList[]>;
    /** Loads or replaces a list (same name) and judges every value again. */
    load(list: Warninglist, signal?: AbortSignal): Promise<Rejudgement>;
    loadAll(lists: readonly Warninglist[]): Promise<Rejudgement>;
    remove(id: RowId, signal?: AbortSignal): Promise<Rejudgement>;
  };

  /** Called after the change is on the disk. Returns how to stop. */
  onDelta(fn: (delta: Delta) => void): () => void;
  /** Called when an import moved on or ended, after the change is on the disk. */
  onImport(fn: (report: ImportReport) => void): () => void;
  close(): Promise<void>;
}
