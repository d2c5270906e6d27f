import { entryTags } from './entry-list.ts';
import { finish, scoped, step, stepBytes } from './hash.ts';
import type { HashKey } from './hash.ts';

/** Hash of the hexadecimal digits `bytes[start, end)` of either case. */
export function hashDigest(key: HashKey, bytes: Uint8Array, start: number, end: number): number {
  return finish(stepBytes(scoped(key.start, entryTags.digest, end - start), bytes, start, end, key.factor, 32));
}

/** Start state of a URL of a host entry; the words of its path follow, then {@link finishUrl}. */
export function hashUrlStart(key: HashKey, tag: number, host: number): number {
  return scoped(key.start, tag, host);
}

/** Hash of a URL after its path. */
export function finishUrl(key: HashKey, state: number, port: number): number {
  return finish(step(state, port, key.factor));
}

/** Hash of a network, its host bits cleared. */
export function hashIpv4(key: HashKey, network: number, prefixBits: number): number {
  return finish(step(finish(key.start ^ network), prefixBits * 8 + entryTags.ipv4, key.factor));
}

/** State of no group of an IPv6 address, for {@link stepIpv6}. */
export function hashIpv6Start(key: HashKey): number {
  return scoped(key.start, entryTags.ipv6, 0);
}

/** Next state after a whole 16-bit group. */
export function stepIpv6(key: HashKey, state: number, group: number): number {
  return step(state, group, key.factor);
}

/**
 * Hash of an IPv6 network: the state after its whole groups, then what it has of the next one (0 when nothing), then its
 * length. So one walk over an address passes the networks of every length that hold it.
 */
export function finishIpv6(key: HashKey, state: number, partialGroup: number, prefixBits: number): number {
  return finish(step(stepIpv6(key, state, partialGroup), prefixBits, key.factor));
}
