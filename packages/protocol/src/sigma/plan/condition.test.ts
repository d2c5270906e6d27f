import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../../base/index.ts';
import { createSigmaEngine, eventOfRecord, parseSigma, planRule } from '../index.ts';

const x = { product: 'x' };

/** Whether a condition over searches for `a`, `b`, … holds for an event that has some of the fields. */
function holds(condition: string | string[], has: string, names = 'abc'): boolean {
  const detection = Object.fromEntries(Array.from(names).map((name) => [`sel_${name}`, { [name]: 1 }]));
  const text = JSON.stringify({ title: 'A', logsource: x, detection: { ...detection, condition } });
  const engine = createSigmaEngine(parseSigma(text));
  assert.deepEqual(engine.refused, []);
  const record = Object.fromEntries(Array.from(has).map((name) => [name, 1]));
  return engine.advance(eventOfRecord(record, { logsources: [x] }), 0).length > 0;
}

function refusal(detection: object): { readonly code: string; readonly message: string } {
  const [document] = parseSigma(JSON.stringify({ title: 'A', logsource: x, detection }));
  const [refused] = createSigmaEngine([document!]).refused;
  assert.ok(refused !== undefined, `not refused: ${JSON.stringify(detection)}`);
  return refused.error;
}

test('or binds least, then and, then not; brackets before all; words in any case (Sigma rules 2.1.0, "Condition")', () => {
  assert.ok(holds('sel_a or sel_b and sel_c', 'a'));
  assert.ok(!holds('(sel_a or sel_b) and sel_c', 'a'));
  assert.ok(holds('not sel_a and sel_b', 'b'));
  assert.ok(!holds('not (sel_a and sel_b)', 'ab'));
  assert.ok(holds('NOT sel_a AND sel_b OR sel_c', 'b'));
  assert.ok(holds('not not sel_a', 'a'));
  assert.ok(holds('sel_a and (sel_a or sel_b)', 'a'));
});

test('1 of and all of: them leaves out names that begin with _, a pattern has its stars anywhere', () => {
  assert.ok(holds('1 of them', 'c'));
  assert.ok(holds('any of sel_*', 'c'));
  assert.ok(!holds('all of them', 'ab'));
  assert.ok(holds('all of *', 'abc'));
  assert.ok(holds('1 of *_b', 'b'));
  assert.ok(!holds('1 of s*_b', 'a'));
  assert.ok(holds('1 of s*l*b', 'b'));
  assert.ok(holds('1 of sel_a', 'a'));
  const detection = { _x: { a: 1 }, y: { b: 1 }, condition: '1 of them' };
  const engine = createSigmaEngine(parseSigma(JSON.stringify({ title: 'A', logsource: x, detection })));
  assert.equal(engine.advance(eventOfRecord({ a: 1 }, { logsources: [x] }), 0).length, 0);
  const explicit = { ...detection, condition: '1 of _*' };
  const other = createSigmaEngine(parseSigma(JSON.stringify({ title: 'A', logsource: x, detection: explicit })));
  assert.equal(other.advance(eventOfRecord({ a: 1 }, { logsources: [x] }), 0).length, 1);
  assert.match(refusal({ _x: { a: 1 }, condition: 'all of *' }).message, /no search/);
  assert.match(refusal({ sel: { a: 1 }, condition: '1 of s*l*l' }).message, /no search/);
  assert.match(refusal({ sel: { a: 1 }, condition: '1 of s*x*l' }).message, /no search/);
});

test('several conditions are joined by or', () => {
  assert.ok(holds(['sel_a', 'sel_b'], 'b'));
});

test('a condition that is none is refused, and an aggregation by name', () => {
  for (const condition of [
    'sel_x',
    'sel and',
    '(sel',
    'sel )',
    'sel sel',
    'and',
    '1 of',
    '1 of (',
    'sel*',
    '',
    '1 of other*',
    'sel and (',
  ]) {
    assert.equal(refusal({ sel: { a: 1 }, condition }).code, 'SIGMA_MALFORMED', condition);
  }
  for (const condition of ['sel | count() > 5', 'sel | near other', '2 of sel*']) {
    assert.equal(refusal({ sel: { a: 1 }, condition }).code, 'SIGMA_UNSUPPORTED', condition);
  }
});

test('conditions and searches too long, too deep or too many are refused', () => {
  for (const condition of [
    'sel or '.repeat(2000) + 'sel',
    '('.repeat(100) + 'sel' + ')'.repeat(100),
    'not '.repeat(limits.sigmaConditionDepthMax + 1) + 'sel',
  ]) {
    assert.equal(refusal({ sel: { a: 1 }, condition }).code, 'SIGMA_TOO_COMPLEX');
  }
  const values = Array.from({ length: 600 }, (_, index) => `v${index}`);
  const repeated = Array.from({ length: 100 }, () => 'sel').join(' or ');
  assert.equal(refusal({ sel: { a: values }, condition: repeated }).code, 'SIGMA_TOO_COMPLEX');
  const many = Array.from({ length: limits.sigmaTestsMax + 1 }, () => 1);
  assert.equal(refusal({ sel: { a: many }, condition: 'sel' }).code, 'SIGMA_TOO_COMPLEX');
});

test('searches: maps ask for all, lists for any, scalars for a keyword; empty ones are refused', () => {
  for (const search of [{}, [], null, [[]], { a: [] }, { a: { b: 1 } }, { a: [[1]] }]) {
    assert.equal(refusal({ sel: search, condition: 'sel' }).code, 'SIGMA_MALFORMED', JSON.stringify(search));
  }
  const [rule] = parseSigma(
    JSON.stringify({
      title: 'A',
      logsource: x,
      detection: { sel: [{ a: 1, b: 2 }, 'word'], other: { c: null }, condition: 'sel' },
    }),
  );
  assert.ok(rule?.kind === 'rule');
  const plan = planRule(rule);
  assert.deepEqual(plan.root, {
    kind: 'or',
    nodes: [
      {
        kind: 'and',
        nodes: [
          { kind: 'test', field: 'a', test: { kind: 'text', parts: ['1'], cased: false } },
          { kind: 'test', field: 'b', test: { kind: 'text', parts: ['2'], cased: false } },
        ],
      },
      {
        kind: 'test',
        field: undefined,
        test: { kind: 'text', parts: [{ wildcard: '*' }, 'word', { wildcard: '*' }], cased: false },
      },
    ],
  });
  assert.deepEqual(
    plan.warnings.map(({ path }) => path),
    ['detection.other'],
  );
});
