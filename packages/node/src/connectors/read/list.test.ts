import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openStream } from '@comity/screen';
import type { Item } from '../item.ts';
import { chunked, collect, read, said } from './read-for-tests.ts';
import { readIntelligence } from './read-intelligence.ts';

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
