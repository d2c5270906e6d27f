import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ComityError } from '@comity/protocol/base';
import { read, said } from './read-for-tests.ts';

test('a table is read by its header: typed columns, several digests in a cell, times, labels', async () => {
  const items = await read(
    '\ufeffvalue,entity_type,description,tags,first_seen\n"192.0.2.1",ipaddress,"a ""b"", c",x;y,2026-01-02 03:04:05\n"d41d8cd98f00b204e9800998ecf8427e,da39a3ee5e6b4b0d3255bfef95601890afd80709",file,,,\n',
    't.csv',
  );
  assert.deepEqual(said(items), [
    'format csv',
    'ipv4 192.0.2.1',
    'md5 d41d8cd98f00b204e9800998ecf8427e',
    'sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709',
  ]);
  const first = items.find((item) => item.kind === 'value');
  assert.deepEqual(first?.context, {
    labels: ['x', 'y'],
    description: 'a "b", c',
    firstSeenUs: Date.UTC(2026, 0, 2, 3, 4, 5) * 1000,
  });
});

test('the port in a column of its own belongs to the address or name of its row', async () => {
  const feodo =
    '#############\n# Botnet C2 #\n#\n"first_seen_utc","dst_ip","dst_port","c2_status","malware"\n"2026-01-02 03:04:05","192.0.2.1","443","online","X"\n"2026-01-02 03:04:05","192.0.2.2","","online","X"\n';
  assert.deepEqual(said(await read(feodo, 'c2.csv')), [
    'format csv',
    'ipv4 192.0.2.1:443',
    'ipv4 192.0.2.2',
    'loss column "c2_status"',
  ]);
  const cases: Readonly<Record<string, readonly string[]>> = {
    'ip,port\n192.0.2.1,8080\n2001:db8::1,80 443\n': [
      'ipv4 192.0.2.1:8080',
      'ipv6 2001:db8::1:80',
      'ipv6 2001:db8::1:443',
    ],
    'ip_address,port\n192.0.2.1,22\n192.0.2.2:23,22\n': ['ipv4 192.0.2.1:22', 'ipv4 192.0.2.2:23'],
    'port,domain\n22,evil.example\n': ['domain evil.example:22'],
    'src_port,dst_port,src_ip,dst_ip\n1,2,192.0.2.1,192.0.2.2\n': ['ipv4 192.0.2.1:1', 'ipv4 192.0.2.2:2'],
    'ioc,type,port\n192.0.2.1,ip,0\nhttp://a.example/x,url,81\n192.0.2.0/24,ip,99999\n': [
      'ipv4 192.0.2.1',
      'url a.example/x',
      'ipv4 192.0.2.0/24',
      'loss port',
      'loss port "99999"',
    ],
    'value,type\n192.0.2.1|443,ip-dst|port\nevil.example|192.0.2.7,domain|ip\n': [
      'ipv4 192.0.2.1:443',
      'domain evil.example',
      'ipv4 192.0.2.7',
    ],
  };
  for (const [table, expected] of Object.entries(cases)) {
    assert.deepEqual(said(await read(table, 't.csv')), ['format csv', ...expected], table);
  }
  const mapped = await read('a,b\nevil.example,8443\n', 't.csv', { mapping: { value: 'a', port: 'b' } });
  assert.deepEqual(said(mapped), ['format csv', 'domain evil.example:8443']);
  const record = await read('[{"indicator":"192.0.2.1","type":"ip","port":443}]', 'r.json');
  assert.deepEqual(said(record), ['format records', 'ipv4 192.0.2.1:443']);
});

test('a table without a header is read by what its cells are', async () => {
  const items = await read(
    '2026-01-01 00:00:00,someone,domain,evil.example,#x,https://www.example.com/s/1\n2026-01-01 00:00:00,someone,ip,192.0.2.9,#x,https://www.example.com/s/2\n',
    'w.csv',
  );
  assert.deepEqual(said(items), ['format csv', 'domain evil.example', 'ipv4 192.0.2.9']);
});

test('a mapping names the column by header or number; one that is not there is the caller’s error', async () => {
  const table = 'a;b\nevil.example;1\n';
  assert.deepEqual(said(await read(table.replaceAll(';', ','), 'x.csv', { mapping: { value: 'A' } })).slice(0, 2), [
    'format csv',
    'domain evil.example',
  ]);
  assert.ok(said(await read('evil.example,1\n', 'x.csv', { mapping: { value: '1' } })).includes('domain evil.example'));
  await assert.rejects(
    read('a,b\n1,2\n', 'x.csv', { mapping: { value: 'c' } }),
    (error) => error instanceof ComityError && error.code === 'ARGUMENT_INVALID',
  );
});

test('a Zeek intelligence file is read by its fields; a header alone is an empty list', async () => {
  const header = '#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\n';
  assert.deepEqual(said(await read(header)), ['format zeek-intel']);
  const items = await read(
    `${header}evil.example\tIntel::DOMAIN\tsrc\twhy\n192.0.2.0/24\tIntel::SUBNET\tsrc\t-\nbob\tIntel::USER_NAME\tsrc\t-\n?\tIntel::ADDR\tsrc\t-\n`,
  );
  assert.deepEqual(said(items), [
    'format zeek-intel',
    'domain evil.example',
    'ipv4 192.0.2.0/24',
    'rejected line 5',
    'loss Intel::USER_NAME',
  ]);
  const value = items.find((item) => item.kind === 'value');
  assert.deepEqual(value?.context, { labels: ['src'], description: 'why' });
});

test('a Zeek intelligence file may have its columns in any order', async () => {
  const items = await read(
    '#separator \\x09\n#fields\tindicator_type\tmeta.do_notice\tindicator\tmeta.source\r\nIntel::DOMAIN\tT\tevil.example\tsrc\r\nIntel::ADDR\tF\t192.0.2.1\tsrc\r\n',
  );
  assert.deepEqual(said(items), [
    'format zeek-intel',
    'domain evil.example',
    'ipv4 192.0.2.1',
    'loss column "meta.do_notice"',
  ]);
});
