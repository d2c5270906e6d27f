/** Repeatable choices for the sample; never for secrets. */
export interface SeededRandom {
  /** Integer from 0 up to, not including, `bound`. */
  below(bound: number): number;
  pick<T>(items: readonly [T, ...T[]]): T;
  hex(digits: number): string;
  uuid(): string;
}

/** xorshift32: the same seed gives the same sample on every machine. */
export function createSeededRandom(seed: number): SeededRandom {
  let state = seed >>> 0 || 1;
  const below = (bound: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state = (state ^ (state << 5)) >>> 0;
    return state % bound;
  };
  const hex = (digits: number): string => Array.from({ length: digits }, () => below(16).toString(16)).join('');
  return {
    below,
    hex,
    pick: (items) => items[below(items.length)] ?? items[0],
    // The version and variant bits of a random UUID (RFC 9562 §5.4).
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${'89ab'[below(4)]}${hex(3)}-${hex(12)}`,
  };
}
