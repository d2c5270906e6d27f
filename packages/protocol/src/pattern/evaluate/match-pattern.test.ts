import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { ComityError, limits } from '../../base/index.ts';
import type { JsonObject, JsonValue } from '../../base/index.ts';
import { compilePattern, matchPattern, observationsOf, parsePattern } from '../index.ts';
import type { Observation } from '../index.ts';

/** An observation at one instant, in seconds, of objects named `0`, `1`, …. */
function seen(atS: number, ...objects: JsonObject[]): Observation {
  return {
    firstUs: atS * 1_000_000,
    lastUs: atS * 1_000_000,
    numberObserved: 1,
    objects: new Map(objects.map((object, index) => [String(index), object])),
  };
}

const properties: JsonObject = {
  type: 't',
  text: 'hello',
  empty: '',
  accented: 'e\u0301',
  wide: 'ă',
  number: 5,
  half: 2.5,
  yes: true,
  nothing: null,
  time: '2024-01-01T00:00:00.120Z',
  time_nano: '2024-01-01T00:00:00.123456789Z',
  payload_hex: '616c696365',
  payload_bin: 'YWxpY2U=',
  bad_hex: '61f',
  bad_bin: 'YWx',
  odd_hex: 7,
  flags_hex: 'ff00',
  ip: '192.0.2.77',
  net: '192.0.2.64/26',
  net6: '2001:db8::/32',
  list: [1, 2, 3],
  lines: 'first\nlast',
  deep: { key: { a: 1 }, 'with-hyphen': 'x' },
  other_ref: '1',
  lost_ref: '9',
  odd_ref: 4,
  other_refs: ['1', '9', '2'],
};
const friend: JsonObject = { type: 'u', name: 'friend', back_ref: '0', more_refs: ['0', '1', '2'] };
const third: JsonObject = { type: 'u', name: 'third', more_refs: ['0', '1', '2'] };
const observation = seen(0, properties, friend, third);

function answerOf(comparison: string): boolean {
  return matchPattern(`[${comparison}]`, [observation]).matched;
}

const truths: readonly (readonly [rule: string, comparison: string])[] = [
  ['= on strings (§9.6.1)', "t:text = 'hello'"],
  ['NOT negates a test that can be made (§9.6.1)', "t:text NOT = 'other'"],
  [
    'an integer compares with a float and is not cut (§9.2)',
    't:number > 4.9 AND t:half != 2 AND t:half > 2 AND t:number = 5.0',
  ],
  [
    'order of strings is by code point (§9.6.2)',
    "t:text > 'a' AND t:text < 'z' AND t:text >= 'hello' AND t:text <= 'hello'",
  ],
  ['a longer string is greater (§9.6.2)', "t:text > 'hell' AND t:text < 'hello!'"],
  [
    'types that do not compare: != is true (§9.6.1)',
    "t:text != 5 AND t:number != 'x' AND t:yes != 1 AND t:nothing != 'x' AND t:number != t'2024-01-01T00:00:00Z'",
  ],
  [
    'types that do not compare: NOT of false is true (§9.6.1)',
    "t:number NOT LIKE 'x%' AND t:number NOT > 'x' AND t:number NOT IN ('a')",
  ],
  ['booleans', 't:yes = true AND t:yes != false'],
  [
    'IN is = with any member (§9.6.1)',
    "t:text IN ('a', 'hello') AND t:number IN (1, 5.0) AND t:text NOT IN ('a') AND t:payload_hex IN (b'YWxpY2U=', b'AA==') AND t:yes IN (true)",
  ],
  [
    'timestamps to their last digit (§9.2)',
    "t:time = t'2024-01-01T00:00:00.12Z' AND t:time_nano > t'2024-01-01T00:00:00.123456788Z' AND t:time_nano < t'2024-01-01T00:00:01Z'",
  ],
  ['a timestamp IN a set', "t:time IN (t'2020-01-01T00:00:00Z', t'2024-01-01T00:00:00.120Z')"],
  ['trailing zeros down to the point say nothing', "t:time < t'2024-01-01T00:00:01.000Z'"],
  [
    'a string constant beside bytes is bytes (§9.6.4)',
    "t:payload_hex = 'alice' AND t:payload_bin = 'alice' AND t:flags_hex > 'a'",
  ],
  [
    'hex and binary constants are bytes (§9.6.4)',
    "t:payload_bin = h'616c696365' AND t:payload_hex = b'YWxpY2U=' AND t:flags_hex > h'00ff'",
  ],
  ['hex and binary constants compare with strings of bytes (§9.2)', "t:text = h'68656c6c6f' AND t:text != b'AA=='"],
  ['a string that is no bytes is unequal (§9.6.4)', "t:payload_hex != 'ă' AND t:wide != h'61'"],
  ['a number beside bytes is another type', 't:payload_hex != 5'],
  [
    'LIKE is anchored, % any, _ one (§9.6.1)',
    "t:text LIKE 'h%' AND t:text LIKE '%o' AND t:text LIKE '_e%l_' AND t:text LIKE 'hello' AND t:text LIKE '%' AND t:empty LIKE '%%' AND t:text LIKE '%l%l%'",
  ],
  ['LIKE on bytes', "t:payload_hex LIKE 'al%' AND t:payload_bin LIKE '%ice'"],
  ['LIKE and MATCHES compare NFC (§9.6.1)', "t:accented LIKE 'é' AND t:accented MATCHES '^é$'"],
  ['MATCHES searches (§9.6.1)', "t:text MATCHES 'l+' AND t:text MATCHES '^hel' AND t:text MATCHES ''"],
  ['a dot matches line ends (§9.6.1 DOTALL)', "t:lines MATCHES 'first.last'"],
  ['MATCHES on bytes', String.raw`t:payload_bin MATCHES '\\x61l' AND t:flags_hex MATCHES '^\\xff\\x00$'`],
  [
    'ISSUBSET and ISSUPERSET, equal is true (§9.6.1)',
    "t:ip ISSUBSET '192.0.2.64/26' AND t:ip ISSUBSET '192.0.2.77' AND t:net ISSUPERSET '192.0.2.77' AND t:net ISSUBSET '192.0.2.64/26' AND t:net ISSUPERSET '192.0.2.100/26'",
  ],
  [
    'networks of IPv6',
    "t:net6 ISSUPERSET '2001:db8:1::1' AND t:net6 ISSUBSET '2001:db0::/28' AND t:net6 ISSUBSET '::/0'",
  ],
  ['two versions share no address', "t:ip NOT ISSUBSET '::/0'"],
  ['an index counts from 0 (§9.7.2)', 't:list[0] = 1 AND t:list[2] = 3'],
  ['[*] is any (§9.7.2)', 't:list[*] = 2 AND t:list[*] > 2 AND t:list[*] NOT = 1'],
  ['nested and quoted keys (§9.7.3)', "t:deep.key.a = 1 AND t:deep.'with-hyphen' = 'x'"],
  [
    'references are followed (§9.7.4)',
    "t:other_ref.name = 'friend' AND t:other_ref.back_ref.text = 'hello' AND t:other_ref.type = 'u'",
  ],
  [
    'lists of references are followed at their index (§9.7.4)',
    "t:other_refs[0].name = 'friend' AND t:other_refs[*].name = 'third' AND t:other_refs[2].name = 'third'",
  ],
  ['a reference is an object, which is no string', "t:other_ref != '1'"],
  [
    'EXISTS asks for the property, a null too (§9.6.1)',
    'EXISTS t:text AND EXISTS t:nothing AND EXISTS t:lost_ref AND EXISTS t:deep.key AND NOT EXISTS t:none',
  ],
  ['different types under OR (§9.5)', "t:text = 'no' OR u:name = 'third'"],
];
for (const [rule, comparison] of truths) {
  test(`true: ${rule}`, () => {
    for (const each of comparison.split(' AND ')) assert.equal(answerOf(each), true, each);
    assert.equal(answerOf(comparison), true);
  });
}

const falsehoods: readonly (readonly [rule: string, comparison: string])[] = [
  [
    'an absent property, whatever the operator (§9.6)',
    "t:none = 1 OR t:none != 1 OR t:none NOT = 1 OR t:none NOT IN (1) OR t:none NOT MATCHES 'x' OR t:none NOT ISSUBSET '::1'",
  ],
  ['an index out of range (§9.7.2)', 't:list[3] != 1 OR t:list[-1] != 1 OR t:text[0] != 1 OR t:text[*] != 1'],
  ['a key of what is no object', 't:text.length = 5 OR t:list.length = 3 OR t:nothing.a != 1'],
  ['what objects inherit is no property', "EXISTS t:constructor OR EXISTS t:deep.toString OR EXISTS t:'__proto__'"],
  [
    'a reference that leads nowhere (§9.7.4)',
    "t:lost_ref.name != 'x' OR t:other_refs[1].name != 'x' OR t:odd_ref.name != 'x' OR t:lost_ref != 'x'",
  ],
  ['a list of references without an index', "t:other_refs.name = 'friend'"],
  ['an id as a string (§9.7.4)', "t:other_ref = '1'"],
  [
    'types that do not compare (§9.6.1)',
    "t:number = '5' OR t:text = 5 OR t:yes = 'true' OR t:text = true OR t:text > 5 OR t:number MATCHES '5' OR t:number LIKE '5' OR t:number ISSUBSET '::/0' OR t:nothing = 'null'",
  ],
  ['hexadecimal digits as a string (§9.6.4)', "t:payload_hex = '616c696365'"],
  [
    'a string that is no bytes beside bytes (§9.6.4)',
    "t:payload_hex = 'ă' OR t:payload_hex > 'ă' OR t:payload_hex < 'ă' OR t:payload_bin LIKE 'ă%' OR t:payload_bin IN ('ă')",
  ],
  ['bytes beside a string that is none', "t:wide = h'61' OR t:wide > h'61' OR t:wide < h'61'"],
  [
    'malformed data, whatever the operator (§9.6)',
    "t:bad_hex != h'61' OR t:bad_hex NOT LIKE 'x' OR t:bad_bin NOT MATCHES 'x' OR t:odd_hex != 'x' OR t:odd_hex NOT IN ('x') OR t:text != t'2024-01-01T00:00:00Z' OR t:text NOT > t'2024-01-01T00:00:00Z'",
  ],
  ['= does not normalise (§9.6.2)', "t:accented = 'é'"],
  ['IN of nothing', 't:text IN ()'],
  [
    'LIKE that ends too early',
    "t:text LIKE 'hell' OR t:text LIKE 'h_' OR t:text LIKE '%l' OR t:text LIKE 'hello%o' OR t:text LIKE 'h%x%'",
  ],
  [
    'networks that are not inside',
    "t:ip ISSUBSET '192.0.2.0/26' OR t:net ISSUPERSET '192.0.2.0/24' OR t:text ISSUBSET '::/0'",
  ],
  ['objects of two types under AND (§9.5)', "t:text = 'hello' AND u:name = 'third'"],
  ['another type', "u:text = 'hello' OR NOT EXISTS v:x"],
];
for (const [rule, comparison] of falsehoods) {
  test(`false: ${rule}`, () => {
    for (const each of comparison.split(' OR ')) assert.equal(answerOf(each), false, each);
  });
}

test('strings sort by code point, not by UTF-16 unit (§9.6.2)', () => {
  const later = seen(0, { type: 't', a: '\u{1f600}' });
  assert.equal(matchPattern("[t:a > '\uffee']", [later]).matched, true);
  assert.equal(matchPattern("[t:a < '\uffee']", [later]).matched, false);
});

test('all comparisons begin at one object (§9.5)', () => {
  const split = seen(
    0,
    { type: 'n', src_ref: '2' },
    { type: 'n', dst_ref: '3' },
    { type: 'i', v: 'a' },
    { type: 'i', v: 'b' },
  );
  const whole = seen(0, { type: 'n', src_ref: '1', dst_ref: '2' }, { type: 'i', v: 'a' }, { type: 'i', v: 'b' });
  const pattern = "[n:src_ref.v = 'a' AND n:dst_ref.v = 'b']";
  assert.equal(matchPattern(pattern, [split]).matched, false);
  assert.deepEqual(matchPattern(pattern, [split, whole]).bindings, [
    { expression: 0, observation: 1, object: '0', units: 1 },
  ]);
});

test('a malformed property is told with its path, and at most so many', () => {
  const { matched, faults } = matchPattern("[t:bad_hex = h'61' OR t:text = t'2024-01-01T00:00:00Z']", [observation]);
  assert.equal(matched, false);
  assert.deepEqual(faults, [
    { observation: 0, path: 't:bad_hex', value: '61f' },
    { observation: 0, path: 't:text', value: 'hello' },
  ]);
  const many = Array.from({ length: limits.patternFaultsMax + 5 }, () => observation);
  assert.equal(matchPattern("[t:bad_hex = h'61']", many).faults.length, limits.patternFaultsMax);
});

const invalid: readonly (readonly [rule: string, pattern: string, code: string])[] = [
  ['a set of several types (§9.6.1)', '[a:b IN (1, true)]', 'PATTERN_MALFORMED'],
  ['a day that does not exist (§9.4)', "[a:b = t'2024-02-30T00:00:00Z']", 'PATTERN_MALFORMED'],
  [
    'a time of START that does not exist',
    "[a:b = 1] START t'2024-02-30T00:00:00Z' STOP t'2025-01-01T00:00:00Z'",
    'PATTERN_MALFORMED',
  ],
  ['an integer beyond 2^53 (§2.10)', '[a:b = 9007199254740993]', 'PATTERN_MALFORMED'],
  ['a network that is none (§9.6.1)', "[a:b ISSUBSET '192.0.2.0/33']", 'PATTERN_MALFORMED'],
  ['a network with a sign for bits', "[a:b ISSUPERSET '192.0.2.0/+3']", 'PATTERN_MALFORMED'],
  ['no network at all', "[a:b ISSUPERSET 'x']", 'PATTERN_MALFORMED'],
  ['WITHIN of no time (§9.5.1)', '[a:b = 1] WITHIN 0 SECONDS', 'PATTERN_MALFORMED'],
  ['REPEATS of nothing (§9.5.1)', '[a:b = 1] REPEATS 0 TIMES', 'PATTERN_MALFORMED'],
  ['REPEATS beyond the limit', '[a:b = 1] REPEATS 1000000001 TIMES', 'PATTERN_TOO_COMPLEX'],
  ['a group repeated too often', '([a:b = 1] AND [a:c = 1]) REPEATS 2000 TIMES', 'PATTERN_TOO_COMPLEX'],
  ['too many expressions', '([a:b = 1] AND [a:c = 1]) REPEATS 1000 TIMES', 'PATTERN_TOO_COMPLEX'],
  [
    'a group repeated that can be answered in very many ways',
    `(${Array.from({ length: 11 }, () => '(([a:b = 1] AND [a:c = 1]) OR ([a:c = 1] AND [a:b = 1]))').join(' AND ')}) REPEATS 2 TIMES`,
    'PATTERN_TOO_COMPLEX',
  ],
  ['no regular expression', "[a:b MATCHES '(']", 'PATTERN_MALFORMED'],
  ['a LIKE too long to search', `[a:b LIKE '%${'x_'.repeat(6000)}']`, 'PATTERN_TOO_COMPLEX'],
];
const both = seen(0, { type: 'a', b: 1, c: 1 });
for (const [rule, pattern, code] of invalid) {
  test(`not evaluated: ${rule}`, () => {
    assert.throws(
      () => matchPattern(pattern, [both]),
      (error) => error instanceof ComityError && error.code === code,
    );
  });
}

test('observed-data of both forms, in bundles, once each (§4.14)', () => {
  const times = { first_observed: '2024-01-01T00:00:00Z', last_observed: '2024-01-01T00:00:01Z', number_observed: 2 };
  const observed = { type: 'observed-data', id: 'observed-data--1', ...times };
  const bundle: JsonObject = {
    type: 'bundle',
    objects: [
      { ...observed, modified: '2024-01-02T00:00:00.000Z', object_refs: ['url--1', 'identity--1', 'url--9', 5] },
      { ...observed, modified: '2024-01-01T00:00:00.000Z', object_refs: [] },
      { type: 'url', id: 'url--1', value: 'a' },
      { type: 'url', id: 'url--2', value: 'b' },
      { type: 'url', value: 'no id' },
      { type: 'identity', id: 'identity--1' },
      'no object',
    ],
  };
  const old: JsonObject = { type: 'observed-data', ...times, objects: { '0': { type: 'url', value: 'c' }, '1': 'x' } };
  const observations = observationsOf([bundle, old, old]);
  assert.deepEqual(
    observations.map(({ numberObserved, objects }) => [numberObserved, [...objects.keys()]]),
    [
      [2, ['url--1']],
      [2, ['0']],
    ],
  );
  assert.equal(observations[0]!.lastUs - observations[0]!.firstUs, 1_000_000);
  assert.equal(matchPattern("[url:value = 'b']", observations).matched, false);
  assert.equal(matchPattern("[url:value = 'c'] AND [url:value = 'a']", observations).matched, true);
});

test('an observed-data without usable times or count is refused by name', () => {
  const good = {
    type: 'observed-data',
    id: 'observed-data--1',
    first_observed: '2024-01-01T00:00:00Z',
    last_observed: '2024-01-01T00:00:00Z',
    number_observed: 1,
  };
  const faults: readonly (readonly [JsonObject, RegExp])[] = [
    [{ ...good, first_observed: 5 }, /first_observed is missing/],
    [{ ...good, last_observed: 'soon' }, /last_observed is no timestamp/],
    [{ ...good, last_observed: '2023-01-01T00:00:00Z' }, /before first_observed/],
    [{ ...good, number_observed: 0 }, /"observed-data--1": number_observed/],
    [{ ...good, number_observed: 1_000_000_000, id: 3 }, /"observed-data": number_observed/],
  ];
  for (const [object, message] of faults) {
    assert.throws(
      () => observationsOf([object]),
      (error) => error instanceof ComityError && error.code === 'STIX_MALFORMED' && message.test(error.message),
    );
  }
});

test('references in circles through [*] are walked once a step', () => {
  const objects = Array.from({ length: 60 }, (_, index): [string, JsonObject] => [
    String(index),
    { type: 'p', name: 'x', all_refs: Array.from({ length: 60 }, (__, other) => String(other)) },
  ]);
  const dense: Observation = { firstUs: 0, lastUs: 0, numberObserved: 1, objects: new Map(objects) };
  const path = `p:${Array.from({ length: 30 }, () => 'all_refs[*]').join('.')}.name`;
  const started = process.cpuUsage();
  assert.equal(matchPattern(`[${path} = 'y']`, [dense]).matched, false);
  assert.equal(matchPattern(`[${path} = 'x']`, [dense]).matched, true);
  assert.equal(matchPattern(`[p:all_refs[*].all_refs[1].all_refs[*].name[*] = 'x']`, [dense]).matched, false);
  const { user, system } = process.cpuUsage(started);
  assert.ok(user + system < 20_000_000, `took ${user + system} µs`);
});

const fragments =
  "t:text t:list[*] t:other_ref.name t:payload_hex = != < NOT IN LIKE MATCHES ISSUBSET EXISTS 'hello' 5 h'61' b'YQ==' t'2024-01-01T00:00:00Z' true ( ) [ ] AND OR FOLLOWEDBY WITHIN 5 SECONDS REPEATS 2 TIMES , '(a' '192.0.2.0/24' START STOP".split(
    ' ',
  );

test('whatever parses is evaluated or refused with our own error', () => {
  const soup = fc.array(fc.constantFrom(...fragments), { minLength: 3, maxLength: 12 });
  const operator = fc.constantFrom('=', '!=', '<', '>=', 'LIKE', 'MATCHES', 'ISSUBSET', 'IN', 'NOT =', 'NOT LIKE');
  const path = fc.constantFrom('t:text', 't:list[*]', 't:other_ref.name', 't:payload_hex', 't:odd_ref', 't:none');
  const literal = fc.constantFrom(
    "'hello'",
    '5',
    "h'61'",
    "('a', 'b')",
    '(1, true)',
    "t'2024-02-30T00:00:00Z'",
    "'(a'",
    "'192.0.2.0/24'",
    "'[a-'",
  );
  const one = fc.tuple(path, operator, literal).map((parts) => `[${parts.join(' ')}]`);
  const whole = fc
    .tuple(
      one,
      fc.constantFrom(' AND ', ' OR ', ' FOLLOWEDBY '),
      one,
      fc.constantFrom('', ' REPEATS 2 TIMES', ' WITHIN 0 SECONDS'),
    )
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(
      fc.oneof(
        soup.map((parts) => `[${parts.join(' ')}]`),
        one,
        whole,
      ),
      (text) => {
        try {
          const { matched, bindings } = matchPattern(text, [observation, observation]);
          assert.equal(matched, bindings.length > 0);
        } catch (error) {
          assert.ok(error instanceof ComityError, `only our own error, got ${String(error)} for ${text}`);
        }
      },
    ),
    { numRuns: 3000 },
  );
});

test('any JSON may stand in an observation', () => {
  const value = fc.jsonValue() as fc.Arbitrary<JsonValue>;
  const compiled = [
    "[t:a = 1 OR t:a[*] = 'x' OR t:a_ref.b = 1 OR t:a_refs[*].b_hex = h'00' OR t:a.b[0].c LIKE '%_x']",
    "[t:a_bin MATCHES 'x' OR NOT EXISTS t:a OR t:a ISSUBSET '::/0' OR t:a > t'2024-01-01T00:00:00Z']",
  ].map((text) => compilePattern(parsePattern(text)));
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('a', 'a_ref', 'a_refs', 'a_bin', 'b', 'b_hex'), value), (object) => {
      for (const each of compiled) each.match([seen(0, { ...object, type: 't' }, { ...object, type: 'u' })]);
    }),
    { numRuns: 1000 },
  );
});
