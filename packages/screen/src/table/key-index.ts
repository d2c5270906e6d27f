/**
 * Where a hash leads: open addressing with linear probing over pairs (second hash half, entry + 1), behind a Bloom filter
 * of one 32-bit word a key that stays in the processor's cache and answers most questions with no.
 *
 * Nothing is ever taken out: an entry nobody lists any more stays findable until the table is rebuilt.
 */
export class KeyIndex {
  count = 0;
  /** `slots[2 * n]` is the second half of a key's hash, `slots[2 * n + 1]` its entry + 1, or 0 when free. */
  slots: Uint32Array;
  slotMask: number;
  filter: Uint32Array;
  /** `filter[hash1 >>> filterShift]` is the word of a key. */
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

  put(hash1: number, hash2: number, entry: number): void {
    this.filter[hash1 >>> this.filterShift]! |= filterBitsOf(hash2);
    let slot = hash1 & this.slotMask;
    while (this.slots[2 * slot + 1] !== 0) slot = (slot + 1) & this.slotMask;
    this.slots[2 * slot] = hash2;
    this.slots[2 * slot + 1] = entry + 1;
    this.count++;
  }

  /** The same keys with room for twice as many; `hash1` is the first half of each entry's hash. */
  grown(hash1: Uint32Array): KeyIndex {
    const larger = new KeyIndex(this.count * 2);
    for (let slot = 0; slot <= this.slotMask; slot++) {
      const entry = this.entryIn(slot);
      if (entry >= 0) larger.put(hash1[entry]!, this.slots[2 * slot]!, entry);
    }
    return larger;
  }

  /** False means that no key has this hash; true that one may. */
  mayHave(hash1: number, hash2: number): boolean {
    const bits = filterBitsOf(hash2);
    return (this.filter[hash1 >>> this.filterShift]! & bits) === bits;
  }

  /** First slot whose key has this hash, or -1. Go on with {@link nextSlot}. */
  firstSlot(hash1: number, hash2: number): number {
    return this.#slotFrom(hash1 & this.slotMask, hash2);
  }

  nextSlot(slot: number, hash2: number): number {
    return this.#slotFrom((slot + 1) & this.slotMask, hash2);
  }

  entryIn(slot: number): number {
    return this.slots[2 * slot + 1]! - 1;
  }

  #slotFrom(from: number, hash2: number): number {
    const { slots, slotMask } = this;
    for (let slot = from; slots[2 * slot + 1] !== 0; slot = (slot + 1) & slotMask) {
      if (slots[2 * slot] === hash2) return slot;
    }
    return -1;
  }
}

/** Above it probing gets long. Growth doubles, so the load is between half of this and this. */
const MAX_LOAD = 0.75;

/** Three bits of a filter word, as a signed number: what `&` gives is signed too. */
function filterBitsOf(hash2: number): number {
  return (1 << (hash2 & 31)) | (1 << ((hash2 >>> 5) & 31)) | (1 << ((hash2 >>> 10) & 31));
}
