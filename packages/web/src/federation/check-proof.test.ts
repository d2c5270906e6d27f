import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  makePolicy,
  planInclusion,
  portableCrypto,
  printCheckpoint,
  printNote,
  printPolicy,
  printTlogProof,
  printVerifierKey,
  signText,
} from '@comity/protocol/tlog';
import type { NoteSigner } from '@comity/protocol/tlog';
import { createSigner, inventEntries, makeLog } from '@comity/testkit';
import { checkProof } from './check-proof.ts';

const origin = 'cert.example/ledger/1';
const log = makeLog(inventEntries(40, 3));
const own = [createSigner(origin, 'note', 'log'), createSigner(origin, 'cosignature-ml-dsa-44', 'log, ML-DSA')];
const stranger = createSigner(origin, 'note', 'of nobody');
const [one, onePq, two] = [
  createSigner('one.example/witness', 'cosignature-ed25519', 'one'),
  createSigner('one.example/witness', 'cosignature-ml-dsa-44', 'one, ML-DSA'),
  createSigner('two.example/witness', 'cosignature-ed25519', 'two'),
] as [NoteSigner, NoteSigner, NoteSigner];
const timeSeconds = 1_790_000_000;
const index = 17;

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

function toCheck({
  signers = [...own, one, onePq, two],
  known = own,
  published = own,
  quorum = 2,
  entry = log.entries[index]!,
} = {}) {
  const text = printCheckpoint({ origin, size: log.size, root: log.root });
  const checkpoint = printNote({ text, signatures: signText(text, signers, timeSeconds) });
  const policy = makePolicy(
    known.map(({ key }) => key),
    [
      { name: '0a1b-2c3d', keys: [one.key, onePq.key] },
      { name: '4e5f-6071', keys: [two.key] },
    ],
    quorum,
  );
  const keys = published.map(({ key }) => printVerifierKey(key));
  return {
    proof: printTlogProof({ extra: undefined, index, hashes: log.hashes(planInclusion(index, log.size)), checkpoint }),
    entry: base64(entry),
    policy: printPolicy(policy, portableCrypto.sha256),
    descriptor: JSON.stringify({ body: { ledger: { origin, keys } }, signatures: {} }),
  };
}

test('a proof is checked in the page: place, size, and each witness once, by the name people know', () => {
  assert.deepEqual(checkProof(toCheck()), {
    origin,
    index,
    size: 40,
    entryBytes: log.entries[index]!.length,
    witnesses: [
      { name: '0a1b-2c3d', atMs: timeSeconds * 1000 },
      { name: '4e5f-6071', atMs: timeSeconds * 1000 },
    ],
    quorum: 2,
  });
  assert.equal(checkProof(toCheck({ signers: own, quorum: 0 })).quorum, 0);
  assert.equal(checkProof(toCheck({ signers: [...own, two], quorum: 1 })).witnesses.length, 1);
});

test('nothing is taken that the signatures do not show: another entry, too few witnesses, a key its member does not publish', () => {
  const unproven = { code: 'LEDGER_UNPROVEN' };
  assert.throws(() => checkProof(toCheck({ entry: log.entries[index + 1]! })), unproven);
  assert.throws(() => checkProof(toCheck({ signers: [...own, two] })), unproven);
  assert.throws(() => checkProof(toCheck({ signers: [stranger, one, two], known: [...own, stranger] })), unproven);
  assert.throws(() => checkProof(toCheck({ published: [] })), unproven);
  assert.equal(checkProof(toCheck({ known: [...own, stranger] })).index, index, 'one key too many hurts nobody');
});
