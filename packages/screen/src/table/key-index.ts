import { numbers } from './memory.ts';
import type { TableMemory } from './memory.ts';

/**
 * Where a hash leads: open addressing with linear probing over pairs (hash, entry + 1), behind a Bloom filter of one 32-bit
 * word a key that stays in the processor's cache and answers most questions with no.
 *
 * Nothing is ever taken out: an entry nobody lists any more stays findable until the table is rebuilt.
 */
export class KeyIndex {
  readonly #memory: TableMemory;
  /** In pairs: `slots[2 * n]` is the hash of a key, `slots[2 * n + 1]` its entry + 1, or 0 when free. */
  slots: Int32Array = new Int32Array(0);
  slotCount = 0;
  filter: Int32Array = new Int32Array(0);
  /** `filter[hash >>> filterShift]` is the word of a key. */
  filterShift = 0;

  /** Keys without a slot yet, pairs like those of {@link slots}: the filter knows them. */
  readonly #waiting = new Int32Array(2 * WAITING_MAX);
  #waitingCount = 0;
  /** Somebody has to want what is only loaded to be near. */
  loaded = 0;

  constructor(memory: TableMemory) {
    this.#memory = memory;
    this.refresh();
  }

  get count(): number {
    return this.#memory.header[numbers.keyCount]!;
  }

  /** Reads the directory again. */
  refresh(): void {
    this.slots = this.#memory.i32('slots');
    this.filter = this.#memory.i32('filter');
    this.slotCount = this.#memory.header[numbers.slotCount]!;
    this.filterShift = this.#memory.header[numbers.filterShift]!;
  }

  /** Makes room for so many keys. */
  reserve(keys: number): void {
    if (keys > this.slotCount * MAX_LOAD) this.#rehash(keys);
  }

  /** Takes no more room than its keys need. */
  fit(): void {
    if (this.slotCount > (this.count / MAX_LOAD) * 1.1) this.#rehash(Math.ceil(this.count * 1.03));
  }

  /**
   * Puts a key in, for this thread to find at once; others find it, and the memory holds it, after {@link settle}.
   *
   * @param hash - signed, as all here.
   */
  put(hash: number, entry: number): void {
    if (this.#waitingCount === WAITING_MAX) this.settle();
    // The filter must know it from now on.
    if (this.slotCount === 0) this.#rehash(WAITING_MAX);
    this.filter[hash >>> this.filterShift]! |= filterBitsOf(hash);
    const at = 2 * this.#waitingCount++;
    this.#waiting[at] = hash;
    this.#waiting[at + 1] = entry + 1;
  }

  /** Gives the keys that were put their slots. */
  settle(): void {
    const waiting = this.#waitingCount;
    if (waiting === 0) return;
    this.#waitingCount = 0;
    const count = this.count + waiting;
    if (count > this.slotCount * MAX_LOAD) this.#rehash(count * 2);
    this.#fill(this.#waiting, 0, 2 * waiting);
    this.#memory.header[numbers.keyCount] = count;
  }

  /** Gives keys, pairs like those of {@link slots}, their slots; at most {@link WAITING_MAX}. */
  #fill(pairs: Int32Array, from: number, to: number): void {
    const { slots, filter, filterShift } = this;
    // None of these loads waits for another, so all take about the time of one.
    let loaded = 0;
    for (let at = from; at < to; at += 2) loaded |= slots[2 * this.#homeOf(pairs[at]!) + 1]!;
    this.loaded = loaded;
    for (let at = from; at < to; at += 2) {
      const hash = pairs[at]!;
      if (pairs[at + 1] === 0) continue;
      filter[hash >>> filterShift]! |= filterBitsOf(hash);
      let slot = this.#homeOf(hash);
      while (slots[2 * slot + 1] !== 0) slot = this.#after(slot);
      slots[2 * slot] = hash;
      // Last, and not before the rest: another thread may be looking.
      Atomics.store(slots, 2 * slot + 1, pairs[at + 1]!);
    }
  }

  /** The same keys with room for so many. */
  #rehash(keys: number): void {
    const memory = this.#memory;
    const old = this.slots;
    const slotCount = Math.max(1024, Math.ceil(keys / MAX_LOAD));
    const filterBits = Math.max(5, Math.ceil(Math.log2((slotCount * MAX_LOAD) / FILTER_LOAD_MAX)));
    const slotsAt = memory.allocate(slotCount * 8);
    const filterAt = memory.allocate(4 << filterBits);
    this.slots = new Int32Array(memory.memory.buffer, slotsAt, slotCount * 2);
    this.filter = new Int32Array(memory.memory.buffer, filterAt, 1 << filterBits);
    this.slotCount = slotCount;
    this.filterShift = 32 - filterBits;
    for (let at = 0; at < old.length; at += 2 * WAITING_MAX)
      this.#fill(old, at, Math.min(old.length, at + 2 * WAITING_MAX));
    memory.publish(() => {
      memory.place('slots', slotsAt, slotCount * 8);
      memory.place('filter', filterAt, 4 << filterBits);
      memory.header[numbers.slotCount] = slotCount;
      memory.header[numbers.filterShift] = this.filterShift;
    });
  }

  /** False means that no key has this hash; true that one may. */
  mayHave(hash: number): boolean {
    const bits = filterBitsOf(hash);
    return (this.filter[hash >>> this.filterShift]! & bits) === bits;
  }

  /** First slot whose key has this hash, or -1. Go on with {@link nextSlot}. */
  firstSlot(hash: number): number {
    if (this.#waitingCount !== 0) this.settle();
    return this.#slotFrom(this.#homeOf(hash), hash);
  }

  nextSlot(slot: number, hash: number): number {
    return this.#slotFrom(this.#after(slot), hash);
  }

  entryIn(slot: number): number {
    return this.slots[2 * slot + 1]! - 1;
  }

  #slotFrom(from: number, hash: number): number {
    const { slots } = this;
    if (slots.length === 0) return -1;
    for (let slot = from; slots[2 * slot + 1] !== 0; slot = this.#after(slot)) {
      if (slots[2 * slot] === hash) return slot;
    }
    return -1;
  }

  /** The slot of a hash when none is taken: its high 26 bits as a fraction of all, exact in a double. */
  #homeOf(hash: number): number {
    return Math.floor(((hash >>> 6) * this.slotCount) / 0x400_0000);
  }

  #after(slot: number): number {
    return slot + 1 === this.slotCount ? 0 : slot + 1;
  }
}

/** So many slots are loaded together. */
const WAITING_MAX = 64;
/** Above it probing gets long. */
const MAX_LOAD = 0.75;
/** Keys a word of the filter at most: of others it then lets one in 28 pass. With fewer it outgrows the cache, which costs more. */
const FILTER_LOAD_MAX = 3.5;

/**
 * Three bits of a filter word, as a signed number: what `&` gives is signed too. The word comes from the high bits of a hash, so
 * many of them in a large table that the others alone would name too few threes: a product depends on all.
 */
function filterBitsOf(hash: number): number {
  const mixed = Math.imul(hash, 0x9e37_79b1);
  return (1 << (mixed >>> 27)) | (1 << ((mixed >>> 22) & 31)) | (1 << ((mixed >>> 17) & 31));
}
