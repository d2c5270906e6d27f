import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { findShared, skipWithout } from '../../../testkit/src/index.ts';
import { limits } from '../base/index.ts';
import { extractValues, refang } from './index.ts';

function found(text: string): string[] {
  return extractValues(text).map(
    ({ value }) => `${value.kind} ${value.value}${value.port === undefined ? '' : ` ${value.port}`}`,
  );
}

test('a report’s values are found, defanged or not, and nothing else in its sentences', () => {
  const cases: Readonly<Record<string, readonly string[]>> = {
    'It calls hxxp://evil[.]example/x.php, then 192[.]0[.]2[.]1:8080.': [
      'url evil.example/x.php',
      'ipv4 192.0.2.1 8080',
    ],
    'C2: bad.example (also 2001:db8::1) and 192.0.2.0/24;': [
      'domain bad.example',
      'ipv6 2001:db8::1',
      'ipv4 192.0.2.0/24',
    ],
    'sent by bob@evil.example to <eve@evil.example>': ['email bob@evil.example', 'email eve@evil.example'],
    'See [the report](https://ref.example/a_(b)) for more.': ['url ref.example/a_(b)'],
    'MD5: d41d8cd98f00b204e9800998ecf8427e': ['md5 d41d8cd98f00b204e9800998ecf8427e'],
    'drops style.css, setup.py, readme.md and C:\\Users\\a\\evil.com or /usr/bin/run.sh, version 1.2.3': [],
    'setup[.]py is a host when so written': ['domain setup.py'],
    'hxxp://a.example/x,hxxp://b.example/y': ['url a.example/x', 'url b.example/y'],
    'url=http://evil.example/a?b': ['url evil.example/a?b'],
    'see ::1, .::1 or 2001:db8::, of 2001:db8:::': ['ipv6 ::1', 'ipv6 ::1', 'ipv6 2001:db8::', 'ipv6 2001:db8::'],
    'fetches evil.zip/a and evil.example/a': ['url evil.example/a'],
    'at 12:30:45 on 2026-11-23, e.g. i.e. and so on...': [],
    '“evil.example”': ['domain evil.example'],
    'the beacon asked dc01.victim.local and evil[.]lan, not this.home or settings.local': [
      'domain dc01.victim.local',
      'domain evil.lan',
    ],
  };
  for (const [text, expected] of Object.entries(cases)) assert.deepEqual(found(text), expected, text);
});

test('of a text that is a list no more values are taken than the limit says', () => {
  const values = extractValues('192.0.2.1 '.repeat(limits.extractedValuesMax + 2));
  assert.equal(values.length, limits.extractedValuesMax);
  assert.equal(values.at(-1)?.offset, (limits.extractedValuesMax - 1) * '192.0.2.1 '.length);
});

test('offsets lead to where the value stands in the text as it was written', () => {
  const text = 'xx hxxp://evil[.]example/a yy 192[.]0[.]2[.]1 zz bad.example';
  const values = extractValues(text);
  assert.deepEqual(
    values.map(({ offset, defanged }) => [text.slice(offset, offset + 5), defanged]),
    [
      ['hxxp:', true],
      ['192[.', true],
      ['bad.e', false],
    ],
  );
});

test('every spelling of a defanged dot people use is undone, alone and in a sentence', () => {
  const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
  const dot = fc.constantFrom(
    '[.]',
    '(.)',
    '{.}',
    '<.>',
    '[dot]',
    '(DOT)',
    '{dot}',
    '<dot>',
    ' [dot] ',
    ' (dot) ',
    '[.',
    '\\[.\\]',
    '\\.',
  );
  fc.assert(
    fc.property(label, dot, label, dot, (first, dot1, second, dot2) => {
      const name = `${first}.${second}.example`;
      const written = `${first}${dot1}${second}${dot2}example`;
      assert.equal(refang(written), name, written);
      assert.deepEqual(found(`It asked ${written}, we saw.`), [`domain ${name}`], written);
    }),
    { numRuns: 2000 },
  );
});

test('brackets, code and markup in running text make no value', () => {
  const innocent =
    'items[.id] $[.name] .foo[.to] Map<K,V> </> <at> <.> [.] (.) [...] [. .] [1] [sic] (see above) e.g. i.e. f(.) f(x).y "[.]" ' +
    'a<b press to in The end list<. so) x[0]. - [a-z.]+ \\[ \\d C:\\x 203.0.113. 1.2.3 12:30 v2.* * <a href #3';
  const piece = fc.constantFrom(...innocent.split(' '));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), fc.constantFrom(' ', ', ', '\n', ' – '), (pieces, gap) => {
      assert.deepEqual(found(pieces.join(gap)), [], pieces.join(gap));
    }),
    { numRuns: 5000 },
  );
});

test('extraction is linear, whatever the text', () => {
  const pieces = [
    'a.',
    '[.]',
    'http://',
    '://',
    'a@',
    'x(',
    '((((',
    'hxxp',
    '[[[',
    'a:',
    ',http://a',
    '\\.',
    'http://a,',
    'a[.b',
    'a[.',
    '<.>',
    '\\[.\\]',
    ' [dot] ',
    'é.',
    '-',
    '*',
  ];
  for (const piece of pieces) {
    const started = process.cpuUsage();
    extractValues(piece.repeat(300_000 / piece.length));
    const { user } = process.cpuUsage(started);
    assert.ok(user < 2_000_000, `${piece}: ${user / 1000} ms`);
  }
});

test(
  'real reports: values are found in each, none a file name or a path',
  { skip: skipWithout('data/unit42-text') },
  () => {
    const dir = findShared('data', 'unit42-text')!;
    const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(?:txt|csv)$/.test(name));
    let count = 0;
    for (const file of files) {
      const values = extractValues(readFileSync(join(dir, file), 'utf8'));
      count += values.length;
      for (const { value } of values) assert.doesNotMatch(value.value, /^[^/]*\.(?:css|php|exe|dll|html)$/, file);
    }
    assert.ok(count > 3000, `${count} values`);
  },
);
