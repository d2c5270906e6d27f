import { sections } from './seen-key.ts';
import type { KeySeed } from './seen-key.ts';
import { keyMeta } from './seen-keys.ts';
import type { KeyBatch, KeySink } from './seen-keys.ts';
import type { CountedRows, JustSeen, SeenOwner } from './just-seen.ts';

const SLOT_WORDS = 4;
const SLOT_BITS_MIN = 10;
const LOAD_MAX = 0.6;
/** Slots that are fetched before they are looked at: what fits into the nearest cache. */
const FETCHED_AHEAD = 256;
const TIMES_MAX = 0x3_ffff;
/** Word 2 of a slot: the sign for used, bits 29 and 30 the section, below them the slot of the parent + 1, or 0. */
const USED = -0x8000_0000;
const SECTION_SHIFT = 29;
const PARENT_MASK = 0x1fff_ffff;
/** Word 3: flags in bits 0 and 1, first minute from bit 2, last from bit 8, how often from bit 14. */
const FIRST_SHIFT = 2;
const LAST_SHIFT = 8;
const TIMES_SHIFT = 14;

/** What {@link SeenTable.entries} calls with each key, in the order of runs. */
export type EntryVisitor = (
  section: number,
  hi: number,
  lo: number,
  first: number,
  last: number,
  times: number,
  flags: number,
) => void;

/**
 * The distinct keys one source showed in one hour: open addressing, 16 bytes a slot, so that a key met again touches one line
 * of the cache. A key met again does not look at its parents: what it counts is added to them when the table is read out.
 * What a kernel meets again is counted there, and asked for when the minute or the hour is over.
 *
 * Whoever owns it asks for {@link count} and begins another when it is full.
 */
export class SeenTable implements KeySink, CountedRows {
  /** Distinct keys. */
  count = 0;
  /** Of no meaning; it keeps the words fetched ahead from being left out as unused. */
  fetchedWords = 0;
  readonly #spread: number;
  #slots: Int32Array;
  #shift: number;
  readonly #fresh = new FreshKeys();
  #minute = 0;
  #space: JustSeen | undefined;
  #owner: SeenOwner | undefined;

  constructor(seed: KeySeed) {
    this.#spread = seed.spread;
    this.#slots = new Int32Array(SLOT_WORDS << SLOT_BITS_MIN);
    this.#shift = 32 - SLOT_BITS_MIN;
  }

  /** Memory, in bytes. */
  get bytes(): number {
    return this.#slots.byteLength + this.#fresh.bytes.byteLength;
  }

  /** Minute of the hour, 0 to 59, of what comes next. */
  get minute(): number {
    return this.#minute;
  }

  set minute(minute: number) {
    if (minute === this.#minute) return;
    if (this.#owner !== undefined) this.#space?.drain(this.#owner.id);
    this.#minute = minute;
  }

  join(space: JustSeen): SeenOwner {
    if (this.#owner !== undefined && space === this.#space) return this.#owner;
    this.leave();
    this.#space = space;
    this.#owner = space.add(this);
    return this.#owner;
  }

  /** What comes next is new to it, whatever a kernel met before. For a table that is given up. */
  leave(): void {
    if (this.#owner !== undefined) this.#space?.remove(this.#owner.id);
    this.#owner = undefined;
  }

  credit(row: number, times: number): void {
    this.#count((row - 1) * SLOT_WORDS, times);
  }

  take(batch: KeyBatch): void {
    const { hi, lo, meta, entry, count } = batch;
    // Keys stand behind their parents, so from the end on these are passed over unread.
    let fetched = count;
    for (let at = count - 1; at >= 0; at--) {
      if (at < fetched) fetched = this.#fetch(hi, lo, meta, at);
      const word = meta[at]!;
      const parents = word >>> keyMeta.parentsShift;
      const flags = (word >>> keyMeta.flagsShift) & 3;
      const before = this.count;
      let slot = this.#slotOf(hi[at]!, lo[at]!, word & 3);
      const isNew = this.count !== before;
      this.#count(slot, 1);
      this.#flag(slot, flags);
      if (parents > 0 && (isNew || (this.#slots[slot + 2]! & PARENT_MASK) === 0)) {
        slot = this.#link(batch, at, slot, parents);
      }
      if (entry[at]! >= 0 && this.#owner !== undefined) {
        this.#space?.keep(entry[at]!, this.#owner.id, slot / SLOT_WORDS + 1);
      }
      at -= parents;
    }
  }

  /** Makes the slots of the parents of a key; returns the slot of the key itself, which may be another now. */
  #link({ hi, lo, meta }: KeyBatch, at: number, first: number, parents: number): number {
    let own = first;
    if ((this.count + parents) * SLOT_WORDS > this.#slots.length * LOAD_MAX) {
      // Slots must stay where they are while they are linked.
      this.#growFor(parents);
      own = this.#find(hi[at]!, lo[at]!, meta[at]! & 3);
    }
    let slot = own;
    for (let parent = at - 1; parent >= at - parents; parent--) {
      const parentSlot = this.#slotOf(hi[parent]!, lo[parent]!, meta[parent]! & 3);
      this.#flag(parentSlot, (meta[parent]! >>> keyMeta.flagsShift) & 3);
      const isKnown = (this.#slots[parentSlot + 2]! & PARENT_MASK) !== 0;
      this.#slots[slot + 2]! |= parentSlot / SLOT_WORDS + 1;
      // Its own parents are there then as well.
      if (isKnown) break;
      slot = parentSlot;
    }
    return own;
  }

  /** Keys, and flags of keys, that came since the last call, as {@link readFresh} reads them; undefined when there are none. */
  takeFresh(): Uint8Array | undefined {
    return this.#fresh.take();
  }

  /** Calls `visit` with every key, sorted. The table is as it was afterwards. */
  entries(visit: EntryVisitor): void {
    this.leave();
    const sums = this.#sums();
    const slots = this.#slots;
    for (const section of Object.values(sections)) {
      const keys = this.#sortedKeys(section);
      for (let index = 0; index < keys.length; index += 2) {
        const lo = keys[index]!;
        const hi = keys[index + 1]!;
        const slot = this.#find(hi | 0, lo | 0, section);
        const at = slot / SLOT_WORDS;
        visit(section, hi, lo, sums.first[at]!, sums.last[at]!, Math.max(1, sums.times[at]!), slots[slot + 3]! & 3);
      }
    }
  }

  /** What each key counted itself and what names below it did. */
  #sums(): { readonly first: Uint8Array; readonly last: Uint8Array; readonly times: Float64Array } {
    const slots = this.#slots;
    const capacity = slots.length / SLOT_WORDS;
    const first = new Uint8Array(capacity).fill(255);
    const last = new Uint8Array(capacity);
    const times = new Float64Array(capacity);
    for (let slot = 0; slot < slots.length; slot += SLOT_WORDS) {
      const word = slots[slot + 3]!;
      const own = word >>> TIMES_SHIFT;
      if (own === 0) continue;
      const ownFirst = (word >>> FIRST_SHIFT) & 63;
      const ownLast = (word >>> LAST_SHIFT) & 63;
      for (let at = slot / SLOT_WORDS; at >= 0; at = (slots[at * SLOT_WORDS + 2]! & PARENT_MASK) - 1) {
        times[at]! += own;
        if (ownFirst < first[at]!) first[at] = ownFirst;
        if (ownLast > last[at]!) last[at] = ownLast;
      }
    }
    return { first, last, times };
  }

  /** Low and high half of each key of a section by turns. */
  #sortedKeys(section: number): Uint32Array {
    const slots = this.#slots;
    const halves = new Uint32Array(this.count * 2);
    let used = 0;
    for (let slot = 0; slot < slots.length; slot += SLOT_WORDS) {
      if (slots[slot + 2]! >= 0 || sectionOf(slots[slot + 2]!) !== section) continue;
      halves[used++] = slots[slot + 1]!;
      halves[used++] = slots[slot]!;
    }
    if (!isLittleEndian) throw new Error('Assertion failed: this machine is big-endian');
    new BigUint64Array(halves.buffer, 0, used / 2).sort();
    return halves.subarray(0, used);
  }

  /**
   * Reads a word of the slots of the keys up to `last`, which {@link take} is about to ask for: none waits for another, so the
   * processor fetches many at a time. Returns the first key it did that for.
   */
  #fetch(hi: Int32Array, lo: Int32Array, meta: Int32Array, last: number): number {
    const slots = this.#slots;
    let at = last;
    let words = 0;
    for (let fetched = 0; at >= 0 && fetched < FETCHED_AHEAD; fetched++) {
      const word = meta[at]!;
      words |= slots[this.#homeOf(hi[at]!, lo[at]!, word & 3) + 2]!;
      at -= 1 + (word >>> keyMeta.parentsShift);
    }
    this.fetchedWords = words;
    return at + 1;
  }

  #count(slot: number, times: number): void {
    const slots = this.#slots;
    const word = slots[slot + 3]!;
    const before = word >>> TIMES_SHIFT;
    const first = before === 0 ? this.#minute << FIRST_SHIFT : word & (63 << FIRST_SHIFT);
    const next = Math.min(TIMES_MAX, before + times) << TIMES_SHIFT;
    slots[slot + 3] = next | (this.#minute << LAST_SHIFT) | first | (word & 3);
  }

  #flag(slot: number, flags: number): void {
    const slots = this.#slots;
    if ((slots[slot + 3]! & flags) === flags) return;
    slots[slot + 3]! |= flags;
    this.#fresh.add(sectionOf(slots[slot + 2]!), slots[slot]!, slots[slot + 1]!, this.#minute, flags);
  }

  /** The slot of a key, which is made when it is new. */
  #slotOf(hi: number, lo: number, section: number): number {
    const found = this.#probe(hi, lo, section);
    if (this.#slots[found + 2]! < 0) return found;
    let slot = found;
    if ((this.count + 1) * SLOT_WORDS > this.#slots.length * LOAD_MAX) {
      this.#growFor(1);
      slot = this.#probe(hi, lo, section);
    }
    this.count++;
    this.#slots[slot] = hi;
    this.#slots[slot + 1] = lo;
    this.#slots[slot + 2] = USED | (section << SECTION_SHIFT);
    return slot;
  }

  #find(hi: number, lo: number, section: number): number {
    const slot = this.#probe(hi, lo, section);
    if (this.#slots[slot + 2]! >= 0) throw new Error('Assertion failed: a key is gone');
    return slot;
  }

  /** The slot of a key, or the free one where it belongs. */
  #probe(hi: number, lo: number, section: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = this.#homeOf(hi, lo, section);
    for (; ; slot = (slot + SLOT_WORDS) & mask) {
      const link = slots[slot + 2]!;
      if (link >= 0 || (slots[slot + 1] === lo && slots[slot] === hi && sectionOf(link) === section)) return slot;
    }
  }

  /** Where a key belongs, if that is free. */
  #homeOf(hi: number, lo: number, section: number): number {
    return (Math.imul(lo ^ Math.imul(hi, 0x2545_f491) ^ section, this.#spread) >>> this.#shift) * SLOT_WORDS;
  }

  #growFor(keys: number): void {
    const old = this.#slots;
    let length = old.length;
    while ((this.count + keys) * SLOT_WORDS > length * LOAD_MAX) length *= 2;
    this.#slots = new Int32Array(length);
    this.#shift = 32 - Math.log2(length / SLOT_WORDS);
    const movedTo = new Uint32Array(old.length / SLOT_WORDS);
    for (let slot = 0; slot < old.length; slot += SLOT_WORDS) {
      if (old[slot + 2]! >= 0) continue;
      const to = this.#probe(old[slot]!, old[slot + 1]!, sectionOf(old[slot + 2]!));
      for (let word = 0; word < SLOT_WORDS; word++) this.#slots[to + word] = old[slot + word]!;
      movedTo[slot / SLOT_WORDS] = to / SLOT_WORDS;
    }
    const slots = this.#slots;
    for (let slot = 0; slot < slots.length; slot += SLOT_WORDS) {
      const parent = slots[slot + 2]! & PARENT_MASK;
      if (parent > 0) slots[slot + 2] = (slots[slot + 2]! & ~PARENT_MASK) | (movedTo[parent - 1]! + 1);
    }
    if (this.#owner !== undefined) this.#space?.move(this.#owner.id, (row) => movedTo[row - 1]! + 1);
  }
}

function sectionOf(link: number): number {
  return (link >>> SECTION_SHIFT) & 3;
}

const isLittleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

const FRESH_BYTES = 10;

/** Keys in bytes: section and flags, minute, both halves of the key little-endian. */
class FreshKeys {
  bytes = Buffer.alloc(FRESH_BYTES * 64);
  #used = 0;

  add(section: number, hi: number, lo: number, minute: number, flags: number): void {
    if (this.#used === this.bytes.length) {
      const larger = Buffer.alloc(this.bytes.length * 2);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    const { bytes } = this;
    const at = this.#used;
    bytes[at] = section | (flags << 2);
    bytes[at + 1] = minute;
    for (let index = 0; index < 4; index++) {
      bytes[at + 2 + index] = hi >>> (8 * index);
      bytes[at + 6 + index] = lo >>> (8 * index);
    }
    this.#used = at + FRESH_BYTES;
  }

  take(): Uint8Array | undefined {
    if (this.#used === 0) return undefined;
    const taken = Uint8Array.prototype.slice.call(this.bytes, 0, this.#used);
    this.#used = 0;
    return taken;
  }
}

/**
 * Puts what {@link SeenTable.takeFresh} gave into a table, after the process that had them in memory is gone. How often and when
 * last a key was seen was only there: it counts once.
 *
 * @returns False when the bytes are no whole keys; those before are taken.
 */
export function readFresh(bytes: Uint8Array, table: SeenTable): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const one = (value: number): Int32Array => Int32Array.of(value);
  for (let at = 0; at + FRESH_BYTES <= bytes.length; at += FRESH_BYTES) {
    table.minute = Math.min(59, bytes[at + 1]!);
    table.take({
      hi: one(view.getInt32(at + 2, true)),
      lo: one(view.getInt32(at + 6, true)),
      meta: one((bytes[at]! & 3) | (((bytes[at]! >> 2) & 3) << keyMeta.flagsShift)),
      entry: one(-1),
      count: 1,
    });
  }
  return bytes.length % FRESH_BYTES === 0;
}
