import { maskIpv4, mappedIpv4Of } from '@comity/protocol/values';
import { entryFlags, finishIpv6, hashIpv6Start, IPV6_SITE_BITS, partialGroupOf, stepIpv6 } from '../table/index.ts';
import { firstBitOf } from './byte-masks.ts';
import { relationIndex } from './hits.ts';
import { portAfter, portAfterToken } from './port.ts';
import type { ScanState } from './scan-state.ts';
import { hasBrackets, seeIpv6 } from './see-values.ts';
import { reportUrl } from './url.ts';

/**
 * Reports every listed network that holds an address, the token looked at, and the URLs on it.
 *
 * @param prefixes - a bit for each prefix length below 32 that is asked for.
 */
export function reportIpv4(state: ScanState, address: number, prefixes: number): void {
  const entry = reportIpv4Networks(state, address, prefixes, portAfterToken(state));
  if (entry >= 0 && (state.set.list.flags[entry]! & entryFlags.urlHost) !== 0) reportUrl(state, entry);
}

/** Reports the listed networks that hold an address; returns the entry of the address itself, or -1. */
function reportIpv4Networks(state: ScanState, address: number, prefixes: number, port: number): number {
  const { set, start, end, hits } = state;
  for (let bits = prefixes | 0; bits !== 0; bits &= bits - 1) {
    const prefixBits = firstBitOf(bits);
    const entry = set.findIpv4(maskIpv4(address, prefixBits), prefixBits);
    if (entry >= 0 && set.isListed(entry)) hits.push(start, end, entry, relationIndex.cidr, port);
  }
  const entry = set.findIpv4(address, 32);
  if (entry >= 0 && set.isListed(entry)) hits.push(start, end, entry, relationIndex.exact, port);
  return entry;
}

/**
 * {@link reportIpv4} for the groups of an IPv6 address that stands at `bytes[start, end)`; an IPv4-mapped one is the IPv4
 * address, unless that stands there dotted.
 */
export function reportIpv6(state: ScanState, groups: Uint16Array, hasQuad: boolean, start: number, end: number): void {
  const { set, bytes, to, hits } = state;
  const isBracketed = hasBrackets(state, start, end);
  const port = isBracketed ? portAfter(bytes, end + 1, to) : -1;
  state.start = start;
  state.end = end;
  if (state.seen !== undefined) seeIpv6(state, groups, hasQuad, start, end);
  const quad = mappedIpv4Of(groups);
  if (quad >= 0) {
    if (!hasQuad) reportIpv4Networks(state, quad, set.gates.prefixesOf(quad), port);
    return;
  }
  let hash = hashIpv6Start(set.key);
  let hashedGroups = 0;
  const isInSite = set.gates.mayHoldInSite(groups);
  for (const prefixBits of set.gates.ipv6Prefixes) {
    if (prefixBits >= IPV6_SITE_BITS && !isInSite) return;
    for (; hashedGroups < prefixBits >> 4; hashedGroups++) hash = stepIpv6(set.key, hash, groups[hashedGroups]!);
    const finished = finishIpv6(set.key, hash, partialGroupOf(groups, prefixBits), prefixBits);
    const entry = set.findIpv6(finished, groups, prefixBits);
    if (entry < 0) continue;
    if (set.isListed(entry)) {
      hits.push(start, end, entry, prefixBits === 128 ? relationIndex.exact : relationIndex.cidr, port);
    }
    const isUrlHost = prefixBits === 128 && (set.list.flags[entry]! & entryFlags.urlHost) !== 0;
    if (isUrlHost && isBracketed) reportBracketedHost(state, entry);
    else if (isUrlHost) hits.push(start, end, entry, relationIndex.gate, port);
  }
}

/** As the host of a URL, an IPv6 address has its brackets. */
function reportBracketedHost(state: ScanState, entry: number): void {
  state.start--;
  state.end++;
  state.rawStart = state.start;
  state.rawEnd = state.end;
  reportUrl(state, entry);
}
