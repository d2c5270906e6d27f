/** A seeded source of randomness: the same seed gives the same run on every machine. */
export interface Random {
  /** Next unsigned 32-bit integer. */
  u32(): number;
  /** Integer from 0 up to, not including, `below` (1 to 2^32). */
  below(below: number): number;
  pick<T>(items: readonly T[]): T;
}

/** Mulberry32: 32 bits of state, enough to spread test inputs, never for secrets. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const u32 = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (bound: number): number => Math.floor((u32() / 0x1_0000_0000) * bound);
  return {
    u32,
    below,
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error('Assertion failed: pick from an empty list');
      return item;
    },
  };
}
