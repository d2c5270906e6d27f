import type { FormatName } from './format.ts';

/** A few real-looking lines of every format, of documentation names and addresses only; for tests. */
export const sampleLines: Readonly<Record<FormatName, readonly string[]>> = {
  'zeek-tsv': [
    '#separator \\x09',
    '#set_separator\t,',
    '#empty_field\t(empty)',
    '#unset_field\t-',
    '#path\thttp',
    '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\thost\turi\treferrer',
    '#types\ttime\tstring\taddr\tport\taddr\tport\tstring\tstring\tstring',
    '1763884800.1\tC1\t192.0.2.10\t50123\t203.0.113.7\t8080\tevil.example\t/mal/a.exe\t-',
    '1763884801.1\tC2\t192.0.2.11\t50124\t203.0.113.8\t80\twww.example.net\t/\\x09x\t(empty)',
    '#close\t2026-11-23-08-00-00',
  ],
  'zeek-json': [
    '{"_path":"dns","ts":1763884800.1,"uid":"C1","id.orig_h":"192.0.2.10","id.orig_p":50123,"id.resp_h":"203.0.113.7","id.resp_p":53,"query":"a.evil.example","answers":["203.0.113.7","2001:db8::7"]}',
    '{"@stream":"http","ts":1763884801.1,"uid":"C2","id_orig_h":"192.0.2.10","id_orig_p":50124,"id_resp_h":"203.0.113.7","id_resp_p":80,"host":"evil.example","uri":"/mal/a.exe"}',
  ],
  eve: [
    '{"timestamp":"2026-11-23T08:00:00.000000+0000","flow_id":1,"event_type":"http","src_ip":"192.0.2.10","src_port":50123,"dest_ip":"203.0.113.7","dest_port":8080,"http":{"hostname":"evil.example","url":"\\/mal\\/a.exe","http_user_agent":"x"}}',
    '{"timestamp":"2026-11-23T08:00:01.000000+0000","flow_id":2,"event_type":"dns","src_ip":"192.0.2.10","src_port":50124,"dest_ip":"192.0.2.53","dest_port":53,"dns":{"type":"answer","rrname":"a.evil.example","answers":[{"rrname":"a.evil.example","rdata":"203.0.113.7"}]}}',
  ],
  ecs: [
    '{"@timestamp":"2026-11-23T08:00:00Z","ecs":{"version":"8.11"},"source":{"ip":"192.0.2.10","port":50123},"destination":{"ip":"203.0.113.7","port":443,"domain":"evil.example"},"url":{"domain":"evil.example","path":"/mal/a.exe","query":"id=1"}}',
    '{"@timestamp":"2026-11-23T08:00:01Z","ecs.version":"8.11","source.ip":"192.0.2.10","dns.question.name":"a.evil.example"}',
  ],
  windows: [
    '{"EventID":3,"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"ws1.example.org","DestinationIp":"203.0.113.7","DestinationPort":"8080","DestinationHostname":"evil.example","Image":"C:\\\\Windows\\\\a.exe","Message":"Network connection:\\r\\nDestinationHostname: evil.example"}',
    '{"Event":{"System":{"EventID":22,"Channel":"Sysmon"},"EventData":{"Data":[{"Name":"QueryName","#text":"a.evil.example"},{"Name":"QueryResults","#text":"::ffff:203.0.113.7;"}]}}}',
  ],
  ndjson: [
    '{"ts":1.5,"src":"192.0.2.10","dst":"203.0.113.7","sport":50123,"dport":8080,"kind":"http","host":"evil.example","uri":"/mal/a.exe"}',
    '{"ts":1.6,"nested":{"list":[{"ip":"203.0.113.7","port":8080},{"ip":"203.0.113.8","port":81}]}}',
  ],
  bind: [
    '23-Nov-2026 08:00:00.000 queries: info: client @0x7f3c 192.0.2.10#50123 (a.evil.example): view internal: query: a.evil.example IN A +E(0)K (192.0.2.53)',
    'Nov 23 08:00:01 ns1 named[77]: client 2001:db8::10#50124 (www.example.net): query: www.example.net IN AAAA + (192.0.2.53)',
  ],
  unbound: [
    '[1763884800] unbound[77:0] info: 192.0.2.10 a.evil.example. A IN',
    'Nov 23 08:00:01 ns1 unbound[77]: [77:0] info: 192.0.2.10 www.example.net. AAAA IN NOERROR 0.001 0 60',
  ],
  dnsmasq: [
    'Nov 23 08:00:00 dnsmasq[77]: query[A] a.evil.example from 192.0.2.10',
    'Nov 23 08:00:00 dnsmasq[77]: reply a.evil.example is 203.0.113.7',
    'Nov 23 08:00:01 ns1 dnsmasq[77]: 12 192.0.2.10/50123 forwarded www.example.net to 192.0.2.53',
  ],
  access: [
    '203.0.113.7 - - [23/Nov/2026:08:00:00 +0000] "GET /mal/a.exe HTTP/1.1" 200 12 "http://evil.example/from" "Mozilla/5.0 \\"x\\""',
    'www.example.net:8080 192.0.2.10 - alice smith [23/Nov/2026:08:00:01 +0000] "GET /mal/b.exe HTTP/1.1" 404 0',
  ],
  csv: [
    'time,src_ip,src_port,dst_ip,dst_port,hostname,note',
    '2026-11-23T08:00:00Z,192.0.2.10,50123,203.0.113.7,8080,evil.example,"said ""hi"", left"',
    '2026-11-23T08:00:01Z,192.0.2.11,50124,203.0.113.8,80,www.example.net,plain',
  ],
  syslog: [
    '<34>1 2026-11-23T08:00:00.003Z fw.example.org app 77 ID47 [x@32473 ip="203.0.113.7"] Connection to evil.example',
    'Nov 23 08:00:01 ws1 sshd[77]: Failed password for root from 203.0.113.7 port 8080 ssh2',
    '<13>Nov  3 08:00:02 ws1 su: session opened',
  ],
  raw: ['something happened at evil.example today', 'and 203.0.113.7:8080 answered'],
};

/** The lines as an input. */
export function sampleText(name: FormatName): string {
  return sampleLines[name].map((line) => `${line}\n`).join('');
}
