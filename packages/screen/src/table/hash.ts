/**
 * The hash of the table: two 32-bit states side by side, both fed byte by byte, finished when a key ends.
 *
 * It must be cheap in plain JavaScript and extend by a byte, so that the hash of `evil.example`, read from right to left, is a state
 * on the way to that of `a.b.evil.example`. It is never trusted: whoever finds a key compares what it stands for. The
 * start states and multipliers come from a secret seed, so that nobody can list values that collide.
 */
export interface HashKey {
  readonly start1: number;
  readonly start2: number;
  readonly factor1: number;
  readonly factor2: number;
}

/** The constants of a seed (any 32-bit number). Factors are odd, with their low bits fixed so that no seed makes a weak one. */
export function hashKeyOf(seed: number): HashKey {
  const start1 = finish(seed | 0);
  const start2 = finish(start1 ^ 0x5bd1_e995);
  const factor1 = (finish(start2 ^ 0x27d4_eb2f) & 0xffff_f000) | 0x193;
  const factor2 = (finish(factor1 ^ 0x1656_67b1) & 0xffff_f000) | 0xb3f;
  return { start1, start2, factor1, factor2 };
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
