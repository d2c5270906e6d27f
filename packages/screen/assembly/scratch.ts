/**
 * Where a kernel keeps what it works with, as offsets from the address its owner gives it. Each thread has its own; nothing in
 * it outlives a scan.
 */

/** The most bytes one scan takes. */
export const INPUT_BYTES_MAX: u32 = 1 << 16;

/** Room before and behind, since words are loaded across borders. */
const MARGIN: u32 = 64;
const WORDS_MAX: u32 = INPUT_BYTES_MAX / 64;
const MASK_BYTES: u32 = (WORDS_MAX + 2) * 8;
/** A token with a dot, its border with it, has two bytes at least. */
const TOKENS_MAX: u32 = INPUT_BYTES_MAX / 2 + MARGIN;

/** A copy of the table's header, so that it cannot change during a scan. */
export const HEADER: u32 = 0;
export const HEADER_BYTES: u32 = 512;
export const INPUT: u32 = HEADER + HEADER_BYTES + MARGIN;

// A bit a byte of the input: letters, digits, `.`, `_`, `-`; dots; colons; hexadecimal digits. The word before the first is always 0.
export const TOKEN_MASK: u32 = INPUT + INPUT_BYTES_MAX + MARGIN + 8;
export const DOT_MASK: u32 = TOKEN_MASK + MASK_BYTES;
export const COLON_MASK: u32 = DOT_MASK + MASK_BYTES;
export const HEX_MASK: u32 = COLON_MASK + MASK_BYTES;

/** Where tokens with a dot end, u32. */
export const TOKEN_ENDS: u32 = HEX_MASK + MASK_BYTES;
export const TOKEN_ENDS_BYTES: u32 = TOKENS_MAX * 4;
/** Numbers of words that may hold a digest or an IPv6 address, u32; see `classify`. */
export const TRIGGERS: u32 = TOKEN_ENDS + TOKEN_ENDS_BYTES;
/** Ends of tokens that may be names, u32. */
export const NAME_ENDS: u32 = TRIGGERS + WORDS_MAX * 4 + MARGIN;
/** Ends of tokens that may be IPv4 addresses, u32. */
export const QUAD_ENDS: u32 = NAME_ENDS + TOKENS_MAX * 4;
/** Addresses and names on their way, 16 bytes each. */
export const QUEUE: u32 = QUAD_ENDS + TOKENS_MAX * 4;
/** Numbers of those in the queue that are left, and their hashes, 8 bytes each. */
export const SURVIVORS: u32 = QUEUE + TOKENS_MAX * 16;
/** The answer: places to be looked at, u32. */
export const PLACES: u32 = SURVIVORS + TOKENS_MAX * 8;
export const SCRATCH_BYTES: u32 = PLACES + TOKENS_MAX * 8;
