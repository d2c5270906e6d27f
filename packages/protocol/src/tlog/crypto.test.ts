import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { ed25519 } from '@noble/curves/ed25519.js';
import { ml_dsa44 } from '@noble/post-quantum/ml-dsa.js';
import fc from 'fast-check';
import { utf8Bytes } from '../base/index.ts';
import { nativeCrypto, signerOfSeed } from '../../../testkit/src/index.ts';
import { portableCrypto, signatureKinds } from './index.ts';
import type { SignatureKind } from './index.ts';

const seed = createHash('sha256').update('seed of a test').digest();

/** The signature of the language’s own implementation. */
function signPortably(kind: SignatureKind, message: Uint8Array): { publicKey: Uint8Array; signature: Uint8Array } {
  if (signatureKinds[kind].algorithm === 'ed25519') {
    return { publicKey: ed25519.getPublicKey(seed), signature: ed25519.sign(message, seed) };
  }
  const { publicKey, secretKey } = ml_dsa44.keygen(seed);
  return { publicKey, signature: ml_dsa44.sign(message, secretKey) };
}

for (const kind of ['note', 'cosignature-ml-dsa-44'] as const) {
  const { algorithm } = signatureKinds[kind];
  test(`${algorithm}: what the platform signs is verified in the language and the other way round, altered by neither`, () => {
    const message = utf8Bytes('a message');
    const { key, sign } = signerOfSeed('example.org/log', kind, seed);
    const native = { algorithm, publicKey: key.publicKey, message, signature: sign(message) };
    const portable = { algorithm, message, ...signPortably(kind, message) };
    assert.deepEqual(portable.publicKey, key.publicKey, 'one key of one seed');
    for (const { verify } of [nativeCrypto, portableCrypto]) {
      for (const claim of [native, portable]) {
        assert.ok(verify(claim));
        for (const offset of [0, 31, 40, claim.signature.length - 1]) {
          const signature = claim.signature.with(offset, claim.signature[offset]! ^ 1);
          assert.ok(!verify({ ...claim, signature }), `bit at ${offset}`);
        }
        assert.ok(!verify({ ...claim, message: utf8Bytes('another') }));
        assert.ok(!verify({ ...claim, publicKey: claim.publicKey.with(7, claim.publicKey[7]! ^ 1) }));
      }
    }
  });

  test(`${algorithm}: bytes that are no key and no signature are not verified and throw nothing`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.uint8Array({ maxLength: 80 }), (publicKey, signature) => {
        assert.ok(!portableCrypto.verify({ algorithm, publicKey, message: signature, signature }));
      }),
      { numRuns: 50 },
    );
    const { publicKey, signature } = signPortably(kind, seed);
    for (const byte of [0, 1, 0x7f, 0xff]) {
      const claims = [
        { publicKey, signature: signature.map(() => byte) },
        { publicKey: publicKey.map(() => byte), signature },
      ];
      for (const claim of claims) assert.ok(!portableCrypto.verify({ algorithm, message: seed, ...claim }));
    }
  });
}

test('one hash here and there', () => {
  assert.deepEqual(portableCrypto.sha256(seed), nativeCrypto.sha256(seed));
});
