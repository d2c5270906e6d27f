/**
 * How a seen value meets a listed one; {@link HitList.relation} holds the index. `gate` is no match but a candidate: the
 * host of a listed URL or e-mail address was seen without the rest, which a record may have in another field.
 */
export const relations = ['exact', 'subdomain', 'cidr', 'prefix', 'gate'] as const;
export type Relation = (typeof relations)[number];

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
  /** The port written right after the value (`:443`), or -1. */
  port = new Int32Array(64);

  reset(): void {
    this.count = 0;
    this.gates = 0;
  }
}
