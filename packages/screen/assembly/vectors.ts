/**
 * Constant vectors, kept in memory: an engine makes a constant anew from four instructions at each use, but keeps what was loaded in
 * a register.
 */

/** What bytes are, by their lower and by their higher halves: see `classify`. */
export const CLASS_BY_LOW: u32 = 0;
export const CLASS_BY_HIGH: u32 = 16;
/** Below the classes of hexadecimal digits. */
export const BELOW_HEX: u32 = 32;
/** The lower half of each byte. */
export const LOW_HALF: u32 = 48;
export const NONE: u32 = 64;
export const DOT_BYTES: u32 = 80;
export const COLON_BYTES: u32 = 96;
export const DIGIT_ZERO: u32 = 112;
export const NINE: u32 = 128;
/** Of units, tens and hundreds. */
export const WEIGHTS: u32 = 144;
/** Lower case. */
export const FOLDING: u32 = 160;
/** 16 bytes of zeroes, then 16 of ones. */
export const LAST_BYTES: u32 = 176;
export const VECTOR_BYTES: u32 = 208;

/** Where they are, once they are {@link prepareVectors}. */
export let vectors: usize = 0;

/** Writes them to `VECTOR_BYTES` at an address. */
export function prepareVectors(at: usize): void {
  vectors = at;
  v128.store(at + CLASS_BY_LOW, i8x16(20, 52, 52, 52, 52, 52, 52, 22, 22, 22, 6, 2, 2, 3, 3, 10));
  v128.store(at + CLASS_BY_HIGH, i8x16(0, 0, 1, 16, 34, 12, 34, 4, 0, 0, 0, 0, 0, 0, 0, 0));
  v128.store(at + BELOW_HEX, i8x16.splat(15));
  v128.store(at + LOW_HALF, i8x16.splat(15));
  v128.store(at + NONE, i8x16.splat(0));
  v128.store(at + DOT_BYTES, i8x16.splat(0x2e));
  v128.store(at + COLON_BYTES, i8x16.splat(0x3a));
  v128.store(at + DIGIT_ZERO, i8x16.splat(0x30));
  v128.store(at + NINE, i8x16.splat(9));
  v128.store(at + WEIGHTS, i8x16(1, 10, 100, 0, 1, 10, 100, 0, 1, 10, 100, 0, 1, 10, 100, 0));
  v128.store(at + FOLDING, i8x16.splat(0x20));
  v128.store(at + LAST_BYTES, i8x16.splat(0));
  v128.store(at + LAST_BYTES + 16, i8x16.splat(-1));
}
