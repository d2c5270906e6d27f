import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, JsonValue } from '../../base/index.ts';
import { createSigmaEngine, eventOfRecord, parseSigma } from '../index.ts';
import type { SigmaEngineOptions } from '../index.ts';

const x = { product: 'x' };

function engineOf(search: JsonValue, options: SigmaEngineOptions = {}) {
  const text = JSON.stringify({ title: 'A', logsource: x, detection: { sel: search, condition: 'sel' } });
  return createSigmaEngine(parseSigma(text), options);
}

/** Whether a search finds a record; with and without the index, which must say the same. */
function finds(search: JsonValue, record: JsonObject, options: SigmaEngineOptions = {}): boolean {
  const [found, again] = [true, false].map((indexed) => {
    const engine = engineOf(search, { ...options, indexed });
    assert.deepEqual(
      engine.refused.map(({ error }) => error.message),
      [],
      JSON.stringify(search),
    );
    return engine.advance(eventOfRecord(record, { logsources: [x] }), 0).length > 0;
  });
  assert.equal(found, again, 'the index changes the answer');
  return found!;
}

function codeOf(search: JsonValue, options: SigmaEngineOptions = {}): string | undefined {
  return engineOf(search, options).refused[0]?.error.code;
}

/** Asserts what a search finds, and what not, in field `f`. */
function check(
  search: JsonValue,
  found: readonly JsonValue[],
  not: readonly JsonValue[],
  options: SigmaEngineOptions = {},
): void {
  for (const f of found)
    assert.ok(finds(search, { f }, options), `${JSON.stringify(search)} does not find ${JSON.stringify(f)}`);
  for (const f of not)
    assert.ok(!finds(search, { f }, options), `${JSON.stringify(search)} finds ${JSON.stringify(f)}`);
}

test('values are compared whole and without case, numbers and truth values as they are written', () => {
  check({ f: 'Evil.exe' }, ['evil.EXE', ['a', 'EVIL.exe']], ['evil.exe ', 'xevil.exe', null, {}, []]);
  check({ f: 4688 }, [4688, '4688'], [46_880, '4688.0', true]);
  check({ f: true }, [true, 'True'], [1, 'yes']);
  check({ f: 'ΑΣ' }, ['ας', 'ΑΣ', 'ασ'], ['α']);
  check({ f: '' }, [''], [' ', null]);
  check({ f: ['a', 'b'] }, ['b'], ['c']);
});

test('wildcards and their escapes (Sigma rules 2.1.0, "Escape Character")', () => {
  check({ f: 'a*c' }, ['ac', 'abc', 'a\nc'], ['acd', 'bac']);
  check({ f: 'a?c' }, ['abc', 'a😀c', 'a\nc'], ['ac', 'abbc']);
  check({ f: String.raw`a\*c` }, ['a*c'], ['abc']);
  check({ f: String.raw`a\?c` }, ['a?c'], ['abc']);
  check({ f: String.raw`a\\*c` }, [String.raw`a\c`, String.raw`a\bc`], ['a*c', 'ac']);
  check({ f: String.raw`a\\\*c` }, [String.raw`a\*c`], [String.raw`a\bc`]);
  check({ f: String.raw`a\b` }, [String.raw`a\b`], ['ab']);
  check({ f: String.raw`a\\b` }, [String.raw`a\b`], [String.raw`a\\b`]);
  check({ f: String.raw`a\\\\b` }, [String.raw`a\\b`], [String.raw`a\b`]);
  check({ f: String.raw`a\\\b` }, [String.raw`a\\b`], [String.raw`a\b`]);
  check({ f: '*' }, ['', 'x', 7], [null, {}]);
  check({ f: '**b**' }, ['abc', 'b'], ['c']);
  check({ f: '*a*b*c*' }, ['xaybzc', 'abc'], ['acb']);
  check({ f: 'a*b*a' }, ['aba', 'aXbXa'], ['ab', 'aa', 'a']);
  check({ f: 'ab*ba' }, ['abba'], ['aba']);
  check({ f: 'a*b*b' }, ['abb'], ['ab']);
  check({ f: '*a?' }, ['xab'], ['a']);
});

test('contains, startswith, endswith; all asks for every value, cased for the case', () => {
  check({ 'f|contains': 'B' }, ['abc'], ['ac']);
  check({ 'f|startswith': 'a*b' }, ['a1b2', 'ab'], ['1ab']);
  check({ 'f|endswith': 'C' }, ['abc'], ['cb']);
  check({ 'f|contains|all': ['a', 'b'] }, ['bxa'], ['a']);
  check({ 'f|contains|cased': 'B' }, ['aB'], ['ab']);
  check({ 'f|cased': 'A?' }, ['AB'], ['aB']);
  check({ 'f|startswith': 46 }, [4688], [5]);
  check({ 'f|contains': '' }, ['', 'x'], [null]);
});

test('neq is true where the field has none of the values, or is not there', () => {
  check({ 'f|neq': ['a', 'b'] }, ['c', null], ['A', 'b']);
  assert.ok(finds({ 'f|neq': 'a' }, {}));
});

test('null is a field without value or not there; exists asks whether it is there', () => {
  check({ f: null }, [null], ['', 'x', []]);
  assert.ok(finds({ f: null }, {}));
  assert.ok(finds({ f: null, g: 1 }, { g: 1 }));
  check({ f: ['a', null] }, ['a', null], ['b']);
  check({ 'f|exists': true }, ['', null, {}], []);
  assert.ok(!finds({ 'f|exists': true }, {}));
  assert.ok(finds({ 'f|exists': false }, {}));
  assert.ok(!finds({ 'f|exists': false }, { f: null }));
});

test('re is found anywhere and with its case; i, m and s change that; what needs backtracking is refused by name', () => {
  check({ 'f|re': 'a.c' }, ['xabcx'], ['ABC', 'a\nc']);
  check({ 'f|re|i': 'a.c' }, ['ABC'], []);
  check({ 'f|re|s': '^a.c$' }, ['a\nc'], ['a\nc\nd']);
  check({ 'f|re|m': '^b$' }, ['a\nb\nc'], ['ab']);
  check({ 'f|re|i|i|m': '^B$' }, ['a\nb'], []);
  check({ 'f|re|contains': 'b+' }, ['abba'], ['a']);
  check({ 'f|re': String.raw`[]\]x]{2,3}\{` }, [']x{'], ['xx']);
  check({ 'f|re': '[^a]{2}' }, ['bb'], ['aa']);
  check({ 'f|re': 7 }, [17], [1]);
  for (const source of [
    '(?=a)',
    '(?!a)',
    '(?<=a)',
    '(?<!a)',
    '(?>a)',
    '(?R)',
    '(?P=x)',
    '(?|a)',
    '(*FAIL)',
    String.raw`(a)\1`,
    'a++',
    'a{2}+',
  ]) {
    assert.equal(codeOf({ 'f|re': source }), 'SIGMA_UNSUPPORTED', source);
  }
  for (const source of ['(', '[', '*', String.raw`\p{Nothing}`, ')'])
    assert.equal(codeOf({ 'f|re': source }), 'SIGMA_MALFORMED', source);
  assert.equal(codeOf({ 'f|re': '((a{100}){100}){100}' }), 'SIGMA_TOO_COMPLEX');
  assert.equal(codeOf({ 'f|contains|re': 'a' }), 'SIGMA_UNSUPPORTED');
  assert.equal(codeOf({ 'f|i': 'a' }), 'SIGMA_MALFORMED');
  assert.equal(codeOf({ 'f|re|endswith': 'a' }), 'SIGMA_MALFORMED');
  assert.equal(codeOf({ 'f|re': null }), 'SIGMA_MALFORMED');
});

test('cidr: addresses by number, IPv4-mapped ones as IPv4', () => {
  check({ 'f|cidr': '10.0.0.0/8' }, ['10.1.2.3', '::ffff:10.0.0.1'], ['11.0.0.1', 'x', '10.0.0.0/8', '::1', 'a:b:c']);
  check({ 'f|cidr': '192.0.2.7' }, ['192.0.2.7'], ['192.0.2.8']);
  check({ 'f|cidr': '2001:db8::/33' }, ['2001:DB8:0::1'], ['2001:db8:8000::1', '192.0.2.1', '2001:zz::']);
  check({ 'f|cidr': '::1' }, ['0:0:0:0:0:0:0:1'], ['::2']);
  for (const network of ['10.0.0.0/33', '::/129', 'x', '10.0.0.0/08', '10.0.0.0/']) {
    assert.equal(codeOf({ 'f|cidr': network }), 'SIGMA_MALFORMED', network);
  }
});

test('base64, base64offset and UTF-16 of a value', () => {
  check({ 'f|base64': 'foo€' }, ['Zm9v4oKs'], ['foo']);
  check(
    { 'f|base64offset|contains': '/bin/bash' },
    [btoa('a/bin/bash'), btoa('ab/bin/bash x'), btoa('/bin/bash')],
    [btoa('/bin/zsh')],
  );
  check({ 'f|wide|base64offset|contains': 'cmd' }, [btoa('c\0m\0d\0'), btoa('xc\0m\0d\0x')], [btoa('cmd')]);
  check({ 'f|utf16le|base64': 'A' }, ['QQA='], []);
  check({ 'f|utf16be|base64': 'A' }, ['AEE='], []);
  check({ 'f|utf16|base64': 'A' }, ['//5BAA=='], []);
  check({ 'f|wide|contains': 'a*b' }, ['xa\0zb\0'], ['ab']);
  assert.equal(codeOf({ 'f|base64': 'a*' }), 'SIGMA_MALFORMED');
  assert.equal(codeOf({ 'f|base64offset': '' }), 'SIGMA_MALFORMED');
});

test('windash writes dashes that begin an option in all ways', () => {
  check({ 'f|windash|contains': ' -f ' }, ['x /f y', 'x -f y', 'x –f y', 'x —f y', 'x ―f y'], ['x +f y']);
  check({ 'f|contains|windash': '-a /b' }, ['/a -b', '–a ―b'], ['-a b']);
  check({ 'f|windash': 'a-b*-c' }, ['a-b/c', 'a-bx/c'], ['a/b/c']);
  assert.equal(codeOf({ 'f|windash': ' -a -b -c -d -e' }), 'SIGMA_TOO_COMPLEX');
});

test('fieldref compares with another field', () => {
  const rest = { g: 'ABC' };
  for (const [key, f] of [
    ['f|fieldref', 'abc'],
    ['f|fieldref|contains', 'xabcx'],
    ['f|fieldref|startswith', 'abcx'],
    ['f|fieldref|endswith', 'xabc'],
  ] as const) {
    assert.ok(finds({ [key]: 'g' }, { f, ...rest }), key);
    assert.ok(!finds({ [key]: 'g' }, { f: 'b', ...rest }), key);
  }
  assert.ok(!finds({ 'f|fieldref|cased': 'g' }, { f: 'abc', ...rest }));
  assert.ok(!finds({ 'f|fieldref': 'g' }, { f: 'a' }));
  assert.ok(finds({ 'f|fieldref|neq': 'g' }, { f: 'x', ...rest }));
  for (const value of ['a*', '', null]) assert.equal(codeOf({ 'f|fieldref': value }), 'SIGMA_MALFORMED');
});

test('lt, lte, gt, gte compare numbers, also those written as text', () => {
  check({ 'f|gt': 5 }, [6, '6.5', '1e1', ' 7 '], [5, 'x', '', '0x10', null]);
  check({ 'f|gte': 5 }, [5], [4]);
  check({ 'f|lt': '5' }, [4, '-1', '.5'], [5]);
  check({ 'f|lte': -1.5 }, [-1.5], [0]);
  for (const value of ['x', '1*', true, null]) assert.equal(codeOf({ 'f|lt': value }), 'SIGMA_MALFORMED');
  assert.equal(codeOf({ 'f|contains|lt': '1' }), 'SIGMA_MALFORMED');
});

test('parts of a date, as it is written', () => {
  const f = '2026-01-01T23:05:59+09:00';
  for (const [part, value] of [
    ['minute', 5],
    ['hour', 23],
    ['day', 1],
    ['week', 1],
    ['month', 1],
    ['year', 2026],
  ] as const) {
    check({ [`f|${part}`]: value }, [f], ['2025-07-20 10:11:12', 'x']);
  }
  check({ 'f|hour|gte': 22 }, [f, 1_767_308_400], ['2026-01-01T07:00', '2026-01-01']);
  check({ 'f|minute': 5 }, ['2026-01-01 1005'], ['2026-01-01', '2026-01-01T10']);
  check({ 'f|week': 53 }, ['2027-01-03', '2026-12-31'], ['2027-01-04']);
});

test('expand fills placeholders in; one without values is refused', () => {
  const placeholders = new Map([
    ['Servers', ['srv*', 'db?']],
    ['none', []],
  ]);
  check({ 'f|expand': '%Servers%' }, ['srv1', 'dbx'], ['x', '%servers%'], { placeholders });
  check({ 'f|expand': String.raw`\%Servers%Servers%*` }, ['%Serverssrv1'], ['srv1'], { placeholders });
  check({ 'f|expand|contains': '%Servers%' }, ['the srv1 x'], [], { placeholders });
  check({ f: '%Servers%' }, ['%servers%'], ['srv1'], { placeholders });
  assert.equal(codeOf({ 'f|expand': '%Other%' }, { placeholders }), 'SIGMA_UNSUPPORTED');
  assert.equal(codeOf({ 'f|expand': '%none%' }, { placeholders }), 'SIGMA_MALFORMED');
  assert.equal(codeOf({ 'f|expand': '%Servers%'.repeat(11) }, { placeholders }), 'SIGMA_TOO_COMPLEX');
  assert.equal(codeOf({ 'f|expand|windash': '%Servers%'.repeat(9) + ' -a -b' }, { placeholders }), 'SIGMA_TOO_COMPLEX');
});

test('keywords are looked for in every text of the event', () => {
  const record = { a: 'the Mimikatz tool', b: { c: ['x', 17, true, null] }, d: 'sekurlsa::logonpasswords' };
  assert.ok(finds(['mimikatz'], record));
  assert.ok(finds('mimi*tool', record));
  assert.ok(finds([17], record));
  assert.ok(finds({ '|all': ['mimikatz', 'sekurlsa'] }, record));
  assert.ok(!finds({ '|all': ['mimikatz', 'kerberos'] }, record));
  assert.ok(finds({ '|re': '^se.*s$' }, record));
  assert.ok(!finds(['c'.repeat(20)], record));
  assert.equal(codeOf({ '|gt': 5 }), 'SIGMA_UNSUPPORTED');
});

test('unknown modifiers, values too long and lists with all of one are told', () => {
  assert.equal(codeOf({ 'f|near': 'a' }), 'SIGMA_MALFORMED');
  assert.equal(codeOf({ f: 'a'.repeat(9000) }), 'SIGMA_TOO_COMPLEX');
  assert.equal(codeOf({ 'f|exists': 'yes' }), 'SIGMA_MALFORMED');
  const { warnings } = engineOf({ 'f|all': ['a'], g: [null, 'a'] });
  assert.deepEqual(
    warnings.map(({ warning }) => warning.path),
    ['detection.sel.f|all', 'detection.sel.g[0]'],
  );
});

test('fields are found at dotted paths, through lists, and in keys with dots', () => {
  assert.ok(finds({ 'a.b.c': 1 }, { 'a.b': { c: 1 } }));
  assert.ok(finds({ 'a.b': 1 }, { a: [{ b: 2 }, { b: 1 }, 7] }));
  assert.ok(finds({ 'a.b': 1 }, { 'a.b': 1, a: { b: 2 } }));
  assert.ok(!finds({ 'a.b': 1 }, { a: [{ c: 1 }] }));
  assert.ok(!finds({ 'a.b': 1 }, { a: 7 }));
});
