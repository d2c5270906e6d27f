import { folded } from './bytes.ts';
import { entryTags } from './entry-list.ts';
import { finish, scoped, step } from './hash.ts';
import type { HashKey } from './hash.ts';

/** The two finished halves of a hash. */
export interface KeyHash {
  hash1: number;
  hash2: number;
}

/**
 * Hash of `bytes[start, end)` in lower case, for digests and local parts, in `out`.
 *
 * @param scope - Number of the host's entry, or the number of hexadecimal digits.
 */
export function hashBytes(
  key: HashKey,
  tag: number,
  scope: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  out: KeyHash,
): KeyHash {
  const { factor1, factor2 } = key;
  let state1 = scoped(key.start1, tag, scope);
  let state2 = scoped(key.start2, tag, scope);
  for (let index = start; index < end; index++) {
    const byte = folded[bytes[index]!]!;
    state1 = step(state1, byte, factor1);
    state2 = step(state2, byte, factor2);
  }
  out.hash1 = finish(state1);
  out.hash2 = finish(state2);
  return out;
}

/** Start state of a URL; the bytes of its path follow. */
export function hashUrlStart(start: number, tag: number, host: number, port: number): number {
  return scoped(scoped(start, tag, host), tag, port);
}

/** Hash of a network, its host bits cleared, in `out`. */
export function hashIpv4(key: HashKey, network: number, prefixBits: number, out: KeyHash): KeyHash {
  const scope = prefixBits * 8 + entryTags.ipv4;
  out.hash1 = finish(step(finish(key.start1 ^ network), scope, key.factor1));
  out.hash2 = finish(step(finish(key.start2 ^ network), scope, key.factor2));
  return out;
}

/** Hash of a network of eight groups, their host bits cleared, in `out`. */
export function hashIpv6(key: HashKey, groups: ArrayLike<number>, prefixBits: number, out: KeyHash): KeyHash {
  let state1 = scoped(key.start1, entryTags.ipv6, prefixBits);
  let state2 = scoped(key.start2, entryTags.ipv6, prefixBits);
  for (let index = 0; index < 8; index += 2) {
    const part = (groups[index]! << 16) | groups[index + 1]!;
    state1 = step(state1 ^ (state1 >>> 15), part, key.factor1);
    state2 = step(state2 ^ (state2 >>> 15), part, key.factor2);
  }
  out.hash1 = finish(state1);
  out.hash2 = finish(state2);
  return out;
}
