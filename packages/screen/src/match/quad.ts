import { hexDigit } from '../table/index.ts';

const DOT = 46;
const HYPHEN = 45;
const IPV4_CHARS_MIN = 7;
const IPV4_CHARS_MAX = 15;

/** Number of the dotted quad `bytes[start, end)`, or -1: four numbers of 0 to 255 without leading zeros. */
export function ipv4In(bytes: Uint8Array, start: number, end: number): number {
  const last = bytes[end - 1]! ^ 48;
  if (last > 9 || end - start < IPV4_CHARS_MIN || end - start > IPV4_CHARS_MAX) return -1;
  let address = 0;
  let octet = 0;
  let digits = 0;
  let dots = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === DOT) {
      if (digits === 0 || dots === 3) return -1;
      address = (address << 8) | octet;
      octet = 0;
      digits = 0;
      dots++;
      continue;
    }
    const digit = hexDigit[byte]!;
    if (digit > 9 || (digits > 0 && octet === 0)) return -1;
    octet = octet * 10 + digit;
    if (octet > 255) return -1;
    digits++;
  }
  return dots === 3 && digits > 0 ? ((address << 8) | octet) >>> 0 : -1;
}

/** Dots and hyphens at the ends of a token are no part of it. */
export function isTrimmed(byte: number): boolean {
  return byte === DOT || byte === HYPHEN;
}
