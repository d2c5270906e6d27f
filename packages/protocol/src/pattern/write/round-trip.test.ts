import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { normalPattern, parsePattern, planPattern, printPattern } from '../index.ts';
import type {
  ComparisonExpression,
  Literal,
  ObjectPath,
  ObservationExpression,
  PathStep,
  Qualifier,
} from '../index.ts';

const name = fc.constantFrom('a', 'b_c', 'value', 'hashes', 'MD5', 'resolves_to_refs');
const key: fc.Arbitrary<PathStep> = fc.oneof(
  name,
  fc.string({ maxLength: 6 }),
  fc.constantFrom('AND', 'true', 'windows-pebinary-ext'),
);
const step = fc.oneof(key, fc.integer({ min: -5, max: 2 ** 40 }), fc.constant({ any: true as const }));
const path: fc.Arbitrary<ObjectPath> = fc.record({
  type: fc.constantFrom('file', 'domain-name', 'ipv4-addr', 'x-own', 'url'),
  steps: fc.tuple(key, fc.array(step, { maxLength: 3 })).map(([first, rest]) => [first].concat(rest)),
});
const quoted: fc.Arbitrary<Literal> = fc.record({
  kind: fc.constant('string' as const),
  value: fc.oneof(
    fc.string({ maxLength: 8, unit: 'binary' }),
    fc.constantFrom("it's", '\\', '%.evil.example', '192.0.2.0/24'),
  ),
});
const literal: fc.Arbitrary<Literal> = fc.oneof(
  quoted,
  fc.integer().map((value): Literal => ({ kind: 'integer', value: String(value) })),
  fc.constantFrom<Literal>(
    { kind: 'float', value: '0.5' },
    { kind: 'float', value: '-7.0' },
    { kind: 'binary', value: 'YWI=' },
    { kind: 'hex', value: 'ffd8' },
    { kind: 'timestamp', value: '2024-01-01T00:00:00.250Z' },
  ),
);
const comparisonTest: fc.Arbitrary<ComparisonExpression> = fc.oneof(
  fc.record({ kind: fc.constant('exists' as const), path, negated: fc.boolean() }),
  fc.record({
    kind: fc.constant('test' as const),
    path,
    negated: fc.boolean(),
    operator: fc.constantFrom('=' as const, '!=' as const, '<' as const, '>=' as const),
    literals: literal.map((each) => [each]),
  }),
  fc.record({
    kind: fc.constant('test' as const),
    path,
    negated: fc.boolean(),
    operator: fc.constant('IN' as const),
    literals: fc.array(literal, { maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant('test' as const),
    path,
    negated: fc.boolean(),
    operator: fc.constantFrom('LIKE' as const, 'MATCHES' as const, 'ISSUBSET' as const, 'ISSUPERSET' as const),
    literals: quoted.map((each) => [each]),
  }),
);
const qualifier: fc.Arbitrary<Qualifier> = fc.constantFrom<Qualifier>(
  { kind: 'within', seconds: '5' },
  { kind: 'within', seconds: '0.5' },
  { kind: 'repeats', times: '2' },
  { kind: 'startstop', start: '2024-01-01T00:00:00Z', stop: '2024-02-01T00:00:00.5Z' },
);

const { comparison } = fc.letrec<{ comparison: ComparisonExpression }>((tie) => ({
  comparison: fc.oneof(
    { maxDepth: 3 },
    comparisonTest,
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      operands: fc.array(tie('comparison'), { minLength: 2, maxLength: 3 }),
    }),
  ),
}));
const { observation } = fc.letrec<{ observation: ObservationExpression }>((tie) => ({
  observation: fc.oneof(
    { maxDepth: 3 },
    comparison.map((each): ObservationExpression => ({ kind: 'observation', comparison: each })),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const, 'followedby' as const),
      operands: fc.array(tie('observation'), { minLength: 2, maxLength: 3 }),
    }),
    fc.record({
      kind: fc.constant('qualified' as const),
      operand: tie('observation'),
      qualifiers: fc.array(qualifier, { minLength: 1, maxLength: 2 }),
    }),
  ),
}));

/** A tree the grammar can write: a digest key asks for a digest, so such paths are not drawn with other literals. */
const pattern = observation
  .map((root) => ({ root }))
  .filter((tree) => !/hashes.*\.(?:'?MD5'?)/.test(printPattern(tree)));

test('printing a tree and parsing it gives the tree', () => {
  fc.assert(
    fc.property(pattern, (tree) => {
      // Drawn records may have no prototype, which deepEqual tells apart.
      assert.deepEqual(parsePattern(printPattern(tree)), structuredClone(tree));
    }),
    { numRuns: 1000 },
  );
});

test('the normal form is its own normal form', () => {
  fc.assert(
    fc.property(pattern, (tree) => {
      const normal = normalPattern(tree);
      assert.equal(normalPattern(parsePattern(normal)), normal);
    }),
    { numRuns: 500 },
  );
});

test('the normal form does not depend on the order of operands of AND and OR', () => {
  const reversed = (expression: ObservationExpression): ObservationExpression => {
    if (expression.kind === 'and' || expression.kind === 'or') {
      return { ...expression, operands: expression.operands.map(reversed).reverse() };
    }
    return expression.kind === 'observation'
      ? { ...expression, comparison: reversedComparison(expression.comparison) }
      : expression;
  };
  const reversedComparison = (expression: ComparisonExpression): ComparisonExpression =>
    expression.kind === 'and' || expression.kind === 'or'
      ? { ...expression, operands: expression.operands.map(reversedComparison).reverse() }
      : expression;
  fc.assert(
    fc.property(pattern, (tree) => {
      assert.equal(normalPattern({ root: reversed(tree.root) }), normalPattern(tree));
    }),
    { numRuns: 500 },
  );
});

test('a plan has distinct values, says why when it is not complete, and is necessary when complete', () => {
  fc.assert(
    fc.property(pattern, (tree) => {
      const plan = planPattern(tree);
      const keys = plan.values.map(({ kind, value, port }) => `${kind} ${value} ${port ?? ''}`);
      assert.equal(new Set(keys).size, keys.length);
      assert.equal(plan.complete, plan.reason === undefined);
      if (plan.complete) assert.ok(plan.necessary && plan.values.length > 0);
    }),
    { numRuns: 500 },
  );
});
