import { folded } from '../table/index.ts';
import type { JustSeen, SeenOwner } from './just-seen.ts';
import { highOf, lowOf, otherTags, sections, seenFlags, stepA, stepB } from './seen-key.ts';
import type { KeySeed } from './seen-key.ts';

const DOT = 46;
/** Longest name that can be listed. */
const NAME_BYTES_MAX = 253;
const CAPACITY = 4096;
/** The keys of one place: those of a name, at most 126, and of an address and a URL at it. */
const ROOM_MIN = 160;
const NO_ENTRY = -1;

/**
 * What a key in a batch is: section in bits 0 and 1, {@link seenFlags} in bits 2 and 3, and from bit 8 on how many keys before it are
 * never seen without it, the nearest last: the parents of a name, the host of a URL. Who has the key already can pass over these.
 */
export const keyMeta = { flagsShift: 2, parentsShift: 8 } as const;

/** Keys in arrays side by side. The halves are signed, for numbers above 2^31 cost the engine an allocation each. */
export interface KeyBatch {
  readonly hi: Int32Array;
  readonly lo: Int32Array;
  readonly meta: Int32Array;
  /** Entry of {@link JustSeen} that stands for the key from now on, or -1. */
  readonly entry: Int32Array;
  readonly count: number;
}

/** Takes batches of keys, which it may not keep. */
export interface KeySink {
  take(batch: KeyBatch): void;
  /** Has what it took counted when a kernel meets it again. */
  join(space: JustSeen): SeenOwner;
}

/**
 * Makes keys of values as a scan sees them, in batches, without a string or an object a value.
 *
 * Whoever feeds it decides what a value is; the only ones are tokens, runs and borders as docs/spec/matching.md has them.
 */
export class SeenKeys {
  readonly #seed: KeySeed;
  readonly #sink: KeySink;
  readonly #batch = {
    hi: new Int32Array(CAPACITY),
    lo: new Int32Array(CAPACITY),
    meta: new Int32Array(CAPACITY),
    entry: new Int32Array(CAPACITY).fill(NO_ENTRY),
    count: 0,
  };
  /** The two states each tag of section `other` begins with. */
  readonly #starts = new Int32Array(16);
  /** The key of the host that the next URL or e-mail address belongs to, its section, and its place in the batch. */
  #hostHi = 0;
  #hostLo = 0;
  #hostSection: number = sections.name;
  #hostAt = 0;
  /** The entry of what is noted now, and how many keys it has that are not parents of others. */
  #entry = NO_ENTRY;
  #leaves = 0;
  #high = 0;
  #low = 0;

  constructor(seed: KeySeed, sink: KeySink) {
    this.#seed = seed;
    this.#sink = sink;
    for (const tag of Object.values(otherTags)) {
      const low = lowOf(seed.startA ^ Math.imul(tag, 0x9e37_79b1), seed.startB);
      this.#starts[2 * tag] = highOf(seed.startA, low);
      this.#starts[2 * tag + 1] = low;
    }
  }

  /** See {@link KeySink.join}. */
  join(space: JustSeen): SeenOwner {
    return this.#sink.join(space);
  }

  /** Hands on what it holds. */
  flush(): void {
    const batch = this.#batch;
    if (batch.count > 0) this.#sink.take(batch);
    batch.entry.fill(NO_ENTRY, 0, batch.count);
    batch.count = 0;
    this.#hostAt = -1;
  }

  /** What comes next stands at one place, which has this entry. */
  beginPlace(entry: number): void {
    this.#entry = entry;
    this.#leaves = 0;
  }

  /** The place is over; says how many values it had that do not follow from each other. */
  endPlace(): number {
    if (this.#leaves > 1) {
      const { entry, count } = this.#batch;
      for (let at = count - 1; at >= 0; at--) if (entry[at] === this.#entry) entry[at] = NO_ENTRY;
    }
    this.#entry = NO_ENTRY;
    return this.#leaves;
  }

  /**
   * The name `bytes[start, end)`, with a key for each parent of two labels or more, and now the host.
   *
   * @returns False for what cannot be a listed name, or is longer than one: then it is no host. The parents of a longer name are seen.
   */
  name(bytes: Uint8Array, start: number, end: number): boolean {
    if (isDigit(bytes[end - 1]!) && endsInNumber(bytes, start, end)) return false;
    this.#makeRoom();
    const { hi, lo, meta } = this.#batch;
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
    const first = this.#batch.count;
    let count = first;
    while (at >= floor) {
      do {
        a = stepA(a, bytes[at--]! | 32, factorA);
        b = stepB(b, a, factorB);
      } while (at >= floor && bytes[at] !== DOT);
      if (at < floor && floor > start && bytes[at] !== DOT) break;
      const low = lowOf(a, b);
      lo[count] = low;
      hi[count] = highOf(a, low);
      meta[count++] = sections.name | (seenFlags.below << keyMeta.flagsShift);
    }
    if (count === first) return false;
    // The name itself is put again as what it is: the last of them.
    const isWhole = at < start;
    this.#batch.count = count - 1;
    const flags = isWhole ? seenFlags.exact : seenFlags.below;
    this.#put(hi[count - 1]!, lo[count - 1]!, sections.name, count - 1 - first, flags);
    this.#makeHost(hi[count - 1]!, lo[count - 1]!, sections.name);
    return isWhole;
  }

  /** An IPv4 address as a number, and now the host. */
  ipv4(address: number): void {
    this.#makeRoom();
    this.#put(0, address | 0, sections.ipv4, 0);
    this.#makeHost(0, address | 0, sections.ipv4);
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
    const low = lowOf(a, b);
    const high = highOf(a, low);
    this.#makeRoom();
    this.#putParent((groups[0]! << 16) | groups[1]!, (groups[2]! << 16) | groups[3]!, sections.ipv6Net);
    this.#put(high, low, sections.other, 1);
    this.#makeHost(high, low, sections.other);
  }

  /**
   * A URL at the host: its port, 0 for none, and its path without the first slash, as written; also the same without what is behind
   * `trimmedEnd`.
   */
  url(port: number, bytes: Uint8Array, tailStart: number, tailEnd: number, trimmedEnd: number): void {
    let parents = this.#beginAtHost();
    if (trimmedEnd !== tailEnd) {
      this.#hashAtHost(otherTags.url, port, bytes, tailStart, trimmedEnd);
      this.#putParent(this.#high, this.#low, sections.other);
      parents++;
    }
    this.#hashAtHost(otherTags.url, port, bytes, tailStart, tailEnd);
    this.#put(this.#high, this.#low, sections.other, parents);
  }

  /** An e-mail address with the host as its domain; letters of its local part are folded. */
  email(bytes: Uint8Array, localStart: number, localEnd: number): void {
    const parents = this.#beginAtHost();
    this.#hashAtHost(otherTags.email, 0, bytes, localStart, localEnd);
    this.#put(this.#high, this.#low, sections.other, parents);
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
    this.#makeRoom();
    this.#put(highOf(a, low), low, sections.other, 0);
  }

  #makeHost(hi: number, lo: number, section: number): void {
    this.#hostHi = hi;
    this.#hostLo = lo;
    this.#hostSection = section;
    this.#hostAt = this.#batch.count - 1;
  }

  /** Makes the host a parent of the key to come; says how many parents it has then. */
  #beginAtHost(): number {
    const { meta, entry, count } = this.#batch;
    if (this.#hostAt >= 0 && this.#hostAt === count - 1) {
      this.#leaves--;
      entry[this.#hostAt] = NO_ENTRY;
      return 1 + (meta[this.#hostAt]! >>> keyMeta.parentsShift);
    }
    this.#putParent(this.#hostHi, this.#hostLo, this.#hostSection);
    return 1;
  }

  /** Leaves the key in {@link #high} and {@link #low}. */
  #hashAtHost(tag: number, scope: number, bytes: Uint8Array, start: number, end: number): void {
    const { factorA, factorB } = this.#seed;
    let a = this.#starts[2 * tag]!;
    let b = this.#starts[2 * tag + 1]!;
    // The high half of an IPv4 address is 0.
    a = stepA(a, this.#hostSection === sections.ipv4 ? sections.ipv4 : this.#hostHi, factorA);
    b = stepB(b, a, factorB);
    a = stepA(a, this.#hostLo, factorA);
    b = stepB(b, a, factorB);
    a = stepA(a, scope, factorA);
    b = stepB(b, a, factorB);
    for (let at = start; at < end; at++) {
      a = stepA(a, tag === otherTags.email ? folded[bytes[at]!]! : bytes[at]!, factorA);
      b = stepB(b, a, factorB);
    }
    this.#low = lowOf(a, b);
    this.#high = highOf(a, this.#low);
  }

  #makeRoom(): void {
    if (this.#batch.count > CAPACITY - ROOM_MIN) this.flush();
  }

  #putParent(hi: number, lo: number, section: number): void {
    this.#put(hi, lo, section, 0);
    this.#leaves--;
    this.#batch.entry[this.#batch.count - 1] = NO_ENTRY;
  }

  /** @param parents - how many keys before it are parents of this one. */
  #put(hi: number, lo: number, section: number, parents: number, flags: number = seenFlags.exact): void {
    const batch = this.#batch;
    const at = batch.count++;
    batch.hi[at] = hi;
    batch.lo[at] = lo;
    batch.meta[at] = section | (flags << keyMeta.flagsShift) | (parents << keyMeta.parentsShift);
    batch.entry[at] = this.#entry;
    this.#leaves++;
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
