import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { ComityError } from '../../base/index.ts';
import { matchPattern, parsePattern } from '../index.ts';
import type { Observation, ObservationExpression, Pattern } from '../index.ts';

const second = 1_000_000;

/** One object of type `o` whose letters are its properties, seen from `firstS` to `lastS`. */
function seen(letters: string, firstS: number, lastS = firstS, numberObserved = 1): Observation {
  const object = { type: 'o', ...Object.fromEntries(letters.split('').map((letter) => [letter, 1])) };
  return { firstUs: firstS * second, lastUs: lastS * second, numberObserved, objects: new Map([['0', object]]) };
}

/** `a` stands for `[o:a = 1]`. */
function textOf(short: string): string {
  return short
    .replace(/\b[a-d]\b/g, (letter) => `[o:${letter} = 1]`)
    .replace(/@(\d+)-(\d+)/g, (_, from: string, to: string) => `START ${timeOf(from)} STOP ${timeOf(to)}`);
}

function timeOf(seconds: string): string {
  return `t'1970-01-01T00:00:${seconds.padStart(2, '0')}Z'`;
}

const cases: readonly (readonly [
  rule: string,
  pattern: string,
  observations: readonly Observation[],
  matched: boolean,
])[] = [
  ['AND needs two observations (§9.5.2)', 'a AND b', [seen('ab', 0)], false],
  ['AND in any order (§9.5.2)', 'a AND b', [seen('ab', 0), seen('a', 0)], true],
  ['AND where one must give way', 'a AND b AND c', [seen('abc', 0), seen('ab', 1), seen('a', 2)], true],
  ['AND where nobody can', 'a AND b AND c', [seen('abc', 0), seen('a', 1), seen('a', 2)], false],
  ['OR of one (§9.5.2)', 'a OR b', [seen('b', 0)], true],
  [
    'REPEATS of a choice takes each time whichever is there',
    '((a AND b) OR c) REPEATS 3 TIMES',
    [seen('c', 0), seen('a', 1), seen('c', 2), seen('b', 3)],
    true,
  ],
  [
    'REPEATS of a choice that is not there often enough',
    '((a AND b) OR c) REPEATS 3 TIMES',
    [seen('c', 0), seen('a', 1), seen('a', 2), seen('b', 3)],
    false,
  ],
  ['OR of groups', '(a AND b) OR (c AND d)', [seen('a', 0), seen('c', 0), seen('d', 0)], true],
  ['FOLLOWEDBY may be at once (§9.5.2)', 'a FOLLOWEDBY b', [seen('a', 3), seen('b', 3)], true],
  ['FOLLOWEDBY has an order (§9.5.2)', 'a FOLLOWEDBY b', [seen('a', 4), seen('b', 3)], false],
  ['FOLLOWEDBY of three', 'a FOLLOWEDBY b FOLLOWEDBY c', [seen('a', 1), seen('b', 2), seen('c', 3)], true],
  [
    'FOLLOWEDBY of three out of order',
    'a FOLLOWEDBY b FOLLOWEDBY c',
    [seen('a', 1), seen('c', 2), seen('b', 3)],
    false,
  ],
  ['FOLLOWEDBY with an interval that may be early enough', 'a FOLLOWEDBY b', [seen('a', 0, 9), seen('b', 3)], true],
  [
    'instants must satisfy everything at once (§9.1)',
    'a FOLLOWEDBY b FOLLOWEDBY c',
    [seen('a', 5), seen('b', 0, 9), seen('c', 4)],
    false,
  ],
  ['WITHIN is open at its end (§9.5.1)', '(a AND b) WITHIN 5 SECONDS', [seen('a', 0), seen('b', 5)], false],
  [
    'WITHIN of more than the difference (§9.5.1)',
    '(a AND b) WITHIN 5.000001 SECONDS',
    [seen('a', 0), seen('b', 5)],
    true,
  ],
  ['WITHIN of a single observation says nothing', 'a WITHIN 0.000001 SECONDS', [seen('a', 0, 50)], true],
  [
    'WITHIN takes what fits, not what comes first',
    '(a AND b) WITHIN 2 SECONDS',
    [seen('a', 0), seen('b', 9), seen('a', 10)],
    true,
  ],
  ['WITHIN of intervals that come near enough', '(a AND b) WITHIN 2 SECONDS', [seen('a', 0, 4), seen('b', 5, 9)], true],
  [
    'windows within windows',
    '((a AND b) WITHIN 2 SECONDS AND c) WITHIN 4 SECONDS',
    [seen('a', 0), seen('b', 1), seen('c', 3)],
    true,
  ],
  [
    'windows within windows, too far',
    '((a AND b) WITHIN 2 SECONDS AND c) WITHIN 4 SECONDS',
    [seen('a', 0), seen('b', 1), seen('c', 4)],
    false,
  ],
  [
    'two windows on one group: the narrower',
    '(a AND b) WITHIN 9 SECONDS WITHIN 2 SECONDS',
    [seen('a', 0), seen('b', 5)],
    false,
  ],
  ['START is allowed, STOP is not (§9.5.1)', 'a @2-4', [seen('a', 2)], true],
  ['STOP is not allowed (§9.5.1)', 'a @2-4', [seen('a', 4)], false],
  ['START after STOP allows nothing', 'a @4-2', [seen('a', 3)], false],
  ['START/STOP of an interval of which a part is inside', 'a @2-4', [seen('a', 0, 2)], true],
  ['START/STOP of a group binds every observation', '(a AND b) @2-4', [seen('a', 2), seen('b', 9)], false],
  ['START/STOP and WITHIN together', '(a AND b) @0-9 WITHIN 2 SECONDS', [seen('a', 2), seen('b', 3)], true],
  ['REPEATS needs different observations (§9.5.1)', 'a REPEATS 2 TIMES', [seen('a', 0)], false],
  ['REPEATS counts number_observed (§9.1)', 'a REPEATS 3 TIMES', [seen('a', 0, 0, 2), seen('a', 1)], true],
  ['REPEATS of very many', 'a REPEATS 1000000000 TIMES', [seen('a', 0, 0, 999_999_999), seen('a', 1)], true],
  ['REPEATS 1 says nothing', 'a REPEATS 1 TIMES', [seen('a', 0)], true],
  ['REPEATS beside what takes the same', 'a REPEATS 3 TIMES AND b', [seen('ab', 0, 0, 3), seen('a', 1)], true],
  ['REPEATS beside what takes too much', 'a REPEATS 4 TIMES AND b', [seen('ab', 0, 0, 3), seen('a', 1)], false],
  [
    'REPEATS of a group',
    '(a FOLLOWEDBY b) REPEATS 2 TIMES',
    [seen('a', 0), seen('a', 1), seen('b', 1), seen('b', 2)],
    true,
  ],
  [
    'REPEATS of a group, one too few',
    '(a FOLLOWEDBY b) REPEATS 2 TIMES',
    [seen('a', 0), seen('a', 2), seen('b', 1), seen('b', 1)],
    false,
  ],
  ['REPEATS of a choice', '((a AND b) OR c) REPEATS 2 TIMES', [seen('a', 0), seen('b', 0), seen('c', 0)], true],
  [
    'REPEATS of a choice, one too few',
    '((a AND b) OR (c AND d)) REPEATS 2 TIMES',
    [seen('a', 0), seen('b', 0), seen('c', 0)],
    false,
  ],
  [
    'REPEATS of a choice taken twice',
    '((a AND b) OR (c AND d)) REPEATS 2 TIMES',
    [seen('c', 0), seen('d', 0), seen('d', 1), seen('c', 1), seen('a', 0)],
    true,
  ],
  ['REPEATS of nothing possible', '(a AND b) REPEATS 2 TIMES', [seen('a', 0)], false],
  [
    'WITHIN then REPEATS is a window each (§9.5.2)',
    '(a AND b) WITHIN 2 SECONDS REPEATS 2 TIMES',
    [seen('a', 0), seen('b', 1), seen('a', 50), seen('b', 51)],
    true,
  ],
  [
    'REPEATS then WITHIN is one window (§9.5.2)',
    '(a AND b) REPEATS 2 TIMES WITHIN 2 SECONDS',
    [seen('a', 0), seen('b', 1), seen('a', 50), seen('b', 51)],
    false,
  ],
  [
    'qualifiers are not greedy (§9.5.2)',
    'a FOLLOWEDBY b REPEATS 2 TIMES',
    [seen('a', 0), seen('b', 1), seen('b', 2)],
    true,
  ],
  ['nothing seen', 'a', [], false],
];
test('a parsed pattern is evaluated as its text is', () => {
  const text = textOf('a FOLLOWEDBY b');
  const observations = [seen('a', 1), seen('b', 2)];
  assert.deepEqual(matchPattern(parsePattern(text), observations), matchPattern(text, observations));
});

for (const [rule, pattern, observations, matched] of cases) {
  test(rule, () => {
    const result = matchPattern(textOf(pattern), observations);
    assert.equal(result.matched, matched);
    assert.equal(result.bindings.length > 0, matched);
  });
}

test('a closed window lets its end', () => {
  const observations = [seen('a', 0), seen('b', 5)];
  assert.equal(matchPattern(textOf('(a AND b) WITHIN 5 SECONDS'), observations, { window: 'closed' }).matched, true);
  assert.equal(matchPattern(textOf('(a AND b) WITHIN 4.9 SECONDS'), observations, { window: 'closed' }).matched, false);
});

test('bindings name expression, observation, object and how often', () => {
  const observations = [seen('b', 0, 0, 5), seen('a', 1), seen('b', 2)];
  assert.deepEqual(matchPattern(textOf('a FOLLOWEDBY b OR b REPEATS 6 TIMES'), observations).bindings, [
    { expression: 0, observation: 1, object: '0', units: 1 },
    { expression: 1, observation: 2, object: '0', units: 1 },
  ]);
  assert.deepEqual(matchPattern(textOf('b REPEATS 4 TIMES'), observations).bindings, [
    { expression: 0, observation: 0, object: '0', units: 4 },
  ]);
});

test('a hundred alike under AND are no problem, nor a hundred that lack one', () => {
  const observations = Array.from({ length: 100 }, (_, index) => seen('a', index));
  const pattern = (count: number): string => textOf(Array.from({ length: count }, () => 'a').join(' AND '));
  const started = process.cpuUsage();
  assert.equal(matchPattern(pattern(100), observations).matched, true);
  assert.equal(matchPattern(pattern(101), observations).matched, false);
  const { user, system } = process.cpuUsage(started);
  assert.ok(user + system < 10_000_000, `took ${user + system} µs`);
});

test('ten thousand observations under a window and a FOLLOWEDBY', () => {
  const observations = Array.from({ length: 10_000 }, (_, index) => seen(index % 2 === 0 ? 'a' : 'b', index * 10));
  const started = process.cpuUsage();
  assert.equal(matchPattern(textOf('(a AND b) WITHIN 10 SECONDS'), observations).matched, false);
  assert.equal(matchPattern(textOf('(a AND b) WITHIN 11 SECONDS'), observations).matched, true);
  assert.equal(matchPattern(textOf('(b FOLLOWEDBY a) WITHIN 10 SECONDS'), observations).matched, false);
  assert.equal(matchPattern(textOf('(b FOLLOWEDBY a) WITHIN 11 SECONDS'), observations).matched, true);
  const { user, system } = process.cpuUsage(started);
  assert.ok(user + system < 50_000_000, `took ${user + system} µs`);
});

test('a search that takes too long ends with our own error, in about a second', () => {
  const observations = Array.from({ length: 20 }, (_, at) => [seen('a', at + 1), seen('b', at)]).flat();
  const started = process.cpuUsage();
  assert.throws(
    () => matchPattern(textOf('(a FOLLOWEDBY b) REPEATS 20 TIMES'), observations),
    (error) => error instanceof ComityError && error.code === 'PATTERN_TOO_COMPLEX' && /gave up/.test(error.message),
  );
  const { user, system } = process.cpuUsage(started);
  assert.ok(user + system < 50_000_000, `took ${user + system} µs`);
  assert.equal(matchPattern(textOf('(a FOLLOWEDBY b) REPEATS 19 TIMES'), observations).matched, true);
});

/** Whether some observations at some instants answer an expression, by trying all: what the search is held against. */
function matchesNaively({ root }: Pattern, observations: readonly Observation[]): boolean {
  const instances = observations.flatMap((each, index) => Array.from({ length: each.numberObserved }, () => index));
  const leafTest = (expression: ObservationExpression, index: number): boolean => {
    assert.ok(expression.kind === 'observation' && expression.comparison.kind === 'test');
    const key = expression.comparison.path.steps[0];
    return typeof key === 'string' && Object.hasOwn(observations[index]!.objects.get('0')!, key);
  };
  type Way = readonly { readonly instance: number; readonly at: number }[];
  const waysOf = (expression: ObservationExpression): Way[] => {
    if (expression.kind === 'observation') {
      return instances.flatMap((index, instance) => {
        if (!leafTest(expression, index)) return [];
        const { firstUs, lastUs } = observations[index]!;
        // Half seconds are enough: all limits below are whole ones.
        const ways: Way[] = [];
        for (let at = firstUs; at <= lastUs; at += second / 2) ways.push([{ instance, at }]);
        return ways;
      });
    }
    if (expression.kind === 'or') return expression.operands.flatMap(waysOf);
    if (expression.kind === 'qualified') {
      let ways = waysOf(expression.operand);
      for (const qualifier of expression.qualifiers) {
        if (qualifier.kind === 'within')
          ways = ways.filter((way) => spreadOf(way) < Number(qualifier.seconds) * second);
        else if (qualifier.kind === 'repeats') {
          const once = ways;
          for (let times = 1; times < Number(qualifier.times); times++) ways = joined(ways, once, () => true);
        } else {
          const [start, stop] = [Date.parse(qualifier.start) * 1000, Date.parse(qualifier.stop) * 1000];
          ways = ways.filter((way) => way.every(({ at }) => at >= start && at < stop));
        }
      }
      return ways;
    }
    const inOrder = expression.kind === 'followedby';
    return expression.operands
      .map(waysOf)
      .reduce((before, after) =>
        joined(
          before,
          after,
          (a, b) => !inOrder || Math.max(...a.map(({ at }) => at)) <= Math.min(...b.map(({ at }) => at)),
        ),
      );
  };
  const joined = (left: Way[], right: Way[], fits: (a: Way, b: Way) => boolean): Way[] =>
    left.flatMap((a) =>
      right
        .filter((b) => fits(a, b) && !a.some(({ instance }) => b.some((other) => other.instance === instance)))
        .map((b) => [...a, ...b]),
    );
  const spreadOf = (way: Way): number => Math.max(...way.map(({ at }) => at)) - Math.min(...way.map(({ at }) => at));
  return waysOf(root).length > 0;
}

const letter = fc.constantFrom('a', 'b', 'c');
const qualifier = fc.constantFrom(
  '',
  '',
  ' WITHIN 1 SECONDS',
  ' WITHIN 2 SECONDS',
  ' REPEATS 2 TIMES',
  ' @1-3',
  ' @0-2',
);
const { pattern: shortPattern } = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { depthSize: 'small', maxDepth: 2 },
    fc.tuple(letter, qualifier).map((parts) => parts.join('')),
    fc
      .tuple(tie('pattern'), fc.constantFrom(' AND ', ' OR ', ' FOLLOWEDBY '), tie('pattern'), qualifier)
      .map(([left, operator, right, end]) => `((${left})${operator}(${right}))${end}`),
  ),
}));
const someSeen = fc
  .tuple(fc.subarray(['a', 'b', 'c'], { minLength: 1 }), fc.nat(4), fc.nat(1), fc.integer({ min: 1, max: 2 }))
  .map(([letters, first, length, count]) => seen(letters.join(''), first, first + length, count));

test('the search finds an answer exactly when trying everything does (§9.5)', () => {
  let matched = 0;
  fc.assert(
    fc.property(shortPattern, fc.array(someSeen, { maxLength: 3 }), (short, observations) => {
      const pattern = parsePattern(textOf(short));
      const expected = matchesNaively(pattern, observations);
      if (expected) matched++;
      assert.equal(matchPattern(pattern, observations).matched, expected, textOf(short));
    }),
    { numRuns: Number(process.env['PATTERN_RUNS'] ?? 1500) },
  );
  assert.ok(matched > 100, 'the cases are not all alike');
});
