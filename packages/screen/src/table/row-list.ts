import { resized } from './entry-list.ts';

/** Rows of a list that are walked through before the list gets an index. */
const WALKED_ROWS_MAX = 32;

/** Rows beyond the one an entry holds itself, as linked lists in columns. Row 0 is the end of a list. */
export class RowList {
  ref = new Uint32Array(64);
  /** The only port the row is about; 0 is any. */
  port = new Uint16Array(64);
  next = new Uint32Array(64);
  #used = 1;
  #free = 0;
  /** By entry: the rows of a long list by {@link keyOf}, since a value that thousands list must not cost their square. */
  readonly #indexes = new Map<number, Map<number, number>>();

  get bytes(): number {
    let indexed = 0;
    for (const index of this.#indexes.values()) indexed += index.size;
    return this.ref.length * 10 + indexed * 40;
  }

  /** The row of an entry's list, which begins at `head`, with this reference and port; 0 when there is none. */
  find(entry: number, head: number, ref: number, port: number): number {
    const known = this.#indexes.get(entry);
    if (known !== undefined) return known.get(keyOf(ref, port)) ?? 0;
    let walked = 0;
    for (let row = head; row !== 0; row = this.next[row]!, walked++) {
      if (this.ref[row] === ref && this.port[row] === port) return row;
    }
    if (walked > WALKED_ROWS_MAX) {
      const index = new Map<number, number>();
      for (let row = head; row !== 0; row = this.next[row]!) index.set(keyOf(this.ref[row]!, this.port[row]!), row);
      this.#indexes.set(entry, index);
    }
    return 0;
  }

  /** Takes a row out of an entry's list, which begins at `head`; returns the new head, 0 when the list is empty. */
  cut(entry: number, head: number, row: number): number {
    const index = this.#indexes.get(entry);
    index?.delete(keyOf(this.ref[row]!, this.port[row]!));
    // The order means nothing, so the first row takes the place of the one that goes.
    this.ref[row] = this.ref[head]!;
    this.port[row] = this.port[head]!;
    if (row !== head) index?.set(keyOf(this.ref[row], this.port[row]), row);
    const next = this.next[head]!;
    if (next === 0) this.#indexes.delete(entry);
    this.next[head] = this.#free;
    this.#free = head;
    return next;
  }

  /** Puts a row in front of the list of an entry that begins at `next`; returns the new head. */
  append(entry: number, ref: number, port: number, next: number): number {
    let row = this.#free;
    if (row === 0) {
      if (this.#used === this.ref.length) this.#resize(Math.ceil(this.#used * 1.3) + 64);
      row = this.#used++;
    } else {
      this.#free = this.next[row]!;
    }
    this.ref[row] = ref;
    this.port[row] = port;
    this.next[row] = next;
    this.#indexes.get(entry)?.set(keyOf(ref, port), row);
    return row;
  }

  shrink(): void {
    this.#resize(this.#used + 64);
  }

  #resize(capacity: number): void {
    this.ref = resized(this.ref, capacity);
    this.port = resized(this.port, capacity);
    this.next = resized(this.next, capacity);
  }
}

function keyOf(ref: number, port: number): number {
  return ref * 0x1_0000 + port;
}
