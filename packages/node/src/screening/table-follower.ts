import { setImmediate } from 'node:timers/promises';
import { Table } from '@comity/screen';
import type { ValueReader } from './value-reader.ts';

/** The table of one worker, kept at the newest committed state of the values. */
export class TableFollower {
  readonly #reader: ValueReader;
  readonly #seed: number;
  #table: Table;
  #sequence: number;
  #isFollowing = false;
  #isAskedAgain = false;

  /** Loads everything; takes about a second a million values. `seed`: a secret of this process for the table's hash. */
  constructor(reader: ValueReader, seed: number) {
    this.#reader = reader;
    this.#seed = seed;
    ({ table: this.#table, sequence: this.#sequence } = this.#load());
  }

  get table(): Table {
    return this.#table;
  }

  get sequence(): number {
    return this.#sequence;
  }

  /** Applies what changed since, other work having its turn between changes. Resolves with whether anything did. */
  async follow(onNewTable: (table: Table) => void): Promise<boolean> {
    if (this.#isFollowing) {
      this.#isAskedAgain = true;
      return false;
    }
    this.#isFollowing = true;
    const before = this.#sequence;
    try {
      do {
        this.#isAskedAgain = false;
        while (this.#applyNext(onNewTable)) await setImmediate();
      } while (this.#isAskedAgain);
    } finally {
      this.#isFollowing = false;
    }
    return this.#sequence !== before;
  }

  #applyNext(onNewTable: (table: Table) => void): boolean {
    const deltas = this.#reader.changesSince(this.#sequence);
    if (deltas === undefined) {
      ({ table: this.#table, sequence: this.#sequence } = this.#load());
      onNewTable(this.#table);
      return true;
    }
    for (const delta of deltas) {
      for (const { value, ref } of delta.removed) this.#table.remove(value, ref);
      for (const { value, ref } of delta.added) this.#table.add(value, ref);
      this.#sequence = delta.sequence;
    }
    return deltas.length > 0;
  }

  #load(): { table: Table; sequence: number } {
    const { sequence, count, values } = this.#reader.activeValues();
    return { table: Table.build(values, { seed: this.#seed, expectedRows: count }), sequence };
  }
}
