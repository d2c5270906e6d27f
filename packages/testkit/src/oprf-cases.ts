import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { utf8Bytes } from '@comity/protocol/base';
import { elementBytes, portableOprf, proofBytes } from '@comity/protocol/lookup';
import type { Answered, Oprf } from '@comity/protocol/lookup';
import { vectorBatches, vectorKey } from './rfc9497-vectors.ts';

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex');
/** The same bytes for the same label, of any length. */
const drawn = (label: string) => {
  let draws = 0;
  return (count: number): Uint8Array =>
    new Uint8Array(
      createHash('shake256', { outputLength: count })
        .update(`${label} ${(draws += 1)}`)
        .digest(),
    );
};

/** What every implementation of the function has to do. @param randomOf - the random bytes it makes a given scalar of. */
export function testOprf(
  name: string,
  oprf: Oprf,
  randomOf: (scalar: Uint8Array) => (count: number) => Uint8Array,
): void {
  const key = oprf.deriveKey(bytes(vectorKey.seed), bytes(vectorKey.info));

  test(`${name}: the numbers of RFC 9497 A.1.2`, () => {
    assert.deepEqual([hex(key.secretKey), hex(key.publicKey)], [vectorKey.secretKey, vectorKey.publicKey]);
    for (const { items, proofRandomScalar, proof } of vectorBatches) {
      for (const item of items) {
        assert.equal(hex(oprf.evaluate(key.secretKey, bytes(item.input))), item.output);
        const { blind, element } = oprf.blind(bytes(item.input), randomOf(bytes(item.blind)));
        assert.deepEqual([hex(blind), hex(element)], [item.blind, item.element]);
      }
      const elements = items.map(({ element }) => bytes(element));
      const evaluation = oprf.blindEvaluate(key, elements, randomOf(bytes(proofRandomScalar)));
      assert.deepEqual(
        evaluation.elements.map(hex),
        items.map(({ evaluated }) => evaluated),
      );
      assert.equal(hex(evaluation.proof), proof);
      const answered = items.map((item) => ({
        input: bytes(item.input),
        blind: bytes(item.blind),
        element: bytes(item.element),
        evaluated: bytes(item.evaluated),
      }));
      assert.deepEqual(
        oprf.finalize(answered, key.publicKey, bytes(proof)).map(hex),
        items.map(({ output }) => output),
      );
    }
  });

  const ask = (count: number): { readonly items: readonly Answered[]; readonly proof: Uint8Array } => {
    const items = Array.from({ length: count }, (_, index) => {
      const input = utf8Bytes(`input ${index}`);
      return { input, ...oprf.blind(input, drawn(`blind ${index}`)) };
    });
    const elements = items.map(({ element }) => element);
    const evaluation = oprf.blindEvaluate(key, elements, drawn('proof'));
    return {
      items: items.map((item, index) => ({ ...item, evaluated: evaluation.elements[index]! })),
      proof: evaluation.proof,
    };
  };

  test(`${name}: what comes back blinded is what the key gives, whoever made which half`, () => {
    const { items, proof } = ask(5);
    const outputs = items.map(({ input }) => hex(portableOprf.evaluate(key.secretKey, input)));
    for (const reader of [oprf, portableOprf])
      assert.deepEqual(reader.finalize(items, key.publicKey, proof).map(hex), outputs);
    const others = portableOprf.blindEvaluate(
      key,
      items.map(({ element }) => element),
      drawn('another proof'),
    );
    const answered = items.map((item, index) => ({ ...item, evaluated: others.elements[index]! }));
    assert.deepEqual(oprf.finalize(answered, key.publicKey, others.proof).map(hex), outputs);
  });

  test(`${name}: an answer of another key is refused, and so is one bit of it changed anywhere`, () => {
    const { items, proof } = ask(3);
    const other = oprf.deriveKey(drawn('seed')(32), bytes(vectorKey.info));
    const refused = (answered: readonly Answered[], publicKey: Uint8Array, altered: Uint8Array): void => {
      assert.throws(() => oprf.finalize(answered, publicKey, altered), { code: 'LOOKUP_UNPROVEN' });
    };
    refused(items, other.publicKey, proof);
    const tagged = oprf.blindEvaluate(
      other,
      items.map(({ element }) => element),
      drawn('proof'),
    );
    // The holder that tags an asker: one of many answered by another key.
    refused([{ ...items[0]!, evaluated: tagged.elements[0]! }, ...items.slice(1)], key.publicKey, proof);
    refused(items.toReversed(), key.publicKey, proof);
    refused(items.slice(1), key.publicKey, proof);
    for (let offset = 0; offset < proofBytes; offset += 7)
      refused(items, key.publicKey, proof.with(offset, proof[offset]! ^ 1));
    const { evaluated } = items[0]!;
    for (let offset = 0; offset < elementBytes; offset += 5) {
      const altered = evaluated.with(offset, evaluated[offset]! ^ 1);
      refused([{ ...items[0]!, evaluated: altered }, ...items.slice(1)], key.publicKey, proof);
    }
    const identity = new Uint8Array(elementBytes);
    refused([{ ...items[0]!, evaluated: identity }, ...items.slice(1)], key.publicKey, proof);
    refused(items, identity, proof);
    refused(items, key.publicKey, proof.fill(0xff));
  });

  test(`${name}: what is no element is not evaluated`, () => {
    const { items } = ask(1);
    for (const bad of [new Uint8Array(elementBytes), new Uint8Array(elementBytes).fill(0xff)])
      assert.throws(() => oprf.blindEvaluate(key, [items[0]!.element, bad], drawn('proof')), {
        code: 'LOOKUP_MALFORMED',
      });
  });

  test(`${name}: the same input is never sent alike`, () => {
    const input = utf8Bytes('input');
    const [one, two] = [oprf.blind(input, drawn('one')), oprf.blind(input, drawn('two'))];
    assert.notDeepEqual(one.element, two.element);
  });
}
