import { resized } from './entry-list.ts';

/** Rows beyond the one an entry holds itself, as linked lists in columns. Row 0 is the end of a list. */
export class RowList {
  ref = new Uint32Array(64);
  /** The only port the row is about; 0 is any. */
  port = new Uint16Array(64);
  next = new Uint32Array(64);
  #used = 1;
  #free = 0;

  get bytes(): number {
    return this.ref.length * 10;
  }

  append(ref: number, port: number, next: number): number {
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
    return row;
  }

  free(row: number): void {
    this.next[row] = this.#free;
    this.#free = row;
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
