import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseValue } from '@comity/protocol/values';
import type { Value, ValueKind } from '@comity/protocol/values';
import { createRandom } from '@comity/testkit';
import type { Random } from '@comity/testkit';
import { Table } from '../table/index.ts';
import { HitList, relations } from './hits.ts';
import { NaiveMatcher } from './naive-matcher.ts';
import { scan } from './scan.ts';

/** Hits of the matcher in the naive matcher's notation. */
function hitsIn(table: Table, bytes: Uint8Array, start = 0, end = bytes.length, shift = 0): string[] {
  const hits = new HitList();
  scan(table, bytes, start, end, hits);
  return Array.from({ length: hits.count }, (_, hit) => {
    const place = `${hits.start[hit]! - shift} ${hits.end[hit]! - shift}`;
    const relation = relations[hits.relation[hit]!]!;
    return `${place} ${relation} ${table.valueOf(hits.entry[hit]!)} ${hits.port[hit]!}`;
  }).toSorted();
}

const names = [
  'evil.example',
  'b.evil.example',
  'a.b.evil.example',
  'x-y.test',
  '_dmarc.x-y.test',
  'ab.cd.test',
  'e1.example',
  'ba.cafe.test',
];
const quads = ['192.0.2.1', '192.0.2.77', '198.51.100.7', '203.0.113.255', '0.0.0.0', '255.255.255.255'];
const groups6 = [
  '2001:db8::1',
  '2001:db8:0:1::',
  '::1',
  '::',
  'fe80::a:b',
  '1:2:3:4:5:6:7:8',
  '1:2:3:4:5:6:192.0.2.1',
  '1234:5678:9abc:def0:1234:5678:9abc:def0',
  'a::b',
  '64:ff9b::192.0.2.1',
  '::ffff:192.0.2.1',
  '::ffff:c000:24d',
];
const paths = ['/', '/a', '/a/b?x=1', '/?q', '/A.php', '/a%20b', '/x)', '/redirect?u=http://evil.example/a'];
const md5 = 'd41d8cd98f00b204e9800998ecf8427e';
const sha1 = 'da39a3ee5e6b4b0d3255bfef95601890afd80709';
const sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

function randomValues(random: Random): Value[] {
  const values: Value[] = [];
  const put = (text: string, kind: ValueKind): void => {
    values.push(parseValue(text, kind));
  };
  for (let count = random.below(20); count >= 0; count--) {
    const name = random.pick(names);
    const host = random.pick([name, name, random.pick(quads), '[2001:db8::1]', '[a::b]']);
    const port = random.pick(['', '', ':80', ':443', ':8080']);
    const path = random.pick(paths);
    random.pick([
      () => put(name, 'domain'),
      () => put(`*.${name}`, 'domain'),
      () => put(random.pick(quads), 'ipv4'),
      () => put(`${random.pick(quads)}/${random.below(33)}`, 'ipv4'),
      () => put(random.pick(groups6), 'ipv6'),
      () => put(`${random.pick(groups6)}/${random.below(129)}`, 'ipv6'),
      () => put(`http://${host}${port}${path}`, 'url'),
      () => put(`http://${host}${port}${path.slice(0, 1 + random.below(path.length))}*`, 'url'),
      () => put(`${random.pick(['bob', "o'bob", 'a.b+c', 'é', '-x'])}@${name}`, 'email'),
      () => put(md5, 'md5'),
      () => put(sha1, 'sha1'),
      () => put(sha256, 'sha256'),
    ])();
  }
  return values;
}

const glue = [
  '.',
  '-',
  ':',
  '::',
  '/',
  '//',
  '://',
  '@',
  '[',
  ']',
  ' ',
  '"',
  ',',
  '_',
  '%',
  '\\',
  '\n',
  '?',
  '#',
  '0',
  'a',
  'g',
  ':80',
  ':443',
  ':8080',
  '.1',
  'é',
  "'",
  ')',
  '\t',
  'http://',
  'src:',
  '=',
  '->',
  '|',
  '+',
  '1:2:',
];

function randomText(random: Random): string {
  let text = '';
  for (let count = random.below(14); count >= 0; count--) {
    const piece = random.pick([
      () => random.pick(names),
      () => random.pick(names).toUpperCase(),
      () => `www.${random.pick(names)}`,
      () => random.pick(quads),
      () => random.pick(groups6),
      () => random.pick(groups6).toUpperCase(),
      () => random.pick(names) + random.pick(paths),
      () => `bob@${random.pick(names)}`,
      () => `o'bob@${random.pick(names)}`,
      () => random.pick([md5, sha1, sha256, md5.toUpperCase()]),
      () => String.fromCharCode(random.below(256)),
    ])();
    const cut = random.below(12) === 0 ? piece.slice(random.below(piece.length)) : piece;
    text += cut + (random.below(4) === 0 ? '' : random.pick(glue)) + (random.below(3) === 0 ? random.pick(glue) : '');
  }
  return text;
}

test('the matcher and the naive matcher give the same hits on random tokens and random lists', () => {
  const seed = Number(process.env['FUZZ_SEED'] ?? 20_261_123);
  const rounds = Number(process.env['FUZZ_ROUNDS'] ?? 1_500);
  const random = createRandom(seed);
  let hitCount = 0;
  for (let round = 0; round < rounds; round++) {
    const values = randomValues(random);
    const table = Table.build(
      values.map((value, ref) => ({ value, ref })),
      { seed: random.u32() },
    );
    const naive = new NaiveMatcher(values);
    for (let count = 0; count < 20; count++) {
      const bytes = Buffer.from(randomText(random));
      const found = hitsIn(table, bytes);
      const listed = JSON.stringify(values.map(({ value }) => value));
      const expected = naive.hitsIn(bytes.toString('latin1'));
      assert.deepEqual(
        found,
        expected,
        `seed ${seed}, round ${round}: ${JSON.stringify(bytes.toString())} against ${listed}`,
      );
      hitCount += found.length;
    }
  }
  assert.ok(hitCount > rounds, `the soup is too thin to prove anything: ${hitCount} hits`);
});

test('a scan of many lines finds what scans of each line find, and a field is judged as if nothing stood round it', () => {
  const random = createRandom(7);
  for (let round = 0; round < 200; round++) {
    const table = Table.build(randomValues(random).map((value, ref) => ({ value, ref })));
    const lines = Array.from({ length: 5 }, () => Buffer.from(randomText(random).replaceAll('\n', ' ')));
    const chunk = Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
    const each: string[] = [];
    let offset = 0;
    for (const line of lines) {
      const alone = hitsIn(table, line);
      assert.deepEqual(hitsIn(table, chunk, offset, offset + line.length, offset), alone);
      const surrounded = Buffer.concat([Buffer.from('a.1:'), line, Buffer.from('.x:1')]);
      assert.deepEqual(hitsIn(table, surrounded, 4, 4 + line.length, 4), alone);
      each.push(...hitsIn(table, chunk, offset, offset + line.length));
      offset += line.length + 1;
    }
    assert.deepEqual(hitsIn(table, chunk), each.toSorted());
  }
});

test('an input so long that it is looked through in windows gives the hits of the naive matcher', () => {
  const random = createRandom(23);
  for (const filler of ['', 'x', ' ', '\n']) {
    const values = Array.from({ length: 4 }, () => randomValues(random)).flat();
    const table = Table.build(values.map((value, ref) => ({ value, ref })));
    let text = '';
    while (text.length < 200_000) text += `${randomText(random)}${filler}`;
    // Without a border for longer than a window, and with what is listed across its end.
    const bytes = Buffer.from(text + 'a.'.repeat(50_000) + text.slice(0, 100_000));
    assert.deepEqual(hitsIn(table, bytes), new NaiveMatcher(values).hitsIn(bytes.toString('latin1')));
  }
});
