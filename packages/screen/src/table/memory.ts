import { assert } from '@comity/protocol/base';

/**
 * The parts of a table's memory, by their place in its directory. The kernel reads the same numbers from
 * `kernel/assembly/image.ts`; a test compares the two.
 */
export const sections = {
  slots: 0,
  filter: 1,
  tag: 2,
  flags: 3,
  at: 4,
  length: 5,
  row: 6,
  tailUnits: 7,
  arena: 8,
  rowRef: 9,
  rowPort: 10,
  rowNext: 11,
  prefixPairs: 12,
  nameEnds: 13,
  ipv4Blocks: 14,
  ipv4Networks: 15,
  ipv6Sites: 16,
  digestStarts: 17,
  digestLengths: 18,
  /** Of an image: what its maker says of it. */
  about: 19,
  nameFilter: 20,
} as const;
export type Section = keyof typeof sections;
export type SectionSizes = Readonly<Partial<Record<Section, number>>>;

/** The numbers of a table, by their place in its header, in 32-bit words. */
export const numbers = {
  magic: 0,
  version: 1,
  /** Odd while the directory changes; grows by two with each change. */
  epoch: 2,
  /** Where the next allocation begins, in units of {@link UNIT_BYTES}. */
  top: 3,
  hashStart: 4,
  hashFactor: 5,
  slotCount: 6,
  filterShift: 7,
  keyCount: 8,
  entryCount: 9,
  arenaLength: 10,
  rowsUsed: 11,
  rowCount: 12,
  deadCount: 13,
  prefixPairCount: 14,
  /** A bit for each prefix length below 32 in use. */
  ipv4Prefixes: 15,
  /** A bit for each prefix length from 0 to 128 in use, in five words. */
  ipv6Prefixes: 16,
  nameFilterShift: 21,
  nameFilterCount: 22,
  filterCount: 23,
} as const;

export const MAGIC = 0x4354_5931;
/** Of the layout: another one is refused and the table built anew. */
export const LAYOUT_VERSION = 4;
/** What lies before is nothing in memory; in a file it says what the file is. */
export const HEADER_AT = 1024;
/** In words: numbers, then an offset and a size in bytes for each section. */
export const DIRECTORY_AT = 32;
export const HEADER_WORDS = 128;
/** Everything begins at a multiple of it: a line of the processor's cache. */
export const UNIT_BYTES = 64;
export const PAGE_BYTES = 65_536;
/** What 32-bit addresses reach. */
export const PAGES_MAX = 65_536;

/**
 * The memory of a table: a header with its numbers and a directory, then its sections, all at offsets from its beginning, so
 * that what lies in memory is what lies on disk and what the kernel reads.
 *
 * One thread writes. Others may read at the same time: a section is replaced by filling another region and then changing the
 * directory, and the old region is left as it was.
 */
export class TableMemory {
  readonly memory: WebAssembly.Memory;
  readonly header: Uint32Array;

  /** @param memory - of a table that another thread has made; a new one when absent. */
  constructor(memory?: WebAssembly.Memory) {
    this.memory = memory ?? new WebAssembly.Memory({ initial: 1, maximum: PAGES_MAX, shared: true });
    this.header = new Uint32Array(this.memory.buffer, HEADER_AT, HEADER_WORDS);
    if (memory !== undefined) return;
    this.header[numbers.magic] = MAGIC;
    this.header[numbers.version] = LAYOUT_VERSION;
    this.header[numbers.top] = (HEADER_AT + HEADER_WORDS * 4) / UNIT_BYTES;
  }

  /** Bytes in use, what was given up included. */
  get bytes(): number {
    return this.header[numbers.top]! * UNIT_BYTES;
  }

  /** Offset of a region of zeroes. Any thread may ask. */
  allocate(bytes: number): number {
    const units = Math.ceil(bytes / UNIT_BYTES) + 1;
    const at = Atomics.add(this.header, numbers.top, units) * UNIT_BYTES;
    const end = at + units * UNIT_BYTES;
    assert(end <= PAGES_MAX * PAGE_BYTES, 'a table fits in four gigabytes');
    // Another thread may grow it between the look and the growth, which then leaves more than was needed.
    const missing = end - this.memory.buffer.byteLength;
    if (missing > 0)
      this.memory.grow(
        Math.min(Math.ceil(missing / PAGE_BYTES), PAGES_MAX - this.memory.buffer.byteLength / PAGE_BYTES),
      );
    return at;
  }

  /** A number that grows with what a thread that attached must read again. */
  get changes(): number {
    return Atomics.load(this.header, numbers.epoch) + Atomics.load(this.header, numbers.prefixPairCount);
  }

  /** Changes what belongs together so that a reader, who looks {@link between} changes, sees all of it or nothing. */
  publish(change: () => void): void {
    Atomics.add(this.header, numbers.epoch, 1);
    change();
    Atomics.add(this.header, numbers.epoch, 1);
  }

  /** What `look` gives between two changes: it is asked again when one came in between. */
  between<T>(look: () => T): T {
    for (;;) {
      const epoch = Atomics.load(this.header, numbers.epoch);
      const seen = look();
      if (epoch % 2 === 0 && Atomics.load(this.header, numbers.epoch) === epoch) return seen;
    }
  }

  /** Copies the header to an offset, as it is between two changes. */
  copyHeader(at: number): void {
    const copy = new Uint32Array(this.memory.buffer, at, HEADER_WORDS);
    this.between(() => copy.set(this.header));
  }

  /** Puts a region in the directory; call it inside {@link publish}. */
  place(section: Section, at: number, bytes: number): void {
    const entry = DIRECTORY_AT + sections[section] * 2;
    this.header[entry] = at;
    this.header[entry + 1] = bytes;
  }

  /** Bytes of a section; 0 before it is made. */
  sizeOf(section: Section): number {
    return this.header[DIRECTORY_AT + sections[section] * 2 + 1]!;
  }

  /** Makes sections, or gives them other sizes, all in one change: what they hold is kept as far as it fits, the rest is zeroes. */
  resize(bytesOf: SectionSizes): void {
    const placed = Object.entries(bytesOf).map(([name, bytes]) => {
      const section = name as Section;
      const at = this.allocate(bytes);
      const kept = this.u8(section);
      new Uint8Array(this.memory.buffer, at, bytes).set(kept.length > bytes ? kept.subarray(0, bytes) : kept);
      return { section, at, bytes };
    });
    this.publish(() => {
      for (const { section, at, bytes } of placed) this.place(section, at, bytes);
    });
  }

  /** The same numbers and sections in a new memory, of these sizes where given, without what was given up and what an image was about. */
  compact(bytesOf: SectionSizes = {}): TableMemory {
    const compact = new TableMemory();
    const top = compact.header[numbers.top]!;
    compact.header.set(this.header.subarray(0, DIRECTORY_AT));
    compact.header[numbers.top] = top;
    for (const name of Object.keys(sections) as Section[]) {
      const kept = this.u8(name);
      const bytes = bytesOf[name] ?? kept.length;
      if (bytes === 0 || name === 'about') continue;
      const at = compact.allocate(bytes);
      new Uint8Array(compact.memory.buffer, at, bytes).set(kept.length > bytes ? kept.subarray(0, bytes) : kept);
      compact.place(name, at, bytes);
    }
    return compact;
  }

  u8(section: Section): Uint8Array {
    const { buffer, at, bytes } = this.#regionOf(section);
    return new Uint8Array(buffer, at, bytes);
  }

  u16(section: Section): Uint16Array {
    const { buffer, at, bytes } = this.#regionOf(section);
    return new Uint16Array(buffer, at, bytes >>> 1);
  }

  i32(section: Section): Int32Array {
    const { buffer, at, bytes } = this.#regionOf(section);
    return new Int32Array(buffer, at, bytes >>> 2);
  }

  u32(section: Section): Uint32Array {
    const { buffer, at, bytes } = this.#regionOf(section);
    return new Uint32Array(buffer, at, bytes >>> 2);
  }

  /** A section, once the memory reaches so far: that another thread made it larger shows a moment after what it wrote there. */
  #regionOf(section: Section): { readonly buffer: ArrayBufferLike; readonly at: number; readonly bytes: number } {
    for (;;) {
      const at = this.header[DIRECTORY_AT + sections[section] * 2]!;
      const bytes = this.sizeOf(section);
      const { buffer } = this.memory;
      if (at + bytes <= buffer.byteLength) return { buffer, at, bytes };
    }
  }
}
