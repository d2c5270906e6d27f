import { FILTER, FILTER_SHIFT, FLAGS, numberOf, sectionAt, SLOT_COUNT, SLOTS, TAG } from './image';

/** Whether the table may have a key of this hash. */
export function mayHave(header: usize, hash: u32): bool {
  return isInFilter(sectionAt(header, FILTER), numberOf(header, FILTER_SHIFT), hash);
}

/** {@link mayHave} with the filter and its shift at hand. */
export function isInFilter(filter: usize, shift: u32, hash: u32): bool {
  const mixed = hash * 0x9e37_79b1;
  const bits = (u32(1) << (mixed >> 27)) | (u32(1) << ((mixed >> 22) & 31)) | (u32(1) << ((mixed >> 17) & 31));
  return (load<u32>(filter + ((hash >> shift) << 2)) & bits) == bits;
}

/** First slot from `slot` on that has this hash, or -1 when a free one comes before. */
function slotFrom(header: usize, slot: u32, hash: u32): i32 {
  const slots = sectionAt(header, SLOTS);
  const count = numberOf(header, SLOT_COUNT);
  let at = slot;
  while (true) {
    if (load<u32>(slots + (at << 3), 4) == 0) return -1;
    if (load<u32>(slots + (at << 3)) == hash) return at;
    at = at + 1 == count ? 0 : at + 1;
  }
}

/** The slot of a hash when none is taken. */
export function homeOf(hash: u32, slotCount: u32): u32 {
  return u32((u64(hash >> 6) * slotCount) >> 26);
}

/** First slot of a hash, or -1. */
export function firstSlot(header: usize, hash: u32): i32 {
  const count = numberOf(header, SLOT_COUNT);
  if (count == 0) return -1;
  return slotFrom(header, homeOf(hash, count), hash);
}

/** Next slot of the same hash, or -1. */
export function nextSlot(header: usize, slot: i32, hash: u32): i32 {
  const next = u32(slot) + 1;
  return slotFrom(header, next == numberOf(header, SLOT_COUNT) ? 0 : next, hash);
}

export function entryIn(header: usize, slot: i32): u32 {
  return load<u32>(sectionAt(header, SLOTS) + (usize(slot) << 3), 4) - 1;
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
