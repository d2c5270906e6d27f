import type { Clock } from '@comity/protocol/base';

/** What a column can hold: integers within ±2^53, text, bytes. Times are integer microseconds, booleans 0 or 1. */
export type SqlValue = null | number | string | Uint8Array;
export type SqlRow = Record<string, SqlValue>;

/** A prepared statement; rows come back as plain objects the caller maps explicitly. */
export interface Statement<Row = SqlRow> {
  run(...params: readonly SqlValue[]): { readonly changes: number; readonly lastRowid: number };
  get(...params: readonly SqlValue[]): Row | undefined;
  all(...params: readonly SqlValue[]): Row[];
  /** Rows one by one; the connection is busy until the iterator ends or is closed. */
  iterate(...params: readonly SqlValue[]): IterableIterator<Row>;
}

/**
 * One connection to the database, and the whole seam to the driver: nothing outside store/ names better-sqlite3.
 *
 * Everything here is synchronous and throws {@link ComityError} `DATA_DAMAGED`, `DATA_UNWRITABLE` or `DATA_LOCKED` for
 * what the disk does; a broken statement is a bug and throws as it is.
 */
export interface Connection {
  /** The statement for `sql`, prepared once a connection and then kept: pass constant text only. */
  prepare<Row = SqlRow>(sql: string): Statement<Row>;
  /** Runs one or more statements without parameters. */
  exec(sql: string): void;
  /** Runs `fn` on one unchanging snapshot of the data. */
  snapshot<T>(fn: () => T): T;
  /**
   * Runs `fn`, inside a write: what it deletes or replaces is overwritten with zeros where it lies. The log written ahead holds it until
   * {@link Store.foldIn}; what SQLite moved elsewhere before is overwritten when its place is used again.
   */
  overwriting<T>(fn: () => T): T;
}

/**
 * The schema of one subject: its steps in the order they were released. A released step is never edited; a change of
 * the schema is one more step. Names of tables are the subject's own business; prefix them so that none meet.
 */
export interface SubjectSchema {
  readonly subject: string;
  readonly steps: readonly { readonly name: string; readonly sql: string }[];
}

export interface StoreOptions {
  /** The data folder; made if it is not there (unless `readOnly`). */
  readonly dir: string;
  /** The schemas of every subject that will use this store. */
  readonly schemas: readonly SubjectSchema[];
  /** Opens for reading beside the process that holds the folder (a worker, a command): no lock, no migration. */
  readonly readOnly?: boolean;
}

export interface StoreDeps {
  readonly clock: Clock;
}

export interface Store {
  readonly dir: string;
  readonly readOnly: boolean;
  /** A connection for reading what is committed. Never blocks on a writer. Keep each use under 50 ms. */
  readonly reader: Connection;
  /**
   * Runs `fn` as one transaction, after every write asked for before it. Resolves once it is on the disk
   * (synchronous=FULL); when `fn` throws, nothing of it remains and the promise rejects with what it threw. Writes that
   * wait together share one commit: asking for a few at a time is much faster than one after the other.
   *
   * `fn` is synchronous and short: at most about a thousand rows.
   */
  write<T>(fn: (db: Connection) => T): Promise<T>;
  /**
   * {@link write} for more rows than one turn of the event loop should take: still one transaction, and the loop gets a
   * turn wherever `fn` yields. Other writes wait until it is over; readers see nothing of it before.
   */
  writeInSteps<T>(fn: (db: Connection) => Generator<void, T, void>): Promise<T>;
  /**
   * Runs `act`; the first write asked for in it also runs `note`, in the same transaction, after its own work: both are kept or
   * neither. Whoever is called in `act` need not know. When `act` is done and wrote nothing, `note` is a write of its own.
   */
  noting<T>(note: (db: Connection) => void, act: () => T | Promise<T>): Promise<T>;
  /** Folds the write-ahead log in and empties it: what was overwritten is in it no more. Where a reader keeps it from that it is tried again. */
  foldIn(): Promise<void>;
  /** Copies the database while it is used into `file`, checked and complete or not there at all. Returns its bytes. */
  backup(file: string): Promise<number>;
  /** The full integrity check, off the event loop. Empty when sound, else what is wrong, at most 100 sentences. */
  check(): Promise<string[]>;
  /** Waits for writes under way, folds the write-ahead log in and lets go of the folder. */
  close(): Promise<void>;
}
