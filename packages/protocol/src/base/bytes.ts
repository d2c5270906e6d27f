import { ComityError } from './error.ts';

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
const lenientDecoder = new TextDecoder('utf-8', { ignoreBOM: false });

/** UTF-8 bytes of a string; lone surrogates become U+FFFD. */
export function utf8Bytes(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/**
 * Text of untrusted UTF-8 bytes; a leading byte-order mark is dropped.
 *
 * @throws {ComityError} `ENCODING_MALFORMED` when the bytes are not UTF-8.
 */
export function parseUtf8(bytes: Uint8Array, place = 'input'): string {
  try {
    return strictDecoder.decode(bytes);
  } catch (cause) {
    throw new ComityError('ENCODING_MALFORMED', `Cannot read ${place}: it is not UTF-8 text`, { cause });
  }
}

/** Text of bytes in any state, for showing: what is not UTF-8 becomes U+FFFD. */
export function showUtf8(bytes: Uint8Array): string {
  return lenientDecoder.decode(bytes);
}

/** Lower-case hexadecimal of bytes. Joined at once: a text that grows by pieces is slow to look up by. */
export function hexOf(bytes: Uint8Array): string {
  const digits: string[] = [];
  for (let index = 0; index < bytes.length; index++) digits.push(twoDigits[bytes[index]!]!);
  return digits.join('');
}

/** All of some runs of bytes, one after the other. */
export function joinBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

const twoDigits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Standard base64 with padding (RFC 4648 §4). */
export function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

// The last sign before the padding has bits that mean nothing: here they are zero, which `atob` does not ask for.
const base64Form = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$/;

/** Bytes of standard base64 with padding; undefined for anything else. One text for each bytes. */
export function recogniseBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!base64Form.test(text)) return undefined;
  const signs = atob(text);
  const bytes = new Uint8Array(signs.length);
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = signs.charCodeAt(index);
  return bytes;
}
