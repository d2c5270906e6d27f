import { maskIpv4, mappedIpv4Of } from '@comity/protocol/values';
import { entryFlags } from '../table/index.ts';
import type { EntrySet } from '../table/index.ts';
import type { HitList } from './hits.ts';
import { relationIndex } from './hits.ts';
import { portAfter } from './port.ts';
import { reportUrl } from './url.ts';

/** Reports every listed network that holds an address, seen at `bytes[start, end)`, and the URLs on it. */
export function reportIpv4(
  set: EntrySet,
  bytes: Uint8Array,
  address: number,
  start: number,
  end: number,
  rawStart: number,
  rawEnd: number,
  from: number,
  to: number,
  hits: HitList,
): void {
  for (const prefixBits of set.gates.ipv4Prefixes) {
    const entry = set.findIpv4(maskIpv4(address, prefixBits), prefixBits);
    if (entry < 0) continue;
    if (set.isListed(entry)) {
      const relation = prefixBits === 32 ? relationIndex.exact : relationIndex.cidr;
      hits.push(start, end, entry, relation, rawEnd === end ? portAfter(bytes, end, to) : -1);
    }
    const isUrlHost = prefixBits === 32 && (set.list.flags[entry]! & entryFlags.urlHost) !== 0;
    if (isUrlHost) reportUrl(set, entry, bytes, start, end, rawStart, rawEnd, from, to, hits);
  }
}

/** The masked groups last asked for. */
const masked = new Uint16Array(8);

function maskInto(out: Uint16Array, groups: ArrayLike<number>, prefixBits: number): Uint16Array {
  const whole = prefixBits >> 4;
  for (let index = 0; index < 8; index++) out[index] = index < whole ? groups[index]! : 0;
  if (whole < 8) out[whole] = groups[whole]! & (0xffff << (16 - (prefixBits & 15)));
  return out;
}

const OPEN = 91;
const CLOSE = 93;

/** {@link reportIpv4} for the groups of an IPv6 address; an IPv4-mapped one is the IPv4 address, unless that stands there dotted. */
export function reportIpv6(
  set: EntrySet,
  bytes: Uint8Array,
  groups: ArrayLike<number>,
  hasQuad: boolean,
  start: number,
  end: number,
  from: number,
  to: number,
  hits: HitList,
): void {
  const isBracketed = start > from && bytes[start - 1] === OPEN && end < to && bytes[end] === CLOSE;
  const hostStart = isBracketed ? start - 1 : start;
  const hostEnd = isBracketed ? end + 1 : end;
  const port = isBracketed ? portAfter(bytes, hostEnd, to) : -1;
  const quad = mappedIpv4Of(groups);
  if (quad >= 0) {
    if (!hasQuad) reportMapped(set, quad, start, end, port, hits);
    return;
  }
  for (const prefixBits of set.gates.ipv6Prefixes) {
    const entry = set.findIpv6(prefixBits === 128 ? groups : maskInto(masked, groups, prefixBits), prefixBits);
    if (entry < 0) continue;
    if (set.isListed(entry)) {
      hits.push(start, end, entry, prefixBits === 128 ? relationIndex.exact : relationIndex.cidr, port);
    }
    const isUrlHost = prefixBits === 128 && (set.list.flags[entry]! & entryFlags.urlHost) !== 0;
    if (isUrlHost && isBracketed) reportUrl(set, entry, bytes, hostStart, hostEnd, hostStart, hostEnd, from, to, hits);
    else if (isUrlHost) hits.push(start, end, entry, relationIndex.gate, port);
  }
}

function reportMapped(set: EntrySet, address: number, start: number, end: number, port: number, hits: HitList): void {
  for (const prefixBits of set.gates.ipv4Prefixes) {
    const entry = set.findIpv4(maskIpv4(address, prefixBits), prefixBits);
    if (entry < 0 || !set.isListed(entry)) continue;
    hits.push(start, end, entry, prefixBits === 32 ? relationIndex.exact : relationIndex.cidr, port);
  }
}
