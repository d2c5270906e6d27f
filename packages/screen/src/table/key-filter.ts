import { numbers } from './memory.ts';
import type { TableMemory } from './memory.ts';

/** Keys a word of a filter at most: of others it then lets one in 28 pass. With fewer it outgrows the cache, which costs more. */
const LOAD_MAX = 3.5;
/** Above so many it is made anew. */
const LOAD_CROWDED = 5;

/** Where the memory has the parts of each filter. */
const places = {
  nameFilter: { shift: numbers.nameFilterShift, count: numbers.nameFilterCount },
  filter: { shift: numbers.filterShift, count: numbers.filterCount },
} as const;

/**
 * A Bloom filter of one 32-bit word a key, which answers most questions with no and is small enough to stay in the processor's cache.
 * A hash is signed, as all here.
 */
export class KeyFilter {
  readonly #memory: TableMemory;
  readonly #section: keyof typeof places;
  /** `words[hash >>> shift]` is the word of a key. */
  words: Int32Array = new Int32Array(0);
  shift = 0;

  constructor(memory: TableMemory, section: keyof typeof places) {
    this.#memory = memory;
    this.#section = section;
    this.refresh();
  }

  /** Reads the directory again. */
  refresh(): void {
    this.words = this.#memory.i32(this.#section);
    this.shift = this.#memory.header[places[this.#section].shift]!;
  }

  /** Keys in it; one that was added twice counts twice. */
  get count(): number {
    return this.#memory.header[places[this.#section].count]!;
  }

  /** Whether it lets too many others pass. */
  get isCrowded(): boolean {
    return this.count > this.words.length * LOAD_CROWDED;
  }

  add(hash: number): void {
    this.words[hash >>> this.shift]! |= bitsOf(hash);
    this.#memory.header[places[this.#section].count]!++;
  }

  /** False means that the key was not added; true that it may have been. */
  mayHave(hash: number): boolean {
    const bits = bitsOf(hash);
    return (this.words[hash >>> this.shift]! & bits) === bits;
  }

  /** Empties it and makes room for so many keys; others see it after {@link publish}. */
  reserve(keys: number): void {
    const bits = Math.max(5, Math.ceil(Math.log2(keys / LOAD_MAX)));
    const at = this.#memory.allocate(4 << bits);
    this.words = new Int32Array(this.#memory.memory.buffer, at, 1 << bits);
    this.shift = 32 - bits;
    this.#memory.header[places[this.#section].count] = 0;
  }

  /**
   * Takes no more room than it needs, before others read it. A word of the smaller one is two neighbours of the larger one, so nothing has
   * to be added again.
   */
  fold(): void {
    const { words } = this;
    let bits = 32 - this.shift;
    while (bits > 5 && this.count <= LOAD_MAX * 2 ** (bits - 1)) bits--;
    const run = words.length >>> bits;
    if (run === 1) return;
    for (let word = 0; word < words.length / run; word++) {
      let folded = 0;
      for (let at = word * run; at < (word + 1) * run; at++) folded |= words[at]!;
      words[word] = folded;
    }
    this.words = words.subarray(0, words.length / run);
    this.shift = 32 - bits;
  }

  /** Tells the others; call it inside {@link TableMemory.publish}. */
  publish(): void {
    this.#memory.place(this.#section, this.words.byteOffset, this.words.byteLength);
    this.#memory.header[places[this.#section].shift] = this.shift;
  }
}

/**
 * Three bits of a word, as a signed number: what `&` gives is signed too. The word comes from the high bits of a hash, so
 * many of them in a large table that the others alone would name too few threes: a product depends on all.
 */
function bitsOf(hash: number): number {
  const mixed = Math.imul(hash, 0x9e37_79b1);
  return (1 << (mixed >>> 27)) | (1 << ((mixed >>> 22) & 31)) | (1 << ((mixed >>> 17) & 31));
}
