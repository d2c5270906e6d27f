/**
 * Fingerprints of byte strings met before, each with how often since its owner last asked: a table with one entry for each value of
 * some bits of the fingerprint, in which a new one takes the place of the old.
 *
 * A fingerprint is 64 bits under keys of the process, of the kind NH (RFC 4418 §5.2): whoever cannot see the keys makes two strings of
 * one length collide with a chance of 2^-32 at best, and then only while one has the entry.
 */

/** Entries; as many bits of a fingerprint say which. */
const ENTRY_BITS: u32 = 18;
export const NOTE_ENTRIES: u32 = 1 << ENTRY_BITS;
/** A token with a dot, or a run of colons or digits: two bytes at least, its border with it. */
const NEWS_MAX: u32 = 1 << 15;

// Offsets in the memory of notes. Keys: four 32-bit words, four more, two odd 64-bit numbers, all random.
export const NOTE_KEYS: u32 = 0;
export const NOTE_KEYS_BYTES: u32 = 48;
/** 16 bytes of zeroes, 16 of ones, 16 of zeroes: any number of first or last bytes of a word can be loaded from them. */
const BYTE_MASKS: u32 = 64;
/** What is new, 12 bytes each: the place, the entry (`NO_ENTRY` for none), and how often what it held before was met since. */
export const NOTE_NEWS: u32 = 128;
/** Entries of 16 bytes: fingerprint, how often it was met since, and a number that is their owner's. */
export const NOTE_TABLE: u32 = NOTE_NEWS + NEWS_MAX * 2 * 12;
export const NOTES_BYTES: u32 = NOTE_TABLE + NOTE_ENTRIES * 16;
export const NO_ENTRY: u32 = 0xffff_ffff;

let notes: usize = 0;
let salt: u64 = 0;
/** The fingerprints taken, 16 bytes each, up to the next; and where the list of what is new goes on. */
let queue: usize = 0;
let next: usize = 0;
let news: usize = 0;

/**
 * Begins to take fingerprints for the owner of a salt.
 *
 * @param room - for 16 bytes for each.
 */
export function beginFingerprints(at: usize, room: usize, ownerSalt: u64): void {
  notes = at;
  queue = room;
  next = room;
  news = at + NOTE_NEWS;
  salt = ownerSalt;
  v128.store(notes, i8x16.splat(-1), BYTE_MASKS + 16);
}

/** Fingerprint of `size` bytes, 1 or more, that are of some kind. Up to 16 bytes before them are loaded and not used. */
export function fingerprintOf(start: usize, size: u32, kind: u32): u64 {
  const isLong = u32(size > 16);
  const end = start + size;
  const lastMask = v128.load(notes + BYTE_MASKS + (isLong ? 16 : size));
  const last = v128.and(v128.load(end - 16), lastMask);
  const first = v128.and(v128.load(start), v128.load(notes + BYTE_MASKS + (isLong << 4)));
  let state = salt + (u64(size) << 8) + kind + product(last, first);
  // The first and the last 16 bytes are in it.
  for (let at = start + 16; at + 16 < end; at += 16) state = mixed(state) + product(v128.load(at), last);
  return state;
}

/** The fingerprint after further bytes, of which there are some. Up to 15 bytes behind them are loaded and not used. */
export function fingerprintWith(state: u64, start: usize, end: usize): u64 {
  const zero = i8x16.splat(0);
  let after = mixed(state) + u64(end - start);
  let at = start;
  for (; at + 16 <= end; at += 16) after = mixed(after) + product(v128.load(at), zero);
  const mask = v128.load(notes + BYTE_MASKS + 32 - u32(end - at));
  return mixed(after) + product(v128.and(v128.load(at), mask), zero);
}

/** Takes the fingerprint of a place. */
export function addFingerprint(state: u64, place: u32): void {
  store<u64>(next, mixed(state));
  store<u32>(next, place, 8);
  next += 16;
}

/** Takes a place whose values are not counted by one fingerprint: it is always new. */
export function addPlace(place: u32): void {
  store<u32>(news, place);
  store<u32>(news, NO_ENTRY, 4);
  news += 12;
}

/**
 * Puts the places whose fingerprints were not met before on the list, counts the others, and says how many are on the list. It decides
 * nothing by the bytes, and no entry waits for another: they are far from each other.
 */
export function settleFingerprints(): u32 {
  const table = notes + NOTE_TABLE;
  for (let item = queue; item < next; item += 16) {
    const print = load<u64>(item);
    const entry = u32(print >> (64 - ENTRY_BITS));
    const at = table + (usize(entry) << 4);
    const count = load<u32>(at, 8);
    const isKnown = load<u64>(at) == print;
    store<u64>(at, print);
    store<u32>(at, isKnown ? count + 1 : 0, 8);
    store<u32>(news, load<u32>(item, 8));
    store<u32>(news, entry, 4);
    store<u32>(news, count, 8);
    news += isKnown ? 0 : 12;
  }
  return u32((news - notes - NOTE_NEWS) / 12);
}

function product(first: v128, second: v128): u64 {
  const left = i32x4.add(first, v128.load(notes + NOTE_KEYS));
  const right = i32x4.add(second, v128.load(notes + NOTE_KEYS, 16));
  const sums = i64x2.add(i64x2.extmul_low_i32x4_u(left, right), i64x2.extmul_high_i32x4_u(left, right));
  return i64x2.extract_lane(sums, 0) + i64x2.extract_lane(sums, 1);
}

function mixed(state: u64): u64 {
  let word = (state ^ (state >> 32)) * load<u64>(notes + NOTE_KEYS, 32);
  word = (word ^ (word >> 29)) * load<u64>(notes + NOTE_KEYS, 40);
  return word ^ (word >> 32);
}
