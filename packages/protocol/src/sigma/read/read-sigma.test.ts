import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ComityError, limits } from '../../base/index.ts';
import { parseSigma, readSigma, SigmaError } from '../index.ts';

const rule = {
  title: 'A',
  logsource: { product: 'windows' },
  detection: { selection: { Image: 'a' }, condition: 'selection' },
};

/** The error of the first document: code, place, words. */
function errorOf(text: string): SigmaError {
  const [first] = readSigma(text);
  assert.ok(first?.error instanceof SigmaError, `no error: ${text.slice(0, 200)}`);
  return first.error;
}

const changed = (change: object): string => JSON.stringify({ ...rule, ...change });

test('a file holds rules, correlations and filters; a broken one is told with its line and the others are read', () => {
  const text = `title: One
id: 0e95725d-7320-415d-80f7-004da920fc11
logsource: {product: windows, service: Security, definition: x}
detection:
  selection: {EventID: 4625}
  condition: selection
level: high
---
title: Two
logsource: {category: x}
detection:
  selection: {a: 1}
---
title: Three
correlation: {type: event_count, rules: One, group-by: [User], timespan: 90m, condition: {gte: 3}}
---
title: Four
logsource: {product: windows}
filter: {rules: [One], selection: {User: root}, condition: not selection}
---
`;
  const read = readSigma(text);
  assert.deepEqual(
    read.map(({ document, error }) => document?.kind ?? error?.details),
    ['rule', { path: 'detection', line: 11 }, 'correlation', 'filter'],
  );
  assert.equal(read[1]?.error !== undefined && read[1].title, 'Two');
  const [first, , third] = read;
  assert.deepEqual(first?.document?.kind === 'rule' && first.document.logsource, {
    product: 'windows',
    service: 'security',
  });
  assert.equal(first?.document?.level, 'high');
  assert.equal(third?.document?.kind === 'correlation' && third.document.timespanUs, 90 * 60e6);
  assert.deepEqual(readSigma(''), []);
  assert.throws(() => parseSigma(text), { code: 'SIGMA_MALFORMED' });
  assert.equal(parseSigma(JSON.stringify(rule)).length, 1);
});

test('what a rule must have and has not is said with its place (Sigma rules 2.1.0)', () => {
  const cases: readonly (readonly [text: string, path: string | undefined, words: RegExp])[] = [
    ['- a', undefined, /no map/],
    ['text', undefined, /no map/],
    [changed({ title: undefined }), undefined, /no title/],
    [changed({ title: 7 }), 'title', /no title/],
    [changed({ id: 7 }), 'id', /id is no text/],
    [changed({ logsource: undefined }), undefined, /no logsource/],
    [changed({ logsource: 'x' }), 'logsource', /no map/],
    [changed({ logsource: { product: 7 } }), 'logsource.product', /no text/],
    [changed({ detection: { condition: 'a' } }), 'detection', /searches for nothing/],
    [changed({ detection: { a: { b: 1 } } }), 'detection', /no condition/],
    [changed({ detection: { a: { b: 1 }, condition: [] } }), 'detection.condition', /empty/],
    [changed({ detection: { a: { b: 1 }, condition: [7] } }), 'detection.condition', /no text/],
    [changed({ filter: { selection: { a: 1 }, condition: 'selection' } }), 'filter', /no rules/],
    [changed({ filter: { rules: [7], selection: { a: 1 }, condition: 'selection' } }), 'filter.rules[0]', /no name/],
    [changed({ filter: { rules: '', selection: { a: 1 }, condition: 'selection' } }), 'filter.rules', /no name/],
  ];
  for (const [text, path, words] of cases) {
    const error = errorOf(text);
    assert.equal(error.code, 'SIGMA_MALFORMED', text);
    assert.match(error.message, words);
    assert.equal(error.details['path'], path, text);
    assert.equal(error.details['line'], 1);
  }
});

test('what a rule says about itself is a warning where it has not its form, and left out', () => {
  const text = changed({
    title: 'x'.repeat(257),
    id: 'not-a-uuid',
    date: '2026/01/01',
    modified: '2026-01-01',
    level: 'severe',
    status: 'test',
    tags: ['attack.t1059', 'no tag'],
    author: null,
    logsource: { definition: 'x', product: null },
    detection: { a: { b: 1 }, condition: 'a', timeframe: '5m' },
  });
  const [read] = readSigma(text);
  assert.ok(read?.document !== undefined);
  assert.deepEqual(
    read.warnings.map(({ path }) => path),
    ['title', 'id', 'date', 'level', 'tags[1]', 'logsource', 'detection.timeframe'],
  );
  const { document } = read;
  assert.deepEqual(
    [document.level, document.status, document.modified, document.id],
    [undefined, 'test', '2026-01-01', 'not-a-uuid'],
  );
  assert.deepEqual(document.kind === 'rule' && [...document.detection.searches.keys()], ['a']);
});

test('a correlation that cannot be is refused by name (Sigma correlations 2.1.0)', () => {
  const base = { type: 'event_count', rules: ['a'], 'group-by': ['u'], timespan: '1h', condition: { gte: 3 } };
  const of = (change: object): string => JSON.stringify({ title: 'C', correlation: { ...base, ...change } });
  const cases: readonly (readonly [change: object, code: string, path: string])[] = [
    [{ type: 'near' }, 'SIGMA_MALFORMED', 'correlation.type'],
    [{ rules: [] }, 'SIGMA_MALFORMED', 'correlation'],
    [{ rules: ['a', 'a'] }, 'SIGMA_MALFORMED', 'correlation.rules'],
    [{ timespan: '1w' }, 'SIGMA_MALFORMED', 'correlation.timespan'],
    [{ timespan: 60 }, 'SIGMA_MALFORMED', 'correlation.timespan'],
    [{ timespan: '0s' }, 'SIGMA_MALFORMED', 'correlation.timespan'],
    [{ timespan: '400d' }, 'SIGMA_UNSUPPORTED', 'correlation.timespan'],
    [{ aliases: [] }, 'SIGMA_MALFORMED', 'correlation.aliases'],
    [{ aliases: { u: 'a' } }, 'SIGMA_MALFORMED', 'correlation.aliases.u'],
    [{ aliases: { u: { a: 7 } } }, 'SIGMA_MALFORMED', 'correlation.aliases.u.a'],
    [{ condition: undefined }, 'SIGMA_MALFORMED', 'correlation'],
    [{ condition: 'a and b' }, 'SIGMA_UNSUPPORTED', 'correlation.condition'],
    [{ condition: 7 }, 'SIGMA_MALFORMED', 'correlation.condition'],
    [{ condition: {} }, 'SIGMA_MALFORMED', 'correlation.condition'],
    [{ condition: { above: 7 } }, 'SIGMA_MALFORMED', 'correlation.condition.above'],
    [{ condition: { gt: '7' } }, 'SIGMA_MALFORMED', 'correlation.condition.gt'],
    [{ condition: { gt: 7, percentile: 5 } }, 'SIGMA_MALFORMED', 'correlation.condition.percentile'],
    [
      { type: 'value_percentile', condition: { gt: 7, field: 'a', percentile: 101 } },
      'SIGMA_MALFORMED',
      'correlation.condition.percentile',
    ],
    [{ type: 'value_sum' }, 'SIGMA_MALFORMED', 'correlation.condition'],
    [{ type: 'value_sum', condition: { gt: 7, field: ['a', 'b'] } }, 'SIGMA_MALFORMED', 'correlation.condition.field'],
    [{ type: 'temporal_ordered' }, 'SIGMA_UNSUPPORTED', 'correlation.condition'],
  ];
  for (const [change, code, path] of cases) {
    const error = errorOf(of(change));
    assert.deepEqual([error.code, error.details['path']], [code, path], JSON.stringify(change));
  }
  assert.match(errorOf(JSON.stringify({ title: 'C', correlation: 7 })).message, /correlation is no map/);
  const [read] = readSigma(of({ 'group-by': undefined, condition: { gt: 1, lte: 5, field: 'x' } }));
  assert.deepEqual(read?.document !== undefined && read.warnings.map(({ path }) => path), [
    'correlation',
    'correlation.condition.field',
  ]);
});

test('YAML: what it cannot say without doubt, or says twice, is an error with its line', () => {
  const head = 'title: A\nlogsource: {product: x}\ndetection:\n  condition: s\n';
  const cases: readonly (readonly [text: string, line: number, words: RegExp])[] = [
    [`${head}  s: {a: 1}\n  s: {a: 2}\n`, 6, /"s" stands twice/],
    [`${head}  s: {a: 1\n`, 6, /not YAML/],
    [`${head}  s:\n    ? [a]\n    : b\n`, 5, /a key of it is no text/],
    [`${head}  s:\n    <<: {a: 1}\n`, 5, /<</],
    [`${head}  s: {__proto__: {a: 1}}\n`, 5, /__proto__/],
    [`${head}  s: *nothing\n`, 5, /nothing/],
    [`${head}  s: !!strange x\n`, 5, /not YAML/],
  ];
  for (const [text, line, words] of cases) {
    const error = errorOf(text);
    assert.match(error.message, words);
    assert.equal(error.details['line'], line, text);
  }
  assert.match(errorOf('? [a]\n: 1\n').message, /no text/);
});

test('YAML: aliases stand for what is anchored before, numbers too large stay text, keys are text', () => {
  const [read] = readSigma(
    'title: A\nlogsource: {product: x}\ndetection:\n  a: &x {f: 12345678901234567890, 4688: .inf, t: true, n: , m: 1.5, z}\n  b: *x\n  condition: 1 of them\n',
  );
  const { document } = read!;
  assert.ok(document?.kind === 'rule');
  const value = { f: '12345678901234567890', 4688: '.inf', t: true, n: null, m: 1.5, z: null };
  assert.deepEqual([...document.detection.searches.values()], [value, value]);
  assert.equal(document.lineOf(['detection', 'b', 'nothing', 'there']), 5);
  assert.equal(document.lineOf(['detection', 'a', 'f', 3]), 4);
  assert.equal(document.lineOf(['nothing']), 1);
  const [listed] = parseSigma(JSON.stringify({ ...rule, tags: ['a.b'] }));
  assert.equal(listed?.lineOf(['tags', 7]), 1);
});

test('a limit of size, documents, nodes or depth is an error of its own', () => {
  assert.throws(
    () => readSigma(' '.repeat(limits.sigmaFileCharsMax + 1)),
    (error) => error instanceof ComityError && error.code === 'INPUT_TOO_LARGE',
  );
  const laughs = ['a: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 9; level++) laughs.push(`k${level}: &a${level} [${`*a${level - 1}, `.repeat(10)}]`);
  assert.equal(errorOf(laughs.join('\n')).code, 'SIGMA_TOO_COMPLEX');
  assert.equal(errorOf('a: &a [*a]').code, 'SIGMA_TOO_COMPLEX');
  assert.equal(errorOf(`a: ${'['.repeat(40)}${']'.repeat(40)}`).code, 'SIGMA_TOO_COMPLEX');
  assert.equal(errorOf('['.repeat(20_000)).code, 'SIGMA_TOO_COMPLEX');
  assert.equal(errorOf(`- ${'? '.repeat(20_000)}`).code, 'SIGMA_TOO_COMPLEX');
  const [, large] = readSigma(`${JSON.stringify(rule)}\n---\n# ${'x'.repeat(limits.sigmaDocumentCharsMax)}\n--- {}\n`);
  assert.deepEqual([large?.error?.code, large?.error?.details['line']], ['SIGMA_TOO_COMPLEX', 2]);
});
