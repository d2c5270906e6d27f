import assert from 'node:assert/strict';
import test from 'node:test';
import { ComityError, limits } from '../../base/index.ts';
import { compileLike, compileMatches } from './text-search.ts';

function codeOf(source: string): string | undefined {
  try {
    compileMatches(source);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof ComityError, String(error));
    return error.code;
  }
}

const refused: readonly (readonly [name: string, source: string])[] = [
  ['a back-reference', String.raw`(a)\1`],
  ['a back-reference', String.raw`(?<n>a)\k<n>`],
  ['a back-reference', String.raw`(a)\g1`],
  ['a back-reference', '(?P<n>a)(?P=n)'],
  ['look-ahead', 'a(?=b)'],
  ['look-ahead', 'a(?!b)'],
  ['look-behind', '(?<=a)b'],
  ['look-behind', '(?<!a)b'],
  ['an atomic group', '(?>a)'],
  ['a condition', '(?(1)a)'],
  ['recursion', 'a(?R)'],
  ['recursion', 'a(?1)'],
  ['a branch reset', '(?|a|b)'],
  ['a comment', 'a(?#x)'],
  ['the extended syntax', '(?ix) a b'],
  ['a control verb', '(*UTF8)a'],
  ['a possessive repetition', 'a++'],
  ['a possessive repetition', 'a{2}+'],
  ['the grapheme', String.raw`\X`],
  ['the reset', String.raw`a\Kb`],
];
for (const [name, source] of refused) {
  test(`${source} is refused as ${name}`, () => {
    assert.throws(
      () => compileMatches(source),
      (error) => error instanceof ComityError && error.code === 'PATTERN_UNSUPPORTED' && error.message.includes(name),
    );
  });
}

const found: readonly (readonly [source: string, text: string, isFound: boolean])[] = [
  ['a+?b', 'xaab', true],
  ['a$', 'a\n', true],
  ['a$', 'a\nb', false],
  ['(?m)a$', 'a\nb', true],
  [String.raw`a\Z`, 'a\n', true],
  [String.raw`a\z`, 'a\n', false],
  [String.raw`^a\hb\Hc$`, 'a\u00a0b-c', true],
  [String.raw`a\Rb`, 'a\r\nb', true],
  [String.raw`a\vb`, 'a\u0085b', true],
  [String.raw`a\eb`, 'a\u001bb', true],
  [String.raw`a\Nb`, 'a\nb', false],
  [String.raw`[\h\v\e]`, '\u001b', true],
  ['[]a]', ']', true],
  ['[^]a]', ']', false],
  ['[[:alpha:]]', '7a', true],
  [String.raw`[\]]`, ']', true],
  ['[[:alpha]', ':', true],
  ['a{,2}', 'a{,2}', true],
  ['a{x', 'a{x', true],
  ['^a{2,3}$', 'aaa', true],
  ['^a{2,}$', 'aaaa', true],
  [String.raw`\Qa.b\E.`, 'a.bc', true],
  [String.raw`\Qa.b`, 'axb', false],
  ['(?i:A)b', 'ab', true],
  ['(?<name>a)b', 'ab', true],
  ['😀+', 'x😀', true],
  [String.raw`\d{4}`, '2024', true],
];
for (const [source, text, isFound] of found) {
  test(`${source} ${isFound ? 'is' : 'is not'} found in ${JSON.stringify(text)}`, () => {
    assert.equal(compileMatches(source)(text), isFound);
  });
}

test('what is no expression is said to be none', () => {
  for (const source of ['(', ')', '[a', 'a**', String.raw`a\ `.trim(), '*a', '(?<n', 'a{2,1}', '(a))', '\\']) {
    assert.equal(codeOf(source), 'PATTERN_MALFORMED', source);
  }
});

test('the size of an expression is known before it is compiled', () => {
  const started = process.cpuUsage();
  for (const source of [
    '(a{1000}){1000}',
    `(?:${'x'.repeat(4000)}){1000}`,
    'a{1000}'.repeat(5000),
    'x'.repeat(limits.patternExpressionSizeMax + 1),
    '((a{9}){9}b{50}){900}',
    'a{100000}',
  ]) {
    assert.equal(codeOf(source), 'PATTERN_TOO_COMPLEX', source.slice(0, 30));
  }
  // What is written out for the engine is larger than it looks.
  assert.equal(codeOf(String.raw`\R`.repeat(9000)), 'PATTERN_TOO_COMPLEX');
  assert.equal(codeOf('a{1000}'.repeat(9)), undefined);
  const { user, system } = process.cpuUsage(started);
  assert.ok(user + system < 10_000_000, `took ${user + system} µs`);
});

test('hostile expressions and texts take linear time', () => {
  const expressions = ['(a|a)*b', '(a*)*b', '(.*)(.*)(.*)x', '^(a+)+$', '(x+x+)+y'];
  const text = 'a'.repeat(50_000);
  const started = process.cpuUsage();
  for (const source of expressions) compileMatches(source)(text);
  compileLike('%a%a%a%a%ab')(text);
  const { user, system } = process.cpuUsage(started);
  assert.ok(user + system < 20_000_000, `took ${user + system} µs`);
});

test('LIKE counts code points', () => {
  assert.equal(compileLike('_')('😀'), true);
  assert.equal(compileLike('%_x')('😀x'), true);
  assert.equal(compileLike('_%b%')('a😀😀bc'), true);
  assert.equal(compileLike('%😀_')('a😀b😀c'), true);
});
