import { assert } from '../base/index.ts';
import { compareBytes, malformed, splitBytes, viewOf } from './bytes.ts';
import { nameBytes } from './output.ts';

/**
 * A binary fuse filter with three places a name (Graf and Lemire, "Binary Fuse Filters: Fast and Smaller Than Xor Filters", 2022):
 * of a name in the set it says yes, of any other no but once in 2^{@link FuseFilter.bits}.
 */
export interface FuseFilter {
  readonly bits: 8 | 16;
  /** Names in the set. */
  readonly count: number;
  readonly seed: number;
  /** Places of one segment, a power of two. */
  readonly segmentPlaces: number;
  /** Segments a first place may be in; there are two more. */
  readonly segments: number;
  readonly prints: Uint8Array | Uint16Array;
}

const magic = 0x436f4631; // "CoF1"
const headBytes = 24;
/** Seeds tried before giving up: each fails about once in a hundred times, and for a few names hardly ever. */
const seedsMax = 100;
/** The three places of one name. */
type Places = [number, number, number];

/** How a filter of `count` names is laid out. Of sums and products alone, so that every machine lays out the same. */
function layoutOf(count: number): { readonly segmentPlaces: number; readonly segments: number } {
  let segmentPlaces = 4;
  // 2^floor(log(count) / log(3.33) + 2.25), the size that was found to be best for three places; 2.465 is 3.33^0.75.
  for (let least = 2.465; least <= count && segmentPlaces < 262_144; least *= 3.33) segmentPlaces *= 2;
  // max(1.125, 0.875 + 0.25 * log(1e6) / log(count)) places a name; the logarithm is rounded down, which leaves more room.
  const log2 = Math.max(1, 31 - Math.clz32(count));
  const places = Math.ceil(count * Math.max(1.125, 0.875 + (0.25 * 19.94) / log2));
  return { segmentPlaces, segments: Math.max(1, Math.ceil(places / segmentPlaces) - 2) };
}

/**
 * Makes the filter of a set of names: of the same names always the same.
 *
 * @param names - {@link nameBytes} each, ascending, none twice; outputs of the function, which nobody can choose.
 * @param bits - 8: one false yes in 256; 16: one in 65,536, for twice the bytes.
 */
export function buildFuseFilter(names: readonly Uint8Array[], bits: 8 | 16): FuseFilter {
  for (const [index, name] of names.entries()) {
    assert(name.length === nameBytes, 'a name has its length');
    assert(index === 0 || compareBytes(names[index - 1]!, name) < 0, 'names ascend');
  }
  const count = names.length;
  const layout = layoutOf(count);
  const size = (layout.segments + 2) * layout.segmentPlaces;
  for (let seed = 0; seed < seedsMax; seed += 1) {
    const empty = { ...layout, bits, count, seed, prints: bits === 8 ? new Uint8Array(size) : new Uint16Array(size) };
    const order = peel(names, empty);
    if (order === undefined) continue;
    fill(empty, names, order);
    return empty;
  }
  throw new Error('Assertion failed: no seed of a hundred fits');
}

/** Names in the order in which each was the only one left at some place; undefined when some always share theirs. */
function peel(
  names: readonly Uint8Array[],
  filter: FuseFilter,
): { readonly indexes: Uint32Array; readonly at: Uint32Array } | undefined {
  const size = filter.prints.length;
  // Names at a place, and their indexes xored: of the last one left it is the index.
  const counts = new Uint32Array(size);
  const xors = new Uint32Array(size);
  const places: Places = [0, 0, 0];
  for (const [index, name] of names.entries()) {
    placesOf(name, filter, places);
    for (const place of places) {
      counts[place]! += 1;
      xors[place]! ^= index;
    }
  }
  const alone: number[] = [];
  for (let place = 0; place < size; place += 1) if (counts[place] === 1) alone.push(place);
  const indexes = new Uint32Array(names.length);
  const at = new Uint32Array(names.length);
  let peeled = 0;
  for (let place = alone.pop(); place !== undefined; place = alone.pop()) {
    if (counts[place] !== 1) continue;
    const index = xors[place]!;
    indexes[peeled] = index;
    at[peeled] = place;
    peeled += 1;
    placesOf(names[index]!, filter, places);
    for (const other of places) {
      counts[other]! -= 1;
      xors[other]! ^= index;
      if (counts[other] === 1) alone.push(other);
    }
  }
  return peeled === names.length ? { indexes, at } : undefined;
}

/** Sets the prints, the last peeled first: the place a name was alone at is not looked at by those peeled later. */
function fill(
  filter: FuseFilter,
  names: readonly Uint8Array[],
  { indexes, at }: { readonly indexes: Uint32Array; readonly at: Uint32Array },
): void {
  const { prints } = filter;
  const places: Places = [0, 0, 0];
  for (let step = names.length - 1; step >= 0; step -= 1) {
    const name = names[indexes[step]!]!;
    const print = placesOf(name, filter, places);
    const own = at[step]!;
    prints[own] = 0;
    prints[own] = print ^ prints[places[0]]! ^ prints[places[1]]! ^ prints[places[2]]!;
  }
}

/** Whether the set may have a name; false is sure. @param name - {@link nameBytes}. */
export function mayHave(filter: FuseFilter, name: Uint8Array): boolean {
  const places: Places = [0, 0, 0];
  const print = placesOf(name, filter, places);
  const { prints } = filter;
  return (prints[places[0]]! ^ prints[places[1]]! ^ prints[places[2]]!) === print;
}

/** Writes the three places of a name, in three segments one after the other, and gives its print. */
function placesOf(name: Uint8Array, { seed, segmentPlaces, segments, bits }: FuseFilter, places: Places): number {
  const first = scale(wordAt(name, 0, seed), segments * segmentPlaces);
  const mask = segmentPlaces - 1;
  places[0] = first;
  places[1] = (first + segmentPlaces) ^ (wordAt(name, 4, seed) & mask);
  places[2] = (first + 2 * segmentPlaces) ^ (wordAt(name, 8, seed) & mask);
  return wordAt(name, 12, seed) & (2 ** bits - 1);
}

/** `word * size / 2^32` rounded down, without a number beyond 2^53. */
function scale(word: number, size: number): number {
  const low = Math.floor(((word & 0xffff) * size) / 0x10000);
  return Math.floor(((word >>> 16) * size + low) / 0x10000);
}

/** Four bytes of a name as a number, mixed with the seed (the last steps of MurmurHash3). */
function wordAt(name: Uint8Array, offset: number, seed: number): number {
  let word = (name[offset]! | (name[offset + 1]! << 8) | (name[offset + 2]! << 16) | (name[offset + 3]! << 24)) ^ seed;
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return (word ^ (word >>> 16)) >>> 0;
}

/** Bytes of a filter: a head of 24 bytes, then its prints; numbers have their highest byte first. */
export function printFuseFilter({
  bits,
  count,
  seed,
  segmentPlaces,
  segments,
  prints,
}: FuseFilter): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(headBytes + prints.length * (bits / 8));
  const view = viewOf(bytes);
  for (const [index, number] of [magic, bits, count, seed, segmentPlaces, segments].entries())
    view.setUint32(index * 4, number);
  for (const [index, print] of prints.entries()) {
    if (bits === 8) bytes[headBytes + index] = print;
    else view.setUint16(headBytes + index * 2, print);
  }
  return bytes;
}

/**
 * Reads a filter.
 *
 * @param bytes - hostile; whoever takes them has bounded them.
 * @throws {ComityError} `LOOKUP_MALFORMED` for what is no filter; one that is answers every name, if wrongly.
 */
export function parseFuseFilter(bytes: Uint8Array): FuseFilter {
  if (bytes.length < headBytes) throw malformed('Cannot read the filter: it is cut short');
  const view = viewOf(bytes);
  const [found, bits, count, seed, segmentPlaces, segments] = Array.from({ length: 6 }, (_, index) =>
    view.getUint32(index * 4),
  ) as [number, number, number, number, number, number];
  if (found !== magic) throw malformed('Cannot read the filter: it does not begin as one');
  if (bits !== 8 && bits !== 16) throw malformed(`Cannot read the filter: prints of ${bits} bits`);
  const isPower = segmentPlaces >= 4 && segmentPlaces <= 262_144 && (segmentPlaces & (segmentPlaces - 1)) === 0;
  if (!isPower || segments === 0) throw malformed(`Cannot read the filter: ${segments} segments of ${segmentPlaces}`);
  const size = (segments + 2) * segmentPlaces;
  if (bytes.length !== headBytes + size * (bits / 8))
    throw malformed(`Cannot read the filter: ${bytes.length} bytes for ${size} places of ${bits} bits`);
  const body = bytes.subarray(headBytes);
  const prints = bits === 8 ? body : Uint16Array.from(splitBytes(body, 2), (two) => viewOf(two).getUint16(0));
  return { bits, count, seed, segmentPlaces, segments, prints };
}
