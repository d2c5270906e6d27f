import type { SeedText } from './seeds.ts';

const uuid = (last: number): string => `0c7b5b88-8ff7-4a4d-aa9d-${String(last).padStart(12, '0')}`;
const times = { created: '2026-01-01T00:00:00.000Z', modified: '2026-01-02T00:00:00.000Z' };
const red = 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1';
const extension = `extension-definition--${uuid(20)}`;

const object = (type: string, last: number, own: object): object => ({
  type,
  spec_version: '2.1',
  id: `${type}--${uuid(last)}`,
  ...own,
});
const versioned = (type: string, last: number, own: object): object => object(type, last, { ...times, ...own });
const bundle = (objects: readonly object[]): string =>
  JSON.stringify({ type: 'bundle', id: `bundle--${uuid(0)}`, objects });

const producer = versioned('identity', 1, { name: 'CERT Example', identity_class: 'organization' });
const by = { created_by_ref: `identity--${uuid(1)}` };

const file = object('file', 2, {
  hashes: { SSDEEP: '3:abc:def', TLSH: 'T1', 'SHA-256': 'a'.repeat(64) },
  name: 'a.exe',
  size: 7,
  magic_number_hex: '4d5a',
  parent_directory_ref: `directory--${uuid(3)}`,
  extensions: {
    'windows-pebinary-ext': {
      pe_type: 'exe',
      optional_header: { magic_hex: '010b' },
      sections: [{ name: '.text', entropy: 7.9, hashes: { MD5: 'd41d8cd98f00b204e9800998ecf8427e' } }],
    },
    'ntfs-ext': { sid: 's', alternate_data_streams: [{ name: 'b', size: 1 }] },
  },
});

const traffic = object('network-traffic', 4, {
  start: '2026-01-01T00:00:00Z',
  end: '2026-01-01T00:00:01.5Z',
  src_ref: `ipv4-addr--${uuid(5)}`,
  dst_ref: `domain-name--${uuid(6)}`,
  src_port: 1024,
  dst_port: 443,
  protocols: ['ipv4', 'tcp', 'http'],
  ipfix: { minimumIpTotalLength: 32 },
  extensions: {
    'http-request-ext': {
      request_method: 'get',
      request_value: '/a',
      request_header: { 'User-Agent': ['x'], Accept: ['*/*'] },
    },
  },
});

const observables = [
  file,
  traffic,
  object('directory', 3, { path: '/usr' }),
  object('ipv4-addr', 5, { value: '192.0.2.0/24', resolves_to_refs: [`mac-addr--${uuid(7)}`] }),
  object('domain-name', 6, { value: 'evil.example', object_marking_refs: [red] }),
  object('mac-addr', 7, { value: '00:00:5e:00:53:01' }),
  object('url', 8, { value: 'https://evil.example/a?b#c' }),
  object('email-addr', 9, { value: 'a@evil.example', display_name: 'A' }),
  object('windows-registry-key', 10, {
    key: String.raw`HKEY_LOCAL_MACHINE\Software\X`,
    values: [{ name: 'n', data: 'd', data_type: 'REG_SZ' }],
    modified_time: '2026-01-01T00:00:00Z',
  }),
  object('email-message', 11, {
    is_multipart: true,
    from_ref: `email-addr--${uuid(9)}`,
    subject: 's',
    additional_header_fields: { 'Reply-To': ['a'] },
    body_multipart: [{ content_type: 'text/plain', body: 'b' }],
  }),
  object('software', 12, { name: 'n', cpe: 'cpe:2.3:a:x:y:1:*:*:*:*:*:*:*', languages: ['en'], version: '1' }),
  object('autonomous-system', 13, { number: 64496, rir: 'RIPE' }),
];

const knowledge = [
  producer,
  versioned('indicator', 14, {
    ...by,
    pattern: "[file:hashes.'SHA-256' = '" + 'a'.repeat(64) + "' AND file:size > 1] WITHIN 5 SECONDS",
    pattern_type: 'stix',
    pattern_version: '2.1',
    valid_from: '2026-01-01T00:00:00Z',
    valid_until: '2027-01-01T00:00:00Z',
    indicator_types: ['malicious-activity'],
    kill_chain_phases: [{ kill_chain_name: 'lockheed-martin-cyber-kill-chain', phase_name: 'delivery' }],
    granular_markings: [
      { selectors: ['pattern', 'kill_chain_phases.[0].phase_name'], marking_ref: red },
      { selectors: ['description'], lang: 'de' },
    ],
    description: 'd',
    external_references: [{ source_name: 'cve', external_id: 'CVE-2026-0001', url: 'https://a.example/' }],
  }),
  versioned('malware', 15, {
    ...by,
    name: 'm',
    is_family: false,
    malware_types: ['trojan'],
    sample_refs: [`file--${uuid(2)}`],
  }),
  versioned('observed-data', 16, {
    ...by,
    first_observed: '2026-01-01T00:00:00Z',
    last_observed: '2026-01-01T00:00:01Z',
    number_observed: 2,
    object_refs: [`file--${uuid(2)}`, `network-traffic--${uuid(4)}`],
  }),
  versioned('relationship', 17, {
    ...by,
    relationship_type: 'indicates',
    source_ref: `indicator--${uuid(14)}`,
    target_ref: `malware--${uuid(15)}`,
  }),
  versioned('sighting', 18, {
    ...by,
    sighting_of_ref: `indicator--${uuid(14)}`,
    count: 3,
    where_sighted_refs: [`identity--${uuid(1)}`],
  }),
  versioned('language-content', 19, {
    ...by,
    object_ref: `malware--${uuid(15)}`,
    object_modified: times.modified,
    contents: { de: { name: 'M', malware_types: ['Trojaner'] } },
  }),
  versioned('extension-definition', 20, {
    ...by,
    name: 'e',
    schema: 'https://a.example/e.json',
    version: '1.0.0',
    extension_types: ['property-extension', 'toplevel-property-extension'],
    extension_properties: ['rank'],
  }),
  versioned('course-of-action', 21, {
    ...by,
    name: 'c',
    rank: 5,
    extensions: { [extension]: { extension_type: 'toplevel-property-extension' } },
  }),
  versioned('location', 22, { ...by, name: 'l', country: 'de', latitude: 48.8, longitude: 2.3, precision: 10 }),
  object('marking-definition', 23, {
    created: times.created,
    definition_type: 'statement',
    definition: { statement: 'Copyright' },
  }),
  object('marking-definition', 24, {
    created: times.created,
    extensions: {
      'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d': {
        extension_type: 'property-extension',
        tlp_2_0: 'amber',
      },
    },
  }),
  versioned('x-own', 25, { ...by, anything: [{ goes: null }] }),
];

/** As STIX 2.0 has it: no `spec_version`, kinds in labels, observables inside the observation. */
const old = JSON.stringify({
  type: 'bundle',
  id: `bundle--${uuid(0)}`,
  spec_version: '2.0',
  objects: [
    {
      type: 'indicator',
      id: `indicator--${uuid(30)}`,
      ...times,
      labels: ['malicious-activity'],
      pattern: "[a:b = 1] START t'2026-01-01T00:00:00Z' STOP t'2026-01-02T00:00:00Z'",
      valid_from: times.created,
    },
    { type: 'malware', id: `malware--${uuid(31)}`, ...times, labels: ['trojan'], name: 'm' },
    {
      type: 'observed-data',
      id: `observed-data--${uuid(32)}`,
      ...times,
      first_observed: times.created,
      last_observed: times.created,
      number_observed: 1,
      objects: {
        0: {
          type: 'file',
          name: 'a',
          is_encrypted: true,
          created: times.created,
          hashes: { 'SHA-256': 'a'.repeat(64) },
          extensions: { 'archive-ext': { contains_refs: ['1'], version: '5' }, 'x-own-ext': { a: 1 } },
        },
        1: { type: 'process', pid: 1, name: 'p', arguments: ['a'], binary_ref: '0', created: times.created },
      },
    },
    {
      type: 'marking-definition',
      id: 'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9',
      created: '2017-01-20T00:00:00.000Z',
      definition_type: 'tlp',
      definition: { tlp: 'white' },
    },
  ],
});

/** Documents of STIX with every kind of structure the validator goes into. */
export const stixDocuments: readonly SeedText[] = [
  ...[0, 4, 8].map((at) => ['observables', 'stix', bundle(observables.slice(at, at + 4))] as const),
  ...[0, 3, 6, 9, 12].map(
    (at) => ['knowledge', 'stix', bundle([producer, ...knowledge.slice(at + 1, at + 4)])] as const,
  ),
  ['observed', 'stix', bundle([file, traffic, ...knowledge.slice(3, 4)])],
  ['envelope', 'stix', JSON.stringify({ more: false, objects: knowledge.slice(0, 4) })],
  ['array', 'stix', JSON.stringify(observables.slice(0, 3), null, 1)],
  ['one file', 'stix', JSON.stringify(file)],
  ['one traffic', 'stix', JSON.stringify(traffic)],
  ['STIX 2.0', 'stix', old],
];

/** Timestamps at every edge: days that are, leap seconds, the ends of the calendar, many digits. */
export const timestamps: readonly SeedText[] = [
  '2026-01-01T00:00:00Z',
  '2024-02-29T23:59:60.999999Z',
  '0000-01-01T00:00:00.000Z',
  '9999-12-31T23:59:60.123456789Z',
  '1969-12-31T23:59:59.9999999Z',
].map((text) => [`time ${text}`, 'time', text] as const);
