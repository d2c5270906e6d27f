import type { Clock, JsonObject } from '@comity/protocol/base';
import { isJsonObject, isStixId, parseJson } from '@comity/protocol/base';
import type { Connection, Store } from '../store/index.ts';
import { ArrivalBook } from './admit/arrival-book.ts';
import { ObjectBook } from './admit/object-book.ts';
import { SearchIndex } from './admit/search-index.ts';
import { TraitsBook } from './admit/traits-book.ts';
import { ValueBook } from './admit/value-book.ts';
import type { ValueChanges } from './admit/value-book.ts';
import { deltaOf, logChange } from './changes.ts';
import type { LoggedChange } from './changes.ts';
import { keyOfStixId } from './codes.ts';
import type { KnownGoodGate } from './known-good/gate.ts';
import type { Delta } from './intel.ts';

export interface IntelDeps {
  readonly clock: Clock;
  /** A fresh random UUID. */
  readonly uuid: () => string;
}

/** What a write gives back, and what it changed in the screen's table. */
interface Written<T> {
  readonly result: T;
  readonly changes?: ValueChanges;
}

/** What a write works with besides its own business. */
export interface WriteTools {
  readonly db: Connection;
  readonly gate: KnownGoodGate;
  readonly nowUs: number;
}

/**
 * The one way the intelligence is written: a transaction, the change of the screen's table logged in it, and listeners
 * told once it is on the disk.
 */
export class IntelCore {
  readonly store: Store;
  readonly index: SearchIndex;
  readonly traits = new TraitsBook();
  readonly uuid: () => string;
  readonly #clock: Clock;
  readonly #loadGate: () => KnownGoodGate;
  #gate: KnownGoodGate | undefined;
  #revision: number;
  #writes = 0;
  readonly #typeCodes = new Map<string, number>();
  readonly #deltaListeners = new Set<(delta: Delta) => void>();

  constructor(store: Store, deps: IntelDeps, loadGate: () => KnownGoodGate) {
    this.store = store;
    this.index = new SearchIndex(store);
    this.uuid = deps.uuid;
    this.#clock = deps.clock;
    this.#loadGate = loadGate;
    this.#revision = readRevision(store.reader);
    for (const row of store.reader.prepare<{ code: number; name: string }>('select code, name from intel_type').all()) {
      this.#typeCodes.set(row.name, row.code);
    }
  }

  nowUs(): number {
    return Math.floor(this.#clock() * 1000);
  }

  /** `fn` returns its result and what changed in the screen's table. */
  async write<T>(fn: (tools: WriteTools) => Written<T>): Promise<T> {
    return this.#tell(await this.store.write((db) => withLog(db, fn(this.#toolsOf(db)))));
  }

  /** {@link write} that gives the event loop its turn wherever `fn` yields. */
  async writeInSteps<T>(fn: (tools: WriteTools) => Generator<void, Written<T>, void>): Promise<T> {
    const toolsOf = (db: Connection): WriteTools => this.#toolsOf(db);
    const done = await this.store.writeInSteps(function* (db) {
      return withLog(db, yield* fn(toolsOf(db)));
    });
    return this.#tell(done);
  }

  #toolsOf(db: Connection): WriteTools {
    this.#gate ??= this.#loadGate();
    return { db, gate: this.#gate, nowUs: this.nowUs() };
  }

  /** How often something was written since the start. */
  get writes(): number {
    return this.#writes;
  }

  /** What `intel_revision` says: read anew after each write, before whoever asked for it hears of it. */
  revision(): number {
    return this.#revision;
  }

  #tell<T>({ result, logged }: { readonly result: T; readonly logged: LoggedChange | undefined }): T {
    this.#revision = readRevision(this.store.reader);
    this.#writes += 1;
    if (logged !== undefined && this.#deltaListeners.size > 0) {
      const delta = deltaOf(this.store.reader, logged);
      for (const listener of this.#deltaListeners) listener(delta);
    }
    return result;
  }

  /** A write that changes states by hand: `fn` works on the books, which are then written. */
  writeBooks<T>(fn: (books: { objects: ObjectBook; values: ValueBook }, tools: WriteTools) => T): Promise<T> {
    return this.write((tools) => {
      const values = new ValueBook(tools.db, tools.gate);
      const result = fn(
        { objects: new ObjectBook(tools.db, values, new ArrivalBook(tools.db, tools.nowUs)), values },
        tools,
      );
      return { result, changes: values.flush(tools.nowUs) };
    });
  }

  /** Call when lists changed, inside the write that changed them. */
  forgetGate(): void {
    this.#gate = undefined;
  }

  /** Number of a STIX type, given when it is first seen; call inside a write. */
  typeCodeOf(db: Connection, type: string): number {
    const known = this.#typeCodes.get(type);
    if (known !== undefined) return known;
    db.prepare('insert or ignore into intel_type (name) values (?)').run(type);
    const code = db.prepare<{ code: number }>('select code from intel_type where name = ?').get(type)?.code;
    if (code === undefined) throw new Error('Assertion failed: a type has a code');
    this.#typeCodes.set(type, code);
    return code;
  }

  /** Forgets codes of types and traits a failed transaction may have given. */
  forgetNumbers(): void {
    this.#typeCodes.clear();
    this.traits.forget();
  }

  /** The newest content of an object in the store, for markings that refer to it. */
  findLiveValue(id: string): JsonObject | undefined {
    if (!isStixId(id)) return undefined;
    const text = this.store.reader
      .prepare<{ text: string }>(
        'select text from intel_version where ref = (select live_ref from intel_object where key = ?)',
      )
      .get(keyOfStixId(id))?.text;
    if (text === undefined) return undefined;
    const value = parseJson(text, text.length);
    return isJsonObject(value) ? value : undefined;
  }

  onDelta(listener: (delta: Delta) => void): () => void {
    this.#deltaListeners.add(listener);
    return () => this.#deltaListeners.delete(listener);
  }
}

function readRevision(db: Connection): number {
  return db.prepare<{ value: number }>('select value from intel_revision').get()?.value ?? 0;
}

/** Logs the change of the screen's table in the transaction that made it. */
function withLog<T>(db: Connection, { result, changes }: Written<T>): { result: T; logged: LoggedChange | undefined } {
  return { result, logged: changes === undefined ? undefined : logChange(db, changes) };
}
