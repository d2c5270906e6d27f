import { ristretto255, ristretto255_hasher, ristretto255_oprf } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { joinBytes, utf8Bytes } from '../base/index.ts';
import { malformed, unproven } from './bytes.ts';
import { elementBytes } from './oprf.ts';
import type { Oprf } from './oprf.ts';

const { voprf } = ristretto255_oprf;
const { Fn } = ristretto255.Point;
/** RFC 9497 §3.1 and §4.1: what keeps this function apart from every other use of the group. */
const hashToGroup = { DST: utf8Bytes('HashToGroup-OPRFV1-\u0001-ristretto255-SHA512') };

/** In JavaScript alone, for browsers and whoever has none of their own: about a thousand inputs a second. */
export const portableOprf: Oprf = {
  deriveKey: (seed, info) => voprf.deriveKeyPair(seed, info),
  evaluate(secretKey, input) {
    const element = ristretto255_hasher.hashToCurve(input, hashToGroup).multiply(Fn.fromBytes(secretKey)).toBytes();
    return sha512(
      joinBytes(
        Uint8Array.of(input.length >> 8, input.length & 0xff),
        input,
        Uint8Array.of(0, elementBytes),
        element,
        utf8Bytes('Finalize'),
      ),
    );
  },
  blind(input, randomBytes) {
    const { blind, blinded } = voprf.blind(input, (count) => randomBytes(count!));
    return { blind, element: blinded };
  },
  blindEvaluate({ secretKey, publicKey }, elements, randomBytes) {
    try {
      const { evaluated, proof } = voprf.blindEvaluateBatch(secretKey, publicKey, [...elements], (count) =>
        randomBytes(count!),
      );
      return { elements: evaluated, proof };
    } catch (cause) {
      throw malformed('Cannot evaluate: the question holds something that is no element', cause);
    }
  },
  finalize(items, publicKey, proof) {
    const answered = items.map(({ input, blind, element: blinded, evaluated }) => ({
      input,
      blind,
      blinded,
      evaluated,
    }));
    try {
      return voprf.finalizeBatch(answered, publicKey, proof);
    } catch (cause) {
      throw unproven('Cannot trust the answer: it is not proven to come of the published key', cause);
    }
  },
};
