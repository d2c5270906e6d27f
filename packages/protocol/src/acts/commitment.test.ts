import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { utf8Bytes } from '../base/index.ts';
import { inventBytes, nativeCrypto } from '../../../testkit/src/index.ts';
import { commit, isOpenedBy, openingBytes } from './index.ts';
import type { Committed } from './index.ts';

const { sha256 } = nativeCrypto;
const opening = inventBytes(openingBytes, 1);
const committed: Committed = { type: 'batch', schema: 'comity/batch-content/v1', payload: utf8Bytes('{"count":1}') };
const bytes = fc.uint8Array({ minLength: openingBytes, maxLength: openingBytes });
const anything = fc.record({ type: fc.string(), schema: fc.string(), payload: fc.uint8Array({ maxLength: 200 }) });

/** As another would write it: length-prefixed parts, and the platform's HMAC. */
function commitOtherwise(of: Uint8Array, { type, schema, payload }: Committed): Uint8Array {
  const mac = createHmac('sha256', 'comity/commit/v1').update(of);
  for (const part of [utf8Bytes(type), utf8Bytes(schema), payload]) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    mac.update(length).update(part);
  }
  return Uint8Array.from(mac.digest());
}

test('a commitment is HMAC-SHA-256 of the opening and of each part behind its length (RFC 2104)', () => {
  fc.assert(
    fc.property(bytes, anything, (of, what) => {
      assert.deepEqual(commit(of, what, sha256), commitOtherwise(of, what));
    }),
  );
});

test('a commitment is opened by what it was made of, and by nothing else', () => {
  const commitment = commit(opening, committed, sha256);
  const opens = (of: Uint8Array, changed: Partial<Committed> = {}): boolean =>
    isOpenedBy(commitment, of, { ...committed, ...changed }, sha256);
  assert.ok(opens(opening));
  assert.ok(!opens(opening, { type: 'received' }));
  assert.ok(!opens(opening, { schema: 'comity/batch-content/v2' }));
  assert.ok(!opens(opening, { payload: utf8Bytes('{"count":2}') }));
  // What is taken from one part and given to the next is another thing.
  assert.ok(!opens(opening, { type: 'batchc', schema: 'omity/batch-content/v1' }));
  for (let bit = 0; bit < 8 * openingBytes; bit++)
    assert.ok(!opens(opening.with(bit >> 3, opening[bit >> 3]! ^ (1 << (bit & 7)))), `bit ${bit}`);
  for (let at = 0; at < commitment.length; at++)
    assert.ok(!isOpenedBy(commitment.with(at, commitment[at]! ^ 1), opening, committed, sha256), `byte ${at}`);
});

test('an opening of another length opens nothing, and none is made with it', () => {
  for (const length of [0, 31, 33]) {
    const of = inventBytes(length, 2);
    const claimed = commitOtherwise(of, committed);
    assert.ok(!isOpenedBy(claimed, of, committed, sha256), String(length));
    assert.throws(() => commit(of, committed, sha256), /an opening has 32 bytes/);
  }
  assert.ok(!isOpenedBy(new Uint8Array(31), opening, committed, sha256));
});
