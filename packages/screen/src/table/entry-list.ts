import { folded, hexDigit } from './bytes.ts';
import { numbers } from './memory.ts';
import type { SectionSizes, TableMemory } from './memory.ts';

/** What an entry stands for; part of its hash. A name below which something is listed is an entry as well. */
export const entryTags = { name: 1, below: 2, ipv4: 3, ipv6: 4, url: 5, prefix: 6, email: 7, digest: 8 } as const;

export const entryFlags = {
  /** Somebody lists the value: it has rows. */
  listed: 1,
  /** A name with listed names below it. */
  parent: 2,
  /** A host with listed URLs. */
  urlHost: 4,
  /**
   * A host of which what is listed cannot be told by a path or local part alone: the beginning of a URL, a port, or a local part with bytes
   * that usually end one: `o'brien`.
   */
  oddHost: 8,
  /** A host with listed e-mail addresses. */
  mailHost: 16,
  /** `row` is the first row of a list, not a reference. */
  rowList: 32,
  /** Was listed and is no more. */
  dead: 64,
  /** A name with hosts of listed URLs or e-mail addresses below it. */
  hostParent: 128,
} as const;

/** Unit of {@link EntryList.tailUnits}: bytes. */
export const TAIL_UNIT_BYTES = 32;

/** The entries in columns, and the bytes of their normal forms. */
export class EntryList {
  readonly #memory: TableMemory;
  tag: Uint8Array = new Uint8Array(0);
  flags: Uint8Array = new Uint8Array(0);
  /** Offset in {@link arena}; of an IPv4 network its address. */
  at: Uint32Array = new Uint32Array(0);
  /** Bytes of the name, digest, local part or path; of a network its prefix length in bits. */
  length: Uint16Array = new Uint16Array(0);
  /** The reference of the only row, when it has no port; else the number of the first row in the row list. */
  row: Uint32Array = new Uint32Array(0);
  /** Of a host with listed URLs: at least the longest path, in units of {@link TAIL_UNIT_BYTES}; 255 is any length. */
  tailUnits: Uint8Array = new Uint8Array(0);
  arena: Uint8Array = new Uint8Array(0);

  constructor(memory: TableMemory) {
    this.#memory = memory;
    this.refresh();
  }

  /** Reads the directory again. */
  refresh(): void {
    const memory = this.#memory;
    this.tag = memory.u8('tag');
    this.flags = memory.u8('flags');
    this.at = memory.u32('at');
    this.length = memory.u16('length');
    this.row = memory.u32('row');
    this.tailUnits = memory.u8('tailUnits');
    this.arena = memory.u8('arena');
  }

  get count(): number {
    return this.#memory.header[numbers.entryCount]!;
  }

  /** The entry gets no flag and no row yet. */
  append(tag: number, at: number, length: number): number {
    const entry = this.count;
    if (entry >= this.tag.length) this.resize(Math.ceil(entry * 1.3) + 64);
    this.#memory.header[numbers.entryCount] = entry + 1;
    this.tag[entry] = tag;
    this.at[entry] = at;
    this.length[entry] = length;
    return entry;
  }

  /** Puts bytes behind the arena's last ones, after a head left free, and returns the offset of the head. */
  store(bytes: Uint8Array, start: number, end: number, headBytes = 0): number {
    const at = this.#take(headBytes + end - start);
    const { arena } = this;
    const shift = at + headBytes - start;
    for (let index = start; index < end; index++) arena[shift + index] = bytes[index]!;
    return at;
  }

  /** Puts hexadecimal digits, an even count, behind the arena's last bytes as binary and returns their offset. */
  storeDigits(digits: Uint8Array, count: number): number {
    const at = this.#take(count / 2);
    const { arena } = this;
    for (let index = 0; index < count; index += 2) {
      arena[at + index / 2] = (hexDigit[digits[index]!]! << 4) | hexDigit[digits[index + 1]!]!;
    }
    return at;
  }

  /** Puts a number into so many bytes of the arena, the lowest first. */
  putNumber(at: number, number: number, bytes: number): void {
    for (let index = 0; index < bytes; index++) this.arena[at + index] = number >>> (8 * index);
  }

  /** Offset of so many new bytes of the arena. */
  #take(length: number): number {
    const { header } = this.#memory;
    const at = header[numbers.arenaLength]!;
    if (at + length > this.arena.length) this.resizeArena(Math.ceil((at + length) * 1.3) + 1024);
    header[numbers.arenaLength] = at + length;
    return at;
  }

  /** Sets and clears flags of an entry in one step, after whatever was written before. */
  mark(entry: number, set: number, cleared = 0): void {
    const before = this.flags[entry]!;
    const after = (before & ~cleared) | set;
    if (after !== before) Atomics.store(this.flags, entry, after);
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
    const { arena } = this;
    let at = this.at[entry]!;
    for (let index = start; index < end; index += 2, at++) {
      if (((hexDigit[bytes[index]!]! << 4) | hexDigit[bytes[index + 1]!]!) !== arena[at]) return false;
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

  /** Gives the columns room for so many entries. */
  resize(entries: number): void {
    this.#memory.resize(entryColumns(entries));
    this.refresh();
  }

  resizeArena(bytes: number): void {
    this.#memory.resize({ arena: bytes });
    this.refresh();
  }
}

/** Sizes of the columns of so many entries. */
export function entryColumns(entries: number): SectionSizes {
  return {
    tag: entries,
    flags: entries,
    at: entries * 4,
    length: entries * 2,
    row: entries * 4,
    tailUnits: entries,
  };
}
