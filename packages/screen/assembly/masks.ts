/** Reading of the masks that `classify` makes: bit `n` of a mask is byte `n` of the input. */

/** The 64 bits before `end`, which may be less than 64: the bit of the byte before it is the highest. */
export function bitsBefore(mask: usize, end: u32): u64 {
  return bitsFrom(mask, i32(end) - 64);
}

/** The 64 bits from `start` on, -64 or more. */
export function bitsFrom(mask: usize, start: i32): u64 {
  const word = mask + usize((start >> 6) << 3);
  const shift = u64(start & 63);
  return (load<u64>(word) >> shift) | ((load<u64>(word, 8) << 1) << (63 - shift));
}

/** How many bits before `end` are set in a row. */
export function runBefore(mask: usize, end: u32): u32 {
  const others = ~bitsBefore(mask, end);
  return others != 0 ? u32(clz(others)) : end - runStart(mask, end);
}

/** How many bits from `start` on are set in a row. */
export function runFrom(mask: usize, start: u32): u32 {
  let word = start >> 6;
  let others = ~load<u64>(mask + (word << 3)) & (~u64(0) << (start & 63));
  while (others == 0) {
    word++;
    others = ~load<u64>(mask + (word << 3));
  }
  return (word << 6) + u32(ctz(others)) - start;
}

/** Where the run of set bits begins that ends before `end`. */
function runStart(mask: usize, end: u32): u32 {
  let word = end >> 6;
  let others = ~load<u64>(mask + (word << 3)) & ((u64(1) << (end & 63)) - 1);
  while (others == 0) {
    if (word == 0) return 0;
    word--;
    others = ~load<u64>(mask + (word << 3));
  }
  return (word << 6) + 64 - u32(clz(others));
}

/** Where the core of the token `[start, end)` begins: dots and hyphens before it are taken off. */
export function coreStart(input: usize, start: u32, end: u32): u32 {
  let at = start;
  while (at < end && isTrimmed(load<u8>(input + at))) at++;
  return at;
}

/** Dots and hyphens at the ends of a token are no part of it. */
export function isTrimmed(byte: u32): bool {
  return byte - 45 < 2;
}
