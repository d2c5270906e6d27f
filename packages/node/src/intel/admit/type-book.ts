import type { Connection } from '../../store/index.ts';

/** Objects of a range are found by one row of each of their types: refs that differ in their last bits only. */
const rangeBits = 12;

/** Which types are where, and how many objects there are of each: what one transaction adds to it. */
export class TypeBook {
  readonly #db: Connection;
  readonly #added = new Map<number, { objects: number; readonly ranges: Set<number> }>();

  constructor(db: Connection) {
    this.#db = db;
  }

  /** An object that is new, of the type with that code. */
  note(type: number, ref: number): void {
    let added = this.#added.get(type);
    if (added === undefined) this.#added.set(type, (added = { objects: 0, ranges: new Set() }));
    added.objects += 1;
    added.ranges.add(ref >>> rangeBits);
  }

  flush(): void {
    const range = this.#db.prepare('insert or ignore into intel_type_range (type, range) values (?, ?)');
    const count = this.#db.prepare('update intel_type set objects = objects + ? where code = ?');
    for (const [type, { objects, ranges }] of this.#added) {
      for (const one of ranges) range.run(type, one);
      count.run(objects, type);
    }
    this.#added.clear();
  }
}

/** The refs from which to which the newest objects of a type below `beforeRef` are, exclusive at the end; undefined: there are none. */
export function newestRangeOf(
  db: Connection,
  type: number,
  beforeRef: number,
): { readonly fromRef: number; readonly beforeRef: number } | undefined {
  const range = db
    .prepare<{ range: number | null }>('select max(range) as range from intel_type_range where type = ? and range <= ?')
    .get(type, Math.floor((beforeRef - 1) / 2 ** rangeBits))?.range;
  if (range === undefined || range === null) return undefined;
  const fromRef = range * 2 ** rangeBits;
  return { fromRef, beforeRef: Math.min(beforeRef, fromRef + 2 ** rangeBits) };
}
