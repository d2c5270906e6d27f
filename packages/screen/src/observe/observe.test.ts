import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { isJsonObject } from '@comity/protocol/base';
import type { JsonObject, JsonValue } from '@comity/protocol/base';
import { matchPattern } from '@comity/protocol/pattern';
import type { Observation } from '@comity/protocol/pattern';
import { findShared } from '@comity/testkit';
import fc from 'fast-check';
import { FieldList, formats, getFormat } from '../formats/index.ts';
import type { FormatName } from '../formats/index.ts';
import { sampleLines } from '../formats/sample-lines.ts';
import { isObserved, observationOf, recordOf } from './index.ts';

const connection = { 'id.orig_h': '192.0.2.10', 'id.orig_p': 50123, 'id.resp_h': '203.0.113.7', 'id.resp_p': 8080 };
const sysmon = {
  Channel: 'Microsoft-Windows-Sysmon/Operational',
  UtcTime: '2026-11-23 08:00:00.123',
  ProcessId: '77',
  User: 'CORP\\alice',
};
const md5 = 'AB'.repeat(16);
const sha256 = 'CD'.repeat(32);

/** What each record must answer: the mapping of docs/spec/observations.md, seen from the side of a pattern. */
const cases: readonly (readonly [what: string, format: FormatName, record: JsonObject, patterns: readonly string[]])[] =
  [
    [
      'Zeek conn',
      'zeek-json',
      {
        _path: 'conn',
        ts: 1763884800.5,
        duration: 1.5,
        proto: 'tcp',
        service: 'ssl,http',
        orig_bytes: 10,
        resp_bytes: 20,
        orig_pkts: 1,
        resp_pkts: 2,
        ...connection,
      },
      [
        "network-traffic:src_ref.value = '192.0.2.10' AND network-traffic:dst_ref.value = '203.0.113.7' AND network-traffic:src_port = 50123 AND network-traffic:dst_port = 8080",
        "network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:protocols[*] = 'tcp' AND network-traffic:protocols[0] = 'ipv4' AND network-traffic:protocols[*] = 'http'",
        'network-traffic:src_byte_count = 10 AND network-traffic:dst_byte_count = 20 AND network-traffic:src_packets = 1 AND network-traffic:dst_packets = 2',
        "network-traffic:start = t'2025-11-23T08:00:00.5Z' AND network-traffic:end = t'2025-11-23T08:00:02Z'",
        "ipv4-addr:value ISSUBSET '203.0.113.0/24'",
      ],
    ],
    [
      'Zeek conn of columns',
      'zeek-tsv',
      {
        ts: '1763884800.5',
        conn_state: 'SF',
        proto: 'udp',
        id: {},
        ...Object.fromEntries(Object.entries(connection).map(([key, value]) => [key, String(value)])),
      },
      ["network-traffic:dst_port = 8080 AND network-traffic:protocols[1] = 'udp'"],
    ],
    [
      'Zeek conn with a nested id and IPv6',
      'zeek-json',
      { ts: 1, id: { orig_h: '2001:DB8::0:1', resp_h: '::ffff:203.0.113.7' } },
      [
        "network-traffic:src_ref.value = '2001:db8::1' AND network-traffic:protocols[0] = 'ipv6'",
        "ipv4-addr:value = '203.0.113.7'",
      ],
    ],
    [
      'Zeek dns',
      'zeek-json',
      {
        _path: 'dns',
        query: 'A.Evil.Example.',
        answers: ['203.0.113.7', 'b.evil.example', 'TXT 3 a b'],
        proto: 'udp',
        ...connection,
      },
      [
        "domain-name:value = 'a.evil.example' AND domain-name:resolves_to_refs[*].value = '203.0.113.7' AND domain-name:resolves_to_refs[1].value = 'b.evil.example'",
        "network-traffic:protocols[*] = 'dns'",
      ],
    ],
    [
      'Zeek dns of columns',
      'zeek-tsv',
      { query: 'a.evil.example', answers: '203.0.113.7,203.0.113.8', id_orig_h: '192.0.2.1' },
      ["domain-name:resolves_to_refs[1].value = '203.0.113.8'"],
    ],
    [
      'Zeek http',
      'zeek-json',
      {
        '@stream': 'http',
        host: 'evil.example',
        uri: '/mal/a.exe',
        method: 'GET',
        version: '1.1',
        user_agent: 'Bad/1',
        referrer: 'http://from.example/',
        resp_filenames: ['a.exe'],
        resp_mime_types: ['application/x-dosexec'],
        ...connection,
      },
      [
        "url:value = 'http://evil.example:8080/mal/a.exe'",
        "domain-name:value = 'evil.example'",
        "network-traffic:extensions.'http-request-ext'.request_header.Host = 'evil.example' AND network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'Bad/1' AND network-traffic:extensions.'http-request-ext'.request_method = 'get' AND network-traffic:extensions.'http-request-ext'.request_value = '/mal/a.exe' AND network-traffic:extensions.'http-request-ext'.request_version = 'http/1.1' AND network-traffic:extensions.'http-request-ext'.request_header.Referer LIKE '%from%'",
        "file:name = 'a.exe' AND file:mime_type = 'application/x-dosexec'",
      ],
    ],
    [
      'Zeek http without a host',
      'zeek-tsv',
      { uri: 'x', ...connection, 'id.resp_p': '80' },
      ["url:value = 'http://203.0.113.7/x'"],
    ],
    [
      'Zeek http through a proxy',
      'zeek-json',
      { uri: 'http://evil.example/x', host: 'evil.example:8080', ...connection },
      ["url:value = 'http://evil.example/x'", "domain-name:value = 'evil.example'"],
    ],
    [
      'Zeek ssl',
      'zeek-json',
      {
        server_name: 'evil.example',
        ja3: 'ab'.repeat(16),
        ja3s: 'cd'.repeat(16),
        subject: 'CN=evil',
        issuer: 'CN=me',
        ...connection,
      },
      [
        "domain-name:value = 'evil.example'",
        `x-comity-value:ja3 = '${'ab'.repeat(16)}'`,
        "x509-certificate:subject = 'CN=evil' AND x509-certificate:issuer = 'CN=me'",
        "network-traffic:protocols[*] = 'tls'",
      ],
    ],
    [
      'Zeek files',
      'zeek-json',
      {
        _path: 'files',
        fuid: 'F1',
        source: 'HTTP',
        filename: 'a.exe',
        md5,
        sha256,
        mime_type: 'x/y',
        total_bytes: 5,
        tx_hosts: ['203.0.113.7'],
        rx_hosts: ['192.0.2.10'],
      },
      [
        `file:hashes.MD5 = '${md5.toLowerCase()}' AND file:hashes.'SHA-256' = '${sha256.toLowerCase()}' AND file:name = 'a.exe' AND file:size = 5 AND file:mime_type = 'x/y'`,
        "network-traffic:src_ref.value = '203.0.113.7' AND network-traffic:dst_ref.value = '192.0.2.10'",
      ],
    ],
    [
      'Zeek smtp',
      'zeek-json',
      {
        _path: 'smtp',
        mailfrom: 'bounce@evil.example',
        from: '"Evil Inc" <sales@evil.example>',
        to: ['a@corp.example', 'nobody'],
        cc: ['b@corp.example'],
        subject: 'Invoice',
        msg_id: '<1@x>',
        ...connection,
      },
      [
        "email-message:from_ref.value = 'sales@evil.example' AND email-message:from_ref.display_name = 'Evil Inc' AND email-message:sender_ref.value = 'bounce@evil.example' AND email-message:to_refs[*].value = 'a@corp.example' AND email-message:cc_refs[0].value = 'b@corp.example' AND email-message:subject = 'Invoice' AND email-message:message_id = '<1@x>'",
        "email-addr:value = 'sales@evil.example'",
      ],
    ],
    [
      'Zeek smtp of an envelope',
      'zeek-tsv',
      { mailfrom: 'a@evil.example', rcptto: 'b@corp.example,c@corp.example', ...connection },
      ["email-message:from_ref.value = 'a@evil.example' AND email-message:to_refs[1].value = 'c@corp.example'"],
    ],
    [
      'Zeek x509',
      'zeek-json',
      {
        _path: 'x509',
        fingerprint: 'AB'.repeat(20),
        'certificate.subject': 'CN=WEBMAIL',
        'certificate.issuer': 'CN=WEBMAIL',
        'certificate.serial': '4C0B1',
        'certificate.version': 3,
        'certificate.not_valid_before': 1763884800,
        'certificate.not_valid_after': '1763884801',
        'certificate.sig_alg': 'sha256WithRSAEncryption',
        'certificate.key_alg': 'rsa',
        'san.dns': ['evil.example'],
      },
      [
        `x509-certificate:serial_number = '04:c0:b1' AND x509-certificate:hashes.'SHA-1' = '${'ab'.repeat(20)}' AND x509-certificate:version = '3' AND x509-certificate:validity_not_before = t'2025-11-23T08:00:00Z' AND x509-certificate:validity_not_after > t'2025-11-23T08:00:00Z' AND x509-certificate:signature_algorithm LIKE 'sha256%' AND x509-certificate:subject_public_key_algorithm = 'rsa'`,
        "domain-name:value = 'evil.example'",
      ],
    ],
    [
      'EVE http in an alert',
      'eve',
      {
        event_type: 'alert',
        timestamp: '2026-11-23T09:00:00.5+0100',
        src_ip: '192.0.2.10',
        src_port: 50123,
        dest_ip: '203.0.113.7',
        dest_port: 8080,
        proto: 'TCP',
        flow: {
          start: '2026-11-23T07:59:59.000000+0000',
          bytes_toserver: 1,
          bytes_toclient: 2,
          pkts_toserver: 3,
          pkts_toclient: 4,
        },
        http: {
          hostname: 'evil.example',
          url: '/a',
          http_method: 'POST',
          protocol: 'HTTP/1.1',
          http_user_agent: 'Bad',
          http_refer: 'x',
        },
        fileinfo: { filename: '/a/b.exe', md5, size: 7 },
      },
      [
        "network-traffic:src_ref.value = '192.0.2.10' AND network-traffic:protocols[*] = 'http' AND network-traffic:start = t'2026-11-23T07:59:59Z' AND network-traffic:dst_packets = 4",
        "url:value = 'http://evil.example:8080/a'",
        "network-traffic:extensions.'http-request-ext'.request_method = 'post'",
        "file:name = 'b.exe' AND file:parent_directory_ref.path = '/a' AND file:size = 7",
      ],
    ],
    [
      'EVE dns, version 1',
      'eve',
      {
        event_type: 'dns',
        src_ip: '192.0.2.1',
        dns: { type: 'answer', rrname: 'a.evil.example', rdata: '203.0.113.7' },
      },
      ["domain-name:value = 'a.evil.example' AND domain-name:resolves_to_refs[0].value = '203.0.113.7'"],
    ],
    [
      'EVE dns, version 2',
      'eve',
      {
        dns: {
          rrname: 'a.evil.example',
          answers: [{ rrname: 'a.evil.example', rdata: '2001:db8::7' }, 5],
          grouped: { CNAME: ['c.evil.example'] },
        },
      },
      [
        "domain-name:resolves_to_refs[*].value = 'c.evil.example' AND domain-name:resolves_to_refs[*].type = 'ipv6-addr'",
      ],
    ],
    [
      'EVE dns, version 3',
      'eve',
      { dns: { queries: [{ rrname: 'a.evil.example' }], query: { rrname: 'q.example' } } },
      ["domain-name:value = 'a.evil.example'", "domain-name:value = 'q.example'"],
    ],
    [
      'EVE dns in an alert',
      'eve',
      {
        dns: {
          query: [{ rrname: 'q.example', rdata: '203.0.113.7' }],
          answer: { rrname: 'b.example', answers: [{ rrname: 'b.example', rdata: '203.0.113.8' }] },
        },
      },
      [
        "domain-name:value = 'q.example' AND domain-name:resolves_to_refs[0].value = '203.0.113.7'",
        "domain-name:resolves_to_refs[*].value = '203.0.113.8'",
      ],
    ],
    [
      'EVE tls and quic',
      'eve',
      {
        app_proto: 'tls',
        dest_ip: '203.0.113.7',
        tls: {
          sni: 'evil.example',
          ja3: { hash: 'ab'.repeat(16) },
          subject: 'CN=x',
          issuerdn: 'CN=y',
          serial: '4C:0B',
          fingerprint: 'ab:cd',
        },
        quic: { sni: 'q.example' },
      },
      [
        "x509-certificate:serial_number = '4c:0b' AND EXISTS x509-certificate:hashes.'SHA-1' AND x509-certificate:subject = 'CN=x'",
        "domain-name:value = 'q.example'",
        `x-comity-value:ja3 = '${'ab'.repeat(16)}'`,
        "network-traffic:protocols[*] = 'tls'",
      ],
    ],
    [
      'EVE smtp',
      'eve',
      {
        smtp: { mail_from: '<a@evil.example>', rcpt_to: ['<b@corp.example>'] },
        email: { from: 'Evil <e@evil.example>', subject: 'Hi', cc: ['c@corp.example'] },
      },
      [
        "email-message:from_ref.value = 'e@evil.example' AND email-message:sender_ref.value = 'a@evil.example' AND email-message:to_refs[0].value = 'b@corp.example' AND email-message:cc_refs[*].value = 'c@corp.example' AND email-message:subject = 'Hi'",
      ],
    ],
    [
      'EVE smtp without a message',
      'eve',
      { smtp: { mail_from: 'a@evil.example' } },
      ["email-message:from_ref.value = 'a@evil.example'"],
    ],
    [
      'ECS, nested',
      'ecs',
      {
        '@timestamp': '2026-11-23T08:00:00Z',
        source: { ip: '192.0.2.10', port: 1, bytes: 5, packets: 1 },
        destination: { ip: '203.0.113.7', port: 443, domain: 'evil.example', bytes: 6, packets: 2 },
        network: { transport: 'tcp', protocol: 'http' },
        http: { version: '1.1', request: { method: 'GET', referrer: 'http://r.example/' } },
        url: { scheme: 'https', domain: 'evil.example', path: '/a', query: 'b=1', port: 8443 },
        user_agent: { original: 'Bad' },
        tls: { client: { server_name: 'sni.example', ja3: 'ab' } },
      },
      [
        "network-traffic:src_ref.value = '192.0.2.10' AND network-traffic:dst_port = 443 AND network-traffic:extensions.'http-request-ext'.request_version = 'http/1.1'",
        "url:value = 'https://evil.example:8443/a?b=1'",
        "domain-name:value = 'sni.example'",
        "x-comity-value:ja3 = 'ab'",
      ],
    ],
    [
      'ECS, dotted',
      'ecs',
      {
        '@timestamp': '2026-11-23T08:00:00Z',
        'client.ip': '192.0.2.10',
        'server.ip': '203.0.113.7',
        'dns.question.name': 'a.evil.example',
        'dns.answers': [{ data: '203.0.113.7' }, 'x'],
        'dns.resolved_ip': ['203.0.113.7', '203.0.113.8'],
        'url.full': 'http://evil.example/x',
        'http.request.method': 'GET',
      },
      [
        "domain-name:value = 'a.evil.example' AND domain-name:resolves_to_refs[1].value = '203.0.113.8'",
        "url:value = 'http://evil.example/x'",
      ],
    ],
    [
      'ECS, port of the connection',
      'ecs',
      {
        '@timestamp': '2026-11-23T08:00:00Z',
        destination: { port: 8080 },
        url: { domain: 'evil.example', path: '/x' },
      },
      ["url:value = 'http://evil.example:8080/x'"],
    ],
    [
      'ECS, IPv6',
      'ecs',
      { '@timestamp': '2026-11-23T08:00:00Z', url: { domain: '[2001:db8::7]', path: '/x', port: 8080 } },
      ["url:value = 'http://[2001:db8::7]:8080/x'", "ipv6-addr:value = '2001:db8::7'"],
    ],
    [
      'EVE http of an IPv6 host',
      'eve',
      { dest_port: 8080, http: { hostname: '2001:db8::7', url: '/x' } },
      ["url:value = 'http://[2001:db8::7]:8080/x'", "ipv6-addr:value = '2001:db8::7'"],
    ],
    [
      'ECS of a host',
      'ecs',
      {
        file: { path: 'C:\\Temp\\a.exe', size: 3, hash: { md5, sha256 } },
        process: {
          pid: 7,
          executable: 'C:\\x\\b.exe',
          command_line: 'b.exe -x',
          working_directory: 'C:\\',
          hash: { sha1: 'ef'.repeat(20) },
          parent: { name: 'p.exe', pid: 6 },
        },
        user: { name: 'alice', id: 'S-1', full_name: 'Alice' },
        registry: { path: 'HKLM\\Software\\Run', value: 'x', data: { strings: ['evil'] } },
      },
      [
        `file:name = 'a.exe' AND file:hashes.MD5 = '${md5.toLowerCase()}' AND file:parent_directory_ref.path = 'C:\\\\Temp'`,
        "process:name = 'b.exe' AND process:image_ref.name = 'b.exe' AND process:binary_ref.name = 'b.exe' AND process:pid = 7 AND process:parent_ref.name = 'p.exe' AND process:creator_user_ref.account_login = 'alice' AND process:command_line LIKE '%-x'",
        `process:image_ref.hashes.'SHA-1' = '${'ef'.repeat(20)}'`,
        "user-account:user_id = 'S-1'",
        String.raw`windows-registry-key:key = 'HKEY_LOCAL_MACHINE\\Software\\Run' AND windows-registry-key:values[0].name = 'x' AND windows-registry-key:values[0].data = 'evil'`,
      ],
    ],
    [
      'ECS mail',
      'ecs',
      {
        email: {
          from: { address: ['a@evil.example'] },
          sender: { address: 's@evil.example' },
          to: { address: ['b@corp.example'] },
          subject: 'Hi',
          origination_timestamp: '2026-11-23T08:00:00Z',
          message_id: '<1>',
        },
      },
      [
        "email-message:from_ref.value = 'a@evil.example' AND email-message:to_refs[0].value = 'b@corp.example' AND email-message:date = t'2026-11-23T08:00:00Z'",
      ],
    ],
    [
      'Sysmon 1, process',
      'windows',
      {
        EventID: 1,
        ...sysmon,
        Image: 'C:\\x\\b.exe',
        CommandLine: 'b.exe -x',
        CurrentDirectory: 'C:\\',
        Hashes: `MD5=${md5},SHA256=${sha256},IMPHASH=00`,
        ParentImage: 'C:\\y\\p.exe',
        ParentProcessId: '6',
        ParentCommandLine: 'p',
      },
      [
        `process:pid = 77 AND process:image_ref.hashes.MD5 = '${md5.toLowerCase()}' AND process:image_ref.hashes.'SHA-256' = '${sha256.toLowerCase()}' AND process:parent_ref.image_ref.name = 'p.exe' AND process:parent_ref.pid = 6 AND process:created_time = t'2026-11-23T08:00:00.123Z' AND process:creator_user_ref.account_login = 'alice'`,
        "user-account:account_type = 'windows-domain'",
      ],
    ],
    [
      'Sysmon 3, connection',
      'windows',
      {
        Event: {
          System: { EventID: 3 },
          EventData: {
            Image: 'C:\\b.exe',
            SourceIp: '192.0.2.10',
            DestinationIp: '203.0.113.7',
            DestinationPort: '8080',
            DestinationHostname: 'evil.example',
            Protocol: 'tcp',
          },
        },
      },
      [
        "process:opened_connection_refs[*].dst_ref.value = '203.0.113.7' AND process:image_ref.name = 'b.exe'",
        "network-traffic:dst_port = 8080 AND network-traffic:protocols[1] = 'tcp'",
        "domain-name:value = 'evil.example'",
      ],
    ],
    [
      'Sysmon 7, image loaded',
      'windows',
      { EventID: 7, ...sysmon, Image: 'C:\\b.exe', ImageLoaded: 'C:\\Temp\\evil.dll', Hashes: `SHA256=${sha256}` },
      [`file:name = 'evil.dll' AND file:hashes.'SHA-256' = '${sha256.toLowerCase()}'`],
    ],
    [
      'Sysmon 11, file written',
      'windows',
      {
        winlog: { event_id: 11, event_data: { Image: 'C:\\b.exe', TargetFilename: 'C:\\Temp\\drop.exe' } },
        '@timestamp': '2026-11-23T08:00:00Z',
      },
      [String.raw`file:name = 'drop.exe' AND file:parent_directory_ref.path = 'C:\\Temp'`],
    ],
    [
      'Sysmon 12 and 13, registry',
      'windows',
      { EventID: 13, ...sysmon, TargetObject: 'HKLM\\Software\\Run\\evil', Details: 'x.exe' },
      [
        String.raw`windows-registry-key:key = 'HKEY_LOCAL_MACHINE\\Software\\Run' AND windows-registry-key:values[*].name = 'evil' AND windows-registry-key:values[*].data = 'x.exe'`,
      ],
    ],
    [
      'Sysmon 12, a key',
      'windows',
      { EventID: 12, TargetObject: 'HKU\\S-1\\x' },
      [String.raw`windows-registry-key:key = 'HKEY_USERS\\S-1\\x' AND NOT EXISTS windows-registry-key:values`],
    ],
    [
      'Sysmon 22, name',
      'windows',
      {
        Event: {
          System: { EventID: 22, TimeCreated: { SystemTime: '2026-11-23T08:00:00.1234567Z' } },
          EventData: {
            Data: [
              { Name: 'QueryName', '#text': 'a.evil.example' },
              { '@Name': 'QueryResults', '#text': 'type:  5 c.evil.example;::ffff:203.0.113.7;' },
              5,
            ],
          },
        },
      },
      [
        "domain-name:value = 'a.evil.example' AND domain-name:resolves_to_refs[0].value = 'c.evil.example' AND domain-name:resolves_to_refs[1].value = '203.0.113.7'",
      ],
    ],
    [
      'security 4688',
      'windows',
      {
        EventID: 4688,
        EventTime: '2026-11-23 08:00:00',
        NewProcessId: '0x4d',
        NewProcessName: 'C:\\b.exe',
        ProcessId: '0x1',
        ParentProcessName: 'C:\\p.exe',
        SubjectUserName: 'bob',
        SubjectUserSid: 'S-1',
      },
      [
        "process:pid = 77 AND process:name = 'b.exe' AND process:parent_ref.name = 'p.exe'",
        "user-account:account_login = 'bob' AND user-account:account_type = 'windows-local'",
      ],
    ],
    [
      'security 4624',
      'windows',
      {
        EventID: 4624,
        TargetUserName: 'alice',
        TargetDomainName: 'CORP',
        TargetUserSid: 'S-2',
        IpAddress: '203.0.113.7',
        IpPort: '50123',
      },
      [
        "user-account:account_login = 'alice' AND user-account:user_id = 'S-2'",
        "network-traffic:src_ref.value = '203.0.113.7' AND network-traffic:src_port = 50123",
      ],
    ],
    [
      'security 4657',
      'windows',
      { EventID: 4657, ObjectName: '\\REGISTRY\\MACHINE\\Run', ObjectValueName: 'x', NewValue: 'y' },
      [String.raw`windows-registry-key:key = 'HKEY_LOCAL_MACHINE\\Run' AND windows-registry-key:values[0].data = 'y'`],
    ],
    [
      'security 5156',
      'windows',
      { EventID: 5156, SourceAddress: '192.0.2.1', DestAddress: '203.0.113.7', DestPort: '53', Protocol: '17' },
      ["network-traffic:protocols[1] = 'udp' AND network-traffic:dst_port = 53"],
    ],
  ];
for (const [what, format, record, patterns] of cases) {
  test(`${what} is observed`, () => {
    const observation = observationOf(format, record, 0);
    assert.ok(observation !== undefined);
    for (const pattern of patterns) {
      assert.equal(matchPattern(`[${pattern}]`, [observation]).matched, true, `${pattern} in ${shown(observation)}`);
    }
  });
}

function shown(observation: Observation): string {
  return JSON.stringify(Object.fromEntries(observation.objects));
}

test('every reference leads to an object of the observation', () => {
  for (const [, format, record] of cases) {
    const observation = observationOf(format, record, 0)!;
    for (const reference of referencesIn([...observation.objects.values()])) {
      assert.ok(observation.objects.has(reference), `${reference} in ${shown(observation)}`);
    }
  }
});

function referencesIn(value: JsonValue): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key.endsWith('_ref')) return [typeof inner === 'string' ? inner : 'no reference'];
    return key.endsWith('_refs') && Array.isArray(inner)
      ? inner.map((each) => (typeof each === 'string' ? each : 'no reference'))
      : referencesIn(inner);
  });
}

test('the time is the record’s own, else the one given', () => {
  assert.equal(
    observationOf('eve', { timestamp: '2026-11-23T09:00:00+01:00', src_ip: '192.0.2.1' }, 5)?.firstUs,
    Date.UTC(2026, 10, 23, 8) * 1000,
  );
  assert.equal(
    observationOf('eve', { timestamp: '2026-11-23T03:00:00-0500', src_ip: '192.0.2.1' }, 5)?.lastUs,
    Date.UTC(2026, 10, 23, 8) * 1000,
  );
  assert.equal(observationOf('eve', { timestamp: 'soon-ish', src_ip: '192.0.2.1' }, 5)?.firstUs, 5);
  assert.equal(observationOf('zeek-json', { ts: 'x', 'id.orig_h': '192.0.2.1' }, 5)?.firstUs, 5);
});

test('what shows nothing is no observation', () => {
  assert.equal(observationOf('zeek-json', { _path: 'weird', ts: 1, 'id.orig_h': 'nobody' }, 0), undefined);
  assert.equal(observationOf('ndjson', { src_ip: '192.0.2.1' }, 0), undefined);
  assert.deepEqual(
    formats
      .filter(({ name }) => isObserved(name))
      .map(({ name }) => name)
      .toSorted(),
    ['ecs', 'eve', 'windows', 'zeek-json', 'zeek-tsv'],
  );
});

test('columns become a record by their names', () => {
  const lines = sampleLines['zeek-tsv'];
  const reader = getFormat('zeek-tsv').createReader();
  const fields = new FieldList();
  const observations = lines.flatMap((text) => {
    const line = Buffer.from(text);
    if (reader.takeHeader(line, 0, line.length) || !reader.read(line, 0, line.length, fields)) return [];
    return observationOf('zeek-tsv', recordOf(fields, reader.describe(fields)), 0) ?? [];
  });
  assert.equal(matchPattern("[url:value = 'http://evil.example:8080/mal/a.exe']", observations).matched, true);
  assert.equal(matchPattern("[url:value = 'http://www.example.net/\tx']", observations).matched, true);
});

test('whatever a record holds, nothing is thrown', () => {
  const keys = fc.constantFrom(
    'ts',
    'timestamp',
    'id.orig_h',
    'id',
    'orig_h',
    'query',
    'answers',
    'host',
    'uri',
    'http',
    'dns',
    'rrname',
    'grouped',
    'A',
    'tls',
    'sni',
    'ja3',
    'smtp',
    'email',
    'from',
    'address',
    'EventID',
    'Event',
    'EventData',
    'Data',
    'Name',
    '#text',
    'Image',
    'Hashes',
    'TargetObject',
    'User',
    'QueryResults',
    'QueryName',
    'source',
    'ip',
    'process',
    'parent',
    'name',
    'file',
    'hash',
    'url',
    'full',
    '__proto__',
  );
  const leaf = fc.oneof(
    fc.constantFrom<JsonValue>(
      '192.0.2.1',
      '::1',
      'a.example',
      '<',
      'a@b',
      'HKLM\\x',
      '-',
      '',
      5,
      -1,
      1e300,
      true,
      null,
    ),
    fc.string(),
  );
  const { record } = fc.letrec<{ record: JsonObject; value: JsonValue }>((tie) => ({
    record: fc.dictionary(keys, tie('value')),
    value: fc.oneof({ maxDepth: 3 }, leaf, fc.array(tie('value'), { maxLength: 3 }), tie('record')),
  }));
  fc.assert(
    fc.property(
      fc.constantFrom<FormatName>('zeek-tsv', 'zeek-json', 'eve', 'ecs', 'windows'),
      record,
      (format, value) => {
        const observation = observationOf(format, value, 0);
        assert.ok(observation === undefined || observation.objects.size > 0);
      },
    ),
    { numRuns: 3000 },
  );
});

const logs: readonly (readonly [format: FormatName, folder: string])[] = [
  ['zeek-json', 'data/zeek-json-apt29'],
  ['zeek-json', 'data/zeek-json-wrccdc'],
  ['eve', 'data/suricata-eve'],
  ['windows', 'data/windows-otrf'],
];
for (const [format, folder] of logs) {
  const path = findShared(folder);
  test(`${folder}: records are observed`, { skip: path === undefined ? 'needs the shared test data' : false }, () => {
    let records = 0;
    let observed = 0;
    for (const name of readdirSync(path!).filter((each) => each !== 'SOURCE.txt')) {
      for (const record of recordsIn(readFileSync(join(path!, name), 'utf8'))) {
        records++;
        if (observationOf(format, record, 0) !== undefined) observed++;
      }
    }
    assert.ok(records > 50 && observed / records > 0.5, `${observed} of ${records}`);
  });
}

/** The objects of an array, or of one a line. */
function recordsIn(text: string): JsonObject[] {
  const whole: unknown = text.startsWith('[')
    ? JSON.parse(text)
    : text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as JsonValue]));
  assert.ok(Array.isArray(whole));
  return whole.filter(isJsonObject);
}
