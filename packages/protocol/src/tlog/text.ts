import { joinBytes, ComityError, quote, recogniseBase64, utf8Bytes } from '../base/index.ts';

/** An error about the form of something untrusted. */
export function malformed(message: string): ComityError {
  return new ComityError('LEDGER_MALFORMED', message);
}

/** An error about a claim that signatures or proofs do not bear out. */
export function unproven(message: string): ComityError {
  return new ComityError('LEDGER_UNPROVEN', message);
}

// A byte-order mark is part of what was signed, so it stays.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Untrusted text, of bytes or of a string, such that its UTF-8 form says the same and nothing else.
 *
 * @throws {ComityError} `INPUT_TOO_LARGE`, `ENCODING_MALFORMED`.
 */
export function textOf(input: string | Uint8Array, bytesMax: number, place: string): string {
  // A code unit of a string is at least one byte of it in UTF-8.
  if (input.length > bytesMax) {
    throw new ComityError(
      'INPUT_TOO_LARGE',
      `Cannot read ${place}: ${input.length} bytes, at most ${bytesMax} are read`,
    );
  }
  if (typeof input === 'string') {
    if (input.isWellFormed()) return input;
    throw new ComityError('ENCODING_MALFORMED', `Cannot read ${place}: half of a character pair is not UTF-8 text`);
  }
  try {
    return decoder.decode(input);
  } catch (cause) {
    throw new ComityError('ENCODING_MALFORMED', `Cannot read ${place}: it is not UTF-8 text`, { cause });
  }
}

const decimalForm = /^(?:0|[1-9][0-9]{0,15})$/;

/**
 * A whole number as all formats here write it: no sign, no leading zero, up to 2^53−1.
 *
 * @throws {ComityError} `LEDGER_MALFORMED`.
 */
export function parseDecimal(text: string, place: string): number {
  const value = Number(text);
  if (decimalForm.test(text) && Number.isSafeInteger(value)) return value;
  throw malformed(`Cannot read ${place}: ${quote(text)} is not a number from 0 to 2^53-1 without leading zeros`);
}

/**
 * Bytes of standard base64 with padding, in its one form.
 *
 * @throws {ComityError} `LEDGER_MALFORMED`.
 */
export function parseBase64(text: string, place: string): Uint8Array {
  const bytes = recogniseBase64(text);
  if (bytes !== undefined) return bytes;
  throw malformed(`Cannot read ${place}: ${quote(text)} is not base64 in its one form`);
}

/** @throws {ComityError} `LEDGER_MALFORMED` for what is not the base64 of 32 bytes. */
export function parseHash(text: string, place: string): Uint8Array {
  const bytes = parseBase64(text, place);
  if (bytes.length === hashBytes) return bytes;
  throw malformed(`Cannot read ${place}: a hash of ${bytes.length} bytes, not ${hashBytes}`);
}

/** Bytes of a SHA-256 hash. */
export const hashBytes = 32;

/** Lines of a text that ends with a newline, without the newlines. */
export function linesOf(text: string): string[] {
  return text.slice(0, -1).split('\n');
}

/** Whether two runs of bytes are the same. Of public bytes: the time tells where they differ. */
export function areBytesEqual(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index += 1) if (one[index] !== other[index]) return false;
  return true;
}

/** A number as eight bytes, the highest first. */
export function u64Bytes(value: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

/** A text of at most 255 bytes, its length in front. */
export function prefixedText(text: string): Uint8Array<ArrayBuffer> {
  const bytes = utf8Bytes(text);
  return joinBytes(Uint8Array.of(bytes.length), bytes);
}
