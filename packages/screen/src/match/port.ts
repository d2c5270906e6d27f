import { isTokenByte } from '../table/index.ts';
import type { ScanState } from './scan-state.ts';

const COLON = 58;
const PORT_MAX = 65535;

/** Port behind the token looked at, or -1; what lost a dot or hyphen at its end has none. */
export function portAfterToken({ bytes, end, rawEnd, to }: ScanState): number {
  return rawEnd === end ? portAfter(bytes, end, to) : -1;
}

/** Port written at `at` as `:` and decimal digits, or -1. What follows it must be neither part of a token nor a colon and a digit. */
export function portAfter(bytes: Uint8Array, at: number, to: number): number {
  const end = portEnd(bytes, at, to);
  if (end < 0) return -1;
  let port = 0;
  for (let index = at + 1; index < end; index++) port = port * 10 + bytes[index]! - 48;
  return port;
}

/** Offset after the port written at `at`, or -1. */
export function portEnd(bytes: Uint8Array, at: number, to: number): number {
  if (at >= to || bytes[at] !== COLON) return -1;
  let end = at + 1;
  let port = 0;
  while (end < to && isDigit(bytes[end]!) && end - at <= 5) port = port * 10 + bytes[end++]! - 48;
  const digits = end - at - 1;
  if (digits === 0 || port > PORT_MAX || (digits > 1 && bytes[at + 1] === 48)) return -1;
  if (end < to && isTokenByte[bytes[end]!] === 1) return -1;
  // `192.0.2.1:12:30:00` is an address and a time.
  if (end + 1 < to && bytes[end] === COLON && isDigit(bytes[end + 1]!)) return -1;
  return end;
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}
