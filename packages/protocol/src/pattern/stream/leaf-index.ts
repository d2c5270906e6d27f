import type { JsonObject, JsonValue } from '../../base/index.ts';
import { ipv4NumberOf } from '../../values/index.ts';
import { ipv4KeyAt, parseNetwork } from '../evaluate/network.ts';
import { walkOf } from '../evaluate/path-walk.ts';
import type { PathWalk, Surroundings } from '../evaluate/path-walk.ts';
import { printPath } from '../write/print.ts';
import type { LeafKey } from './leaf-keys.ts';

/** Lengths beginnings and ends are looked up at: a longer one is cut to the next below. */
const lengths = [32, 24, 20, 16, 12, 10, 8, 6, 4, 3, 2, 1] as const;

/** Which leaves of type `Leaf` an object can answer, found by what it shows. */
export class LeafIndex<Leaf> {
  readonly #byType = new Map<string, TypeEntries<Leaf>>();
  readonly #visit: Visit<Leaf>;

  /** @param visit - Called with every leaf an object may answer; with some more than once. May add and delete. */
  constructor(visit: Visit<Leaf>) {
    this.#visit = visit;
  }

  add(key: LeafKey, leaf: Leaf): void {
    const type = key.kind === 'type' ? key.type : key.path.type;
    let entries = this.#byType.get(type);
    if (entries === undefined) this.#byType.set(type, (entries = new TypeEntries(this.#visit)));
    entries.add(key, leaf);
  }

  delete(key: LeafKey, leaf: Leaf): void {
    const type = key.kind === 'type' ? key.type : key.path.type;
    const entries = this.#byType.get(type);
    entries?.delete(key, leaf);
    if (entries?.isEmpty === true) this.#byType.delete(type);
  }

  /** Visits every leaf one of whose keys the object shows. */
  find(object: JsonObject, surroundings: Surroundings): void {
    const { type } = object;
    if (typeof type === 'string') this.#byType.get(type)?.find(object, surroundings);
  }
}

type Visit<Leaf> = (leaf: Leaf) => void;

class TypeEntries<Leaf> {
  readonly #byPath = new Map<string, PathEntries<Leaf>>();
  readonly #any = new Set<Leaf>();
  readonly #visit: Visit<Leaf>;

  constructor(visit: Visit<Leaf>) {
    this.#visit = visit;
  }

  get isEmpty(): boolean {
    return this.#byPath.size === 0 && this.#any.size === 0;
  }

  add(key: LeafKey, leaf: Leaf): void {
    if (key.kind === 'type') {
      this.#any.add(leaf);
      return;
    }
    const name = nameOf(key);
    let entries = this.#byPath.get(name);
    if (entries === undefined) {
      const toProperty = key.kind === 'present' && key.property;
      this.#byPath.set(name, (entries = new PathEntries(walkOf(key.path, toProperty), this.#visit)));
    }
    entries.add(key, leaf);
  }

  delete(key: LeafKey, leaf: Leaf): void {
    if (key.kind === 'type') {
      this.#any.delete(leaf);
      return;
    }
    const name = nameOf(key);
    const entries = this.#byPath.get(name);
    entries?.delete(key, leaf);
    if (entries?.isEmpty === true) this.#byPath.delete(name);
  }

  find(object: JsonObject, surroundings: Surroundings): void {
    for (const leaf of this.#any) this.#visit(leaf);
    for (const entries of this.#byPath.values()) entries.find(object, surroundings);
  }
}

function nameOf(key: Exclude<LeafKey, { kind: 'type' }>): string {
  return `${key.kind === 'present' && key.property ? 'property' : 'value'} ${printPath(key.path)}`;
}

class PathEntries<Leaf> {
  readonly #walk: PathWalk;
  readonly #equal = new Groups<string | number, Leaf>();
  readonly #prefixes = new Groups<string, Leaf>();
  readonly #suffixes = new Groups<string, Leaf>();
  readonly #networks = new Groups<string | number, Leaf>();
  readonly #present = new Set<Leaf>();
  /** Lengths and prefix bits in use, most first. */
  #prefixLengths: readonly number[] = [];
  #suffixLengths: readonly number[] = [];
  #networkBits: readonly number[] = [];

  readonly #visit: Visit<Leaf>;
  readonly #look = (value: JsonValue): boolean => {
    this.#findValue(value);
    return false;
  };

  constructor(walk: PathWalk, visit: Visit<Leaf>) {
    this.#walk = walk;
    this.#visit = visit;
  }

  get isEmpty(): boolean {
    const groups = [this.#equal, this.#prefixes, this.#suffixes, this.#networks];
    return this.#present.size === 0 && groups.every(({ size }) => size === 0);
  }

  add(key: Exclude<LeafKey, { kind: 'type' }>, leaf: Leaf): void {
    this.#change(key, leaf, true);
  }

  delete(key: Exclude<LeafKey, { kind: 'type' }>, leaf: Leaf): void {
    this.#change(key, leaf, false);
  }

  #change(key: Exclude<LeafKey, { kind: 'type' }>, leaf: Leaf, added: boolean): void {
    switch (key.kind) {
      case 'equal':
        return this.#equal.change(key.value, 0, leaf, added);
      case 'prefix': {
        const length = lengthBelow(key.text);
        this.#prefixes.change(key.text.slice(0, length), length, leaf, added);
        this.#prefixLengths = this.#prefixes.measures();
        return;
      }
      case 'suffix': {
        const length = lengthBelow(key.text);
        this.#suffixes.change(key.text.slice(-length), length, leaf, added);
        this.#suffixLengths = this.#suffixes.measures();
        return;
      }
      case 'network': {
        const { network } = key;
        this.#networks.change(network.keyAt(network.bits), network.bits, leaf, added);
        this.#networkBits = this.#networks.measures();
        return;
      }
      case 'present':
        if (added) this.#present.add(leaf);
        else this.#present.delete(leaf);
    }
  }

  find(object: JsonObject, surroundings: Surroundings): void {
    this.#walk.some(object, surroundings, this.#look);
  }

  #findValue(value: JsonValue): void {
    for (const leaf of this.#present) this.#visit(leaf);
    if (typeof value !== 'string') {
      if (typeof value === 'number') this.#equal.visit(value, this.#visit);
      return;
    }
    this.#equal.visit(value, this.#visit);
    if (this.#prefixLengths.length > 0 || this.#suffixLengths.length > 0) this.#findEnds(value.normalize('NFC'));
    if (this.#networkBits.length > 0) this.#findNetworks(value);
  }

  #findEnds(text: string): void {
    for (const length of this.#prefixLengths) {
      if (length <= text.length) this.#prefixes.visit(text.slice(0, length), this.#visit);
    }
    for (const length of this.#suffixLengths) {
      if (length <= text.length) this.#suffixes.visit(text.slice(-length), this.#visit);
    }
  }

  #findNetworks(text: string): void {
    // Most are whole addresses of IPv4, for which nothing needs to be made.
    const number = ipv4NumberOf(text);
    const network = number < 0 ? parseNetwork(text) : undefined;
    if (number < 0 && network === undefined) return;
    for (const bits of this.#networkBits) {
      if (network === undefined) {
        if (bits <= 32) this.#networks.visit(ipv4KeyAt(number, bits), this.#visit);
      } else if (bits <= network.bits) this.#networks.visit(network.keyAt(bits), this.#visit);
    }
  }
}

/** Leaves by a key, and by how long their keys are. */
class Groups<Key, Leaf> {
  readonly #byKey = new Map<Key, Set<Leaf>>();
  readonly #counts = new Map<number, number>();

  get size(): number {
    return this.#byKey.size;
  }

  change(key: Key, measure: number, leaf: Leaf, added: boolean): void {
    let leaves = this.#byKey.get(key);
    if (leaves === undefined) this.#byKey.set(key, (leaves = new Set()));
    const before = leaves.size;
    if (added) leaves.add(leaf);
    else leaves.delete(leaf);
    if (leaves.size === 0) this.#byKey.delete(key);
    const count = (this.#counts.get(measure) ?? 0) + leaves.size - before;
    if (count === 0) this.#counts.delete(measure);
    else this.#counts.set(measure, count);
  }

  /** The lengths in use, longest first. */
  measures(): number[] {
    return [...this.#counts.keys()].toSorted((a, b) => b - a);
  }

  visit(key: Key, visit: (leaf: Leaf) => void): void {
    const leaves = this.#byKey.get(key);
    if (leaves !== undefined) for (const leaf of leaves) visit(leaf);
  }
}

function lengthBelow(text: string): number {
  return lengths.find((length) => length <= text.length)!;
}
