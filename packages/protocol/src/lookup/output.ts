import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8Bytes } from '../base/index.ts';

/** Bytes of the name of a record: the beginning of the output. */
export const nameBytes = 16;
/** Bytes of what names one generation of a holder's set. */
export const generationBytes = 16;

const recordInfo = utf8Bytes('comity/lookup/v1 record');

/** By what a set knows a value: says nothing of it to whoever cannot have its output. */
export function nameOfOutput(output: Uint8Array): Uint8Array {
  return output.subarray(0, nameBytes);
}

/**
 * The key of a value's record in one generation, 32 bytes: used for this one text and no other, so that no nonce is needed.
 *
 * Of the part of the output that the name does not tell (HKDF of RFC 5869 with SHA-256).
 */
export function recordKeyOf(output: Uint8Array, generation: Uint8Array): Uint8Array {
  return hkdf(sha256, output.subarray(nameBytes), generation, recordInfo, 32);
}
