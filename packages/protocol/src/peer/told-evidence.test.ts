import assert from 'node:assert/strict';
import test from 'node:test';
import { parseMemberId, parseStixId } from '../base/index.ts';
import { limits } from '../base/index.ts';
import { contradictionText, evidenceCharsMax, evidenceMax, parseToldEvidence, printToldEvidence } from './index.ts';
import type { SignedStatement, ToldEvidence } from './index.ts';

const recalled = (statedAt: string): SignedStatement => ({
  statement: {
    v: 1,
    origin: parseMemberId('0a'.repeat(32)),
    id: parseStixId('indicator--00000000-0000-4000-8000-000000000001'),
    version: 1,
    statedAt,
    state: 'recalled',
    reason: 'mistake',
  },
  signature: `${'A'.repeat(86)}==`,
});
const [one, other] = [recalled('2026-05-01T00:00:00.000Z'), recalled('2026-05-02T00:00:00.000Z')];
const contradiction: ToldEvidence = { kind: 'contradiction', statements: [one, other] };
const split: ToldEvidence = { kind: 'split-ledger', notes: ['a', 'b'] };

test('evidence is read as it was told (peer.md §12)', () => {
  for (const told of [[], [contradiction, split]])
    assert.deepEqual(parseToldEvidence(printToldEvidence(told), 'test'), told);
});

test('no more is told than one answer holds', () => {
  const many = Array.from({ length: evidenceMax + 1 }, () => split);
  assert.equal(parseToldEvidence(printToldEvidence(many), 'test').length, evidenceMax);
  const large: ToldEvidence = { kind: 'split-ledger', notes: ['a'.repeat(limits.ledgerNoteBytesMax), 'b'] };
  const text = printToldEvidence([large, large, split]);
  assert.ok(text.length <= evidenceCharsMax);
  assert.equal(parseToldEvidence(text, 'test').length, Math.floor(evidenceCharsMax / limits.ledgerNoteBytesMax) - 1);
});

test('what has not the form of evidence is refused', () => {
  for (const value of [
    {},
    { v: 2, evidence: [] },
    { v: 1, evidence: [{ kind: 'other' }] },
    { v: 1, evidence: [{ ...contradiction, more: 1 }] },
    { v: 1, evidence: [{ kind: 'contradiction', statements: [one] }] },
    { v: 1, evidence: Array.from({ length: evidenceMax + 1 }, () => split) },
  ])
    assert.throws(() => parseToldEvidence(JSON.stringify(value), 'test'), { code: 'PEER_MALFORMED' });
  assert.throws(() => parseToldEvidence(' '.repeat(evidenceCharsMax + 1), 'test'), { code: 'INPUT_TOO_LARGE' });
});

test('two statements are one text in whatever order they were heard', () => {
  assert.equal(contradictionText([one, other]), contradictionText([other, one]));
  assert.deepEqual(JSON.parse(contradictionText([other, one])), [one, other]);
});
