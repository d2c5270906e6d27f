import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parseWarninglist } from '@comity/protocol/misp';
import type { Warninglist } from '@comity/protocol/misp';
import type { ListedValue, ValueKind } from '@comity/protocol/values';
import { findShared, skipWithout } from '@comity/testkit';
import { builtInLists } from './built-in.ts';
import { compileKnownGood } from './gate.ts';

const made = (type: Warninglist['type'], list: string[], matchingAttributes: string[] = []): Warninglist => ({
  name: `a ${type} list`,
  description: '',
  type,
  matchingAttributes,
  list,
  version: 1,
  skipped: 0,
});
const judge = (list: Warninglist, kind: ValueKind, value: string): string | undefined =>
  compileKnownGood([list]).judge({ kind, value })?.entry;

test('string: equal, letter case aside, and nothing else', () => {
  const list = made('string', ['WWW.Example.com', 'd41d8cd98f00b204e9800998ecf8427e']);
  assert.equal(judge(list, 'domain', 'www.example.com'), 'www.example.com');
  assert.equal(judge(list, 'domain', 'a.www.example.com'), undefined);
  assert.equal(judge(list, 'domain', 'example.com'), undefined);
  assert.equal(judge(list, 'md5', 'd41d8cd98f00b204e9800998ecf8427e'), 'd41d8cd98f00b204e9800998ecf8427e');
});

test('hostname: the name or a name below it, never a name that ends alike; of a URL its host', () => {
  const list = made('hostname', ['example.com', '.example.org']);
  assert.equal(judge(list, 'domain', 'example.com'), 'example.com');
  assert.equal(judge(list, 'domain', 'a.b.example.com'), 'example.com');
  assert.equal(judge(list, 'domain', 'notexample.com'), undefined);
  assert.equal(judge(list, 'domain', 'le.com'), undefined);
  assert.equal(judge(list, 'domain', 'x.example.org'), 'example.org');
  assert.equal(judge(list, 'domain', '*.example.org'), 'example.org');
  assert.equal(judge(list, 'url', 'www.example.com:8443/a?b=example.net'), 'example.com');
  assert.equal(judge(list, 'url', 'example.net/www.example.com/'), undefined);
});

test('substring: contained anywhere, entries of one or two characters too', () => {
  const list = made('substring', ['sandbox.example', 'q9']);
  assert.equal(judge(list, 'url', 'my.sandbox.example/report'), 'sandbox.example');
  assert.equal(judge(list, 'domain', 'sandboxexample'), undefined);
  assert.equal(judge(list, 'domain', 'xq9x.example'), 'q9');
});

test('cidr: an address inside, a network inside, and a network that contains a listed one', () => {
  const list = made('cidr', ['192.0.2.0/25', '198.51.100.7', '2001:DB8::/32', '203.0.113.9/32']);
  assert.equal(judge(list, 'ipv4', '192.0.2.127'), '192.0.2.0/25');
  assert.equal(judge(list, 'ipv4', '192.0.2.128'), undefined);
  assert.equal(judge(list, 'ipv4', '198.51.100.7'), '198.51.100.7');
  assert.equal(judge(list, 'ipv4', '192.0.2.64/26'), '192.0.2.0/25');
  assert.equal(judge(list, 'ipv4', '203.0.113.0/24'), '203.0.113.9/32');
  assert.equal(judge(list, 'ipv4', '0.0.0.0/0') === undefined, false);
  assert.equal(judge(list, 'ipv4', '203.0.114.0/24'), undefined);
  assert.equal(judge(list, 'ipv6', '2001:db8:ffff::1'), '2001:DB8::/32');
  assert.equal(judge(list, 'ipv6', '2001:db9::1'), undefined);
  assert.equal(judge(list, 'ipv6', '2001::/16'), '2001:DB8::/32');
});

test('regex: found in the value in linear time; what cannot be run is named, not guessed', () => {
  const list = made('regex', ['/^mail[0-9]+\\.example$/i', '(a+)+$', '/(?=x)y/', 'bad(']);
  assert.equal(judge(list, 'domain', 'mail17.example'), '/^mail[0-9]+\\.example$/i');
  assert.equal(judge(list, 'domain', 'xmail17.example'), undefined);
  const begun = process.cpuUsage();
  assert.equal(judge(list, 'other', `${'a'.repeat(8000)}!`), undefined);
  assert.ok(process.cpuUsage(begun).user < 1_000_000, 'an exponential expression in a linear engine');
  assert.deepEqual(
    compileKnownGood([list]).unusable.map((item) => item.entry),
    ['/(?=x)y/', 'bad('],
  );
});

test('matching attributes: a list judges only the kinds it is meant for', () => {
  const list = made('string', ['example.com'], ['domain', 'hostname']);
  assert.equal(judge(list, 'domain', 'example.com'), 'example.com');
  assert.equal(judge(list, 'url', 'example.com'), undefined);
  const hosts = made('hostname', ['example.com'], ['url']);
  assert.equal(judge(hosts, 'url', 'example.com/x'), 'example.com');
  assert.equal(judge(hosts, 'domain', 'example.com'), undefined);
});

test('the built-in lists hold back what no network can do without, and let documentation values through', () => {
  const gate = compileKnownGood(builtInLists);
  assert.deepEqual(gate.unusable, []);
  const good: ListedValue[] = [
    { kind: 'ipv4', value: '127.0.0.1' },
    { kind: 'ipv4', value: '10.1.2.3' },
    { kind: 'ipv4', value: '224.0.0.251' },
    { kind: 'ipv6', value: 'fe80::1' },
    { kind: 'ipv6', value: '::1' },
    { kind: 'domain', value: 'localhost' },
    { kind: 'sha1', value: 'da39a3ee5e6b4b0d3255bfef95601890afd80709' },
    { kind: 'url', value: 'localhost:8080/x' },
  ];
  for (const value of good) assert.notEqual(gate.judge(value), undefined, value.value);
  const free: ListedValue[] = [
    { kind: 'ipv4', value: '192.0.2.1' },
    { kind: 'ipv4', value: '198.51.100.1' },
    { kind: 'ipv4', value: '203.0.113.1' },
    { kind: 'ipv6', value: '2001:db8::1' },
    { kind: 'domain', value: 'c2.example' },
    { kind: 'domain', value: 'example.com' },
  ];
  for (const value of free) assert.equal(gate.judge(value), undefined, value.value);
});

for (const set of ['data/misp-warninglists', 'vectors/misp/warninglists']) {
  test(`every list of ${set} compiles, and each entry of it is held back by it`, { skip: skipWithout(set) }, () => {
    const dir = findShared(set) ?? '';
    let lists = 0;
    for (const name of readdirSync(dir)) {
      const file = join(dir, name, 'list.json');
      if (name.endsWith('.json') || name.endsWith('.txt')) continue;
      const list = parseWarninglist(readFileSync(file, 'utf8'), file);
      const gate = compileKnownGood([list]);
      assert.deepEqual(gate.unusable, [], name);
      lists += 1;
      if (list.type === 'regex') continue;
      const kind: ValueKind = list.type === 'cidr' ? 'ipv4' : 'domain';
      const judged = compileKnownGood([{ ...list, matchingAttributes: [] }]);
      for (const entry of list.list) {
        const value = entry.toLowerCase();
        const isV6 = list.type === 'cidr' && value.includes(':');
        assert.notEqual(judged.judge({ kind: isV6 ? 'ipv6' : kind, value }), undefined, `${name}: ${entry}`);
      }
    }
    assert.ok(lists >= 27, `${lists} lists`);
  });
}

test(
  'the lists of a real node stay in memory at less than 200 bytes an entry',
  { skip: skipWithout('data/misp-warninglists') },
  (context) => {
    const dir = findShared('data/misp-warninglists') ?? '';
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const heapBytes = (): number => {
      for (let turn = 0; turn < 3; turn += 1) collect();
      return process.memoryUsage().heapUsed;
    };
    let entries = 0;
    const readLists = (): Warninglist[] =>
      readdirSync(dir)
        .filter((name) => !name.endsWith('.txt'))
        .map((name) => parseWarninglist(readFileSync(join(dir, name, 'list.json'), 'utf8'), name));
    for (const list of readLists()) entries += list.list.length;
    const before = heapBytes();
    const gate = compileKnownGood(readLists());
    const grown = heapBytes() - before;
    assert.notEqual(gate.judge({ kind: 'domain', value: 'www.bing.com' }), undefined);
    context.diagnostic(`${entries} entries in ${(grown / 1e6).toFixed(1)} MB`);
    assert.ok(grown > entries * 20 && grown < entries * 200, `${grown} bytes for ${entries} entries`);
  },
);

test(
  'a million values pass the lists of a real node in seconds',
  { skip: skipWithout('data/misp-warninglists') },
  () => {
    const dir = findShared('data/misp-warninglists') ?? '';
    const lists = readdirSync(dir)
      .filter((name) => !name.endsWith('.txt'))
      .map((name) => parseWarninglist(readFileSync(join(dir, name, 'list.json'), 'utf8'), name));
    const gate = compileKnownGood([...builtInLists, ...lists]);
    assert.equal(gate.judge({ kind: 'domain', value: 'www.bing.com' }) === undefined, false);
    const begun = process.cpuUsage().user;
    for (let index = 0; index < 100_000; index += 1) {
      gate.judge({ kind: 'ipv4', value: `203.${index & 255}.${(index >> 8) & 255}.7` });
      gate.judge({ kind: 'domain', value: `host-${index}.some-name-${index % 977}.example` });
    }
    const seconds = (process.cpuUsage().user - begun) / 1e6;
    assert.ok(seconds < 2, `${seconds.toFixed(2)} s for 200,000 values`);
  },
);

test('what is too broad to look for is held back with its own reason, whatever the lists say', () => {
  for (const gate of [compileKnownGood([]), compileKnownGood(builtInLists)]) {
    for (const [kind, value] of [
      ['domain', 'co.uk'],
      ['domain', '*.com.au'],
      ['ipv4', '0.0.0.0/0'],
      ['ipv6', '::/0'],
    ] as const) {
      assert.deepEqual(gate.judge({ kind, value }), { list: 'Too broad to look for', entry: value });
    }
    assert.equal(gate.judge({ kind: 'domain', value: 'evil.com.au' }), undefined);
  }
});
