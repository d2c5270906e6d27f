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

/** Lower-case hexadecimal of bytes. */
export function hexOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += twoDigits[byte]!;
  return text;
}

const twoDigits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Standard base64 with padding (RFC 4648 §4). */
export function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

const base64Form = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Bytes of standard base64 with padding; undefined for anything else. One text for each bytes: bits that mean nothing must be zero,
 * which `atob` does not ask for.
 */
export function recogniseBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!base64Form.test(text)) return undefined;
  const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  return base64Of(bytes) === text ? bytes : undefined;
}
