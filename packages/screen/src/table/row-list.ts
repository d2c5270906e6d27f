import { numbers } from './memory.ts';
import type { SectionSizes, TableMemory } from './memory.ts';

/** Rows of a list that are walked through before the list gets an index. */
const WALKED_ROWS_MAX = 32;
/** Beyond any port: the row was cut. */
const CUT = 0x1_0000;

/**
 * Rows beyond the one an entry holds itself, as linked lists in columns. Row 0 is the end of a list.
 *
 * A row that was cut stays in its list, marked, until the table is rebuilt: another thread may be walking along it.
 */
export class RowList {
  readonly #memory: TableMemory;
  #ref: Uint32Array = new Uint32Array(0);
  /** The only port the row is about; 0 is any. */
  #port: Uint32Array = new Uint32Array(0);
  #next: Uint32Array = new Uint32Array(0);
  /** By entry: the rows of a long list by {@link keyOf}, since a value that thousands list must not cost their square. */
  readonly #indexes = new Map<number, Map<number, number>>();

  constructor(memory: TableMemory) {
    this.#memory = memory;
    this.refresh();
  }

  /** Reads the directory again. */
  refresh(): void {
    this.#ref = this.#memory.u32('rowRef');
    this.#port = this.#memory.u32('rowPort');
    this.#next = this.#memory.u32('rowNext');
  }

  /** The row of an entry's list, which begins at `head`, with this reference and port; 0 when there is none. */
  find(entry: number, head: number, ref: number, port: number): number {
    const known = this.#indexes.get(entry);
    if (known !== undefined) return known.get(keyOf(ref, port)) ?? 0;
    let walked = 0;
    for (let row = head; row !== 0; row = this.#next[row]!, walked++) {
      if (this.#ref[row] === ref && this.#port[row] === port) return row;
    }
    if (walked > WALKED_ROWS_MAX) {
      const index = new Map<number, number>();
      for (const row of this.rows(head)) index.set(keyOf(this.#ref[row]!, this.#port[row]!), row);
      this.#indexes.set(entry, index);
    }
    return 0;
  }

  /** The rows of the list that begins at `head`. */
  *rows(head: number): Iterable<number> {
    for (let row = head; row !== 0; row = this.#next[row]!) if (this.#port[row] !== CUT) yield row;
  }

  refOf(row: number): number {
    return this.#ref[row]!;
  }

  /** 0 is any. */
  portOf(row: number): number {
    return this.#port[row]!;
  }

  /** Cuts a row out of an entry's list, which begins at `head`; false when it was the last. */
  cut(entry: number, head: number, row: number): boolean {
    const index = this.#indexes.get(entry);
    index?.delete(keyOf(this.#ref[row]!, this.#port[row]!));
    Atomics.store(this.#port, row, CUT);
    if (index !== undefined) return index.size > 0;
    for (const _ of this.rows(head)) return true;
    return false;
  }

  /** An entry's rows are all gone, and its list with them. */
  forget(entry: number): void {
    this.#indexes.delete(entry);
  }

  /** Puts a row in front of the list of an entry that begins at `next`; returns the new head. */
  append(entry: number, ref: number, port: number, next: number): number {
    const { header } = this.#memory;
    const row = Math.max(1, header[numbers.rowsUsed]!);
    if (row >= this.#ref.length) this.resize(Math.ceil(row * 1.3) + 64);
    header[numbers.rowsUsed] = row + 1;
    this.#ref[row] = ref;
    this.#port[row] = port;
    this.#next[row] = next;
    this.#indexes.get(entry)?.set(keyOf(ref, port), row);
    return row;
  }

  /** Gives the lists room for so many rows in all. */
  resize(rows: number): void {
    this.#memory.resize(rowColumns(rows));
    this.refresh();
  }
}

function keyOf(ref: number, port: number): number {
  return ref * 0x1_0000 + port;
}

/** Sizes of the columns of so many rows. */
export function rowColumns(rows: number): SectionSizes {
  return { rowRef: rows * 4, rowPort: rows * 4, rowNext: rows * 4 };
}
