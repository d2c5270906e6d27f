import { entryFlags, EntryList, entryTags, TAIL_UNIT_BYTES } from './entry-list.ts';
import { Gates } from './gates.ts';
import { finish, hashKeyOf, step } from './hash.ts';
import type { HashKey } from './hash.ts';
import { KeyIndex } from './key-index.ts';
import { folded, isLocalByte } from './bytes.ts';
import { hashBytes, hashIpv4, hashIpv6, hashUrlStart } from './keys.ts';
import type { KeyHash } from './keys.ts';

/** In front of the path of a URL entry: the entry of its host (u32) and its port (u16). */
export const URL_HEAD_BYTES = 6;
/** In front of the local part of an e-mail entry: the entry of its host (u32). */
export const EMAIL_HEAD_BYTES = 4;
const DOT = 46;

/**
 * The entries, found by what they stand for. Every `find` compares the value itself: the hash only says where to look.
 *
 * Public fields are read by the matcher in its inner loop.
 */
export class EntrySet {
  readonly key: HashKey;
  index: KeyIndex;
  readonly list: EntryList;
  readonly gates = new Gates();
  /** By the entry of a host: the distinct lengths of the URL beginnings listed for it, in bytes, ascending. */
  readonly prefixLengths = new Map<number, number[]>();
  readonly #hash: KeyHash = { hash1: 0, hash2: 0 };

  constructor(seed: number, expectedValues: number) {
    this.key = hashKeyOf(seed);
    this.index = new KeyIndex(expectedValues);
    this.list = new EntryList(expectedValues + 64, expectedValues * 16 + 1024);
  }

  get bytes(): number {
    return this.index.bytes + this.list.bytes + this.gates.bytes + this.prefixLengths.size * 96;
  }

  /** Whether somebody lists the value of an entry. */
  isListed(entry: number): boolean {
    return (this.list.flags[entry]! & entryFlags.listed) !== 0;
  }

  // Names. Their hash runs from right to left, and a name and the listing of all below it share it.

  findName(bytes: Uint8Array, start: number, end: number, tag: number): number {
    let state1 = this.key.start1;
    let state2 = this.key.start2;
    for (let at = end - 1; at >= start; at--) {
      state1 = step(state1, bytes[at]! | 32, this.key.factor1);
      state2 = step(state2, bytes[at]! | 32, this.key.factor2);
    }
    return this.#findNameHashed(finish(state1), finish(state2), bytes, start, end, tag);
  }

  #findNameHashed(hash1: number, hash2: number, bytes: Uint8Array, start: number, end: number, tag: number): number {
    const { index, list } = this;
    for (let slot = index.firstSlot(hash1, hash2); slot >= 0; slot = index.nextSlot(slot, hash2)) {
      const entry = index.entryIn(slot);
      if (list.tag[entry] === tag && this.isName(entry, bytes, start, end)) return entry;
    }
    return -1;
  }

  /** Whether the name of an entry is `bytes[start, end)`, upper and lower case alike. */
  isName(entry: number, bytes: Uint8Array, start: number, end: number): boolean {
    const { length, arena } = this.list;
    if (length[entry] !== end - start) return false;
    const at = this.list.at[entry]! - start;
    for (let index = start; index < end; index++) if (arena[at + index] !== folded[bytes[index]!]) return false;
    return true;
  }

  /** Adds a name and every name above it, which lead there; all share one text. */
  addName(bytes: Uint8Array, start: number, end: number, tag: number): number {
    const { key, list } = this;
    const textAt = list.store(bytes, start, end) - start;
    let state1 = key.start1;
    let state2 = key.start2;
    let labels = 0;
    for (let at = end - 1; at >= start; at--) {
      if (bytes[at] === DOT) {
        if (++labels === 1) this.gates.openSuffix(state1);
        else this.#markParent(finish(state1), finish(state2), bytes, at + 1, end, textAt);
      }
      state1 = step(state1, bytes[at]! | 32, key.factor1);
      state2 = step(state2, bytes[at]! | 32, key.factor2);
    }
    const entry = list.append(tag, textAt + start, end - start);
    this.#put(finish(state1), finish(state2), entry);
    return entry;
  }

  #markParent(hash1: number, hash2: number, bytes: Uint8Array, start: number, end: number, textAt: number): void {
    let entry = this.#findNameHashed(hash1, hash2, bytes, start, end, entryTags.name);
    if (entry < 0) {
      entry = this.list.append(entryTags.name, textAt + start, end - start);
      this.#put(hash1, hash2, entry);
    }
    this.list.flags[entry]! |= entryFlags.parent;
  }

  // Networks; an address is a network of one.

  findIpv4(network: number, prefixBits: number): number {
    const { index, list } = this;
    const { hash1, hash2 } = hashIpv4(this.key, network, prefixBits, this.#hash);
    if (!index.mayHave(hash1, hash2)) return -1;
    for (let slot = index.firstSlot(hash1, hash2); slot >= 0; slot = index.nextSlot(slot, hash2)) {
      const entry = index.entryIn(slot);
      if (list.tag[entry] === entryTags.ipv4 && list.at[entry] === network && list.length[entry] === prefixBits)
        return entry;
    }
    return -1;
  }

  addIpv4(network: number, prefixBits: number): number {
    this.gates.openIpv4(network, prefixBits);
    const entry = this.list.append(entryTags.ipv4, network, prefixBits);
    const { hash1, hash2 } = hashIpv4(this.key, network, prefixBits, this.#hash);
    this.#put(hash1, hash2, entry);
    return entry;
  }

  /** `groups` are masked to `prefixBits`. */
  findIpv6(groups: ArrayLike<number>, prefixBits: number): number {
    const { index, list } = this;
    const { hash1, hash2 } = hashIpv6(this.key, groups, prefixBits, this.#hash);
    if (!index.mayHave(hash1, hash2)) return -1;
    for (let slot = index.firstSlot(hash1, hash2); slot >= 0; slot = index.nextSlot(slot, hash2)) {
      const entry = index.entryIn(slot);
      if (list.tag[entry] === entryTags.ipv6 && list.length[entry] === prefixBits && list.hasGroups(entry, groups))
        return entry;
    }
    return -1;
  }

  addIpv6(groups: ArrayLike<number>, prefixBits: number): number {
    this.gates.openIpv6(prefixBits);
    const bytes = Uint8Array.from({ length: 16 }, (_, index) => groups[index >> 1]! >> (index % 2 === 0 ? 8 : 0));
    const entry = this.list.append(entryTags.ipv6, this.list.store(bytes, 0, 16), prefixBits);
    const { hash1, hash2 } = hashIpv6(this.key, groups, prefixBits, this.#hash);
    this.#put(hash1, hash2, entry);
    return entry;
  }

  // What hangs on a host: URLs and the beginnings of URLs by host, port and path; e-mail addresses by host and local part.

  /** Entry of a URL (or beginning of one) of this host whose finished hash is given. */
  findUrl(
    hash1: number,
    hash2: number,
    tag: number,
    host: number,
    port: number,
    tail: Uint8Array,
    start: number,
    end: number,
  ): number {
    const { index, list } = this;
    if (!index.mayHave(hash1, hash2)) return -1;
    for (let slot = index.firstSlot(hash1, hash2); slot >= 0; slot = index.nextSlot(slot, hash2)) {
      const entry = index.entryIn(slot);
      if (list.tag[entry] !== tag || list.hostOf(entry) !== host || list.portOf(entry) !== port) continue;
      if (list.length[entry] === end - start && list.hasBytes(list.at[entry]! + URL_HEAD_BYTES, tail, start, end))
        return entry;
    }
    return -1;
  }

  addUrl(tag: number, host: number, port: number, tail: Uint8Array): number {
    const { list } = this;
    const { hash1, hash2 } = this.hashUrl(tag, host, port, tail);
    const head = Uint8Array.of(host, host >>> 8, host >>> 16, host >>> 24, port, port >>> 8);
    const at = list.store(head, 0, URL_HEAD_BYTES);
    list.store(tail, 0, tail.length);
    this.#openUrlHost(host, tag, tail.length);
    const entry = list.append(tag, at, tail.length);
    this.#put(hash1, hash2, entry);
    return entry;
  }

  hashUrl(tag: number, host: number, port: number, tail: Uint8Array): KeyHash {
    const { key } = this;
    let state1 = hashUrlStart(key.start1, tag, host, port);
    let state2 = hashUrlStart(key.start2, tag, host, port);
    for (const byte of tail) {
      state1 = step(state1, byte, key.factor1);
      state2 = step(state2, byte, key.factor2);
    }
    this.#hash.hash1 = finish(state1);
    this.#hash.hash2 = finish(state2);
    return this.#hash;
  }

  #openUrlHost(host: number, tag: number, tailLength: number): void {
    const { list } = this;
    list.flags[host]! |= entryFlags.urlHost;
    if (tag === entryTags.url) {
      const units = Math.min(255, Math.ceil(tailLength / TAIL_UNIT_BYTES));
      if (units > list.tailUnits[host]!) list.tailUnits[host] = units;
      return;
    }
    const lengths = this.prefixLengths.get(host) ?? [];
    if (!lengths.includes(tailLength)) lengths.push(tailLength);
    lengths.sort((left, right) => left - right);
    this.prefixLengths.set(host, lengths);
  }

  /**
   * Entries of the e-mail addresses that end before the `@` at `end`: their key is the run of usual characters before
   * it, so `brien@` and `o'brien@` are both found.
   */
  findEmails(host: number, bytes: Uint8Array, start: number, runStart: number, end: number): number[] {
    const { index, list } = this;
    const { hash1, hash2 } = hashBytes(this.key, entryTags.email, host, bytes, runStart, end, this.#hash);
    if (!index.mayHave(hash1, hash2)) return [];
    const found: number[] = [];
    for (let slot = index.firstSlot(hash1, hash2); slot >= 0; slot = index.nextSlot(slot, hash2)) {
      const entry = index.entryIn(slot);
      if (list.tag[entry] !== entryTags.email || list.hostOf(entry) !== host) continue;
      const localStart = end - list.length[entry]!;
      if (localStart < start || (localStart > start && isLocalByte[bytes[localStart - 1]!] === 1)) continue;
      if (list.hasFolded(list.at[entry]! + EMAIL_HEAD_BYTES, bytes, localStart, end)) found.push(entry);
    }
    return found;
  }

  addEmail(host: number, local: Uint8Array, runStart: number): number {
    const { list } = this;
    const head = Uint8Array.of(host, host >>> 8, host >>> 16, host >>> 24);
    const at = list.store(head, 0, EMAIL_HEAD_BYTES);
    list.store(local, 0, local.length);
    list.flags[host]! |= entryFlags.mailHost;
    const entry = list.append(entryTags.email, at, local.length);
    const { hash1, hash2 } = hashBytes(this.key, entryTags.email, host, local, runStart, local.length, this.#hash);
    this.#put(hash1, hash2, entry);
    return entry;
  }

  // Digests, by their hexadecimal digits; kept as binary.

  findDigest(bytes: Uint8Array, start: number, end: number): number {
    const { index, list } = this;
    const { hash1, hash2 } = hashBytes(this.key, entryTags.digest, end - start, bytes, start, end, this.#hash);
    if (!index.mayHave(hash1, hash2)) return -1;
    for (let slot = index.firstSlot(hash1, hash2); slot >= 0; slot = index.nextSlot(slot, hash2)) {
      const entry = index.entryIn(slot);
      if (list.tag[entry] === entryTags.digest && list.hasDigits(entry, bytes, start, end)) return entry;
    }
    return -1;
  }

  addDigest(digits: Uint8Array): number {
    const { list } = this;
    const binary = Uint8Array.from({ length: digits.length / 2 }, (_, index) =>
      Number.parseInt(String.fromCharCode(digits[2 * index]!, digits[2 * index + 1]!), 16),
    );
    this.gates.digestLengths[digits.length] = 1;
    this.gates.hasDigests = true;
    const entry = list.append(entryTags.digest, list.store(binary, 0, binary.length), binary.length);
    const { hash1, hash2 } = hashBytes(this.key, entryTags.digest, digits.length, digits, 0, digits.length, this.#hash);
    this.#put(hash1, hash2, entry);
    return entry;
  }

  #put(hash1: number, hash2: number, entry: number): void {
    if (this.index.isFull) this.index = this.index.grown(this.list.hash1);
    this.list.hash1[entry] = hash1;
    this.index.put(hash1, hash2, entry);
  }
}
