import { hexOf } from '../base/index.ts';
import type { Sha256 } from '../tlog/index.ts';

declare const brand: unique symbol;
/** What a public key is called: SHA-256 of its bytes, in lower-case hexadecimal. */
export type KeyId = string & { readonly [brand]: 'KeyId' };

/** The id of a public key, as its algorithm writes it: 32 bytes of Ed25519, 1312 of ML-DSA-44. */
export function keyIdOf(publicKey: Uint8Array, sha256: Sha256): KeyId {
  return hexOf(sha256(publicKey)) as KeyId;
}
