import { entryFlags, EntryList, entryTags, TAIL_UNIT_BYTES } from './entry-list.ts';
import { Gates } from './gates.ts';
import { finish, scoped, step, stepBytes, stepLabel } from './hash.ts';
import type { HashKey } from './hash.ts';
import { KeyIndex, uses } from './key-index.ts';
import { folded, isLocalByte } from './bytes.ts';
import { finishIpv6, finishUrl, hashDigest, hashIpv4, hashIpv6Start, hashUrlStart, stepIpv6 } from './keys.ts';
import { numbers } from './memory.ts';
import type { TableMemory } from './memory.ts';

/** Port of a URL that names none. URLs never carry 80 or 443, so either can stand for it. */
export const NO_PORT = 80;
/** In front of the path of a URL entry: the entry of its host (u32) and its port (u16). */
export const URL_HEAD_BYTES = 6;
/** In front of the local part of an e-mail entry: the entry of its host (u32). */
export const EMAIL_HEAD_BYTES = 4;
const DOT = 46;
const AT = 64;

/**
 * The entries, found by what they stand for. Every `find` compares the value itself: the hash only says where to look.
 *
 * Public fields are read by the matcher in its inner loop.
 */
export class EntrySet {
  readonly memory: TableMemory;
  readonly key: HashKey;
  readonly index: KeyIndex;
  readonly list: EntryList;
  readonly gates: Gates;
  /** By the entry of a host: the distinct lengths of the URL beginnings listed for it, in bytes, ascending. */
  readonly prefixLengths = new Map<number, number[]>();
  #prefixPairsRead = 0;

  constructor(memory: TableMemory) {
    const { header } = memory;
    this.memory = memory;
    this.key = { start: header[numbers.hashStart]! | 0, factor: header[numbers.hashFactor]! | 0 };
    this.list = new EntryList(memory);
    this.index = new KeyIndex(memory, (entry) => this.#usesOf(entry));
    this.gates = new Gates(memory);
    this.#readPrefixes();
  }

  /** Reads the directory again: another thread has changed it. */
  refresh(): void {
    this.index.refresh();
    this.list.refresh();
    this.gates.refresh();
    this.#readPrefixes();
  }

  /** Whether somebody lists the value of an entry. */
  isListed(entry: number): boolean {
    return (this.list.flags[entry]! & entryFlags.listed) !== 0;
  }

  // Names. Their hash runs from right to left, and a name and the listing of all below it share it.

  /**
   * The entry of the name `bytes[start, end)`, three bytes or more with a dot; -1 when there is none and none is to be made. A new one
   * comes with every name above it, which lead there; all share one text.
   *
   * @param use - what it is made for, of {@link uses}.
   */
  nameEntry(bytes: Uint8Array, start: number, end: number, tag: number, use: number, create: boolean): number {
    let state = this.key.start;
    let parents = 0;
    for (let labelEnd = end; ;) {
      const labelStart = labelStartOf(bytes, start, labelEnd);
      state = stepLabel(state, bytes, labelStart, labelEnd, this.key.factor);
      if (labelStart === start) break;
      // One label is never looked up.
      if (labelEnd !== end) {
        parentHashes[parents] = finish(state);
        parentStarts[parents++] = labelStart;
      }
      labelEnd = labelStart - 1;
    }
    const hash = finish(state);
    const found = this.#findNameHashed(hash, bytes, start, end, tag);
    if (!create || (found >= 0 && (this.#usesOf(found) & use) !== 0)) return found;
    const { list } = this;
    const textAt = found >= 0 ? list.at[found]! : list.store(bytes, start, end);
    this.gates.openName(bytes, end);
    // Above one that is marked all are.
    for (let parent = parents - 1; parent >= 0; parent--) {
      if (!this.#markParent(parentHashes[parent]!, bytes, parentStarts[parent]!, end, textAt - start, use)) break;
    }
    if (found >= 0) {
      this.index.open(hash, use);
      return found;
    }
    const entry = list.append(tag, textAt, end - start);
    this.index.put(hash, entry, use);
    return entry;
  }

  /** How the key of an entry may be asked for, by what it is there for; what was listed once counts. */
  #usesOf(entry: number): number {
    const tag = this.list.tag[entry]!;
    if (tag === entryTags.below) return uses.asName;
    if (tag !== entryTags.name) return uses.otherwise;
    const flags = this.list.flags[entry]!;
    const { listed, dead, parent, urlHost, mailHost, hostParent } = entryFlags;
    return (
      ((flags & (listed | dead | parent)) === 0 ? 0 : uses.asName) |
      ((flags & (urlHost | mailHost | hostParent)) === 0 ? 0 : uses.otherwise)
    );
  }

  #findNameHashed(hash: number, bytes: Uint8Array, start: number, end: number, tag: number): number {
    const { index, list } = this;
    if (!index.mayHaveName(hash)) return -1;
    for (let slot = index.firstSlot(hash); slot >= 0; slot = index.nextSlot(slot, hash)) {
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

  /** Says that below the name `bytes[start, end)` lies what was made for a use; false when that was known. */
  #markParent(hash: number, bytes: Uint8Array, start: number, end: number, textAt: number, use: number): boolean {
    const { index, list } = this;
    const mark = use === uses.asName ? entryFlags.parent : entryFlags.hostParent;
    let entry = this.#findNameHashed(hash, bytes, start, end, entryTags.name);
    if (entry < 0) {
      entry = list.append(entryTags.name, textAt + start, end - start);
      index.put(hash, entry, use);
    } else {
      if ((list.flags[entry]! & mark) !== 0) return false;
      index.open(hash, use);
    }
    list.mark(entry, mark);
    return true;
  }

  // Networks; an address is a network of one.

  findIpv4(network: number, prefixBits: number): number {
    const { index, list } = this;
    const hash = hashIpv4(this.key, network, prefixBits);
    if (!index.mayHave(hash)) return -1;
    for (let slot = index.firstSlot(hash); slot >= 0; slot = index.nextSlot(slot, hash)) {
      const entry = index.entryIn(slot);
      if (list.tag[entry] === entryTags.ipv4 && list.at[entry] === network && list.length[entry] === prefixBits)
        return entry;
    }
    return -1;
  }

  addIpv4(network: number, prefixBits: number): number {
    this.gates.openIpv4(network, prefixBits);
    const entry = this.list.append(entryTags.ipv4, network, prefixBits);
    this.index.put(hashIpv4(this.key, network, prefixBits), entry, uses.otherwise);
    return entry;
  }

  /** Entry of the network of this length, whose finished hash is given, that holds the address of these groups. */
  findIpv6(hash: number, groups: Uint16Array, prefixBits: number): number {
    const { index, list } = this;
    if (!index.mayHave(hash)) return -1;
    for (let slot = index.firstSlot(hash); slot >= 0; slot = index.nextSlot(slot, hash)) {
      const entry = index.entryIn(slot);
      if (list.tag[entry] === entryTags.ipv6 && list.length[entry] === prefixBits && list.holdsGroups(entry, groups))
        return entry;
    }
    return -1;
  }

  /** `groups` are masked to `prefixBits`. */
  addIpv6(groups: Uint16Array, prefixBits: number): number {
    this.gates.openIpv6(groups, prefixBits);
    for (let index = 0; index < 16; index++) groupBytes[index] = groups[index >> 1]! >> (index % 2 === 0 ? 8 : 0);
    const entry = this.list.append(entryTags.ipv6, this.list.store(groupBytes, 0, 16), prefixBits);
    this.index.put(this.hashIpv6(groups, prefixBits), entry, uses.otherwise);
    return entry;
  }

  /** Hash of the network of this length that holds the address of these groups. */
  hashIpv6(groups: Uint16Array, prefixBits: number): number {
    let state = hashIpv6Start(this.key);
    const whole = prefixBits >> 4;
    for (let index = 0; index < whole; index++) state = stepIpv6(this.key, state, groups[index]!);
    return finishIpv6(this.key, state, partialGroupOf(groups, prefixBits), prefixBits);
  }

  // What hangs on a host: URLs and the beginnings of URLs by host, port and path; e-mail addresses by host and local part.

  /** Entry of a URL (or beginning of one) of this host whose finished hash is given. */
  findUrl(hash: number, tag: number, host: number, port: number, tail: Uint8Array, start: number, end: number): number {
    const { index, list } = this;
    if (!index.mayHave(hash)) return -1;
    for (let slot = index.firstSlot(hash); slot >= 0; slot = index.nextSlot(slot, hash)) {
      const entry = index.entryIn(slot);
      if (list.tag[entry] !== tag || list.hostOf(entry) !== host || list.portOf(entry) !== port) continue;
      if (list.length[entry] === end - start && list.hasBytes(list.at[entry]! + URL_HEAD_BYTES, tail, start, end))
        return entry;
    }
    return -1;
  }

  /** The entry of the URL of this host, or the beginning of one, whose path is `tail[start, end)`; -1 when there is none and none is to be made. */
  urlEntry(
    tag: number,
    host: number,
    port: number,
    tail: Uint8Array,
    start: number,
    end: number,
    create: boolean,
  ): number {
    const { list, key } = this;
    const state = stepBytes(hashUrlStart(key, tag, host), tail, start, end, key.factor, 0);
    const hash = finishUrl(key, state, port);
    const found = this.findUrl(hash, tag, host, port, tail, start, end);
    if (found >= 0 || !create) return found;
    const at = list.store(tail, start, end, URL_HEAD_BYTES);
    list.putNumber(at, host, 4);
    list.putNumber(at + 4, port, 2);
    this.#openUrlHost(host, tag, port, end - start);
    const entry = list.append(tag, at, end - start);
    this.index.put(hash, entry, uses.otherwise);
    return entry;
  }

  #openUrlHost(host: number, tag: number, port: number, tailLength: number): void {
    const { list } = this;
    const isOdd = tag === entryTags.prefix || port !== NO_PORT;
    list.mark(host, entryFlags.urlHost | (isOdd ? entryFlags.oddHost : 0));
    if (tag === entryTags.url) {
      const units = Math.min(255, Math.ceil(tailLength / TAIL_UNIT_BYTES));
      if (units > list.tailUnits[host]!) list.tailUnits[host] = units;
      return;
    }
    if (this.prefixLengths.get(host)?.includes(tailLength) === true) return;
    const { memory } = this;
    const count = memory.header[numbers.prefixPairCount]!;
    if (count * 8 >= memory.sizeOf('prefixPairs')) memory.resize({ prefixPairs: count * 16 + 256 });
    const pairs = memory.u32('prefixPairs');
    pairs[count * 2] = host;
    pairs[count * 2 + 1] = tailLength;
    Atomics.store(memory.header, numbers.prefixPairCount, count + 1);
    this.#readPrefixes();
  }

  /** Takes in the pairs of host and length that came since. */
  #readPrefixes(): void {
    const pairs = this.memory.u32('prefixPairs');
    const count = this.memory.header[numbers.prefixPairCount]!;
    for (; this.#prefixPairsRead < count; this.#prefixPairsRead++) {
      const host = pairs[this.#prefixPairsRead * 2]!;
      const lengths = this.prefixLengths.get(host) ?? [];
      lengths.push(pairs[this.#prefixPairsRead * 2 + 1]!);
      lengths.sort((left, right) => left - right);
      this.prefixLengths.set(host, lengths);
    }
  }

  /**
   * Entries of the e-mail addresses whose local part ends at `end`, where their `@` is, and begins at `start` or later. A
   * local part begins behind a byte that is usually in none; behind which one, where the host has odd ones, is tried from
   * right to left.
   */
  findEmails(host: number, bytes: Uint8Array, start: number, end: number): number[] {
    const { list, key } = this;
    const isOddHost = (list.flags[host]! & entryFlags.oddHost) !== 0;
    const found: number[] = [];
    let state = scoped(key.start, entryTags.email, host);
    // Going no further than the last `@` keeps a line of addresses inside addresses linear.
    for (let at = end - 1; at >= start && bytes[at] !== AT; at--) {
      state = step(state, folded[bytes[at]!]!, key.factor);
      if (at > start && isLocalByte[bytes[at - 1]!] === 1) continue;
      const entry = this.#findEmailHashed(finish(state), host, bytes, at, end);
      if (entry >= 0) found.push(entry);
      if (!isOddHost) break;
    }
    return found;
  }

  #findEmailHashed(hash: number, host: number, bytes: Uint8Array, start: number, end: number): number {
    const { index, list } = this;
    if (!index.mayHave(hash)) return -1;
    for (let slot = index.firstSlot(hash); slot >= 0; slot = index.nextSlot(slot, hash)) {
      const entry = index.entryIn(slot);
      if (list.tag[entry] !== entryTags.email || list.hostOf(entry) !== host) continue;
      if (list.length[entry] === end - start && list.hasFolded(list.at[entry]! + EMAIL_HEAD_BYTES, bytes, start, end))
        return entry;
    }
    return -1;
  }

  /** The entry of the address at this host whose local part is `local[0, length)`, without `@`; -1 when there is none and none is to be made. */
  emailEntry(host: number, local: Uint8Array, length: number, create: boolean): number {
    const { list, key } = this;
    let state = scoped(key.start, entryTags.email, host);
    let isOdd = false;
    for (let at = length - 1; at >= 0; at--) {
      state = step(state, folded[local[at]!]!, key.factor);
      if (isLocalByte[local[at]!] === 0) isOdd = true;
    }
    const hash = finish(state);
    const found = this.#findEmailHashed(hash, host, local, 0, length);
    if (found >= 0 || !create) return found;
    const at = list.store(local, 0, length, EMAIL_HEAD_BYTES);
    list.putNumber(at, host, 4);
    list.mark(host, entryFlags.mailHost | (isOdd ? entryFlags.oddHost : 0));
    const entry = list.append(entryTags.email, at, length);
    this.index.put(hash, entry, uses.otherwise);
    return entry;
  }

  // Digests, by their hexadecimal digits; kept as binary.

  findDigest(bytes: Uint8Array, start: number, end: number): number {
    return this.findDigestHashed(hashDigest(this.key, bytes, start, end), bytes, start, end);
  }

  /** {@link findDigest} with the hash at hand. */
  findDigestHashed(hash: number, bytes: Uint8Array, start: number, end: number): number {
    const { index, list } = this;
    if (!index.mayHave(hash)) return -1;
    for (let slot = index.firstSlot(hash); slot >= 0; slot = index.nextSlot(slot, hash)) {
      const entry = index.entryIn(slot);
      if (list.tag[entry] === entryTags.digest && list.hasDigits(entry, bytes, start, end)) return entry;
    }
    return -1;
  }

  /** The entry of the digest of these hexadecimal digits, an even count; -1 when there is none and none is to be made. */
  digestEntry(digits: Uint8Array, count: number, create: boolean): number {
    const { list } = this;
    const hash = hashDigest(this.key, digits, 0, count);
    const found = this.findDigestHashed(hash, digits, 0, count);
    if (found >= 0 || !create) return found;
    this.gates.openDigest(digits, count);
    const entry = list.append(entryTags.digest, list.storeDigits(digits, count), count / 2);
    this.index.put(hash, entry, uses.otherwise);
    return entry;
  }
}

/** What the name just read has above it: one name is read at a time, of up to 253 bytes. */
const parentHashes = new Int32Array(256);
const parentStarts = new Uint32Array(256);
const groupBytes = new Uint8Array(16);

/** Where the label of `bytes[start, end)` that ends at `end` begins. */
function labelStartOf(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && bytes[at - 1] !== DOT) at--;
  return at;
}

/** The bits of the group that a prefix length cuts, others cleared; 0 when it cuts none. */
export function partialGroupOf(groups: Uint16Array, prefixBits: number): number {
  const bits = prefixBits & 15;
  return bits === 0 ? 0 : groups[prefixBits >> 4]! & (0xffff << (16 - bits));
}
