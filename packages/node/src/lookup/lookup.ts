import type { LookupRecord, ShownKey } from '@comity/protocol/lookup';
import type { Value } from '@comity/protocol/values';
import type { AuditEntry } from '../audit/index.ts';
import type { Connection } from '../store/index.ts';

/** What another member's node asks of this one. */
interface LookupCall {
  /** Key of the recipient it is, verified: `member:cert-x`. */
  readonly recipient: string;
  /** Without its question mark. */
  readonly query: string;
  /** Hostile; at most {@link LookupPeerRoute.bodyBytesMax}. */
  readonly body: Uint8Array;
}

/** What is answered, of type `application/octet-stream`, a key as JSON. 204: nothing new. */
export interface LookupReply {
  readonly status: 200 | 204;
  readonly body: Uint8Array;
}

/** One thing other members' nodes can ask for. Whoever serves it has verified who asks, and bounded the body. */
export interface LookupPeerRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly bodyBytesMax: number;
  /** @throws {ComityError} to be told to who asks. */
  readonly handle: (call: LookupCall) => Promise<LookupReply>;
}

/** The ledger, as publishing a key needs it. */
export interface KeyLedger {
  /** Appends an act in the transaction of what it records, and gives its id. */
  append(db: Connection, entry: Uint8Array): number;
  /** `former`: in a log before the one that is written, which nobody signs any more. */
  placeOf(act: number): 'waiting' | 'current' | 'former';
  /** Resolves when an act is in a log. @throws what the signal aborts with. */
  sequenced(act: number, signal: AbortSignal): Promise<void>;
  /** An act of the current log with the proof that it is there; undefined while the log cannot be signed. */
  show(act: number): Promise<ShownKey | undefined>;
}

/** What this node asks of another member's. */
interface LookupQuestion {
  readonly method: LookupPeerRoute['method'];
  /** With its query. */
  readonly path: string;
  readonly body?: Uint8Array;
  /** A longer answer is not read. */
  readonly answerBytesMax: number;
  readonly signal: AbortSignal;
}

/** The way to another member's node. */
export interface LookupLink {
  /**
   * @param member - key of the recipient: `member:cert-x`.
   * @throws {ComityError} the code the other node answers; `NOT_FOUND` for no member; `REMOTE_FAILED` and others of the way.
   */
  ask(member: string, question: LookupQuestion): Promise<LookupReply>;
}

/** What is offered to a recipient. */
export interface LookupOffer {
  readonly recipient: string;
  readonly epoch: number;
  readonly values: number;
  /** Values beyond the most that are offered. */
  readonly leftOut: number;
  /** Objects that may not be told, and how often each rule stood against one. */
  readonly withheld: number;
  readonly withheldBy: Readonly<Record<string, number>>;
  readonly builtUs: number;
}

/** How much a recipient asked. */
export interface LookupUse {
  readonly recipient: string;
  /** Values it asked for today (UTC), and in this epoch. */
  readonly today: number;
  readonly inEpoch: number;
  /** Questions in this epoch that were refused, since it had asked enough. */
  readonly refused: number;
  readonly lastUs: number;
}

/** This node as others ask it. */
export interface LookupHolder {
  readonly routes: readonly LookupPeerRoute[];
  /**
   * Brings what is offered up to what is known, may be told, and the clock, for those who asked within an epoch. One at a time. Cheap
   * when nothing changed.
   *
   * @param signal - Calls it off: what was offered stays.
   */
  rebuild(signal: AbortSignal): Promise<void>;
  offers(): readonly LookupOffer[];
  uses(): readonly LookupUse[];
  /** Calls off what is under way and waits for it. */
  close(): Promise<void>;
  /** The key in force and when it ends; undefined before the first {@link LookupHolder.rebuild}. */
  key(): { readonly epoch: number; readonly publicKey: Uint8Array; readonly untilUs: number } | undefined;
}

/** What became of one value that was asked for. */
export interface LookupResult {
  /** As it was asked for. */
  readonly text: string;
  readonly value: Value | undefined;
  /**
   * `here`: this node knows it, so nobody was asked. `there`: the member knows it. `none`: neither does. `unreadable`: it is no
   * value.
   */
  readonly outcome: 'here' | 'there' | 'none' | 'unreadable';
  /** Of `there`: the value as it is listed, and what the member says of it. */
  readonly listed?: Value;
  readonly record?: LookupRecord;
}

/** What the member learnt by being asked. */
export interface LookupLeak {
  /** Whether it was asked at all: then it knows that this node asked, and when. */
  readonly wasAsked: boolean;
  /** Values it evaluated, without seeing them; 0 when all were known from before. */
  readonly evaluated: number;
  /** `none`: no record was fetched. `all`: every record was. `some`: those of some buckets. */
  readonly records: 'none' | 'all' | 'some';
  /** Of `some`: buckets fetched, how many there are, and about how many records each has. */
  readonly buckets: number;
  readonly bucketsOf: number;
  readonly recordsPerBucket: number;
}

export interface LookupAnswer {
  readonly member: string;
  readonly askedUs: number;
  readonly results: readonly LookupResult[];
  readonly leak: LookupLeak;
  /**
   * `committed`: the key is the one the member has published. `pinned`: it is the one it used before, or first. Undefined: nobody
   * was asked.
   */
  readonly key: 'committed' | 'pinned' | undefined;
}

/** Who asks, as the audit trail names them. */
export type LookupActor = Pick<AuditEntry, 'by' | 'via' | 'address'>;

export interface LookupAsker {
  /**
   * Asks a member about values, those that are known here left out. That it is asked is in the audit trail before it is.
   *
   * @param texts - at most {@link lookupTextsMax}, untrusted.
   * @throws {ComityError} what {@link LookupLink.ask} throws; `LOOKUP_MALFORMED`, `LOOKUP_UNPROVEN`, `INPUT_TOO_LARGE`;
   *   `TOO_MANY_REQUESTS` here or there.
   */
  ask(member: string, texts: readonly string[], by: LookupActor, signal: AbortSignal): Promise<LookupAnswer>;
}

/** Texts of one {@link LookupAsker.ask}. */
export const lookupTextsMax = 1000;

export interface Lookup {
  readonly holder: LookupHolder;
  readonly asker: LookupAsker;
  close(): Promise<void>;
}
