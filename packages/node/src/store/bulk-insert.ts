import type { Connection, SqlValue, Statement } from './store.ts';

/** Rows one statement inserts; more save no more. */
const rowsAtOnce = 16;

/** Where rows go: `insert into {into} values (…), (…) {onConflict}`. Constant text, never data. */
export interface InsertTarget {
  /** Table and columns: `t (a, b)`. */
  readonly into: string;
  readonly columnCount: number;
  /** `insert or ignore` instead of `insert`. */
  readonly ignore?: boolean;
  /** An upsert clause. */
  readonly onConflict?: string;
}

/**
 * Inserts rows of one table several a statement: crossing into the database and starting a statement costs as much as
 * writing a short row. Rows become visible at {@link flush}, in the order they were added; flush before anything reads
 * them and before the transaction ends.
 */
export class BulkInsert {
  readonly #many: Statement;
  readonly #one: Statement;
  readonly #columnCount: number;
  readonly #params: SqlValue[] = [];

  constructor(db: Connection, { into, columnCount, ignore, onConflict }: InsertTarget) {
    const row = `(${Array.from({ length: columnCount }, () => '?').join(', ')})`;
    const insert = (rows: number): string =>
      `insert ${ignore === true ? 'or ignore ' : ''}into ${into} values ${Array.from({ length: rows }, () => row).join(', ')} ${onConflict ?? ''}`;
    this.#many = db.prepare(insert(rowsAtOnce));
    this.#one = db.prepare(insert(1));
    this.#columnCount = columnCount;
  }

  /** @param row - As many values as the target has columns. */
  add(...row: readonly SqlValue[]): void {
    this.#params.push(...row);
    if (this.#params.length < rowsAtOnce * this.#columnCount) return;
    this.#many.run(...this.#params);
    this.#params.length = 0;
  }

  flush(): void {
    for (let at = 0; at < this.#params.length; at += this.#columnCount) {
      this.#one.run(...this.#params.slice(at, at + this.#columnCount));
    }
    this.#params.length = 0;
  }
}
