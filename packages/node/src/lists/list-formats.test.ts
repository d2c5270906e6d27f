import assert from 'node:assert/strict';
import test from 'node:test';
import { parseStixId } from '@comity/protocol/base';
import type { ListedValue } from '@comity/protocol/values';
import { listFormats } from './index.ts';

const indicator = parseStixId('indicator--00000000-0000-4000-8000-000000000001');
const values: readonly ListedValue[] = [
  { kind: 'domain', value: 'evil.example' },
  { kind: 'domain', value: '*.below.example' },
  { kind: 'domain', value: 'port.example', port: 8443 },
  { kind: 'ipv4', value: '192.0.2.1' },
  { kind: 'ipv4', value: '198.51.100.0/24' },
  { kind: 'ipv4', value: '192.0.2.2', port: 4444 },
  { kind: 'ipv6', value: '2001:db8::1' },
  { kind: 'url', value: 'evil.example:8080/a;b?c="d"' },
  { kind: 'url', value: 'evil.example/all/*' },
  { kind: 'url', value: '[2001:db8::1]/x' },
  { kind: 'email', value: 'mallory@evil.example' },
  { kind: 'md5', value: 'd41d8cd98f00b204e9800998ecf8427e' },
  { kind: 'sha1', value: 'da39a3ee5e6b4b0d3255bfef95601890afd80709' },
  { kind: 'sha256', value: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' },
  { kind: 'file-name', value: 'invoice.exe' },
  { kind: 'mutex', value: 'one\n203.0.113.9' },
];

function list(format: keyof typeof listFormats, of: readonly ListedValue[] = values): string {
  const writer = listFormats[format].open();
  const items = of.map((value) => writer.item({ ...value, indicator, name: () => 'Bad\tthing\n' }));
  return writer.head + items.join('') + writer.foot();
}

const linesOf = (format: keyof typeof listFormats): string[] => list(format).trimEnd().split('\n');

test('each form holds the kinds it has a place for and says what it has none for', () => {
  assert.deepEqual(linesOf('domains'), ['evil.example', '*.below.example', '# 14 values have no place in such a list']);
  assert.deepEqual(linesOf('addresses').slice(0, -1), ['192.0.2.1', '198.51.100.0/24', '2001:db8::1']);
  assert.deepEqual(linesOf('urls').slice(0, -1), [
    'evil.example:8080/a;b?c="d"',
    'evil.example/all/*',
    '[2001:db8::1]/x',
  ]);
  assert.deepEqual(linesOf('md5'), ['d41d8cd98f00b204e9800998ecf8427e']);
  assert.deepEqual(linesOf('sha1'), ['da39a3ee5e6b4b0d3255bfef95601890afd80709']);
  assert.equal(linesOf('sha256').length, 1);
  assert.deepEqual(linesOf('hosts').slice(0, -1), ['0.0.0.0 evil.example']);
  assert.deepEqual(linesOf('suricata-addresses'), ['192.0.2.1', '2001:db8::1']);
  assert.deepEqual(linesOf('suricata-domains'), [Buffer.from('evil.example').toString('base64')]);
  assert.ok(linesOf('values').includes('192.0.2.2:4444'));
});

test('a value with line ends in it becomes no line of its own, in no form', () => {
  for (const format of Object.keys(listFormats) as (keyof typeof listFormats)[]) {
    const text = list(format, [
      { kind: 'mutex', value: 'one\n203.0.113.9' },
      { kind: 'file-name', value: 'a\u2028203.0.113.9' },
    ]);
    assert.doesNotMatch(text, /203\.0\.113\.9/, format);
  }
});

test('Zeek: its types, the indicator and a name without tabs; nothing it cannot look for', () => {
  const lines = linesOf('zeek').slice(1, -1);
  assert.deepEqual(
    lines.map((line) => line.split('\t').slice(0, 2).join(' ')),
    [
      'evil.example Intel::DOMAIN',
      '192.0.2.1 Intel::ADDR',
      '198.51.100.0/24 Intel::SUBNET',
      '2001:db8::1 Intel::ADDR',
      'evil.example:8080/a;b?c="d" Intel::URL',
      '[2001:db8::1]/x Intel::URL',
      'mallory@evil.example Intel::EMAIL',
      'd41d8cd98f00b204e9800998ecf8427e Intel::FILE_HASH',
      'da39a3ee5e6b4b0d3255bfef95601890afd80709 Intel::FILE_HASH',
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 Intel::FILE_HASH',
      'invoice.exe Intel::FILE_NAME',
    ],
  );
  assert.ok(lines.every((line) => line.split('\t').length === 4));
  assert.ok(lines[0]?.endsWith(`\t${indicator}\tBad thing `));
});

test('Suricata: a rule for each way a value shows, with what means something in rules escaped, and one id each', () => {
  const rules = linesOf('suricata-rules').slice(0, -1);
  const matchOf = (rule: string): string => rule.replace(/ \(.*?reference:url,[^;]*; /, ' (').replace(/sid:.*/, '');
  assert.deepEqual(rules.map(matchOf), [
    'alert dns any any -> any any (dns.query; dotprefix; content:".evil.example"; nocase; endswith; ',
    'alert tls any any -> any any (tls.sni; dotprefix; content:".evil.example"; nocase; endswith; ',
    'alert dns any any -> any any (dns.query; content:".below.example"; nocase; endswith; ',
    'alert tls any any -> any any (tls.sni; content:".below.example"; nocase; endswith; ',
    'alert tls any any -> any 8443 (tls.sni; dotprefix; content:".port.example"; nocase; endswith; ',
    'alert ip any any <> 192.0.2.1 any (',
    'alert ip any any <> 198.51.100.0/24 any (',
    'alert tcp any any -> 192.0.2.2 4444 (',
    'alert ip any any <> 2001:db8::1 any (',
    'alert http any any -> any 8080 (http.host; content:"evil.example"; startswith; endswith; http.uri.raw; content:"/a|3b|b?c=|22|d|22|"; startswith; endswith; ',
    'alert http any any -> any any (http.host; content:"evil.example"; startswith; endswith; http.uri.raw; content:"/all/"; startswith; ',
    'alert http any any -> any any (http.host; content:"2001|3a|db8|3a||3a|1"; startswith; endswith; http.uri.raw; content:"/x"; startswith; endswith; ',
  ]);
  const sids = rules.map((rule) => /sid:(\d+); rev:1;\)$/.exec(rule)?.[1]);
  assert.equal(new Set(sids).size, rules.length);
  assert.match(rules[9] ?? '', /msg:"Comity evil\.example:8080\/a\\;b\?c=\\"d\\""; /);
  const again = list('suricata-rules', values.slice(3, 4));
  assert.ok(again.includes(`sid:${sids[5]};`), 'a value keeps its id in another list');
});

test('Suricata: two values whose ids would be the same get two', () => {
  const many = Array.from({ length: 60_000 }, (_, index): ListedValue => ({ kind: 'ipv4', value: ipv4Of(index) }));
  const sids = [...list('suricata-rules', many).matchAll(/sid:(\d+)/g)].map((match) => match[1]);
  assert.equal(sids.length, 60_000);
  assert.equal(new Set(sids).size, 60_000);
});

test('nftables: sets emptied and filled, addresses and networks apart from endpoints', () => {
  const lines = linesOf('nftables').filter((line) => line.startsWith('add element'));
  assert.deepEqual(lines, [
    'add element inet comity addresses4 { 192.0.2.1 }',
    'add element inet comity addresses4 { 198.51.100.0/24 }',
    'add element inet comity endpoints4 { 192.0.2.2 . 4444 }',
    'add element inet comity addresses6 { 2001:db8::1 }',
  ]);
});

function ipv4Of(index: number): string {
  return `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;
}
