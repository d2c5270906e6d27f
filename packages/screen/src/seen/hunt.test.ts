import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseValue } from '@comity/protocol/values';
import type { Value } from '@comity/protocol/values';
import { createRandom } from '@comity/testkit';
import type { Random } from '@comity/testkit';
import { Table } from '../table/index.ts';
import { createScreen } from '../record/index.ts';
import { hunt } from './hunt.ts';
import type { SeenPlace } from './hunt.ts';
import { openSeenFolder, writeTable } from './seen-folder.ts';
import { SeenKeys } from './seen-keys.ts';
import { SeenTable } from './seen-table.ts';

const top = mkdtempSync(join(tmpdir(), 'comity-seen-'));
after(() => rmSync(top, { recursive: true, force: true }));

const HOUR = 490_000;
const SOURCE = 7;

/** What a hunt for `values` says of a text that was screened in a format. */
function placesIn(
  dir: string,
  text: Uint8Array,
  format: 'raw' | 'ndjson',
  values: readonly Value[],
): readonly SeenPlace[] {
  const seed = openSeenFolder(dir);
  const table = new SeenTable(seed);
  table.minute = 12;
  const seen = new SeenKeys(seed, table);
  const screen = createScreen(Table.build([]), { format, seen }, { match: () => undefined });
  for (let at = 0; at < text.length; at += 100) screen.push(text.subarray(at, at + 100));
  screen.end();
  const { file } = writeTable(dir, seed, table, SOURCE, HOUR);
  const answer = hunt(dir, seed, values);
  assert.deepEqual(answer.damaged, []);
  rmSync(file);
  return answer.places;
}

/** The values the engine finds in a text, each asked for alone, by index. */
function matchedIn(text: Uint8Array, format: 'raw' | 'ndjson', values: readonly Value[]): Set<number> {
  const matched = new Set<number>();
  for (const [index, value] of values.entries()) {
    const screen = createScreen(Table.build([{ value, ref: index }]), { format }, { match: () => matched.add(index) });
    screen.push(text);
    screen.end();
  }
  return matched;
}

const names = ['evil.example', 'b.evil.example', 'a.b.evil.example', 'x-y.test', '_dmarc.x-y.test', 'ba.cafe.test'];
const quads = ['192.0.2.1', '192.0.2.77', '198.51.100.7', '0.0.0.0', '255.255.255.255'];
const sixes = [
  '2001:db8::1',
  '2001:db8:0:1::',
  '::1',
  'fe80::a:b',
  '1:2:3:4:5:6:7:8',
  '64:ff9b::192.0.2.1',
  '::ffff:c000:24d',
  'a::b',
];
const paths = ['/', '/a', '/a/b?x=1', '/?q', '/A.php', '/a%20b', '/x)', '/redirect?u=http://evil.example/a'];
const digests = [
  'd41d8cd98f00b204e9800998ecf8427e',
  'da39a3ee5e6b4b0d3255bfef95601890afd80709',
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
];
const glue = [
  '.',
  '-',
  ':',
  '::',
  '/',
  '://',
  '@',
  '[',
  ']',
  ' ',
  ',',
  '_',
  '%',
  '?',
  '#',
  '0',
  ':80',
  ':443',
  ':8080',
  '.1',
  'é',
  "'",
  '\t',
  'http://',
  '=',
  '\n',
];

function randomValue(random: Random): Value {
  const host = random.pick([random.pick(names), random.pick(names), random.pick(quads), '[2001:db8::1]', '[a::b]']);
  const port = random.pick(['', '', ':80', ':8080']);
  const path = random.pick(paths);
  return random.pick([
    () => parseValue(random.pick(names), 'domain'),
    () => parseValue(`*.${random.pick(names)}`, 'domain'),
    () => parseValue(random.pick(quads), 'ipv4'),
    () => parseValue(`${random.pick(quads)}/${random.below(33)}`, 'ipv4'),
    () => parseValue(random.pick(sixes), 'ipv6'),
    () => parseValue(`${random.pick(sixes)}/${random.below(129)}`, 'ipv6'),
    () => parseValue(`http://${host}${port}${path}`, 'url'),
    () => parseValue(`http://${host}${port}${path.slice(0, 1 + random.below(path.length))}*`, 'url'),
    () => parseValue(`${random.pick(['bob', "o'bob", 'a.b+c', 'é', '-x'])}@${random.pick(names)}`, 'email'),
    () => parseValue(digests[0]!, 'md5'),
    () => parseValue(digests[1]!, 'sha1'),
    () => parseValue(digests[2]!, 'sha256'),
  ])();
}

function randomLine(random: Random): string {
  let line = '';
  for (let count = random.below(8); count >= 0; count--) {
    line += random.pick([
      () => random.pick(names),
      () => random.pick(names).toUpperCase(),
      () => `www.${random.pick(names)}`,
      () => random.pick(quads),
      () => random.pick(sixes),
      () => random.pick(names) + random.pick(paths),
      () => `http://${random.pick(names)}${random.pick([':80', ':8080', ''])}${random.pick(paths)}`,
      () => `http://[2001:db8::1]${random.pick(paths)}`,
      () => `bob@${random.pick(names)}`,
      () => `${random.pick(["o'bob", 'a.b+c', 'é', '-x'])}@${random.pick(names)}`,
      () => random.pick(digests),
      () => random.pick(digests).toUpperCase(),
    ])();
    line += random.pick(glue) + (random.below(3) === 0 ? random.pick(glue) : ' ');
  }
  return line;
}

/** The line as the string of a JSON record, some of its characters as escapes, or cut into host and path. */
function asJson(random: Random, line: string): string {
  const text = JSON.stringify(line);
  const form = random.below(4);
  if (form === 0) return `{"host":"${random.pick(names)}","uri":"${random.pick(paths)}","message":${text}}`;
  if (form === 1) return `{"message":${text.replaceAll('/', '\\/')}}`;
  if (form === 2) return `{"message":${text.replaceAll('e', '\\u0065')}}`;
  return `{"message":${text.replaceAll('.', '\\u002e')}}`;
}

/** Whether a value that stands in one text is noted as such, and not only by its host or network. */
function isNotedWhole({ kind, value }: Value): boolean {
  if (kind === 'ipv6') return !value.includes('/') || Number(value.slice(value.indexOf('/') + 1)) <= 64;
  return kind === 'email' ? /^[\w.+-]+@/.test(value) : !value.endsWith('*');
}

const seedNumber = Number(process.env['FUZZ_SEED'] ?? 20_261_126);
const rounds = Number(process.env['FUZZ_ROUNDS'] ?? 300);

for (const format of ['raw', 'ndjson'] as const) {
  test(`whatever value the engine would find in ${format} records, a hunt names their hour and source (seed ${seedNumber})`, () => {
    const random = createRandom(seedNumber);
    const dir = mkdtempSync(join(top, format));
    let found = 0;
    let certain = 0;
    for (let round = 0; round < rounds; round++) {
      const lines = Array.from({ length: 1 + random.below(3) }, () => randomLine(random));
      const text = Buffer.from(`${lines.map((line) => (format === 'raw' ? line : asJson(random, line))).join('\n')}\n`);
      const values = Array.from({ length: 12 }, () => randomValue(random));
      const places = placesIn(dir, text, format, values);
      const matched = matchedIn(text, format, values);
      const about = (index: number): string => `${values[index]!.value} in ${JSON.stringify(text.toString())}`;
      for (const index of matched) {
        const place = places.find((each) => each.index === index);
        assert.ok(place !== undefined, `round ${round}: missed ${about(index)}`);
        assert.deepEqual([place.source, place.hour], [SOURCE, HOUR]);
        if (format === 'raw' && isNotedWhole(values[index]!)) assert.equal(place.basis, 'value', about(index));
        found++;
      }
      // Bytes in which nothing is written otherwise name nothing that is not there.
      for (const { index, basis } of places) {
        if (format !== 'raw' || basis === 'part') continue;
        assert.ok(matched.has(index), `round ${round}: made up ${about(index)}`);
        certain++;
      }
    }
    assert.ok(found > rounds, `the soup is too thin to prove anything: ${found} values found`);
    if (format === 'raw') assert.ok(certain > rounds, `too few answers were about the value itself: ${certain}`);
  });
}

test('a name too long to be listed shows its parents, and a nested URL at least its host', () => {
  const dir = mkdtempSync(join(top, 'long'));
  const long = `${'a.'.repeat(200)}evil.example`;
  const nested = 'http://h.example/?u='.repeat(8);
  const values = [
    parseValue('evil.example', 'domain'),
    parseValue('a.evil.example', 'domain'),
    parseValue('*.evil.example', 'domain'),
    parseValue(`h.example/?u=${'http://h.example/?u='.repeat(1)}`, 'url'),
    parseValue('h.example/other', 'url'),
  ];
  const places = placesIn(dir, Buffer.from(`${long} ${nested}\n`), 'raw', values);
  assert.deepEqual(
    places.map(({ index, basis }) => [index, basis]),
    [
      [0, 'value'],
      [1, 'value'],
      [2, 'value'],
      [3, 'part'],
      [4, 'part'],
    ],
  );
});

test('an answer says when and about how often, of a name with the names below it together', () => {
  const dir = mkdtempSync(join(top, 'times'));
  const seed = openSeenFolder(dir);
  const table = new SeenTable(seed);
  const seen = new SeenKeys(seed, table);
  const see = (minute: number, name: string): void => {
    table.minute = minute;
    const bytes = Buffer.from(name);
    seen.name(bytes, 0, bytes.length);
    seen.flush();
  };
  for (let count = 0; count < 5; count++) see(3 + count, 'www.evil.example');
  see(40, 'evil.example');
  see(55, 'mail.evil.example');
  writeTable(dir, seed, table, 1, HOUR);
  const minute = (at: number): number => HOUR * 3_600_000 + at * 60_000;
  const ask = (text: string): unknown => {
    const { places } = hunt(dir, seed, [parseValue(text, 'domain')]);
    return places.map(({ firstMs, lastMs, times }) => ({ firstMs, lastMs, times }));
  };
  assert.deepEqual(ask('evil.example'), [{ firstMs: minute(3), lastMs: minute(55), times: 6 }]);
  assert.deepEqual(ask('www.evil.example'), [{ firstMs: minute(3), lastMs: minute(7), times: 6 }]);
  assert.deepEqual(ask('*.mail.evil.example'), []);
  assert.deepEqual(ask('nothing.example'), []);
});

test('a name whose last label begins with a digit is said not to be noted', () => {
  const dir = mkdtempSync(join(top, 'digit'));
  const seed = openSeenFolder(dir);
  const answer = hunt(dir, seed, [
    { kind: 'domain', value: 'a.1x' },
    { kind: 'domain', value: 'a.x1' },
  ]);
  assert.deepEqual(answer.notNoted, [0]);
});

test('more places than asked for are counted, and earlier hours are not asked', () => {
  const dir = mkdtempSync(join(top, 'many'));
  const seed = openSeenFolder(dir);
  for (let hour = HOUR; hour < HOUR + 30; hour++) {
    const table = new SeenTable(seed);
    const seen = new SeenKeys(seed, table);
    seen.ipv4(0xc000_0201);
    seen.flush();
    writeTable(dir, seed, table, 1, hour);
  }
  const value = parseValue('192.0.2.0/24', 'ipv4');
  const few = hunt(dir, seed, [value], { placesMax: 10 });
  assert.deepEqual([few.places.length, few.left], [10, 20]);
  const late = hunt(dir, seed, [value], { sinceHour: HOUR + 25 });
  assert.deepEqual(
    late.places.map(({ hour }) => hour - HOUR),
    [25, 26, 27, 28, 29],
  );
});
