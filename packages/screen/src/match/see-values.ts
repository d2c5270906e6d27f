import { mappedIpv4Of } from '@comity/protocol/values';
import { limits } from '@comity/protocol/base';
import type { SeenKeys } from '../seen/index.ts';
import { isLocalByte, NO_PORT } from '../table/index.ts';
import type { ScanState } from './scan-state.ts';
import { findTail, tail } from './url.ts';

const SLASH = 47;
const COLON = 58;
const AT = 64;
const OPEN = 91;
const CLOSE = 93;
/** Of URLs inside URLs, which end at one place, so many are noted whole, that time stays linear; of all others the host is. */
const NESTED_URLS_MAX = 4;

/** Notes the token looked at, an IPv4 address or, when that is negative, a name, and what it is the host of. */
export function seeToken(state: ScanState, seen: SeenKeys, address: number): void {
  const { bytes, start, end, rawEnd, from } = state;
  if (address >= 0) seen.ipv4(address);
  else if (!seen.name(bytes, start, end)) return;
  const before = start > from ? bytes[start - 1]! : 0;
  const behind = rawEnd < state.to ? bytes[rawEnd]! : 0;
  if (before === AT && address < 0 && state.rawStart === start) seeEmail(state, seen);
  if (before === SLASH || behind === SLASH || behind === COLON) seeUrl(state, seen);
}

/** Notes the IPv6 address that stands at `bytes[start, end)`, and the URL it is the host of. The state keeps these two. */
export function seeIpv6(state: ScanState, groups: Uint16Array, hasQuad: boolean, start: number, end: number): void {
  const { seen } = state;
  if (seen === undefined) return;
  const quad = mappedIpv4Of(groups);
  if (quad >= 0) {
    if (!hasQuad) seen.ipv4(quad);
    return;
  }
  seen.ipv6(groups);
  if (!hasBrackets(state, start, end)) return;
  state.start = state.rawStart = start - 1;
  state.end = state.rawEnd = end + 1;
  seeUrl(state, seen);
  state.start = start;
  state.end = end;
}

/** Whether what stands at `bytes[start, end)` has brackets round it: as the host of a URL an IPv6 address has. */
export function hasBrackets({ bytes, from, to }: ScanState, start: number, end: number): boolean {
  return start > from && bytes[start - 1] === OPEN && end < to && bytes[end] === CLOSE;
}

function seeUrl(state: ScanState, seen: SeenKeys): void {
  if (!state.seesUrls || !findTail(state)) return;
  const { start, trimmedEnd, end } = tail;
  if (end - start > limits.valueCharsMax) return;
  if (end > start) {
    if (end !== state.seenUrlEnd) state.seenUrls = 0;
    state.seenUrlEnd = end;
    if (++state.seenUrls > NESTED_URLS_MAX) return;
  }
  const port = tail.port === NO_PORT ? 0 : tail.port;
  seen.url(port, state.bytes, start, end, trimmedEnd);
}

/** Notes the local part as far as its bytes are of one: what has others before it is a listed address only with these. */
function seeEmail({ bytes, from, start }: ScanState, seen: SeenKeys): void {
  const localEnd = start - 1;
  const floor = Math.max(from, localEnd - limits.valueCharsMax);
  let localStart = localEnd;
  while (localStart > floor && isLocalByte[bytes[localStart - 1]!] === 1) localStart--;
  if (localStart < localEnd) seen.email(bytes, localStart, localEnd);
}
