import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { ComityError, limits } from '../../base/index.ts';
import { parsePattern, printPattern } from '../index.ts';
import type { PropertyTest } from '../index.ts';

function codeOf(text: string, version: '2.0' | '2.1' = '2.1'): string | undefined {
  try {
    parsePattern(text, { version });
    return undefined;
  } catch (error) {
    assert.ok(error instanceof ComityError, `only our own error, got ${String(error)} for ${text}`);
    return error.code;
  }
}

function testOf(text: string): PropertyTest {
  const { root } = parsePattern(text);
  assert.ok(root.kind === 'observation' && root.comparison.kind === 'test');
  return root.comparison;
}

test('AND binds tighter than OR, OR tighter than FOLLOWEDBY (STIX 2.1 §9.5.3, §9.6)', () => {
  const { root } = parsePattern('[a:b=1] OR [a:b=2] AND [a:b=3] FOLLOWEDBY [a:b=4 OR a:b=5 AND a:b=6]');
  assert.equal(root.kind, 'followedby');
  assert.deepEqual(
    printPattern({ root }),
    '[a:b = 1] OR [a:b = 2] AND [a:b = 3] FOLLOWEDBY [a:b = 4 OR a:b = 5 AND a:b = 6]',
  );
});

test('a string knows two escapes and nothing else', () => {
  assert.deepEqual(testOf(String.raw`[a:b = 'it\'s \\ here']`).literals, [
    { kind: 'string', value: String.raw`it's \ here` },
  ]);
  assert.equal(codeOf(String.raw`[a:b = '\n']`), 'PATTERN_MALFORMED');
});

test('every kind of literal is read', () => {
  const { literals } = testOf(
    "[a:b IN (1, -2, +3, .50, -0.0, 'x', b'YWI=', h'0aFF', true, t'2024-02-30T23:59:60.10Z')]",
  );
  assert.deepEqual(
    literals.map(({ kind, value }) => `${kind} ${value}`),
    [
      'integer 1',
      'integer -2',
      'integer 3',
      'float 0.5',
      'float 0.0',
      'string x',
      'binary YWI=',
      'hex 0aFF',
      'boolean true',
      'timestamp 2024-02-30T23:59:60.10Z',
    ],
  );
});

test('paths take quoted keys, indexes and [*]', () => {
  const { path } = testOf("[file:extensions.'windows-pebinary-ext'.sections[*].x[-1] > 7.0]");
  assert.deepEqual(path, {
    type: 'file',
    steps: ['extensions', 'windows-pebinary-ext', 'sections', { any: true }, 'x', -1],
  });
});

test('blanks of every script and comments are skipped between tokens', () => {
  assert.equal(printPattern(parsePattern('[\u00a0a\u2003: /* x */ b\u3000= // y\n 1]')), '[a:b = 1]');
});

test('keywords are upper case and never a name', () => {
  for (const text of ['[a:b=1] and [a:b=2]', '[AND:b=1]', '[a:IN=1]', '[a:b=TRUE]']) {
    assert.equal(codeOf(text), 'PATTERN_MALFORMED', text);
  }
  assert.equal(codeOf('[AND-x:b=1]'), undefined);
});

test('a digest that has not the form of its algorithm is refused, however its key is spelled', () => {
  for (const key of ["'SHA-256'", 'SHA256', 'sha256', "'sha-256'"]) {
    assert.equal(codeOf(`[file:hashes.${key} = 'f00']`), 'PATTERN_MALFORMED', key);
    assert.equal(codeOf(`[file:hashes.${key} = '${'0a'.repeat(32)}']`), undefined, key);
  }
  assert.equal(codeOf("[file:hashes.MD5 LIKE 'f00%']"), undefined);
});

test('no kind of qualifier stands twice on one observation; on a group it may, and in STIX 2.0', () => {
  assert.equal(codeOf('[a:b=1] WITHIN 5 SECONDS REPEATS 2 TIMES WITHIN 6 SECONDS'), 'PATTERN_MALFORMED');
  assert.equal(codeOf('([a:b=1]) WITHIN 5 SECONDS WITHIN 6 SECONDS'), undefined);
  assert.equal(codeOf('[a:b=1] WITHIN 5 SECONDS WITHIN 6 SECONDS', '2.0'), undefined);
});

test('START and STOP take plain strings in STIX 2.0 only', () => {
  const text = "[a:b=1] START '2016-06-01T00:00:00Z' STOP '2017-06-01T00:00:00Z'";
  assert.equal(codeOf(text), 'PATTERN_MALFORMED');
  assert.equal(codeOf(text, '2.0'), undefined);
  assert.equal(codeOf("[a:b=1] START 'soon' STOP 'late'", '2.0'), 'PATTERN_MALFORMED');
});

test('qualifiers take counts and seconds that are none below zero', () => {
  for (const end of [
    "WITHIN 'x' SECONDS",
    'WITHIN -5 SECONDS',
    'REPEATS 1.5 TIMES',
    'REPEATS -1 TIMES',
    'REPEATS TIMES',
  ]) {
    assert.equal(codeOf(`[a:b=1] ${end}`), 'PATTERN_MALFORMED', end);
  }
  assert.equal(codeOf('[a:b=1] REPEATS 2 TIMES REPEATS 2 TIMES'), 'PATTERN_MALFORMED');
  assert.ok(parsePattern('[a:b=1] REPEATS 2 TIMES REPEATS 2 TIMES', { qualifiers: 'any' }));
});

test('a boolean has no order', () => {
  assert.equal(codeOf('[a:b < true]'), 'PATTERN_MALFORMED');
});

test('a literal that is not closed is none, minus zero is zero, an ssdeep has its own form', () => {
  assert.equal(codeOf("[a:b = t'2024]"), 'PATTERN_MALFORMED');
  assert.deepEqual(testOf('[a:b = -0]').literals, [{ kind: 'integer', value: '0' }]);
  assert.equal(codeOf("[file:hashes.SSDEEP = '3:abc:def']"), undefined);
  assert.equal(codeOf("[file:hashes.SSDEEP = 'a b']"), 'PATTERN_MALFORMED');
});

test('a comment, a string or a slash that ends nothing is an error where it stands', () => {
  assert.throws(() => parsePattern('[a:b = 1] /* never'), /at column 11/);
  assert.throws(() => parsePattern('[a:b = 1] / 2'), /at column 11/);
  assert.throws(() => parsePattern("[a:b = 'never"), /expected a closing ' at column 8/);
  assert.equal(printPattern(parsePattern('[a:b = 1] // to the end')), '[a:b = 1]');
});

test('what should stand after a path, in brackets or in front of a string is told', () => {
  assert.throws(() => parsePattern('[a:b 1]'), /expected an operator at column 6/);
  assert.throws(() => parsePattern('[a:b EXISTS 1]'), /expected an operator at column 6/);
  assert.throws(() => parsePattern('[a:b[x] = 1]'), /expected an index or \* at column 6/);
  assert.throws(() => parsePattern('[a:b LIKE 1]'), /expected a string at column 11/);
  assert.throws(() => parsePattern("[a:b = x'00']"), /expected a literal at column 8/);
  assert.deepEqual(testOf('[a:b = -1.50]').literals, [{ kind: 'float', value: '-1.5' }]);
});

test('the error names the column', () => {
  assert.throws(() => parsePattern('[file:name = ]'), /expected a literal at column 14/);
  assert.throws(() => parsePattern("[file:name = 'x'"), /at column 17, found its end/);
});

test('length, depth and number of comparisons are bounded', () => {
  assert.equal(codeOf(`[a:b = '${'x'.repeat(limits.patternCharsMax)}']`), 'PATTERN_TOO_COMPLEX');
  assert.equal(codeOf('('.repeat(1000)), 'PATTERN_TOO_COMPLEX');
  assert.equal(codeOf(`[${'('.repeat(1000)}`), 'PATTERN_TOO_COMPLEX');
  const tests = (count: number): string => `[${Array.from({ length: count }, () => 'a:b=1').join(' OR ')}]`;
  assert.equal(codeOf(tests(limits.patternComparisonsMax)), undefined);
  assert.equal(codeOf(tests(limits.patternComparisonsMax + 1)), 'PATTERN_TOO_COMPLEX');
  assert.equal(codeOf('[a:b[99999999999999999999] = 1]'), 'PATTERN_TOO_COMPLEX');
});

const fragments = (
  "[ ] ( ) : . , * ' \\ = != < > - + 0 1 .5 [*] /* */ // AND OR NOT FOLLOWEDBY IN LIKE EXISTS WITHIN 5 SECONDS REPEATS 2 TIMES " +
  "START STOP t'2024-01-01T00:00:00Z' b'YQ==' h'00' 'x' true a:b file:hashes.MD5 [a:b=1] \u0000 😀 \ud800"
).split(' ');

test('arbitrary and mutated text gives a pattern or our own error, never another', () => {
  const soup = fc.array(fc.oneof(fc.constantFrom(' ', ...fragments), fc.string({ maxLength: 3 })), { maxLength: 30 });
  fc.assert(
    fc.property(soup, fc.constantFrom('2.0' as const, '2.1' as const), (parts, version) => {
      codeOf(parts.join(''), version);
    }),
    { numRuns: 3000 },
  );
});

test('hostile text is judged in linear time', () => {
  const hostile = ["b'", "t'2024-01-01T00:00:00.", '/*', '//', '((((', "'\\'", "a:b='", '0', '.0', '-', '[a:b=1] '];
  for (const part of hostile) {
    const text = `[a:b = ${part.repeat(Math.floor(60_000 / part.length))}`;
    const started = process.cpuUsage();
    codeOf(text);
    const { user, system } = process.cpuUsage(started);
    assert.ok(user + system < 5_000_000, `${part} took ${user + system} µs`);
  }
});
