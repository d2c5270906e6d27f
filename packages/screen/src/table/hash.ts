/**
 * The hash of the table: a 32-bit state fed with 32-bit words, finished when a key ends.
 *
 * It must be cheap in plain JavaScript and in the kernel (`kernel/assembly/hash.ts` is the same), and extend by a label, so that
 * the hash of `evil.example`, read from right to left, is a state on the way to that of `a.b.evil.example`. It is never
 * trusted: whoever finds a key compares what it stands for. The start state and the multiplier come from a secret seed, so
 * that nobody can list values that collide.
 */
export interface HashKey {
  readonly start: number;
  readonly factor: number;
}

/** The constants of a seed (any 32-bit number). The factor is odd, with its low bits fixed so that no seed makes a weak one. */
export function hashKeyOf(seed: number): HashKey {
  const start = finish(seed | 0);
  return { start, factor: (finish(start ^ 0x5bd1_e995) & 0xffff_f000) | 0x193 };
}

/** Spreads a state over all 32 bits; the result is signed: as an unsigned number, half of them would be objects. */
export function finish(state: number): number {
  let mixed = state ^ (state >>> 16);
  mixed = Math.imul(mixed, 0x7feb_352d);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x846c_a68b);
  return mixed ^ (mixed >>> 16);
}

/** Next state after a word: any 32-bit number. */
export function step(state: number, word: number, factor: number): number {
  const product = Math.imul(state ^ word, factor);
  return product ^ (product >>> 15);
}

/**
 * Next state after the label `bytes[start, end)`, ASCII letters of either case alike: its blocks of 16 bytes from the right, each
 * of four words from the right. The leftmost holds up to 16 bytes, filled up with zeroes; also an empty label has one.
 */
export function stepLabel(state: number, bytes: Uint8Array, start: number, end: number, factor: number): number {
  let next = state;
  let blockEnd = end;
  for (;;) {
    for (let at = blockEnd - 4; at > blockEnd - 20; at -= 4) {
      let word = 0;
      if (at >= start) {
        word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24) | 0x2020_2020;
      } else {
        for (let byte = start; byte < at + 4; byte++) word |= (bytes[byte]! | 32) << ((byte - at) * 8);
      }
      next = step(next, word, factor);
    }
    blockEnd -= 16;
    if (blockEnd <= start) return next;
  }
}

/** Next state after `bytes[start, end)`: words from the left, each byte or'ed with `fold`, the last word filled up with zeroes. */
export function stepBytes(
  state: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  factor: number,
  fold: 0 | 32,
): number {
  let next = state;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    next = step(next, word | (fold * 0x0101_0101), factor);
  }
  if (at === end) return next;
  let word = 0;
  for (let byte = at; byte < end; byte++) word |= (bytes[byte]! | fold) << ((byte - at) * 8);
  return step(next, word, factor);
}

/** Start of a key that is not a name: `tag` is an entry kind, `scope` the number that sets the key's space apart. */
export function scoped(state: number, tag: number, scope: number): number {
  return finish(finish(state ^ Math.imul(tag, 0x9e37_79b1)) ^ scope);
}
