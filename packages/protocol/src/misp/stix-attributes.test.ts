import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../base/index.ts';
import type { StixObject } from '../stix/index.ts';
import { uuid, day, sdo, indicator, sco, pairsIn, convert, pairsOf, fields, listOf } from './to-misp-for-tests.ts';

for (const [pattern, ...pairs] of [
  ["[domain-name:value = 'a.example']", 'domain a.example'],
  [
    "[url:value = 'http://a.example/x' OR url:value = 'https://a.example/x']",
    'url http://a.example/x',
    'url https://a.example/x',
  ],
  ["[ipv4-addr:value ISSUBSET '192.0.2.0/24']", 'ip-dst 192.0.2.0/24'],
  ["[ipv4-addr:value IN ('192.0.2.1', '192.0.2.2')]", 'ip-dst 192.0.2.1', 'ip-dst 192.0.2.2'],
  ["[ipv6-addr:value ISSUBSET '2001:db8::/32']", 'ip-dst 2001:db8::/32'],
  ["[x:y ISSUBSET '2001:db8::/32']", "stix2-pattern [x:y ISSUBSET '2001:db8::/32']"],
  ["[file:name = 'a' AND x:y = 'b']", "stix2-pattern [file:name = 'a' AND x:y = 'b']"],
  ['[autonomous-system:number = 64496]', 'AS AS64496'],
  [
    "[file:hashes.'SHA-256' = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855']",
    'sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  ],
  [
    "[x509-certificate:hashes.'SHA-1' = 'da39a3ee5e6b4b0d3255bfef95601890afd80709']",
    'x509-fingerprint-sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709',
  ],
  [
    "[file:name = 'a.exe' AND file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']",
    'filename|md5 a.exe|d41d8cd98f00b204e9800998ecf8427e',
  ],
  [
    "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '192.0.2.1' AND network-traffic:dst_port = 53]",
    'ip-dst|port 192.0.2.1|53',
  ],
  ["[network-traffic:dst_ref.value = 'a.example' AND network-traffic:dst_port = 53]", 'hostname|port a.example|53'],
  ["[network-traffic:src_ref.value = '2001:db8::1' AND network-traffic:src_port = 53]", 'ip-src|port 2001:db8::1|53'],
  ['[network-traffic:src_port = 53]', 'stix2-pattern [network-traffic:src_port = 53]'],
  ["[file:name = 'a' AND file:size = 1]", "stix2-pattern [file:name = 'a' AND file:size = 1]"],
  [
    "[file:name = 'a' AND file:size = 1 AND file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']",
    "stix2-pattern [file:name = 'a' AND file:size = 1 AND file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']",
  ],
  ["[domain-name:value LIKE '%.example']", "stix2-pattern [domain-name:value LIKE '%.example']"],
  ["[domain-name:value NOT = 'a']", "stix2-pattern [domain-name:value NOT = 'a']"],
  ['[file:size = 1.5]', 'stix2-pattern [file:size = 1.5]'],
  ['[EXISTS file:name]', 'stix2-pattern [EXISTS file:name]'],
  ["[file:name = 'a' AND file:name IN ('b', 'c')]", "stix2-pattern [file:name = 'a' AND file:name IN ('b', 'c')]"],
  [
    "[file:name = 'a' AND (file:name = 'b' OR file:name = 'c')]",
    "stix2-pattern [file:name = 'a' AND (file:name = 'b' OR file:name = 'c')]",
  ],
  [
    "[domain-name:value = 'a' OR domain-name:value = ' ']",
    "stix2-pattern [domain-name:value = 'a' OR domain-name:value = ' ']",
  ],
  ["[file:name = '' AND file:hashes.MD5 = 'aa']", "stix2-pattern [file:name = '' AND file:hashes.MD5 = 'aa']"],
  ["[autonomous-system:number = 'as174']", 'AS AS174'],
  ['[process:pid = 1]', 'stix2-pattern [process:pid = 1]'],
  ["[file:name = 'a'] AND [file:name = 'b']", "stix2-pattern [file:name = 'a'] AND [file:name = 'b']"],
  ['no pattern', 'stix2-pattern no pattern'],
  [
    `[${Array.from({ length: 200 }, () => `file:name IN (${Array.from({ length: 6 }, (_, index) => `'${index}'`).join(',')})`).join(' OR ')}]`,
    undefined,
  ],
] as const) {
  test(`a pattern is an attribute an alternative, or itself: ${pattern.slice(0, 80)}`, () => {
    const wanted = pairs[0] === undefined ? [`stix2-pattern ${pattern}`] : pairs;
    assert.deepEqual(pairsOf(indicator(3, pattern)), wanted);
  });
}

test('rules of other languages are attributes; a language MISP has no type for is a loss', () => {
  const rule = (language: string) => indicator(3, 'rule', { pattern_type: language });
  assert.deepEqual(pairsOf(rule('sigma')), ['sigma rule']);
  const lost = convert([rule('pcre')]);
  assert.deepEqual([pairsIn(lost), fields(lost)], [[], ['Object type "indicator"']]);
});

const observables: readonly (readonly [
  string,
  readonly StixObject[],
  readonly string[],
  string | undefined,
  readonly string[],
])[] = [
  ['a name', [sco('domain-name', 3, { value: 'a.example' })], ['domain a.example'], undefined, []],
  [
    'a system',
    [sco('autonomous-system', 3, { number: 64496, name: 'x' })],
    ['AS AS64496'],
    undefined,
    ['autonomous-system.name'],
  ],
  [
    'a name without one',
    [sco('domain-name', 3, { value: 7 }), sco('url', 4, {})],
    [],
    undefined,
    ['Object type "url"'],
  ],
  [
    'a name and its addresses',
    [
      sco('domain-name', 3, { value: 'a.example', resolves_to_refs: [`ipv4-addr--${uuid(4)}`, 'gone'] }),
      sco('ipv4-addr', 4, { value: '192.0.2.1' }),
    ],
    ['domain a.example', 'ip-dst 192.0.2.1'],
    'domain-ip',
    [],
  ],
  [
    'a file',
    [sco('file', 3, { name: 'a', size: 3, hashes: { MD5: 'aa', 'SHA-256': 'bb', OTHER: 'cc' }, mime_type: 'x' })],
    ['filename a', 'md5 aa', 'sha256 bb', 'size-in-bytes 3'],
    'file',
    ['file.mime_type'],
  ],
  ['a file of one digest', [sco('file', 3, { hashes: { MD5: 'aa' } })], ['md5 aa'], undefined, []],
  ['a file of nothing', [sco('file', 3, { hashes: 'x' })], [], undefined, ['Object type "file"']],
  ['a key', [sco('windows-registry-key', 3, { key: 'K' })], ['regkey K'], undefined, []],
  [
    'a key with one value',
    [sco('windows-registry-key', 3, { key: 'K', values: [{ data: 'D' }] })],
    ['regkey|value K|D'],
    undefined,
    [],
  ],
  [
    'a key with two values',
    [sco('windows-registry-key', 3, { key: 'K', values: [{ data: 'D' }, { data: 'E' }] })],
    ['regkey K'],
    undefined,
    ['windows-registry-key.values'],
  ],
  [
    'a certificate',
    [sco('x509-certificate', 3, { hashes: { 'SHA-1': 'aa' } })],
    ['x509-fingerprint-sha1 aa'],
    undefined,
    [],
  ],
  [
    'traffic',
    [
      sco('network-traffic', 3, {
        src_ref: `ipv4-addr--${uuid(4)}`,
        dst_ref: `domain-name--${uuid(5)}`,
        src_port: 1,
        dst_port: 2,
        protocols: ['tcp'],
      }),
      sco('ipv4-addr', 4, { value: '192.0.2.1' }),
      sco('domain-name', 5, { value: 'a.example' }),
    ],
    ['ip-src 192.0.2.1', 'hostname a.example', 'port 1', 'port 2'],
    'network-connection',
    [],
  ],
  [
    'a message',
    [
      sco('email-message', 3, {
        subject: 'S',
        body: 'B',
        message_id: 'M',
        from_ref: `email-addr--${uuid(4)}`,
        to_refs: [`email-addr--${uuid(4)}`],
        is_multipart: false,
      }),
      sco('email-addr', 4, { value: 'a@b.example' }),
    ],
    ['email-subject S', 'email-body B', 'email-message-id M', 'email-src a@b.example', 'email-dst a@b.example'],
    'email',
    [],
  ],
  ['a message of one thing', [sco('email-message', 3, { subject: 'S' })], ['email-subject S'], undefined, []],
  [
    'a user',
    [sco('user-account', 3, { account_type: 'github', account_login: 'somebody' })],
    ['github-username somebody'],
    undefined,
    [],
  ],
  [
    'another user',
    [sco('user-account', 3, { account_login: 'somebody' })],
    [],
    undefined,
    ['Object type "user-account"'],
  ],
];
for (const [what, objects, pairs, template, lost] of observables) {
  test(`an observable is an attribute, or an object of MISP’s where its parts belong together: ${what}`, () => {
    const of = convert(objects);
    assert.deepEqual(pairsIn(of).toSorted(), [...pairs].toSorted());
    const [part] = listOf(of.event['Object']);
    assert.equal(part?.['name'], template);
    const isPart = (attribute: JsonObject): boolean => attribute['object_relation'] !== undefined;
    assert.ok(!listOf(of.event['Attribute']).some(isPart), 'what stands alone has no part in an object');
    assert.ok(listOf(part?.['Attribute'] ?? []).every(isPart));
    if (!what.includes('without')) assert.deepEqual(fields(of), lost);
  });
}

test('an observation is what its observables say, once, in the time it saw them', () => {
  const observed = (refs: string[], rest: JsonObject = {}) =>
    sdo('observed-data', 9, {
      first_observed: day,
      last_observed: '2026-01-02T00:00:00Z',
      number_observed: 2,
      object_refs: refs,
      ...rest,
    });
  const [name, address, file, process] = [
    sco('domain-name', 3, { value: 'a.example', resolves_to_refs: [`ipv4-addr--${uuid(4)}`] }),
    sco('ipv4-addr', 4, { value: '192.0.2.1' }),
    sco('file', 5, { name: 'a' }),
    sco('process', 6, { pid: 1 }),
  ];
  const one = convert([observed([name.id, address.id]), name, address]);
  assert.deepEqual(
    [pairsIn(one), fields(one)],
    [['domain a.example', 'ip-dst 192.0.2.1'], ['observed-data.number_observed']],
  );
  assert.equal(listOf(listOf(one.event['Object'])[0]?.['Attribute'])[0]?.['last_seen'], '2026-01-02T00:00:00Z');
  const two = convert([observed([name.id, address.id, file.id], { number_observed: 1 }), name, address, file]);
  assert.deepEqual(
    [pairsIn(two), listOf(two.event['Object'])],
    [['domain a.example', 'ip-dst 192.0.2.1', 'filename a'], []],
  );
  const image = sco('process', 6, { pid: 1, image_ref: file.id });
  const part = convert([observed([image.id], { number_observed: 1 }), image, file]);
  assert.deepEqual([pairsIn(part), fields(part)], [['filename a'], ['Object type "process"']], 'said by nothing else');
  const none = convert([observed([process.id]), process]);
  assert.deepEqual([pairsIn(none), fields(none)], [[], ['Object type "observed-data"']]);
});

test('an indicator and the observation it is based on are one attribute where they say the same', () => {
  const refs = {
    object_refs: [`domain-name--${uuid(4)}`],
    first_observed: day,
    last_observed: day,
    number_observed: 1,
  };
  const objects = [
    indicator(3, "[domain-name:value = 'a.example']"),
    sdo('observed-data', 3, refs),
    sco('domain-name', 4, { value: 'a.example' }),
    sdo('relationship', 5, {
      relationship_type: 'based-on',
      source_ref: `indicator--${uuid(3)}`,
      target_ref: `observed-data--${uuid(3)}`,
    }),
    sdo('relationship', 6, {
      relationship_type: 'based-on',
      source_ref: `indicator--${uuid(3)}`,
      target_ref: `observed-data--${uuid(99)}`,
    }),
  ];
  assert.deepEqual(pairsOf(...objects), ['domain a.example']);
});

test('one of MISP’s values is found in what misp-stix writes, too: its hives, quotes and digests are spelt otherwise', () => {
  const noted = (type: string, pattern: string) => pairsOf(indicator(3, pattern, { labels: [`misp:type="${type}"`] }));
  assert.deepEqual(
    noted('domain|ip', "[domain-name:value = 'a.example' AND domain-name:resolves_to_refs[*].value = '192.0.2.1']"),
    ['domain|ip a.example|192.0.2.1'],
  );
  assert.deepEqual(noted('AS', "[autonomous-system:number = '174']"), ['AS AS174']);
  assert.deepEqual(noted('regkey', String.raw`[windows-registry-key:key = 'HKLM\\Run']`), [
    String.raw`regkey HKLM\Run`,
  ]);
  assert.deepEqual(noted('nothing', "[file:name = 'a']"), ['filename a']);
  const file = sco('file', 4, { hashes: { SHA224: 'a'.repeat(56) }, name: 'n' });
  const observed = sdo('observed-data', 3, {
    first_observed: day,
    last_observed: day,
    number_observed: 1,
    object_refs: [file.id],
    labels: ['misp:type="filename|sha224"'],
  });
  assert.deepEqual(pairsOf(observed, file), [`filename|sha224 n|${'a'.repeat(56)}`]);
  const odd = sdo('observed-data', 3, {
    first_observed: day,
    last_observed: day,
    number_observed: 1,
    object_refs: [file.id],
    labels: ['misp:type="port"'],
  });
  assert.deepEqual(pairsOf(odd, file), ['filename n', `sha224 ${'a'.repeat(56)}`]);
});

for (const [type, pattern, ...pairs] of [
  [
    'filename',
    "[file:name = 'svchost.exe' AND file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']",
    'filename|md5 svchost.exe|d41d8cd98f00b204e9800998ecf8427e',
  ],
  [
    'filename|md5',
    "[file:name = 'svchost.exe' OR file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']",
    'filename svchost.exe',
    'md5 d41d8cd98f00b204e9800998ecf8427e',
  ],
  [
    'domain',
    "[domain-name:value = 'a.example' OR domain-name:value = 'b.example']",
    'domain a.example',
    'domain b.example',
  ],
  [
    'ip-dst',
    "[network-traffic:dst_ref.value = '192.0.2.1' AND network-traffic:dst_port = 4444]",
    'ip-dst|port 192.0.2.1|4444',
  ],
  [
    'github-username',
    "[user-account:account_type = 'another' AND user-account:account_login = 'a']",
    "stix2-pattern [user-account:account_type = 'another' AND user-account:account_login = 'a']",
  ],
] as const) {
  test(`a type that was noted gives no other value than is screened: ${type} of ${pattern.slice(0, 60)}`, () => {
    assert.deepEqual(pairsOf(indicator(3, pattern, { labels: [`misp:type="${type}"`] })), pairs);
  });
}

test('a type that was noted leaves nothing out that an observation is of', () => {
  const observed = (type: string, ...objects: readonly StixObject[]) => {
    const times = { first_observed: day, last_observed: day, number_observed: 1 };
    const refs = { object_refs: objects.map(({ id }) => id), labels: [`misp:type="${type}"`] };
    return convert([sdo('observed-data', 9, { ...times, ...refs }), ...objects]);
  };
  const [one, other] = ['a.example', 'b.example'].map((value, index) => sco('domain-name', 3 + index, { value }));
  assert.deepEqual(pairsIn(observed('domain', one!, other!)), ['domain a.example', 'domain b.example']);
  const file = sco('file', 3, { name: 'a', extensions: { a: { b: { c: { d: { e: 'deep' } } } } } });
  assert.deepEqual(fields(observed('filename', file)), ['file.extensions']);
  const digests = sco('file', 3, { name: 'a', hashes: { MD5: 'aa', 'SHA-1': 'bb' } });
  assert.deepEqual(pairsIn(observed('filename|md5', digests)), ['filename a', 'md5 aa', 'sha1 bb']);
  assert.deepEqual(pairsIn(observed('filename')), []);
  const hidden = sco('file', 3, { name: 'a', x_is_hidden: false });
  assert.deepEqual(fields(observed('filename', hidden)), ['file.x_is_hidden']);
  const marked = sco('file', 3, { name: 'a', granular_markings: [{ selectors: ['name'], lang: 'en' }] });
  assert.deepEqual(pairsIn(observed('attachment', marked)), ['attachment a']);
  const message = sco('email-message', 3, { is_multipart: true, received_lines: ['by a'] });
  assert.deepEqual(
    pairsIn(observed('email-header', message)),
    ['email-header by a'],
    'every message has parts or none',
  );
});

test('a port that belongs to no address of its object is there once', () => {
  const port = indicator(3, '[network-traffic:dst_port = 53]', {
    labels: ['misp:type="port"', 'misp:object-relation="dst-port"'],
    external_references: [{ source_name: 'misp-object', external_id: uuid(4), description: 'ip-port' }],
  });
  assert.deepEqual(pairsOf(port), ['port 53']);
});
