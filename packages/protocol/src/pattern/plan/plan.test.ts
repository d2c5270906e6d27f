import assert from 'node:assert/strict';
import test from 'node:test';
import { parsePattern, planPattern } from '../index.ts';

/** The plan in one line: values as `kind value:port`, then what it is. */
function planOf(text: string): string {
  const { values, complete, necessary } = planPattern(parsePattern(text));
  const listed = values.map(({ kind, value, port }) => `${kind} ${value}${port === undefined ? '' : ` port ${port}`}`);
  return [...listed, complete ? 'complete' : necessary ? 'narrower' : 'open'].join(', ');
}

const sha256 = '0a'.repeat(32);
const md5 = 'B0'.repeat(16);

const cases: readonly (readonly [rule: string, pattern: string, plan: string])[] = [
  ['equality of a name', "[domain-name:value = 'Evil.Example.']", 'domain evil.example, complete'],
  ['equality of an address', "[ipv4-addr:value = '192.0.2.1']", 'ipv4 192.0.2.1, complete'],
  ['equality of a URL', "[url:value = 'https://Evil.example/a']", 'url evil.example/a, complete'],
  [
    'equality of a digest in any spelling',
    `[file:hashes.sha256 = '${sha256.toUpperCase()}']`,
    `sha256 ${sha256}, complete`,
  ],
  [
    'a digest beside a name and a size of its file decides (decision 7)',
    `[file:hashes.MD5 = '${md5}' AND file:name = 'a.exe' AND file:size = 3]`,
    `md5 ${md5.toLowerCase()}, complete`,
  ],
  [
    'a digest beside a negated name does not',
    `[file:hashes.MD5 = '${md5}' AND file:name NOT = 'a.exe']`,
    `md5 ${md5.toLowerCase()}, narrower`,
  ],
  [
    'a digest reached over a reference',
    `[process:image_ref.hashes.MD5 = '${md5}']`,
    `md5 ${md5.toLowerCase()}, complete`,
  ],
  [
    'a digest of a part of a file is not the file',
    `[file:extensions.'windows-pebinary-ext'.sections[0].hashes.MD5 = '${md5}']`,
    'open',
  ],
  [
    'IN lists each',
    "[domain-name:value IN ('a.example', 'b.example')]",
    'domain a.example, domain b.example, complete',
  ],
  ['IN of nothing names nothing', '[domain-name:value IN ()]', 'open'],
  ['a number of an AS', '[autonomous-system:number = 64496]', 'asn 64496, complete'],
  ['LIKE with a leading label', "[domain-name:value LIKE '%.evil.example']", 'domain *.evil.example, complete'],
  ['LIKE within a label is no value', "[domain-name:value LIKE '%evil.example']", 'open'],
  ['LIKE without a wildcard is equality', "[domain-name:value LIKE 'evil.example']", 'domain evil.example, complete'],
  ['LIKE with an underscore is no value', "[file:name LIKE 'a_b']", 'open'],
  ['LIKE of a URL prefix', "[url:value LIKE 'http://evil.example/a%']", 'url evil.example/a*, complete'],
  ['LIKE of a URL prefix in any scheme', "[url:value LIKE '%://evil.example/%']", 'url evil.example/*, complete'],
  ['LIKE that ends within the host is no value', "[url:value LIKE 'http://evil.example%']", 'open'],
  [
    'MATCHES of an escaped text',
    String.raw`[domain-name:value MATCHES '^evil\\.example$']`,
    'domain evil.example, complete',
  ],
  [
    'MATCHES of a URL prefix',
    String.raw`[url:value MATCHES '^https?://evil\\.example/a%20']`,
    'url evil.example/a%20*, complete',
  ],
  ['MATCHES with an operator is no value', "[domain-name:value MATCHES '^evil.example$']", 'open'],
  ['ISSUBSET is a network', "[ipv4-addr:value ISSUBSET '192.0.2.77/24']", 'ipv4 192.0.2.0/24, complete'],
  ['equality with a network', "[ipv6-addr:value = '2001:db8::/32']", 'ipv6 2001:db8::/32, complete'],
  ['ISSUPERSET is no value', "[ipv4-addr:value ISSUPERSET '192.0.2.0/24']", 'open'],
  ['NOT names no value', "[domain-name:value NOT = 'evil.example']", 'open'],
  ['!= names no value', "[domain-name:value != 'evil.example']", 'open'],
  ['a digest by its place in a list is none', "[file:hashes[0] = 'x']", 'open'],
  ['a name under hashes is none', "[hashes:MD5 = 'x']", 'open'],
  ['a number is no name', '[domain-name:value = 1]', 'open'],
  ['what is not of its kind is no value', "[ipv4-addr:value = 'not an address']", 'open'],
  [
    'a name and its size reached over the same reference',
    `[process:image_ref.hashes.MD5 = '${md5}' AND process:image_ref.name = 'a.exe']`,
    `md5 ${md5.toLowerCase()}, complete`,
  ],
  [
    'a digest beside a property of another object',
    `[process:image_ref.hashes.MD5 = '${md5}' AND process:pid = 3]`,
    `md5 ${md5.toLowerCase()}, narrower`,
  ],
  [
    'two values of one object',
    "[domain-name:value = 'a.example' AND domain-name:value = 'b.example']",
    'domain a.example, domain b.example, narrower',
  ],
  [
    'a flow named at its source',
    "[network-traffic:src_ref.value = '192.0.2.1' AND network-traffic:src_port = 80]",
    'ipv4 192.0.2.1 port 80, complete',
  ],
  [
    'both ends of a flow',
    "[network-traffic:src_ref.value = '192.0.2.1' AND network-traffic:src_port = 80 AND network-traffic:dst_ref.value = '192.0.2.2' AND network-traffic:dst_port IN (1, 2)]",
    'ipv4 192.0.2.1 port 80, ipv4 192.0.2.2 port 1, ipv4 192.0.2.2 port 2, narrower',
  ],
  [
    'either port',
    "[network-traffic:dst_ref.value = '192.0.2.1' AND (network-traffic:dst_port = 1 OR network-traffic:dst_port = 2)]",
    'ipv4 192.0.2.1 port 1, ipv4 192.0.2.1 port 2, complete',
  ],
  [
    'a port or something else',
    "[network-traffic:dst_ref.value = '192.0.2.1' AND (network-traffic:dst_port = 1 OR network-traffic:src_port = 2)]",
    'ipv4 192.0.2.1, narrower',
  ],
  ['ISSUBSET of what is no network', "[ipv4-addr:value ISSUBSET 'x']", 'open'],
  ['ISSUBSET at a name', "[domain-name:value ISSUBSET 'a.example']", 'open'],
  [
    'a port that is none',
    "[network-traffic:dst_ref.value = '192.0.2.1' AND network-traffic:dst_port = 70000]",
    'ipv4 192.0.2.1, narrower',
  ],
  [
    'a port below all',
    "[network-traffic:dst_ref.value = '192.0.2.1' AND network-traffic:dst_port = -1]",
    'ipv4 192.0.2.1, narrower',
  ],
  [
    'a port that is no number',
    "[network-traffic:dst_ref.value = '192.0.2.1' AND network-traffic:dst_port = '80']",
    'ipv4 192.0.2.1, narrower',
  ],
  [
    'a port in an order',
    "[network-traffic:dst_ref.value = '192.0.2.1' AND network-traffic:dst_port > 80]",
    'ipv4 192.0.2.1, narrower',
  ],
  [
    'a port of none',
    "[network-traffic:dst_ref.value = '192.0.2.1' AND network-traffic:dst_port IN ()]",
    'ipv4 192.0.2.1, narrower',
  ],
  [
    'a port that is not',
    "[network-traffic:dst_ref.value = '192.0.2.1' AND network-traffic:dst_port NOT = 80]",
    'ipv4 192.0.2.1, narrower',
  ],
  [
    'whether there is a port',
    "[network-traffic:dst_ref.value = '192.0.2.1' AND EXISTS network-traffic:dst_port]",
    'ipv4 192.0.2.1, narrower',
  ],
  [
    'an endpoint that is a hardware address',
    "[network-traffic:dst_ref.value = '00:00:5e:00:53:01']",
    'mac 00:00:5e:00:53:01, complete',
  ],
  ['MATCHES that ends in a backslash is no value', String.raw`[domain-name:value MATCHES '^evil\\']`, 'open'],
  ['MATCHES of a class escape is no value', String.raw`[domain-name:value MATCHES '^evil\\d$']`, 'open'],
  ['MATCHES that is not anchored is no value', "[domain-name:value MATCHES 'evil']", 'open'],
  ['MATCHES of a prefix that is no URL is no value', "[domain-name:value MATCHES '^evil']", 'open'],
  ['MATCHES of a prefix within the host is no value', "[url:value MATCHES '^http://evil']", 'open'],
  [
    'MATCHES of a prefix that ends in a star is no value',
    String.raw`[url:value MATCHES '^http://evil\\.example/a\\*']`,
    'open',
  ],
  [
    'an endpoint is what it looks like',
    "[network-traffic:dst_ref.value = 'evil.example']",
    'domain evil.example, complete',
  ],
  [
    'an endpoint with its port',
    "[network-traffic:dst_ref.value = '192.0.2.1' AND network-traffic:dst_port = 443]",
    'ipv4 192.0.2.1 port 443, complete',
  ],
  [
    'the type of an endpoint says nothing new',
    "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '192.0.2.1' AND network-traffic:dst_port IN (80, 443)]",
    'ipv4 192.0.2.1 port 80, ipv4 192.0.2.1 port 443, complete',
  ],
  [
    'a type that contradicts the value narrows',
    "[network-traffic:dst_ref.type = 'ipv6-addr' AND network-traffic:dst_ref.value = '192.0.2.1']",
    'ipv4 192.0.2.1, narrower',
  ],
  [
    'the port of the other end is not the port',
    "[network-traffic:dst_ref.value = '192.0.2.1' AND network-traffic:src_port = 443]",
    'ipv4 192.0.2.1, narrower',
  ],
  [
    'two ports at once are not a list of ports',
    "[network-traffic:dst_ref.value = '192.0.2.1' AND network-traffic:dst_port = 80 AND network-traffic:dst_port = 443]",
    'ipv4 192.0.2.1, narrower',
  ],
  [
    'either of two endpoints at a port',
    "[(network-traffic:dst_ref.value = '192.0.2.1' OR network-traffic:dst_ref.value = '192.0.2.2') AND network-traffic:dst_port = 25]",
    'ipv4 192.0.2.1 port 25, ipv4 192.0.2.2 port 25, complete',
  ],
  [
    'OR unites',
    "[domain-name:value = 'a.example' OR ipv4-addr:value = '192.0.2.1']",
    'domain a.example, ipv4 192.0.2.1, complete',
  ],
  [
    'OR of observations unites',
    "[domain-name:value = 'a.example'] OR [domain-name:value = 'a.example']",
    'domain a.example, complete',
  ],
  ['OR with an open part is open', "[domain-name:value = 'a.example' OR file:size > 3]", 'domain a.example, open'],
  ['AND narrows', "[file:name = 'a.exe' AND file:size = 3]", 'file-name a.exe, narrower'],
  [
    'digests of one file under AND name the same content',
    `[file:hashes.MD5 = '${md5}' AND file:hashes.'SHA-256' = '${sha256}']`,
    `md5 ${md5.toLowerCase()}, sha256 ${sha256}, complete`,
  ],
  [
    'AND of observations narrows',
    "[domain-name:value = 'a.example'] AND [ipv4-addr:value = '192.0.2.1']",
    'domain a.example, ipv4 192.0.2.1, narrower',
  ],
  ['FOLLOWEDBY narrows', "[domain-name:value = 'a.example'] FOLLOWEDBY [file:size > 1]", 'domain a.example, narrower'],
  ['REPEATS 2 narrows', "[domain-name:value = 'a.example'] REPEATS 2 TIMES", 'domain a.example, narrower'],
  ['REPEATS 1 asks for nothing', "[domain-name:value = 'a.example'] REPEATS 1 TIMES", 'domain a.example, complete'],
  ['EXISTS names no value', '[EXISTS domain-name:value]', 'open'],
];

for (const [rule, pattern, plan] of cases) {
  test(`plan: ${rule}`, () => {
    assert.equal(planOf(pattern), plan);
  });
}

test('two long lists do not multiply: beyond a limit the ports are left to the pattern', () => {
  const addresses = Array.from({ length: 2000 }, (_, index) => `'10.0.${index >> 8}.${index & 255}'`).join(',');
  const ports = Array.from({ length: 2000 }, (_, index) => index + 1).join(',');
  const text = `[network-traffic:dst_ref.value IN (${addresses}) AND network-traffic:dst_port IN (${ports})]`;
  const plan = planPattern(parsePattern(text));
  assert.deepEqual([plan.values.length, plan.complete, plan.necessary], [2000, false, true]);
  assert.equal(plan.values[0]?.port, undefined);
});

test('the reason says which part the values do not decide', () => {
  const reasonOf = (text: string): string | undefined => planPattern(parsePattern(text)).reason;
  assert.equal(reasonOf("[file:name = 'a.exe' AND file:size > 3]"), 'asks for file:size > 3');
  assert.equal(reasonOf("[domain-name:value = 'a.example'] WITHIN 5 SECONDS"), 'asks for a match within 5 seconds');
  assert.equal(
    reasonOf("[domain-name:value = 'a.example'] AND [url:value = 'http://b.example/']"),
    'asks for several observations together',
  );
});

test('a plan says what a pattern asks beyond its values', () => {
  const reasons = (end: string): string | undefined => {
    const plan = planPattern(parsePattern(`[domain-name:value = 'a.example'] ${end}`));
    return plan.reason;
  };
  assert.match(reasons('REPEATS 2 TIMES') ?? '', /asks to be seen 2 times/);
  assert.match(reasons('WITHIN 5 SECONDS') ?? '', /asks for a match within 5 seconds/);
  assert.match(
    reasons("START t'2024-01-01T00:00:00Z' STOP t'2024-01-02T00:00:00Z'") ?? '',
    /holds only from 2024-01-01T00:00:00Z to 2024-01-02T00:00:00Z/,
  );
});
