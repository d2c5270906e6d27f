import {
  FILTER,
  FILTER_SHIFT,
  hasBit,
  HASH_FACTOR,
  HASH_START,
  IPV4_BLOCKS,
  IPV4_NETWORKS,
  IPV4_PREFIXES,
  LISTED,
  numberOf,
  sectionAt,
  TAG_IPV4,
  URL_HOST,
} from './image';
import { finish, step } from './hash';
import { entryIn, firstSlot, flagsOf, isInFilter, loadFilter, mayHave, nextSlot, tagOf } from './lookup';
import { bitsBefore, bitsFrom, coreStart, isTrimmed, runBefore } from './masks';
import { IN_QUAD, putPlace } from './places';
import { DOT_MASK, QUAD_ENDS, QUEUE, TOKEN_MASK } from './scratch';
import { mayBeUrl } from './urls';
import { DIGIT_ZERO, NINE, vectors, WEIGHTS } from './vectors';

/** Address of the shuffles of {@link preparePatterns}. */
let shuffles: usize = 0;
/** Address of the number of a shuffle, by where the octets end. */
let shuffleNumbers: usize = 0;
export const PATTERN_BYTES: u32 = 82 * 16 + 32_768;

/**
 * Makes the shuffles that put the digits of a dotted quad in columns: for each of the 81 ways to write four numbers of one to three digits, which
 * byte goes where. In the result octet 3 comes first, each as units, tens, hundreds and nothing.
 */
export function preparePatterns(at: usize): void {
  shuffles = at;
  shuffleNumbers = at + 82 * 16;
  memory.fill(shuffles, 255, 82 * 16);
  let number: u32 = 0;
  for (let pattern: u32 = 0; pattern < 81; pattern++) {
    number++;
    let ends: u32 = 0;
    let end: u32 = 0;
    let rest = pattern;
    for (let octet: u32 = 0; octet < 4; octet++) {
      const digits = (rest % 3) + 1;
      rest /= 3;
      for (let digit: u32 = 0; digit < digits; digit++) {
        store<u8>(shuffles + number * 16 + (3 - octet) * 4 + digit, u8(end + digits - 1 - digit));
      }
      end += digits;
      ends |= u32(1) << end;
      end++;
    }
    store<u8>(shuffleNumbers + ((ends >> 1) & 0x7fff), u8(number));
  }
}

/** Puts on the list what may be a listed IPv4 address, or lie in a listed network, or be the host of a listed URL. */
export function scanQuads(header: usize, scratch: usize, input: usize, length: u32, endCount: u32): void {
  const blocks = sectionAt(header, IPV4_BLOCKS);
  if (blocks == 0) return;
  const tokens = scratch + TOKEN_MASK;
  const dots = scratch + DOT_MASK;
  const ends = scratch + QUAD_ENDS;
  const queue = scratch + QUEUE;

  // Three dots in 7 to 15 bytes.
  let count: u32 = 0;
  for (let index: u32 = 0; index < endCount; index++) {
    const end = load<u32>(ends + (index << 2));
    let size = u32(clz(~bitsBefore(tokens, end)));
    if (size == 64 || isTrimmed(load<u8>(input + end - size))) {
      size = end - coreStart(input, end - runBefore(tokens, end), end);
    }
    const dotCount = u32(popcnt(bitsBefore(dots, end) & (~u64(0) << ((64 - size) & 63))));
    store<u32>(queue + (count << 4), end);
    store<u32>(queue + (count << 4), size, 4);
    count += u32(dotCount == 3) & u32(size - 7 < 9);
  }

  const weights = v128.load(vectors + WEIGHTS);
  const zero = v128.load(vectors + DIGIT_ZERO);
  const nine = v128.load(vectors + NINE);
  let open: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const end = load<u32>(queue + (index << 4));
    const size = load<u32>(queue + (index << 4), 4);
    const start = end - size;
    const bytes = v128.load(input + start);
    const sizeMask = (u32(1) << size) - 1;
    const dotBits = u32(bitsFrom(dots, start)) & sizeMask;
    const digits = u32(i8x16.bitmask(i8x16.le_u(i8x16.sub(bytes, zero), nine)));
    const number = u32(load<u8>(shuffleNumbers + (((dotBits | (u32(1) << size)) >> 1) & 0x7fff)));
    const columns = i8x16.sub_sat_u(i8x16.swizzle(bytes, v128.load(shuffles + (number << 4))), zero);
    const low = i32x4.extadd_pairwise_i16x8_u(i16x8.extmul_low_i8x16_u(columns, weights));
    const high = i32x4.extadd_pairwise_i16x8_u(i16x8.extmul_high_i8x16_u(columns, weights));
    const octets = i32x4.add(v128.shuffle<i32>(low, high, 0, 2, 4, 6), v128.shuffle<i32>(low, high, 1, 3, 5, 7));
    // An octet above 255 becomes 255 here: whoever looks at the place reads it again.
    const narrow = i16x8.narrow_i32x4_s(octets, octets);
    const address = u32(i32x4.extract_lane(i8x16.narrow_i16x8_u(narrow, narrow), 0));
    store<u32>(queue + (open << 4), address);
    store<u32>(queue + (open << 4), end, 4);
    open += hasBit(blocks, address >> 8) & u32(((digits | dotBits) & sizeMask) == sizeMask) & u32(number != 0);
  }

  open = filterQuads(header, queue, open);
  for (let index: u32 = 0; index < open; index++) {
    const item = queue + (index << 4);
    const end = load<u32>(item, 4);
    const start = coreStart(input, end - runBefore(tokens, end), end);
    if (mayMatchIpv4(header, load<u32>(item), input, length, start, end)) {
      putPlace(IN_QUAD, end - 1, start, 0, load<u32>(item, 8));
    }
  }
}

/**
 * Keeps those in the queue that the filter does not tell to be in no listed network: it is asked for all lengths of all of them without a
 * decision in between, so that the answers are waited for together. Notes the lengths for which it does not, a bit each.
 */
function filterQuads(header: usize, queue: usize, queued: u32): u32 {
  const filter = sectionAt(header, FILTER);
  const shift = numberOf(header, FILTER_SHIFT);
  const networks = sectionAt(header, IPV4_NETWORKS);
  const lengthsInUse = numberOf(header, IPV4_PREFIXES);
  for (let index: u32 = 0; index < queued; index++) {
    const item = queue + (index << 4);
    store<u32>(item, hashIpv4(header, load<u32>(item), 32), 12);
  }
  loadFilter(filter, shift, queue + 12, queued);
  let count: u32 = 0;
  for (let index: u32 = 0; index < queued; index++) {
    const address = load<u32>(queue + (index << 4));
    let networksIn: u32 = 0;
    let isIn = u32(isInFilter(filter, shift, load<u32>(queue + (index << 4), 12)));
    let lengths = hasBit(networks, address >> 12) != 0 ? lengthsInUse : 0;
    for (; lengths != 0; lengths &= lengths - 1) {
      const bits = u32(ctz(lengths));
      networksIn |= u32(isInFilter(filter, shift, hashIpv4(header, networkOf(address, bits), bits))) << bits;
    }
    isIn |= u32(networksIn != 0);
    const item = queue + (count << 4);
    store<u32>(item, address);
    store<u32>(item, load<u32>(queue + (index << 4), 4), 4);
    store<u32>(item, networksIn, 8);
    count += isIn;
  }
  return count;
}

/** An address without the bits behind its first `bits`, fewer than 32. */
function networkOf(address: u32, bits: u32): u32 {
  return bits == 0 ? 0 : address & (~u32(0) << (32 - bits));
}

/**
 * Whether an address is listed, or a network that holds it, or a URL may be whose host it is, at `[start, end)` of the input; with
 * `end` 0 only the first two.
 */
export function mayMatchIpv4(header: usize, address: u32, input: usize, length: u32, start: u32, end: u32): bool {
  const hash = hashIpv4(header, address, 32);
  if (mayHave(header, hash)) {
    for (let slot = firstSlot(header, hash); slot >= 0; slot = nextSlot(header, slot, hash)) {
      const entry = entryIn(header, slot);
      if (tagOf(header, entry) != TAG_IPV4) continue;
      const flags = flagsOf(header, entry);
      if ((flags & LISTED) != 0) return true;
      if ((flags & URL_HOST) != 0 && end != 0 && mayBeUrl(header, entry, flags, input, length, start, end)) return true;
    }
  }
  if (!hasBit(sectionAt(header, IPV4_NETWORKS), address >> 12)) return false;
  for (let lengths = numberOf(header, IPV4_PREFIXES); lengths != 0; lengths &= lengths - 1) {
    const bits = u32(ctz(lengths));
    const networkHash = hashIpv4(header, networkOf(address, bits), bits);
    if (!mayHave(header, networkHash)) continue;
    for (let slot = firstSlot(header, networkHash); slot >= 0; slot = nextSlot(header, slot, networkHash)) {
      const entry = entryIn(header, slot);
      if (tagOf(header, entry) == TAG_IPV4 && (flagsOf(header, entry) & LISTED) != 0) return true;
    }
  }
  return false;
}

function hashIpv4(header: usize, network: u32, prefixBits: u32): u32 {
  const state = finish(numberOf(header, HASH_START) ^ network);
  return finish(step(state, prefixBits * 8 + TAG_IPV4, numberOf(header, HASH_FACTOR)));
}
