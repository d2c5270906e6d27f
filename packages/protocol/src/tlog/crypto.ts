/** SHA-256 of some bytes: 32 new bytes. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** Signatures that are verified: Ed25519 (RFC 8032, pure) and ML-DSA-44 (FIPS 204, pure, empty context). */
export type SignatureAlgorithm = 'ed25519' | 'ml-dsa-44';

/** One signature to be judged. Lengths are those of the algorithm: they are checked before. */
export interface SignatureClaim {
  readonly algorithm: SignatureAlgorithm;
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * The cryptography everything here is given, since each platform has one that is many times faster than any written in the
 * language. `portableCrypto` is one for every platform.
 */
export interface TlogCrypto {
  readonly sha256: Sha256;
  /** Whether the signature is the key's over the message. Throws nothing, whatever the bytes. */
  readonly verify: (claim: SignatureClaim) => boolean;
}

/** Bytes of a public key, and of a signature without its time. */
export const algorithmBytes = {
  ed25519: { publicKey: 32, signature: 64 },
  'ml-dsa-44': { publicKey: 1312, signature: 2420 },
} as const satisfies Record<SignatureAlgorithm, { publicKey: number; signature: number }>;
