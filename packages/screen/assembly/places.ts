import { PLACES } from './scratch';

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

/** Puts a place on the list: the offset of a byte, below 2^30. */
export function putPlace(kind: u32, at: u32): void {
  store<u32>(next, (kind << 30) | at);
  next += 4;
  count++;
}

export function placeCount(): u32 {
  return count;
}
