import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ComityError } from '../base/index.ts';
import { createSigner, inventEntries, makeLog, nativeCrypto } from '../../../testkit/src/index.ts';
import {
  decideAddCheckpoint,
  emptyRoot,
  monitoringPathOf,
  parseAddCheckpoint,
  planConsistency,
  planRoot,
  printAddCheckpoint,
  printCheckpoint,
  printNote,
  printSignatureLine,
  printWitnessAnswer,
  readWitnessAnswer,
  signText,
} from './index.ts';
import type { Checkpoint, NoteSigner, WitnessDecision, WitnessedLog, WitnessedTree } from './index.ts';

const origin = 'example.org/log';
const signers = [createSigner(origin, 'note', 'log'), createSigner(origin, 'cosignature-ml-dsa-44', 'log, ML-DSA')];
const keys = signers.map(({ key }) => key);
const witness = [
  createSigner('w.example', 'cosignature-ed25519', 'w'),
  createSigner('w.example', 'cosignature-ml-dsa-44', 'w, ML-DSA'),
];
const witnessKeys = witness.map(({ key }) => key);
const log = makeLog(inventEntries(300, 3));
const nothing = emptyRoot(nativeCrypto.sha256);
const timeSeconds = 1_790_000_000;

const rootAt = (size: number): Uint8Array => log.hashes(planRoot(size), size)[0]!;
const treeAt = (size: number): WitnessedTree => ({ size, root: rootAt(size) });
function noteOf(checkpoint: Checkpoint, by: readonly NoteSigner[] = signers): string {
  const text = printCheckpoint(checkpoint);
  return printNote({ text, signatures: signText(text, by, timeSeconds) });
}
const noteAt = (size: number, by = signers): string => noteOf({ origin, ...treeAt(size) }, by);
const proofOf = (from: number, size: number): Uint8Array[] => log.hashes(planConsistency(from, size), size);
/** A request that is right, but for what is changed. */
function bodyOf(
  from: number,
  size: number,
  changed: { proof?: readonly Uint8Array[]; note?: string; oldSize?: number } = {},
): string {
  const { proof = proofOf(from, size), note = noteAt(size), oldSize = from } = changed;
  return printAddCheckpoint({ oldSize, proof, note });
}
function decide(
  body: string,
  last: WitnessedTree | undefined,
  known: WitnessedLog | undefined = { keys, last },
): WitnessDecision {
  return decideAddCheckpoint(parseAddCheckpoint(body), known, nativeCrypto);
}

test('a witness cosigns the first tree, a grown one, and the same again (tlog-witness, add-checkpoint)', () => {
  let last: WitnessedTree | undefined;
  for (const [from, size] of [
    [0, 0],
    [0, 7],
    [7, 256],
    [256, 300],
    [300, 300],
  ] as const) {
    const decision = decide(bodyOf(from, size), last);
    assert.ok(decision.status === 200, `${from} to ${size}: ${JSON.stringify(decision)}`);
    assert.deepEqual(decision.last, treeAt(size));
    assert.equal(decision.text, printCheckpoint({ origin, ...treeAt(size) }));
    last = decision.last;
  }
});

test('a witness refuses with these statuses, in this order', () => {
  const fork = noteOf({ origin, size: 7, root: rootAt(8) });
  const wrongEmpty = noteOf({ origin, size: 0, root: rootAt(1) });
  const byStranger = noteAt(9, [createSigner(origin, 'note', 'stranger')]);
  const [line] = signText(printCheckpoint({ origin, ...treeAt(8) }), signers, timeSeconds);
  const badSignature = `${noteAt(9, signers.slice(1))}${printSignatureLine(line!)}`;
  const others = proofOf(7, 9);
  for (const [name, body, last, status] of [
    ['no trusted signature', bodyOf(7, 9, { note: byStranger }), treeAt(7), 403],
    ['a bad signature of a trusted key', bodyOf(7, 9, { note: badSignature }), treeAt(7), 403],
    ['403 before 400: unsigned and larger old size', bodyOf(7, 9, { note: byStranger, oldSize: 10 }), treeAt(7), 403],
    ['old size larger', bodyOf(7, 9, { oldSize: 10 }), treeAt(7), 400],
    ['old size larger, and a conflict', bodyOf(7, 9, { oldSize: 10 }), treeAt(6), 400],
    ['nothing with the root of something', bodyOf(0, 0, { note: wrongEmpty }), undefined, 422],
    ['nothing with the root of something, before the conflict', bodyOf(0, 0, { note: wrongEmpty }), treeAt(7), 422],
    ['an old size not the last', bodyOf(5, 9), treeAt(7), 409],
    ['old 0 to learn the size', bodyOf(0, 9), treeAt(7), 409],
    ['an old size where none is known', bodyOf(5, 9), undefined, 409],
    ['an old size not the last, before the proof', bodyOf(5, 9, { proof: [] }), treeAt(7), 409],
    ['a proof from 0', bodyOf(0, 9, { proof: [nothing] }), undefined, 422],
    ['no proof', bodyOf(7, 9, { proof: [] }), treeAt(7), 422],
    ['the proof of another pair', bodyOf(7, 9, { proof: proofOf(6, 9) }), treeAt(7), 422],
    ['a proof with one more hash', bodyOf(7, 9, { proof: [...others, nothing] }), treeAt(7), 422],
    ['the same size with a proof', bodyOf(7, 7, { proof: [nothing] }), treeAt(7), 422],
    ['the same size with another root', bodyOf(7, 7, { note: fork }), treeAt(7), 422],
  ] as const) {
    const decision = decide(body, last);
    assert.equal(decision.status, status, `${name}: ${JSON.stringify(decision)}`);
    if (decision.status === 409) assert.equal(decision.size, last?.size ?? 0);
  }
  const unknown = decideAddCheckpoint(parseAddCheckpoint(bodyOf(7, 9, { note: byStranger })), undefined, nativeCrypto);
  assert.equal(unknown.status, 404, '404 before 403');
  const forked = decide(bodyOf(7, 7, { note: fork }), treeAt(7));
  assert.match('reason' in forked ? forked.reason : '', /same size had another root/);
});

test('a witness whose own keys are wrong fails loudly, not with an answer', () => {
  const body = bodyOf(0, 9);
  assert.throws(() => decide(body, undefined, { keys: [keys[0]!, keys[0]!], last: undefined }), {
    code: 'LEDGER_MALFORMED',
  });
  const broken = { ...nativeCrypto, verify: () => assert.fail('broken') };
  assert.throws(
    () => decideAddCheckpoint(parseAddCheckpoint(body), { keys, last: undefined }, broken),
    assert.AssertionError,
  );
});

test('of several requests from one state exactly one wins when deciding and keeping are one step', () => {
  let last: WitnessedTree | undefined = treeAt(7);
  const statuses = [bodyOf(7, 9), bodyOf(7, 300), bodyOf(7, 8), bodyOf(7, 9)].map((body) => {
    const decision = decide(body, last);
    if (decision.status === 200) ({ last } = decision);
    return decision.status;
  });
  assert.deepEqual(statuses, [200, 409, 409, 409]);
});

test('a request is read in one form, up to its limits', () => {
  const body = bodyOf(7, 9);
  const { oldSize, proof, note, checkpoint } = parseAddCheckpoint(Buffer.from(body));
  assert.equal(oldSize, 7);
  assert.equal(printAddCheckpoint({ oldSize, proof, note }), body);
  assert.equal(checkpoint.size, 9);
  const hash = body.split('\n')[1]!;
  for (const bad of [
    '',
    'old 7\n',
    body.replace('old 7', 'old 07'),
    body.replace('old 7', 'old  7'),
    body.replace('old 7', 'new 7'),
    body.replace(hash, `${hash.slice(0, -2)}==`),
    body.replace(hash, hash.replace(/.=$/, 'B=')),
    body.replace(hash, hash.slice(4)),
    body.replace(hash, Array.from({ length: 64 }, () => hash).join('\n')),
    body.replace('\n9\n', '\n09\n'),
    body.replace(/\n\n\u2014/, '\nan extension line\n\n\u2014'),
    body.slice(0, -1),
    `${body}\n`,
  ])
    assert.throws(() => parseAddCheckpoint(bad), { code: 'LEDGER_MALFORMED' }, bad.slice(0, 100));
  assert.throws(() => parseAddCheckpoint('x'.repeat(128 * 1024 + 1)), { code: 'INPUT_TOO_LARGE' });
});

test('what is sent fits 16 KiB: the two signatures of a log and the longest proof do, cosignatures do not', () => {
  const longest = Array.from({ length: 63 }, () => nothing);
  assert.ok(bodyOf(7, 9, { proof: longest }).length < 16 * 1024);
  const collected = noteAt(9, [
    ...signers,
    ...['w', 'x', 'y', 'z'].map((name) => createSigner(name, 'cosignature-ml-dsa-44', name)),
  ]);
  assert.throws(() => bodyOf(7, 9, { note: collected, proof: longest }), { code: 'INPUT_TOO_LARGE' });
  assert.throws(() => printAddCheckpoint({ oldSize: -1, proof: [], note: noteAt(9) }), { code: 'LEDGER_MALFORMED' });
});

const text = printCheckpoint({ origin, ...treeAt(9) });
const read = (status: number, body: string) => readWitnessAnswer({ status, body }, text, witnessKeys, nativeCrypto);

test('an answer carries lines for 200, the size for 409, the reason for all else; and is read back', () => {
  const good = decide(bodyOf(0, 9), undefined);
  const answer = printWitnessAnswer(good, signText(text, witness, timeSeconds));
  assert.deepEqual([answer.status, answer.contentType], [200, 'text/plain; charset=utf-8']);
  const cosigned = read(answer.status, answer.body);
  assert.ok(cosigned.outcome === 'cosigned');
  assert.deepEqual(
    cosigned.cosignatures.map(({ key, timeSeconds: time }) => [key, time]),
    witnessKeys.map((key) => [key, timeSeconds]),
  );

  const conflict = printWitnessAnswer(decide(bodyOf(0, 9), treeAt(7)), []);
  assert.deepEqual(conflict, { status: 409, contentType: 'text/x.tlog.size', body: '7\n' });
  assert.deepEqual(read(conflict.status, conflict.body), { outcome: 'conflict', size: 7 });

  const refused = printWitnessAnswer(decide(bodyOf(7, 9, { proof: [] }), treeAt(7)), []);
  assert.deepEqual([refused.status, refused.body], [422, 'the proof does not show that the tree only grew\n']);
  assert.deepEqual(read(refused.status, refused.body), {
    outcome: 'failed',
    reason: 'the witness answered 422',
    isAlarming: true,
  });
});

test('whatever a witness answers else is a failed witness; a fork it may have seen alarms', () => {
  const lines = signText(text, witness, timeSeconds).map(printSignatureLine);
  const untimed = signText(text, witness.slice(1), 0).map(printSignatureLine).join('');
  const ofOther = signText(printCheckpoint({ origin, ...treeAt(8) }), witness, timeSeconds)
    .map(printSignatureLine)
    .join('');
  const stranger = signText(text, [createSigner('s.example', 'cosignature-ed25519', 's')], timeSeconds).map(
    printSignatureLine,
  );
  for (const [status, body, isAlarming] of [
    [200, '', false],
    [200, 'ok\n', false],
    [200, `\n${lines.join('')}`, false],
    [200, lines.join('\n'), false],
    [200, untimed, false],
    [200, ofOther, false],
    [200, stranger.join(''), false],
    [200, 'x'.repeat(65 * 1024), false],
    [204, lines.join(''), false],
    [409, '', true],
    [409, 'a fork\n', true],
    [409, '007\n', true],
    [422, '', true],
    [403, 'unknown log\n', false],
    [404, '', false],
    [500, '', false],
  ] as const) {
    const answer = read(status, body);
    assert.equal(answer.outcome, 'failed', `${status} ${body.slice(0, 40)}`);
    assert.equal('isAlarming' in answer && answer.isAlarming, isAlarming, `${status} ${body.slice(0, 40)}`);
  }
  assert.equal(read(200, `${stranger.join('')}${lines[0]}`).outcome, 'cosigned', 'lines of others are passed over');
});

test('a witness that signs another text than was sent cannot have its line put beside the checkpoint', () => {
  const [line] = signText(`${text}\nmore\n`, witness.slice(0, 1), timeSeconds);
  assert.equal(read(200, `more\n\n${printSignatureLine(line!)}`).outcome, 'failed');
});

test('any flipped bit of a request or of an answer is refused', () => {
  const body = Buffer.from(
    printAddCheckpoint({ oldSize: 7, proof: proofOf(7, 9), note: noteAt(9, signers.slice(0, 1)) }),
  );
  const answer = Buffer.from(signText(text, witness.slice(0, 1), timeSeconds).map(printSignatureLine).join(''));
  const flip = (bytes: Uint8Array, bit: number): Uint8Array => {
    const at = Math.floor(bit / 8) % bytes.length;
    return bytes.with(at, bytes[at]! ^ (1 << (bit % 8)));
  };
  fc.assert(
    fc.property(fc.nat(), (bit) => {
      assert.equal(read(200, Buffer.from(flip(answer, bit)).toString('utf8')).outcome, 'failed');
      try {
        const request = parseAddCheckpoint(flip(body, bit));
        const known = request.checkpoint.origin === origin ? { keys, last: treeAt(7) } : undefined;
        assert.notEqual(decideAddCheckpoint(request, known, nativeCrypto).status, 200);
      } catch (error) {
        assert.ok(error instanceof ComityError, String(error));
      }
    }),
    { numRuns: 400 },
  );
});

test('a witness shows what it cosigned under the hash of the origin', () => {
  const path = '000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706/checkpoint';
  assert.equal(monitoringPathOf('rome2026h1.example.org', nativeCrypto.sha256), path);
});
