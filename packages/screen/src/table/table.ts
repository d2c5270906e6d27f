import { valueKinds } from '@comity/protocol/values';
import type { ListedValue, ValueKind } from '@comity/protocol/values';
import { entryFor, kindOfEntry, textOfEntry } from './encode.ts';
import { entryColumns, entryFlags } from './entry-list.ts';
import { EntrySet } from './entry-set.ts';
import { hashKeyOf } from './hash.ts';
import type { HashKey } from './hash.ts';
import { numbers, TableMemory } from './memory.ts';
import { rowColumns, RowList } from './row-list.ts';

/** A listed value and the caller's number for whoever lists it. */
export interface ListedRow {
  /** In normal form, as `parseValue` gives it. */
  readonly value: ListedValue;
  /** 0 to 2^32 - 1, handed back with a match. */
  readonly ref: number;
}

/** One row of an entry: who lists the value, and for which port only, if any. */
export interface TableRow {
  readonly ref: number;
  readonly port?: number;
}

/** How a table is built. */
export interface TableOptions {
  /** Secret of the hash, so that nobody who can list values can make them collide. Any 32-bit number; default 0. */
  readonly seed?: number;
  /** Rows there are, about: with it nothing is made larger, and so held twice, while the table is built. Default: as many as an array has. */
  readonly expectedRows?: number;
}

const screenedKinds: ReadonlySet<ValueKind> = new Set(
  (Object.keys(valueKinds) as ValueKind[]).filter((kind) => valueKinds[kind].screened),
);
/** Entries a value: hosts of URLs and names above listed ones are entries as well. */
const ENTRIES_A_VALUE = 1.5;
/** Rebuild when this many entries and rows are dead and they are a quarter of all. */
const DEAD_MIN = 4096;

/**
 * The listed values, compiled for scanning. The same value from several lists is one entry with several rows.
 *
 * Entry numbers, as scans report them, hold until the next `add` or `remove`.
 *
 * A table lies in one memory. Another thread that is handed `memory` reads the same table with {@link Table.attach}, while the
 * thread that built it goes on adding and removing.
 */
export class Table {
  /** For the matcher; replaced when the table is rebuilt. */
  set: EntrySet;
  #rows: RowList;
  /** {@link TableMemory.changes} that {@link refresh} has taken in. */
  #seenChanges = -1;

  private constructor(memory: TableMemory) {
    this.set = new EntrySet(memory);
    this.#rows = new RowList(memory);
  }

  /** Compiles rows in any order; the same row twice counts once. Kinds that are not screened are passed over. */
  static build(rows: Iterable<ListedRow>, options: TableOptions = {}): Table {
    const expectedRows = options.expectedRows ?? (Array.isArray(rows) ? rows.length : 0);
    const table = Table.#empty(hashKeyOf(options.seed ?? 0), expectedRows);
    for (const { value, ref } of rows) table.#add(value, ref);
    table.#compact();
    return table;
  }

  /** A table another thread has built, to be read only: `add` and `remove` are its owner's alone. */
  static attach(memory: WebAssembly.Memory): Table {
    return new Table(new TableMemory(memory));
  }

  static #empty({ start, factor }: HashKey, expectedValues: number): Table {
    const memory = new TableMemory();
    memory.header[numbers.hashStart] = start;
    memory.header[numbers.hashFactor] = factor;
    const table = new Table(memory);
    const expectedEntries = Math.ceil(expectedValues * ENTRIES_A_VALUE);
    table.set.list.resize(expectedEntries + 64);
    table.set.list.resizeArena(expectedValues * 24 + 1024);
    table.set.index.reserve(expectedEntries + 1);
    return table;
  }

  /** What another thread attaches to. Replaced when the table is rebuilt. */
  get memory(): WebAssembly.Memory {
    return this.set.memory.memory;
  }

  /** Rows listed: a value from two lists counts twice. */
  get count(): number {
    return this.set.memory.header[numbers.rowCount]!;
  }

  /** Memory of the table, in bytes, room for growth included. */
  get bytes(): number {
    return this.set.memory.bytes;
  }

  /** Takes notice of what the owner in another thread has made larger since; call it between scans, it costs nothing when there is nothing. */
  refresh(): void {
    const { memory } = this.set;
    const changes = memory.changes;
    if (changes === this.#seenChanges) return;
    memory.between(() => {
      this.set.refresh();
      this.#rows.refresh();
    });
    this.#seenChanges = changes;
  }

  /**
   * Adds a row while in use.
   *
   * @returns False when it was there already, or when values of its kind are not screened.
   * @throws {ComityError} `VALUE_MALFORMED` when the value is not in normal form.
   */
  add(value: ListedValue, ref: number): boolean {
    const isNew = this.#add(value, ref);
    this.set.index.settle();
    return isNew;
  }

  /** {@link add}, but only for this thread until the index is settled. */
  #add(value: ListedValue, ref: number): boolean {
    if (!screenedKinds.has(value.kind)) return false;
    const entry = entryFor(this.set, value, true);
    const port = value.port ?? 0;
    if (this.#hasRow(entry, ref, port)) return false;
    if ((this.set.list.flags[entry]! & entryFlags.listed) === 0) this.#putFirstRow(entry, ref, port);
    else this.#putNextRow(entry, ref, port);
    this.set.memory.header[numbers.rowCount]!++;
    return true;
  }

  #putFirstRow(entry: number, ref: number, port: number): void {
    const { list } = this.set;
    const { rowList, listed, dead } = entryFlags;
    if ((list.flags[entry]! & dead) !== 0) this.#countDead(-1);
    list.row[entry] = port === 0 ? ref : this.#rows.append(entry, ref, port, 0);
    list.mark(entry, listed | (port === 0 ? 0 : rowList), dead | rowList);
  }

  #putNextRow(entry: number, ref: number, port: number): void {
    const { list, memory } = this.set;
    const { flags, row } = list;
    const rest = (flags[entry]! & entryFlags.rowList) === 0 ? this.#rows.append(entry, row[entry]!, 0, 0) : row[entry]!;
    const head = this.#rows.append(entry, ref, port, rest);
    // Between the two a reader would take the number of a row for a reference.
    memory.publish(() => {
      row[entry] = head;
      list.mark(entry, entryFlags.rowList);
    });
  }

  /**
   * Removes a row while in use; false when it was not there. When a quarter of the entries and rows is dead the table is
   * rebuilt, about a microsecond a value.
   */
  remove(value: ListedValue, ref: number): boolean {
    if (!screenedKinds.has(value.kind)) return false;
    const entry = entryFor(this.set, value, false);
    if (entry < 0 || !this.#cutRow(entry, ref, value.port ?? 0)) return false;
    const { header } = this.set.memory;
    header[numbers.rowCount]!--;
    const dead = header[numbers.deadCount]!;
    if (dead >= DEAD_MIN && dead * 4 > this.set.list.count + header[numbers.rowsUsed]!) this.#rebuild();
    return true;
  }

  /** The rows of an entry a scan reported, in no order; empty for a host that is only a gate. */
  rowsOf(entry: number): TableRow[] {
    return this.set.memory.between(() => this.#rowsNow(entry));
  }

  #rowsNow(entry: number): TableRow[] {
    const { flags, row } = this.set.list;
    if ((flags[entry]! & entryFlags.listed) === 0) return [];
    if ((flags[entry]! & entryFlags.rowList) === 0) return [{ ref: row[entry]! }];
    return Array.from(this.#rows.rows(row[entry]!), (at) => {
      const ref = this.#rows.refOf(at);
      const port = this.#rows.portOf(at);
      return port === 0 ? { ref } : { ref, port };
    });
  }

  kindOf(entry: number): ValueKind {
    return kindOfEntry(this.set, entry);
  }

  /** The listed value of an entry in its normal form; of a gate, its host. */
  valueOf(entry: number): string {
    return textOfEntry(this.set, entry);
  }

  #hasRow(entry: number, ref: number, port: number): boolean {
    const { flags, row } = this.set.list;
    if ((flags[entry]! & entryFlags.listed) === 0) return false;
    if ((flags[entry]! & entryFlags.rowList) === 0) return row[entry] === ref && port === 0;
    return this.#rows.find(entry, row[entry]!, ref, port) !== 0;
  }

  #cutRow(entry: number, ref: number, port: number): boolean {
    const { flags, row } = this.set.list;
    if (!this.#hasRow(entry, ref, port)) return false;
    if ((flags[entry]! & entryFlags.rowList) !== 0) {
      this.#countDead(1);
      const found = this.#rows.find(entry, row[entry]!, ref, port);
      if (this.#rows.cut(entry, row[entry]!, found)) return true;
      this.#rows.forget(entry);
    }
    // The entry stays to be found, for it may be a gate or come back; it has no rows and is no match.
    this.set.list.mark(entry, entryFlags.dead, entryFlags.listed | entryFlags.rowList);
    this.#countDead(1);
    return true;
  }

  #countDead(more: number): void {
    this.set.memory.header[numbers.deadCount]! += more;
  }

  #rebuild(): void {
    const fresh = Table.#empty(this.set.key, this.count);
    for (let entry = 0; entry < this.set.list.count; entry++) {
      for (const { ref, port } of this.rowsOf(entry)) {
        const value = { kind: this.kindOf(entry), value: this.valueOf(entry) };
        fresh.#add(port === undefined ? value : { ...value, port }, ref);
      }
    }
    fresh.#compact();
    this.set = fresh.set;
    this.#rows = fresh.#rows;
  }

  /** Moves the table to a memory of its size, but for a little: the first values added while in use must not copy everything. */
  #compact(): void {
    const { list, index, memory } = this.set;
    const { header } = memory;
    index.settle();
    index.fit();
    const rows = header[numbers.rowsUsed]!;
    const compact = memory.compact({
      ...entryColumns(Math.ceil(list.count * 1.03) + 64),
      arena: Math.ceil(header[numbers.arenaLength]! * 1.03) + 1024,
      ...(rows > 0 ? rowColumns(rows + 64) : {}),
    });
    this.set = new EntrySet(compact);
    this.#rows = new RowList(compact);
  }
}
