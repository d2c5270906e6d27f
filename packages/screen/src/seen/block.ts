import { BitReader, BitWriter } from './bits.ts';
import type { CellList } from './cell-list.ts';
import { sections, seenFlags } from './seen-key.ts';
import { HOURS_PER_DAY } from './seen-time.ts';

/** Keys of one block, and cells after which it ends earlier. */
export const BLOCK_KEYS_MAX = 128;
const BLOCK_CELLS_MAX = 2048;

const TWO_32 = 2 ** 32;

/** What the cells of a run are written in terms of. */
export interface RunTerms {
  readonly day: number;
  /** Numbers of the sources, ascending; cells hold places in it. */
  readonly sources: readonly number[];
}

/** Bits of a place in the list of sources. */
function sourceBitsOf({ sources }: RunTerms): number {
  return sources.length <= 1 ? 0 : 32 - Math.clz32(sources.length - 1);
}

/**
 * Collects the keys of one block and encodes them. Spec: docs/spec/seen-values.md §4.
 *
 * Keys are the distances between neighbours in a Rice code: sorted hashes are as dense as chance, for which it is the
 * shortest but for a thirtieth of a bit.
 */
export class BlockWriter {
  count = 0;
  section = 0;
  readonly hi = new Uint32Array(BLOCK_KEYS_MAX);
  readonly lo = new Uint32Array(BLOCK_KEYS_MAX);
  readonly #terms: RunTerms;
  readonly #sourceBits: number;
  readonly #places: ReadonlyMap<number, number>;
  readonly #cells = new BitWriter();
  readonly #keys = new BitWriter();
  #cellCount = 0;

  constructor(terms: RunTerms) {
    this.#terms = terms;
    this.#sourceBits = sourceBitsOf(terms);
    this.#places = new Map(terms.sources.map((source, place) => [source, place]));
  }

  get isFull(): boolean {
    return this.count === BLOCK_KEYS_MAX || this.#cellCount >= BLOCK_CELLS_MAX;
  }

  /** The next key, larger than the last, of the block's section. */
  add(section: number, hi: number, lo: number, cells: CellList): void {
    this.section = section;
    this.hi[this.count] = hi;
    this.lo[this.count++] = lo;
    this.#cellCount += cells.count;
    const out = this.#cells;
    out.putGamma(cells.count);
    for (let at = 0; at < cells.count; at++) {
      out.put(this.#placeOf(cells.source[at]!), this.#sourceBits);
      out.put(cells.hour[at]! - this.#terms.day * HOURS_PER_DAY, 5);
      if (section === sections.name) putFlags(out, cells.flags[at]!);
      const level = levelOf(cells.times[at]!);
      out.put(level > 0 ? 1 : 0, 1);
      if (level > 0) out.put(level, 4);
      out.put(cells.first[at]!, 6);
      if (level > 0) out.put(cells.last[at]!, 6);
    }
  }

  /** The block so far: the width of its distances, the distances, then the cells. Begins the next one. */
  take(): Uint8Array {
    const { hi, lo, count } = this;
    const last = count - 1;
    const span = (hi[last]! - hi[0]!) * TWO_32 + (lo[last]! - lo[0]!);
    const width = count < 2 ? 0 : Math.max(0, Math.floor(Math.log2(span / last)));
    for (let at = 1; at < count; at++) {
      const low = (lo[at]! - lo[at - 1]!) >>> 0;
      const high = (hi[at]! - hi[at - 1]! - (lo[at]! < lo[at - 1]! ? 1 : 0)) >>> 0;
      putRice(this.#keys, high, low, width);
    }
    const keys = this.#keys.take();
    const cells = this.#cells.take();
    const block = new Uint8Array(1 + keys.length + cells.length);
    block[0] = width;
    block.set(keys, 1);
    block.set(cells, 1 + keys.length);
    this.count = 0;
    this.#cellCount = 0;
    return block;
  }

  #placeOf(source: number): number {
    const place = this.#places.get(source);
    if (place === undefined) throw new Error(`Assertion failed: source ${source} is not in the run`);
    return place;
  }
}

/** Decodes one block: {@link open} it, then ask for its keys, and of each for its cells before the next. */
export class BlockReader {
  hi = 0;
  lo = 0;
  readonly #terms: RunTerms;
  readonly #sourceBits: number;
  readonly #keys = new BitReader();
  readonly #cells = new BitReader();
  readonly #his = new Uint32Array(BLOCK_KEYS_MAX);
  readonly #los = new Uint32Array(BLOCK_KEYS_MAX);
  #section = 0;
  #count = 0;
  #at = 0;
  #cellsRead = 0;

  constructor(terms: RunTerms) {
    this.#terms = terms;
    this.#sourceBits = sourceBitsOf(terms);
  }

  /** @param count - keys in the block, at most {@link BLOCK_KEYS_MAX}. */
  open(section: number, count: number, hi: number, lo: number, block: Uint8Array): void {
    const width = Math.min(63, block[0] ?? 0);
    this.#keys.open(block.subarray(1));
    this.#section = section;
    this.#count = Math.min(count, BLOCK_KEYS_MAX);
    this.#at = 0;
    this.#cellsRead = 0;
    this.#his[0] = hi;
    this.#los[0] = lo;
    for (let at = 1; at < this.#count; at++) this.#readKey(at, width);
    this.#cells.open(block.subarray(1 + this.#keys.bytesRead));
  }

  /** Steps to the next key; false at the end. */
  next(): boolean {
    if (this.#at >= this.#count) return false;
    this.hi = this.#his[this.#at]!;
    this.lo = this.#los[this.#at++]!;
    return true;
  }

  /** Reads the cells of the key stepped to. */
  cells(into: CellList): void {
    while (this.#cellsRead < this.#at) {
      into.clear();
      this.#readCells(into);
      this.#cellsRead++;
    }
  }

  #readKey(at: number, width: number): void {
    const keys = this.#keys;
    const quotient = keys.getUnary();
    let low: number;
    let high = 0;
    if (width >= 32) {
      low = (keys.get(16) | (keys.get(16) << 16)) >>> 0;
      high = keys.get(Math.min(16, width - 32));
      if (width > 48) high |= keys.get(width - 48) << 16;
      high = (high + quotient * 2 ** (width - 32)) >>> 0;
    } else {
      low = keys.get(Math.min(16, width));
      if (width > 16) low |= keys.get(width - 16) << 16;
      const sum = (low >>> 0) + quotient * 2 ** width;
      low = sum % TWO_32;
      high = Math.floor(sum / TWO_32);
    }
    const sum = this.#los[at - 1]! + low;
    this.#los[at] = sum;
    this.#his[at] = this.#his[at - 1]! + high + (sum >= TWO_32 ? 1 : 0);
  }

  #readCells(into: CellList): void {
    const from = this.#cells;
    const { day, sources } = this.#terms;
    // A block whose checksum is right holds what was written; the bound keeps any other from asking for memory.
    const count = Math.min(from.getGamma(), HOURS_PER_DAY * Math.max(1, sources.length));
    for (let at = 0; at < count; at++) {
      const source = sources[from.get(this.#sourceBits)] ?? 0;
      const hour = day * HOURS_PER_DAY + from.get(5);
      const flags = this.#section === sections.name ? getFlags(from) : seenFlags.exact;
      const level = from.get(1) === 0 ? 0 : from.get(4);
      const first = from.get(6);
      into.add(source, hour, first, level > 0 ? from.get(6) : first, timesOf(level), flags);
    }
  }
}

function putRice(out: BitWriter, high: number, low: number, width: number): void {
  if (width >= 32) {
    out.putUnary(Math.floor(high / 2 ** (width - 32)));
    out.put(low & 0xffff, 16);
    out.put(low >>> 16, 16);
    const rest = width === 32 ? 0 : high % 2 ** (width - 32);
    out.put(rest & 0xffff & (2 ** Math.min(16, width - 32) - 1), Math.min(16, width - 32));
    if (width > 48) out.put(rest >>> 16, width - 48);
    return;
  }
  out.putUnary(Math.floor((high * TWO_32 + low) / 2 ** width));
  const rest = low % 2 ** width;
  out.put(rest & 0xffff, Math.min(16, width));
  if (width > 16) out.put(rest >>> 16, width - 16);
}

/** One bit for a name itself, the most common. */
function putFlags(out: BitWriter, flags: number): void {
  if (flags === seenFlags.exact) out.put(0, 1);
  else out.put(flags === seenFlags.below ? 1 : 3, 2);
}

function getFlags(from: BitReader): number {
  if (from.get(1) === 0) return seenFlags.exact;
  return from.get(1) === 0 ? seenFlags.below : seenFlags.below | seenFlags.exact;
}

/** 0 for once, else 1 to 15 for 2^level to 2^(level + 1) - 1 times. */
function levelOf(times: number): number {
  return times < 2 ? 0 : Math.min(15, Math.floor(Math.log2(times)));
}

function timesOf(level: number): number {
  return level < 2 ? level + 1 : 1.5 * 2 ** level;
}
