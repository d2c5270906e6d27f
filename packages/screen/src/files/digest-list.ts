import { HitList, scan } from '../match/index.ts';
import { Table } from '../table/index.ts';
import type { ListedRow, TableOptions, TableRow } from '../table/index.ts';
import { allDigestKinds, isDigestKind } from './digests.ts';
import type { DigestKind } from './digests.ts';

/** The listed digests, asked for one at a time. */
export class DigestList {
  /** Kinds of which at least one value is listed: no other is ever computed. */
  readonly kinds: readonly DigestKind[];
  readonly #table: Table;
  readonly #hits = new HitList();
  readonly #digits = Buffer.alloc(128);

  private constructor(table: Table, kinds: readonly DigestKind[]) {
    this.#table = table;
    this.kinds = kinds;
  }

  /** Compiles the rows that list digests; those of other kinds are passed over. */
  static build(rows: Iterable<ListedRow>, options: TableOptions = {}): DigestList {
    const listed: ListedRow[] = [];
    const kinds = new Set<DigestKind>();
    for (const row of rows) {
      const { kind } = row.value;
      if (!isDigestKind(kind)) continue;
      kinds.add(kind);
      listed.push(row);
    }
    return new DigestList(
      Table.build(listed, options),
      allDigestKinds.filter((kind) => kinds.has(kind)),
    );
  }

  /** Rows listed: a digest from two lists counts twice. */
  get count(): number {
    return this.#table.count;
  }

  /** Who lists a digest, written in lower-case hexadecimal; undefined when nobody does. */
  find(digest: string): readonly TableRow[] | undefined {
    const length = this.#digits.write(digest, 'latin1');
    this.#hits.reset();
    // A digest alone is a text like any other, so there is one meaning of a match.
    scan(this.#table, this.#digits, 0, length, this.#hits);
    return this.#hits.count === 0 ? undefined : this.#table.rowsOf(this.#hits.entry[0]!);
  }
}
