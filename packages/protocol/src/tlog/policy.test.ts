import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ComityError } from '../base/index.ts';
import { createSigner, nativeCrypto } from '../../../testkit/src/index.ts';
import {
  isQuorum,
  logOfPolicy,
  makePolicy,
  parsePolicy,
  printPolicy,
  printVerifierKey,
  quorumOf,
  witnessedBy,
} from './index.ts';

const { sha256 } = nativeCrypto;
const log = createSigner('example.org/log', 'note', 'log').key;
const logPq = createSigner('example.org/log', 'cosignature-ml-dsa-44', 'log, ML-DSA').key;
const cosigner = (name: string) => createSigner(name, 'cosignature-ed25519', name).key;
const [a, b, c] = ['a.example', 'b.example', 'c.example'].map(cosigner) as [
  ReturnType<typeof cosigner>,
  ReturnType<typeof cosigner>,
  ReturnType<typeof cosigner>,
];
const aPq = createSigner('a.example', 'cosignature-ml-dsa-44', 'a, ML-DSA').key;
const [ka, kb, kc, klog] = [a, b, c, log].map(printVerifierKey) as [string, string, string, string];
const parse = (text: string) => parsePolicy(text, sha256);

test('a policy names logs, witnesses, groups and one quorum (tlog-policy)', () => {
  const policy = parse(
    [
      '# ours',
      `log ${klog} https://example.org/log`,
      '',
      `\twitness  A \t ${ka} https://a.example `,
      '  # a comment of its own line',
      `witness B ${kb}`,
      `witness C ${kc}`,
      'group two 2 A B C',
      'quorum two',
    ].join('\n'),
  );
  assert.deepEqual(
    policy.logs.map(({ key, url }) => [key.name, url]),
    [['example.org/log', 'https://example.org/log']],
  );
  assert.deepEqual(
    policy.witnesses.map(({ name, url }) => [name, url]),
    [
      ['A', 'https://a.example'],
      ['B', undefined],
      ['C', undefined],
    ],
  );
  assert.deepEqual(policy.groups, [{ name: 'two', threshold: 2, members: ['A', 'B', 'C'] }]);
  assert.equal(policy.quorum, 'two');
  assert.deepEqual(parse(printPolicy(policy, sha256)), policy);
});

test('all, any and a number; a witness alone; none', () => {
  const witnesses = `witness A ${ka}\nwitness B ${kb}\n`;
  for (const [lines, keys, met] of [
    ['group g all A B\nquorum g', [a], false],
    ['group g all A B\nquorum g', [a, b], true],
    ['group g any A B\nquorum g', [b], true],
    ['group g any A B\nquorum g', [c], false],
    ['group g any A B\nquorum g', [], false],
    ['group g 1 A\ngroup h all g B\nquorum h', [a], false],
    ['group g 1 A\ngroup h all g B\nquorum h', [a, b], true],
    ['quorum B', [b], true],
    ['quorum B', [a], false],
    ['quorum none', [], true],
  ] as const)
    assert.equal(isQuorum(parse(`${witnesses}${lines}\n`), keys), met, lines);
});

test('a policy that breaks a rule is refused with its line', () => {
  const good = `witness A ${ka}\nwitness B ${kb}\n`;
  for (const [text, message] of [
    [good, /no quorum/],
    ['quorum none\nquorum none', /line 2 of policy: there is a quorum already/],
    ['quorum A', /not defined before/],
    ['quorum', /not quorum NAME/],
    ['quorum a b', /not quorum NAME/],
    [`log\nquorum none`, /line 1 of policy: it is not log/],
    [`log ${klog} u v\nquorum none`, /not log KEY/],
    [`log nokey\nquorum none`, /not name\+id/],
    [`witness A\nquorum none`, /not witness NAME KEY/],
    [`witness A ${ka} u # comment\nquorum none`, /not witness NAME KEY/],
    [`witness A ${klog}\nquorum A`, /signs notes, not cosignatures/],
    [`${good}witness A ${kc}\nquorum A`, /line 3 of policy: "A" is defined already/],
    [`${good}witness C ${ka}\nquorum A`, /public key stands in another line/],
    [`log ${printVerifierKey({ ...logPq })}\nwitness L ${printVerifierKey(logPq)}\nquorum L`, /another line/],
    ...['none', 'all', 'any'].map((name) => [`witness ${name} ${ka}\nquorum none`, /means something else/] as const),
    ['group g 1\nquorum none', /not group NAME/],
    [`${good}group g 0 A\nquorum g`, /0 of 1 members/],
    [`${good}group g 2 A\nquorum g`, /2 of 1 members/],
    [`${good}group g -1 A\nquorum g`, /line 3 of policy/],
    [`${good}group g 01 A\nquorum g`, /line 3 of policy/],
    [`${good}group g any A A\nquorum g`, /in a group already/],
    [`${good}group g any A\ngroup h any A B\nquorum h`, /in a group already/],
    [`${good}group g any g\nquorum g`, /not defined before/],
    [`${good}group A any B\nquorum A`, /defined already/],
    ['witnesses none', /begins with "witnesses"/],
    ['quorum none\r', /control characters/],
  ] as const)
    assert.throws(() => parse(text), { code: 'LEDGER_MALFORMED', message }, text);
  assert.throws(() => parse(' '.repeat(2 ** 20 + 1)), { code: 'INPUT_TOO_LARGE' });
});

test('a witness with two keys counts once, and whichever it used', () => {
  const policy = makePolicy(
    [log, logPq],
    [
      { name: 'A', keys: [a, aPq], url: 'https://a.example' },
      { name: 'B', keys: [b] },
    ],
    2,
  );
  assert.ok(!isQuorum(policy, [a, aPq]), 'two signatures of one witness');
  assert.ok(isQuorum(policy, [aPq, b]));
  assert.ok(isQuorum(policy, [a, b]));
  assert.deepEqual([...witnessedBy(policy, [a, aPq])], [`A:${a.keyId}`, `A:${aPq.keyId}`, 'A']);
  assert.deepEqual(parse(printPolicy(policy, sha256)), policy);
  const none = makePolicy([log], [], 0);
  assert.ok(isQuorum(none, []));
  assert.equal(printPolicy(none, sha256), `log ${klog}\nquorum none\n`);
  assert.throws(() => printPolicy(makePolicy([log], [{ name: 'A', keys: [a] }], 2), sha256), {
    code: 'LEDGER_MALFORMED',
  });
});

test('all keys of a log’s origin are its own; a log that is not listed is not trusted', () => {
  const policy = makePolicy([log, logPq], [], 0);
  assert.deepEqual(logOfPolicy(policy, 'example.org/log').keys, [log, logPq]);
  assert.throws(() => logOfPolicy(policy, 'example.org/other'), { code: 'LEDGER_UNPROVEN' });
});

test('a quorum is so large that two of them share a witness that does not collude', () => {
  for (const [count, colluding, quorum] of [
    [3, 1, 3],
    [4, 1, 3],
    [6, 1, 4],
    [6, 2, 5],
    [9, 2, 6],
    [9, 3, 7],
    [19, 6, 13],
    [29, 9, 20],
  ] as const) {
    assert.equal(quorumOf(count, colluding), quorum);
    assert.ok(2 * quorum - count > colluding);
    assert.ok(2 * (quorum - 1) - count <= colluding, 'no larger than it must be');
  }
});

test('whatever a policy says, reading it throws its own errors alone', () => {
  const word = fc.constantFrom(
    'log',
    'witness',
    'group',
    'quorum',
    'A',
    'B',
    '1',
    'any',
    'all',
    'none',
    '#',
    '\n',
    ka,
    kb,
    '\t',
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 30 }), (words) => {
      try {
        const policy = parse(words.join(' '));
        assert.deepEqual(parse(printPolicy(policy, sha256)), policy);
      } catch (error) {
        assert.ok(error instanceof ComityError, String(error));
      }
    }),
    { numRuns: 500 },
  );
});
