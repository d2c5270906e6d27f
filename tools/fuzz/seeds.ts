import { closeSync, globSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { findShared } from '../../packages/testkit/src/index.ts';
import { stixDocuments, timestamps } from './stix-seeds.ts';

/** A document that mutation starts from. `use`: what is done with its mutants. */
export interface Seed {
  readonly name: string;
  readonly use: 'intelligence' | 'pattern' | 'records' | 'rules' | 'stix' | 'time';
  readonly bytes: Uint8Array;
}

/** Name, use and text of a seed. */
export type SeedText = readonly [name: string, use: Seed['use'], text: string];

const id = '0c7b5b88-8ff7-4a4d-aa9d-feb398cd0061';
const stix = JSON.stringify({
  type: 'bundle',
  id: `bundle--${id}`,
  objects: [
    {
      type: 'indicator',
      spec_version: '2.1',
      id: `indicator--${id}`,
      created: '2026-01-01T00:00:00.000Z',
      modified: '2026-01-01T00:00:00.000Z',
      pattern: "[domain-name:value = 'evil.example' OR ipv4-addr:value ISSUBSET '198.51.100.0/24']",
      pattern_type: 'stix',
      valid_from: '2026-01-01T00:00:00Z',
      object_marking_refs: ['marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421'],
    },
    { type: 'domain-name', spec_version: '2.1', id: `domain-name--${id}`, value: 'evil.example' },
  ],
});
const misp = JSON.stringify({
  Event: {
    uuid: id,
    info: 'seed',
    date: '2026-01-01',
    published: true,
    timestamp: '1767225600',
    distribution: '1',
    Orgc: { name: 'CERT Example', uuid: id },
    Tag: [{ name: 'tlp:amber' }, { name: 'PAP:GREEN' }],
    Galaxy: [{ type: 'threat-actor', GalaxyCluster: [{ uuid: id, value: 'Somebody', meta: { synonyms: ['Else'] } }] }],
    Attribute: [
      { uuid: id, type: 'domain|ip', category: 'Network activity', value: 'evil.example|192.0.2.7', to_ids: true },
      {
        type: 'filename|sha1',
        value: 'a.exe|da39a3ee5e6b4b0d3255bfef95601890afd80709',
        to_ids: '1',
        timestamp: '1767225600',
      },
      { type: 'text', value: 'a note', Sighting: [{ type: '0', date_sighting: '1767225600' }] },
    ],
    Object: [
      { name: 'file', Attribute: [{ type: 'md5', value: 'd41d8cd98f00b204e9800998ecf8427e', object_relation: 'md5' }] },
    ],
  },
});

const sigma = `title: A
name: a
logsource: {product: windows, category: process_creation}
detection:
  sel_image: {Image|endswith: ['\\a.exe', 'b?c'], CommandLine|contains|windash: ' -f '}
  sel_other:
    - Ip|cidr: 10.0.0.0/8
      Size|gte: 5
    - Text|wide|base64offset|contains: power
    - Host|expand: '%Servers%'
      When|hour|lt: 8
      User|fieldref: Other
  filter: {User|re|i: '^(root|sys.{1,3})$', Gone|exists: true, None: null}
  keywords: [mimi, 'k*z']
  condition: (1 of sel_* or keywords) and not filter
level: high
---
title: C
correlation: {type: event_count, rules: [a], group-by: [User], timespan: 5m, condition: {gte: 2}, aliases: {x: {a: Ip}}}
---
title: D
correlation: {type: value_percentile, rules: [a], group-by: [User], timespan: 1h, condition: {field: Size, percentile: 50, lte: 20}}
---
title: F
logsource: {product: windows}
filter: {rules: [a], selection: {User|startswith: adm_}, condition: not selection}
`;

const own: readonly SeedText[] = [
  ['bundle', 'intelligence', stix],
  ['event', 'intelligence', misp],
  ['events', 'intelligence', `{"response":[${misp},${misp}]}`],
  ['ndjson', 'intelligence', `${stix}\n${misp}\n{"type":"domain","indicator":"evil.example"}\n`],
  [
    'list',
    'intelligence',
    '# c\n192.0.2.1:443\nhxxp://evil[.]example/a?b#c\n2001:db8::1\nevil.example # why\n198.51.100.0/24\t7\n',
  ],
  ['hosts', 'intelligence', '127.0.0.1 localhost\n0.0.0.0 evil.example www.evil.example # x\n::1 ip6-localhost\n'],
  ['adblock', 'intelligence', '[Adblock Plus 2.0]\n||evil.example^\n@@||good.example^\naddress=/bad.example/0.0.0.0\n'],
  [
    'zone',
    'intelligence',
    '$TTL 60\n@ SOA a. b. (1 2\n3 4 5)\nevil.example CNAME .\n*.evil.example CNAME .\n24.0.2.0.192.rpz-ip CNAME .\n',
  ],
  [
    'table',
    'intelligence',
    'value,type,notes,first_seen\n"192.0.2.1",ip,"a ""b""",2026-01-01\nevil.example,domain,x,2026-01-02 03:04:05\n',
  ],
  [
    'zeek intel',
    'intelligence',
    '#fields\tindicator\tindicator_type\tmeta.source\n192.0.2.1\tIntel::ADDR\tx\nevil.example\tIntel::DOMAIN\ty\n',
  ],
  [
    'yaml',
    'intelligence',
    '---\n- name: X\n  domains: &a\n  - evil.example\n  c2:\n    ips: [192.0.2.1]\n    domains: *a\n',
  ],
  [
    'report',
    'intelligence',
    'The loader at hxxps://evil[.]example/x.bin (192[.]0[.]2[.]9:8080) drops\nd41d8cd98f00b204e9800998ecf8427e and mails a@evil.example.\n',
  ],
  ['manifest', 'intelligence', `{"${id}":{"info":"x","timestamp":1767225600,"Orgc":{"name":"o"}}}`],
  ['warninglist', 'intelligence', '{"name":"n","type":"cidr","list":["192.0.2.0/24"],"version":1,"description":"d"}'],
  [
    'pattern',
    'pattern',
    "[file:hashes.'SHA-256' LIKE 'aa%' AND file:name LIKE '%.exe'] FOLLOWEDBY ([ipv4-addr:value ISSUBSET '198.51.100.0/24'] OR [url:value MATCHES '^http'] WITHIN 5 SECONDS REPEATS 2 TIMES) START t'2026-01-01T00:00:00Z' STOP t'2026-02-01T00:00:00Z'",
  ],
  [
    'pattern that matches',
    'pattern',
    "([file:name LIKE 'a.%' AND file:size IN (2, 3)] FOLLOWEDBY [network-traffic:src_ref.value ISSUBSET '198.51.100.0/24' OR ipv4-addr:resolves_to_refs[*].value MATCHES '^http:' AND NOT EXISTS ipv4-addr:x]) WITHIN 5.5 SECONDS REPEATS 1 TIMES OR [file:magic_number_hex != h'4d5a'] START t'2026-01-01T00:00:00Z' STOP t'2026-02-01T00:00:00Z'",
  ],
  ...[
    "[domain-name:value = 'Evil.example' OR url:value = 'https://evil.example/a' OR email-message:from_ref.value = 'a@evil.example']",
    "[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e' AND file:size > 2.50 AND file:hashes.ssdeep NOT = '3:a:b']",
    "([file:name = 'a.exe'] AND [ipv4-addr:value IN ('198.51.100.7', '192.0.2.1/32')]) WITHIN 300 SECONDS FOLLOWEDBY ([url:value LIKE 'http://%'] REPEATS 2 TIMES)",
    "[windows-registry-key:key MATCHES '^HKLM\\\\\\\\' AND windows-registry-key:values[0].data = b'YQ==' OR process:pid != -1]",
    "[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'[*] LIKE '%x_y%' AND x-own:flag = true AND a:t > t'2026-01-01T00:00:00.5Z']",
    "(([a:b = 1] OR [a:c = h'AB']) AND [a:d ISSUPERSET '2001:db8::/32']) REPEATS 3 TIMES",
  ].map((text) => ['pattern', 'pattern', text] as const),
  ['rules', 'rules', sigma],
  [
    'zeek log',
    'records',
    '#separator \\x09\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tquery\n#types\ttime\tstring\taddr\tport\taddr\tport\tstring\n1.0\tC1\t192.0.2.1\t1024\t198.51.100.7\t53\tevil.example\n',
  ],
  [
    'eve',
    'records',
    '{"timestamp":"2026-01-01T00:00:00","event_type":"dns","src_ip":"192.0.2.1","src_port":53,"dns":{"rrname":"evil.example"}}\n{"event_type":"http","http":{"hostname":"evil.example","url":"/a\\u0062"}}\n',
  ],
  [
    'syslog',
    'records',
    '<34>1 2026-01-01T00:00:00Z host sshd 1 - - Failed from 192.0.2.1 port 22 ssh2\nJan  1 00:00:00 host x: evil.example\n',
  ],
  [
    'access',
    'records',
    '192.0.2.1 - - [01/Jan/2026:00:00:00 +0000] "GET /a?u=http://evil.example/ HTTP/1.1" 200 5 "http://evil.example/" "x"\n',
  ],
  [
    'bind',
    'records',
    '01-Jan-2026 00:00:00.000 queries: info: client @0x1 192.0.2.1#53 (evil.example): query: evil.example IN A + (198.51.100.7)\n',
  ],
  [
    'windows',
    'records',
    '{"EventID":22,"Channel":"Sysmon","QueryName":"evil.example","Hashes":"SHA1=DA39A3EE5E6B4B0D3255BFEF95601890AFD80709"}\n',
  ],
];

/** Beginnings of real files, when they are there: shapes nobody would think of. */
const foreign: readonly (readonly [Seed['use'], string])[] = [
  ['intelligence', 'data/stix-oasis-examples/*.json'],
  ['intelligence', 'data/misp-pymisp/*/*.json'],
  ['intelligence', 'data/maltrail/malware/a*.txt'],
  ['intelligence', 'data/volexity/*/*/iocs.csv'],
  ['intelligence', 'data/unit42-text/TA551/*.txt'],
  ['rules', 'data/sigma-rules/rules/linux/auditd/*/*.yml'],
  ['rules', 'data/sigma-rules/rules/windows/*/*.yml'],
  ['records', 'data/zeek-log-zoo/*/*.log'],
  ['records', 'data/net-events-pcap/*.ndjson'],
];
const foreignEach = 12;
const foreignBytes = 3000;

/** Every document mutation starts from. */
export function seeds(): Seed[] {
  const ours = [...own, ...stixDocuments, ...timestamps].map(([name, use, text]) => ({
    name,
    use,
    bytes: Buffer.from(text, 'utf8'),
  }));
  return [...ours, ...foreign.flatMap(([use, pattern]) => beginnings(use, pattern))];
}

function beginnings(use: Seed['use'], pattern: string): Seed[] {
  const root = findShared('.');
  if (root === undefined) return [];
  const names = globSync(join(root, pattern)).sort().slice(0, foreignEach);
  return names.map((name) => ({ name: name.slice(root.length + 1), use, bytes: beginningOf(name) }));
}

function beginningOf(path: string): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(foreignBytes);
    return buffer.subarray(0, readSync(file, buffer, 0, foreignBytes, 0));
  } finally {
    closeSync(file);
  }
}
