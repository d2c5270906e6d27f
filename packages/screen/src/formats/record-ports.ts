import type { FieldList } from './field-list.ts';

/** A field as its format names it, in full. */
export interface NamedField {
  /** Dotted path of keys, or the column name. */
  readonly path: string;
  /** Number of the object the field stands in: two fields of one object belong together more than others. */
  readonly object: number;
}

/** A name that stands for the served side of a connection, and the port fields of that side (full paths, first known one wins). */
export interface ServedName {
  readonly name: string;
  /** The port fields to look at; all that are there count. */
  readonly ports: readonly string[];
  /** The rule holds only when the record also has this field. */
  readonly onlyWith?: readonly string[];
}

/**
 * Finds which port of a record belongs to which address or name.
 *
 * By name: `id.resp_h` has `id.resp_p`, `src_ip` has `src_port`, `SourceIp` has `SourcePort`, `dst` has `dport`,
 * `source.address` has `source.port`, whatever the case and with or without `_`. A format adds the names that stand for
 * the served side (`server_name`: the destination port). A port in the same object goes before one elsewhere.
 */
export class RecordPorts {
  private readonly fields: FieldList;
  private readonly namedOf: (index: number) => NamedField | undefined;
  private readonly served: ReadonlyMap<string, ServedName>;
  private index: Map<string, number[]> | undefined;

  /** Nothing is named before the first question: most records with a match need no port. */
  constructor(
    fields: FieldList,
    namedOf: (index: number) => NamedField | undefined,
    served: ReadonlyMap<string, ServedName> = new Map(),
  ) {
    this.fields = fields;
    this.namedOf = namedOf;
    this.served = served;
  }

  /** First field of that path (case and `_` aside). */
  find(path: string): number | undefined {
    return this.byPath().get(foldedPath(path))?.[0];
  }

  of(index: number): readonly number[] {
    const field = this.namedOf(index);
    if (field === undefined) return [];
    const served = this.served.get(field.path) ?? this.served.get(lastKey(field.path));
    if (
      served !== undefined &&
      (served.onlyWith === undefined || served.onlyWith.some((path) => this.find(path) !== undefined))
    ) {
      const ports = served.ports.flatMap((path) => this.portAt(path, field.object) ?? []);
      if (ports.length > 0) return ports;
    }
    for (const path of portPathsOf(field.path)) {
      const port = this.portAt(path, field.object);
      if (port !== undefined) return [port];
    }
    return [];
  }

  portAt(path: string, object: number): number | undefined {
    const indexes = this.byPath().get(foldedPath(path));
    if (indexes === undefined) return undefined;
    // Only a few are looked at: a record of thousands of equal objects must not cost their square.
    const candidates = indexes.length <= 16 ? indexes : nearest(indexes, this.namedOf, object);
    const own = candidates.find((index) => this.namedOf(index)?.object === object);
    const chosen = own ?? (candidates.length === 1 ? candidates[0] : undefined);
    return chosen === undefined ? undefined : this.fields.port(chosen);
  }

  private byPath(): ReadonlyMap<string, number[]> {
    if (this.index !== undefined) return this.index;
    this.index = new Map();
    let last: NamedField | undefined;
    let path = '';
    for (let index = 0; index < this.fields.count; index++) {
      const field = this.namedOf(index);
      if (field === undefined) continue;
      // The elements of an array come one after another and have one path.
      if (field.path !== last?.path) path = foldedPath(field.path);
      last = field;
      const indexes = this.index.get(path);
      if (indexes === undefined) this.index.set(path, [index]);
      else indexes.push(index);
    }
    return this.index;
  }
}

/** The entry of the object, found by halving: objects are numbered in the order of the text. */
function nearest(
  indexes: readonly number[],
  namedOf: (index: number) => NamedField | undefined,
  object: number,
): number[] {
  let low = 0;
  let high = indexes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((namedOf(indexes[middle]!)?.object ?? 0) < object) low = middle + 1;
    else high = middle;
  }
  const index = indexes[low];
  // Two entries, so that a near miss is not taken for the only one there is.
  return index === undefined ? [] : [index, index];
}

const foldedPaths = new Map<string, string>();
/** Logs have few names; a hostile one with many only makes the cache useless. */
const foldedPathsMax = 4096;

/** A path as names are compared, case and word separators aside: `SourcePort`, `source_port` are one. Dots stay. */
export function foldedPath(path: string): string {
  const known = foldedPaths.get(path);
  if (known !== undefined) return known;
  const text = path.toLowerCase().replaceAll(/[_\s-]/g, '');
  if (foldedPaths.size >= foldedPathsMax) foldedPaths.clear();
  if (path.length <= 128) foldedPaths.set(path, text);
  return text;
}

function lastKey(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

const addressWord = /^(.*?)(?:ip_?addr(?:ess)?|ip|addr(?:ess)?|host_?name|host|domain|fqdn)$/i;
const sides: Readonly<Record<string, readonly string[]>> = {
  src: ['sport', 'src_port', 'spt'],
  source: ['source_port', 'sport'],
  dst: ['dport', 'dst_port', 'dpt', 'p'],
  dest: ['dest_port', 'dport'],
  destination: ['destination_port', 'dport'],
  saddr: ['sport'],
  daddr: ['dport'],
  host: ['port', 'port_num', 'host_p'],
};

/** Where the port of an address field may stand, by the field's name alone. */
function portPathsOf(path: string): readonly string[] {
  const key = lastKey(path);
  const parent = path.slice(0, path.length - key.length);
  if (/_h$/i.test(key)) return [`${parent}${key.slice(0, -1)}p`];
  const side = sides[key.toLowerCase()];
  if (side !== undefined) return side.map((name) => parent + name);
  if (key.length > 64) return [];
  const word = addressWord.exec(key);
  return word === null ? [] : [`${parent}${word[1]}port`];
}
