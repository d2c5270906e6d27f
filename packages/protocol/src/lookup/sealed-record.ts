import { assert, joinBytes, parseUtf8, utf8Bytes } from '../base/index.ts';
import { malformed, unproven, viewOf } from './bytes.ts';
import { nameBytes, nameOfOutput, recordKeyOf } from './output.ts';

/** Bytes by which a sealed text is longer. */
export const sealBytes = 16;
/** Bytes of the length before the text in a record. */
const lengthBytes = 2;
export const cellBytesMin = 128;
export const cellBytesMax = 4096;

/**
 * Authenticated encryption under a key that is used once: AES-256-GCM or ChaCha20-Poly1305 with a nonce of twelve zeros, the tag
 * behind the text. Both sides of a federation use AES-256-GCM.
 */
export interface OnceSeal {
  /** @param key - 32 bytes. */
  seal(key: Uint8Array, text: Uint8Array): Uint8Array;
  /** Undefined when it was not sealed with this key, or is not whole. */
  open(key: Uint8Array, sealed: Uint8Array): Uint8Array | undefined;
}

/** Bytes a text may have in a record of `cellBytes`. */
export function textBytesOf(cellBytes: number): number {
  return cellBytes - nameBytes - sealBytes - lengthBytes;
}

/**
 * A record as it lies in a set: the name, then the text, filled up to the one size all have, under a key that only whoever knows
 * the value can have.
 *
 * @param text - at most {@link textBytesOf} bytes of UTF-8.
 */
export function sealRecord(
  output: Uint8Array,
  text: string,
  { generation, cellBytes }: { readonly generation: Uint8Array; readonly cellBytes: number },
  crypto: OnceSeal,
): Uint8Array<ArrayBuffer> {
  const bytes = utf8Bytes(text);
  const filled = new Uint8Array(textBytesOf(cellBytes) + lengthBytes);
  assert(bytes.length + lengthBytes <= filled.length, 'the text fits into its record');
  viewOf(filled).setUint16(0, bytes.length);
  filled.set(bytes, lengthBytes);
  return joinBytes(nameOfOutput(output), crypto.seal(recordKeyOf(output, generation), filled));
}

/**
 * The text of a record.
 *
 * @param cell - hostile; begins with the name of `output`.
 * @throws {ComityError} `LOOKUP_UNPROVEN` when it was not sealed for this value; `LOOKUP_MALFORMED` when what was sealed is no text.
 */
export function openRecord(output: Uint8Array, cell: Uint8Array, generation: Uint8Array, crypto: OnceSeal): string {
  const filled = crypto.open(recordKeyOf(output, generation), cell.subarray(nameBytes));
  if (filled === undefined) throw unproven('Cannot open the record: it was not sealed for this value');
  const length = filled.length < lengthBytes ? 0 : viewOf(filled).getUint16(0);
  const text = filled.subarray(lengthBytes, lengthBytes + length);
  const isFilled =
    filled.length >= lengthBytes + length && filled.subarray(lengthBytes + length).every((byte) => byte === 0);
  if (!isFilled) throw malformed('Cannot read the record: it is not filled up as it should be');
  try {
    return parseUtf8(text, 'the record');
  } catch (cause) {
    throw malformed('Cannot read the record: it is no text', cause);
  }
}
