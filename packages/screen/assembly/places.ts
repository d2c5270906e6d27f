import { PLACE_BYTES, PLACES } from './scratch';

// What stands at a place; the two highest bits of what is reported.
/** In a token, a name. */
export const IN_NAME: u32 = 0;
/** In a token, a dotted quad. */
export const IN_QUAD: u32 = 1;
/** A colon of an IPv6 address. */
export const AT_COLON: u32 = 2;
/** The first of a run of hexadecimal digits. */
export const IN_DIGITS: u32 = 3;

let count: u32 = 0;
let next: usize = 0;

/** Begins a new list of places. */
export function beginPlaces(scratch: usize): void {
  count = 0;
  next = scratch + PLACES;
}

/**
 * Puts a place on the list: the offset of a byte, below 2^30, and what the kernel knows of it, so that nobody need find out again.
 *
 * @param border - of a token its first byte, of digits the byte behind the last.
 * @param nameStart - of a name where the first of its ends begins that may be listed.
 * @param known - of a name the state of its hash there, of digits the hash, of a quad the lengths of networks that may hold it, a bit each.
 */
export function putPlace(kind: u32, at: u32, border: u32, nameStart: u32, known: u32): void {
  store<u32>(next, (kind << 30) | at);
  store<u32>(next, border, 4);
  store<u32>(next, nameStart, 8);
  store<u32>(next, known, 12);
  next += PLACE_BYTES;
  count++;
}

export function placeCount(): u32 {
  return count;
}
