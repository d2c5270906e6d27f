/**
 * The table as it lies in memory: `src/table/memory.ts` has the same numbers, and a test compares the two. `header` is the
 * address of a header.
 */

export const SLOTS: u32 = 0;
export const FILTER: u32 = 1;
export const NAME_FILTER: u32 = 20;
export const TAG: u32 = 2;
export const FLAGS: u32 = 3;
export const TAIL_UNITS: u32 = 7;
export const NAME_ENDS: u32 = 13;
export const IPV4_BLOCKS: u32 = 14;
export const IPV4_NETWORKS: u32 = 15;
export const IPV6_SITES: u32 = 16;
export const DIGEST_STARTS: u32 = 17;
export const DIGEST_LENGTHS: u32 = 18;

export const HASH_START: u32 = 4;
export const HASH_FACTOR: u32 = 5;
export const SLOT_COUNT: u32 = 6;
export const FILTER_SHIFT: u32 = 7;
export const NAME_FILTER_SHIFT: u32 = 21;
export const IPV4_PREFIXES: u32 = 15;
export const IPV6_PREFIXES: u32 = 16;

const DIRECTORY: u32 = 32;

// What an entry stands for: `src/table/entry-list.ts`.
export const TAG_NAME: u32 = 1;
export const TAG_BELOW: u32 = 2;
export const TAG_IPV4: u32 = 3;
export const TAG_IPV6: u32 = 4;
export const TAG_URL: u32 = 5;
export const TAG_EMAIL: u32 = 7;
export const TAG_DIGEST: u32 = 8;

export const LISTED: u32 = 1;
export const PARENT: u32 = 2;
export const URL_HOST: u32 = 4;
export const ODD_HOST: u32 = 8;
export const MAIL_HOST: u32 = 16;
export const HOST_PARENT: u32 = 128;
export const TAIL_UNIT_BYTES: u32 = 32;

/** Port of a URL that names none. */
export const NO_PORT: u32 = 80;

export function numberOf(header: usize, number: u32): u32 {
  return load<u32>(header + number * 4);
}

/** Address of a section; 0 when there is none yet. */
export function sectionAt(header: usize, section: u32): usize {
  return load<u32>(header + (DIRECTORY + section * 2) * 4);
}

/** Whether the bit of this index is set in the 32-bit words at an address. */
export function hasBit(words: usize, index: u32): u32 {
  return (load<u32>(words + ((index >> 5) << 2)) >> (index & 31)) & 1;
}
