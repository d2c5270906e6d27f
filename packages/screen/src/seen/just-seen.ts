import { randomFillSync } from 'node:crypto';

/** Words of an entry: fingerprint low and high, how often it was met since it was last counted, its row. */
const ENTRY_WORDS = 4;
const COUNT = 2;
const ROW = 3;
/** Rows begin at 1: nothing to count, and a key that is still on its way into its table. */
const NO_ROW = 0;
const PENDING = -1;

/** A table of keys that counts what was met again without being looked at. */
export interface CountedRows {
  /** Adds to how often the key of a row was seen, up to this minute. */
  credit(row: number, times: number): void;
}

/** Whose values a fingerprint is of: what one has seen is new to another. */
export interface SeenOwner {
  readonly id: number;
  readonly saltLow: number;
  readonly saltHigh: number;
}

/**
 * Which keys the fingerprints of a kernel stand for. The kernel counts what it meets again, and hands on the count when an entry is
 * given to something else; the rest is asked for.
 */
export class JustSeen {
  readonly #entries: Int32Array;
  /** By entry: whose row it is. */
  readonly #owners: Int32Array;
  readonly #tables = new Map<number, CountedRows>();
  #nextId = 1;

  /** @param entries - as the kernel keeps them. */
  constructor(entries: Int32Array) {
    this.#entries = entries;
    this.#owners = new Int32Array(entries.length / ENTRY_WORDS);
  }

  add(table: CountedRows): SeenOwner {
    const id = this.#nextId++;
    this.#tables.set(id, table);
    const [saltLow, saltHigh] = randomFillSync(new Int32Array(2));
    return { id, saltLow: saltLow!, saltHigh: saltHigh! };
  }

  /** Counts what is left to count, and forgets the owner. */
  remove(id: number): void {
    this.drain(id);
    this.#tables.delete(id);
    this.move(id, () => NO_ROW);
  }

  /** Counts what the kernel met again since the last time. */
  drain(id: number): void {
    const owners = this.#owners;
    for (let entry = 0; entry < owners.length; entry++) {
      if (owners[entry] !== id) continue;
      const at = entry * ENTRY_WORDS + COUNT;
      const count = this.#entries[at]!;
      if (count === 0) continue;
      this.credit(entry, count);
      this.#entries[at] = 0;
    }
  }

  /** The rows of an owner have other numbers now. */
  move(id: number, movedTo: (row: number) => number): void {
    const owners = this.#owners;
    for (let entry = 0; entry < owners.length; entry++) {
      if (owners[entry] !== id) continue;
      const at = entry * ENTRY_WORDS + ROW;
      if (this.#entries[at]! > NO_ROW) this.#entries[at] = movedTo(this.#entries[at]!);
    }
  }

  /** Counts what an entry stood for until now. */
  credit(entry: number, times: number): void {
    const row = this.#entries[entry * ENTRY_WORDS + ROW]!;
    if (row > NO_ROW) this.#tables.get(this.#owners[entry]!)?.credit(row, times);
  }

  isPending(entry: number): boolean {
    return this.#entries[entry * ENTRY_WORDS + ROW] === PENDING;
  }

  /** The key of an entry is on its way. */
  hold(entry: number): void {
    this.#entries[entry * ENTRY_WORDS + ROW] = PENDING;
  }

  /** The key has its row. One that had the entry before and comes later than the next is passed over. */
  keep(entry: number, id: number, row: number): void {
    if (!this.isPending(entry)) return;
    this.#entries[entry * ENTRY_WORDS + ROW] = row;
    this.#owners[entry] = id;
  }

  /** What has the entry is no value: its being met again counts for nothing. */
  ignore(entry: number): void {
    this.#entries[entry * ENTRY_WORDS + ROW] = NO_ROW;
  }

  /** What has the entry is several values: it must be looked at each time. */
  forget(entry: number): void {
    this.#entries.fill(0, entry * ENTRY_WORDS, (entry + 1) * ENTRY_WORDS);
  }
}
