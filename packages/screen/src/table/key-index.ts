/**
 * Where a hash leads: open addressing with linear probing over pairs (hash, entry + 1), behind a Bloom filter of one 32-bit
 * word a key that stays in the processor's cache and answers most questions with no.
 *
 * Nothing is ever taken out: an entry nobody lists any more stays findable until the table is rebuilt.
 */
export class KeyIndex {
  count = 0;
  /** `slots[2 * n]` is the hash of a key, `slots[2 * n + 1]` its entry + 1, or 0 when free. */
  slots: Uint32Array;
  slotMask: number;
  filter: Uint32Array;
  /** `filter[hash >>> filterShift]` is the word of a key. */
  filterShift: number;

  constructor(expectedKeys: number) {
    const slotBits = Math.max(10, Math.ceil(Math.log2((expectedKeys + 1) / MAX_LOAD)));
    this.slots = new Uint32Array(2 << slotBits);
    this.slotMask = (1 << slotBits) - 1;
    const filterBits = Math.max(5, slotBits - 2);
    this.filter = new Uint32Array(1 << filterBits);
    this.filterShift = 32 - filterBits;
  }

  get bytes(): number {
    return this.slots.byteLength + this.filter.byteLength;
  }

  /** Whether one more key needs a larger index. */
  get isFull(): boolean {
    return this.count + 1 > (this.slotMask + 1) * MAX_LOAD;
  }

  put(hash: number, entry: number): void {
    this.filter[hash >>> this.filterShift]! |= filterBitsOf(hash);
    let slot = hash & this.slotMask;
    while (this.slots[2 * slot + 1] !== 0) slot = (slot + 1) & this.slotMask;
    this.slots[2 * slot] = hash;
    this.slots[2 * slot + 1] = entry + 1;
    this.count++;
  }

  /** The same keys with room for twice as many. */
  grown(): KeyIndex {
    const larger = new KeyIndex(this.count * 2);
    for (let slot = 0; slot <= this.slotMask; slot++) {
      const entry = this.entryIn(slot);
      if (entry >= 0) larger.put(this.slots[2 * slot]!, entry);
    }
    return larger;
  }

  /** False means that no key has this hash; true that one may. */
  mayHave(hash: number): boolean {
    const bits = filterBitsOf(hash);
    return (this.filter[hash >>> this.filterShift]! & bits) === bits;
  }

  /** First slot whose key has this hash, or -1. Go on with {@link nextSlot}. */
  firstSlot(hash: number): number {
    return this.#slotFrom(hash & this.slotMask, hash);
  }

  nextSlot(slot: number, hash: number): number {
    return this.#slotFrom((slot + 1) & this.slotMask, hash);
  }

  entryIn(slot: number): number {
    return this.slots[2 * slot + 1]! - 1;
  }

  #slotFrom(from: number, hash: number): number {
    const { slots, slotMask } = this;
    for (let slot = from; slots[2 * slot + 1] !== 0; slot = (slot + 1) & slotMask) {
      if (slots[2 * slot] === hash) return slot;
    }
    return -1;
  }
}

/** Above it probing gets long. Growth doubles, so the load is between half of this and this. */
const MAX_LOAD = 0.75;

/**
 * Three bits of a filter word, as a signed number: what `&` gives is signed too. They come from the low bits of a hash, the
 * word from the high ones; they overlap only in tables beyond what fits in memory.
 */
function filterBitsOf(hash: number): number {
  return (1 << (hash & 31)) | (1 << ((hash >>> 5) & 31)) | (1 << ((hash >>> 10) & 31));
}
