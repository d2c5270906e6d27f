import type { Connection, SqlValue, Statement } from './store.ts';

/**
 * Rows one statement inserts. A statement of several that might fail in its middle first copies each page it touches: rows that
 * follow each other share a page, and so the copy.
 */
const rowsAtOnce = 64;

/** Where rows go: `insert into {into} select {select} from (values (…), (…)) {onConflict}`. Constant text, never data. */
export interface InsertTarget {
  /** Table and columns: `t (a, b)`. */
  readonly into: string;
  /** Values handed over a row. */
  readonly columnCount: number;
  /**
   * What the columns of the table are made of: `column1`, `column2` … of the row; `(select ?)` is the next of the values
   * all rows share. Handing a value over costs more than the database's own arithmetic. Undefined: the row as it is.
   */
  readonly select?: string;
  /** `insert or ignore` instead of `insert`. */
  readonly ignore?: boolean;
  /** An upsert clause. */
  readonly onConflict?: string;
}

/**
 * Inserts rows of one table several a statement: crossing into the database and starting a statement costs as much as
 * writing a short row. Rows become visible at {@link flush}, in the order they were added; flush before anything reads
 * them and before the transaction ends.
 *
 * A row that breaks a constraint throws and leaves those before it: the transaction is the caller's to undo. So the database
 * need not be able to undo a statement alone, and copies no page, where it also numbers the rows itself: a table whose
 * `integer primary key` is not handed over gives each row the number after the last. An upsert never gets there.
 */
export class BulkInsert {
  readonly #many: Statement;
  readonly #one: Statement;
  readonly #columnCount: number;
  readonly #shared: readonly SqlValue[];
  /** The shared values, then those of the rows up to `#end`. */
  readonly #params: SqlValue[];
  #end: number;
  #lastRowid = 0;

  /** @param shared - One for each `(select ?)`, the same for every row. */
  constructor(db: Connection, target: InsertTarget, shared: readonly SqlValue[] = []) {
    this.#many = db.prepare(insertText(target, rowsAtOnce));
    this.#one = db.prepare(insertText(target, 1));
    this.#columnCount = target.columnCount;
    this.#shared = shared;
    this.#params = [...shared];
    this.#end = shared.length;
  }

  /** @param row - As many values as the target has columns. */
  add(...row: readonly SqlValue[]): void {
    for (const value of row) {
      this.#params[this.#end] = value;
      this.#end += 1;
    }
    if (this.#end < this.#shared.length + rowsAtOnce * this.#columnCount) return;
    this.#lastRowid = this.#many.run(...this.#params).lastRowid;
    this.#end = this.#shared.length;
  }

  flush(): void {
    const { length } = this.#shared;
    for (let at = length; at < this.#end; at += this.#columnCount) {
      this.#lastRowid = this.#one.run(...this.#shared, ...this.#params.slice(at, at + this.#columnCount)).lastRowid;
    }
    this.#end = length;
  }

  /** Number of the last row that was written, where the database numbers them; 0 before the first. */
  get lastRowid(): number {
    return this.#lastRowid;
  }
}

function insertText({ into, columnCount, select, ignore, onConflict }: InsertTarget, rowCount: number): string {
  const row = `(${Array.from({ length: columnCount }, () => '?').join(', ')})`;
  const values = `values ${Array.from({ length: rowCount }, () => row).join(', ')}`;
  // Without a condition SQLite takes the ON of an upsert for one of a join.
  const rows = select === undefined ? values : `select ${select} from (${values}) where true`;
  return `insert or ${ignore === true ? 'ignore' : 'fail'} into ${into} ${rows} ${onConflict ?? ''}`;
}
