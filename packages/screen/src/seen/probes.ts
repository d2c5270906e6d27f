import { ipv4NumberOf, ipv6GroupsOf, valueKinds } from '@comity/protocol/values';
import type { Value } from '@comity/protocol/values';
import { isLocalByte } from '../table/index.ts';
import type { KeyRange } from './run-file.ts';
import { sections, seenFlags } from './seen-key.ts';
import type { KeySeed } from './seen-key.ts';
import { SeenKeys } from './seen-keys.ts';

/**
 * What an answer rests on: the value itself, or a part of it that never is without it (the host of a URL, the domain of an
 * address, the /64 of an IPv6 network), so that only the records can tell.
 */
export type Basis = 'value' | 'part';

/** Keys under which a value was noted if it was seen. */
export interface Probe extends KeyRange {
  /** `seenFlags` of which a cell must have one. */
  readonly flags: number;
  readonly basis: Basis;
}

const anyFlag = seenFlags.exact | seenFlags.below;
const encoder = new TextEncoder();

/**
 * Says the probes of values in normal form. Empty for what is not noted: kinds that are not screened, and names whose last label
 * begins with a digit.
 *
 * For many values: what it makes keys with takes 64 kB.
 */
export function openProber(seed: KeySeed): (value: Value) => readonly Probe[] {
  const maker = new ProbeMaker(seed);
  return ({ kind, value }) => {
    if (!valueKinds[kind].screened) return [];
    maker.begin();
    if (kind === 'domain') {
      return value.startsWith('*.')
        ? maker.name(value.slice(2), seenFlags.below, 'value')
        : maker.name(value, anyFlag, 'value');
    }
    if (kind === 'ipv4' || kind === 'ipv6') return maker.network(value);
    if (kind === 'url') return maker.url(value);
    return kind === 'email' ? maker.email(value) : maker.digest(value);
  };
}

/** Makes keys the way a scan does, so that both are the same. */
class ProbeMaker {
  readonly #keys: SeenKeys;
  #found: { section: number; hi: number; lo: number }[] = [];

  constructor(seed: KeySeed) {
    this.#keys = new SeenKeys(seed, {
      join: () => {
        throw new Error('Assertion failed: values that are asked for are not scanned');
      },
      take: ({ hi, lo, meta, count }) => {
        for (let at = 0; at < count; at++)
          this.#found.push({ section: meta[at]! & 3, hi: hi[at]! >>> 0, lo: lo[at]! >>> 0 });
      },
    });
  }

  /** Forgets what is left of another value: of a name that is none, its parents are. */
  begin(): void {
    this.#keys.flush();
    this.#found = [];
  }

  name(name: string, flags: number, basis: Basis): Probe[] {
    const bytes = encoder.encode(name);
    if (!this.#keys.name(bytes, 0, bytes.length)) return [];
    return this.#last(basis, flags);
  }

  network(text: string): Probe[] {
    const slash = text.indexOf('/');
    const address = slash < 0 ? text : text.slice(0, slash);
    const number = ipv4NumberOf(address);
    if (number >= 0) {
      const size = 2 ** (32 - (slash < 0 ? 32 : Number(text.slice(slash + 1))));
      return [
        {
          section: sections.ipv4,
          fromHi: 0,
          fromLo: number,
          toHi: 0,
          toLo: number + size - 1,
          flags: anyFlag,
          basis: 'value',
        },
      ];
    }
    const groups = ipv6GroupsOf(address);
    if (groups === undefined) return [];
    const prefixBits = slash < 0 ? 128 : Number(text.slice(slash + 1));
    return prefixBits === 128 ? this.#address6(groups, 'value') : [network6(groups, prefixBits)];
  }

  url(text: string): Probe[] {
    const slash = text.indexOf('/');
    const [, bracketed, plain, port] = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(text.slice(0, slash)) ?? [];
    const host = bracketed ?? plain ?? '';
    const isNumeric = bracketed !== undefined || ipv4NumberOf(host) >= 0;
    const probes = isNumeric ? this.network(host) : this.name(host, seenFlags.exact, 'part');
    const ofHost = probes.map((probe): Probe => ({ ...probe, basis: 'part' }));
    if (ofHost.length === 0 || text.endsWith('*')) return ofHost;
    if (isNumeric && bracketed === undefined) this.#keys.ipv4(ipv4NumberOf(host));
    const tail = encoder.encode(text.slice(slash + 1));
    this.#keys.url(Number(port ?? 0), tail, 0, tail.length, tail.length);
    return [...this.#last('value'), ...ofHost];
  }

  email(text: string): Probe[] {
    const at = text.lastIndexOf('@');
    const ofDomain = this.name(text.slice(at + 1), seenFlags.exact, 'part');
    const local = encoder.encode(text.slice(0, at));
    // What stands before the `@` is noted as far as its bytes are of a local part; of others only the domain tells.
    if (ofDomain.length === 0 || !local.every((byte) => isLocalByte[byte] === 1)) return ofDomain;
    this.#keys.email(local, 0, local.length);
    return this.#last('value');
  }

  digest(text: string): Probe[] {
    const digits = encoder.encode(text);
    this.#keys.digest(digits, 0, digits.length);
    return this.#last('value');
  }

  #address6(groups: readonly number[], basis: Basis): Probe[] {
    this.#keys.ipv6(Uint16Array.from(groups));
    this.#keys.flush();
    const key = this.#found.find(({ section }) => section === sections.other)!;
    this.#found = [];
    return [pointOf(key, basis, anyFlag)];
  }

  #last(basis: Basis, flags: number = anyFlag): Probe[] {
    this.#keys.flush();
    const key = this.#found.at(-1)!;
    this.#found = [];
    return [pointOf(key, basis, flags)];
  }
}

function pointOf({ section, hi, lo }: { section: number; hi: number; lo: number }, basis: Basis, flags: number): Probe {
  return { section, fromHi: hi, fromLo: lo, toHi: hi, toLo: lo, flags, basis };
}

/** A network of up to /64 is a range of what is noted of addresses, a longer one lies in one key. */
function network6(groups: readonly number[], prefixBits: number): Probe {
  const halfOf = (first: number, bits: number, fill: number): number => {
    const half =
      (((groups[first]! << 16) | groups[first + 1]!) >>> 0) & (bits <= 0 ? 0 : bits >= 32 ? -1 : -1 << (32 - bits));
    return (half | (fill & (bits <= 0 ? -1 : bits >= 32 ? 0 : ~(-1 << (32 - bits))))) >>> 0;
  };
  return {
    section: sections.ipv6Net,
    fromHi: halfOf(0, prefixBits, 0),
    fromLo: halfOf(2, prefixBits - 32, 0),
    toHi: halfOf(0, prefixBits, -1),
    toLo: halfOf(2, prefixBits - 32, -1),
    flags: anyFlag,
    basis: prefixBits > 64 ? 'part' : 'value',
  };
}
