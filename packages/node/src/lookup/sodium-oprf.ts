import { hash } from 'node:crypto';
import sodium from 'libsodium-wrappers-sumo';
import { ComityError, utf8Bytes } from '@comity/protocol/base';
import { elementBytes, scalarBytes } from '@comity/protocol/lookup';
import type { Answered, Oprf } from '@comity/protocol/lookup';

/** RFC 9497 §3.1 and §4.1: mode 0x01 of ristretto255-SHA512. */
const context = 'OPRFV1-\u0001-ristretto255-SHA512';
const toGroup = domainOf('HashToGroup-');
const toScalar = domainOf('HashToScalar-');
const toKey = domainOf('DeriveKeyPair');
const seedLabel = utf8Bytes(`Seed-${context}`);
const composite = utf8Bytes('Composite');
const challenge = utf8Bytes('Challenge');
const finalized = utf8Bytes('Finalize');

/** A label with its length behind it, as expand_message_xmd takes it (RFC 9380 §5.3.1). */
function domainOf(label: string): Uint8Array {
  const bytes = utf8Bytes(label + context);
  return Uint8Array.of(...bytes, bytes.length);
}

/**
 * The function of RFC 9497 in libsodium, some nine times as fast as in JavaScript; the same bytes, which a test holds against the RFC's
 * and against the portable one.
 */
export async function loadSodiumOprf(): Promise<Oprf> {
  await sodium.ready;
  return {
    deriveKey(seed, info) {
      for (let counter = 0; counter < 256; counter += 1) {
        const secretKey = scalarOf(toKey, seed, prefixed(info), Uint8Array.of(counter));
        if (!isZero(secretKey)) return { secretKey, publicKey: sodium.crypto_scalarmult_ristretto255_base(secretKey) };
      }
      throw new Error('Assertion failed: one of 256 scalars is not zero');
    },
    evaluate: (secretKey, input) => outputOf(input, multiply(secretKey, groupElementOf(input))),
    blind(input, randomBytes) {
      const blind = randomScalar(randomBytes);
      return { blind, element: multiply(blind, groupElementOf(input)) };
    },
    blindEvaluate(key, elements, randomBytes) {
      try {
        const evaluated = elements.map((element) => multiply(key.secretKey, element));
        const [m] = compositesOf(key.publicKey, elements, evaluated, false);
        const z = multiply(key.secretKey, m);
        const r = randomScalar(randomBytes);
        const t2 = sodium.crypto_scalarmult_ristretto255_base(r);
        const c = challengeOf(key.publicKey, m, z, t2, multiply(r, m));
        const s = sodium.crypto_core_ristretto255_scalar_sub(
          r,
          sodium.crypto_core_ristretto255_scalar_mul(c, key.secretKey),
        );
        return { elements: evaluated, proof: Buffer.concat([c, s]) };
      } catch (cause) {
        throw new ComityError('LOOKUP_MALFORMED', 'Cannot evaluate: the question holds something that is no element', {
          cause,
        });
      }
    },
    finalize(items, publicKey, proof) {
      if (!isProven(items, publicKey, proof))
        throw new ComityError(
          'LOOKUP_UNPROVEN',
          'Cannot trust the answer: it is not proven to come of the published key',
        );
      return items.map(({ input, blind, evaluated }) =>
        outputOf(input, multiply(sodium.crypto_core_ristretto255_scalar_invert(blind), evaluated)),
      );
    },
  };
}

/** Throws for what is no element and for the identity, before and behind. */
function multiply(scalar: Uint8Array, element: Uint8Array): Uint8Array {
  return sodium.crypto_scalarmult_ristretto255(scalar, element);
}

/** RFC 9497 §2.2.2. */
function isProven(items: readonly Answered[], publicKey: Uint8Array, proof: Uint8Array): boolean {
  const c = proof.subarray(0, scalarBytes);
  const s = proof.subarray(scalarBytes);
  if (!isReduced(c) || !isReduced(s)) return false;
  try {
    const [m, z] = compositesOf(
      publicKey,
      items.map(({ element }) => element),
      items.map(({ evaluated }) => evaluated),
      true,
    );
    const t2 = add(sodium.crypto_scalarmult_ristretto255_base(s), multiply(c, publicKey));
    const t3 = add(multiply(s, m), multiply(c, z));
    return Buffer.from(challengeOf(publicKey, m, z, t2, t3)).equals(c);
  } catch {
    // Some bytes are no element, or a product is the identity: all that libsodium throws here, and none of it is a proof.
    return false;
  }
}

/** RFC 9497 §2.2.1: what all pairs come to, each weighed by a number nobody can choose. The second only where it is asked for. */
function compositesOf(
  publicKey: Uint8Array,
  elements: readonly Uint8Array[],
  evaluated: readonly Uint8Array[],
  isBoth: boolean,
): readonly [Uint8Array, Uint8Array] {
  const seed = sha512(prefixed(publicKey), prefixed(seedLabel));
  let m: Uint8Array | undefined;
  let z: Uint8Array | undefined;
  for (const [index, element] of elements.entries()) {
    const pair = evaluated[index]!;
    const number = Uint8Array.of(index >> 8, index & 0xff);
    const weight = scalarOf(toScalar, prefixed(seed), number, prefixed(element), prefixed(pair), composite);
    m = sum(m, multiply(weight, element));
    if (isBoth) z = sum(z, multiply(weight, pair));
  }
  return [m!, z ?? m!];
}

function challengeOf(...elements: readonly Uint8Array[]): Uint8Array {
  return scalarOf(toScalar, ...elements.map(prefixed), challenge);
}

function sum(a: Uint8Array | undefined, b: Uint8Array): Uint8Array {
  return a === undefined ? b : add(a, b);
}

function add(a: Uint8Array, b: Uint8Array): Uint8Array {
  return sodium.crypto_core_ristretto255_add(a, b);
}

function outputOf(input: Uint8Array, element: Uint8Array): Uint8Array {
  return sha512(prefixed(input), prefixed(element), finalized);
}

function groupElementOf(input: Uint8Array): Uint8Array {
  return sodium.crypto_core_ristretto255_from_hash(expand(toGroup, input));
}

function scalarOf(domain: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  return sodium.crypto_core_ristretto255_scalar_reduce(expand(domain, ...parts));
}

const noBlock = new Uint8Array(128);
const length64 = Uint8Array.of(0, 64, 0);

/** 64 bytes of a message: expand_message_xmd with SHA-512 (RFC 9380 §5.3.1), for which one block is enough. */
function expand(domain: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  return sha512(sha512(noBlock, ...parts, length64, domain), Uint8Array.of(1), domain);
}

function sha512(...parts: readonly Uint8Array[]): Uint8Array {
  return hash('sha512', Buffer.concat(parts), 'buffer');
}

function prefixed(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(bytes.length >> 8, bytes.length & 0xff), bytes]);
}

function randomScalar(randomBytes: (count: number) => Uint8Array): Uint8Array {
  for (;;) {
    const scalar = sodium.crypto_core_ristretto255_scalar_reduce(randomBytes(64));
    if (!isZero(scalar)) return scalar;
  }
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

/** Whether a scalar is below the order, as every one has to be written. */
function isReduced(scalar: Uint8Array): boolean {
  const wide = new Uint8Array(2 * elementBytes);
  wide.set(scalar);
  return Buffer.from(sodium.crypto_core_ristretto255_scalar_reduce(wide)).equals(scalar);
}
