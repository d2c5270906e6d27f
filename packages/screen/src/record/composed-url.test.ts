import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recogniseValue } from '@comity/protocol/values';
import type { FormatName } from '../formats/index.ts';
import { Table } from '../table/index.ts';
import { createScreen } from './index.ts';

const zeekHeader = ['#separator \\x09', '#fields\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\thost\turi'];
const zeek = (port: string, host: string, uri: string): string[] => [
  ...zeekHeader,
  `192.0.2.10\t50123\t203.0.113.7\t${port}\t${host}\t${uri}`,
];
const json = (record: object): string[] => [JSON.stringify(record)];
const connection = { src_ip: '192.0.2.10', src_port: 50_123, dest_ip: '203.0.113.7', event_type: 'http' };
const eve = (port: number, http: object): string[] => json({ ...connection, dest_port: port, http });
const zeekJson = (port: number, record: object): string[] =>
  json({ _path: 'http', ts: 1, 'id.orig_h': '192.0.2.10', 'id.resp_p': port, ...record });
const ecs = (record: object): string[] => json({ '@timestamp': '2026-11-23T08:00:00Z', ecs: {}, ...record });

/** The fields in which the listed URL is matched. */
function fieldsOf(format: FormatName, listed: string, lines: readonly string[]): (string | undefined)[] {
  const value = recogniseValue(listed);
  assert.equal(value?.kind, 'url', listed);
  const fields: (string | undefined)[] = [];
  const screen = createScreen(
    Table.build([{ value, ref: 0 }]),
    { format },
    { match: ({ matches }) => void fields.push(...matches.map(({ field }) => field)) },
  );
  screen.push(Buffer.from(lines.map((line) => `${line}\n`).join('')));
  screen.end();
  return fields;
}

const withPort = 'http://evil.example:8080/mal?id=1';
const plain = 'http://evil.example/mal?id=1';

const found: readonly [rule: string, format: FormatName, listed: string, lines: string[], field: string][] = [
  ['Zeek TSV, port of the connection', 'zeek-tsv', withPort, zeek('8080', 'evil.example', '/mal?id=1'), 'host+uri'],
  ['Zeek TSV, without it', 'zeek-tsv', plain, zeek('8080', 'evil.example', '/mal?id=1'), 'host+uri'],
  [
    'Zeek TSV, IPv6 in brackets',
    'zeek-tsv',
    'http://[2001:db8::7]:8080/mal',
    zeek('8080', '[2001:db8::7]', '/mal'),
    'host+uri',
  ],
  [
    'Zeek JSON, port of the connection',
    'zeek-json',
    withPort,
    zeekJson(8080, { host: 'evil.example', uri: '/mal?id=1' }),
    'host+uri',
  ],
  [
    'Zeek JSON, port of a nested connection',
    'zeek-json',
    withPort,
    json({ id: { orig_h: '192.0.2.10', resp_p: 8080 }, http: { host: 'evil.example', uri: '/mal?id=1' } }),
    'http.host+http.uri',
  ],
  [
    'EVE, port of the request',
    'eve',
    withPort,
    eve(3128, { hostname: 'evil.example', http_port: 8080, url: '/mal?id=1' }),
    'http.hostname+http.url',
  ],
  [
    'EVE, port of the connection',
    'eve',
    withPort,
    eve(8080, { hostname: 'evil.example', url: '/mal?id=1' }),
    'http.hostname+http.url',
  ],
  [
    'EVE, alert on the answer',
    'eve',
    withPort,
    json({
      ...connection,
      src_port: 8080,
      dest_port: 50_123,
      event_type: 'alert',
      http: { hostname: 'evil.example', url: '/mal?id=1' },
    }),
    'http.hostname+http.url',
  ],
  [
    'EVE, port in the host name',
    'eve',
    withPort,
    eve(3128, { hostname: 'Evil.example:8080', url: '/mal?id=1' }),
    'http.hostname+http.url',
  ],
  [
    'EVE, port of https',
    'eve',
    plain,
    eve(443, { hostname: 'evil.example', http_port: 443, url: '/mal?id=1' }),
    'http.hostname+http.url',
  ],
  [
    'EVE, IPv6 without brackets',
    'eve',
    'http://[2001:db8::7]/mal',
    eve(80, { hostname: '2001:db8::7', url: '/mal' }),
    'http.hostname+http.url',
  ],
  [
    'ECS, port of the URL',
    'ecs',
    withPort,
    ecs({
      url: { domain: 'evil.example', path: '/mal', query: 'id=1', port: 8080 },
      destination: { port: 3128 },
    }),
    'url.domain+url.path',
  ],
  [
    'ECS, port of the connection',
    'ecs',
    withPort,
    ecs({ destination: { port: 8080 }, url: { domain: 'evil.example', path: '/mal', query: '?id=1' } }),
    'url.domain+url.path',
  ],
  [
    'ECS, port of the connection, dotted',
    'ecs',
    withPort,
    ecs({ 'server.port': '8080', 'url.domain': 'evil.example', 'url.path': '/mal', 'url.query': 'id=1' }),
    'url.domain+url.path',
  ],
  [
    'ECS, query in the path',
    'ecs',
    plain,
    ecs({ url: { domain: 'evil.example', path: '/mal?id=1', query: 'id=1' } }),
    'url.domain+url.path',
  ],
  [
    'ECS, url.original without host',
    'ecs',
    withPort,
    ecs({ destination: { port: 8080 }, url: { domain: 'evil.example', original: '/mal?id=1' } }),
    'url.domain+url.original',
  ],
  [
    'ECS, url.original',
    'ecs',
    withPort,
    ecs({ url: { original: 'http://evil.example:8080/mal?id=1' } }),
    'url.original',
  ],
  [
    'ECS, host of the destination',
    'ecs',
    withPort,
    ecs({ destination: { domain: 'evil.example', port: 8080 }, url: { path: '/mal', query: 'id=1' } }),
    'destination.domain+url.path',
  ],
  [
    'ECS, host of the server, port of the URL',
    'ecs',
    withPort,
    ecs({ server: { domain: 'evil.example' }, url: { path: '/mal', query: 'id=1', port: 8080 } }),
    'server.domain+url.path',
  ],
  [
    'access log',
    'access',
    withPort,
    ['evil.example:8080 192.0.2.10 - - [23/Nov/2026:08:00:01 +0000] "GET /mal?id=1 HTTP/1.1" 200 0'],
    'vhost+request',
  ],
  [
    'NDJSON, port beside the host',
    'ndjson',
    withPort,
    json({ host: 'evil.example', port: 8080, uri: '/mal?id=1' }),
    'host+uri',
  ],
  [
    'NDJSON, port of the connection',
    'ndjson',
    withPort,
    json({ domain: 'evil.example', dport: 8080, path: '/mal?id=1' }),
    'domain+path',
  ],
  [
    'NDJSON, request in an object of its own',
    'ndjson',
    withPort,
    json({ level: 'info', host: 'web1.example', request: { host: 'evil.example:8080', uri: '/mal?id=1' } }),
    'request.host+request.uri',
  ],
  [
    'CSV, port of the connection',
    'csv',
    withPort,
    ['time,dst_ip,dst_port,host,uri', 'now,203.0.113.7,8080,evil.example,/mal?id=1'],
    'host+uri',
  ],
];

for (const [rule, format, listed, lines, field] of found) {
  test(`§3: a URL in parts is found: ${rule}`, () => {
    assert.deepEqual(fieldsOf(format, listed, lines), [field]);
  });
}

const notFound: readonly [rule: string, format: FormatName, listed: string, lines: string[]][] = [
  [
    'another port',
    'ecs',
    withPort,
    ecs({ destination: { port: 8081 }, url: { domain: 'evil.example', path: '/mal', query: 'id=1' } }),
  ],
  [
    'the host names a port, so the port of the connection does not count',
    'eve',
    withPort,
    eve(8080, { hostname: 'evil.example:8443', url: '/mal?id=1' }),
  ],
  [
    'the URL states its port, so the port of the connection does not count',
    'ecs',
    withPort,
    ecs({ destination: { port: 8080 }, url: { domain: 'evil.example', path: '/mal', query: 'id=1', port: 443 } }),
  ],
  [
    'the record has a query, the listed URL none',
    'ecs',
    'http://evil.example/mal',
    ecs({ url: { domain: 'evil.example', path: '/mal', query: 'id=1' } }),
  ],
  [
    'host and path stand in different objects',
    'ndjson',
    plain,
    json({ a: { host: 'evil.example' }, b: { uri: '/mal?id=1' } }),
  ],
];

for (const [rule, format, listed, lines] of notFound) {
  test(`§3: a URL in parts is not found: ${rule}`, () => {
    assert.deepEqual(fieldsOf(format, listed, lines), []);
  });
}
