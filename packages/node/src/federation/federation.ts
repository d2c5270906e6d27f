import type { Clock, MemberId, StixId } from '@comity/protocol/base';
import type {
  RecallReason,
  ReceiptEffect,
  ReceiptReason,
  SignedReceipt,
  Terms,
  ToldEvidence,
} from '@comity/protocol/peer';
import type { SignatureClaim, TlogCrypto } from '@comity/protocol/tlog';
import type { ArrivalQuery, ArrivalsRead, Intel, StoredObject } from '../intel/index.ts';
import type { Screening } from '../screening/index.ts';
import type { Recipient, Sharing } from '../sharing/index.ts';
import type { Connection } from '../store/index.ts';
import type { ExchangeActs } from './acts/exchange-acts.ts';

/** This member, as others know it. */
export interface Identity {
  readonly id: MemberId;
  /** The key messages are signed with now, base64: what was signed with another holds no more. */
  readonly key: string;
  /** Ed25519 with that key. @returns 64 bytes. */
  readonly sign: (message: Uint8Array) => Uint8Array;
  /** The same, on another thread where there is one. */
  readonly signLater: (message: Uint8Array) => Promise<Uint8Array>;
}

/** How far what goes to a member is tightened beyond what the object itself says. */
export interface Handling {
  /** The loosest label it goes out under. */
  readonly tlp: Terms['tlp'];
  /** How often the member may pass it on. */
  readonly hops: number;
  /** How long it is lent: indicators and the like, and reports, in days. */
  readonly leaseDays: { readonly indicator: number; readonly report: number };
}

/** What one member may make this one read, keep and send. A day is one of UTC. */
export interface Quota {
  /** Items of its outbox that are taken. */
  readonly itemsPerDay: number;
  /** Bytes of its outbox that are read, unpacked. */
  readonly bytesPerDay: number;
  /** Objects it lends at one time. */
  readonly objects: number;
  /** Bytes of our outbox it is answered, before they are packed. */
  readonly sentBytesPerDay: number;
}

/** How much a member used of its {@link Quota}: today, and of objects now. */
export type Used = Readonly<Record<'items' | 'bytes' | 'objects' | 'sentBytes', number>>;

/** Something a member can use up: of its {@link Quota}, or requests with receipts, and such that begin its outbox anew. */
export type Limit = 'items' | 'bytes' | 'objects' | 'sent-bytes' | 'receipts' | 'restarts';

/** Who the members are, for those who send and take. */
export interface Directory {
  /** Undefined: this node has not become a member yet. */
  self(): Identity | undefined;
  /** Members that may be sent to and taken from, those suspended here left out. */
  joined(): readonly MemberId[];
  /** Raw Ed25519 keys a member signs messages with now; undefined: nobody here knows it. */
  messageKeysOf(member: MemberId): readonly Uint8Array[] | undefined;
  isSuspended(member: MemberId): boolean;
  recipientOf(member: MemberId): Recipient | undefined;
  nameOf(member: MemberId): string;
}

/** The ledger as far as sending needs it. */
export interface OwnLedger {
  readonly origin: () => string;
  /** Writes an act down in the transaction of what it records. @returns What the ledger calls it. */
  append(db: Connection, entry: Uint8Array): number;
  /** Place of an act, once it has one. */
  indexOf(act: number): number | undefined;
  /** The act at a place in the log that is written; undefined: it has none there. */
  actAt(index: number): number | undefined;
  /** The bytes of an act. */
  entryOf(act: number): Uint8Array | undefined;
  /** How many acts have a place. */
  size(): number;
  /** The log as it is now, signed: a note. Undefined: it may not sign yet, or not any more. */
  head(): Promise<{ readonly note: string; readonly size: number } | undefined>;
  /** That an entry is in the tree of `size`, from its sibling up; base64. */
  inclusion(index: number, size: number): Promise<readonly string[]>;
  /** Resolves when all acts of before have a place. */
  settled(): Promise<void>;
}

/** Other members' ledgers, for those who take. */
export interface OtherLedgers {
  /**
   * A member's checkpoint, its signature verified, compared with what was seen of that ledger before.
   *
   * @throws {ComityError} `LEDGER_UNPROVEN`, `LEDGER_MALFORMED`; `MEMBER_FROZEN` when it told two stories.
   */
  observe(
    member: MemberId,
    note: string,
  ): Promise<{ readonly size: number; readonly root: Uint8Array; readonly origin: string }>;
  /** The newest checkpoints held of anybody's ledger, notes: what is gossiped. */
  seen(): readonly string[];
  /** Takes what another member says it has seen. Never throws for what is wrong with it. */
  hear(from: MemberId, notes: readonly string[]): Promise<void>;
}

/** Where an outbox is read: what stands behind `from`; up to `after`, which is no further, all is taken and may be let go. */
export interface OutboxPlace {
  readonly after: number;
  readonly from: number;
}

/** The way to members: requests signed, answers verified. */
export interface PeerLink {
  /**
   * Lines without their newlines, each hostile.
   *
   * @param onBytes - told how many bytes more were read, whatever becomes of them.
   * @throws {ComityError} `REMOTE_FAILED`, `PEER_MALFORMED`.
   */
  readOutbox(
    member: MemberId,
    at: OutboxPlace,
    signal: AbortSignal,
    onBytes: (count: number) => void,
  ): AsyncIterable<string>;
  /** @throws {ComityError} as {@link readOutbox}. */
  sendReceipts(member: MemberId, receipts: readonly SignedReceipt[], signal: AbortSignal): Promise<void>;
  /** What evidence the member holds; hostile. @throws {ComityError} as {@link readOutbox}. */
  readEvidence(member: MemberId, signal: AbortSignal): Promise<readonly ToldEvidence[]>;
  /** Waits until the member has something behind `after`, or a while. Returns whether it has. */
  awaitHint(member: MemberId, after: number, signal: AbortSignal): Promise<boolean>;
}

/** What remarks on others' objects are made of. */
export interface RemarkDeps {
  readonly clock: Clock;
  readonly uuid: () => string;
  readonly crypto: Pick<TlogCrypto, 'sha256'>;
  readonly intel: Pick<Intel, 'object' | 'describe' | 'openImport' | 'findStored'>;
  readonly screening: Pick<Screening, 'matchesAfter' | 'minimisedSighting'>;
}

/** The act a member's receipt names, and for which of our items. */
export interface NamedAct {
  /** As it is to stand in the member's ledger. */
  readonly entry: Uint8Array;
  /** Sequences of the batch it is for. */
  readonly first: number;
  readonly last: number;
  /** It was made after this. */
  readonly sinceUs: number;
}

export interface FederationDeps extends Pick<RemarkDeps, 'uuid' | 'screening'> {
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly crypto: TlogCrypto;
  /** As `crypto.verify`, on another thread where there is one. */
  readonly verifyLater: (claim: SignatureClaim) => Promise<boolean>;
  readonly directory: Directory;
  readonly ledger: OwnLedger;
  readonly ledgers: OtherLedgers;
  readonly link: PeerLink;
  readonly intel: FederationIntel;
  readonly sharing: Pick<Sharing, 'openExit' | 'openArrivals' | 'edition' | 'laws'>;
  /** Called when evidence was kept that a member contradicts itself: it is to be suspended until people have decided. */
  readonly onContradiction: (member: MemberId) => Promise<void>;
  /** Called in the transaction that writes down that a member reached a limit: once a day for each. */
  readonly onLimit: (db: Connection, member: MemberId, limit: Limit) => void;
  /** Called in the transaction that keeps a member's receipt: its ledger is to show the act the receipt names. */
  readonly onReceipt: (db: Connection, member: MemberId, receipt: NamedAct) => void;
  /** Lets others have the thread. */
  readonly turn: () => Promise<unknown>;
  /** Runs something later; returns how to call it off. */
  readonly after: (delayMs: number, fn: () => void) => () => void;
  /** Called with what went wrong and is tried again. */
  readonly onFault: (message: string, error: unknown) => void;
}

/** What is done with intelligence here. */
export interface FederationIntel extends Pick<
  Intel,
  'openImport' | 'changeLoans' | 'renewLoans' | 'object' | 'describe'
> {
  arrivals(query: ArrivalQuery, rowsMax: number): ArrivalsRead;
  findStored(id: string): StoredObject | undefined;
  isOwnWord(id: StixId, text: string): boolean;
  findKept(id: StixId, isWanted: (text: string) => boolean): string | undefined;
}

/** One member's word on what became of an object. */
export interface Delivery {
  /** Whose object it is. */
  readonly origin: MemberId;
  readonly member: MemberId;
  readonly state: 'lent' | 'ended' | 'recalled';
  readonly version: number;
  readonly sentUs: number;
  readonly leaseUntilUs: number | undefined;
  /** What the member says it did; undefined: nothing yet. */
  readonly receipt:
    { readonly effect: ReceiptEffect; readonly reason: ReceiptReason | undefined; readonly atUs: number } | undefined;
}

/** Where a page of a list went to: what comes behind it is asked for with it. Two numbers. */
export type ListPlace = readonly [number, number];

/** Which of what stands with members is asked for. */
export interface GivenQuery {
  readonly member: MemberId | undefined;
  /** `waiting`: no receipt yet, of what was put out last; `refused`: by the member; `recalled`: taken back. */
  readonly state: 'waiting' | 'refused' | 'recalled' | undefined;
  readonly before: ListPlace | undefined;
  readonly limit: number;
}

/** What stands with a member of one object. */
export type Given = Delivery & {
  readonly id: StixId;
  /** It has read the outbox that far, or sent a receipt. */
  readonly isTaken: boolean;
  readonly place: ListPlace;
};

/** What a member lends this one. */
export interface Borrowed {
  readonly id: StixId;
  readonly origin: MemberId;
  /** Who lends it here. */
  readonly sender: MemberId;
  readonly tlp: Terms['tlp'];
  readonly hops: number;
  readonly receivedUs: number;
  readonly leaseUntilUs: number;
  readonly place: ListPlace;
}

/** An object of ours that was taken back. */
export interface Recalled {
  readonly id: StixId;
  readonly reason: RecallReason | undefined;
  readonly deliveries: readonly Delivery[];
  readonly place: number;
}

/** A receipt as a member signed it, with what whoever verifies it needs of our side. */
export interface KeptReceipt {
  readonly member: MemberId;
  /** Of our ledger, and the place in it of the act the receipt answers; undefined: it has none yet. */
  readonly origin: string;
  readonly index: number | undefined;
  /** JSON. */
  readonly text: string;
}

/** What a member signed that cannot all be honest: two statements of one version, or two trees of one size of its ledger. */
export interface Evidence {
  readonly member: MemberId;
  readonly kind: 'contradiction' | 'split-ledger';
  readonly foundUs: number;
  /** JSON of the two, as they were signed. */
  readonly text: string;
}

/** How things stand with one member. */
export interface PeerState {
  readonly member: MemberId;
  /** Items that wait to be taken there. */
  readonly waiting: number;
  readonly acknowledged: number;
  readonly after: number;
  readonly pulledUs: number | undefined;
  readonly failure: { readonly atUs: number; readonly message: string } | undefined;
  readonly receiptsDue: number;
  readonly used: Used;
  /** Limits it reached today, and when there is more of them: µs; undefined: as soon as it lends less. */
  readonly reached: readonly { readonly limit: Limit; readonly untilUs: number | undefined }[];
}

export interface Federation {
  /** Sends what came since, to whom it may go. One at a time; further calls join the next. Returns items put out. */
  publish(): Promise<number>;
  /** Takes back an object of our own from everybody who ever had it. @throws {ComityError} `NOT_FOUND`: never lent. */
  recall(id: StixId, reason: RecallReason, note?: (db: Connection) => void): Promise<readonly MemberId[]>;
  /** What `GET /peer/v1/outbox` answers a member: lines with their newlines. @throws {ComityError} `TOO_MANY_REQUESTS`. */
  outbox(member: MemberId, at: OutboxPlace): AsyncIterable<string>;
  /** What a member says it did. @throws {ComityError} `PEER_MALFORMED`, `LEDGER_UNPROVEN`, `TOO_MANY_REQUESTS`. */
  takeReceipts(member: MemberId, receipts: readonly SignedReceipt[]): Promise<void>;
  /** Reads a member's outbox to its end, or as far as its quota goes today. Returns items taken. @throws {ComityError} as the link and what is proven. */
  pull(member: MemberId, signal: AbortSignal): Promise<number>;
  /** Waits until a member has something for us, or a while. */
  awaitNews(member: MemberId, signal: AbortSignal): Promise<void>;
  /** Sequence of the last item put out to a member that its ledger shows; 0: none. */
  lastPut(member: MemberId): number;
  /** Sends the receipts that wait for a member. */
  sendReceipts(member: MemberId, signal: AbortSignal): Promise<void>;
  /** Takes out of use what a member states and what nobody but it lends, or puts it back as far as its leases run. Returns objects that changed. */
  suspend(member: MemberId, isSuspended: boolean): Promise<number>;
  /** Members whose suspension is in force, or on its way in or out: to go on with after a start. */
  suspended(): readonly MemberId[];
  /** Keeps an object in use whatever its origin says, because the law here wants it; undefined: no longer, and what its origin took back meanwhile ends. */
  hold(id: StixId, hold: { readonly reason: string; readonly by: string } | undefined): Promise<void>;
  /** Tells origins of matches on what they lend, as far as the law lets it. Returns sightings that are new or grew. */
  tellSightings(): Promise<number>;
  /** Tells an origin, and through it all who hold the object, that it is a false positive. Returns the opinion's id. @throws {ComityError} `NOT_FOUND`. */
  disagree(id: StixId): Promise<StixId>;
  /** Who has an object from us, and what they say they did. */
  deliveries(id: StixId): readonly Delivery[];
  /** What stands with members, object by object; at most `limit`. */
  given(query: GivenQuery): readonly Given[];
  /** What a member lends, or all of them, the newest first; at most `limit`. */
  borrowed(query: Omit<GivenQuery, 'state'>): readonly Borrowed[];
  /** Objects that were taken back, the newest first: behind a place, at most `limit`. */
  recalls(before: number | undefined, limit: number): readonly Recalled[];
  /** What members signed for an object. */
  receipts(id: StixId): readonly KeptReceipt[];
  /** What opens the acts of our ledger, and its erasure. */
  readonly acts: ExchangeActs;
  states(): readonly PeerState[];
  /** How far what goes to a member is tightened. */
  handlingOf(member: MemberId): Handling;
  setHandling(member: MemberId, handling: Handling): Promise<void>;
  quotaOf(member: MemberId): Quota;
  setQuota(member: MemberId, quota: Quota): Promise<void>;
  /** What shows that a member said two things that cannot both be honest, newest first, at most 100. */
  evidence(): readonly Evidence[];
  /** The same as other members are told of it: what `GET /peer/v1/evidence` answers. */
  toldEvidence(): string;
  /** Asks a member, once an hour, what evidence it holds, and acts on what is shown to be so. Failures are the member's affair. */
  askEvidence(member: MemberId, signal: AbortSignal): Promise<void>;
  /**
   * Keeps evidence that was found elsewhere, once: what people know of they have decided on.
   *
   * @param act - What it leads to. Done before, and again should the node stop in between.
   * @param note - Written in the transaction that keeps it.
   */
  keepEvidence(
    evidence: Omit<Evidence, 'foundUs'>,
    act: () => Promise<unknown>,
    note: (db: Connection) => void,
  ): Promise<void>;
  /** How often what another member lends may still be passed on, as its text is; undefined: no member lends it. */
  hopsLeftOf(object: Pick<StoredObject, 'id' | 'text'>): number | undefined;
  /** Called when something new stands in somebody's outbox. Returns how to stop. */
  onOutbox(listener: (member: MemberId) => void): () => void;
}
