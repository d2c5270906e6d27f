import { FILTER, FILTER_SHIFT, FLAGS, numberOf, sectionAt, SLOT_COUNT, SLOTS, TAG } from './image';

/** Filters of 1 MB and less are near. */
export const SHIFT_OF_NEAR: u32 = 14;

/** Whether the table may have a key of this hash. */
export function mayHave(header: usize, hash: u32): bool {
  return isInFilter(sectionAt(header, FILTER), numberOf(header, FILTER_SHIFT), hash);
}

/** {@link mayHave} with the filter and its shift at hand. */
export function isInFilter(filter: usize, shift: u32, hash: u32): bool {
  return hasBits(filter + ((hash >> shift) << 2), hash);
}

/** Whether the word of a filter at an address has the bits of a hash. */
export function hasBits(word: usize, hash: u32): bool {
  const mixed = hash * 0x9e37_79b1;
  const bits = (u32(1) << (mixed >> 27)) | (u32(1) << ((mixed >> 22) & 31)) | (u32(1) << ((mixed >> 17) & 31));
  return (load<u32>(word) & bits) == bits;
}

/**
 * Brings the words of a filter near that the hashes ask for which stand at an address, 16 bytes apart; behind the last are 4 bytes to write
 * to. The less a loop does, the more loads are on their way at once; a small filter is near as it is.
 */
export function loadFilter(filter: usize, shift: u32, hashes: usize, count: u32): void {
  if (shift >= SHIFT_OF_NEAR) return;
  // Somebody has to want what is loaded.
  let sum: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    sum += load<u32>(filter + ((load<u32>(hashes + (index << 4)) >> shift) << 2));
  }
  store<u32>(hashes + (count << 4), sum);
}

/** Number of the bucket of a hash: eight hashes, then the eight entries + 1 they lead to; see `src/table/key-index.ts`. */
export function bucketOf(hash: u32, bucketCount: u32): u32 {
  return u32((u64(hash >> 6) * bucketCount) >> 26);
}

export function bucketCountOf(header: usize): u32 {
  return numberOf(header, SLOT_COUNT) >> 3;
}

/** Address of a bucket. */
export function bucketAt(slots: usize, bucket: u32): usize {
  return slots + (usize(bucket) << 6);
}

/** The slots of the bucket at an address that have this hash, a bit each. */
export function slotsWith(bucket: usize, hash: u32): u32 {
  const key = i32x4.splat(hash);
  const zero = i32x4.splat(0);
  // Entries are read first: what has one has its hash.
  const free = bitsOf(i32x4.eq(v128.load(bucket, 32), zero), i32x4.eq(v128.load(bucket, 48), zero));
  return bitsOf(i32x4.eq(v128.load(bucket), key), i32x4.eq(v128.load(bucket, 16), key)) & ~free;
}

function bitsOf(low: v128, high: v128): u32 {
  return u32(i32x4.bitmask(low)) | (u32(i32x4.bitmask(high)) << 4);
}

/** Whether keys of the bucket at an address lie further on. */
export function goesOn(bucket: usize): bool {
  return load<i32>(bucket, 60) < 0;
}

/** The entry of a slot of the bucket at an address. */
export function entryAt(bucket: usize, slot: u32): u32 {
  return (load<u32>(bucket + (usize(slot) << 2), 32) & 0x7fff_ffff) - 1;
}

/** First slot of a hash, from those of a bucket on that are given, or -1. */
function slotFrom(header: usize, from: u32, places: u32, hash: u32): i32 {
  const slots = sectionAt(header, SLOTS);
  let bucket = from;
  let found = slotsWith(bucketAt(slots, bucket), hash) & places;
  while (found == 0) {
    if (!goesOn(bucketAt(slots, bucket))) return -1;
    bucket = bucket + 1 == bucketCountOf(header) ? 0 : bucket + 1;
    found = slotsWith(bucketAt(slots, bucket), hash);
  }
  return (bucket << 3) | u32(ctz(found));
}

/** A slot of a hash, or -1. Go on with {@link nextSlot}. */
export function firstSlot(header: usize, hash: u32): i32 {
  const bucketCount = bucketCountOf(header);
  return bucketCount == 0 ? -1 : slotFrom(header, bucketOf(hash, bucketCount), 0xff, hash);
}

export function nextSlot(header: usize, slot: i32, hash: u32): i32 {
  return slotFrom(header, u32(slot) >> 3, 0xfe << (slot & 7), hash);
}

export function entryIn(header: usize, slot: i32): u32 {
  return entryAt(bucketAt(sectionAt(header, SLOTS), u32(slot) >> 3), slot & 7);
}

export function tagOf(header: usize, entry: u32): u32 {
  return load<u8>(sectionAt(header, TAG) + entry);
}

export function flagsOf(header: usize, entry: u32): u32 {
  return load<u8>(sectionAt(header, FLAGS) + entry);
}

/**
 * Whether the table has a key of this hash and kind. What the key stands for is not compared: whoever looks at the place does
 * that.
 */
export function hasKey(header: usize, hash: u32, tag: u32): bool {
  if (!mayHave(header, hash)) return false;
  for (let slot = firstSlot(header, hash); slot >= 0; slot = nextSlot(header, slot, hash)) {
    if (tagOf(header, entryIn(header, slot)) == tag) return true;
  }
  return false;
}
