import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { assert, ComityError } from '@comity/protocol/base';
import { writeBackup } from './backup.ts';
import { openConnection } from './connection.ts';
import type { OwnedConnection } from './connection.ts';
import { databaseFile, makeDataFolder, makeOwnFile } from './files.ts';
import { takeLock } from './lock.ts';
import { runMaintenance } from './maintenance.ts';
import { createNoting } from './noting.ts';
import { assertNotNewer, migrate } from './migrate.ts';
import { applicationId, assertHeader, assertSound } from './soundness.ts';
import type { Connection, Store, StoreDeps, StoreOptions } from './store.ts';

const mebibyte = 1024 * 1024;
const pageBytes = 8192;
/**
 * Page caches, given back when the store rests. Of the writer: what it keeps from one transaction to the next; and how far that grows
 * within one, all that a transaction of an import dirties, since what does not fit is written to the log early and read again. Of
 * readers: the upper levels of every index at a million objects.
 */
const writerCacheBytes = 24 * mebibyte;
const writerDirtyBytes = 64 * mebibyte;
const readerCacheBytes = 8 * mebibyte;
/** Of a worker or a command beside the node: it reads tables from end to end, where a cache is no help. */
const besideCacheBytes = 4 * mebibyte;
/** The write-ahead log is folded in past this size: a large one turns random page writes into fewer, sorted ones. */
const walBytesMax = 256 * mebibyte;
/** After this long without a write, memory is given back and the log folded in. */
const idleAfterMs = 5000;
const idleWalBytesMax = 8 * mebibyte;
/** Writes that may share one commit, and how long the first of them may wait for the others. */
const sharedCommitMax = 16;
const sharedCommitMs = 200;

/**
 * Opens the data folder, checks it, brings its schema up to date and holds it until `close`.
 *
 * @throws {ComityError} `DATA_LOCKED`, `DATA_DAMAGED`, `DATA_TOO_NEW` or `DATA_UNWRITABLE`, each saying what to do.
 */
export async function openStore(options: StoreOptions, deps: StoreDeps): Promise<Store> {
  return options.readOnly === true ? openReadOnly(options) : openForWriting(options, deps);
}

function openReadOnly({ dir, schemas }: StoreOptions): Store {
  const file = databaseFile(dir);
  if (!existsSync(file)) throw new ComityError('FILE_UNREADABLE', `Cannot read ${file}: there is no node's data there`);
  const reader = openConnection({ file, readOnly: true, cacheBytes: besideCacheBytes });
  try {
    assertNotNewer(reader, schemas, { subjectsToo: false });
  } catch (error) {
    reader.close();
    throw error;
  }
  const refuse = (): Promise<never> =>
    Promise.reject(new Error('Assertion failed: the store is open for reading only'));
  return {
    dir,
    readOnly: true,
    reader,
    write: refuse,
    writeInSteps: refuse,
    noting: refuse,
    foldIn: refuse,
    backup: refuse,
    check: () => runMaintenance({ task: 'check all', file }),
    close: async () => reader.close(),
  };
}

function openForWriting({ dir, schemas }: StoreOptions, { clock }: StoreDeps): Store {
  makeDir(dir);
  const unlock = takeLock(dir);
  const open: OwnedConnection[] = [];
  try {
    const file = databaseFile(dir);
    const isNew = !existsSync(file) || (statSync(file).size === 0 && !existsSync(`${file}-wal`));
    if (!isNew) assertHeader(file);
    for (const name of ['', '-wal', '-shm']) if (name === '' || existsSync(file + name)) makeOwnFile(file + name);
    const writer = openConnection({ file, cacheBytes: writerCacheBytes });
    open.push(writer);
    if (isNew) {
      writer.pragma(`page_size = ${pageBytes}`);
      writer.pragma(`application_id = ${applicationId}`);
    }
    assert(writer.pragma('journal_mode = WAL') === 'wal', 'the database is in write-ahead mode');
    // The driver is built with NORMAL for WAL, which does not reach the disk at each commit (invariant 6).
    writer.pragma('synchronous = FULL');
    writer.pragma('wal_autocheckpoint = 0');
    writer.pragma('foreign_keys = ON');
    writer.pragma('temp_store = MEMORY');
    writer.pragma(`cache_spill = ${writerDirtyBytes / pageBytes}`);
    if (!isNew) assertSound(writer, file);
    migrate(writer, schemas, clock);
    // What is deleted is overwritten where that writes no page more; all of it: Connection.overwriting. A step may have switched it.
    writer.pragma('secure_delete = FAST');
    const reader = openConnection({ file, readOnly: true, cacheBytes: readerCacheBytes });
    open.push(reader);
    return new SqliteStore(dir, writer, reader, unlock);
  } catch (error) {
    for (const connection of open) connection.close();
    unlock();
    throw error;
  }
}

function makeDir(dir: string): void {
  makeDataFolder(dir);
  try {
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ComityError('DATA_UNWRITABLE', `Cannot use the data folder ${dir}: ${reason}`, { cause });
  }
}

interface WaitingWrite {
  readonly kind: 'write';
  /** Runs the write; returns how to answer it once it is on the disk. */
  readonly run: () => () => void;
  readonly reject: (error: unknown) => void;
}

interface WaitingSteps {
  readonly kind: 'steps';
  /** Begins the write: each `next` is a step, the last returns how to answer it. */
  readonly begin: () => Generator<void, () => void, void>;
  readonly reject: (error: unknown) => void;
}

type Waiting = WaitingWrite | WaitingSteps;

interface Answer {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

class SqliteStore implements Store {
  readonly dir: string;
  readonly readOnly = false;
  readonly reader: Connection;
  readonly #writer: OwnedConnection;
  readonly #ownedReader: OwnedConnection;
  readonly #unlock: () => void;
  readonly #file: string;
  readonly #waiting: Waiting[] = [];
  readonly #notes = createNoting((note) => this.write(note));
  #pumping: Promise<void> | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #walBytesMax = walBytesMax;
  /** The log is to be emptied however small it is: before the next write; and when nothing is written, where a reader kept it from that. */
  #isFoldDue = false;
  #isFoldLeft = false;
  #closing: Promise<void> | undefined;

  constructor(dir: string, writer: OwnedConnection, reader: OwnedConnection, unlock: () => void) {
    this.dir = dir;
    this.reader = reader;
    this.#writer = writer;
    this.#ownedReader = reader;
    this.#unlock = unlock;
    this.#file = databaseFile(dir);
  }

  write<T>(fn: (db: Connection) => T): Promise<T> {
    assert(this.#closing === undefined, 'the store is open');
    const note = this.#notes.take();
    return new Promise<T>((resolve, reject) => {
      const run = (): (() => void) => {
        const result = fn(this.#writer);
        note?.(this.#writer);
        return () => resolve(result);
      };
      this.#enqueue({ kind: 'write', run, reject });
    });
  }

  writeInSteps<T>(fn: (db: Connection) => Generator<void, T, void>): Promise<T> {
    assert(this.#closing === undefined, 'the store is open');
    const writer = this.#writer;
    const note = this.#notes.take();
    return new Promise<T>((resolve, reject) => {
      const begin = function* (): Generator<void, () => void, void> {
        const result = yield* fn(writer);
        note?.(writer);
        return () => resolve(result);
      };
      this.#enqueue({ kind: 'steps', begin, reject });
    });
  }

  noting<T>(note: (db: Connection) => void, act: () => T | Promise<T>): Promise<T> {
    return this.#notes.during(note, act);
  }

  #enqueue(waiting: Waiting): void {
    this.#waiting.push(waiting);
    this.#pumping ??= this.#pump();
  }

  async foldIn(): Promise<void> {
    this.#isFoldDue = true;
    this.#isFoldLeft = true;
    await this.write(() => undefined);
  }

  backup(file: string): Promise<number> {
    return writeBackup(this.#file, file);
  }

  check(): Promise<string[]> {
    return runMaintenance({ task: 'check all', file: this.#file });
  }

  close(): Promise<void> {
    this.#closing ??= this.#letGo();
    return this.#closing;
  }

  async #letGo(): Promise<void> {
    await this.#pumping;
    clearTimeout(this.#idleTimer);
    this.#ownedReader.close();
    this.#writer.close();
    this.#unlock();
  }

  /** Works the waiting writes off, in order, until none is left. */
  async #pump(): Promise<void> {
    await setImmediate();
    while (this.#waiting.length > 0) {
      try {
        const isDue = this.#isFoldDue;
        this.#isFoldDue = false;
        await this.#foldLogPast(isDue ? 0 : this.#walBytesMax);
      } catch (error) {
        // Nothing was begun; the log only grows. Whoever waits first hears of it.
        this.#waiting.shift()?.reject(error);
        continue;
      }
      const next = this.#waiting[0];
      if (next?.kind === 'steps') {
        this.#waiting.shift();
        await this.#commitSteps(next);
      } else await this.#commitTogether();
      await setImmediate();
    }
    this.#pumping = undefined;
    this.#restartIdleTimer();
  }

  /**
   * Writes that wait at the same time share one commit, and so one wait for the disk: each still stands or falls alone,
   * and none is answered before the commit. Between two of them the event loop gets its turn.
   */
  async #commitTogether(): Promise<void> {
    const begun = performance.now();
    let answers: Answer[] = [];
    const failAll = (error: unknown): void => {
      for (const { reject } of answers) reject(error);
      answers = [];
    };
    while (this.#waiting.length > 0 && answers.length < sharedCommitMax && performance.now() - begun < sharedCommitMs) {
      const next = this.#waiting[0];
      if (next?.kind !== 'write') break;
      this.#waiting.shift();
      try {
        const resolve = this.#writer.nest(next.run);
        answers.push({ resolve, reject: next.reject });
      } catch (error) {
        next.reject(error);
        // A full disk rolls everything back, also what others wrote since the last commit.
        if (!this.#writer.isInTransaction()) failAll(error);
      }
      if (this.#waiting.length > 0) await setImmediate();
    }
    try {
      if (this.#writer.isInTransaction()) this.#writer.commit();
    } catch (error) {
      failAll(error);
    }
    for (const { resolve } of answers) resolve();
  }

  /** One write in steps is a transaction of its own: nothing nests in it, so that a step costs no savepoint. */
  async #commitSteps({ begin, reject }: WaitingSteps): Promise<void> {
    try {
      this.#writer.begin();
      const steps = begin();
      let step = steps.next();
      while (step.done !== true) {
        await setImmediate();
        step = steps.next();
      }
      this.#writer.commit();
      step.value();
    } catch (error) {
      this.#writer.rollback();
      reject(error);
    }
  }

  /** Between two transactions, so nothing waits on the fold but the next write; readers go on. */
  async #foldLogPast(bytesMax: number): Promise<void> {
    if (this.#walBytes() <= bytesMax) return;
    await runMaintenance({ task: 'checkpoint', file: this.#file });
    // A reader that stays on an old snapshot keeps the log from being emptied: do not try again at every write.
    const left = this.#walBytes();
    this.#isFoldLeft &&= left > 0;
    this.#walBytesMax = left > walBytesMax / 2 ? left + walBytesMax : walBytesMax;
  }

  #walBytes(): number {
    return statSync(`${this.#file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Nobody has written for a while: gives memory back. A fold that fails is tried again after the next write. */
  async #rest(): Promise<void> {
    await this.#foldLogPast(this.#isFoldLeft ? 0 : idleWalBytesMax).catch(() => undefined);
    this.#writer.pragma('shrink_memory');
    this.#ownedReader.pragma('shrink_memory');
    this.#pumping = this.#waiting.length > 0 ? this.#pump() : undefined;
    await this.#pumping;
  }

  #restartIdleTimer(): void {
    if (this.#idleTimer !== undefined) {
      this.#idleTimer.refresh();
      return;
    }
    this.#idleTimer = setTimeout(() => {
      if (this.#closing !== undefined) return;
      this.#pumping ??= this.#rest();
    }, idleAfterMs).unref();
  }
}
