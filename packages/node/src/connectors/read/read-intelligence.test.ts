import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ComityError } from '@comity/protocol/base';
import { parsePattern, planPattern } from '@comity/protocol/pattern';
import { openInput, openStream } from '@comity/screen';
import { findShared, skipWithout } from '../../../../testkit/src/index.ts';
import type { Item, ReadOptions } from '../item.ts';
import { readIntelligence } from './read-intelligence.ts';

async function* chunked(bytes: Uint8Array, size = 7): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

async function read(text: string | Uint8Array, name = 'input.txt', options: ReadOptions = {}): Promise<Item[]> {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
  return collect(readIntelligence({ name, chunks: chunked(bytes) }, options));
}

/** `format list`, `domain evil.example`, `ipv4 192.0.2.1:443`, `rejected line 3`, `loss X`, `object indicator`. */
function said(items: readonly Item[]): string[] {
  return items.map((item) => {
    switch (item.kind) {
      case 'value':
        return `${item.value.kind} ${item.value.value}${item.value.port === undefined ? '' : `:${item.value.port}`}`;
      case 'object':
        return `object ${item.object.type}`;
      case 'rejected':
        return `rejected ${item.place}`;
      case 'loss':
        return `loss ${item.field}`;
      case 'format':
        return `format ${item.format}`;
    }
  });
}

test('a list may mix addresses, names, URLs and digests, with comments, ports, columns and defanged values', async () => {
  const items = await read(
    [
      '# a comment',
      'evil.example # why it is here',
      '192.0.2.1:443',
      '198.51.100.0/24\t12',
      'hxxps://bad[.]example/a/b',
      '"2001:db8::1",',
      'd41d8cd98f00b204e9800998ecf8427e  a file.exe',
      'not a value',
      '// another',
      '',
    ].join('\n'),
  );
  assert.deepEqual(said(items), [
    'format list',
    'domain evil.example',
    'ipv4 192.0.2.1:443',
    'ipv4 198.51.100.0/24',
    'url bad.example/a/b',
    'ipv6 2001:db8::1',
    'md5 d41d8cd98f00b204e9800998ecf8427e',
    'rejected line 8',
  ]);
  const described = items.flatMap((item) => (item.kind === 'value' ? [item.context.description] : []));
  assert.deepEqual(described, ['why it is here', undefined, undefined, undefined, undefined, 'a file.exe']);
});

test('a listed name may end as no registry’s does, in a list and in a column; a file name and a sentence are none', async () => {
  const names = ['amazing.lab', 'evil.corp', 'a.lan', 'b.local', 'c.internal', 'kl.mybiz'];
  const domains = names.map((name) => `domain ${name}`);
  assert.deepEqual(said(await read(names.join('\n'))), ['format list', ...domains]);
  const described = names
    .map((name) => `${name} # why`)
    .concat('x.mybiz C2 of it', 'http://y.mybiz/a', 'evil.exe', 'e.g. this one');
  assert.deepEqual(said(await read(described.join('\n'))), [
    'format list',
    ...domains,
    'domain x.mybiz',
    'url y.mybiz/a',
    'rejected line 9',
    'rejected line 10',
  ]);
  for (const header of ['indicator,note\n', 'domain,note\n', 'url,note\n', '']) {
    const table = header + names.map((name) => `${name},Trojan.Generic\n`).join('');
    const items = said(await read(table, 't.csv')).filter((line) => !line.startsWith('loss'));
    assert.deepEqual(items, ['format csv', ...domains], header);
  }
  const typed = await read('indicator,type\nkl.mybiz,domain\nTrojan.Generic,family\n', 't.csv');
  assert.deepEqual(said(typed), ['format csv', 'domain kl.mybiz', 'loss type "family"']);
  const prose = 'mr.smith went home\nconfig.set was called\nfoo.barr is odd\nevil.example is a host\n';
  assert.deepEqual(said(await read(prose)), ['format text', 'domain evil.example']);
  const programs = await read('com.bank.mobiel\nru.bank.mobiel\norg.wallet.andruid\n', 'apps.csv');
  assert.deepEqual(said(programs), ['format text', 'rejected apps.csv']);
});

test('a list may be defanged in any usual way and may list ranges of addresses', async () => {
  const items = await read(
    [
      'a [dot] one.example  # why',
      'b[.example',
      'c<.>example C2 of [dot] com',
      'bob [at] evil [dot] example',
      '203.0.113.0-203.0.113.255 whole',
      '198.51.100.0 - 198.51.100.2',
      '203[.]0[.]113[.]*,12',
      '192.0.2.1 - a host',
      '192.0.2.9-192.0.2.1',
    ].join('\n'),
  );
  assert.deepEqual(said(items), [
    'format list',
    'domain a.one.example',
    'domain b.example',
    'domain c.example',
    'email bob@evil.example',
    'ipv4 203.0.113.0/24',
    'ipv4 198.51.100.0/31',
    'ipv4 198.51.100.2',
    'ipv4 203.0.113.0/24',
    'ipv4 192.0.2.1',
    'rejected line 9',
  ]);
  const described = items.flatMap((item) => (item.kind === 'value' ? [item.context.description] : []));
  assert.deepEqual([described[0], described[4], described[8]], ['why', 'whole', '- a host']);
  const table = await read('network,note\n203.0.113.0-203.0.113.127,x\n198.51.100.*,y\n', 't.csv');
  assert.deepEqual(said(table), ['format csv', 'ipv4 203.0.113.0/25', 'ipv4 198.51.100.0/24']);
});

test('lines end in LF, CR LF or CR alone, also mixed in one table and wherever the chunks are cut', async () => {
  const list = ['# old Mac', 'one.example', '192.0.2.1', 'two.example', ''].join('\r');
  const expected = ['format list', 'domain one.example', 'ipv4 192.0.2.1', 'domain two.example'];
  const table = 'domain,malware\r\n"a.example","x y"\n"b.example","z"\r\n"c.example","w"\r"d.example","v"\r\n';
  for (const size of [1, 2, 3, 5, 1000]) {
    const readIn = (text: string, name: string): Promise<Item[]> =>
      collect(readIntelligence({ name, chunks: chunked(Buffer.from(text), size) }));
    assert.deepEqual(said(await readIn(list, 'mac.txt')), expected);
    const items = await readIn(table, 't.csv');
    const rows = items.flatMap((item) =>
      item.kind === 'value' ? [`${item.place} ${item.value.value} ${item.context.labels?.join()}`] : [],
    );
    assert.deepEqual(rows, ['line 2 a.example x y', 'line 3 b.example z', 'line 4 c.example w', 'line 5 d.example v']);
  }
});

test('nothing is dropped silently: a row without its value is rejected, // before a host is no comment', async () => {
  const table = await read('domain,note\nevil.example,x\n,the value is missing\n"",\nbad.example,y\n', 't.csv');
  assert.deepEqual(said(table), ['format csv', 'domain evil.example', 'rejected line 3', 'domain bad.example']);
  const list = await read('//evil1.example/z\n//evil2.example\n// a comment\n//\n//nothing\nevil.example\n');
  assert.deepEqual(said(list), [
    'format list',
    'url evil1.example/z',
    'domain evil2.example',
    'rejected line 5',
    'domain evil.example',
  ]);
});

test('a hosts file lists its names and not its own entries', async () => {
  const items = await read(
    '127.0.0.1 localhost\n::1 ip6-localhost\n0.0.0.0 evil.example www.evil.example # ads\n0.0.0.0 0.0.0.0\n0.0.0.0 127.0.0.1\n127.0.0.1 127.0.0.1\n' +
      'fe80::1%lo0 localhost\nff02::1 ip6-allnodes\nfe00::0 ip6-localnet\n127.0.1.1 localhost.localdomain\n0.0.0.0 # nothing\n',
  );
  assert.deepEqual(said(items), ['format list', 'domain evil.example', 'domain www.evil.example']);
});

test('ad-block, dnsmasq and Unbound lines name hosts; exceptions and page rules are a loss', async () => {
  const items = await read(
    '! t\n||a.example^\n||b.example^$third-party\naddress=/c.example/d.example/0.0.0.0\nlocal-zone: "e.example" always_nxdomain\n@@||f.example^\ng.example##.ad\n',
  );
  assert.deepEqual(said(items), [
    'format list',
    ...['a', 'b', 'c', 'd', 'e'].map((name) => `domain ${name}.example`),
    'loss ad-block exception',
    'loss ad-block rule',
  ]);
});

test('a zone lists each name once, wildcards alone as what is below, addresses from their triggers', async () => {
  const items = await read(
    '$TTL 60\n@ IN SOA a. b. (1 2\n 3 4 5)\n@ NS localhost.\na.example CNAME .\n*.a.example CNAME .\n*.b.example 60 IN CNAME .\nc.example CNAME rpz-passthru.\n24.0.2.0.192.rpz-ip CNAME .\n32.1.2.0.192.rpz-client-ip CNAME .\n',
  );
  assert.deepEqual(said(items), [
    'format rpz',
    'domain a.example',
    'ipv4 192.0.2.0/24',
    'domain *.b.example',
    'loss RPZ passthru rule',
    'loss RPZ trigger rpz-client-ip',
  ]);
});

test('one line of a zone makes no zone of a list or a report', async () => {
  const items = await read('one.example\ntwo.example CNAME .\nthree.example\n192.0.2.1\n$TTL 60\n');
  assert.deepEqual(said(items), [
    'format list',
    'domain one.example',
    'domain two.example',
    'domain three.example',
    'ipv4 192.0.2.1',
    'rejected line 5',
  ]);
  const report = await read(
    'We block it like this:\nevil.example CNAME .\nand it talked to 192.0.2.7 all the time.\nThat is what we saw.\n',
  );
  assert.deepEqual(said(report), ['format text', 'domain evil.example', 'ipv4 192.0.2.7']);
});

test('of a zone as a transfer prints it, with every owner in full, the rules are read and not the name of the zone', async () => {
  const items = await read(
    'rpz.local.\t300\tIN\tSOA\tns. h. 1 2 3 4 5\nrpz.local.\t300\tIN\tNS\tns.\na.example.RPZ.local.\t300\tIN\tCNAME\t.\n' +
      '*.b.example.rpz.local.\t300\tIN\tCNAME\t.\n32.1.2.0.192.rpz-ip.rpz.local.\t300\tIN\tCNAME\t.\nrpz.local.\t300\tIN\tSOA\tns. h. 1 2 3 4 5\n',
  );
  assert.deepEqual(said(items), ['format rpz', 'domain a.example', 'ipv4 192.0.2.1', 'domain *.b.example']);
});

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

test('records in YAML are read by the keys that name a kind of value', async () => {
  const items = await read(
    '- name: X\n  packages: [com.x]\n  c2:\n    ips: [192.0.2.1]\n    domains:\n    - evil.example\n',
    'ioc.yaml',
  );
  assert.deepEqual(said(items), ['format records', 'ipv4 192.0.2.1', 'domain evil.example', 'loss key "packages"']);
});

test('a YAML document that grows by aliases is refused', async () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
    .split('')
    .map((key, index) => `${key}: &${key} [${Array.from({ length: 9 }, () => `*${'abcdefg'[index]}`).join(',')}]`)
    .join('\n')}\n`;
  const items = await read(bomb, 'bomb.yaml');
  assert.ok(items.some((item) => item.kind === 'rejected' && item.error.code === 'FORMAT_UNKNOWN'));
});

test('a report in running text gives the values it names, each once, defanged ones too', async () => {
  const items = await read(
    'The loader talks to hxxp://evil[.]example/x and\nto 192[.]0[.]2[.]9. Again: 192[.]0[.]2[.]9. It is a long story with many words\nand few values in it, as reports are, over several lines\nof prose.\n',
  );
  assert.deepEqual(said(items), ['format text', 'url evil.example/x', 'ipv4 192.0.2.9']);
  assert.deepEqual(
    items.flatMap((item) => (item.kind === 'value' ? [item.place] : [])),
    ['line 1', 'line 2'],
  );
});

test('STIX is read as a bundle, an envelope, an array, an object and one a line; the text is kept as it came', async () => {
  const object =
    '{ "type":"identity", "spec_version":"2.1", "id":"identity--0c7b5b88-8ff7-4a4d-aa9d-feb398cd0061", "created":"2026-01-01T00:00:00.000Z", "modified":"2026-01-01T00:00:00.000Z", "name":"x" }';
  const documents = [
    `{"type":"bundle","id":"bundle--0c7b5b88-8ff7-4a4d-aa9d-feb398cd0061","objects":[${object}]}`,
    `{"more":false,"objects":[${object}]}`,
    `[${object}]`,
    object,
    `${object}\n${object}\n`,
  ];
  for (const document of documents) {
    const items = await read(document, 'x.json');
    assert.equal(said(items)[0], 'format stix');
    assert.equal(said(items)[1], 'object identity');
    const item = items[1];
    assert.ok(item?.kind === 'object' && item.object.text === object.trim());
  }
});

test('a MISP event is converted, and what is lost of it is told by field', async () => {
  const items = await read(
    '{"Event":{"info":"x","Attribute":[{"type":"domain","value":"evil.example","to_ids":true},{"type":"btc","value":"y"}]}}',
    'e.json',
  );
  assert.deepEqual(said(items), ['format misp', 'object indicator', 'object grouping', 'loss Attribute type "btc"']);
});

test('a warninglist is refused as intelligence, with a hint what to do with it', async () => {
  const items = await read(
    '{"name":"n","description":"d","type":"cidr","version":1,"list":["192.0.2.0/24"]}',
    'list.json',
  );
  assert.ok(items.some((item) => item.kind === 'rejected' && /known-good/.test(item.error.message)));
  assert.ok(!items.some((item) => item.kind === 'value'));
});

test('what is no text, markup, or nothing that is known is refused with a reason and never throws', async () => {
  for (const [name, text] of [
    ['a.bin', '\0\u0001\u0002'],
    ['a.html', '<!DOCTYPE html><a href="http://evil.example/">'],
    ['a.json', '{"title":"something else"}'],
    ['a.json', '{"type":"bundle","objects":[{'],
    ['a.json', '{"Event":'],
    ['a.txt', 'just a few words and nothing else in them'],
  ] as const) {
    const items = await read(text, name);
    assert.ok(
      items.some((item) => item.kind === 'rejected'),
      `${name} ${text}`,
    );
    assert.ok(!items.some((item) => item.kind === 'value' || item.kind === 'object'));
  }
});

test('UTF-16 is read by its byte-order mark, and compression is looked through by the opener', async () => {
  assert.deepEqual(said(await read(Buffer.from('\ufeffevil.example\n', 'utf16le'))), [
    'format list',
    'domain evil.example',
  ]);
  for await (const input of openStream('x.gz', chunked(gzipSync('evil.example\n')))) {
    assert.deepEqual(said(await collect(readIntelligence(input))), ['format list', 'domain evil.example']);
  }
});

test('of a list that is cut short or followed by garbage the whole lines are taken, and the fault is told', async () => {
  const readPacked = async (bytes: Uint8Array): Promise<Item[]> => {
    for await (const input of openStream('x.gz', chunked(bytes, 100))) return collect(readIntelligence(input));
    return [];
  };
  const packed = gzipSync('one.example\ntwo.example');
  const behind = await readPacked(Buffer.concat([packed, Buffer.from('garbage, long enough for a header')]));
  assert.deepEqual(said(behind), ['format list', 'domain one.example', 'domain two.example', 'rejected x.gz']);
  const names = Array.from({ length: 5000 }, (_, index) => `n${index * 7919}.example`);
  const long = gzipSync(names.join('\n'));
  const cut = said(await readPacked(long.subarray(0, long.length - 500)));
  assert.equal(cut.at(-1), 'rejected x.gz');
  const taken = cut.slice(1, -1);
  assert.ok(taken.length > 1000);
  // Half a name is another name: the line that was cut is not taken.
  assert.deepEqual(
    taken,
    names.slice(0, taken.length).map((name) => `domain ${name}`),
  );
});

test('a line longer than the limit is rejected by its number and the next one is read', async () => {
  const items = await read(Buffer.from(`evil.example\n${'a'.repeat(1_100_000)}\nbad.example\n`));
  assert.deepEqual(said(items), ['format list', 'domain evil.example', 'rejected line 2', 'domain bad.example']);
});

async function valuesOfFile(...path: string[]): Promise<Set<string>> {
  const file = findShared(...path);
  assert.ok(file !== undefined);
  const values = new Set<string>();
  for await (const input of openInput(file)) {
    for await (const item of readIntelligence(input)) {
      if (item.kind === 'value') values.add(item.value.value);
      else if (item.kind === 'object' && item.object.type === 'indicator') {
        const pattern = item.object.value['pattern'];
        if (typeof pattern === 'string')
          for (const { value } of planPattern(parsePattern(pattern)).values) values.add(value);
      }
    }
  }
  return values;
}

test(
  'five forms of one block list give the same names',
  { skip: skipWithout('data/tweetfeed/blocklists') },
  async () => {
    const [first, ...others] = await Promise.all(
      ['domains', 'hosts', 'adguard', 'dnsmasq', 'rpz'].map((form) =>
        valuesOfFile('data/tweetfeed/blocklists', `${form}.txt`),
      ),
    );
    assert.equal(first?.size, 4873);
    for (const other of others) assert.deepEqual(other, first);
  },
);

test(
  'a list holds nothing that the bundle of the same source does not',
  { skip: skipWithout('data/stix-amnesty') },
  async () => {
    for (const [folder, bundle] of [
      ['2021-07-18_nso', 'pegasus.stix2'],
      ['2021-12-16_cytrox', 'cytrox.stix2'],
      ['2024-05-02_wintego_helios', 'wintego_helios.stix2'],
    ] as const) {
      const fromBundle = await valuesOfFile('data/stix-amnesty', folder, bundle);
      const fromList = await valuesOfFile('data/stix-amnesty', folder, 'domains.txt');
      assert.ok(fromList.size > 100);
      assert.deepEqual(
        [...fromList].filter((name) => !fromBundle.has(name)),
        [],
      );
    }
  },
);

test(
  'every value of a MISP feed is in its hashes, and the hashes themselves are not taken for indicators',
  { skip: skipWithout('data/tweetfeed/misp') },
  async () => {
    const file = findShared('data/tweetfeed/misp/hashes.csv');
    assert.ok(file !== undefined);
    const items = await read(readFileSync(file), 'hashes.csv');
    assert.deepEqual(said(items), ['format misp', 'loss hashes.csv']);
  },
);
