/**
 * Addresses as numbers: by hand, since every feed row and every record passes here; tests hold it equal to ipaddr.js.
 */

const DOT = 46;
const COLON = 58;

/**
 * Number of a whole dotted quad, or -1. Four decimal numbers of 0 to 255 without leading zeros: `010.0.0.1` is octal to
 * some readers and decimal to others, so it is neither here.
 */
export function ipv4NumberOf(text: string): number {
  const length = text.length;
  if (length < 7 || length > 15) return -1;
  let address = 0;
  let octet = 0;
  let digits = 0;
  let dots = 0;
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code === DOT) {
      if (digits === 0 || dots === 3) return -1;
      address = address * 256 + octet;
      octet = 0;
      digits = 0;
      dots++;
      continue;
    }
    if (code < 48 || code > 57 || (digits > 0 && octet === 0)) return -1;
    octet = octet * 10 + code - 48;
    if (octet > 255) return -1;
    digits++;
  }
  return dots === 3 && digits > 0 ? address * 256 + octet : -1;
}

/** Dotted quad of an unsigned 32-bit number. */
export function ipv4TextOf(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** The address with all but its first `prefixBits` bits cleared. */
export function maskIpv4(address: number, prefixBits: number): number {
  return prefixBits === 0 ? 0 : (address & (-1 << (32 - prefixBits))) >>> 0;
}

function hexDigitOf(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/**
 * The eight 16-bit groups of an IPv6 address in any spelling of RFC 4291 §2.2 (compressed, upper case, leading zeros,
 * final dotted quad), or undefined. No brackets, no zone.
 */
export function ipv6GroupsOf(text: string): number[] | undefined {
  const length = text.length;
  if (length < 2 || length > 45) return undefined;
  const groups = [0, 0, 0, 0, 0, 0, 0, 0];
  let count = 0;
  let gap = -1;
  let at = 0;
  if (text.charCodeAt(0) === COLON) {
    if (text.charCodeAt(1) !== COLON) return undefined;
    gap = 0;
    at = 2;
  }
  while (at < length) {
    const from = at;
    let group = 0;
    for (let digit = 0; at < length && (digit = hexDigitOf(text.charCodeAt(at))) >= 0; at++) group = group * 16 + digit;
    if (at < length && text.charCodeAt(at) === DOT) {
      const quad = ipv4NumberOf(text.slice(from));
      if (quad < 0 || count > 6) return undefined;
      groups[count++] = quad >>> 16;
      groups[count++] = quad & 0xffff;
      break;
    }
    if (at === from || at - from > 4 || count === 8) return undefined;
    groups[count++] = group;
    if (at === length) break;
    if (text.charCodeAt(at) !== COLON || ++at === length) return undefined;
    if (text.charCodeAt(at) === COLON) {
      if (gap >= 0) return undefined;
      gap = count;
      at++;
    }
  }
  if (gap < 0) return count === 8 ? groups : undefined;
  if (count === 8) return undefined;
  // What stands behind the gap moves to the end.
  for (let index = 7; index >= gap; index--) {
    const from = index - 8 + count;
    groups[index] = from >= gap ? groups[from]! : 0;
  }
  return groups;
}

/** Text of eight groups. Spec: RFC 5952 §4: lower case, no leading zeros, the first longest run of two or more zeros is `::`. */
export function ipv6TextOf(groups: ArrayLike<number>): string {
  let bestStart = -1;
  let bestLength = 1;
  for (let start = 0; start < 8; start++) {
    let end = start;
    while (end < 8 && groups[end] === 0) end++;
    if (end - start > bestLength) {
      bestStart = start;
      bestLength = end - start;
    }
    if (end > start) start = end;
  }
  let text = '';
  for (let index = 0; index < 8; index++) {
    if (index === bestStart) {
      text += '::';
      index += bestLength - 1;
      continue;
    }
    if (text !== '' && !text.endsWith(':')) text += ':';
    text += groups[index]!.toString(16);
  }
  return text;
}

/** The groups with all but their first `prefixBits` bits cleared. */
export function maskIpv6(groups: ArrayLike<number>, prefixBits: number): number[] {
  const masked: number[] = [];
  for (let index = 0; index < 8; index++) {
    const bits = Math.min(16, Math.max(0, prefixBits - index * 16));
    masked.push(groups[index]! & (0xffff << (16 - bits)) & 0xffff);
  }
  return masked;
}

/** The dotted quad inside an IPv4-mapped address (`::ffff:0:0/96`, RFC 4291 §2.5.5.2), or -1. */
export function mappedIpv4Of(groups: ArrayLike<number>): number {
  for (let index = 0; index < 5; index++) if (groups[index] !== 0) return -1;
  return groups[5] === 0xffff ? groups[6]! * 0x10000 + groups[7]! : -1;
}
