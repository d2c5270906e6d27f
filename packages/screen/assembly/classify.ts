import { COLON_MASK, DOT_MASK, HEX_MASK, TOKEN_ENDS, TOKEN_MASK, TRIGGERS } from './scratch';
import { BELOW_HEX, CLASS_BY_HIGH, CLASS_BY_LOW, COLON_BYTES, DOT_BYTES, LOW_HALF, NONE, vectors } from './vectors';

/** A word of 64 bytes may hold an IPv6 address: two colons in a row, or three close together. */
export const COLONS: u32 = 2;
/** A quarter of a word is hexadecimal digits: any 32 digits fill one. */
export const DIGITS: u32 = 1;

/** What the last call of {@link classify} found: tokens with a dot, and words with a trigger. */
export let tokenEndCount: u32 = 0;
export let triggerCount: u32 = 0;

/**
 * Says of every byte what it is, a bit a byte, with no decision that depends on the bytes; notes where tokens with a dot end and
 * which words may hold digests or IPv6 addresses, as `word << 2 | COLONS | DIGITS`.
 *
 * The entries of a byte's two halves in two tables have a bit in common when it is of a token, and never more than one: 1 for `-.`, 2 for G to
 * O, 4 for P to Z, 8 for `_`, 16 for digits, 32 for A to F. So one comparison tells tokens, and another hexadecimal digits.
 */
export function classify(scratch: usize, input: usize, length: u32): void {
  const tokens = scratch + TOKEN_MASK;
  const dots = scratch + DOT_MASK;
  const colons = scratch + COLON_MASK;
  const hexes = scratch + HEX_MASK;
  const ends = scratch + TOKEN_ENDS;
  const triggers = scratch + TRIGGERS;
  const byLow = v128.load(vectors + CLASS_BY_LOW);
  const byHigh = v128.load(vectors + CLASS_BY_HIGH);
  const belowHex = v128.load(vectors + BELOW_HEX);
  const lowHalf = v128.load(vectors + LOW_HALF);
  const none = v128.load(vectors + NONE);
  const dotByte = v128.load(vectors + DOT_BYTES);
  const colonByte = v128.load(vectors + COLON_BYTES);
  const wordCount = (length + 63) >> 6;
  // Of the last word only the bytes of the input count.
  const lastMask: u64 = (length & 63) == 0 ? ~u64(0) : (u64(1) << (length & 63)) - 1;
  let endCount: u32 = 0;
  let triggered: u32 = 0;
  let carry: u64 = 0;
  let colonsBefore: u64 = 0;
  for (let word: u32 = 0; word < wordCount; word++) {
    const at = input + (word << 6);
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    const classA = v128.and(entries(byLow, a, lowHalf), entries(byHigh, i16x8.shr_u(a, 4), lowHalf));
    const classB = v128.and(entries(byLow, b, lowHalf), entries(byHigh, i16x8.shr_u(b, 4), lowHalf));
    const classC = v128.and(entries(byLow, c, lowHalf), entries(byHigh, i16x8.shr_u(c, 4), lowHalf));
    const classD = v128.and(entries(byLow, d, lowHalf), entries(byHigh, i16x8.shr_u(d, 4), lowHalf));
    let token = joined(
      i8x16.gt_s(classA, none),
      i8x16.gt_s(classB, none),
      i8x16.gt_s(classC, none),
      i8x16.gt_s(classD, none),
    );
    let hex = joined(
      i8x16.gt_s(classA, belowHex),
      i8x16.gt_s(classB, belowHex),
      i8x16.gt_s(classC, belowHex),
      i8x16.gt_s(classD, belowHex),
    );
    let dot = joined(i8x16.eq(a, dotByte), i8x16.eq(b, dotByte), i8x16.eq(c, dotByte), i8x16.eq(d, dotByte));
    let colon = joined(i8x16.eq(a, colonByte), i8x16.eq(b, colonByte), i8x16.eq(c, colonByte), i8x16.eq(d, colonByte));
    if (word + 1 == wordCount) {
      token &= lastMask;
      dot &= lastMask;
      colon &= lastMask;
      hex &= lastMask;
    }
    store<u64>(tokens + (word << 3), token);
    store<u64>(dots + (word << 3), dot);
    store<u64>(colons + (word << 3), colon);
    store<u64>(hexes + (word << 3), hex);

    // Added to the run of a token, a dot in it carries to the byte behind the run.
    const sum = token + dot;
    const carried = sum + carry;
    carry = u64(sum < token) | u64(carried < sum);
    let behind = carried & ~token;
    const base = word << 6;
    const next = ends + (endCount << 2);
    endCount += u32(popcnt(behind));
    // Mostly there are up to three; stores in vain cost less than a branch that cannot be foreseen.
    store<u32>(next, base + u32(ctz(behind)));
    behind &= behind - 1;
    store<u32>(next, base + u32(ctz(behind)), 4);
    behind &= behind - 1;
    store<u32>(next, base + u32(ctz(behind)), 8);
    behind &= behind - 1;
    for (let more = next + 12; behind != 0; more += 4) {
      store<u32>(more, base + u32(ctz(behind)));
      behind &= behind - 1;
    }

    const seconds = colon & closelyBehind(colon);
    const signs = (colon & ((colon << 1) | (colonsBefore >> 63))) | (seconds & closelyBehind(seconds));
    colonsBefore = colon;
    const digits = fullQuarters(hex);
    const hasColons = u32(signs != 0);
    const hasDigits = u32(digits != 0);
    store<u32>(triggers + (triggered << 2), (word << 2) | (hasColons * COLONS) | (hasDigits * DIGITS));
    triggered += hasColons | hasDigits;
  }
  if (carry != 0) {
    store<u32>(ends + (endCount << 2), wordCount << 6);
    endCount++;
  }
  store<u64>(tokens + (wordCount << 3), 0);
  store<u64>(dots + (wordCount << 3), 0);
  store<u64>(colons + (wordCount << 3), 0);
  store<u64>(hexes + (wordCount << 3), 0);
  tokenEndCount = endCount;
  triggerCount = triggered;
}

/** The entries of a table by the lower halves of bytes. */
function entries(table: v128, halves: v128, lowHalf: v128): v128 {
  return i8x16.relaxed_swizzle(table, v128.and(halves, lowHalf));
}

/** The signs of 64 bytes as one mask. */
function joined(a: v128, b: v128, c: v128, d: v128): u64 {
  const low = u32(i8x16.bitmask(a)) | (u32(i8x16.bitmask(b)) << 16);
  const high = u32(i8x16.bitmask(c)) | (u32(i8x16.bitmask(d)) << 16);
  return u64(low) | (u64(high) << 32);
}

/** The first bit of each quarter of which all bits are set. */
export function fullQuarters(bits: u64): u64 {
  let full = bits & (bits >> 1);
  full &= full >> 2;
  full &= full >> 4;
  return full & (full >> 8) & 0x0001_0001_0001_0001;
}

/** The places 2 to 5 behind each bit. */
export function closelyBehind(bits: u64): u64 {
  return (bits << 2) | (bits << 3) | (bits << 4) | (bits << 5);
}
