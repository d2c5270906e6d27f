import { hexDigit } from './bytes.ts';
import { numbers } from './memory.ts';
import type { TableMemory } from './memory.ts';

/**
 * Cheap questions before a hash is looked up: does anything listed end in these letters, lie in this /24, begin with these
 * digits? They only ever open: after a removal they may let more through, never less.
 */
export class Gates {
  readonly #memory: TableMemory;
  /** A bit for the last three bytes of a listed name, five bits of each: most names are none of ours by their end. */
  #nameEnds: Uint32Array = new Uint32Array(0);
  /** A bit for each /24 of the IPv4 space. Made with the first IPv4 value. */
  #ipv4Blocks: Uint32Array = new Uint32Array(0);
  /** A bit for each /20 that a network shorter than /32 touches: elsewhere only the address itself can be listed. */
  #ipv4Networks: Uint32Array = new Uint32Array(0);
  /** A bit for each prefix length below 32 in use. */
  #ipv4Prefixes = 0;
  /** Prefix lengths in use, ascending. */
  ipv6Prefixes: readonly number[] = [];
  /** A bit for the hash of each /48 that a listed network lies in. Made with the first IPv6 value. */
  #ipv6Sites: Uint32Array = new Uint32Array(0);
  /** A bit for the first 22 bits of a digest. Made with the first digest. */
  #digestStarts: Uint32Array = new Uint32Array(0);
  /** Whether the number of hexadecimal digits of a token is that of a listed digest. */
  #digestLengths: Uint8Array = new Uint8Array(0);

  constructor(memory: TableMemory) {
    this.#memory = memory;
    this.refresh();
  }

  /** Reads the directory again. */
  refresh(): void {
    const memory = this.#memory;
    this.#nameEnds = memory.u32('nameEnds');
    this.#ipv4Blocks = memory.u32('ipv4Blocks');
    this.#ipv4Networks = memory.u32('ipv4Networks');
    this.#ipv6Sites = memory.u32('ipv6Sites');
    this.#digestStarts = memory.u32('digestStarts');
    this.#digestLengths = memory.u8('digestLengths');
    this.#ipv4Prefixes = memory.header[numbers.ipv4Prefixes]! | 0;
    this.ipv6Prefixes = bitsIn(memory.header, numbers.ipv6Prefixes, 129);
  }

  get hasDigests(): boolean {
    return this.#digestLengths.length > 0;
  }

  /** Whether IPv6 text needs to be read: it may spell an IPv4-mapped address. */
  get readsIpv6(): boolean {
    return this.#ipv6Sites.length > 0 || this.#ipv4Blocks.length > 0;
  }

  /** For the name that ends before `end`, of three bytes or more. */
  openName(bytes: Uint8Array, end: number): void {
    if (this.#nameEnds.length === 0) this.#make({ nameEnds: 1 << 12 });
    const bit = nameEndOf(bytes, end);
    this.#nameEnds[bit >>> 5]! |= 1 << (bit & 31);
  }

  /** Whether a listed name may end as the bytes before `end` do. */
  mayEndName(bytes: Uint8Array, end: number): boolean {
    const bit = nameEndOf(bytes, end);
    return ((this.#nameEnds[bit >>> 5]! >>> (bit & 31)) & 1) !== 0;
  }

  openIpv4(network: number, prefixBits: number): void {
    if (this.#ipv4Blocks.length === 0) this.#make({ ipv4Blocks: 1 << 21, ipv4Networks: 1 << 17 });
    openRange(this.#ipv4Blocks, network >>> 8, 24 - prefixBits);
    if (prefixBits === 32) return;
    openRange(this.#ipv4Networks, network >>> 12, 20 - prefixBits);
    this.#memory.header[numbers.ipv4Prefixes]! |= 1 << prefixBits;
    this.#ipv4Prefixes |= 1 << prefixBits;
  }

  /** Whether anything listed lies in the /24 of an address. */
  mayHoldIpv4(address: number): boolean {
    return ((this.#ipv4Blocks[address >>> 13]! >>> ((address >>> 8) & 31)) & 1) !== 0;
  }

  /** The prefix lengths below 32 of which a network may hold an address, a bit each. */
  prefixesOf(address: number): number {
    const isIn = (this.#ipv4Networks[address >>> 17]! >>> ((address >>> 12) & 31)) & 1;
    return isIn === 0 ? 0 : this.#ipv4Prefixes;
  }

  openIpv6(groups: Uint16Array, prefixBits: number): void {
    if (this.#ipv6Sites.length === 0) this.#make({ ipv6Sites: 1 << 17 });
    if (prefixBits >= IPV6_SITE_BITS) {
      const bit = siteOf(groups);
      this.#ipv6Sites[bit >>> 5]! |= 1 << (bit & 31);
    }
    this.#memory.header[numbers.ipv6Prefixes + (prefixBits >>> 5)]! |= 1 << (prefixBits & 31);
    if (!this.ipv6Prefixes.includes(prefixBits)) this.refresh();
  }

  /** Whether a network of {@link IPV6_SITE_BITS} bits or more may hold an address. */
  mayHoldInSite(groups: Uint16Array): boolean {
    const bit = siteOf(groups);
    return ((this.#ipv6Sites[bit >>> 5]! >>> (bit & 31)) & 1) !== 0;
  }

  /** For the digest of the first `count` of these hexadecimal digits. */
  openDigest(digits: Uint8Array, count: number): void {
    if (this.#digestLengths.length === 0) this.#make({ digestStarts: 1 << 19, digestLengths: 129 });
    this.#digestLengths[count] = 1;
    const bit = firstBitsOf(digits, 0);
    this.#digestStarts[bit >>> 5]! |= 1 << (bit & 31);
  }

  /** Whether the hexadecimal digits `bytes[start, end)` may be a listed digest. */
  mayBeDigest(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start >= this.#digestLengths.length || this.#digestLengths[end - start] === 0) return false;
    const bit = firstBitsOf(bytes, start);
    return ((this.#digestStarts[bit >>> 5]! >>> (bit & 31)) & 1) !== 0;
  }

  #make(bytesOf: Parameters<TableMemory['resize']>[0]): void {
    this.#memory.resize(bytesOf);
    this.refresh();
  }
}

/** What one site gets (RFC 6177): addresses of different ones are rarely listed. */
export const IPV6_SITE_BITS = 48;

/** Twenty bits of the first three groups. */
function siteOf(groups: Uint16Array): number {
  return Math.imul(Math.imul((groups[0]! << 16) | groups[1]!, 0x9e37_79b1) ^ groups[2]!, 0x85eb_ca6b) >>> 12;
}

/** Fifteen bits; letters of either case are the same. */
function nameEndOf(bytes: Uint8Array, end: number): number {
  return ((bytes[end - 3]! & 31) << 10) | ((bytes[end - 2]! & 31) << 5) | (bytes[end - 1]! & 31);
}

/** The first 22 bits of what hexadecimal digits stand for. */
function firstBitsOf(digits: Uint8Array, start: number): number {
  let number = 0;
  for (let at = start; at < start + 6; at++) number = (number << 4) | hexDigit[digits[at]!]!;
  return number >>> 2;
}

/**
 * Sets `2 ** sizeBits` bits from `first` on, one when `sizeBits` is 0 or less. `first` is a multiple of their number, as
 * the address of a network is of its size, so 32 bits and more are whole words: a bit at a time, 0.0.0.0/0 is 16 million.
 */
function openRange(bits: Uint32Array, first: number, sizeBits: number): void {
  if (sizeBits >= 5) {
    bits.fill(0xffff_ffff, first >>> 5, (first >>> 5) + 2 ** (sizeBits - 5));
    return;
  }
  const last = sizeBits > 0 ? first + 2 ** sizeBits - 1 : first;
  for (let bit = first; bit <= last; bit++) bits[bit >>> 5]! |= 1 << (bit & 31);
}

/** Indices of the bits that are set in the words from `at` on. */
function bitsIn(words: Uint32Array, at: number, count: number): number[] {
  return Array.from({ length: count }, (_, bit) => bit).filter(
    (bit) => ((words[at + (bit >>> 5)]! >>> (bit & 31)) & 1) !== 0,
  );
}
