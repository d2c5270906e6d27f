import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ComityError, utf8Bytes } from '../base/index.ts';
import { createSigner, inventEntries, makeLog, nativeCrypto } from '../../../testkit/src/index.ts';
import {
  makePolicy,
  parseTlogProof,
  planInclusion,
  portableCrypto,
  printCheckpoint,
  printNote,
  printTlogProof,
  signText,
  verifyTlogProof,
} from './index.ts';
import type { NoteSigner } from './index.ts';

const origin = 'example.org/log';
const logSigners = [createSigner(origin, 'note', 'log'), createSigner(origin, 'cosignature-ml-dsa-44', 'log, ML-DSA')];
const [a, aPq, b, c] = [
  createSigner('a.example', 'cosignature-ed25519', 'a'),
  createSigner('a.example', 'cosignature-ml-dsa-44', 'a, ML-DSA'),
  createSigner('b.example', 'cosignature-ed25519', 'b'),
  createSigner('c.example', 'cosignature-ed25519', 'c'),
] as [NoteSigner, NoteSigner, NoteSigner, NoteSigner];
const policy = makePolicy(
  logSigners.map(({ key }) => key),
  [
    { name: 'A', keys: [a.key, aPq.key] },
    { name: 'B', keys: [b.key] },
    { name: 'C', keys: [c.key] },
  ],
  2,
);
const log = makeLog(inventEntries(300, 2));
const index = 123;
const entry = log.entries[index]!;
const timeSeconds = 1_790_000_000;

function noteOf(signers: readonly NoteSigner[], of = origin): string {
  const text = printCheckpoint({ origin: of, size: log.size, root: log.root });
  return printNote({ text, signatures: signText(text, signers, timeSeconds) });
}
const checkpoint = noteOf([...logSigners, a, aPq, b]);
const proof = { extra: undefined, index, hashes: log.hashes(planInclusion(index, log.size)), checkpoint };
const text = printTlogProof(proof);
const malformed = { code: 'LEDGER_MALFORMED' };
const unproven = { code: 'LEDGER_UNPROVEN' };

test('a proof shows an entry, its place and who saw it, to whoever knows log and witnesses (tlog-proof)', () => {
  for (const crypto of [nativeCrypto, portableCrypto]) {
    const proven = verifyTlogProof(text, entry, policy, crypto);
    assert.deepEqual([proven.index, proven.checkpoint.origin, proven.checkpoint.size], [123, origin, 300]);
    assert.deepEqual(
      proven.cosignatures.map(({ key, timeSeconds: time }) => [key.name, time]),
      [
        ['a.example', timeSeconds],
        ['a.example', timeSeconds],
        ['b.example', timeSeconds],
      ],
    );
  }
  verifyTlogProof(printTlogProof({ ...proof, extra: utf8Bytes('nobody signed this') }), entry, policy, nativeCrypto);
});

test('a proof without quorum, log, entry or place is refused', () => {
  const verify = (changed: Partial<typeof proof>, of = entry) =>
    verifyTlogProof(printTlogProof({ ...proof, ...changed }), of, policy, nativeCrypto);
  for (const [changed, message] of [
    [{ checkpoint: noteOf([...logSigners, a, aPq]) }, /2 cosignatures are not the quorum/],
    [{ checkpoint: noteOf(logSigners) }, /0 cosignatures/],
    [{ checkpoint: noteOf([a, b]) }, /the log did not sign/],
    [{ checkpoint: noteOf(logSigners, 'example.org/other') }, /no log "example.org\/other"/],
    [{ index: 124 }, /does not show the entry at 124/],
    [{ index: 300 }, /does not show/],
    [{ hashes: proof.hashes.slice(1) }, /does not show/],
  ] as const)
    assert.throws(() => verify(changed), { ...unproven, message });
  assert.throws(() => verify({}, utf8Bytes('another entry')), unproven);
});

test('proofs are read in one form', () => {
  assert.deepEqual(parseTlogProof(utf8Bytes(text)), proof);
  const withExtra = { ...proof, extra: Uint8Array.of(1, 2, 3) };
  assert.deepEqual(parseTlogProof(printTlogProof(withExtra)), withExtra);
  const [hash = ''] = text.split('\n').slice(2);
  for (const bad of [
    '',
    'c2sp.org/tlog-proof@v1\nindex 1\n',
    text.replace('@v1', '@v2'),
    text.replace('index 123', 'index 0123'),
    text.replace('index 123', 'index -1'),
    text.replace('index 123\n', ''),
    text.replace('index', 'extra !\nindex'),
    text.replace('index', 'extra AAA\nindex'),
    text.replace(hash, hash.slice(4)),
    text.replace(hash, `${hash} `),
    text.replace(hash, Array.from({ length: 64 }, () => hash).join('\n')),
  ])
    assert.throws(() => parseTlogProof(bad), malformed, bad.slice(0, 60));
  assert.throws(() => printTlogProof({ ...proof, index: 0.5 }), malformed);
  assert.throws(() => parseTlogProof('x'.repeat(600_000)), { code: 'INPUT_TOO_LARGE' });
});

test('a checkpoint in a proof is taken as it stands until it is verified', () => {
  const plain = printTlogProof({ ...proof, checkpoint: 'anything\n' });
  assert.equal(parseTlogProof(plain).checkpoint, 'anything\n');
  assert.throws(() => verifyTlogProof(plain, entry, policy, nativeCrypto), malformed);
});

test('any flipped bit of a proof or of its entry is refused', () => {
  const small = printTlogProof({ ...proof, checkpoint: noteOf([logSigners[0]!, b, c]) });
  const bytes = utf8Bytes(small);
  fc.assert(
    fc.property(fc.nat(bytes.length * 8 - 1), fc.nat(entry.length - 1), (bit, offset) => {
      const at = Math.floor(bit / 8);
      const flipped = bytes.with(at, bytes[at]! ^ (1 << (bit % 8)));
      assert.throws(() => verifyTlogProof(flipped, entry, policy, nativeCrypto), ComityError);
      const altered = entry.with(offset, entry[offset]! ^ 1);
      assert.throws(() => verifyTlogProof(small, altered, policy, nativeCrypto), unproven);
    }),
    { numRuns: 300 },
  );
});
