import { createHash, createPrivateKey, createPublicKey, hash, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { algorithmBytes, makeVerifierKey, signatureKinds } from '@comity/protocol/tlog';
import type { NoteSigner, SignatureAlgorithm, SignatureKind, TlogCrypto } from '@comity/protocol/tlog';

/** What stands before a raw public key (RFC 8410, RFC 9881), and before a raw seed of 32 bytes. */
const keyPrefixes = {
  ed25519: { public: '302a300506032b6570032100', seed: '302e020100300506032b657004220420' },
  'ml-dsa-44': {
    public: '30820532300b06096086480165030403110382052100',
    seed: '3034020100300b060960864801650304031104228020',
  },
} as const satisfies Record<SignatureAlgorithm, { public: string; seed: string }>;

function publicKeyOf(algorithm: SignatureAlgorithm, raw: Uint8Array): KeyObject {
  const der = Buffer.concat([Buffer.from(keyPrefixes[algorithm].public, 'hex'), raw]);
  return createPublicKey({ key: der, format: 'der', type: 'spki' });
}

/** A private key of its seed of 32 bytes. */
function privateKeyOf(algorithm: SignatureAlgorithm, seed: Uint8Array): KeyObject {
  const der = Buffer.concat([Buffer.from(keyPrefixes[algorithm].seed, 'hex'), seed]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

/** The cryptography of the platform tests run on. */
export const nativeCrypto: TlogCrypto = {
  // No `Buffer`, which equals no other array to a test.
  sha256: (bytes) => Uint8Array.from(hash('sha256', bytes, 'buffer')),
  verify: ({ algorithm, publicKey, message, signature }) =>
    publicKey.length === algorithmBytes[algorithm].publicKey &&
    verify(null, message, publicKeyOf(algorithm, publicKey), signature),
};

/** A signer whose key comes of a word, the same on every machine. Never for anything real. */
export function createSigner(name: string, kind: SignatureKind, word: string): NoteSigner {
  return signerOfSeed(name, kind, createHash('sha256').update(word).digest());
}

/** A signer of a seed of 32 bytes. */
export function signerOfSeed(name: string, kind: SignatureKind, seed: Uint8Array): NoteSigner {
  const { algorithm } = signatureKinds[kind];
  const privateKey = privateKeyOf(algorithm, seed);
  const der = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const publicKey = Uint8Array.from(der.subarray(der.length - algorithmBytes[algorithm].publicKey));
  const key = makeVerifierKey({ name, kind, publicKey }, nativeCrypto.sha256);
  return { key, sign: (message) => Uint8Array.from(sign(null, message, privateKey)) };
}
