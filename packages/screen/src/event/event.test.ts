import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, JsonValue } from '@comity/protocol/base';
import type { SigmaEvent, SigmaLogsource } from '@comity/protocol/sigma';
import fc from 'fast-check';
import { formats } from '../formats/index.ts';
import type { FormatName } from '../formats/index.ts';
import { sigmaEventOf, withLogsource } from './index.ts';

type Case = readonly [
  what: string,
  format: FormatName,
  record: JsonObject,
  /** `product/category/service` of each log source. */
  logsources: readonly string[],
  fields: Readonly<Record<string, JsonValue | undefined>>,
  line?: string,
];

const written = ({ product = '', category = '', service = '' }: SigmaLogsource): string =>
  `${product}/${category}/${service}`;
const eventOf = ([, format, record, , , line]: Case): SigmaEvent =>
  sigmaEventOf(format, { record, ...(line !== undefined && { line }) });

const sysmon = 'Microsoft-Windows-Sysmon/Operational';
const system = (id: number, channel: string): JsonObject => ({
  Provider: { '#attributes': { Name: 'P' } },
  EventID: id,
  Channel: channel,
  TimeCreated: { '#attributes': { SystemTime: '2026-01-01T00:00:01Z' } },
  Execution: { '#attributes': { ProcessID: 7 } },
});
const firstSecondUs = 1_767_225_601_000_000;

/** What each kind of record is to Sigma: the mapping of docs/spec/sigma.md. */
const cases: readonly Case[] = [
  [
    'Sysmon as evtx_dump writes it',
    'windows',
    {
      Event: {
        System: system(1, sysmon),
        EventData: { Image: 'a.exe', User: 'u', UtcTime: '2026-01-01 00:00:01.000' },
      },
    },
    ['windows/process_creation/sysmon'],
    {
      Image: 'a.exe',
      EventID: 1,
      Provider_Name: 'P',
      Execution_ProcessID: 7,
      Channel: sysmon,
      Nothing: undefined,
      A_B: undefined,
    },
  ],
  [
    'Sysmon with a list of data',
    'windows',
    {
      Event: {
        System: { EventID: { '#text': '13', '@Qualifiers': '' }, Channel: sysmon, Provider: { '@Name': 'P' } },
        EventData: {
          Data: [
            { '@Name': 'TargetObject', '#text': 'HKLM\\x' },
            { Name: 'Some Thing', Value: 'y' },
            'z',
            { Name: 'none' },
          ],
        },
      },
    },
    ['windows/registry_event/sysmon', 'windows/registry_set/sysmon'],
    { TargetObject: 'HKLM\\x', SomeThing: 'y', EventID: '13', Provider_Name: 'P' },
  ],
  [
    'Sysmon as winlogbeat ships it',
    'ecs',
    {
      '@timestamp': '2026-01-01T00:00:01Z',
      winlog: {
        channel: sysmon,
        event_id: '22',
        provider_name: 'P',
        computer_name: 'H',
        event_data: { QueryName: 'q' },
      },
    },
    ['windows/dns_query/sysmon'],
    { QueryName: 'q', EventID: '22', Computer: 'H', Provider_Name: 'P' },
  ],
  [
    'Sysmon flat, without channel',
    'windows',
    { EventID: 3, DestinationIp: '192.0.2.1', Initiated: 'true', EventTime: '2026-01-01 00:00:01' },
    ['windows/network_connection/sysmon'],
    { DestinationIp: '192.0.2.1', Initiated: 'true', EventID: 3 },
  ],
  [
    'Sysmon for Linux',
    'windows',
    { Event: { System: system(11, 'Linux-Sysmon/Operational'), EventData: { TargetFilename: '/x' } } },
    ['linux/file_event/sysmon'],
    { TargetFilename: '/x' },
  ],
  [
    'Sysmon, a number not known',
    'windows',
    { Event: { System: system(999, sysmon), EventData: {} } },
    ['windows//sysmon'],
    {},
  ],
  [
    'security 4688',
    'windows',
    {
      Event: {
        System: system(4688, 'Security'),
        EventData: {
          NewProcessName: 'n',
          ParentProcessName: 'p',
          CommandLine: 'c',
          SubjectUserName: 'u',
          ProcessId: '0x1',
          NewProcessId: '0x2',
        },
      },
    },
    ['windows/process_creation/security'],
    {
      Image: 'n',
      ParentImage: 'p',
      CommandLine: 'c',
      User: 'u',
      ProcessId: '0x2',
      ParentProcessId: '0x1',
      NewProcessName: 'n',
    },
  ],
  [
    'security 5156',
    'windows',
    {
      EventID: 5156,
      Channel: 'Security',
      Application: 'a',
      DestAddress: '192.0.2.1',
      DestPort: '80',
      Direction: '%%14593',
      TimeCreated: '2026-01-01T00:00:01Z',
    },
    ['windows/network_connection/security'],
    { Image: 'a', DestinationIp: '192.0.2.1', DestinationPort: '80', Initiated: 'true' },
  ],
  [
    'security 5156 without direction',
    'windows',
    { EventID: 5156, Channel: 'Security' },
    ['windows/network_connection/security'],
    { Initiated: undefined },
  ],
  [
    'security 4657',
    'windows',
    { EventID: 4657, Channel: 'Security', ObjectName: '\\REGISTRY\\X', ObjectValueName: 'v', NewValue: 'n' },
    ['windows/registry_set/security', 'windows/registry_event/security'],
    { TargetObject: '\\REGISTRY\\X\\v', Details: 'n' },
  ],
  [
    'security 4657 of a key',
    'windows',
    { EventID: 4657, Channel: 'Security', ObjectName: 'k' },
    ['windows/registry_set/security', 'windows/registry_event/security'],
    { TargetObject: 'k' },
  ],
  [
    'security 4657 of nothing',
    'windows',
    { EventID: 4657, Channel: 'Security' },
    ['windows/registry_set/security', 'windows/registry_event/security'],
    { TargetObject: undefined },
  ],
  [
    'security, any other',
    'windows',
    { EventID: 4624, Channel: 'Security', IpAddress: '192.0.2.1' },
    ['windows//security'],
    { IpAddress: '192.0.2.1' },
  ],
  ['security without a number', 'windows', { Channel: 'Security' }, ['windows//security'], {}],
  [
    'PowerShell 4104',
    'windows',
    { EventID: 4104, Channel: 'Microsoft-Windows-PowerShell/Operational', ScriptBlockText: 'x' },
    ['windows/ps_script/powershell'],
    { ScriptBlockText: 'x' },
  ],
  [
    'Defender, blanks in names',
    'windows',
    {
      Event: {
        System: system(1116, 'Microsoft-Windows-Windows Defender/Operational'),
        EventData: { 'Threat Name': 't', Path: 'p' },
      },
    },
    ['windows//windefend'],
    { ThreatName: 't', Path: 'p' },
  ],
  [
    'WMI in UserData',
    'windows',
    {
      Event: {
        System: system(5858, 'Microsoft-Windows-WMI-Activity/Operational'),
        UserData: { Operation_ClientFailure: { Operation: 'o' } },
      },
    },
    ['windows//wmi'],
    { Operation: 'o' },
  ],
  [
    'UserData without an element',
    'windows',
    { Event: { System: system(1, 'Other'), UserData: { a: 1 } } },
    ['windows//'],
    { a: 1 },
  ],
  [
    'RPC Firewall',
    'windows',
    { EventID: 3, Channel: 'RPCFW', InterfaceUuid: 'x' },
    ['rpc_firewall/application/', 'windows//'],
    { EventLog: 'RPCFW', InterfaceUuid: 'x' },
  ],
  [
    'Zeek dns',
    'zeek-tsv',
    { ts: '1767225601.0', query: 'q.example', qtype_name: 'A', answers: '192.0.2.1,b.example', id_orig_h: '192.0.2.9' },
    ['zeek//dns', '/dns/', '/network/dns'],
    {
      query: 'q.example',
      record_type: 'A',
      answer: ['192.0.2.1', 'b.example'],
      answers: ['192.0.2.1', 'b.example'],
      'id.orig_h': '192.0.2.9',
      src_ip: '192.0.2.9',
    },
  ],
  [
    'Zeek http',
    'zeek-json',
    {
      _path: 'http',
      ts: 1_767_225_601,
      host: 'h.example',
      uri: '/a/b.exe?x=1',
      method: 'GET',
      user_agent: 'u',
      status_code: 200,
      'id.resp_h': '192.0.2.1',
    },
    ['zeek//http', '/proxy/', '/webserver/'],
    {
      'c-uri': 'http://h.example/a/b.exe?x=1',
      'cs-uri-query': '/a/b.exe?x=1',
      'cs-uri-stem': '/a/b.exe',
      'c-uri-extension': 'exe',
      'cs-method': 'GET',
      'c-useragent': 'u',
      'cs-host': 'h.example',
      'sc-status': 200,
      dst_ip: '192.0.2.1',
    },
  ],
  [
    'Zeek http of a proxy',
    'zeek-json',
    { _path: 'http', uri: 'http://h.example/a?b', host: 'h.example' },
    ['zeek//http', '/proxy/', '/webserver/'],
    { 'c-uri': 'http://h.example/a?b', 'c-uri-query': '/a?b', 'c-uri-extension': undefined },
  ],
  [
    'Zeek http, no uri',
    'zeek-json',
    { _path: 'http', host: 'h.example' },
    ['zeek//http', '/proxy/', '/webserver/'],
    { 'c-uri': undefined, 'c-uri-stem': undefined },
  ],
  [
    'Zeek conn',
    'zeek-json',
    { '@stream': 'conn', ts: 1_767_225_601, id: { orig_h: '192.0.2.9', resp_p: 53 }, proto: 'udp', orig_bytes: 5 },
    ['zeek//conn', '/firewall/', '/network/connection'],
    { src_ip: '192.0.2.9', dst_port: 53, 'network.transport': 'udp', 'source.bytes': 5 },
  ],
  [
    'Zeek smb_files',
    'zeek-tsv',
    { action: 'SMB::FILE_OPEN', path: '\\\\x\\ADMIN$', name: 'a.exe' },
    ['zeek//smb_files'],
    { path: '\\\\x\\ADMIN$', name: 'a.exe' },
  ],
  [
    'Zeek x509 by a column',
    'zeek-json',
    { 'certificate.serial': '01' },
    ['zeek//x509'],
    { 'certificate.serial': '01' },
  ],
  ['Zeek, a log of somebody', 'zeek-json', { _path: 'corelight' }, ['zeek//'], {}],
  ['Zeek, nothing told', 'zeek-json', { a: 1 }, ['zeek//'], { a: 1 }],
  [
    'Suricata dns, version 2',
    'eve',
    {
      event_type: 'dns',
      timestamp: '2026-01-01T00:00:01.000000+0000',
      src_ip: '192.0.2.9',
      dns: {
        rrname: 'q.example',
        rrtype: 'A',
        answers: [{ rdata: '192.0.2.1' }, 'x', {}],
        grouped: { CNAME: ['c.example'] },
      },
    },
    ['suricata//dns', '/dns/', '/network/dns'],
    { query: 'q.example', record_type: 'A', answer: ['192.0.2.1', 'c.example'], src_ip: '192.0.2.9' },
  ],
  [
    'Suricata dns, version 3',
    'eve',
    { event_type: 'dns', dns: { queries: [{ rrname: 'q.example' }], rdata: '192.0.2.1' } },
    ['suricata//dns', '/dns/', '/network/dns'],
    { query: ['q.example'], answer: ['192.0.2.1'] },
  ],
  [
    'Suricata dns, nothing in it',
    'eve',
    { event_type: 'dns' },
    ['suricata//dns', '/dns/', '/network/dns'],
    { query: undefined, answer: undefined },
  ],
  [
    'Suricata dns without answers',
    'eve',
    { event_type: 'dns', dns: {} },
    ['suricata//dns', '/dns/', '/network/dns'],
    { answer: undefined },
  ],
  [
    'Suricata http',
    'eve',
    {
      event_type: 'http',
      dest_ip: '192.0.2.1',
      http: { hostname: 'h.example', url: '/a', http_method: 'POST', http_user_agent: 'u', status: 404 },
    },
    ['suricata//http', '/proxy/', '/webserver/'],
    { 'c-uri': 'http://h.example/a', 'cs-method': 'POST', 'cs-user-agent': 'u', 'sc-status': 404, dst_ip: '192.0.2.1' },
  ],
  [
    'Suricata flow',
    'eve',
    { event_type: 'flow', dest_port: 53, flow: { action: 'drop' } },
    ['suricata//flow', '/firewall/', '/network/connection'],
    { dst_port: 53, action: 'drop' },
  ],
  [
    'Suricata alert',
    'eve',
    { event_type: 'alert', alert: { signature: 's' } },
    ['suricata//alert'],
    { 'alert.signature': 's' },
  ],
  ['Suricata, an event not known', 'eve', { event_type: 'new' }, ['suricata//'], {}],
  [
    'ECS process',
    'ecs',
    {
      '@timestamp': '2026-01-01T00:00:01Z',
      event: { category: ['process'], type: ['start'] },
      host: { os: { type: 'windows' } },
      user: { name: 'u', domain: 'D' },
      process: { executable: 'a.exe', command_line: 'c', hash: { md5: 'ab' }, parent: { executable: 'p.exe' } },
    },
    ['windows/process_creation/'],
    {
      Image: 'a.exe',
      CommandLine: 'c',
      ParentImage: 'p.exe',
      User: 'D\\u',
      Hashes: 'MD5=AB',
      'process.executable': 'a.exe',
    },
  ],
  [
    'ECS connection of a process',
    'ecs',
    {
      event: { category: 'network', type: 'start' },
      host: { os: { family: 'Debian' } },
      process: { name: 'curl' },
      destination: { ip: '192.0.2.1', port: 443 },
      network: { direction: 'egress' },
    },
    ['linux/network_connection/', '/firewall/', '/network/connection'],
    { Image: 'curl', DestinationIp: '192.0.2.1', Initiated: 'true', dst_ip: '192.0.2.1', Hashes: undefined },
  ],
  [
    'ECS of macOS, a file',
    'ecs',
    {
      event: { category: 'file', type: 'creation' },
      host: { os: { platform: 'darwin' } },
      file: { path: '/x' },
      user: { name: 'u' },
    },
    ['macos/file_event/'],
    { TargetFilename: '/x', User: 'u', Initiated: undefined },
  ],
  [
    'ECS of no system',
    'ecs',
    { event: { category: ['registry'], type: ['change'] }, registry: { path: 'HKLM\\x' } },
    ['/registry_set/', '/registry_event/'],
    { TargetObject: 'HKLM\\x' },
  ],
  [
    'ECS http and dns',
    'ecs',
    {
      http: { request: { method: 'GET' } },
      url: { path: '/a', query: 'b=c', domain: 'h.example' },
      dns: { question: { name: 'q.example' } },
    },
    ['/dns/', '/network/dns', '/proxy/', '/webserver/'],
    { 'cs-uri-query': '/a?b=c', 'c-uri': 'http://h.example/a?b=c', query: 'q.example' },
  ],
  [
    'ECS http of a path',
    'ecs',
    { http: { request: { method: 'GET' } }, url: { path: '/a' } },
    ['/proxy/', '/webserver/'],
    { 'c-uri': '/a' },
  ],
  [
    'access log',
    'access',
    {
      vhost: 'h.example',
      client: '192.0.2.9',
      user: '-',
      request: 'GET /a.php?b=c HTTP/1.1',
      referer: '-',
      user_agent: 'u',
    },
    ['/webserver/', 'apache//access'],
    {
      'cs-method': 'GET',
      'cs-uri-query': '/a.php?b=c',
      'cs-uri-stem': '/a.php',
      'sc-status': 404,
      'sc-bytes': 17,
      'cs-referer': undefined,
      'cs-username': undefined,
      'c-ip': '192.0.2.9',
      'cs-version': 'HTTP/1.1',
    },
    'h.example 192.0.2.9 - - [01/Jan/2026:01:00:01 +0100] "GET /a.php?b=c HTTP/1.1" 404 17 "-" "u"',
  ],
  [
    'access log, nothing read',
    'access',
    {},
    ['/webserver/', 'apache//access'],
    { 'sc-status': undefined, 'cs-method': '' },
    'x',
  ],
  [
    'access log without bytes',
    'access',
    { request: '-' },
    ['/webserver/', 'apache//access'],
    { 'sc-status': 408, 'sc-bytes': undefined },
    '192.0.2.9 - - [01/Jan/2026:00:00:01 +0000] "-" 408 -',
  ],
  [
    'BIND',
    'bind',
    { query: 'q.example.', client: '192.0.2.9' },
    ['/dns/', '/network/dns'],
    { query: 'q.example', record_type: 'TXT', src_ip: '192.0.2.9' },
    'client @0x1 192.0.2.9#53 (q.example): query: q.example IN TXT + (192.0.2.1)',
  ],
  [
    'Unbound',
    'unbound',
    { query: 'q.example.' },
    ['/dns/', '/network/dns'],
    { query: 'q.example', record_type: 'A' },
    '[1] unbound[1:0] info: 192.0.2.9 q.example. A IN',
  ],
  [
    'dnsmasq',
    'dnsmasq',
    { query: 'q.example' },
    ['/dns/', '/network/dns'],
    { record_type: 'AAAA' },
    'Jan  1 00:00:01 dnsmasq[1]: query[AAAA] q.example from 192.0.2.9',
  ],
  [
    'dnsmasq, another line',
    'dnsmasq',
    {},
    ['/dns/', '/network/dns'],
    { query: undefined, record_type: undefined },
    'x',
  ],
  [
    'sshd',
    'syslog',
    { hostname: 'h', tag: 'sshd[7]:', message: 'Failed' },
    ['linux//sshd', 'linux//auth', 'linux//syslog'],
    { message: 'Failed', hostname: 'h' },
    'Jan  1 00:00:01 h sshd[7]: Failed',
  ],
  [
    'sudo by path, RFC 5424',
    'syslog',
    { tag: '/usr/bin/sudo 7 -', message: 'm' },
    ['linux//sudo', 'linux//auth', 'linux//syslog'],
    {},
    '<34>1 2026-01-01T00:00:01Z h /usr/bin/sudo 7 - - m',
  ],
  ['nginx', 'syslog', { tag: 'nginx:', message: 'm' }, ['linux//syslog', '//nginx'], {}, 'Jan  1 00:00:01 h nginx: m'],
  ['any program', 'syslog', { tag: 'x:', message: 'm' }, ['linux//syslog'], {}, 'Jan  1 00:00:01 h x: m'],
  [
    'Cisco',
    'syslog',
    { hostname: 'r', message: '%PARSER-5-CFGLOG_LOGGEDCMD: User:u  logged command:no logging' },
    ['cisco//aaa'],
    {},
    'Jan  1 00:00:01 r %PARSER-5-CFGLOG_LOGGEDCMD: User:u  logged command:no logging',
  ],
  ['Cisco, a facility not known', 'syslog', { message: '%X-5-Y: z' }, ['linux//syslog'], {}, '%X-5-Y: z'],
  [
    'audit log',
    'raw',
    {},
    ['linux//auditd'],
    { type: 'EXECVE', a0: 'cat', a1: '/etc/pass wd', argc: '2', SYSCALL: 'execve', key: 'k' },
    'type=EXECVE msg=audit(1767225601.000:42): argc=2 a0="cat" a1=2F6574632F70617373207764 a0="again" ?? key="k"\u001dSYSCALL=execve',
  ],
  [
    'audit log by syslog',
    'syslog',
    { tag: 'audispd:', message: 'type=USER_AUTH msg=audit(1767225601:1): pid=1 msg=\'op=PAM acct="root" res=failed\'' },
    ['linux//auditd'],
    { acct: 'root', res: 'failed', op: 'PAM', tag: 'audispd:' },
    'x',
  ],
  [
    'Kubernetes audit',
    'ndjson',
    {
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      verb: 'create',
      objectRef: { resource: 'pods' },
      stageTimestamp: '2026-01-01T00:00:01.000000Z',
    },
    ['kubernetes/application/audit'],
    { 'objectRef.resource': 'pods' },
  ],
  ['OpenCanary', 'ndjson', { logtype: 4000, node_id: 'n' }, ['opencanary/application/'], { logtype: 4000 }],
  ['Bitbucket', 'csv', { 'auditType.action': 'a' }, ['bitbucket//audit'], { 'auditType.action': 'a' }],
  [
    'GitHub',
    'ndjson',
    { _document_id: 'x', action: 'repo.create', '@timestamp': 1_767_225_601 },
    ['github//audit'],
    { action: 'repo.create' },
  ],
  [
    'CloudTrail',
    'ndjson',
    { eventSource: 's3.amazonaws.com', eventTime: '2026-01-01T00:00:01Z' },
    ['aws//cloudtrail'],
    {},
  ],
  ['any JSON', 'ndjson', { a: { b: 1 } }, [], { 'a.b': 1 }],
];

for (const each of cases) {
  test(`${each[0]}: log sources and fields`, () => {
    const event = eventOf(each);
    assert.deepEqual(event.logsources.map(written), each[3]);
    for (const [name, value] of Object.entries(each[4])) assert.deepEqual(event.field(name), value, name);
  });
}

test('the time of a record is its own, in whatever form; without a year it has none', () => {
  const timed = cases.filter(([what]) =>
    /evtx_dump|winlogbeat|Sysmon flat|5156$|Zeek dns|Zeek http$|Zeek conn|version 2|ECS process|^access log$|RFC 5424|audit log|Kubernetes|GitHub|CloudTrail/.test(
      what,
    ),
  );
  assert.equal(timed.length, 16);
  for (const each of timed) assert.equal(eventOf(each).atUs, firstSecondUs, each[0]);
  for (const each of cases.filter(([what]) => what === 'sshd' || what === 'BIND'))
    assert.equal(eventOf(each).atUs, undefined);
});

test('keywords are looked for in the whole line of text formats and in the values of others', () => {
  assert.deepEqual(sigmaEventOf('syslog', { record: { message: 'm' }, line: 'a line' }).texts(), ['a line']);
  assert.deepEqual(sigmaEventOf('windows', { record: { EventID: 1, x: { y: 'z' } } }).texts(), ['1', 'z']);
  assert.deepEqual(sigmaEventOf('eve', { record: { a: ['b'] } }).texts(), ['b']);
});

test('a log source that is stated replaces what was recognised', () => {
  const event = withLogsource(sigmaEventOf('ndjson', { record: { a: 1, ts: 5e8 } }), [{ product: 'x' }]);
  assert.deepEqual(
    [event.logsources, event.field('a'), event.texts(), event.atUs],
    [[{ product: 'x' }], 1, ['1', '500000000'], 5e14],
  );
});

test('records of the same kind have the same list of log sources, which is what makes looking them up free', () => {
  for (const each of cases) assert.equal(eventOf(each).logsources, eventOf(each).logsources, each[0]);
});

test('property: whatever the record, no format throws', () => {
  const names = [
    'Event',
    'System',
    'EventData',
    'UserData',
    'winlog',
    'event_data',
    'Data',
    'EventID',
    'Channel',
    'dns',
    'http',
    'url',
    'answers',
    'event',
    'category',
    'process',
    'ts',
    'request',
    'query',
    '#attributes',
    '__proto__',
    'message',
    'tag',
  ];
  const node = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.jsonValue({ maxDepth: 1 }),
      fc.dictionary(fc.constantFrom(...names), tie('value'), { noNullPrototype: true }),
      fc.array(tie('value'), { maxLength: 3 }),
    ),
  })).value;
  fc.assert(
    fc.property(
      fc.constantFrom(...formats),
      fc.dictionary(fc.constantFrom(...names), node, { noNullPrototype: true }),
      fc.string(),
      ({ name }, record, line) => {
        const event = sigmaEventOf(name, { record: record as JsonObject, line });
        for (const field of [
          'Image',
          'EventID',
          'c-uri',
          'query',
          'answer',
          'TargetObject',
          'Initiated',
          'Hashes',
          'a.b.c',
          'Provider_Name',
          '__proto__',
          'constructor',
        ])
          event.field(field);
        assert.ok(event.logsources.length >= 0 && event.texts().length >= 0);
        assert.ok(event.atUs === undefined || Number.isFinite(event.atUs));
      },
    ),
    { numRuns: 1000 },
  );
});
