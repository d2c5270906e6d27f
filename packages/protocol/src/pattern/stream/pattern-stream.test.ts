import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { ComityError } from '../../base/index.ts';
import type { JsonObject } from '../../base/index.ts';
import { createPatternStream, matchPattern, parsePattern } from '../index.ts';
import type { Observation } from '../index.ts';
import { leafKeysOf } from './leaf-keys.ts';

const second = 1_000_000;

function seen(atS: number, ...objects: JsonObject[]): Observation {
  return {
    firstUs: atS * second,
    lastUs: atS * second,
    numberObserved: 1,
    objects: new Map(objects.map((object, index) => [String(index), object])),
  };
}

/** Ids of the patterns an observation completes. */
function completed(stream: ReturnType<typeof createPatternStream>, observation: Observation): string[] {
  return stream.advance(observation, observation.lastUs).map(({ id }) => id);
}

const host = {
  type: 'h',
  name: 'www.evil.example',
  ip: '192.0.2.77',
  six: '2001:db8::1',
  port: 443,
  list: ['a', 'b'],
  flag_hex: 'ff',
  other_ref: '1',
  on: true,
  at: '2024-01-01T00:00:00Z',
};
const found: readonly string[] = [
  "h:name = 'www.evil.example'",
  "h:name IN ('x', 'www.evil.example')",
  'h:port = 443',
  'h:port IN (1, 443.0)',
  "h:name LIKE '%.evil.example'",
  "h:name LIKE 'www.%'",
  "h:name LIKE '%evil%'",
  "h:name LIKE 'www.evil.example'",
  "h:name LIKE 'www._vil%example'",
  String.raw`h:name MATCHES '^www\\.evil'`,
  "h:name MATCHES '^wwwx?'",
  "h:name MATCHES '^w*x'",
  "h:name MATCHES '^x|evil'",
  "h:name MATCHES 'evil'",
  "h:name MATCHES '(?i)^WWW'",
  "h:ip ISSUBSET '192.0.2.0/24'",
  "h:ip ISSUBSET '192.0.2.77'",
  "h:name ISSUBSET '192.0.2.77'",
  "h:six ISSUBSET '2001:db8::/32'",
  "h:ip ISSUPERSET '192.0.2.77'",
  "h:list[*] = 'b'",
  "h:list[1] = 'b'",
  'h:port > 400',
  'h:port != 80',
  "h:name NOT = 'x'",
  "h:flag_hex = h'ff'",
  "h:flag_hex LIKE '%'",
  'h:on = true',
  "h:at = t'2024-01-01T00:00:00.0Z'",
  'EXISTS h:other_ref',
  'NOT EXISTS h:none',
  "h:other_ref.name = 'kelvin'",
  "i:temperature LIKE 'K%'",
  "i:temperature LIKE 'K_vin'",
  "h:name LIKE '%' AND h:port = 443",
  "h:name = 'x' OR h:port = 443",
];
const observed = seen(0, host, { type: 'i', name: 'kelvin', temperature: '\u212aelvin' });
for (const comparison of found) {
  test(`is found by what it needs: [${comparison}]`, () => {
    const stream = createPatternStream();
    stream.add('p', `[${comparison}]`);
    const expected = matchPattern(`[${comparison}]`, [observed]).matched ? ['p'] : [];
    assert.deepEqual(completed(stream, observed), expected);
    stream.add('p', `[${comparison}]`);
    stream.remove('p');
    assert.deepEqual(completed(stream, observed), []);
    assert.deepEqual(stream.figures.patterns, 0);
  });
}

test('what every record shows is learnt to be no way to find a pattern', () => {
  const stream = createPatternStream();
  for (let index = 0; index < 2000; index++) {
    stream.add(String(index), `[h:kind = 'common' AND h:bad_hex != h'00' AND h:name = 'rare${index}']`);
  }
  const observe = (times: number, name: string): number => {
    const before = stream.figures.faults;
    for (let at = 0; at < times; at++) completed(stream, seen(at, { type: 'h', kind: 'common', bad_hex: 'x', name }));
    return (stream.figures.faults - before) / times / 2000;
  };
  assert.ok(observe(40, 'nobody') > 0.2, 'at first all are looked at');
  assert.ok(observe(100, 'nobody') < 0.1, 'then hardly any');
  assert.deepEqual(completed(stream, seen(0, { type: 'h', kind: 'common', bad_hex: 'ff', name: 'rare7' })), ['7']);
  assert.equal(stream.remove('7'), true);
  assert.deepEqual(completed(stream, seen(0, { type: 'h', kind: 'common', bad_hex: 'ff', name: 'rare7' })), []);
});

test('a pattern of which everything is common is still found', () => {
  const stream = createPatternStream();
  stream.add('p', "[h:kind = 'common' AND h:place = 'usual' AND h:port > 5]");
  for (let at = 0; at < 500; at++) {
    assert.deepEqual(completed(stream, seen(at, { type: 'h', kind: 'common', place: 'usual', port: 1 })), []);
    if (at % 50 === 0) {
      assert.deepEqual(completed(stream, seen(at, { type: 'h', kind: 'common', place: 'usual', port: 6 })), ['p']);
    }
  }
});

test('a bug is not taken for a search that gave up', () => {
  const stream = createPatternStream();
  stream.add('p', parsePattern('[h:a = 1] FOLLOWEDBY [h:a = 1]'));
  completed(stream, seen(0, { type: 'h', a: 1 }));
  const broken: Observation = {
    ...seen(1, { type: 'h', a: 1 }),
    get firstUs(): number {
      throw new TypeError('broken');
    },
  };
  assert.throws(() => stream.advance(broken, 0), TypeError);
});

test('an expression is found by the narrowest of what it needs (§9.6)', () => {
  const keysOf = (text: string): string[] => {
    const { root } = parsePattern(`[${text}]`);
    assert.ok(root.kind === 'observation');
    return leafKeysOf(root.comparison).map((keys) => keys.map(({ kind }) => kind).join(' '));
  };
  assert.deepEqual(
    keysOf("h:type = 'h-type' AND h:port = 443 AND h:p = 'tcp' AND h:name LIKE 'abc%' AND h:name = 'whole'"),
    ['equal', 'prefix', 'equal', 'equal', 'equal'],
  );
  assert.deepEqual(keysOf('h:a IN () AND NOT EXISTS h:b'), ['', 'type']);
  assert.deepEqual(keysOf("h:a ISSUBSET 'nothing'"), ['']);
  assert.deepEqual(keysOf("h:a = 'long enough' OR (h:b = 1 AND h:c LIKE '%x')"), ['equal suffix']);
  assert.deepEqual(keysOf("h:a LIKE '%' AND h:a_hex = 'ab' AND h:b = true"), ['present', 'present', 'present']);
});

test('only patterns an observation can advance are looked at', () => {
  const stream = createPatternStream();
  for (let index = 0; index < 5000; index++) {
    stream.add(`e${index}`, `[h:name = 'host${index}.example']`);
    stream.add(`b${index}`, `[h:bad_hex = h'00' AND h:name LIKE 'host${index}.%']`);
  }
  assert.deepEqual(completed(stream, seen(0, { type: 'h', name: 'host7.example', bad_hex: 'x' })), ['e7']);
  // A malformed property is told by each pattern that looks at it.
  assert.ok(stream.figures.faults < 200, `${stream.figures.faults} patterns were looked at`);
});

test('a match names what answered, once for an observation, and the pattern begins anew', () => {
  const stream = createPatternStream();
  stream.add('p', '[h:a = 1] FOLLOWEDBY [h:b = 1]');
  const first = seen(0, { type: 'h' }, { type: 'h', a: 1 }, { type: 'h', a: 1 });
  const last = seen(1, { type: 'h', b: 1 });
  assert.deepEqual(stream.advance(first, 0), []);
  assert.equal(stream.figures.kept, 1);
  assert.deepEqual(stream.advance(last, second), [
    {
      id: 'p',
      bindings: [
        { expression: 0, observation: first, object: '1', units: 1 },
        { expression: 1, observation: last, object: '0', units: 1 },
      ],
    },
  ]);
  assert.equal(stream.figures.kept, 0);
  assert.deepEqual(completed(stream, last), []);
});

test('START/STOP around one observation', () => {
  const stream = createPatternStream();
  stream.add('p', "[h:a = 1] START t'1970-01-01T00:00:05Z' STOP t'1970-01-01T00:00:07Z'");
  const answers = [4, 5, 6, 7].map((at) => completed(stream, seen(at, { type: 'h', a: 1 })).length);
  assert.deepEqual(answers, [0, 1, 1, 0]);
  assert.equal(stream.figures.kept, 0);
});

test('state goes when its window has passed, also of patterns nobody advances', () => {
  const stream = createPatternStream({ toleranceUs: second });
  stream.add('window', '([h:a = 1] AND [h:b = 1]) WITHIN 5 SECONDS');
  stream.add('until', "([h:a = 1] AND [h:c = 1]) START t'1970-01-01T00:00:00Z' STOP t'1970-01-01T00:00:04Z'");
  stream.add('either', '(([h:a = 1] AND [h:d = 1]) WITHIN 5 SECONDS) OR [h:e = 1]');
  stream.add('ever', '[h:a = 1] AND [h:f = 1]');
  completed(stream, seen(0, { type: 'h', a: 1 }));
  assert.equal(stream.figures.kept, 4);
  for (let at = 0; at < 8; at++) completed(stream, seen(100, { type: 'nothing' }));
  assert.equal(stream.figures.kept, 1);
  assert.equal(stream.figures.expired, 3);
  assert.deepEqual(completed(stream, seen(101, { type: 'h', f: 1 })), ['ever']);
});

test('an observation may come late by the tolerance', () => {
  const stream = createPatternStream({ toleranceUs: 10 * second });
  stream.add('p', '([h:a = 1] FOLLOWEDBY [h:b = 1]) WITHIN 5 SECONDS');
  assert.deepEqual(completed(stream, seen(20, { type: 'h', b: 1 })), []);
  assert.deepEqual(completed(stream, seen(16, { type: 'h', a: 1 })), ['p']);
  assert.equal(stream.figures.late, 0);
  completed(stream, seen(9, { type: 'h' }));
  assert.equal(stream.figures.late, 1);
});

test('what is kept is bounded for one pattern and for all, and what was dropped is counted', () => {
  const stream = createPatternStream({ keptPerPatternMax: 3, keptMax: 5 });
  stream.add('p', '[h:a = 1] AND [h:b = 1]');
  stream.add('q', '[h:a = 1] AND [h:c = 1]');
  for (let at = 0; at < 10; at++) completed(stream, seen(at, { type: 'h', a: 1 }));
  assert.equal(stream.figures.kept, 5);
  assert.equal(stream.figures.dropped, 15);
  assert.equal(stream.remove('q'), true);
  assert.equal(stream.remove('q'), false);
  assert.ok(stream.figures.kept <= 3);
});

test('a search that takes too many steps begins anew and is counted', () => {
  const stream = createPatternStream({ keptPerPatternMax: 10_000 });
  stream.add('p', '([h:a = 1] FOLLOWEDBY [h:b = 1]) REPEATS 60 TIMES');
  for (let at = 0; at < 60 && stream.figures.gaveUp === 0; at++) {
    completed(stream, seen(at + 1, { type: 'h', a: 1 }));
    completed(stream, seen(at, { type: 'h', b: 1 }));
  }
  assert.equal(stream.figures.gaveUp, 1);
  assert.ok(stream.figures.kept < 120);
});

test('a pattern that cannot be evaluated is refused and leaves the stream as it was', () => {
  const stream = createPatternStream();
  stream.add('p', '[h:a = 1]');
  assert.throws(
    () => stream.add('p', "[h:a MATCHES '(?=x)']"),
    (error) => error instanceof ComityError && error.code === 'PATTERN_UNSUPPORTED',
  );
  assert.deepEqual(completed(stream, seen(0, { type: 'h', a: 1 })), ['p']);
});

const test1 = fc.constantFrom(
  "h:name = 'a.x'",
  "h:name LIKE '%.x'",
  "h:name LIKE 'a%'",
  "h:ip ISSUBSET '192.0.2.0/25'",
  'h:port IN (1, 2)',
  'h:port > 1',
  "g:name != 'a.x'",
  'NOT EXISTS h:port',
  "h:to_ref.name = 'b.x'",
  "h:to_refs[*].name MATCHES '^b'",
);
const comparison = fc.oneof(
  test1,
  fc.tuple(test1, fc.constantFrom('AND', 'OR'), test1).map((parts) => parts.join(' ')),
);
const qualifier = fc.constantFrom(
  '',
  '',
  ' WITHIN 3 SECONDS',
  ' REPEATS 2 TIMES',
  " START t'1970-01-01T00:00:02Z' STOP t'1970-01-01T00:00:06Z'",
);
const pattern = fc.letrec<{ p: string }>((tie) => ({
  p: fc.oneof(
    { depthSize: 'small', maxDepth: 2 },
    fc.tuple(comparison, qualifier).map(([text, end]) => `[${text}]${end}`),
    fc
      .tuple(tie('p'), fc.constantFrom('AND', 'OR', 'FOLLOWEDBY'), tie('p'), qualifier)
      .map(([a, op, b, end]) => `((${a}) ${op} (${b}))${end}`),
  ),
})).p;
const object = fc.record(
  {
    type: fc.constantFrom('h', 'g'),
    name: fc.constantFrom('a.x', 'b.x', 'a.y'),
    ip: fc.constantFrom('192.0.2.1', '192.0.2.200', '::1'),
    port: fc.constantFrom(1, 2, 3, '1'),
    to_ref: fc.constantFrom('0', '1', '2'),
    to_refs: fc.constant(['0', '1']),
  },
  { requiredKeys: ['type'] },
) as fc.Arbitrary<JsonObject>;
const observation = fc
  .tuple(fc.array(object, { minLength: 1, maxLength: 2 }), fc.nat(9), fc.nat(2), fc.integer({ min: 1, max: 2 }))
  .map(([objects, at, length, numberObserved]) => ({
    ...seen(at, ...objects),
    lastUs: (at + length) * second,
    numberObserved,
  }));

test('the stream says what evaluating in one go says, since the last match (§9)', () => {
  let matches = 0;
  fc.assert(
    fc.property(
      fc.array(pattern, { minLength: 1, maxLength: 5 }),
      fc.array(observation, { maxLength: 10 }),
      (patterns, observations) => {
        const stream = createPatternStream({ toleranceUs: 20 * second });
        patterns.forEach((text, index) => stream.add(String(index), text));
        const since = patterns.map((): Observation[] => []);
        for (const each of observations) {
          const ids = new Set(stream.advance(each, each.firstUs).map(({ id }) => id));
          for (const [index, text] of patterns.entries()) {
            const before = since[index]!;
            before.push(each);
            const { matched } = matchPattern(text, before);
            assert.equal(ids.has(String(index)), matched, `${text} after ${before.length}`);
            if (!matched) continue;
            matches++;
            since[index] = [];
          }
        }
        assert.equal(stream.figures.dropped + stream.figures.gaveUp, 0);
      },
    ),
    { numRuns: Number(process.env['PATTERN_RUNS'] ?? 1000) },
  );
  assert.ok(matches > 500, 'the cases are not all alike');
});
