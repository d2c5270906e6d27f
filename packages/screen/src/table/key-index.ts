import { KeyFilter } from './key-filter.ts';
import { numbers } from './memory.ts';
import type { TableMemory } from './memory.ts';

/**
 * How a key may be asked for: wherever a name stands, or where something else was seen, as an address, a digest or the place of a URL.
 * Popular hosts stand on every line and have a listed URL sooner or later; that only matters where a URL may stand.
 */
export const uses = { asName: 1, otherwise: 2 } as const;

/** So many buckets are loaded together. */
const KEYS_MAX = 64;
/** A power of two. */
const MARK_WORDS = 64;
export const SLOTS_A_BUCKET = 8;
export const BUCKET_WORDS = 2 * SLOTS_A_BUCKET;
const LAST_ENTRY = BUCKET_WORDS - 1;
/** In the last entry of a bucket that is full: keys that belong there lie further on. */
export const GOES_ON = 1 << 31;

/**
 * Where a hash leads: buckets of eight slots, each a line of the processor's cache, behind filters that answer most
 * questions with no.
 *
 * A bucket is eight hashes, then the eight entries + 1 they lead to, 0 where a slot is free; the first free one is taken. What finds its
 * bucket full goes on to the next, and the sign of the eighth entry says that something did: without it a search ends there.
 *
 * Nothing is ever taken out: an entry nobody lists any more stays findable until the table is rebuilt.
 */
export class KeyIndex {
  readonly #memory: TableMemory;
  /** The {@link uses} of the key of an entry. */
  readonly #usesOf: (entry: number) => number;
  slots: Int32Array = new Int32Array(0);
  /** A multiple of eight. */
  slotCount = 0;
  /** Of keys that are asked for as names, and otherwise. */
  readonly nameFilter: KeyFilter;
  readonly filter: KeyFilter;

  /** Keys without a slot yet: the filter knows them. */
  readonly #waiting = new Keys();
  /** Somebody has to want what is only loaded to be near. */
  loaded = 0;

  constructor(memory: TableMemory, usesOf: (entry: number) => number) {
    this.#memory = memory;
    this.#usesOf = usesOf;
    this.nameFilter = new KeyFilter(memory, 'nameFilter');
    this.filter = new KeyFilter(memory, 'filter');
    this.refresh();
  }

  get count(): number {
    return this.#memory.header[numbers.keyCount]!;
  }

  /** Reads the directory again. */
  refresh(): void {
    this.slots = this.#memory.i32('slots');
    this.slotCount = this.#memory.header[numbers.slotCount]!;
    this.nameFilter.refresh();
    this.filter.refresh();
  }

  /** Makes room for so many keys. */
  reserve(keys: number): void {
    if (keys > this.slotCount * MAX_LOAD) this.#grow(keys);
  }

  /** Takes little more room than its keys need, before others read it. */
  fit(): void {
    if (this.slotCount > (this.count / MAX_LOAD) * 1.1) this.#move(Math.ceil(this.count * 1.03), () => undefined);
    this.nameFilter.fold();
    this.filter.fold();
    this.#publishFilters();
  }

  /**
   * Puts a key in, for this thread to find at once; others find it, and the memory holds it, after {@link settle}.
   *
   * @param hash - signed, as all here.
   * @param use - of {@link uses}.
   */
  put(hash: number, entry: number, use: number): void {
    if (this.#waiting.count === KEYS_MAX) this.settle();
    const count = this.count + this.#waiting.count;
    const isFull = count >= this.slotCount * MAX_LOAD;
    if (isFull || this.nameFilter.isCrowded || this.filter.isCrowded) {
      this.settle();
      this.#grow(isFull ? count * 2 : count);
    }
    // The filters must know it from now on.
    this.open(hash, use);
    this.#waiting.push(hash, entry + 1);
  }

  /** Lets a key that was put be asked for in these ways too. */
  open(hash: number, use: number): void {
    if ((use & uses.asName) !== 0) this.nameFilter.add(hash);
    if ((use & uses.otherwise) !== 0) this.filter.add(hash);
  }

  /** Gives the keys that were put their slots. */
  settle(): void {
    const waiting = this.#waiting;
    if (waiting.count === 0) return;
    this.#memory.header[numbers.keyCount]! += waiting.count;
    this.#fill(waiting);
  }

  /** Gives keys their slots, and forgets them. */
  #fill(keys: Keys): void {
    const { slots } = this;
    const { hashes, entries, count } = keys;
    // None of these loads waits for another, so all take about the time of one.
    let loaded = 0;
    for (let key = 0; key < count; key++) loaded |= slots[this.#bucketOf(hashes[key]!)]!;
    this.loaded = loaded;
    for (let key = 0; key < count; key++) {
      const hash = hashes[key]!;
      const home = this.#bucketOf(hash);
      let bucket = home;
      while (slots[bucket + LAST_ENTRY] !== 0) bucket = this.#after(bucket);
      let at = bucket;
      while (slots[at + SLOTS_A_BUCKET] !== 0) at++;
      slots[at] = hash;
      // Last, and not before the rest: another thread may be looking.
      Atomics.store(slots, at + SLOTS_A_BUCKET, entries[key]!);
      for (let full = home; full !== bucket; full = this.#after(full)) Atomics.or(slots, full + LAST_ENTRY, GOES_ON);
    }
    keys.clear();
  }

  /**
   * The same keys with room for so many, and filters made anew. What has been put before is marked with what it is for by now, so this
   * happens nowhere but where a key is put.
   */
  #grow(keys: number): void {
    const room = Math.max(keys, KEYS_MAX);
    for (const filter of [this.nameFilter, this.filter])
      filter.reserve(room * (this.count === 0 ? FILTER_SHARE : Math.min(1, filter.count / this.count)));
    this.#move(room, (hash, entry) => this.open(hash, this.#usesOf(entry)));
    this.#publishFilters();
  }

  /** The same keys in slots for so many; tells of each. They come in the order of their buckets, which is the same in any number of them. */
  #move(keys: number, tell: (hash: number, entry: number) => void): void {
    const memory = this.#memory;
    const old = this.slots;
    const slotCount = Math.max(1024, SLOTS_A_BUCKET * Math.ceil(keys / MAX_LOAD / SLOTS_A_BUCKET));
    const slotsAt = memory.allocate(slotCount * 8);
    this.slots = new Int32Array(memory.memory.buffer, slotsAt, slotCount * 2);
    this.slotCount = slotCount;
    const moved = new Keys();
    for (let bucket = 0; bucket < old.length; bucket += BUCKET_WORDS) {
      for (let at = bucket; at < bucket + SLOTS_A_BUCKET && old[at + SLOTS_A_BUCKET] !== 0; at++) {
        const entry = old[at + SLOTS_A_BUCKET]! & ~GOES_ON;
        tell(old[at]!, entry - 1);
        moved.push(old[at]!, entry);
        if (moved.count === KEYS_MAX) this.#fill(moved);
      }
    }
    this.#fill(moved);
    memory.publish(() => {
      memory.place('slots', slotsAt, slotCount * 8);
      memory.header[numbers.slotCount] = slotCount;
    });
  }

  #publishFilters(): void {
    this.#memory.publish(() => {
      this.nameFilter.publish();
      this.filter.publish();
    });
  }

  /** False means that no key has this hash that is asked for otherwise than as a name. */
  mayHave(hash: number): boolean {
    return this.filter.mayHave(hash);
  }

  /** False means that no key of a name has this hash. */
  mayHaveName(hash: number): boolean {
    const isName = this.nameFilter.mayHave(hash);
    const isHost = this.filter.mayHave(hash);
    return isName || isHost;
  }

  /** A slot whose key has this hash, or -1. Go on with {@link nextSlot}. */
  firstSlot(hash: number): number {
    if (this.#waiting.mayHave(hash)) this.settle();
    return this.slotCount === 0 ? -1 : this.#slotFrom(this.#bucketOf(hash), 0, hash);
  }

  nextSlot(slot: number, hash: number): number {
    const place = slot % BUCKET_WORDS;
    return this.#slotFrom(slot - place, place + 1, hash);
  }

  /** @param slot - as {@link firstSlot} gives it. */
  entryIn(slot: number): number {
    return (this.slots[slot + SLOTS_A_BUCKET]! & ~GOES_ON) - 1;
  }

  #slotFrom(from: number, fromPlace: number, hash: number): number {
    const { slots } = this;
    let place = fromPlace;
    for (let bucket = from; ; bucket = this.#after(bucket)) {
      for (let at = bucket + place; at < bucket + SLOTS_A_BUCKET; at++) {
        if (slots[at + SLOTS_A_BUCKET] === 0) return -1;
        if (slots[at] === hash) return at;
      }
      if (slots[bucket + LAST_ENTRY]! >= 0) return -1;
      place = 0;
    }
  }

  /** Where the bucket of a hash begins: its high 26 bits as a fraction of all, exact in a double. */
  #bucketOf(hash: number): number {
    return BUCKET_WORDS * Math.floor(((hash >>> 6) * (this.slotCount / SLOTS_A_BUCKET)) / 0x400_0000);
  }

  #after(bucket: number): number {
    return bucket + BUCKET_WORDS === this.slots.length ? 0 : bucket + BUCKET_WORDS;
  }
}

/** Keys to be given their slots together. */
class Keys {
  readonly hashes = new Int32Array(KEYS_MAX);
  /** Each + 1. */
  readonly entries = new Int32Array(KEYS_MAX);
  count = 0;
  /** A bit for each value of some bits of a hash. */
  readonly #marks = new Int32Array(MARK_WORDS);

  push(hash: number, entry: number): void {
    this.#marks[hash & (MARK_WORDS - 1)]! |= 1 << (hash >>> 27);
    this.hashes[this.count] = hash;
    this.entries[this.count++] = entry;
  }

  /** False means that none of them has this hash. */
  mayHave(hash: number): boolean {
    return ((this.#marks[hash & (MARK_WORDS - 1)]! >>> (hash >>> 27)) & 1) !== 0;
  }

  clear(): void {
    this.count = 0;
    this.#marks.fill(0);
  }
}

/** Of the keys each filter knows about so many, while there are none. */
const FILTER_SHARE = 0.6;
/** Above it too many buckets are full. */
const MAX_LOAD = 0.75;
