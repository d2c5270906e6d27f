/**
 * How a seen value meets a listed one; {@link HitList.relation} holds the index. `gate` is no match but a candidate: the
 * host of a listed URL or e-mail address was seen without the rest, which a record may have in another field.
 */
export const relations = ['exact', 'subdomain', 'cidr', 'prefix', 'gate'] as const;
export type Relation = (typeof relations)[number];

/** Indices into {@link relations}, for the matcher. */
export const relationIndex = { exact: 0, subdomain: 1, cidr: 2, prefix: 3, gate: 4 } as const;

/** Hits of scans, in growing typed arrays: no object and no string a hit. Reset it and use it again. */
export class HitList {
  /** How many hits the arrays hold, gates included. */
  count = 0;
  /** How many of them are gates. */
  gates = 0;
  /** First byte of the seen value, offset in the bytes scanned. */
  start = new Uint32Array(64);
  /** Offset after its last byte. */
  end = new Uint32Array(64);
  /** Entry of the table: `table.rowsOf`, `kindOf`, `valueOf`. */
  entry = new Uint32Array(64);
  /** Index into {@link relations}. */
  relation = new Uint8Array(64);
  /** The port written right after the value (`:443`), or -1. Of a URL always -1: its port is part of it. */
  port = new Int32Array(64);

  reset(): void {
    this.count = 0;
    this.gates = 0;
  }

  push(start: number, end: number, entry: number, relation: number, port: number): void {
    if (this.count === this.start.length) this.#grow();
    const at = this.count++;
    if (relation === relationIndex.gate) this.gates++;
    this.start[at] = start;
    this.end[at] = end;
    this.entry[at] = entry;
    this.relation[at] = relation;
    this.port[at] = port;
  }

  #grow(): void {
    const capacity = this.count * 2;
    this.start = resized(this.start, capacity);
    this.end = resized(this.end, capacity);
    this.entry = resized(this.entry, capacity);
    this.relation = resized(this.relation, capacity);
    this.port = resized(this.port, capacity);
  }
}

/** A copy of a typed array with another length. */
function resized<A extends Uint8Array | Uint32Array | Int32Array>(array: A, length: number): A {
  const copy = new (array.constructor as new (length: number) => A)(length);
  copy.set(array);
  return copy;
}
