import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalJson, ComityError, utf8Bytes } from '../base/index.ts';
import type { JsonValue } from '../base/index.ts';
import { nativeCrypto } from '../../../testkit/src/index.ts';
import { portableCrypto } from '../tlog/index.ts';
import {
  first,
  fullBody,
  governance,
  idOf,
  log,
  logPq,
  message,
  next,
  nextGovernance,
  ofNote,
  plainBody,
  signerOf,
  textOf,
  witness,
} from './descriptors-for-tests.ts';
import {
  findDoubleSpeaking,
  parseDescriptor,
  parseDescriptors,
  printDescriptors,
  signDescriptor,
  verifyDescriptorChain,
  verifyDoubleSpeaking,
  verifyNextDescriptor,
} from './index.ts';
import type { Descriptor, DescriptorFault, MemberSigner } from './index.ts';

const { sha256 } = nativeCrypto;
const third = signerOf('governance 3');
const rotated = { keys: { ...plainBody.keys, governance: textOf(nextGovernance), nextGovernance: idOf(third) } };
const step = (former: Descriptor, after: Descriptor) => verifyNextDescriptor(former, after, nativeCrypto);
const chainOf = (...descriptors: Descriptor[]) => verifyDescriptorChain(descriptors, nativeCrypto);

function refuses(action: () => unknown, reason: DescriptorFault): void {
  assert.throws(action, (error) => {
    assert.ok(error instanceof ComityError, String(error));
    assert.deepEqual([error.code, error.details], ['MEMBER_UNPROVEN', { reason }], error.message);
    return true;
  });
}

test('a chain is verified from the first descriptor on, by every platform’s cryptography alike (§3)', () => {
  const second = next(first, { name: 'Renamed' });
  for (const crypto of [nativeCrypto, portableCrypto]) {
    const chain = verifyDescriptorChain([first, second], crypto);
    assert.deepEqual([chain.member, chain.current.hash, chain.descriptors.length], [first.hash, second.hash, 2]);
  }
});

test('the governance key stays, or the announced one follows it, with or without the old one’s word (§4)', () => {
  assert.equal(step(first, next(first, {})), 'update');
  assert.equal(step(first, next(first, rotated, [nextGovernance, governance, message])), 'rotation');
  assert.equal(step(first, next(first, rotated, [nextGovernance, message])), 'recovery');
});

test('whoever holds the governance key alone cannot take the name: the announced key stays and takes it back (§4)', () => {
  const thief = signerOf('thief');
  const own = { ...plainBody.keys, message: [textOf(thief)] };
  refuses(
    () =>
      step(first, next(first, { keys: { ...own, nextGovernance: idOf(signerOf('thief 2')) } }, [governance, thief])),
    'commitment-changed',
  );
  const seized = { ...own, governance: textOf(thief), nextGovernance: idOf(signerOf('thief 2')) };
  const signers = [governance, message, thief];
  refuses(
    () => step(first, next(first, { keys: { ...seized, message: [textOf(message)] } }, signers)),
    'not-committed',
  );
  const stolen = next(first, { keys: own }, [governance, thief]);
  assert.equal(step(first, stolen), 'update', 'he can change what is said');
  assert.equal(step(stolen, next(stolen, rotated, [nextGovernance, message])), 'recovery');
});

test('every key proves that its holder has it, and no other key signs (§4)', () => {
  const all = [governance, message, ...[log, logPq, witness].map(ofNote)];
  const full = (signers: readonly MemberSigner[]) => signDescriptor(fullBody, signers, sha256);
  assert.equal(chainOf(full(all)).current.body.country, 'AT');
  for (const left of all) refuses(() => chainOf(full(all.filter((signer) => signer !== left))), 'unsigned');
  refuses(() => chainOf(full([...all, nextGovernance])), 'foreign-signature');
  for (const left of all) {
    const wrong = { ...left, sign: signerOf('thief').sign };
    refuses(() => chainOf(full(all.map((signer) => (signer === left ? wrong : signer)))), 'tampered');
  }
  refuses(() => step(first, next(first, {}, [governance, message, nextGovernance])), 'foreign-signature');
  const wrongOld = { ...governance, sign: signerOf('thief').sign };
  refuses(() => step(first, next(first, rotated, [nextGovernance, wrongOld, message])), 'tampered');
});

test('a bit that changed in a body or a signature is seen', () => {
  const document = JSON.parse(first.text) as { body: { name: string }; signatures: Record<string, string> };
  const read = (changed: object) => parseDescriptor(canonicalJson(changed as JsonValue), sha256);
  refuses(() => chainOf(read({ ...document, body: { ...document.body, name: 'Another' } })), 'tampered');
  const [[id, signature]] = Object.entries(document.signatures) as [[string, string]];
  const flipped = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
  refuses(() => chainOf(read({ ...document, signatures: { ...document.signatures, [id]: flipped } })), 'tampered');
});

test('a descriptor follows the one before it, of the same member, not earlier (§3)', () => {
  const second = next(first, {});
  const otherFirst = signDescriptor({ ...plainBody, name: 'Other' }, [governance, message], sha256);
  refuses(() => chainOf(second), 'not-first');
  refuses(() => chainOf(first, next(otherFirst, {})), 'other-member');
  refuses(() => chainOf(first, otherFirst), 'other-member');
  refuses(() => chainOf(first, next(second, {})), 'wrong-sequence');
  refuses(() => chainOf(first, first), 'wrong-sequence');
  refuses(() => chainOf(first, next(first, { previous: second.hash })), 'wrong-previous');
  refuses(() => chainOf(first, next(first, { issuedAt: '2025-12-31T23:59:59.999Z' })), 'back-in-time');
  assert.throws(() => chainOf(), { code: 'MEMBER_MALFORMED' });
  assert.throws(() => chainOf(...Array.from({ length: 4097 }, () => first)), { code: 'MEMBER_MALFORMED' });
});

test('a chain is published as an array in JSON and read as it was (§3)', () => {
  const descriptors = [first, next(first, {})];
  assert.deepEqual(parseDescriptors(utf8Bytes(printDescriptors(descriptors)), nativeCrypto), descriptors);
  const pretty = JSON.stringify(JSON.parse(printDescriptors(descriptors)), undefined, 2);
  assert.deepEqual(parseDescriptors(utf8Bytes(pretty), nativeCrypto), descriptors);
  for (const [text, code] of [
    ['{}', 'MEMBER_MALFORMED'],
    ['[[]]', 'MEMBER_MALFORMED'],
    ['[', 'JSON_MALFORMED'],
    [`[${'['.repeat(100_000)}${']'.repeat(100_000)}]`, 'INPUT_TOO_LARGE'],
    [' '.repeat(1024 * 1024 + 1), 'INPUT_TOO_LARGE'],
  ] as const)
    assert.throws(() => parseDescriptors(utf8Bytes(text), nativeCrypto), { code }, text.slice(0, 10));
});

test('two descriptors of one sequence are evidence that anybody can verify (§6)', () => {
  const [second, other] = [next(first, { name: 'One' }), next(first, { name: 'Other' })];
  const one = chainOf(first, second, next(second, {}));
  const evidence = findDoubleSpeaking(one, chainOf(first, other));
  assert.deepEqual(evidence, {
    member: first.member,
    sequence: 1,
    common: [first.text],
    spoken: [second.text, other.text],
  });
  verifyDoubleSpeaking(evidence, nativeCrypto);
  assert.equal(findDoubleSpeaking(one, chainOf(first)), undefined);
  assert.equal(findDoubleSpeaking(chainOf(first), one), undefined, 'one may know more');
  const stranger = signDescriptor({ ...plainBody, name: 'Other' }, [governance, message], sha256);
  assert.equal(findDoubleSpeaking(one, chainOf(stranger)), undefined, 'two members');
  for (const wrong of [
    { spoken: [second.text, second.text] as const },
    { sequence: 2 },
    { member: stranger.member },
    { common: [], spoken: [first.text, stranger.text] as const },
  ])
    refuses(() => verifyDoubleSpeaking({ ...evidence, ...wrong }, nativeCrypto), 'no-evidence');
  refuses(() => verifyDoubleSpeaking({ ...evidence, common: [] }, nativeCrypto), 'not-first');
});
