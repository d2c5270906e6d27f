import { isHex, isTokenByte } from '../table/index.ts';

const DOT = 46;
const COLON = 58;
const BLOCK_BYTES = 32;

/**
 * Which bytes are of which class, a bit a byte, in blocks of 32: what a look at every byte has to find out, without a decision
 * that depends on the bytes. Bits of bytes outside the range are 0. Filled anew for each scan.
 */
export class ByteMasks {
  /** The offset of the first bit: that of the first byte, or one less. */
  base = 0;
  /** Blocks that hold bytes; each mask has one more, which is 0. */
  count = 0;
  /** Letters, digits, `.`, `_`, `-`. */
  token: Int32Array = new Int32Array(64);
  dot: Int32Array = new Int32Array(64);
  colon: Int32Array = new Int32Array(64);
  /** Hexadecimal digits of either case. */
  hex: Int32Array = new Int32Array(64);

  /** Takes masks that the kernel made of bytes from `base` on. */
  use(made: Pick<ByteMasks, 'token' | 'dot' | 'colon' | 'hex'>, base: number, length: number): void {
    this.token = made.token;
    this.dot = made.dot;
    this.colon = made.colon;
    this.hex = made.hex;
    this.base = base;
    this.count = Math.ceil(length / BLOCK_BYTES);
  }

  fill(bytes: Uint8Array, from: number, to: number): void {
    // Two bytes are looked up at once, so they must lie where a 16-bit number may.
    const isOdd = ((bytes.byteOffset + from) & 1) !== 0;
    this.base = isOdd ? from - 1 : from;
    const wholeBlocks = (to - this.base) >> 5;
    this.count = wholeBlocks + 1;
    if (this.count >= this.token.length) this.#grow(this.count * 2);
    if (wholeBlocks > 0)
      this.#fillBlocks(new Uint16Array(bytes.buffer, bytes.byteOffset + this.base, wholeBlocks * 16));
    this.#fillLast(bytes, from, to);
    if (isOdd) for (const mask of [this.token, this.dot, this.colon, this.hex]) mask[0]! &= ~1;
  }

  /** Where the run of bytes of a class begins that ends before `at`; `at` itself when there is none. */
  runStart(mask: Int32Array, at: number): number {
    const bit = at - this.base;
    let block = bit >> 5;
    let others = ~mask[block]! & ((1 << (bit & 31)) - 1);
    while (others === 0 && block > 0) others = ~mask[--block]!;
    return this.base + block * BLOCK_BYTES + (others === 0 ? 0 : BLOCK_BYTES - Math.clz32(others));
  }

  /** Where the run of bytes of a class ends that begins at `at`; `at` itself when there is none. */
  runEnd(mask: Int32Array, at: number): number {
    const bit = at - this.base;
    let block = bit >> 5;
    let others = ~mask[block]! & (-1 << (bit & 31));
    while (others === 0) others = ~mask[++block]!;
    return this.base + block * BLOCK_BYTES + firstBitOf(others);
  }

  #fillBlocks(pairs: Uint16Array): void {
    const { token, dot, colon, hex } = this;
    for (let at = 0, block = 0; at < pairs.length; at += 16, block++) {
      let tokens = 0;
      let dots = 0;
      let colons = 0;
      let hexes = 0;
      for (let four = 0; four < 16; four += 4) {
        const classes =
          classesOfPair[pairs[at + four]!]! |
          (classesOfPair[pairs[at + four + 1]!]! << 2) |
          (classesOfPair[pairs[at + four + 2]!]! << 4) |
          (classesOfPair[pairs[at + four + 3]!]! << 6);
        const shift = four * 2;
        tokens |= (classes & 255) << shift;
        dots |= ((classes >>> 8) & 255) << shift;
        colons |= ((classes >>> 16) & 255) << shift;
        hexes |= (classes >>> 24) << shift;
      }
      token[block] = tokens;
      dot[block] = dots;
      colon[block] = colons;
      hex[block] = hexes;
    }
  }

  /** The bytes behind the whole blocks, fewer than 32, and the block of none behind them. */
  #fillLast(bytes: Uint8Array, from: number, to: number): void {
    const { token, dot, colon, hex, count } = this;
    const last = count - 1;
    for (const mask of [token, dot, colon, hex]) mask.fill(0, last, count + 1);
    const start = this.base + last * BLOCK_BYTES;
    for (let at = Math.max(from, start); at < to; at++) {
      const classes = classesOf(bytes[at]!);
      const bit = at - start;
      token[last]! |= (classes & 1) << bit;
      dot[last]! |= ((classes >>> 8) & 1) << bit;
      colon[last]! |= ((classes >>> 16) & 1) << bit;
      hex[last]! |= (classes >>> 24) << bit;
    }
  }

  #grow(length: number): void {
    this.token = new Int32Array(length);
    this.dot = new Int32Array(length);
    this.colon = new Int32Array(length);
    this.hex = new Int32Array(length);
  }
}

/** Index, 0 to 31, of the lowest bit that is set; some must be. */
export function firstBitOf(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

/** The classes of a byte as bits 0, 8, 16 and 24 of a number. */
function classesOf(byte: number): number {
  return isTokenByte[byte]! | (byte === DOT ? 1 << 8 : 0) | (byte === COLON ? 1 << 16 : 0) | (isHex[byte]! << 24);
}

/** By two bytes as a 16-bit number of this machine: the classes of the first, and one bit higher those of the second. */
const classesOfPair = new Int32Array(65_536);
const pairBytes = Uint8Array.from({ length: 2 * 65_536 }, (_, at) => (at % 2 === 0 ? at >> 9 : (at >> 1) & 255));
const pairNumbers = new Uint16Array(pairBytes.buffer);
for (const [index, number] of pairNumbers.entries()) {
  classesOfPair[number] = classesOf(pairBytes[2 * index]!) | (classesOf(pairBytes[2 * index + 1]!) << 1);
}
