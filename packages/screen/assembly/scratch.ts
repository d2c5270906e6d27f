/**
 * Where a kernel keeps what it works with, as offsets from the address its owner gives it. Each thread has its own; nothing in
 * it outlives a scan.
 */

/** Room before and behind, since words are loaded across borders. */
const MARGIN: u32 = 64;
export const PLACE_BYTES: u32 = 16;
export const SURVIVOR_BYTES: u32 = 12;

/** A copy of the table's header, so that it cannot change during a scan. */
export const HEADER: u32 = 0;
export const HEADER_BYTES: u32 = 512;
export const INPUT: u32 = HEADER + HEADER_BYTES + MARGIN;

// The rest depends on how many bytes a scan takes at most.

// A bit a byte of the input: letters, digits, `.`, `_`, `-`; dots; colons; hexadecimal digits. The word before the first is always 0.
export let TOKEN_MASK: u32 = 0;
export let DOT_MASK: u32 = 0;
export let COLON_MASK: u32 = 0;
export let HEX_MASK: u32 = 0;

/** Where tokens with a dot end, u32. */
export let TOKEN_ENDS: u32 = 0;
/** Numbers of words that may hold a digest or an IPv6 address, u32; see `classify`. */
export let TRIGGERS: u32 = 0;
/** Ends of tokens that may be names, u32. */
export let NAME_ENDS: u32 = 0;
/** By the number of a name: where it begins, and what is known of it; u32. */
export let NAME_STARTS: u32 = 0;
export let VERDICTS: u32 = 0;
/** Also by its number: where the end of the name that was judged last begins, and the state of its hash there; u32. */
export let NAME_CUTS: u32 = 0;
export let NAME_STATES: u32 = 0;
/** Ends of tokens that may be IPv4 addresses, u32. */
export let QUAD_ENDS: u32 = 0;
/** Addresses and names on their way, 16 bytes each. */
export let QUEUE: u32 = 0;
/** Numbers of those in the queue that are left, their hashes, and what these lead to, {@link SURVIVOR_BYTES} each. */
export let SURVIVORS: u32 = 0;
/** The answer: places to be looked at, each with three numbers that say what is known of it. */
export let PLACES: u32 = 0;
export let SCRATCH_BYTES: u32 = 0;

/** Lays it out for inputs of so many bytes, a multiple of 64. */
export function layOut(inputBytesMax: u32): void {
  const words = inputBytesMax >> 6;
  const maskBytes = (words + 2) * 8;
  // A token with a dot, its border with it, has two bytes at least.
  const tokens = (inputBytesMax >> 1) + MARGIN;
  TOKEN_MASK = INPUT + inputBytesMax + MARGIN + 8;
  DOT_MASK = TOKEN_MASK + maskBytes;
  COLON_MASK = DOT_MASK + maskBytes;
  HEX_MASK = COLON_MASK + maskBytes;
  TOKEN_ENDS = HEX_MASK + maskBytes;
  TRIGGERS = TOKEN_ENDS + tokens * 4;
  NAME_ENDS = TRIGGERS + words * 4 + MARGIN;
  NAME_STARTS = NAME_ENDS + tokens * 4;
  VERDICTS = NAME_STARTS + tokens * 4;
  NAME_CUTS = VERDICTS + tokens * 4;
  NAME_STATES = NAME_CUTS + tokens * 4;
  QUAD_ENDS = NAME_STATES + tokens * 4;
  QUEUE = QUAD_ENDS + tokens * 4;
  SURVIVORS = QUEUE + tokens * 16;
  PLACES = SURVIVORS + tokens * SURVIVOR_BYTES;
  // No place takes fewer than three bytes with its border (`::`), two places of one token eight.
  SCRATCH_BYTES = PLACES + tokens * PLACE_BYTES;
}
