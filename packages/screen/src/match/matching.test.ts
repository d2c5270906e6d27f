import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseValue } from '@comity/protocol/values';
import type { ValueKind } from '@comity/protocol/values';
import { Table } from '../table/index.ts';
import { HitList, relations } from './hits.ts';
import { scan } from './scan.ts';

type Listing = readonly [kind: ValueKind, text: string];

/** Hits, gates left out, as `seen relation listed[ port]`. */
function seen(listed: readonly Listing[], line: string, withGates = false): string[] {
  const table = Table.build(listed.map(([kind, text], ref) => ({ value: parseValue(text, kind), ref })));
  const bytes = Buffer.from(line);
  const hits = new HitList();
  scan(table, bytes, 0, bytes.length, hits);
  const all = Array.from({ length: hits.count }, (_, hit) => {
    const text = bytes.subarray(hits.start[hit], hits.end[hit]).toString();
    const port = hits.port[hit] === -1 ? '' : ` ${hits.port[hit]!}`;
    return `${text} ${relations[hits.relation[hit]!]!} ${table.valueOf(hits.entry[hit]!)}${port}`;
  });
  return all.filter((hit) => withGates || !hit.includes(' gate ')).toSorted();
}

function rule(name: string, listed: readonly Listing[], lines: Readonly<Record<string, readonly string[]>>): void {
  test(name, () => {
    for (const [line, expected] of Object.entries(lines))
      assert.deepEqual(seen(listed, line), [...expected].toSorted(), line);
  });
}

const md5 = 'd41d8cd98f00b204e9800998ecf8427e';

rule('§4 a domain matches itself and names below it, at label borders, in any case', [['domain', 'evil.example']], {
  'GET EVIL.Example HTTP': ['EVIL.Example exact evil.example'],
  'a.b.evil.example.': ['a.b.evil.example subdomain evil.example'],
  '_dmarc.evil.example': ['_dmarc.evil.example subdomain evil.example'],
  'a..evil.example...': ['a..evil.example subdomain evil.example'],
  'notevil.example not-evil.example evil.example.com evil.examples evil_example': [],
  'evil.example_x x_evil.example': [],
  '“evil.example”': ['evil.example exact evil.example'],
});
rule(
  '§4 all listed ancestors are reported, and *. lists the names below only',
  [
    ['domain', 'evil.example'],
    ['domain', 'b.evil.example'],
    ['domain', '*.b.evil.example'],
  ],
  {
    'b.evil.example': ['b.evil.example exact b.evil.example', 'b.evil.example subdomain evil.example'],
    'a.b.evil.example': [
      'a.b.evil.example subdomain *.b.evil.example',
      'a.b.evil.example subdomain b.evil.example',
      'a.b.evil.example subdomain evil.example',
    ],
  },
);
rule('§3 what stands before an @ is a user', [['domain', 'evil.example']], {
  'evil.example@mail.example': [],
  'x@evil.example': ['evil.example exact evil.example'],
});
rule('§2 nothing is decoded', [['domain', 'evil.example']], {
  'u=http%3A%2F%2Fevil.example': [],
  '"\\nevil.example"': [],
  'http:\\/\\/evil.example\\/': ['evil.example exact evil.example'],
});
rule('§3 an IPv4 address is a whole dotted quad', [['ipv4', '1.2.3.4']], {
  '11.2.3.4 1.2.3.40 1.2.3.4.5 01.2.3.4 1.2.3.4-5 ip-1.2.3.4.x v1.2.3.4 1.2.3.4_a 1.2.3': [],
  '1.2.3.4.': ['1.2.3.4 exact 1.2.3.4'],
  '-1.2.3.4->': ['1.2.3.4 exact 1.2.3.4'],
  '1.2.3.4/24': ['1.2.3.4 exact 1.2.3.4'],
  '::ffff:1.2.3.4': ['1.2.3.4 exact 1.2.3.4'],
  '::FFFF:102:304': ['::FFFF:102:304 exact 1.2.3.4'],
});
rule(
  '§5 every network that contains an address is reported',
  [
    ['ipv4', '192.0.2.0/24'],
    ['ipv4', '192.0.0.0/16'],
    ['ipv4', '192.0.2.8/32'],
  ],
  {
    '192.0.2.8': ['192.0.2.8 cidr 192.0.0.0/16', '192.0.2.8 cidr 192.0.2.0/24', '192.0.2.8 exact 192.0.2.8'],
    '192.0.3.8 192.1.2.8': ['192.0.3.8 cidr 192.0.0.0/16'],
  },
);
rule(
  '§6 an IPv6 address matches by value in any spelling',
  [
    ['ipv6', '2001:db8::1'],
    ['ipv6', '2001:db8::/33'],
  ],
  Object.fromEntries(
    ['2001:DB8:0:0:0:0:0:1', '2001:0db8::0001', '2001:db8::0.0.0.1'].map((text) => [
      `src:${text}: x`,
      [`${text} exact 2001:db8::1`, `${text} cidr 2001:db8::/33`],
    ]),
  ),
);
rule('§6 without :: eight groups are an address, or six and a dotted quad', [['ipv6', '1:2:3:4:5:6:c000:201']], {
  '1:2:3:4:5:6:c000:0201': ['1:2:3:4:5:6:c000:0201 exact 1:2:3:4:5:6:c000:201'],
  'src=1:2:3:4:5:6:192.0.2.1 ': ['1:2:3:4:5:6:192.0.2.1 exact 1:2:3:4:5:6:c000:201'],
  '1:2:3:4:5:192.0.2.1 0:1:2:3:4:5:6:192.0.2.1': [],
});
rule('§6 zones, brackets and colons round an address are not part of it', [['ipv6', 'fe80::1']], {
  'fe80::1%eth0': ['fe80::1 exact fe80::1'],
  '[fe80::1]:443': ['fe80::1 exact fe80::1 443'],
  ':fe80::1:': ['fe80::1 exact fe80::1'],
  'fe80::1.': ['fe80::1 exact fe80::1'],
  'fe80::1:zz fe80::zz fe80::1:1 xfe80::1 fe80:::1 fe80::1_ fe80::1::': ['fe80::1 exact fe80::1'],
});
rule('§6 times, MAC addresses and code are no IPv6 addresses', [['ipv6', '::/0']], {
  '12:30:45 00:11:22:33:44:55 std::string ab:cd:ef:01:23:45:67:89:ab': [],
  'dead::beef': ['dead::beef cidr ::/0'],
});
rule('§9 the port behind an address or a name is reported', [['ipv4', '192.0.2.1']], {
  '192.0.2.1:443': ['192.0.2.1 exact 192.0.2.1 443'],
  '192.0.2.1:443: x': ['192.0.2.1 exact 192.0.2.1 443'],
  '192.0.2.1:0443': ['192.0.2.1 exact 192.0.2.1'],
  '192.0.2.1:65536': ['192.0.2.1 exact 192.0.2.1'],
  '192.0.2.1:80a': ['192.0.2.1 exact 192.0.2.1'],
  '192.0.2.1:12:30:00': ['192.0.2.1 exact 192.0.2.1'],
});
rule('§7 a URL is host and exact path up to a delimiter', [['url', 'http://evil.example/a/b?x=1']], {
  'https://user:pw@EVIL.example:443/a/b?x=1#f': ['EVIL.example:443/a/b?x=1 exact evil.example/a/b?x=1'],
  'evil.example./a/b?x=1"': ['evil.example./a/b?x=1 exact evil.example/a/b?x=1'],
  '(see evil.example/a/b?x=1).': ['evil.example/a/b?x=1 exact evil.example/a/b?x=1'],
  'evil.example/A/b?x=1 evil.example/a/b?x=12 evil.example/a/b evil.example:8080/a/b?x=1 w.evil.example/a/b?x=1': [],
  'evil.example/a%2Fb?x=1': [],
  'http://a.test/?u=http://evil.example/a/b?x=1': ['evil.example/a/b?x=1 exact evil.example/a/b?x=1'],
});
rule(
  '§7 without a path the root is meant, but only behind a scheme',
  [
    ['url', 'http://evil.example/'],
    ['url', 'http://evil.example/?q'],
  ],
  {
    'http://evil.example': ['evil.example exact evil.example/'],
    'http://evil.example/.': ['evil.example/ exact evil.example/'],
    'http://evil.example?q': ['evil.example?q exact evil.example/?q'],
    'is it evil.example?q evil.example': [],
    'http://evil.example@other.example': [],
  },
);
rule(
  '§7 a listed beginning matches all that begins so, and hosts may be addresses',
  [
    ['url', 'http://evil.example/kit/*'],
    ['url', 'http://192.0.2.1:8080/x'],
    ['url', 'http://[2001:DB8::1]/y'],
  ],
  {
    'evil.example/kit/': ['evil.example/kit/ prefix evil.example/kit/*'],
    'evil.example/kit/a.php evil.example/kit': ['evil.example/kit/a.php prefix evil.example/kit/*'],
    'http://192.0.2.1:8080/x http://192.0.2.1/x': ['192.0.2.1:8080/x exact 192.0.2.1:8080/x'],
    'http://[2001:db8:0::1]:443/y': ['[2001:db8:0::1]:443/y exact [2001:db8::1]/y'],
  },
);
rule(
  '§8 an e-mail address matches as a whole',
  [
    ['email', 'Bob@Evil.Example'],
    ['email', "o'brien@evil.example"],
  ],
  {
    '<BOB@evil.EXAMPLE>': ['BOB@evil.EXAMPLE exact bob@evil.example'],
    "user='bob@evil.example'": ['bob@evil.example exact bob@evil.example'],
    "O'Brien@evil.example": ["O'Brien@evil.example exact o'brien@evil.example"],
    'xbob@evil.example a+bob@evil.example bob@w.evil.example bob@evil.example.com': [],
  },
);
rule('§8 a digest is a whole run of letters and digits', [['md5', md5]], {
  [`MD5=${md5.toUpperCase()},`]: [`${md5.toUpperCase()} exact ${md5}`],
  [`${md5}.exe`]: [`${md5} exact ${md5}`],
  [`a-${md5}_b`]: [`${md5} exact ${md5}`],
  [`x${md5} ${md5}0 ${md5.slice(1)} 0x${md5}`]: [],
});

test('§10 the host of a listed URL or e-mail address without the rest is a gate', () => {
  const listed: Listing[] = [
    ['url', 'http://hub.example/a'],
    ['email', 'bob@mail.example'],
    ['url', 'http://[2001:db8::1]/a'],
  ];
  assert.deepEqual(seen(listed, '"host":"hub.example","uri":"/a"', true), ['hub.example gate hub.example']);
  assert.deepEqual(seen(listed, 'hub.example/b w.hub.example', true), ['hub.example gate hub.example']);
  assert.deepEqual(seen(listed, 'hub.example/a', true), ['hub.example/a exact hub.example/a']);
  assert.deepEqual(seen(listed, 'eve@mail.example', true), ['mail.example gate mail.example']);
  assert.deepEqual(seen(listed, '2001:db8::1', true), ['2001:db8::1 gate 2001:db8::1']);
});
