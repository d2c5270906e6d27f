import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  isBase64,
  isCpe,
  isDictionaryKey,
  isDomainName,
  isEmailAddress,
  isHex,
  isHyphenated,
  isLanguageTag,
  isMediaType,
  isPropertyName,
  isTypeName,
  isUri,
  uuidStartOf,
  uuidVersionAt,
} from './forms.ts';

/** Each form with what has it and what has it not. */
const forms: readonly (readonly [string, (text: string) => boolean, readonly string[], readonly string[]])[] = [
  [
    'type (STIX 2.1 §3.2)',
    isTypeName,
    ['tool', 'x-a-b', 'a1b', 'xa-'],
    ['', 'ab', '-ab', 'a--b', 'A-b', 'a_b', '1ab', 'a'.repeat(251)],
  ],
  ['property (§3.1)', isPropertyName, ['abc', 'a_1', 'x_a_b'], ['', 'ab', '_ab', 'aBc', 'a-b', '1ab', 'a'.repeat(251)]],
  ['key of a dictionary (§2.3)', isDictionaryKey, ['a', 'SHA-256', 'a_B'], ['', 'a b', 'é', 'a'.repeat(251)]],
  ['vocabulary value (§2.14)', isHyphenated, ['a', 'a-b', 'a1'], ['', 'A', 'a b', 'a_b', '1', '-']],
  ['hex (§2.8)', isHex, ['00', 'aBcD'], ['', '0', 'xy', '0 ']],
  [
    'binary (§2.1, RFC 4648)',
    isBase64,
    ['', 'AA==', 'AAA=', 'AAAA', 'a+/9'],
    ['A', 'AA', 'AA=', 'A===', 'AA-_', 'A A=', '===='],
  ],
  [
    'URL (RFC 3986)',
    isUri,
    ['http://a.example/', 'mailto:a@b.example', 'urn:x:y', 'http://[2001:db8::1]/%20?a=b#c'],
    [
      '',
      'a.example',
      ':a',
      'http:',
      '1a:b',
      'a b:c',
      'http://a.example/ b',
      'http://a.example/%2',
      'http://a.example/%zz',
      'http://é.example/',
      'http://a.example/"',
    ],
  ],
  [
    'language tag (RFC 5646)',
    isLanguageTag,
    [
      'en',
      'en-US',
      'zh-Hant-TW',
      'de-1996',
      'sl-rozaj-biske',
      'es-419',
      'zh-cmn',
      'en-a-bcd',
      'en-x-own',
      'x-own',
      'kok',
      'qaa',
      'EN-us',
      'de-CH-1901-x-a',
    ],
    [
      '',
      'e',
      'english',
      'foo',
      'en-',
      'en-a',
      'en-a-b',
      'en--US',
      'x',
      'x-',
      'x-toolong12',
      'en-US-US',
      'español',
      'en_US',
      `en-${'a'.repeat(200)}`,
      'qza',
    ],
  ],
  [
    'media type (RFC 6838)',
    isMediaType,
    ['text/plain', 'application/vnd.a+json', 'font/ttf'],
    ['', 'text', 'own/x', 'text/', 'text/a b', 'text/.a'],
  ],
  [
    'e-mail address (RFC 5322)',
    isEmailAddress,
    ['a@b.example', 'a.b+c@d.example', '"a b"@c.example', "o'neil@a.example"],
    ['', 'a', '@b', 'a@', 'A <a@b.example>', 'a b@c.example', 'a@b c', `${'a'.repeat(1000)}@b.example`],
  ],
  [
    'domain name (RFC 1034)',
    isDomainName,
    ['a.example', 'a.example.', '_dmarc.a.example', 'xn--nxasmq6b.example', 'bücher.example', 'localhost'],
    ['', '.', 'a..b', 'a b', 'http://a', 'a/b', `${'a'.repeat(64)}.b`, 'a.'.repeat(130)],
  ],
  [
    'CPE 2.3 (NIST IR 7695)',
    isCpe,
    [
      'cpe:2.3:a:microsoft:word:2000:*:*:*:*:*:*:*',
      'cpe:2.3:o:a\\:b:c:-:*:*:en-us:*:*:*:*',
      'cpe:2.3:*:?a*:*b:1\\.0:*:*:*:*:*:*:*'.replace('?a*', '??a?*').replace(':*b:', ':b:'),
    ],
    [
      '',
      'cpe:/a:b',
      'cpe:2.3:x:a:b:1:*:*:*:*:*:*:*',
      'cpe:2.3:a:b',
      'cpe:2.3:a::b:1:*:*:*:*:*:*:*',
      `cpe:2.3:${'a'.repeat(3000)}`,
      'cpe:2.3:a:b c:d:1:*:*:*:*:*:*:*',
    ],
  ],
];

for (const [name, is, good, bad] of forms) {
  test(`a ${name} is told from what is none`, () => {
    for (const text of good) assert.equal(is(text), true, JSON.stringify(text.slice(0, 60)));
    for (const text of bad) assert.equal(is(text), false, JSON.stringify(text.slice(0, 60)));
  });
}

test('an identifier is a type and an RFC 4122 UUID with its version and variant (STIX 2.1 §2.9)', () => {
  const uuid = '0c7b5b88-8ff7-4a4d-aa9d-feb398cd0061';
  assert.equal(uuidStartOf(`tool--${uuid}`), 6);
  assert.equal(uuidVersionAt(uuid, 0), 4);
  assert.equal(uuidVersionAt(uuid.toUpperCase(), 0), 4);
  for (const text of [
    uuid,
    `tool-${uuid}`,
    `to--${uuid}`,
    `Tool--${uuid}`,
    `tool--${uuid.slice(1)}`,
    `tool--${uuid.replace('4a4d', 'fa4d')}`,
    `tool--${uuid.replace('aa9d', 'ca9d')}`,
    `tool--${uuid.replaceAll('-', '0')}`,
    `tool--${uuid.replace('0c7b5b88', '0c7b5b8-')}`,
    `tool--${uuid.replace('0c', 'éc')}`,
    'x',
  ]) {
    assert.equal(uuidStartOf(text), -1, text);
  }
});

test('every form is told in linear time, whatever the text', () => {
  const parts = ['a', '-', '_', '0', 'A', '%41', '\\', ':', 'cpe:2.3:', '@', '"', 'x-', '.', 'é', '=', '??', 'a-'];
  for (const part of parts) {
    const text = part.repeat(Math.ceil(400_000 / part.length));
    const started = process.cpuUsage();
    for (const [, is] of forms) is(text);
    uuidStartOf(text);
    const { user, system } = process.cpuUsage(started);
    assert.ok(user + system < 1_500_000, `${part}: ${user + system} µs`);
  }
});

test('no text makes a form throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      for (const [, is] of forms) assert.equal(typeof is(text), 'boolean');
      assert.ok(uuidStartOf(text) < text.length);
    }),
    { numRuns: 500 },
  );
});
