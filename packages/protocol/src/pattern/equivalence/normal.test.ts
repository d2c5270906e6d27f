import assert from 'node:assert/strict';
import test from 'node:test';
import { limits } from '../../base/index.ts';
import { normalPattern, parsePattern } from '../index.ts';

const normal = (text: string): string => normalPattern(parsePattern(text));

const same: readonly (readonly [rule: string, a: string, b: string])[] = [
  [
    'blanks, comments and parentheses',
    "[ ( domain-name:value='a.example' ) ] /* x */",
    "([domain-name:value = 'a.example'])",
  ],
  ['spelling of operators', '[a:b == 1 OR a:b <> 2]', '[a:b = 1 OR a:b != 2]'],
  ['order of operands', '[a:b = 1 OR a:c = 2]', '[a:c = 2 OR a:b = 1]'],
  ['repeated operands', '[a:b = 1 AND a:b = 1]', '[a:b = 1]'],
  ['nesting of one operator', '[a:b = 1 OR (a:b = 2 OR a:b = 3)]', '[(a:b = 1 OR a:b = 2) OR a:b = 3]'],
  ['IN and OR', "[a:b IN ('x', 'y')]", "[a:b = 'y' OR a:b = 'x']"],
  ['IN of one', "[a:b IN ('x')]", "[a:b = 'x']"],
  ['OR of observations and inside one', '[a:b = 1] OR [a:b = 2]', '[a:b = 1 OR a:b = 2]'],
  ['case of a name', "[domain-name:value = 'EVIL.example']", "[domain-name:value = 'evil.example']"],
  ['a single address as a network', "[ipv4-addr:value = '192.0.2.1/32']", "[ipv4-addr:value = '192.0.2.1']"],
  ['spelling of an IPv6 address', "[ipv6-addr:value = '2001:DB8:0::1']", "[ipv6-addr:value = '2001:db8::1']"],
  [
    'spelling of a digest key and its case',
    `[file:hashes.sha1 = '${'AB'.repeat(20)}']`,
    `[file:hashes.'SHA-1' = '${'ab'.repeat(20)}']`,
  ],
  [
    'scheme of a URL',
    "[url:value = 'http://a.example/x']",
    "[url:value = 'https://a.example/x' OR url:value = 'http://a.example/x']",
  ],
  [
    'case of a digest that is not screened',
    `[file:hashes.'SHA3-256' = '${'AB'.repeat(32)}']`,
    `[file:hashes.sha3256 = '${'ab'.repeat(32)}']`,
  ],
  ['fractions of zero', "[a:b = t'2024-01-01T00:00:00.000Z']", "[a:b = t'2024-01-01T00:00:00Z']"],
  ['numbers', '[a:b = +1.0]', '[a:b = 1]'],
  ['a fraction', "[a:b = t'2024-01-01T00:00:00.50Z' OR a:c = 1.50]", "[a:c = 1.5 OR a:b = t'2024-01-01T00:00:00.5Z']"],
  ['case of hexadecimal digits', "[a:b = h'AB' OR a:c = true]", "[a:c = true OR a:b = h'ab']"],
  ['order under NOT IN', '[a:b NOT IN (2, 1, 2)]', '[a:b NOT IN (1, 2)]'],
  ['EXISTS of a digest', '[EXISTS file:hashes.sha256]', "[EXISTS file:hashes.'SHA-256']"],
  [
    'OR around what is more than one observation',
    '([a:b = 1] FOLLOWEDBY [a:c = 1]) OR [a:d = 1] OR ([a:e = 1] OR [a:d = 1])',
    '[a:e = 1 OR a:d = 1] OR ([a:b = 1] FOLLOWEDBY [a:c = 1])',
  ],
  [
    'the same group twice under OR',
    '([a:b = 1] AND ([a:c = 1] AND [a:d = 1])) OR ([a:d = 1] AND [a:c = 1] AND [a:b = 1])',
    '([a:b = 1] AND [a:c = 1]) AND [a:d = 1]',
  ],
  [
    'START and STOP with zeros at the end',
    "[a:b = 1] START t'2024-01-01T00:00:00.10Z' STOP t'2024-01-02T00:00:00.0Z'",
    "[a:b = 1] START t'2024-01-01T00:00:00.1Z' STOP t'2024-01-02T00:00:00Z'",
  ],
  ['REPEATS 1', '[a:b = 1] REPEATS 1 TIMES', '[a:b = 1]'],
  ['LIKE without a wildcard', "[a:b LIKE 'x']", "[a:b = 'x']"],
];
for (const [rule, a, b] of same) {
  test(`one normal form: ${rule}`, () => {
    assert.equal(normal(a), normal(b));
  });
}

const different: readonly (readonly [rule: string, a: string, b: string])[] = [
  ['AND of two observations needs two of them (STIX 2.1 §9.5.2)', '[a:b = 1] AND [a:b = 1]', '[a:b = 1]'],
  ['order of FOLLOWEDBY', '[a:b = 1] FOLLOWEDBY [a:b = 2]', '[a:b = 2] FOLLOWEDBY [a:b = 1]'],
  ['a string and a number', "[a:b = '1']", '[a:b = 1]'],
  ['case where case counts', "[file:name = 'A']", "[file:name = 'a']"],
  ['NOT = and !=, which differ on clashing types', '[a:b NOT = 1]', '[a:b != 1]'],
  ['qualifiers', '[a:b = 1] WITHIN 5 SECONDS', '[a:b = 1] WITHIN 6 SECONDS'],
  ['case of an expression', "[domain-name:value MATCHES 'A']", "[domain-name:value MATCHES 'a']"],
  ['case of a value under LIKE', "[domain-name:value LIKE 'A%']", "[domain-name:value LIKE 'a%']"],
  ['case of a digest by place', "[a:hashes[0] = 'A']", "[a:hashes[0] = 'a']"],
  ['case of a key nobody knows', `[file:hashes.${'x'.repeat(17)} = 'A']`, `[file:hashes.${'x'.repeat(17)} = 'a']`],
  ['case of an ssdeep', "[file:hashes.SSDEEP = '3:ABC']", "[file:hashes.SSDEEP = '3:abc']"],
  ['a network and being inside it', "[ipv4-addr:value = '192.0.2.0/24']", "[ipv4-addr:value ISSUBSET '192.0.2.0/24']"],
];
for (const [rule, a, b] of different) {
  test(`two normal forms: ${rule}`, () => {
    assert.notEqual(normal(a), normal(b));
  });
}

test('a normal form is not much longer than the pattern, whatever the lists and paths in it', () => {
  const half = limits.patternCharsMax / 2 - 100;
  const numbers = Array.from({ length: half / 6 }, (_, index) => 10_000 + index).join(',');
  const text = `[a:'${'x'.repeat(half)}' IN (${numbers}) OR a:b = 1]`;
  assert.ok(normal(text).length < 2 * text.length);
});
