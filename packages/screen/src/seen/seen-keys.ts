import { folded } from '../table/index.ts';
import { highOf, lowOf, otherTags, sections, seenFlags, stepA, stepB } from './seen-key.ts';
import type { KeySeed } from './seen-key.ts';

const DOT = 46;
/** Longest name that can be listed. */
const NAME_BYTES_MAX = 253;
const CAPACITY = 4096;
/** A name has at most so many keys. */
const ROOM_MIN = 128;

/**
 * What a key in a batch is: section in bits 0 and 1, {@link seenFlags} in bits 2 and 3, and from bit 8 on how many keys
 * before it are of the parents of this name, the nearest last. Who has the name already can pass over its parents.
 */
export const keyMeta = { flagsShift: 2, parentsShift: 8 } as const;

/**
 * Takes batches of keys: `count` keys in three arrays side by side, which it may not keep. The halves are signed, for numbers
 * above 2^31 cost the engine an allocation each.
 */
export interface KeySink {
  take(hi: Int32Array, lo: Int32Array, meta: Int32Array, count: number): void;
}

/**
 * Makes keys of values as a scan sees them, in batches, without a string or an object a value.
 *
 * Whoever feeds it decides what a value is; the only ones are tokens, runs and borders as docs/spec/matching.md has them.
 */
export class SeenKeys {
  readonly #seed: KeySeed;
  readonly #sink: KeySink;
  readonly #hi = new Int32Array(CAPACITY);
  readonly #lo = new Int32Array(CAPACITY);
  readonly #meta = new Int32Array(CAPACITY);
  #count = 0;
  /** The two states each tag of section `other` begins with. */
  readonly #starts = new Int32Array(16);
  /** The key of the host that the next URL or e-mail address belongs to. */
  #hostHi = 0;
  #hostLo = 0;

  constructor(seed: KeySeed, sink: KeySink) {
    this.#seed = seed;
    this.#sink = sink;
    for (const tag of Object.values(otherTags)) {
      const low = lowOf(seed.startA ^ Math.imul(tag, 0x9e37_79b1), seed.startB);
      this.#starts[2 * tag] = highOf(seed.startA, low);
      this.#starts[2 * tag + 1] = low;
    }
  }

  /** Hands on what it holds. */
  flush(): void {
    if (this.#count > 0) this.#sink.take(this.#hi, this.#lo, this.#meta, this.#count);
    this.#count = 0;
  }

  /**
   * The name `bytes[start, end)`, with a key for each parent of two labels or more, and now the host.
   *
   * @returns False for what cannot be a listed name, or is longer than one: then it is no host. The parents of a longer name are seen.
   */
  name(bytes: Uint8Array, start: number, end: number): boolean {
    if (isDigit(bytes[end - 1]!) && endsInNumber(bytes, start, end)) return false;
    if (this.#count > CAPACITY - ROOM_MIN) this.flush();
    const { startA, startB, factorA, factorB } = this.#seed;
    let a = startA;
    let b = startB;
    let at = end - 1;
    const floor = end - start > NAME_BYTES_MAX ? end - NAME_BYTES_MAX : start;
    for (; at >= floor && bytes[at] !== DOT; at--) {
      a = stepA(a, bytes[at]! | 32, factorA);
      b = stepB(b, a, factorB);
    }
    // No top-level domain begins with a digit (RFC 3696 §2), while times and versions do.
    if (at < floor || isDigit(bytes[at + 1]!)) return false;
    let count = this.#count;
    while (at >= floor) {
      do {
        a = stepA(a, bytes[at--]! | 32, factorA);
        b = stepB(b, a, factorB);
      } while (at >= floor && bytes[at] !== DOT);
      if (at < floor && floor > start && bytes[at] !== DOT) break;
      const low = lowOf(a, b);
      this.#lo[count] = low;
      this.#hi[count] = highOf(a, low);
      this.#meta[count++] = sections.name | (seenFlags.below << keyMeta.flagsShift);
    }
    const parents = count - 1 - this.#count;
    if (parents < 0) return false;
    this.#count = count;
    const isWhole = at < start;
    const flags = isWhole ? seenFlags.exact : seenFlags.below;
    this.#meta[count - 1] = sections.name | (flags << keyMeta.flagsShift) | (parents << keyMeta.parentsShift);
    this.#hostLo = this.#lo[count - 1]!;
    this.#hostHi = this.#hi[count - 1]!;
    return isWhole;
  }

  /** An IPv4 address as a number, and now the host. */
  ipv4(address: number): void {
    this.#hostHi = sections.ipv4;
    this.#hostLo = address | 0;
    this.#put(0, address | 0, sections.ipv4);
  }

  /** The groups of an IPv6 address that is not IPv4-mapped, and now the host. */
  ipv6(groups: Uint16Array): void {
    const { factorA, factorB } = this.#seed;
    let a = this.#starts[2 * otherTags.ipv6]!;
    let b = this.#starts[2 * otherTags.ipv6 + 1]!;
    for (let index = 0; index < 8; index++) {
      a = stepA(a, groups[index]!, factorA);
      b = stepB(b, a, factorB);
    }
    this.#hostLo = lowOf(a, b);
    this.#hostHi = highOf(a, this.#hostLo);
    this.#put(this.#hostHi, this.#hostLo, sections.other);
    this.#put((groups[0]! << 16) | groups[1]!, (groups[2]! << 16) | groups[3]!, sections.ipv6Net);
  }

  /** A URL at the host: its port, 0 for none, and its path without the first slash, as written. */
  url(port: number, bytes: Uint8Array, tailStart: number, tailEnd: number): void {
    this.#atHost(otherTags.url, port, bytes, tailStart, tailEnd);
  }

  /** An e-mail address with the host as its domain; letters of its local part are folded. */
  email(bytes: Uint8Array, localStart: number, localEnd: number): void {
    this.#atHost(otherTags.email, 0, bytes, localStart, localEnd);
  }

  /** Hexadecimal digits of either case; their number is part of the key. */
  digest(bytes: Uint8Array, start: number, end: number): void {
    const { factorA, factorB } = this.#seed;
    let a = this.#starts[2 * otherTags.digest]!;
    let b = this.#starts[2 * otherTags.digest + 1]!;
    a = stepA(a, end - start, factorA);
    b = stepB(b, a, factorB);
    // The lengths of digests are multiples of eight.
    for (let at = start; at < end; at += 4) {
      const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
      a = stepA(a, word | 0x2020_2020, factorA);
      b = stepB(b, a, factorB);
    }
    const low = lowOf(a, b);
    this.#put(highOf(a, low), low, sections.other);
  }

  #atHost(tag: number, scope: number, bytes: Uint8Array, start: number, end: number): void {
    const { factorA, factorB } = this.#seed;
    let a = this.#starts[2 * tag]!;
    let b = this.#starts[2 * tag + 1]!;
    a = stepA(a, this.#hostHi, factorA);
    b = stepB(b, a, factorB);
    a = stepA(a, this.#hostLo, factorA);
    b = stepB(b, a, factorB);
    a = stepA(a, scope, factorA);
    b = stepB(b, a, factorB);
    for (let at = start; at < end; at++) {
      a = stepA(a, tag === otherTags.email ? folded[bytes[at]!]! : bytes[at]!, factorA);
      b = stepB(b, a, factorB);
    }
    const low = lowOf(a, b);
    this.#put(highOf(a, low), low, sections.other);
  }

  #put(hi: number, lo: number, section: number): void {
    if (this.#count > CAPACITY - ROOM_MIN) this.flush();
    this.#add(hi, lo, section, seenFlags.exact);
  }

  #add(hi: number, lo: number, section: number, flags: number): void {
    const at = this.#count++;
    this.#hi[at] = hi;
    this.#lo[at] = lo;
    this.#meta[at] = section | (flags << keyMeta.flagsShift);
  }
}

/** Whether the last label is digits only: most tokens with a dot are versions and times. */
function endsInNumber(bytes: Uint8Array, start: number, end: number): boolean {
  let at = end - 1;
  while (at >= start && isDigit(bytes[at]!)) at--;
  return at < start || bytes[at] === DOT;
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}
