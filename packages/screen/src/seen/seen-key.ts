import { createHash } from 'node:crypto';

/**
 * What a key of 64 bits is one of; keys of different sections are compared with nothing of each other.
 * Spec: docs/spec/seen-values.md §2.
 */
export const sections = {
  /** Hash of a name, or of one of its parents. */
  name: 0,
  /** The address itself, in the low half: a network is a range. */
  ipv4: 1,
  /** The first 64 bits of an IPv6 address: a network of up to /64 is a range. */
  ipv6Net: 2,
  /** Hash of a URL, an e-mail address, a digest or a whole IPv6 address. */
  other: 3,
} as const;

/** How a name was seen under a key. Keys of other sections are always `exact`. */
export const seenFlags = {
  /** The name itself. */
  exact: 1,
  /** A name below it. */
  below: 2,
} as const;

/** What sets apart the kinds of section `other`. */
export const otherTags = { url: 1, email: 2, ipv6: 3, digest: 4 } as const;

/**
 * The constants of the hash, from the secret of a node: nobody outside can choose values whose keys collide.
 *
 * A hash is two 32-bit states: `a` takes each part, `b` takes each `a`, so what collides in one differs in the other. Both
 * extend by a byte; a name is read from right to left, so its parents are states on the way. The states are mixed when a key ends.
 */
export interface KeySeed {
  readonly startA: number;
  readonly startB: number;
  readonly factorA: number;
  readonly factorB: number;
  /** For the places of keys in a table in memory. */
  readonly spread: number;
  /** Says of a run that its keys are of this seed, and tells nothing about it. Eight hexadecimal digits. */
  readonly print: string;
}

/** @param secret - 16 random bytes or more, kept with the runs. */
export function keySeedOf(secret: Uint8Array): KeySeed {
  const bytes = createHash('sha256').update('comity seen values 1\n').update(secret).digest();
  return {
    startA: bytes.readInt32LE(0),
    startB: bytes.readInt32LE(4),
    factorA: (bytes.readInt32LE(8) & 0x7fff_f000) | 0x193,
    factorB: (bytes.readInt32LE(12) & 0x7fff_f000) | 0x2d5,
    spread: bytes.readInt32LE(16) | 1,
    print: bytes.toString('hex', 20, 24),
  };
}

/** Next state `a` after a byte or any 32-bit number. */
export function stepA(a: number, part: number, factorA: number): number {
  return Math.imul(a ^ part, factorA);
}

/** Next state `b`, given the next state `a`. */
export function stepB(b: number, a: number, factorB: number): number {
  return Math.imul(((b << 13) | (b >>> 19)) ^ a, factorB);
}

/** Low half of the key of two states, signed. The halves are a mixture that can be undone: no two states have the same key. */
export function lowOf(a: number, b: number): number {
  return b ^ mix(a);
}

/** High half of the key, signed, given the low one. */
export function highOf(a: number, low: number): number {
  return a ^ mix(low);
}

function mix(state: number): number {
  let mixed = state ^ (state >>> 16);
  mixed = Math.imul(mixed, 0x7feb_352d);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x846c_a68b);
  return mixed ^ (mixed >>> 16);
}
