import { valueKinds } from '@comity/protocol/values';
import type { ListedValue, ValueKind } from '@comity/protocol/values';
import { entryFor, kindOfEntry, textOfEntry } from './encode.ts';
import { entryFlags } from './entry-list.ts';
import { EntrySet } from './entry-set.ts';
import { RowList } from './row-list.ts';

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
}

/** Rebuild when this many entries are dead and they are a quarter of all. */
const DEAD_ENTRIES_MIN = 4096;

/**
 * The listed values, compiled for scanning. The same value from several lists is one entry with several rows.
 *
 * Entry numbers, as scans report them, hold until the next `add` or `remove`.
 */
export class Table {
  /** For the matcher; replaced when the table is rebuilt. */
  set: EntrySet;
  #rows = new RowList();
  readonly #seed: number;
  #rowCount = 0;
  #deadCount = 0;

  private constructor(seed: number, expectedValues: number) {
    this.#seed = seed;
    this.set = new EntrySet(seed, expectedValues);
  }

  /** Compiles rows in any order; the same row twice counts once. Kinds that are not screened are passed over. */
  static build(rows: Iterable<ListedRow>, options: TableOptions = {}): Table {
    const table = new Table(options.seed ?? 0, Array.isArray(rows) ? rows.length : 0);
    for (const { value, ref } of rows) table.add(value, ref);
    table.set.list.shrink();
    table.#rows.shrink();
    return table;
  }

  /** Rows listed: a value from two lists counts twice. */
  get count(): number {
    return this.#rowCount;
  }

  /** Memory of the table, in bytes, room for growth included. */
  get bytes(): number {
    return this.set.bytes + this.#rows.bytes;
  }

  /**
   * Adds a row while in use.
   *
   * @returns False when it was there already, or when values of its kind are not screened.
   * @throws {ComityError} `VALUE_MALFORMED` when the value is not in normal form.
   */
  add(value: ListedValue, ref: number): boolean {
    if (!valueKinds[value.kind].screened) return false;
    const entry = entryFor(this.set, value, true);
    const port = value.port ?? 0;
    if (this.#hasRow(entry, ref, port)) return false;
    const { flags, row } = this.set.list;
    if ((flags[entry]! & entryFlags.listed) === 0) {
      if ((flags[entry]! & entryFlags.dead) !== 0) this.#deadCount--;
      flags[entry] = (flags[entry]! & ~(entryFlags.dead | entryFlags.rowList)) | entryFlags.listed;
      row[entry] = port === 0 ? ref : this.#rows.append(entry, ref, port, 0);
      if (port !== 0) flags[entry] |= entryFlags.rowList;
    } else {
      if ((flags[entry]! & entryFlags.rowList) === 0) row[entry] = this.#rows.append(entry, row[entry]!, 0, 0);
      flags[entry]! |= entryFlags.rowList;
      row[entry] = this.#rows.append(entry, ref, port, row[entry]!);
    }
    this.#rowCount++;
    return true;
  }

  /**
   * Removes a row while in use; false when it was not there. When a quarter of the entries is dead the table is rebuilt, about
   * a microsecond a value.
   */
  remove(value: ListedValue, ref: number): boolean {
    if (!valueKinds[value.kind].screened) return false;
    const entry = entryFor(this.set, value, false);
    if (entry < 0 || !this.#cutRow(entry, ref, value.port ?? 0)) return false;
    this.#rowCount--;
    if (this.#deadCount >= DEAD_ENTRIES_MIN && this.#deadCount * 4 > this.set.list.count) this.#rebuild();
    return true;
  }

  /** The rows of an entry a scan reported, in no order; empty for a host that is only a gate. */
  rowsOf(entry: number): TableRow[] {
    const { flags, row } = this.set.list;
    if ((flags[entry]! & entryFlags.listed) === 0) return [];
    if ((flags[entry]! & entryFlags.rowList) === 0) return [{ ref: row[entry]! }];
    const found: TableRow[] = [];
    for (let at = row[entry]!; at !== 0; at = this.#rows.next[at]!) {
      const ref = this.#rows.ref[at]!;
      const port = this.#rows.port[at]!;
      found.push(port === 0 ? { ref } : { ref, port });
    }
    return found;
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
      const found = this.#rows.find(entry, row[entry]!, ref, port);
      row[entry] = this.#rows.cut(entry, row[entry]!, found);
      if (row[entry] !== 0) return true;
    }
    this.#bury(entry);
    return true;
  }

  /** The entry stays to be found, for it may be a gate or come back; it has no rows and is no match. */
  #bury(entry: number): void {
    const { flags } = this.set.list;
    flags[entry] = (flags[entry]! & ~(entryFlags.listed | entryFlags.rowList)) | entryFlags.dead;
    this.#deadCount++;
  }

  #rebuild(): void {
    const fresh = new Table(this.#seed, this.#rowCount);
    for (let entry = 0; entry < this.set.list.count; entry++) {
      for (const { ref, port } of this.rowsOf(entry)) {
        const value = { kind: this.kindOf(entry), value: this.valueOf(entry) };
        fresh.add(port === undefined ? value : { ...value, port }, ref);
      }
    }
    this.set = fresh.set;
    this.#rows = fresh.#rows;
    this.#deadCount = 0;
  }
}
