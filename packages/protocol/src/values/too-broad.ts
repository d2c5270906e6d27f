import { quote } from '../base/index.ts';
import type { Value } from './kinds.ts';
import { isPublicSuffix } from './suffix.ts';

/** IANA gives a registry, which serves a continent, no larger block than a /8 of IPv4 and a /12 of IPv6. */
const prefixBitsMin = { ipv4: 8, ipv6: 12 } as const;

/**
 * Why to look for a value would be to find a part of everything there is, in the words of a message that go on after the value; undefined
 * when it can be looked for. So are public suffixes (`co.uk`, `*.co.uk`), below which anybody registers names, and networks larger
 * than any registry has. A platform that lets names to customers (`github.io`, `ddns.net`) is not: it is one owner's, and dynamic
 * DNS is listed whole on purpose.
 *
 * @param value - in normal form, as `parseValue` gives it.
 */
export function whyTooBroad({ kind, value }: Value): string | undefined {
  if (kind === 'domain') {
    const name = value.startsWith('*.') ? value.slice(2) : value;
    return isPublicSuffix(name)
      ? `${quote(name)} is a public suffix, so every name registered below it would match`
      : undefined;
  }
  if (kind !== 'ipv4' && kind !== 'ipv6') return undefined;
  const slash = value.indexOf('/');
  const bitsMin = prefixBitsMin[kind];
  return slash >= 0 && Number(value.slice(slash + 1)) < bitsMin
    ? `it is larger than a /${bitsMin}, the most that any registry of addresses has`
    : undefined;
}
