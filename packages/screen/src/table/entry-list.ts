import { folded, hexDigit } from './bytes.ts';

/** What an entry stands for; part of its hash. A name below which something is listed is an entry as well. */
export const entryTags = { name: 1, below: 2, ipv4: 3, ipv6: 4, url: 5, prefix: 6, email: 7, digest: 8 } as const;

export const entryFlags = {
  /** Somebody lists the value: it has rows. */
  listed: 1,
  /** A name with listed names, or hosts of listed URLs or addresses, below it. */
  parent: 2,
  /** A host with listed URLs. */
  urlHost: 4,
  /** A host with URLs listed by their beginning. */
  prefixHost: 8,
  /** A host with listed e-mail addresses. */
  mailHost: 16,
  /** `row` is the first row of a list, not a reference. */
  rowList: 32,
  /** Was listed and is no more. */
  dead: 64,
  /** A host with a listed e-mail address whose local part holds bytes that usually end one: `o'brien`. */
  oddMailHost: 128,
} as const;

/** Unit of {@link EntryList.tailUnits}: bytes. */
export const TAIL_UNIT_BYTES = 32;

/** The entries in columns, and the bytes of their normal forms. */
export class EntryList {
  count = 0;
  tag: Uint8Array;
  flags: Uint8Array;
  /** Offset in {@link arena}; of an IPv4 network its address. */
  at: Uint32Array;
  /** Bytes of the name, digest, local part or path; of a network its prefix length in bits. */
  length: Uint16Array;
  /** The reference of the only row, when it has no port; else the number of the first row in the row list. */
  row: Uint32Array;
  /** Of a host with listed URLs: at least the longest path, in units of {@link TAIL_UNIT_BYTES}; 255 is any length. */
  tailUnits: Uint8Array;
  arena: Uint8Array;
  arenaLength = 0;

  constructor(capacity: number, arenaBytes: number) {
    this.tag = new Uint8Array(capacity);
    this.flags = new Uint8Array(capacity);
    this.at = new Uint32Array(capacity);
    this.length = new Uint16Array(capacity);
    this.row = new Uint32Array(capacity);
    this.tailUnits = new Uint8Array(capacity);
    this.arena = new Uint8Array(arenaBytes);
  }

  get bytes(): number {
    return this.tag.length * 13 + this.arena.length;
  }

  append(tag: number, at: number, length: number): number {
    if (this.count === this.tag.length) this.#resize(Math.ceil(this.count * 1.3) + 64);
    const entry = this.count++;
    this.tag[entry] = tag;
    this.at[entry] = at;
    this.length[entry] = length;
    return entry;
  }

  /** Puts bytes behind the arena's last ones and returns their offset. */
  store(bytes: Uint8Array, start: number, end: number): number {
    const at = this.arenaLength;
    const length = end - start;
    if (at + length > this.arena.length) this.arena = resized(this.arena, Math.ceil((at + length) * 1.3) + 64);
    for (let index = 0; index < length; index++) this.arena[at + index] = bytes[start + index]!;
    this.arenaLength += length;
    return at;
  }

  /** Whether the arena holds `bytes[start, end)` at an offset. */
  hasBytes(at: number, bytes: Uint8Array, start: number, end: number): boolean {
    for (let index = start; index < end; index++) if (this.arena[at + index - start] !== bytes[index]) return false;
    return true;
  }

  /** {@link hasBytes} with ASCII letters of either case in `bytes`. */
  hasFolded(at: number, bytes: Uint8Array, start: number, end: number): boolean {
    for (let index = start; index < end; index++)
      if (this.arena[at + index - start] !== folded[bytes[index]!]) return false;
    return true;
  }

  /** Whether the binary digest of an entry is the hexadecimal `bytes[start, end)`. */
  hasDigits(entry: number, bytes: Uint8Array, start: number, end: number): boolean {
    if (this.length[entry]! * 2 !== end - start) return false;
    const at = this.at[entry]!;
    for (let index = start; index < end; index++) {
      const octet = this.arena[at + ((index - start) >> 1)]!;
      if (((index - start) % 2 === 0 ? octet >> 4 : octet & 15) !== hexDigit[bytes[index]!]) return false;
    }
    return true;
  }

  /** The 16-bit groups of an IPv6 entry. */
  groupsOf(entry: number): number[] {
    const at = this.at[entry]!;
    return Array.from({ length: 8 }, (_, index) => this.arena[at + 2 * index]! * 256 + this.arena[at + 2 * index + 1]!);
  }

  /** Whether the network of an IPv6 entry holds the address of these groups. */
  holdsGroups(entry: number, groups: Uint16Array): boolean {
    const at = this.at[entry]!;
    let bits = this.length[entry]!;
    for (let index = 0; bits > 0; index++, bits -= 16) {
      const group = (this.arena[at + 2 * index]! << 8) | this.arena[at + 2 * index + 1]!;
      if ((group ^ groups[index]!) >>> Math.max(0, 16 - bits) !== 0) return false;
    }
    return true;
  }

  /** Entry of the host of a URL or e-mail entry. */
  hostOf(entry: number): number {
    const at = this.at[entry]!;
    const { arena } = this;
    return (arena[at]! | (arena[at + 1]! << 8) | (arena[at + 2]! << 16) | (arena[at + 3]! << 24)) >>> 0;
  }

  /** Port of a URL entry; `NO_PORT` for none. */
  portOf(entry: number): number {
    const at = this.at[entry]! + 4;
    return this.arena[at]! | (this.arena[at + 1]! << 8);
  }

  /** Gives back what growth left over, but for a little: the first values added while in use must not copy everything. */
  shrink(): void {
    this.#resize(Math.ceil(this.count * 1.03) + 64);
    this.arena = resized(this.arena, Math.ceil(this.arenaLength * 1.03) + 1024);
  }

  #resize(capacity: number): void {
    this.tag = resized(this.tag, capacity);
    this.flags = resized(this.flags, capacity);
    this.at = resized(this.at, capacity);
    this.length = resized(this.length, capacity);
    this.row = resized(this.row, capacity);
    this.tailUnits = resized(this.tailUnits, capacity);
  }
}

/** A copy of a typed array with another length. */
export function resized<A extends Uint8Array | Uint16Array | Uint32Array | Int32Array>(array: A, length: number): A {
  const copy = new (array.constructor as new (length: number) => A)(length);
  copy.set(array.length > length ? array.subarray(0, length) : array);
  return copy;
}
