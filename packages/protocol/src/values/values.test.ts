import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { getPublicSuffix, parse as parseName } from 'tldts';
import { ComityError } from '../base/index.ts';
import {
  defang,
  ipv4NumberOf,
  ipv4TextOf,
  ipv6GroupsOf,
  ipv6TextOf,
  isKnownSuffix,
  maskIpv4,
  maskIpv6,
  parseValue,
  recogniseRange,
  recogniseValue,
  refang,
  registrableDomain,
  whyTooBroad,
  specialNetworks,
  stixPathOf,
  valueKinds,
} from './index.ts';
import type { ValueKind } from './index.ts';

const kinds = Object.keys(valueKinds) as ValueKind[];
const quad = fc.tuple(...Array.from({ length: 4 }, () => fc.nat(300))).map((parts) => parts.join('.'));
const group = fc.stringMatching(/^[0-9a-fA-F]{1,4}$/);
const ipv6Like = fc
  .tuple(fc.array(group, { maxLength: 9 }), fc.nat(9), fc.boolean(), fc.option(quad))
  .map(([groups, gap, hasGap, tail]) => {
    const all = tail === null ? groups : [...groups, tail];
    if (!hasGap) return all.join(':');
    const at = Math.min(gap, all.length);
    return `${all.slice(0, at).join(':')}::${all.slice(at).join(':')}`;
  });

test('IPv4 text is read as ipaddr.js reads a four-part decimal, leading zeros apart', () => {
  fc.assert(
    fc.property(fc.oneof(quad, fc.stringMatching(/^[0-9.]{0,16}$/)), (text) => {
      const own = ipv4NumberOf(text);
      const isTheirs = ipaddr.IPv4.isValidFourPartDecimal(text) && !/(?:^|\.)0\d/.test(text);
      assert.equal(own >= 0, isTheirs, text);
      if (own >= 0) assert.deepEqual(ipaddr.IPv4.parse(text).octets, ipv4TextOf(own).split('.').map(Number));
    }),
    { numRuns: 3000 },
  );
});

test('IPv6 text is read and written as ipaddr.js does: RFC 4291 §2.2, RFC 5952 §4', () => {
  fc.assert(
    fc.property(fc.oneof(ipv6Like, fc.ipV6()), (text) => {
      const groups = ipv6GroupsOf(text);
      // It takes leading zeros in a final quad, and `::192.0.2.1` for IPv4-mapped, which RFC 4291 §2.5.5.1 says it is not.
      const isOpen = /[:.]0\d+(?:\.|$)/.test(text) || /^::[0-9.]+$/.test(text);
      if (isOpen && text.includes('.')) return;
      assert.equal(groups !== undefined, ipaddr.IPv6.isValid(text), text);
      if (groups === undefined) return;
      assert.deepEqual(ipaddr.IPv6.parse(text).parts, groups);
      assert.equal(ipv6TextOf(groups), ipaddr.IPv6.parse(text).toRFC5952String());
    }),
    { numRuns: 5000 },
  );
});

test('networks are masked as ipaddr.js masks them', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.nat(32), fc.ipV6(), fc.nat(128), (address4, bits4, address6, bits6) => {
      const network4 = ipaddr.IPv4.networkAddressFromCIDR(`${address4}/${bits4}`).toString();
      assert.equal(ipv4TextOf(maskIpv4(ipv4NumberOf(address4), bits4)), network4);
      const groups = ipv6GroupsOf(address6)!;
      const network6 = ipaddr.IPv6.networkAddressFromCIDR(`${ipv6TextOf(groups)}/${bits6}`);
      assert.deepEqual(maskIpv6(groups, bits6), network6.parts);
    }),
  );
});

test('a known suffix is one of the public suffix list, reserved for hosts, or of private networks (RFC 6762 appendix G)', () => {
  for (const label of ['com', 'uk', 'zip', 'xn--p1ai', 'museum']) assert.equal(isKnownSuffix(label), true, label);
  for (const label of ['css', 'php', 'exe', 'dll', 'bazar', 'lib', 'bit'])
    assert.equal(isKnownSuffix(label), false, label);
  for (const label of ['example', 'test', 'onion', 'lan', 'local', 'internal', 'corp'])
    assert.equal(isKnownSuffix(label), true, label);
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{2,6}$/), (label) => {
      // `.za` itself is no rule of the list, only what is sold below it.
      const isIcann = [`x.${label}`, `x.co.${label}`].some((name) => parseName(name).isIcann === true);
      assert.equal(
        isKnownSuffix(label),
        isIcann || ['test', 'onion', 'i2p', 'local', 'corp', 'home', 'lan'].includes(label),
      );
    }),
  );
  assert.equal(registrableDomain('a.b.evil.co.uk'), 'evil.co.uk');
  assert.equal(registrableDomain('x.evil.github.io'), 'evil.github.io');
  assert.equal(registrableDomain('co.uk'), undefined);
  assert.equal(registrableDomain('192.0.2.1'), undefined);
});

test('every kind has one normal form', () => {
  const cases: readonly [ValueKind, string, string][] = [
    ['domain', 'Evil.EXAMPLE.', 'evil.example'],
    ['domain', '.evil.example', 'evil.example'],
    ['domain', '*.Evil.example', '*.evil.example'],
    ['domain', 'bücher.example', 'xn--bcher-kva.example'],
    ['domain', 'bücher。example', 'xn--bcher-kva.example'],
    ['domain', '_x.evil.example', '_x.evil.example'],
    ['ipv4', '192.0.2.77/24', '192.0.2.0/24'],
    ['ipv4', '192.0.2.77/32', '192.0.2.77'],
    ['ipv6', '2001:DB8:0:0:0:0:0:1/128', '2001:db8::1'],
    ['ipv6', '2001:db8:ffff::1/33', '2001:db8:8000::/33'],
    ['url', 'HTTPS://u:p@Evil.Example:443/A?b=C#d', 'evil.example/A?b=C'],
    ['url', 'http://evil.example', 'evil.example/'],
    ['url', 'http://evil.example?q', 'evil.example/?q'],
    ['url', 'http://evil.example:8080/é "x"', 'evil.example:8080/%C3%A9%20%22x%22'],
    ['url', 'http://[2001:DB8:0::1]:80/x*', '[2001:db8::1]/x*'],
    ['url', 'http://[::ffff:192.0.2.1]/x', '192.0.2.1/x'],
    ['email', 'mailto:Bob@Evil.Example', 'bob@evil.example'],
    ['sha1', 'DA39A3EE5E6B4B0D3255BFEF95601890AFD80709', 'da39a3ee5e6b4b0d3255bfef95601890afd80709'],
    ['mac', '00-1A-2B-3C-4D-5E', '00:1a:2b:3c:4d:5e'],
    ['mac', '001a.2b3c.4d5e', '00:1a:2b:3c:4d:5e'],
    ['asn', 'AS64512', '64512'],
    ['mutex', ' Global\\x ', 'Global\\x'],
  ];
  for (const [kind, text, value] of cases) {
    assert.deepEqual(parseValue(text, kind), { kind, value }, text);
    assert.deepEqual(parseValue(value, kind), { kind, value }, `${value} again`);
  }
  assert.deepEqual(parseValue('::ffff:192.0.2.1', 'ipv6'), { kind: 'ipv4', value: '192.0.2.1' });
  assert.deepEqual(parseValue('::ffff:192.0.2.1/120', 'ipv6'), { kind: 'ipv4', value: '192.0.2.0/24' });
});

test('what is not a value of its kind is refused with VALUE_MALFORMED', () => {
  const cases: readonly [ValueKind, string][] = [
    ['domain', 'evil'],
    ['domain', '192.0.2.1'],
    ['domain', 'a..example'],
    ['domain', '-evil.example'],
    ['domain', 'evil.example/x'],
    ['domain', 'evil example.com'],
    ['domain', `${'a'.repeat(64)}.example`],
    ['domain', `${'abc.'.repeat(64)}example`],
    ['ipv4', '010.0.0.1'],
    ['ipv4', '192.0.2.1/33'],
    ['ipv6', 'fe80::1%eth0'],
    ['ipv6', '2001:db8::/129'],
    ['url', 'http:///x'],
    ['url', 'http://evil.example*'],
    ['url', 'http://evil.example:99999/'],
    ['url', `http://evil.example/${'ü'.repeat(4000)}`],
    ['ipv6', '1::2::3'],
    ['ipv4', '192.0.2.'],
    ['ipv4', '192.0.2'],
    ['domain', 'evil.example_'],
    ['email', '@evil.example'],
    ['email', 'a b@evil.example'],
    ['md5', 'd41d'],
    ['sha256', 'g'.repeat(64)],
    ['mac', '00:1a:2b'],
    ['asn', 'AS4294967296'],
    ['other', ''],
    ['file-name', 'x'.repeat(9000)],
  ];
  for (const [kind, text] of cases)
    assert.throws(() => parseValue(text, kind), { code: 'VALUE_MALFORMED' }, `${kind} ${text}`);
});

test('whatever the text, parseValue throws only its own error and gives a form that is its own normal form', () => {
  const piece = fc.constantFrom(
    'evil',
    '.',
    'example',
    ':',
    '/',
    '@',
    '[',
    ']',
    '%',
    '*',
    '-',
    '192.0.2.1',
    '::1',
    'é',
    ' ',
    '#',
    '?',
    'http://',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
  );
  fc.assert(
    fc.property(text, fc.constantFrom(...kinds), (untrusted, kind) => {
      try {
        const value = parseValue(untrusted, kind);
        assert.deepEqual(parseValue(value.value, value.kind), value);
      } catch (error) {
        assert.ok(error instanceof ComityError && error.code === 'VALUE_MALFORMED', String(error));
      }
    }),
    { numRuns: 5000 },
  );
});

test('a bare token is recognised for what it is', () => {
  const cases: Readonly<Record<string, string | undefined>> = {
    '192.0.2.1': 'ipv4 192.0.2.1',
    '192.0.2.1:443': 'ipv4 192.0.2.1 443',
    '192[.]0[.]2[.]1': 'ipv4 192.0.2.1',
    '192.0.2.0/24': 'ipv4 192.0.2.0/24',
    '192.0.2.1/x': 'url 192.0.2.1/x',
    '2001:DB8::1': 'ipv6 2001:db8::1',
    '[2001:db8::1]:443': 'ipv6 2001:db8::1 443',
    '2001:db8::/32': 'ipv6 2001:db8::/32',
    '::ffff:192.0.2.1': 'ipv4 192.0.2.1',
    'Evil.Example.': 'domain evil.example',
    '*.evil.example': 'domain *.evil.example',
    '.evil.example': 'domain evil.example',
    'evil.example:8080': 'domain evil.example 8080',
    'evil[.]example/a': 'url evil.example/a',
    'hxxps://evil[.]example/a?b#c': 'url evil.example/a?b',
    'http://evil.example': 'domain evil.example',
    'http://192.0.2.1:8080': 'ipv4 192.0.2.1 8080',
    'http://192.0.2.1/': 'url 192.0.2.1/',
    'bob[@]evil[.]example': 'email bob@evil.example',
    'bob [at] evil [dot] example': 'email bob@evil.example',
    '@evil.example': undefined,
    'bob@evil.bazar': undefined,
    'evil.example:': 'domain evil.example',
    '[2001:db8::1]:': 'ipv6 2001:db8::1',
    '192.0.2.': undefined,
    '1:2:3:4:5:6:7:8::': undefined,
    '0.0.0.0/0': 'ipv4 0.0.0.0/0',
    d41d8cd98f00b204e9800998ecf8427e: 'md5 d41d8cd98f00b204e9800998ecf8427e',
    'evil.onion': 'domain evil.onion',
    'evil.bazar': undefined,
    'http://evil.bazar/a': undefined,
    'evil.example_': undefined,
    '1::2::3': undefined,
    '[::1]x': undefined,
    [`evil.example/${'ü'.repeat(4000)}`]: undefined,
    'style.css': undefined,
    'index.php': undefined,
    '1.2.3': undefined,
    'v1.2.3.4': undefined,
    '1.2.3.4.5': undefined,
    '12345': undefined,
    '2026-11-23': undefined,
    '12:30:45': undefined,
    'co.uk': undefined,
    '/path/x.sh': undefined,
    '': undefined,
    [`${'a.'.repeat(9000)}example`]: undefined,
  };
  for (const [text, expected] of Object.entries(cases)) {
    const value = recogniseValue(text);
    const port = value?.port === undefined ? '' : ` ${value.port}`;
    assert.equal(value === undefined ? undefined : `${value.kind} ${value.value}${port}`, expected, text);
  }
  assert.equal(recogniseValue('evil.bazar', { anySuffix: true })?.value, 'evil.bazar');
  assert.equal(recogniseValue('co.uk', { anySuffix: true })?.value, 'co.uk');
  assert.equal(getPublicSuffix('co.uk'), 'co.uk');
});

test('each special network stands once, in its normal form, and what IANA lists is in one of them', () => {
  const networks = specialNetworks.map(({ network }) => network);
  assert.deepEqual(
    networks.map((network) => parseValue(network, network.includes(':') ? 'ipv6' : 'ipv4').value),
    networks,
  );
  assert.equal(new Set(networks).size, networks.length);
  const isSpecial = (address: string): boolean =>
    networks.some((network) => {
      const [parsed, range] = [ipaddr.parse(address), ipaddr.parseCIDR(network)];
      return parsed.kind() === range[0].kind() && parsed.match(range);
    });
  for (const address of [
    '127.0.0.1',
    '10.1.2.3',
    '192.0.2.1',
    '255.255.255.255',
    '::1',
    'fe80::1',
    '2001:db8::1',
    'ff02::1',
  ])
    assert.equal(isSpecial(address), true, address);
  for (const address of ['8.8.8.8', '1.1.1.1', '172.32.0.1', '2606:4700::1111'])
    assert.equal(isSpecial(address), false, address);
});

test('a range of addresses becomes the fewest networks that hold exactly it', () => {
  const cases: Readonly<Record<string, readonly string[] | undefined>> = {
    '203.0.113.0-203.0.113.255': ['203.0.113.0/24'],
    '203[.]0[.]113[.]0 - 203[.]0[.]113[.]9': ['203.0.113.0/29', '203.0.113.8/31'],
    '203.0.113.7-203.0.113.7': ['203.0.113.7'],
    '203.0.113.4–7': ['203.0.113.4/30'],
    '203.0.113.*': ['203.0.113.0/24'],
    '203.0.*.*': ['203.0.0.0/16'],
    '0.0.0.0-255.255.255.255': ['0.0.0.0/0'],
    '203.0.113.9-203.0.113.1': undefined,
    '203.0.113.1 - 7': undefined,
    '203.0.113.*.*': undefined,
    '203.0.113*': undefined,
    '203.*.113.1': undefined,
    '*.*.*.*': undefined,
    '203.0.113.1-256': undefined,
    '256.0.113.*': undefined,
    '203.0.113.1': undefined,
    '2026-11-23': undefined,
  };
  for (const [text, expected] of Object.entries(cases)) {
    assert.deepEqual(
      recogniseRange(text)?.map(({ value }) => value),
      expected,
      text,
    );
  }
  const address = fc.nat(2 ** 32 - 1);
  fc.assert(
    fc.property(address, address, (one, other) => {
      const [start, end] = [Math.min(one, other), Math.max(one, other)];
      const networks = recogniseRange(`${ipv4TextOf(start)}-${ipv4TextOf(end)}`) ?? [];
      assert.ok(networks.length <= 62);
      let next = start;
      for (const { value } of networks) {
        const [base = '', bits = '32'] = value.split('/');
        assert.equal(ipv4NumberOf(base), next);
        assert.equal(maskIpv4(next, Number(bits)), next);
        next += 2 ** (32 - Number(bits));
      }
      assert.equal(next, end + 1);
    }),
    { numRuns: 2000 },
  );
});

test('what defang writes, refang undoes', () => {
  const values = [
    'evil.example',
    'http://evil.example/a.php?b=c.d',
    'https://evil.example:8443/',
    'ftp://evil.example/x',
    '192.0.2.1',
    '192.0.2.0/24',
    '2001:db8::1',
    '[2001:db8::1]:443/x',
    'bob@evil.example',
  ];
  for (const value of values) {
    assert.notEqual(defang(value), value);
    assert.equal(refang(defang(value)), value);
  }
  const written = [
    'hXXp://evil.example',
    'hxxps[:]//evil[.]example',
    'h**p://evil{.}example',
    'evil(dot)example',
    'evil\\.example',
  ];
  assert.deepEqual(written.map(refang), [
    'http://evil.example',
    'https://evil.example',
    'http://evil.example',
    'evil.example',
    'evil.example',
  ]);
  for (const prose of ['(see above)', 'a [1] b', 'hxxp', 'C:\\.git', 'f(x)']) assert.equal(refang(prose), prose);
});

test('the STIX path of a kind is its observable’s identifying property', () => {
  assert.equal(stixPathOf('domain'), 'domain-name:value');
  assert.equal(stixPathOf('sha256'), "file:hashes.'SHA-256'");
  assert.equal(stixPathOf('ja3'), undefined);
});

test('what would match a part of everything is too broad, and the reason says what it is', () => {
  const why = (kind: ValueKind, text: string): string | undefined => whyTooBroad(parseValue(text, kind));
  for (const name of ['co.uk', 'com.au', '*.com.au', 'CO.UK.', 'kawasaki.jp', 'xn--55qx5d.cn']) {
    assert.match(why('domain', name) ?? '', /is a public suffix/, name);
  }
  assert.match(why('domain', '*.co.uk') ?? '', /^"co\.uk" is/);
  // The exception of a wildcard rule is a name, and so is whatever was registered below a suffix. A platform that lets names
  // to customers belongs to somebody: whole ones are listed on purpose (dynamic DNS).
  for (const name of [
    'evil.co.uk',
    'ddns.net',
    'evil.ddns.net',
    '*.evil.example',
    'city.kawasaki.jp',
    'a.b.c.d.e.f.example',
  ]) {
    assert.equal(why('domain', name), undefined, name);
  }
  for (const network of ['0.0.0.0/0', '128.0.0.0/1', '8.0.0.0/7'])
    assert.match(why('ipv4', network) ?? '', /a \/8/, network);
  for (const network of ['::/0', '2000::/3', '2a00::/11']) assert.match(why('ipv6', network) ?? '', /a \/12/, network);
  for (const network of ['0.0.0.0', '8.0.0.0/8', '192.0.2.0/24'])
    assert.equal(why('ipv4', network), undefined, network);
  for (const network of ['::', '2a00::/12']) assert.equal(why('ipv6', network), undefined, network);
  assert.equal(why('url', 'http://co.uk/'), undefined);
  for (const [kind, text] of [
    ['domain', 'com'],
    ['domain', '*.com'],
    ['domain', ''],
    ['url', ''],
    ['email', '@com'],
  ] as const) {
    assert.throws(() => parseValue(text, kind), { code: 'VALUE_MALFORMED' }, text);
  }
});
