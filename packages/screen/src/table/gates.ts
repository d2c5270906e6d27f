import { finish } from './hash.ts';

/**
 * Cheap questions before a hash is looked up: is anything listed that ends in this label, lies in this /24, has this prefix
 * length? They only ever open: after a removal they may let more through, never less.
 */
export class Gates {
  /** A bit for each of 65,536 hashes of a last label. */
  readonly suffixBits = new Uint32Array(2048);
  /** A bit for each /24 of the IPv4 space. Allocated with the first IPv4 value. */
  ipv4Bits = new Uint32Array(0);
  /** Prefix lengths in use, in no order. */
  readonly ipv4Prefixes: number[] = [];
  readonly ipv6Prefixes: number[] = [];
  /** Whether the number of hexadecimal digits of a token is that of a listed digest. */
  readonly digestLengths = new Uint8Array(129);
  hasDigests = false;
  /** Whether anything but an IPv4 value needs IPv6 text to be read: it may spell an IPv4-mapped address. */
  get readsIpv6(): boolean {
    return this.ipv6Prefixes.length > 0 || this.ipv4Prefixes.length > 0;
  }

  get bytes(): number {
    return this.suffixBits.byteLength + this.ipv4Bits.byteLength + this.digestLengths.byteLength;
  }

  openSuffix(state: number): void {
    const bit = finish(state) >>> 16;
    this.suffixBits[bit >>> 5]! |= 1 << (bit & 31);
  }

  openIpv4(network: number, prefixBits: number): void {
    if (this.ipv4Bits.length === 0) this.ipv4Bits = new Uint32Array(1 << 19);
    if (!this.ipv4Prefixes.includes(prefixBits)) this.ipv4Prefixes.push(prefixBits);
    const first = network >>> 8;
    const last = prefixBits >= 24 ? first : first + (1 << (24 - prefixBits)) - 1;
    for (let net = first; net <= last; net++) this.ipv4Bits[net >>> 5]! |= 1 << (net & 31);
  }

  openIpv6(prefixBits: number): void {
    if (!this.ipv6Prefixes.includes(prefixBits)) this.ipv6Prefixes.push(prefixBits);
  }
}
