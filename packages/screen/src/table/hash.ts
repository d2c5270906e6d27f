/**
 * The hash of the table: a 32-bit state fed byte by byte, finished when a key ends.
 *
 * It must be cheap in plain JavaScript and extend by a byte, so that the hash of `evil.example`, read from right to left, is a state
 * on the way to that of `a.b.evil.example`. It is never trusted: whoever finds a key compares what it stands for. The
 * start state and the multiplier come from a secret seed, so that nobody can list values that collide.
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

/** Spreads a state over all 32 bits; the result is unsigned. */
export function finish(state: number): number {
  let mixed = state ^ (state >>> 16);
  mixed = Math.imul(mixed, 0x7feb_352d);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x846c_a68b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** Next state after a byte or any other 32-bit number. */
export function step(state: number, part: number, factor: number): number {
  return Math.imul(state ^ part, factor);
}

/** Start of a key that is not a name: `tag` is an entry kind, `scope` the number that sets the key's space apart. */
export function scoped(state: number, tag: number, scope: number): number {
  return finish(finish(state ^ Math.imul(tag, 0x9e37_79b1)) ^ scope) | 0;
}
