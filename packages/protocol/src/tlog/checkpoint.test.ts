import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ComityError } from '../base/index.ts';
import { createSigner, nativeCrypto } from '../../../testkit/src/index.ts';
import {
  emptyRoot,
  findEquivocation,
  openCheckpoint,
  parseCheckpoint,
  printCheckpoint,
  printNote,
  signText,
  verifyEquivocation,
} from './index.ts';
import type { Checkpoint, NoteSigner } from './index.ts';

const origin = 'example.org/log';
const log = createSigner(origin, 'note', 'log');
const logPq = createSigner(origin, 'cosignature-ml-dsa-44', 'log, ML-DSA');
const witness = createSigner('witness.example', 'cosignature-ed25519', 'witness');
const known = { origin, keys: [log.key, logPq.key] };
const rootOf = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);
const checkpoint = { origin, size: 5, root: rootOf(1) };
const malformed = { code: 'LEDGER_MALFORMED' };
const unproven = { code: 'LEDGER_UNPROVEN' };

function signed(of: Checkpoint, signers: readonly NoteSigner[] = [log, logPq]): string {
  const text = printCheckpoint(of);
  return printNote({ text, signatures: signText(text, signers, 1_790_000_000) });
}

test('a checkpoint is three lines, each in its one form (tlog-checkpoint)', () => {
  const base64 = 'AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=';
  const text = `${origin}\n5\n${base64}\n`;
  assert.equal(printCheckpoint(checkpoint), text);
  assert.deepEqual(parseCheckpoint(text), checkpoint);
  assert.equal(parseCheckpoint(text.replace(origin, 'go.sum database tree')).origin, 'go.sum database tree');
  for (const bad of [
    '',
    text.slice(0, -1),
    `\n5\n${base64}\n`,
    `${origin}\n5\n`,
    `${origin}\n05\n${base64}\n`,
    `${origin}\n-5\n${base64}\n`,
    `${origin}\n5.0\n${base64}\n`,
    `${origin}\n9007199254740992\n${base64}\n`,
    `${origin}\n5\nAAAA\n`,
    `${origin}\n5\n${base64.slice(0, -2)}F=\n`,
    `${origin}\n5\n${base64.slice(0, -1)}\n`,
    `${'o'.repeat(256)}\n5\n${base64}\n`,
    `a\0b\n5\n${base64}\n`,
  ])
    assert.throws(() => parseCheckpoint(bad), malformed, bad);
});

test('extension lines are refused, whoever signed them', () => {
  const text = `${printCheckpoint(checkpoint)}an extension\n`;
  assert.throws(() => parseCheckpoint(text), { ...malformed, message: /extension lines/ });
  const note = printNote({ text, signatures: signText(text, [log], 0) });
  assert.throws(() => openCheckpoint(note, known, [], nativeCrypto), malformed);
});

test('what could not be read is not written', () => {
  for (const changed of [
    { origin: '' },
    { origin: 'a\nb' },
    { origin: '\ud800' },
    { size: 0.5 },
    { size: 2 ** 53 },
    { root: rootOf(1).subarray(1) },
  ])
    assert.throws(() => printCheckpoint({ ...checkpoint, ...changed }), malformed, JSON.stringify(changed));
});

test('printing and parsing are inverse', () => {
  const drawn = fc.record(
    {
      origin: fc.string({ minLength: 1, maxLength: 60 }).filter((each) => !/[\0-\x1f]/.test(each)),
      size: fc.maxSafeNat(),
      root: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    },
    { noNullPrototype: true },
  );
  fc.assert(fc.property(drawn, (each) => assert.deepEqual(parseCheckpoint(printCheckpoint(each)), each)));
});

test('a checkpoint counts when its log signed it with any of its keys; cosignatures are told apart from that', () => {
  const opened = openCheckpoint(signed(checkpoint, [log, logPq, witness]), known, [witness.key], nativeCrypto);
  assert.deepEqual(opened.checkpoint, checkpoint);
  assert.deepEqual(
    opened.ofLog.map(({ key }) => key),
    known.keys,
  );
  assert.deepEqual(
    opened.ofWitnesses.map(({ key }) => key),
    [witness.key],
  );
  for (const signer of [log, logPq])
    assert.equal(openCheckpoint(signed(checkpoint, [signer]), known, [], nativeCrypto).ofLog.length, 1);
});

test('another log’s checkpoint, one the log did not sign, and nothing with the root of something are not trusted', () => {
  const open = (note: string, of = known) => openCheckpoint(note, of, [witness.key], nativeCrypto);
  assert.throws(() => open(signed({ ...checkpoint, origin: 'example.org/other' })), {
    ...unproven,
    message: /it is of/,
  });
  assert.throws(() => open(signed({ ...checkpoint, origin: 'example.org/lug' })), unproven);
  assert.throws(() => open(signed(checkpoint, [witness])), { ...unproven, message: /did not sign it/ });
  assert.throws(() => open(signed({ ...checkpoint, size: 0 })), { ...unproven, message: /no entries/ });
  assert.equal(open(signed({ origin, size: 0, root: emptyRoot(nativeCrypto.sha256) })).checkpoint.size, 0);
});

test('a key has one role: the log’s own is no witness, under no name and in no kind', () => {
  const twice = { ...witness.key, publicKey: log.key.publicKey };
  assert.throws(() => openCheckpoint(signed(checkpoint), known, [twice], nativeCrypto), { code: 'ARGUMENT_INVALID' });
});

test('two roots of one size, both signed by the log, are evidence that anybody with its keys can verify', () => {
  const fork = { ...checkpoint, root: rootOf(2) };
  const notes = [signed(checkpoint, [log, witness]), signed(fork, [logPq])] as const;
  const evidence = findEquivocation(notes, known, nativeCrypto);
  assert.ok(evidence !== undefined);
  assert.deepEqual([evidence.origin, evidence.size], [origin, 5]);
  assert.ok(!evidence.notes[0].includes('witness.example'), 'only what the log signed');
  verifyEquivocation(evidence, known, nativeCrypto);

  const other = { origin, keys: [createSigner(origin, 'note', 'other').key] };
  assert.throws(() => verifyEquivocation(evidence, other, nativeCrypto), unproven);
  for (const changed of [
    { notes: [notes[0], notes[0]] as const },
    { origin: 'example.org/other' },
    { size: 6 },
    { notes: [notes[0], notes[1].replace('\n5\n', '\n6\n')] as const },
    { notes: [notes[0], signed(fork, [witness])] as const },
  ])
    assert.throws(() => verifyEquivocation({ ...evidence, ...changed }, known, nativeCrypto), unproven);
});

test('the same story twice, and two sizes whatever their roots, are no evidence', () => {
  const find = (other: Checkpoint) => findEquivocation([signed(checkpoint), signed(other)], known, nativeCrypto);
  assert.equal(find(checkpoint), undefined);
  assert.equal(find({ ...checkpoint, size: 6 }), undefined);
  assert.equal(find({ ...checkpoint, size: 4, root: rootOf(9) }), undefined);
});

test('any flipped bit of evidence makes it worthless', () => {
  const notes = [signed(checkpoint, [log]), signed({ ...checkpoint, root: rootOf(2) }, [log])] as const;
  const evidence = { origin, size: 5, notes };
  const second = Buffer.from(notes[1]);
  fc.assert(
    fc.property(fc.nat(second.length - 1), fc.nat(6), (at, bit) => {
      const flipped = Buffer.from(second.with(at, second[at]! ^ (1 << bit))).toString('utf8');
      assert.throws(
        () => verifyEquivocation({ ...evidence, notes: [notes[0], flipped] }, known, nativeCrypto),
        ComityError,
      );
    }),
    { numRuns: 200 },
  );
});
