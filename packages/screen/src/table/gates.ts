import { hexDigit } from './bytes.ts';

/**
 * Cheap questions before a hash is looked up: does anything listed end in these letters, lie in this /24, begin with these
 * digits? They only ever open: after a removal they may let more through, never less.
 */
export class Gates {
  /** A bit for the last three bytes of a listed name, five bits of each: most names are none of ours by their end. */
  readonly nameEndBits = new Uint32Array(1024);
  /** A bit for each /24 of the IPv4 space. Allocated with the first IPv4 value. */
  ipv4Bits = new Uint32Array(0);
  /** A bit for each /16 that a network shorter than /32 touches: elsewhere only the address itself can be listed. */
  readonly ipv4NetworkBits = new Uint32Array(2048);
  /** Prefix lengths in use below 32, in no order. */
  readonly ipv4Prefixes: number[] = [];
  /** Prefix lengths in use, ascending. */
  readonly ipv6Prefixes: number[] = [];
  /** A bit for the hash of each /48 that a listed network lies in. Allocated with the first IPv6 value. */
  #ipv6SiteBits = new Uint32Array(0);
  /** A bit for the first five digits of a digest. Allocated with the first digest. */
  digestBits = new Uint32Array(0);
  /** Whether the number of hexadecimal digits of a token is that of a listed digest. */
  readonly digestLengths = new Uint8Array(129);

  get hasDigests(): boolean {
    return this.digestBits.length > 0;
  }

  /** Whether IPv6 text needs to be read: it may spell an IPv4-mapped address. */
  get readsIpv6(): boolean {
    return this.ipv6Prefixes.length > 0 || this.ipv4Bits.length > 0;
  }

  get bytes(): number {
    const { nameEndBits, ipv4Bits, ipv4NetworkBits, digestBits, digestLengths } = this;
    const arrays = [nameEndBits, ipv4Bits, ipv4NetworkBits, this.#ipv6SiteBits, digestBits, digestLengths];
    return arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** For the name that ends before `end`, of three bytes or more. */
  openName(bytes: Uint8Array, end: number): void {
    const bit = nameEndOf(bytes, end);
    this.nameEndBits[bit >>> 5]! |= 1 << (bit & 31);
  }

  /** Whether a listed name may end as the bytes before `end` do. */
  mayEndName(bytes: Uint8Array, end: number): boolean {
    const bit = nameEndOf(bytes, end);
    return ((this.nameEndBits[bit >>> 5]! >>> (bit & 31)) & 1) !== 0;
  }

  openIpv4(network: number, prefixBits: number): void {
    if (this.ipv4Bits.length === 0) this.ipv4Bits = new Uint32Array(1 << 19);
    openRange(this.ipv4Bits, network >>> 8, 24 - prefixBits);
    if (prefixBits === 32) return;
    openRange(this.ipv4NetworkBits, network >>> 16, 16 - prefixBits);
    if (!this.ipv4Prefixes.includes(prefixBits)) this.ipv4Prefixes.push(prefixBits);
  }

  /** Whether anything listed lies in the /24 of an address. */
  mayHoldIpv4(address: number): boolean {
    return ((this.ipv4Bits[address >>> 13]! >>> ((address >>> 8) & 31)) & 1) !== 0;
  }

  /** Whether a network shorter than /32 may hold an address. */
  isInIpv4Networks(address: number): boolean {
    return ((this.ipv4NetworkBits[address >>> 21]! >>> ((address >>> 16) & 31)) & 1) !== 0;
  }

  openIpv6(groups: Uint16Array, prefixBits: number): void {
    if (this.#ipv6SiteBits.length === 0) this.#ipv6SiteBits = new Uint32Array(1 << 15);
    if (prefixBits >= IPV6_SITE_BITS) {
      const bit = siteOf(groups);
      this.#ipv6SiteBits[bit >>> 5]! |= 1 << (bit & 31);
    }
    if (!this.ipv6Prefixes.includes(prefixBits)) this.ipv6Prefixes.push(prefixBits);
    this.ipv6Prefixes.sort((left, right) => left - right);
  }

  /** Whether a network of {@link IPV6_SITE_BITS} bits or more may hold an address. */
  mayHoldInSite(groups: Uint16Array): boolean {
    const bit = siteOf(groups);
    return ((this.#ipv6SiteBits[bit >>> 5]! >>> (bit & 31)) & 1) !== 0;
  }

  openDigest(digits: Uint8Array): void {
    if (this.digestBits.length === 0) this.digestBits = new Uint32Array(1 << 15);
    this.digestLengths[digits.length] = 1;
    const bit = firstDigitsOf(digits, 0);
    this.digestBits[bit >>> 5]! |= 1 << (bit & 31);
  }

  /** Whether the hexadecimal digits `bytes[start, end)` may be a listed digest. */
  mayBeDigest(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start >= this.digestLengths.length || this.digestLengths[end - start] === 0) return false;
    const bit = firstDigitsOf(bytes, start);
    return ((this.digestBits[bit >>> 5]! >>> (bit & 31)) & 1) !== 0;
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

/** The first five hexadecimal digits as a number. */
function firstDigitsOf(bytes: Uint8Array, start: number): number {
  let number = 0;
  for (let at = start; at < start + 5; at++) number = (number << 4) | hexDigit[bytes[at]!]!;
  return number;
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
