import { ipv4NumberOf, ipv6GroupsOf, maskIpv4 } from '../../values/index.ts';

/** Addresses with the same first bits. */
export class Network {
  readonly #words: readonly number[];
  readonly bits: number;

  /** @param words - 32-bit words of an address: one of IPv4, four of IPv6. */
  constructor(words: readonly number[], bits: number) {
    this.bits = bits;
    this.#words = maskWords(words, bits);
  }

  /** Whether every address of `other` is one of these; networks of two versions share none. */
  contains(other: Network): boolean {
    if (other.bits < this.bits || other.#words.length !== this.#words.length) return false;
    const masked = maskWords(other.#words, this.bits);
    return this.#words.every((word, index) => word === masked[index]);
  }

  /** One key for each network of `bits` first bits around it: what an index looks it up by. */
  keyAt(bits: number): string | number {
    const [first = 0] = this.#words;
    return this.#words.length === 1 ? ipv4KeyAt(first, bits) : `${bits} ${maskWords(this.#words, bits).join(' ')}`;
  }
}

/** {@link Network.keyAt} of an IPv4 address as a number. */
export function ipv4KeyAt(address: number, bits: number): number {
  return maskIpv4(address, bits) * 64 + bits;
}

const bitsForm = /^(?:0|[1-9]\d{0,2})$/;

/** An address, or a network in CIDR notation, bits beyond the prefix ignored; undefined for other text (STIX 2.1 §6.8, §6.9). */
export function parseNetwork(text: string): Network | undefined {
  const slash = text.indexOf('/');
  const address = slash < 0 ? text : text.slice(0, slash);
  const words = wordsOf(address);
  if (words === undefined) return undefined;
  const suffix = text.slice(slash + 1);
  if (slash >= 0 && !bitsForm.test(suffix)) return undefined;
  const bits = slash < 0 ? words.length * 32 : Number(suffix);
  return bits <= words.length * 32 ? new Network(words, bits) : undefined;
}

function wordsOf(address: string): number[] | undefined {
  const number = ipv4NumberOf(address);
  if (number >= 0) return [number];
  const groups = ipv6GroupsOf(address);
  if (groups === undefined) return undefined;
  return [0, 2, 4, 6].map((index) => groups[index]! * 0x1_0000 + groups[index + 1]!);
}

function maskWords(words: readonly number[], bits: number): number[] {
  return words.map((word, index) => {
    const own = Math.min(32, Math.max(0, bits - index * 32));
    return own === 0 ? 0 : (word & (-1 << (32 - own))) >>> 0;
  });
}
