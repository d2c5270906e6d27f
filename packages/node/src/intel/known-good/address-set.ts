import { ipv4NumberOf, ipv6GroupsOf, ipv6TextOf, maskIpv4, maskIpv6 } from '@comity/protocol/values';

/** A network as written in a list, with the list it stands in. */
export interface ListedNetwork {
  readonly list: number;
  readonly entry: string;
}

interface Network {
  readonly version: 4 | 6;
  /** First address: the number for version 4, RFC 5952 text for version 6. */
  readonly first: string | number;
  readonly prefixBits: number;
}

/**
 * Known-good networks, asked by address or by network.
 *
 * One hash table a prefix length: at most 33 + 129 look-ups whatever the lists hold. A network that was asked for is
 * known good when a listed one contains it, and also when it contains a listed one: blocking 0.0.0.0/0 blocks them all.
 */
export class AddressSet {
  readonly #byPrefix = { 4: new Map<number, Map<string | number, ListedNetwork[]>>(), 6: new Map() as PrefixTables };
  /** Version 4 networks in order of their first address, for networks that contain them; made when first asked. */
  #sorted: { first: number; listed: ListedNetwork }[] | undefined;

  /** @returns Whether `entry` is an address or network (`192.0.2.0/24`, `2001:DB8::/32`, `192.0.2.1`). */
  add(entry: string, list: number): boolean {
    const network = parseNetwork(entry);
    if (network === undefined) return false;
    const tables = this.#byPrefix[network.version];
    let table = tables.get(network.prefixBits);
    if (table === undefined) tables.set(network.prefixBits, (table = new Map()));
    const there = table.get(network.first);
    if (there === undefined) table.set(network.first, [{ list, entry }]);
    else there.push({ list, entry });
    this.#sorted = undefined;
    return true;
  }

  /** @param text - an address or network in normal form. */
  find(text: string, wanted: (list: number) => boolean): ListedNetwork | undefined {
    const network = parseNetwork(text);
    if (network === undefined) return undefined;
    for (const [prefixBits, table] of this.#byPrefix[network.version]) {
      if (prefixBits > network.prefixBits) continue;
      const found = table.get(maskNetwork(network, prefixBits))?.find((listed) => wanted(listed.list));
      if (found !== undefined) return found;
    }
    const isWhole = network.prefixBits === (network.version === 4 ? 32 : 128);
    return isWhole ? undefined : this.#findInside(network, wanted);
  }

  #findInside(network: Network, wanted: (list: number) => boolean): ListedNetwork | undefined {
    if (network.version === 6) {
      for (const [prefixBits, table] of this.#byPrefix[6]) {
        if (prefixBits <= network.prefixBits) continue;
        for (const [first, listed] of table) {
          const masked = maskNetwork({ version: 6, first, prefixBits }, network.prefixBits);
          const found = masked === network.first ? listed.find((item) => wanted(item.list)) : undefined;
          if (found !== undefined) return found;
        }
      }
      return undefined;
    }
    this.#sorted ??= this.#sort();
    const first = network.first as number;
    const last = first + 2 ** (32 - network.prefixBits) - 1;
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#sorted[middle]!.first < first) low = middle + 1;
      else high = middle;
    }
    for (let index = low; index < this.#sorted.length && this.#sorted[index]!.first <= last; index += 1) {
      const { listed } = this.#sorted[index]!;
      if (wanted(listed.list)) return listed;
    }
    return undefined;
  }

  #sort(): { first: number; listed: ListedNetwork }[] {
    const all: { first: number; listed: ListedNetwork }[] = [];
    for (const table of this.#byPrefix[4].values()) {
      for (const [first, listed] of table)
        for (const item of listed) all.push({ first: first as number, listed: item });
    }
    return all.toSorted((a, b) => a.first - b.first);
  }
}

type PrefixTables = Map<number, Map<string | number, ListedNetwork[]>>;

function maskNetwork(network: Network, prefixBits: number): string | number {
  if (network.version === 4) return maskIpv4(network.first as number, prefixBits);
  const groups = ipv6GroupsOf(network.first as string);
  return groups === undefined ? '' : ipv6TextOf(maskIpv6(groups, prefixBits));
}

function parseNetwork(text: string): Network | undefined {
  const slash = text.indexOf('/');
  const address = slash < 0 ? text : text.slice(0, slash);
  const number = ipv4NumberOf(address);
  const bits = number >= 0 ? 32 : 128;
  const prefixText = slash < 0 ? String(bits) : text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(prefixText)) return undefined;
  const prefixBits = Number(prefixText);
  if (prefixBits > bits) return undefined;
  if (number >= 0) return { version: 4, first: maskIpv4(number, prefixBits), prefixBits };
  const groups = ipv6GroupsOf(address);
  return groups === undefined ? undefined : { version: 6, first: ipv6TextOf(maskIpv6(groups, prefixBits)), prefixBits };
}
