import { createHash, hash } from 'node:crypto';
import { hexOf } from '@comity/protocol/base';
import { algorithmBytes, makeVerifierKey, signatureKinds } from '@comity/protocol/tlog';
import type { NoteSigner, SignatureKind, TlogCrypto } from '@comity/protocol/tlog';
import { createNativeCrypto, signerOfSeed } from '../../packages/node/src/keys/index.ts';

/** Cryptography and the keys made for it. */
export interface SimCrypto {
  readonly crypto: TlogCrypto;
  /** The key that comes of a word, always the same. */
  readonly signerOf: (name: string, kind: SignatureKind, word: string) => NoteSigner;
  /** How often something was signed, and verified. */
  readonly counts: { signed: number; verified: number };
}

const sha256 = (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer');

/**
 * Signatures that are keyed hashes, some ten times faster. Whoever has not the signer cannot make one: secrets are known to nobody but
 * the signer and this.
 */
export function createStandInCrypto(): SimCrypto {
  const secrets = new Map<string, Uint8Array>();
  const counts = { signed: 0, verified: 0 };
  const mark = (secret: Uint8Array, message: Uint8Array): Buffer =>
    createHash('sha256').update(secret).update(message).digest();
  return {
    counts,
    crypto: {
      sha256,
      verify({ publicKey, message, signature }) {
        counts.verified += 1;
        const secret = secrets.get(hexOf(publicKey.subarray(0, 32)));
        return secret !== undefined && mark(secret, message).equals(signature.subarray(0, 32));
      },
    },
    signerOf(name, kind, word) {
      const secret = sha256(Buffer.from(`${name} ${kind} ${word}`));
      const { algorithm } = signatureKinds[kind];
      const publicKey = new Uint8Array(algorithmBytes[algorithm].publicKey);
      publicKey.set(sha256(secret));
      secrets.set(hexOf(publicKey.subarray(0, 32)), secret);
      return {
        key: makeVerifierKey({ name, kind, publicKey }, sha256),
        sign(message) {
          counts.signed += 1;
          const signature = new Uint8Array(algorithmBytes[algorithm].signature);
          signature.set(mark(secret, message));
          return signature;
        },
      };
    },
  };
}

/** The cryptography of a real node. */
export function createRealCrypto(): SimCrypto {
  const native = createNativeCrypto();
  const counts = { signed: 0, verified: 0 };
  return {
    counts,
    crypto: {
      sha256: native.sha256,
      verify(claim) {
        counts.verified += 1;
        return native.verify(claim);
      },
    },
    signerOf(name, kind, word) {
      const signer = signerOfSeed(name, kind, sha256(Buffer.from(`${name} ${kind} ${word}`)), native);
      return {
        key: signer.key,
        sign(message) {
          counts.signed += 1;
          return signer.sign(message);
        },
      };
    },
  };
}
