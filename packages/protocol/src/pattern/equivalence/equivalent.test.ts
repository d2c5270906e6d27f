import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { ComityError, limits } from '../../base/index.ts';
import type { JsonObject } from '../../base/index.ts';
import { arePatternsEquivalent, matchPattern, parsePattern } from '../index.ts';
import type { Observation } from '../index.ts';

const same: readonly (readonly [rule: string, a: string, b: string])[] = [
  ['text as it stands', '[a:b = 1]', '[ a:b = 1 ]'],
  ['IN is OR of equalities', '[a:b IN (1, 2)]', '[a:b = 2 OR a:b = 1]'],
  ['NOT IN in any order', '[a:b NOT IN (1, 2, 1)]', '[a:b NOT IN (2, 1)]'],
  ['NOT = is != (§9.6.1)', '[a:b NOT = 1 AND a:b NOT != 2]', '[a:b != 1 AND a:b = 2]'],
  ['one observation for either', '[a:b = 1] OR [a:b = 2]', '[a:b = 1 OR a:b = 2]'],
  ['EXISTS absorbs', '[EXISTS a:b OR (EXISTS a:b AND NOT EXISTS a:c)]', '[EXISTS a:b]'],
  ['two types never meet (§9.5)', '[a:b = 1 OR (a:c = 1 AND b:c = 1)]', '[a:b = 1]'],
  ['what nothing answers is one', '[a:c = 1 AND b:c = 1]', '[a:d = 2 AND c:c = 1] AND [a:b = 1]'],
  ['repetitions multiply', '[a:b = 1] REPEATS 6 TIMES', '([a:b = 1] REPEATS 2 TIMES) REPEATS 3 TIMES'],
  ['REPEATS 1', '([a:b = 1] OR [a:b = 2]) REPEATS 1 TIMES', '[a:b = 1 OR a:b = 2]'],
  [
    'time limits in any order',
    "[a:b = 1] WITHIN 5 SECONDS START t'2024-01-01T00:00:00Z' STOP t'2024-01-02T00:00:00.0Z'",
    "([a:b = 1] START t'2024-01-01T00:00:00.00Z' STOP t'2024-01-02T00:00:00Z') WITHIN 5.0 SECONDS",
  ],
  [
    'a limit over OR',
    '([a:b = 1] OR [a:b = 2]) WITHIN 5 SECONDS',
    '[a:b = 1] WITHIN 5 SECONDS OR [a:b = 2] WITHIN 5 SECONDS',
  ],
  ['limits absorb', '[a:b = 1] OR [a:b = 1] WITHIN 5 SECONDS OR [a:b = 1] REPEATS 2 TIMES', '[a:b = 1]'],
  [
    'fewer limits absorb more',
    "([a:b = 1] AND [a:c = 1]) WITHIN 5 SECONDS OR ([a:b = 1 AND a:d = 1] AND [a:c = 1]) WITHIN 5 SECONDS START t'2024-01-01T00:00:00Z' STOP t'2024-01-02T00:00:00Z'",
    '([a:b = 1] AND [a:c = 1]) WITHIN 5 SECONDS',
  ],
  [
    'AND absorbs what is more, each by its own',
    '([a:b = 1] AND [a:c = 1]) OR ([a:b = 1 AND a:c = 1] AND [a:b = 1])',
    '[a:b = 1] AND [a:c = 1]',
  ],
  ['AND absorbs by one of its parts', '[a:b = 1] OR ([a:c = 1] AND [a:b = 1 AND a:d = 1])', '[a:b = 1]'],
  ['AND within AND', '([a:b = 1] AND [a:c = 1]) AND [a:d = 1]', '[a:d = 1] AND [a:c = 1] AND [a:b = 1]'],
  [
    'FOLLOWEDBY absorbs what is more in the same order',
    '([a:b = 1] FOLLOWEDBY [a:c = 1]) OR ([a:b = 1] FOLLOWEDBY [a:d = 1] FOLLOWEDBY [a:c = 1 AND a:e = 1])',
    '[a:b = 1] FOLLOWEDBY [a:c = 1]',
  ],
  [
    'networks at the ends of traffic',
    "[network-traffic:dst_ref.value = '192.0.2.1/32']",
    "[network-traffic:dst_ref.value = '192.0.2.1']",
  ],
  [
    'networks of a set operator',
    "[ipv4-addr:value ISSUBSET '192.0.2.77/24']",
    "[ipv4-addr:value ISSUBSET '192.0.2.0/24']",
  ],
  ['registry keys under LIKE', "[windows-registry-key:key LIKE 'HKLM%']", "[windows-registry-key:key LIKE 'hklm%']"],
  ['times', "[a:b = t'2024-01-01T00:00:00.00Z']", "[a:b = t'2024-01-01T00:00:00Z']"],
  ['a network of IPv6', "[ipv6-addr:value = '2001:DB8::1/32']", "[ipv6-addr:value = '2001:db8::/32']"],
  ['an address of IPv6', "[ipv6-addr:value = '2001:DB8::1/128']", "[ipv6-addr:value = '2001:db8::1']"],
  [
    'a choice repeated',
    '(([a:b = 1] AND [a:c = 1]) OR [a:d = 1]) REPEATS 6 TIMES',
    '((([a:b = 1] AND [a:c = 1]) OR [a:d = 1]) REPEATS 2 TIMES) REPEATS 3 TIMES',
  ],
  ['digest names', `[file:hashes.sha256 = '${'0a'.repeat(32)}']`, `[file:hashes.'SHA-256' = '${'0a'.repeat(32)}']`],
  ['hex digits, floats', "[a:b = h'AB' AND a:c = 2.0]", "[a:c = 2 AND a:b = h'ab']"],
];
for (const [rule, a, b] of same) {
  test(`equivalent: ${rule}`, () => {
    assert.equal(arePatternsEquivalent(a, b), true);
    assert.equal(arePatternsEquivalent(b, a), true);
  });
}

const different: readonly (readonly [rule: string, a: string, b: string])[] = [
  ['a longer window', '([a:b = 1] AND [a:c = 1]) WITHIN 5 SECONDS', '([a:b = 1] AND [a:c = 1]) WITHIN 6 SECONDS'],
  [
    'REPEATS of a choice',
    '([a:b = 1] OR [a:c = 1]) REPEATS 2 TIMES',
    '[a:b = 1] REPEATS 2 TIMES OR [a:c = 1] REPEATS 2 TIMES',
  ],
  [
    'one observation for two',
    '([a:b = 1] AND [a:c = 1]) OR ([a:b = 1 AND a:c = 1] AND [a:d = 1])',
    '[a:b = 1] AND [a:c = 1]',
  ],
  ['an order', '([a:b = 1] FOLLOWEDBY [a:c = 1]) OR ([a:b = 1] AND [a:c = 1])', '[a:b = 1] FOLLOWEDBY [a:c = 1]'],
  ['a zero that may be octal', "[ipv4-addr:value = '010.0.0.1']", "[ipv4-addr:value = '10.0.0.1']"],
  ['bits that are none', "[ipv4-addr:value = '192.0.2.1/x']", "[ipv4-addr:value = '192.0.2.1']"],
  ['too many bits of IPv4', "[ipv4-addr:value = '192.0.2.1/33']", "[ipv4-addr:value = '192.0.2.1']"],
  ['too many bits', "[ipv6-addr:value = '::1/129']", "[ipv6-addr:value = '::1']"],
  ['letter case where it counts', "[file:name = 'A']", "[file:name = 'a']"],
  [
    'a registry key as an expression',
    String.raw`[windows-registry-key:key MATCHES '\\D']`,
    String.raw`[windows-registry-key:key MATCHES '\\d']`,
  ],
  ['NOT < and >=, which differ on clashing types', '[a:b NOT < 1]', '[a:b >= 1]'],
];
for (const [rule, a, b] of different) {
  test(`not equivalent: ${rule}`, () => {
    assert.equal(arePatternsEquivalent(a, b), false);
    assert.equal(arePatternsEquivalent(b, a), false);
  });
}

test('parsed patterns are compared as their texts are', () => {
  const [a, b] = [parsePattern('[a:b = 1 OR a:b = 2]'), parsePattern('[a:b IN (1, 2)]')];
  assert.equal(arePatternsEquivalent(a, b), true);
});

test('a pattern with too many ways is equivalent to itself and refused beside others', () => {
  const pair = (index: number): string => `[a:b = ${index} OR a:c = ${index}]`;
  const observations = Array.from({ length: 20 }, (_, index) => pair(index)).join(' AND ');
  const comparisons = `[${Array.from({ length: 20 }, (_, index) => `(a:b = ${index} OR a:c = ${index})`).join(' AND ')}]`;
  const many = `[a:b IN (${Array.from({ length: limits.patternTermsMax + 1 }, (_, index) => index).join(',')})] OR [a:c = 1]`;
  for (const text of [observations, comparisons, many]) {
    assert.equal(arePatternsEquivalent(text, text), true);
    assert.throws(
      () => arePatternsEquivalent(text, '[a:b = 1]'),
      (error) => error instanceof ComityError && error.code === 'PATTERN_TOO_COMPLEX',
    );
  }
});

test('deep nesting and long constants take no exponential time and memory', () => {
  const nest = (end: number): string => {
    let text = `[a:b = ${end}]`;
    for (let depth = 0; depth < 60; depth++)
      text = `([a:c = ${depth}] ${depth % 2 === 0 ? 'AND' : 'FOLLOWEDBY'} ${text})`;
    return text;
  };
  const long = `'${'x'.repeat(50_000)}'`;
  const wide = `[(${Array.from({ length: 11 }, (_, index) => `(a:b = ${index} OR a:c = ${index})`).join(' AND ')}) AND a:d = ${long}]`;
  const started = process.cpuUsage();
  assert.equal(arePatternsEquivalent(`${nest(1)} OR ${nest(2)}`, `${nest(2)} OR ${nest(1)}`), true);
  assert.equal(arePatternsEquivalent(`${nest(1)} OR ${nest(2)}`, `${nest(1)} OR ${nest(3)}`), false);
  assert.equal(arePatternsEquivalent(wide, `[a:d = ${long}]`), false);
  const { user, system } = process.cpuUsage(started);
  assert.ok(user + system < 50_000_000, `took ${user + system} µs`);
});

const comparison = fc.letrec<{ c: string }>((tie) => ({
  c: fc.oneof(
    { depthSize: 'small', maxDepth: 2 },
    fc.constantFrom('o:a = 1', 'o:b = 1', 'o:a != 1', 'o:a IN (1, 2)', 'EXISTS o:b', 'p:a = 1'),
    fc.tuple(tie('c'), fc.constantFrom('AND', 'OR'), tie('c')).map((parts) => `(${parts.join(' ')})`),
  ),
})).c;
const pattern = fc.letrec<{ p: string }>((tie) => ({
  p: fc.oneof(
    { depthSize: 'small', maxDepth: 2 },
    comparison.map((text) => `[${text}]`),
    fc
      .tuple(
        tie('p'),
        fc.constantFrom('AND', 'OR', 'FOLLOWEDBY'),
        tie('p'),
        fc.constantFrom('', ' WITHIN 2 SECONDS', ' REPEATS 2 TIMES'),
      )
      .map(([a, op, b, end]) => `(${a} ${op} ${b})${end}`),
  ),
})).p;
const observation: fc.Arbitrary<Observation> = fc
  .tuple(
    fc.constantFrom<JsonObject>(
      { type: 'o', a: 1 },
      { type: 'o', a: 2 },
      { type: 'o', b: 1 },
      { type: 'o', a: 1, b: 1 },
      { type: 'p', a: 1 },
    ),
    fc.nat(4),
  )
  .map(([object, at]) => ({
    firstUs: at * 1e6,
    lastUs: at * 1e6,
    numberObserved: 1,
    objects: new Map([['0', object]]),
  }));

test('patterns said to be equivalent are answered alike by whatever is observed', () => {
  let equivalent = 0;
  fc.assert(
    fc.property(
      pattern,
      pattern,
      pattern,
      fc.array(fc.array(observation, { maxLength: 4 }), { minLength: 5, maxLength: 5 }),
      (a, b, c, sets) => {
        // Pairs that are equivalent more often than chance makes them.
        const pairs = [
          [a, b],
          [`${a} OR (${a} AND ${b})`, a],
          [`(${a} OR ${b}) FOLLOWEDBY ${c}`, `(${b} FOLLOWEDBY ${c}) OR (${a} FOLLOWEDBY ${c})`],
          [`(${a} AND ${b}) OR ${c}`, `${c} OR (${b} AND ${a} AND ${c})`],
        ] as const;
        for (const [left, right] of pairs) {
          if (!arePatternsEquivalent(left, right)) continue;
          equivalent++;
          for (const each of sets) {
            assert.equal(matchPattern(left, each).matched, matchPattern(right, each).matched, `${left} and ${right}`);
          }
        }
      },
    ),
    { numRuns: Number(process.env['PATTERN_RUNS'] ?? 500) },
  );
  assert.ok(equivalent > 200, 'many pairs are equivalent');
});
