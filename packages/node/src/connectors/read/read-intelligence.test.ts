import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { parsePattern, planPattern } from '@comity/protocol/pattern';
import { openInput, openStream } from '@comity/screen';
import { findShared, skipWithout } from '../../../../testkit/src/index.ts';
import { chunked, collect, read, said } from './read-for-tests.ts';
import { readIntelligence } from './read-intelligence.ts';

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
  assert.deepEqual(said(items), [
    'format misp',
    'object indicator',
    'object note',
    'object grouping',
    'withdrawal Event.Attribute[1]',
    'loss Attribute type "btc"',
  ]);
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
