import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, StixId } from '../base/index.ts';
import { parsePattern } from '../pattern/index.ts';
import { parseIndicator } from '../stix/index.ts';
import { attributeForm, endpointForm, patternOfForm } from './attribute-form.ts';
import { mispToStix, readMispEvent } from './index.ts';
import type { MispConversion } from './index.ts';

const convert = (...attributes: { type: string; value: string; to_ids: boolean; uuid?: string }[]): MispConversion =>
  mispToStix(readMispEvent({ info: 'one event', Attribute: attributes }, 'event'));

test('the hive of a registry key is written in full, in observables and in patterns (STIX 2.1 §6.17)', () => {
  const value = String.raw`hkcu\Software\HKLM\Run`;
  const full = String.raw`HKEY_CURRENT_USER\Software\HKLM\Run`;
  const { objects } = convert(
    { type: 'regkey', value, to_ids: false },
    { type: 'regkey|value', value: `${value}|x`, to_ids: false },
    { type: 'regkey', value: String.raw`Software\Run`, to_ids: false },
    { type: 'regkey', value: 'hklm', to_ids: false },
    { type: 'regkey', value: value.replace('hkcu', 'HKCU'), to_ids: true },
  );
  const keys = objects.flatMap((object) => (object.type === 'windows-registry-key' ? [object.value['key']] : []));
  assert.deepEqual(keys, [full, full, String.raw`Software\Run`, 'HKEY_LOCAL_MACHINE']);
  const indicator = objects.find((object) => object.type === 'indicator');
  assert.equal(indicator?.value['pattern'], `[windows-registry-key:key = '${full.replaceAll('\\', '\\\\')}']`);
});

test('a digest that has not the form of its algorithm is a fault, not an indicator nobody can read', () => {
  const wrong = [
    { type: 'ssdeep', value: '3072:GxXIbbVc\r\npID+5/MiPDH8Qn' },
    { type: 'md5', value: 'd41d8cd98f00b204e9800998ecf8427' },
    { type: 'filename|sha1', value: 'a.exe|da39a3ee' },
    { type: 'x509-fingerprint-sha256', value: 'g'.repeat(64) },
  ];
  const { objects, faults, attributes } = convert(...wrong.map((each) => ({ ...each, to_ids: true })));
  assert.deepEqual(
    objects.map(({ type }) => type),
    ['grouping'],
  );
  assert.deepEqual(
    faults.map(({ reason }) => reason),
    wrong.map(({ type }) => `its value is no ${type}`),
  );
  assert.equal(attributes.lost, wrong.length);
});

test('a digest of its form, and one of a kind without a stated form, become indicators', () => {
  const { objects } = convert(
    { type: 'sha512/256', value: 'A'.repeat(64), to_ids: true },
    { type: 'ssdeep', value: '96:QRWkwoBevsL0:QRWktBe80JsIIq8dxKyPew0JbIi', to_ids: true },
    { type: 'tlsh', value: 'T1 anything', to_ids: true },
  );
  const indicators = objects.filter(({ type }) => type === 'indicator');
  assert.equal(indicators.length, 3);
  for (const indicator of indicators) parsePattern(parseIndicator(indicator).pattern);
});

test('an id made for something without one is a UUID of RFC 4122, the same each time (STIX 2.1 §2.9)', () => {
  const ids = () => convert({ type: 'domain', value: 'a.example', to_ids: true }).objects.map(({ id }) => id);
  for (const id of ids()) assert.match(id, /--[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.deepEqual(ids(), ids());
});

/** Each type that compares more than one property or none, with the pattern of `either`, of `all`, and the observables. */
const shapes: readonly (readonly [string, string, string, string | undefined, readonly JsonObject[]])[] = [
  [
    'email-dst',
    'a@evil.example',
    "[email-addr:value = 'a@evil.example']",
    "[email-message:to_refs[*].value = 'a@evil.example']",
    [
      { type: 'email-message', is_multipart: false, to_refs: ['email-addr'] },
      { type: 'email-addr', value: 'a@evil.example' },
    ],
  ],
  [
    'email-src',
    'a@evil.example',
    "[email-addr:value = 'a@evil.example']",
    "[email-message:from_ref.value = 'a@evil.example']",
    [
      { type: 'email-message', is_multipart: false, from_ref: 'email-addr' },
      { type: 'email-addr', value: 'a@evil.example' },
    ],
  ],
  [
    'email-reply-to',
    'a@evil.example',
    "[email-message:additional_header_fields.reply_to = 'a@evil.example']",
    undefined,
    [{ type: 'email-message', is_multipart: false, additional_header_fields: { 'Reply-To': 'a@evil.example' } }],
  ],
  [
    'email-x-mailer',
    'Mailer 1',
    "[email-message:additional_header_fields.x_mailer = 'Mailer 1']",
    undefined,
    [{ type: 'email-message', is_multipart: false, additional_header_fields: { 'X-Mailer': 'Mailer 1' } }],
  ],
  [
    'email-subject',
    'You won',
    "[email-message:subject = 'You won']",
    undefined,
    [{ type: 'email-message', is_multipart: false, subject: 'You won' }],
  ],
  [
    'email-body',
    'text',
    "[email-message:body = 'text']",
    undefined,
    [{ type: 'email-message', is_multipart: false, body: 'text' }],
  ],
  [
    'email-message-id',
    '<1@evil.example>',
    "[email-message:message_id = '<1@evil.example>']",
    undefined,
    [{ type: 'email-message', is_multipart: false, message_id: '<1@evil.example>' }],
  ],
  [
    'email-header',
    'from a by b',
    "[email-message:received_lines = 'from a by b']",
    undefined,
    [{ type: 'email-message', is_multipart: false, received_lines: ['from a by b'] }],
  ],
  [
    'email-attachment',
    'a.zip',
    "[file:name = 'a.zip']",
    "[email-message:body_multipart[*].body_raw_ref.name = 'a.zip']",
    [
      {
        type: 'email-message',
        is_multipart: true,
        body_multipart: [{ body_raw_ref: 'file', content_disposition: "attachment; filename='a.zip'" }],
      },
      { type: 'file', name: 'a.zip' },
    ],
  ],
  [
    'domain|ip',
    'evil.example|2001:db8::/32',
    "[domain-name:value = 'evil.example' OR ipv6-addr:value ISSUBSET '2001:db8::/32']",
    "[domain-name:value = 'evil.example' AND domain-name:resolves_to_refs[*].value = '2001:db8::/32']",
    [
      { type: 'domain-name', value: 'evil.example', resolves_to_refs: ['ipv6-addr'] },
      { type: 'ipv6-addr', value: '2001:db8::/32' },
    ],
  ],
  [
    'hostname|port',
    'evil.example|443',
    "[network-traffic:dst_ref.value = 'evil.example' AND network-traffic:dst_port = 443]",
    "[domain-name:value = 'evil.example' AND network-traffic:dst_port = 443]",
    [
      { type: 'domain-name', value: 'evil.example' },
      { type: 'network-traffic', dst_ref: 'domain-name', dst_port: 443, protocols: ['tcp'] },
    ],
  ],
  [
    'ip-src|port',
    '192.0.2.1|53',
    "[network-traffic:src_ref.value = '192.0.2.1' AND network-traffic:src_port = 53]",
    "[network-traffic:src_ref.type = 'ipv4-addr' AND network-traffic:src_ref.value = '192.0.2.1' AND network-traffic:src_port = 53]",
    [
      { type: 'network-traffic', src_ref: 'ipv4-addr', src_port: 53, protocols: ['tcp'] },
      { type: 'ipv4-addr', value: '192.0.2.1' },
    ],
  ],
  ['AS', ' AS64496', '[autonomous-system:number = 64496]', undefined, [{ type: 'autonomous-system', number: 64496 }]],
  [
    'github-username',
    'somebody',
    "[user-account:account_type = 'github' AND user-account:account_login = 'somebody']",
    undefined,
    [{ type: 'user-account', account_login: 'somebody', account_type: 'github' }],
  ],
  ['port', '443', '[network-traffic:dst_port = 443]', undefined, []],
  ['size-in-bytes', '1024', '[file:size = 1024]', undefined, []],
  ['http-method', 'PUT', "[network-traffic:extensions.'http-request-ext'.request_method = 'PUT']", undefined, []],
  [
    'malware-sample',
    '|d41d8cd98f00b204e9800998ecf8427e',
    "[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']",
    "[file:name = '' AND file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']",
    [{ type: 'file', hashes: { MD5: 'd41d8cd98f00b204e9800998ecf8427e' }, name: '' }],
  ],
];

for (const [type, value, either, all, observables] of shapes) {
  test(`${type}: what MISP detects, what misp-stix writes, and what an observation holds`, () => {
    const form = attributeForm(type, value, (observed) => observed as StixId);
    assert.ok(form !== undefined);
    assert.equal(patternOfForm(form, 'either'), either);
    assert.equal(patternOfForm(form, 'all'), all ?? either);
    const expected = observables.map(({ type: observed, ...rest }) => ({
      type: observed,
      spec_version: '2.1',
      id: observed,
      ...rest,
    }));
    assert.deepEqual(form.observables, expected);
    parsePattern(either);
    parsePattern(all ?? either);
  });
}

test('a value that does not fit its type has no form', () => {
  const idOf = (type: string): StixId => type as StixId;
  for (const [type, value] of [
    ['ip-dst|port', '192.0.2.1|65536'],
    ['hostname|port', 'evil.example|http'],
    ['hostname|port', 'evil.example'],
    ['domain|ip', 'evil.example|'],
    ['domain|ip', '|192.0.2.1'],
    ['port', '-1'],
    ['AS', 'ASX'],
    ['size-in-bytes', '1e3'],
    ['sha1', ''],
    ['tlsh', ''],
    ['constructor', 'x'],
  ] as const) {
    assert.equal(attributeForm(type, value, idOf), undefined, `${type} ${value}`);
  }
  assert.equal(endpointForm('ip-dst', '192.0.2.1', ['x', '70000'], idOf), undefined);
});
