import { createPrivateKey, createPublicKey, hash, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { hexOf } from '@comity/protocol/base';
import { algorithmBytes, makeVerifierKey, signatureKinds } from '@comity/protocol/tlog';
import type { NoteSigner, SignatureAlgorithm, SignatureClaim, SignatureKind, TlogCrypto } from '@comity/protocol/tlog';

/** What stands before the bytes of a public key (RFC 8410 §4, RFC 9881 §4), and before a seed of 32 bytes (RFC 8410 §7, RFC 9881 §6). */
const derPrefixes = {
  ed25519: { public: '302a300506032b6570032100', seed: '302e020100300506032b657004220420' },
  'ml-dsa-44': {
    public: '30820532300b06096086480165030403110382052100',
    seed: '3034020100300b060960864801650304031104228020',
  },
} as const satisfies Record<SignatureAlgorithm, { public: string; seed: string }>;

/** Keys that were read: reading one takes as long as verifying with it. */
const keysMax = 1000;

/** The cryptography of the platform. */
export interface NativeCrypto extends TlogCrypto {
  /** As {@link TlogCrypto.verify}, on another thread. */
  readonly verifyLater: (claim: SignatureClaim) => Promise<boolean>;
}

/** The cryptography of the platform. Remembers the keys it verified with. */
export function createNativeCrypto(): NativeCrypto {
  const read = new Map<string, KeyObject>();
  const keyOf = (algorithm: SignatureAlgorithm, bytes: Uint8Array): KeyObject => {
    const name = hexOf(bytes);
    const known = read.get(name);
    if (known !== undefined) return known;
    const key = createPublicKey({ key: der(derPrefixes[algorithm].public, bytes), format: 'der', type: 'spki' });
    if (read.size >= keysMax) read.clear();
    read.set(name, key);
    return key;
  };
  return {
    sha256: (bytes) => hash('sha256', bytes, 'buffer'),
    verify: ({ algorithm, publicKey, message, signature }) =>
      verify(null, message, keyOf(algorithm, publicKey), signature),
    verifyLater: ({ algorithm, publicKey, message, signature }) =>
      new Promise((resolve, reject) =>
        verify(null, message, keyOf(algorithm, publicKey), signature, (error, isValid) =>
          error === null ? resolve(isValid) : reject(error),
        ),
      ),
  };
}

/** Whoever signs, at once or on another thread. */
export interface SeedSigner extends NoteSigner {
  readonly signLater: (message: Uint8Array) => Promise<Uint8Array>;
}

/**
 * Whoever signs with the key made of a seed.
 *
 * @param seed - 32 bytes that are secret.
 */
export function signerOfSeed(name: string, kind: SignatureKind, seed: Uint8Array, crypto: TlogCrypto): SeedSigner {
  const { algorithm } = signatureKinds[kind];
  const secret = createPrivateKey({ key: der(derPrefixes[algorithm].seed, seed), format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(secret).export({ format: 'der', type: 'spki' });
  const publicKey = Uint8Array.from(spki.subarray(spki.length - algorithmBytes[algorithm].publicKey));
  const key = makeVerifierKey({ name, kind, publicKey }, crypto.sha256);
  return {
    key,
    sign: (message) => sign(null, message, secret),
    signLater: (message) =>
      new Promise((resolve, reject) =>
        sign(null, message, secret, (error, signature) => (error === null ? resolve(signature) : reject(error))),
      ),
  };
}

function der(prefix: string, bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(prefix, 'hex'), bytes]);
}
