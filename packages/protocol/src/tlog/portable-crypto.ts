import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { ml_dsa44 } from '@noble/post-quantum/ml-dsa.js';
import { algorithmBytes } from './crypto.ts';
import type { SignatureClaim, TlogCrypto } from './crypto.ts';

/** Cryptography in JavaScript alone, for browsers and whoever has none of their own; the platform's is many times faster. */
export const portableCrypto: TlogCrypto = { sha256: (bytes) => sha256(bytes), verify };

function verify({ algorithm, publicKey, message, signature }: SignatureClaim): boolean {
  const bytes = algorithmBytes[algorithm];
  if (publicKey.length !== bytes.publicKey || signature.length !== bytes.signature) return false;
  // As RFC 8032 has it and OpenSSL and Go do, not as ZIP 215: the same signature must count everywhere.
  if (algorithm === 'ed25519') return ed25519.verify(signature, message, publicKey, { zip215: false });
  return ml_dsa44.verify(signature, message, publicKey);
}
