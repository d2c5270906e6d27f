import assert from 'node:assert/strict';
import { test } from 'node:test';
import { detectFormat, FieldList, fieldForms, formats, getFormat, sampleOf } from './index.ts';
import type { FormatName } from './index.ts';
import { sampleLines, sampleText } from './sample-lines.ts';

interface ReadField {
  name: string | undefined;
  text: string;
  ports: readonly number[];
}

/** Reads lines with one reader and gives the fields of the last one that is a record. */
function fieldsOf(
  name: FormatName,
  lines: readonly string[],
): { fields: ReadField[]; urls: string[]; isRead: boolean } {
  const reader = getFormat(name).createReader();
  const list = new FieldList();
  let last = { fields: [] as ReadField[], urls: [] as string[], isRead: false };
  for (const line of lines) {
    const bytes = Buffer.from(line);
    if (reader.takeHeader(bytes, 0, bytes.length)) continue;
    const isRead = reader.read(bytes, 0, bytes.length, list);
    const context = reader.describe(list);
    const fields: ReadField[] = [];
    for (let index = 0; isRead && index < list.count; index++) {
      if (list.forms[index] === fieldForms.scalar) continue;
      const { name: fieldName, ports } = context.field(index);
      fields.push({ name: fieldName, ports: ports(), text: list.latin1(index) });
    }
    last = { fields, urls: isRead ? context.urls().map(({ name: field, url }) => `${field} ${url}`) : [], isRead };
  }
  return last;
}

/** Text by name; fields without a name are left out, or stand under `unnamed`. */
function byName(fields: readonly ReadField[], unnamed = ''): Record<string, string> {
  return Object.fromEntries(
    fields.flatMap(({ name, text }) => (name === undefined && unnamed === '' ? [] : [[name ?? unnamed, text]])),
  );
}

function portsOf(fields: readonly ReadField[], name: string): readonly number[] | undefined {
  return fields.find((field) => field.name === name)?.ports;
}

for (const { name } of formats) {
  test(`${name} is recognised by its own first lines`, () => {
    assert.equal(detectFormat(sampleOf(Buffer.from(sampleText(name)))).name, name);
    const crlf = sampleText(name).replaceAll('\n', '\r\n');
    assert.equal(detectFormat(sampleOf(Buffer.from(crlf))).name, name);
  });
}

for (const name of ['zeek-json', 'eve', 'ecs', 'windows', 'ndjson'] as const) {
  test(`${name} is recognised in a pretty-printed array`, () => {
    const array = JSON.stringify(
      sampleLines[name].map((line) => JSON.parse(line) as unknown),
      undefined,
      2,
    );
    const sample = sampleOf(Buffer.from(array));
    assert.equal(detectFormat(sample).name, name);
    assert.equal(detectFormat(sample).framing(sample), 'objects');
  });
}

test('prose, numbers, an empty input and binary bytes are raw', () => {
  for (const text of [
    '',
    'Hello, world\nthis is text, really\n',
    '1 2 3\n4 5 6\n',
    '\u0000\u0001\u0002',
    '[section]\nkey=value\n',
    '{not json\n',
  ]) {
    assert.equal(detectFormat(sampleOf(Buffer.from(text))).name, 'raw', text);
  }
});

test('an object of JSON that carries a line of another log is JSON all the same', () => {
  for (const name of ['bind', 'unbound', 'dnsmasq', 'access', 'syslog'] as const) {
    const lines = sampleLines[name].map((line) =>
      JSON.stringify({
        '@timestamp': '2026-11-20T10:00:00.000Z',
        ecs: { version: '8.17.0' },
        event: { original: line },
      }),
    );
    assert.equal(detectFormat(sampleOf(Buffer.from(`${lines.join('\n')}\n`))).name, 'ecs', name);
  }
});

test('Zeek TSV: fields by #fields, unset and empty ones left out, \\xHH decoded', () => {
  const lines = sampleLines['zeek-tsv'];
  const first = fieldsOf('zeek-tsv', lines.slice(0, 8));
  assert.equal(byName(first.fields)['host'], 'evil.example');
  assert.equal('referrer' in byName(first.fields), false);
  assert.deepEqual(portsOf(first.fields, 'id.resp_h'), [8080]);
  assert.deepEqual(portsOf(first.fields, 'id.orig_h'), [50123]);
  assert.deepEqual(portsOf(first.fields, 'host'), [8080]);
  assert.deepEqual(first.urls, ['host+uri evil.example/mal/a.exe', 'host+uri evil.example:8080/mal/a.exe']);
  assert.equal(byName(fieldsOf('zeek-tsv', lines.slice(0, 9)).fields)['uri'], '/\tx');
});

test('Zeek TSV: another separator, a second header, #close before the data and lines before any header', () => {
  const header = ['#separator \\x7c', '#fields|a|b', '#close|x', '1|2'];
  assert.deepEqual(byName(fieldsOf('zeek-tsv', header).fields), { a: '1', b: '2' });
  assert.deepEqual(byName(fieldsOf('zeek-tsv', [...header, '#separator \\x09', '#fields\tc', '3']).fields), { c: '3' });
  assert.equal(fieldsOf('zeek-tsv', ['### baseline', 'no header yet']).isRead, false);
  assert.deepEqual(byName(fieldsOf('zeek-tsv', [...header, '1|2|3']).fields, 'rest'), { a: '1', b: '2', rest: '3' });
});

test('Zeek TSV: the header a reader keeps names the fields of a reader that starts later', () => {
  const reader = getFormat('zeek-tsv').createReader();
  for (const line of sampleLines['zeek-tsv'].slice(0, 7)) reader.takeHeader(Buffer.from(line), 0, line.length);
  const again = fieldsOf('zeek-tsv', [...reader.header().split('\n').filter(Boolean), sampleLines['zeek-tsv'][7]!]);
  assert.equal(byName(again.fields)['host'], 'evil.example');
});

test('Zeek JSON: dotted, underscored and nested connections; every element of an array is a field', () => {
  const dotted = fieldsOf('zeek-json', [sampleLines['zeek-json'][0]!]);
  assert.deepEqual(portsOf(dotted.fields, 'id.resp_h'), [53]);
  assert.deepEqual(
    dotted.fields.filter(({ name }) => name === 'answers').map(({ text }) => text),
    ['203.0.113.7', '2001:db8::7'],
  );
  const underscored = fieldsOf('zeek-json', [sampleLines['zeek-json'][1]!]);
  assert.deepEqual(portsOf(underscored.fields, 'id_resp_h'), [80]);
  assert.deepEqual(underscored.urls, ['host+uri evil.example/mal/a.exe']);
  const nested = fieldsOf('zeek-json', ['{"id":{"orig_h":"192.0.2.1","orig_p":5,"resp_h":"192.0.2.2","resp_p":6}}']);
  assert.deepEqual(portsOf(nested.fields, 'id.resp_h'), [6]);
});

test('EVE: last key, either port for a host name, URL with escaped slashes', () => {
  const { fields, urls } = fieldsOf('eve', [sampleLines.eve[0]!]);
  assert.deepEqual(portsOf(fields, 'src_ip'), [50123]);
  assert.deepEqual(portsOf(fields, 'dest_ip'), [8080]);
  assert.deepEqual(portsOf(fields, 'hostname'), [8080, 50123]);
  assert.deepEqual(
    urls,
    ['', ':8080', ':50123'].map((port) => `http.hostname+http.url evil.example${port}/mal/a.exe`),
  );
  const dns = fieldsOf('eve', [sampleLines.eve[1]!]).fields;
  assert.deepEqual(
    dns.filter(({ name }) => name === 'rrname' || name === 'rdata').map(({ text }) => text),
    ['a.evil.example', 'a.evil.example', '203.0.113.7'],
  );
});

test('ECS: dotted path for nested and for dotted keys, URL of domain, path and query', () => {
  const { fields, urls } = fieldsOf('ecs', [sampleLines.ecs[0]!]);
  assert.equal(byName(fields)['source.ip'], '192.0.2.10');
  assert.deepEqual(portsOf(fields, 'destination.ip'), [443]);
  assert.deepEqual(portsOf(fields, 'destination.domain'), [443]);
  assert.ok(urls.includes('url.domain+url.path evil.example/mal/a.exe?id=1'));
  assert.equal(byName(fieldsOf('ecs', [sampleLines.ecs[1]!]).fields)['dns.question.name'], 'a.evil.example');
});

test('Windows: the event datum names the field, flat, nested or beside the value', () => {
  const { fields } = fieldsOf('windows', [sampleLines.windows[0]!]);
  assert.deepEqual(portsOf(fields, 'DestinationIp'), [8080]);
  assert.deepEqual(portsOf(fields, 'DestinationHostname'), [8080]);
  assert.match(byName(fields)['Message']!, /connection:\r\nDestination/);
  const nested = byName(fieldsOf('windows', [sampleLines.windows[1]!]).fields);
  assert.equal(nested['QueryResults'], '::ffff:203.0.113.7;');
  const data = fieldsOf('windows', ['{"winlog":{"event_data":{"DestinationIp":"192.0.2.1","DestinationPort":"99"}}}']);
  assert.deepEqual(portsOf(data.fields, 'DestinationIp'), [99]);
});

test('NDJSON: sport and dport, a host is the served side only in a request, ports within one object of an array', () => {
  const { fields, urls } = fieldsOf('ndjson', [sampleLines.ndjson[0]!]);
  assert.deepEqual(portsOf(fields, 'src'), [50123]);
  assert.deepEqual(portsOf(fields, 'dst'), [8080]);
  assert.deepEqual(portsOf(fields, 'host'), [8080, 50123]);
  assert.deepEqual(
    urls,
    ['', ':8080', ':50123'].map((port) => `host+uri evil.example${port}/mal/a.exe`),
  );
  assert.deepEqual(portsOf(fieldsOf('ndjson', ['{"host":"sensor.example","dport":1}']).fields, 'host'), []);
  const list = fieldsOf('ndjson', [sampleLines.ndjson[1]!]).fields;
  assert.deepEqual(
    list.map(({ ports }) => ports),
    [[8080], [81]],
  );
});

test('BIND: client with port, query, server; other lines have no fields', () => {
  const { fields } = fieldsOf('bind', [sampleLines.bind[0]!]);
  assert.deepEqual(byName(fields), { client: '192.0.2.10', query: 'a.evil.example', server: '192.0.2.53' });
  assert.deepEqual(portsOf(fields, 'client'), [50123]);
  assert.equal(byName(fieldsOf('bind', [sampleLines.bind[1]!]).fields)['client'], '2001:db8::10');
  assert.equal(fieldsOf('bind', ['23-Nov-2026 general: info: zone example.org/IN: loaded']).isRead, false);
});

test('Unbound: client and query with and without syslog; other lines have no fields', () => {
  for (const line of sampleLines.unbound)
    assert.equal(byName(fieldsOf('unbound', [line]).fields)['client'], '192.0.2.10');
  assert.equal(byName(fieldsOf('unbound', [sampleLines.unbound[0]!]).fields)['query'], 'a.evil.example.');
  assert.equal(fieldsOf('unbound', ['[1] unbound[1:0] info: start of service (unbound 1.19.0).']).isRead, false);
});

test('dnsmasq: query, reply, forwarded, and the extra client', () => {
  const [query, reply, forwarded] = sampleLines.dnsmasq.map((line) => byName(fieldsOf('dnsmasq', [line]).fields));
  assert.deepEqual(query, { query: 'a.evil.example', client: '192.0.2.10' });
  assert.deepEqual(reply, { query: 'a.evil.example', answers: '203.0.113.7' });
  assert.deepEqual(forwarded, { client: '192.0.2.10', query: 'www.example.net', server: '192.0.2.53' });
  assert.equal(fieldsOf('dnsmasq', ['Nov 23 08:00:00 dnsmasq[77]: started, version 2.90']).isRead, false);
});

test('access log: combined and vhost_combined, a user of two words, an escaped quote, a broken request', () => {
  const combined = byName(fieldsOf('access', [sampleLines.access[0]!]).fields);
  assert.equal(combined['client'], '203.0.113.7');
  assert.equal(combined['referer'], 'http://evil.example/from');
  assert.equal(combined['user_agent'], 'Mozilla/5.0 \\"x\\"');
  const vhost = fieldsOf('access', [sampleLines.access[1]!]);
  assert.equal(byName(vhost.fields)['vhost'], 'www.example.net');
  assert.equal(byName(vhost.fields)['client'], '192.0.2.10');
  assert.deepEqual(portsOf(vhost.fields, 'vhost'), [8080]);
  assert.ok(vhost.urls.includes('vhost+request www.example.net:8080/mal/b.exe'));
  const broken = fieldsOf('access', ['192.0.2.10 - - [23/Nov/2026:08:00:00 +0000] "\\x16\\x03 evil.example']);
  assert.equal(byName(broken.fields)['request'], '\\x16\\x03 evil.example');
});

test('what a text format does not name is a field without a name, so that nothing is overlooked', () => {
  const { fields } = fieldsOf('access', [
    '192.0.2.10 x y [23/Nov/2026:08:00:00 +0000] "GET / HTTP/1.1" 200 5 a.example "-" "ua" b.example',
  ]);
  const unnamed = fields.filter(({ name }) => name === undefined).map(({ text }) => text);
  assert.ok(['x', 'a.example', 'b.example'].every((text) => unnamed.some((gap) => gap.includes(text))));
});

test('CSV: header names, quoted cells with delimiters, ports by name, cells beyond the header', () => {
  const { fields } = fieldsOf('csv', sampleLines.csv.slice(0, 2));
  assert.equal(byName(fields)['note'], 'said ""hi"", left');
  assert.deepEqual(portsOf(fields, 'dst_ip'), [8080]);
  assert.deepEqual(byName(fieldsOf('csv', ['a;b', '1;2;3']).fields, 'rest'), { a: '1', b: '2', rest: '3' });
  assert.deepEqual(byName(fieldsOf('csv', ['\ufeffip\tname', '"open\tx']).fields), { ip: 'open\tx' });
});

test('syslog: RFC 5424 §6 and RFC 3164 §4.1 heads, with and without priority', () => {
  const modern = byName(fieldsOf('syslog', [sampleLines.syslog[0]!]).fields);
  assert.equal(modern['hostname'], 'fw.example.org');
  assert.equal(modern['message'], '[x@32473 ip="203.0.113.7"] Connection to evil.example');
  const classic = byName(fieldsOf('syslog', [sampleLines.syslog[1]!]).fields);
  assert.equal(classic['hostname'], 'ws1');
  assert.match(classic['message']!, /^ ?Failed password/);
  const iso = byName(fieldsOf('syslog', ['2026-11-23T08:00:00+00:00 ws1 cron[1]: hello']).fields);
  assert.equal(iso['hostname'], 'ws1');
  assert.equal(fieldsOf('syslog', ['no head at all']).isRead, false);
});

test('JSON: escapes of RFC 8259 §7 are decoded, also surrogate pairs; keys are no fields', () => {
  const { fields } = fieldsOf('ndjson', [
    '{"a.example":"\\u0065vil\\u002eexample\\n\\ud83d\\ude00\\/","b\\u0062":"x"}',
  ]);
  assert.equal(Buffer.from(fields[0]!.text, 'latin1').toString(), 'evil.example\n😀/');
  assert.deepEqual(
    fields.map(({ name }) => name),
    ['a.example', 'bb'],
  );
});

test('JSON: what is no JSON, or nested deeper than limits.jsonDepthMax, is not read', () => {
  for (const text of ['{"a":"b"', '{"a":"b"]', '"open', '}', '{"a"::1}', '['.repeat(65) + ']'.repeat(65)]) {
    assert.equal(fieldsOf('ndjson', [text]).isRead, false, text);
  }
  assert.equal(fieldsOf('ndjson', ['['.repeat(64) + ']'.repeat(64)]).isRead, true);
});
