import type { LogFault } from '@comity/protocol/tlog';
import type { Connection } from '../store/index.ts';
import type { Alarm, Alarms } from './alarms.ts';
import type { OwnLog } from './log/log-book.ts';
import type { Witness, WitnessBook } from './witnesses/witness-book.ts';
import type { WitnessState } from './witnesses/witness-client.ts';

/** An act that was appended. Both promises wait as long as it takes, also through a log that is frozen and its successor. */
export interface Pending {
  /** What the act is called as long as this node lives: a number from 1. */
  readonly id: number;
  /** Its place in the log, when that is durable. Asked for after the transaction it was appended in is over. */
  sequenced(): Promise<number>;
  /** Its place, when a quorum of witnesses has seen it. */
  witnessed(): Promise<number>;
}

/** Where an act stands. */
export interface ActState {
  readonly id: number;
  readonly state: 'waiting' | 'sequenced' | 'witnessed';
  /** Of the log it is in; undefined while it waits. */
  readonly origin: string | undefined;
  readonly index: number | undefined;
}

/** A witness and what it did last. */
export type WatchedWitness = Witness & { readonly last: WitnessState | undefined };

/** How the ledger is. */
interface LedgerStatus {
  /** Every log there was, the last is the one that is written; none before the first start. */
  readonly logs: readonly OwnLog[];
  /** Verifier keys in use, as text. */
  readonly keys: readonly string[];
  /** Acts that are in no log yet. */
  readonly waiting: number;
  readonly witnesses: readonly WatchedWitness[];
  readonly quorum: number;
  readonly alarms: readonly Alarm[];
}

/** This node's own log: everything it does towards others, in an order nobody can change. */
export interface Ledger {
  /**
   * Appends an act in the transaction of what it records: both are kept or neither.
   *
   * @param db - Of a write of the ledger's own store.
   * @param entry - 1 to 4,096 bytes; never changed and shown to every member.
   */
  append(db: Connection, entry: Uint8Array): Pending;
  /** An act of this process or one before it; undefined when there is none of that id. */
  find(id: number): Pending | undefined;
  stateOf(id: number): ActState | undefined;
  /** The bytes of an act. */
  entryOf(id: number): Uint8Array | undefined;
  status(): LedgerStatus;
  /** The log that is written, as it was when it was last told of; undefined before the first start. Costs nothing. */
  log(): OwnLog | undefined;
  readonly alarms: Alarms;
  readonly witnesses: WitnessBook;
  /** Calls `fn` when a log has grown or was published. Returns how to stop. */
  onChange(fn: () => void): () => void;
  /** The last published checkpoint of the log that is written: what is shown to everybody. */
  checkpoint(): string | undefined;
  /**
   * The tree as it is now under the log's own signatures, witnessed or not; {@link inclusion} proves entries to it. Undefined until a
   * witness, if there are any, was heard after a start, and when the log is frozen.
   *
   * @throws {ComityError} What the disk or the keys do.
   */
  sign(): Promise<{ readonly origin: string; readonly size: number; readonly note: string } | undefined>;
  /**
   * A receipt (C2SP tlog-proof) for the entry at `index` of the log that is written, under its published checkpoint.
   *
   * @throws {ComityError} `NOT_FOUND` when that has no such entry yet; `DATA_DAMAGED` when a file of the log is.
   */
  proofFor(index: number): Promise<string>;
  /** Hashes that show an entry in the tree of `size`, up to the published size. @throws {ComityError} as {@link proofFor}. */
  inclusion(index: number, size: number): Promise<readonly Uint8Array[]>;
  /** Hashes that show that a tree only grew. @throws {ComityError} as {@link proofFor}. */
  consistency(fromSize: number, size: number): Promise<readonly Uint8Array[]>;
  /**
   * Whom readers of receipts trust (C2SP tlog-policy), now or at a time: every key of the log, and who witnessed it then. Undefined when
   * nobody did yet.
   */
  policy(atUs?: number): string | undefined;
  /**
   * Makes further keys; old and new ones sign until {@link retireKeys}. The origin stays.
   *
   * @throws {ComityError} `CONFLICT` when there are old ones already: witnesses read no longer requests.
   */
  rotateKeys(): Promise<void>;
  /** Signs with the newest keys alone. @throws {ComityError} `CONFLICT` when there are no others. */
  retireKeys(): Promise<void>;
  /**
   * Opens the next log after one that is frozen; acts that are in none go into it.
   *
   * @throws {ComityError} `CONFLICT` when the log is not frozen.
   */
  restart(): Promise<OwnLog>;
  /** Everything that is wrong with a log of this node: its files, signatures, head and what the store holds of it. */
  check(): AsyncGenerator<LogFault, void>;
  /** Begins to work: makes the first log and its keys when there are none. */
  start(): Promise<void>;
  /** Ends the work under way. What waits is gone on with at the next start. */
  close(): Promise<void>;
}
