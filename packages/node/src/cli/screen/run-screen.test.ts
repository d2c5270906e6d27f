import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ComityError } from '@comity/protocol/base';
import { saveTable, Table } from '@comity/screen';
import type { IntelligenceInput } from '../../connectors/index.ts';
import { FakeStream } from './fake-stream-for-tests.ts';
import { runScreen } from './index.ts';
import type { RunScreenDeps, RunScreenOptions } from './index.ts';
import { progressLine } from './progress.ts';

const dir = mkdtempSync(join(tmpdir(), 'comity-screen-'));
after(() => rmSync(dir, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(dir, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

interface Ran {
  readonly code: 0 | 1 | 2;
  readonly out: string;
  readonly err: string;
  readonly json: Record<string, unknown>[];
}

async function run(
  options: Partial<RunScreenOptions>,
  {
    stdin = '',
    stdout = new FakeStream(),
    stderr = new FakeStream(),
    ...deps
  }: { stdin?: string; stdout?: FakeStream; stderr?: FakeStream } & Partial<
    Pick<RunScreenDeps, 'openUrl' | 'clock'>
  > = {},
): Promise<Ran> {
  async function* input(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(stdin);
  }
  const code = await runScreen(
    { indicators: [list], json: true, quiet: false, files: [], ...options },
    {
      stdin: input(),
      stdout,
      stderr,
      clock: () => 0,
      openUrl: () => {
        throw new ComityError('ADDRESS_REFUSED', 'Cannot fetch: not allowed here');
      },
      ...deps,
    },
  );
  const json = options.json === false ? [] : stdout.text.split('\n').filter(Boolean);
  return {
    code,
    out: stdout.text,
    err: stderr.text,
    json: json.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

const list = file('lists/names.txt', 'evil.example\n203.0.113.7:8080\n198.51.100.0/24\n');
const other = file('lists/more.txt', 'evil.example\n');
const log = file('dns.ndjson', '{"query":"good.example"}\n{"query":"a.evil.example"}\n{"dst":"198.51.100.9"}\n');

test('exit 0 with a match: one line of JSON each, with the members the reference names', async () => {
  const { code, json, err } = await run({ files: [log] });
  assert.equal(code, 0);
  assert.deepEqual(json, [
    {
      file: log,
      line: 2,
      value: 'a.evil.example',
      kind: 'domain',
      relation: 'subdomain',
      field: 'query',
      indicator: 'evil.example',
      source: list,
    },
    {
      file: log,
      line: 3,
      value: '198.51.100.9',
      kind: 'ipv4',
      relation: 'cidr',
      field: 'dst',
      indicator: '198.51.100.0/24',
      source: list,
    },
  ]);
  assert.equal(err, '');
});

test('exit 1 without a match', async () => {
  assert.equal((await run({ files: [file('quiet.log', 'nothing here\n')] })).code, 1);
  assert.equal((await run({ files: [file('empty.log', '')] })).code, 1);
});

test('no files, and -, are standard input; a text without fields has no member "field"', async () => {
  const { code, json } = await run({}, { stdin: 'seen evil.example' });
  assert.equal(code, 0);
  assert.deepEqual(json, [
    {
      file: '-',
      line: 1,
      value: 'evil.example',
      kind: 'domain',
      relation: 'exact',
      indicator: 'evil.example',
      source: list,
    },
  ]);
  assert.deepEqual((await run({ files: ['-'] }, { stdin: 'seen evil.example' })).json, json);
});

test('a value that several lists hold names the first as source and all as sources', async () => {
  const { json } = await run({ indicators: [other, list] }, { stdin: 'evil.example\n' });
  assert.equal(json[0]?.['source'], other);
  assert.deepEqual(json[0]?.['sources'], [other, list]);
});

test('a folder of lists: joined paths, free text in it left out and said', async () => {
  file('lists/README', 'This list is kept at www.good.example and says nothing about it.\nRead more there, please.\n');
  const { json, err } = await run({ indicators: [join(dir, 'lists')] }, { stdin: 'www.good.example evil.example\n' });
  assert.deepEqual(
    json.map(({ indicator }) => indicator),
    ['evil.example'],
  );
  assert.deepEqual(json[0]?.['sources'], [other, list]);
  assert.match(err, /left out .*README: free text/);
});

test('a match on another port than the listed ones is printed and counts for nothing', async () => {
  const { code, json } = await run({}, { stdin: '{"dst":"203.0.113.7","dport":443}\n' });
  assert.equal(code, 1);
  assert.deepEqual(
    [json[0]?.['port'], json[0]?.['listed_ports'], json[0]?.['indicator']],
    ['other', [8080], '203.0.113.7'],
  );
  const people = await run({ json: false }, { stdin: '{"dst":"203.0.113.7","dport":443}\n' });
  assert.match(people.out, /no alarm: listed for port 8080, seen on another/);
  assert.equal((await run({}, { stdin: '{"dst":"203.0.113.7","dport":8080}\n' })).code, 0);
  assert.equal((await run({}, { stdin: '{"dst":"203.0.113.7"}\n' })).code, 0);
});

test('exit 2 when a file cannot be read: it is named, and the others are screened', async () => {
  const cut = file('cut.gz', gzipSync('evil.example\n'.repeat(100)).subarray(0, 30));
  const { code, json, err } = await run({ files: [join(dir, 'missing.log'), cut, log] });
  assert.equal(code, 2);
  assert.match(err, /missing\.log": there is no such file/);
  assert.match(err, /cut\.gz/);
  assert.ok(json.some(({ file: name }) => name === log));
});

test('exit 2 for garbage behind the last member of a gzip: all that came out is screened, and the place is told', async () => {
  const packed = gzipSync('192.0.2.1 ok\nGET http://evil.example/');
  const tail = file('tail.gz', Buffer.concat([packed, Buffer.from('garbage')]));
  const { code, json, err } = await run({ files: [tail] });
  assert.equal(code, 2);
  assert.equal(json.filter(({ file: name }) => name === tail).length, 1);
  assert.match(err, new RegExp(`tail\\.gz" beyond byte ${packed.length}: what follows is no gzip`));
});

test('exit 2 without indicators, for an unknown format, and when no list can be read', async () => {
  assert.equal((await run({ indicators: [] })).code, 2);
  assert.match((await run({ format: 'xml' })).err, /choose auto, zeek-tsv/);
  const { code, err } = await run({ indicators: [join(dir, 'missing.txt')] }, { stdin: 'evil.example\n' });
  assert.equal(code, 2);
  assert.match(err, /missing\.txt/);
});

test('exit 2, with the matches of the other lists, when one list cannot be read', async () => {
  const { code, json } = await run({ indicators: [join(dir, 'missing.txt'), list] }, { stdin: 'evil.example\n' });
  assert.equal(code, 2);
  assert.equal(json.length, 1);
});

test('indicators come from a URL through the opener given, whose errors are said', async () => {
  const openUrl = async function* (url: string): AsyncGenerator<IntelligenceInput> {
    async function* chunks(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('evil.example\n');
    }
    yield { name: url, chunks: chunks() };
  };
  const { json } = await run({ indicators: ['https://feeds.example/x.txt'] }, { stdin: 'evil.example\n', openUrl });
  assert.equal(json[0]?.['source'], 'https://feeds.example/x.txt');
  const refused = await run({ indicators: ['https://feeds.example/x.txt'] }, { stdin: 'evil.example\n' });
  assert.equal(refused.code, 2);
  assert.match(refused.err, /not allowed here/);
});

test('a STIX pattern that values decide is used; one that asks for more, and a revoked indicator, are not', async () => {
  const indicator = (id: string, pattern: string, more = {}): object => ({
    type: 'indicator',
    spec_version: '2.1',
    id: `indicator--00000000-0000-4000-8000-00000000000${id}`,
    created: '2026-01-01T00:00:00.000Z',
    modified: '2026-01-01T00:00:00.000Z',
    pattern_type: 'stix',
    valid_from: '2026-01-01T00:00:00Z',
    pattern,
    ...more,
  });
  const bundle = file(
    'bundle.json',
    JSON.stringify({
      type: 'bundle',
      id: 'bundle--00000000-0000-4000-8000-000000000000',
      objects: [
        indicator('1', "[domain-name:value = 'one.example' OR ipv4-addr:value = '192.0.2.1']"),
        indicator('2', "[domain-name:value = 'two.example' AND file:name = 'x']"),
        indicator('3', "[domain-name:value = 'three.example']", { revoked: true }),
      ],
    }),
  );
  const { json, err } = await run(
    { indicators: [bundle] },
    { stdin: 'one.example two.example three.example 192.0.2.1\n' },
  );
  assert.deepEqual(
    json.map(({ indicator: value }) => value),
    ['one.example', '192.0.2.1'],
  );
  assert.match(err, /1 pattern left out: values alone do not decide/);
});

test('--known-good holds back what a warninglist names, and says how many values', async () => {
  file(
    'warninglists/names.json',
    JSON.stringify({
      name: 'ours',
      type: 'hostname',
      description: '',
      version: 1,
      list: ['evil.example'],
      matching_attributes: ['domain', 'hostname'],
    }),
  );
  const { code, json, err } = await run(
    { knownGood: join(dir, 'warninglists') },
    { stdin: 'evil.example 198.51.100.1\n' },
  );
  assert.equal(code, 0);
  assert.deepEqual(
    json.map(({ indicator }) => indicator),
    ['198.51.100.0/24'],
  );
  assert.match(err, /1 value was held back as known good/);
  assert.equal((await run({ knownGood: join(dir, 'nowhere') }, { stdin: 'evil.example\n' })).code, 2);
});

test('for people: place, value, relation, field and list, then the value in its context', async () => {
  const { out } = await run({ json: false, files: [log] });
  assert.equal(
    out.split('\n')[0],
    `${log}:2: a.evil.example [below evil.example in query, ${list}] {"query":"a.evil.example"}`,
  );
});

test('hostile log text cannot move the cursor, colour the screen or turn the line round', async () => {
  const hostile = '\u001b[2J\u009b31m\u202eevil.example\u0007\r\n';
  const stdout = new FakeStream();
  stdout.isTTY = true;
  const people = await run({ json: false, quiet: true }, { stdin: hostile, stdout });
  // oxlint-disable-next-line no-control-regex -- only our own colours may be left
  assert.doesNotMatch(people.out.replaceAll(/\u001b\[[\d;]+m/g, ''), /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  assert.match(people.out, /\u001b\[1;31mevil\.example\u001b\[0m/);
  const name = file('\u001b[31mred\u202e.log', 'evil.example\n');
  const json = await run({ files: [name] });
  // oxlint-disable-next-line no-control-regex -- none may be left
  assert.doesNotMatch(json.out, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  assert.equal(json.json[0]?.['file'], name);
});

test('a pipe closed by its reader ends the command at once and is no error', async () => {
  const many = file('many.log', 'evil.example\n'.repeat(300_000));
  const stdout = new FakeStream(1);
  const { code, err } = await run({ files: [many, many, many] }, { stdout });
  assert.equal(code, 0);
  assert.equal(err, '');
  assert.ok(stdout.writes <= 3, `${stdout.writes} writes`);
});

test('a progress bar with rate and time left is drawn on a terminal only, and taken away', async () => {
  const stderr = new FakeStream();
  stderr.isTTY = true;
  let now = 0;
  const big = file('big.log', 'nothing\n'.repeat(300_000));
  await run({ files: [big] }, { stderr, clock: () => (now += 250) });
  assert.match(stderr.text, /\r\[=*>? *\] +\d+ % .* of 2\.4 MB {2}.*\/s {2}\d+ s left {2}0 matches/);
  assert.ok(stderr.text.endsWith('\r\u001b[K'));
  const silent = new FakeStream();
  await run({ files: [big] }, { stderr: silent, clock: () => (now += 250) });
  assert.equal(silent.text, '');
});

test('progress without a known size shows the rate alone', () => {
  assert.equal(
    progressLine({ bytes: 5e6, totalBytes: undefined, elapsedMs: 1000, matches: 1 }),
    '5.0 MB  5.0 MB/s  1 match',
  );
  assert.equal(
    progressLine({ bytes: 1.2e9, totalBytes: 2.4e9, elapsedMs: 4000, matches: 2 }),
    '[==========>         ]  50 %  1.2 GB of 2.4 GB  300 MB/s  4 s left  2 matches',
  );
});

test('a value that would match everything is left out and named with its list, its line and the reason; the rest is used', async () => {
  const broad = file('broad.txt', 'evil.example\ncom.au\n0.0.0.0/0\n::/0\n*.co.uk\ncom\n');
  const text = 'evil.example mallory.com.au 192.0.2.1 2001:db8::1 news.co.uk shop.com\n';
  const { code, json, err } = await run({ indicators: [broad] }, { stdin: text });
  assert.equal(code, 0);
  assert.deepEqual(
    json.map(({ indicator }) => indicator),
    ['evil.example'],
  );
  assert.match(err, /broad\.txt: "com\.au" at line 2 is not looked for: "com\.au" is a public suffix/);
  assert.match(err, /"0\.0\.0\.0\/0" at line 3 is not looked for: it is larger than a \/8/);
  assert.match(err, /"::\/0" at line 4 .* larger than a \/12/);
  assert.match(err, /"\*\.co\.uk" at line 5 .*"co\.uk" is a public suffix/);
  assert.match(err, /1 entry could not be used, the first at line 6/);
  const only = await run({ indicators: [file('only.txt', '0.0.0.0/0\n::/0\n')] }, { stdin: text });
  assert.equal(only.code, 2);
  assert.match(only.err, /all that is listed is too broad/);
  const many = await run({ indicators: [file('many-broad.txt', `evil.example\n${'0.0.0.0/0\n'.repeat(30)}`)] });
  assert.equal(many.err.match(/is not looked for/g)?.length, 10);
  assert.match(many.err, /many-broad\.txt: 20 more are not looked for/);
});

test('a table that was saved screens as its lists do, names them, and takes more beside', async () => {
  const table = join(dir, 'saved.table');
  const saved = await run({ indicators: [other, list], saveTable: table });
  assert.deepEqual([saved.code, saved.out, saved.err], [0, '', '']);
  const stdin = 'evil.example 198.51.100.9 late.example 203.0.113.7:8080\n';
  const fromLists = await run({ indicators: [other, list] }, { stdin });
  assert.equal(fromLists.json.length, 3);
  assert.deepEqual((await run({ indicators: [], table }, { stdin })).json, fromLists.json);
  const late = file('late.txt', 'late.example\nevil.example\n');
  const { json } = await run({ indicators: [late], table, saveTable: join(dir, 'both.table') }, { stdin });
  assert.deepEqual(json, [], 'nothing is screened that was not named');
  const both = await run({ indicators: [], table: join(dir, 'both.table'), files: ['-'] }, { stdin });
  assert.deepEqual(both.json[0]?.['sources'], [other, list, late]);
  assert.deepEqual(new Set(both.json.map(({ source }) => source)), new Set([late, list, other]));
});

test('exit 2 for a table that is damaged, of something else, or to be judged anew; an incomplete one is not saved', async () => {
  const damaged = file('damaged.table', 'evil.example\n');
  const refused = await run({ indicators: [], table: damaged }, { stdin: 'evil.example\n' });
  assert.equal(refused.code, 2);
  assert.match(refused.err, /Cannot load the table ".*damaged\.table": it is no saved table/);
  const nameless = join(dir, 'nameless.table');
  await saveTable(Table.build([]), nameless, '{}');
  assert.match((await run({ indicators: [], table: nameless })).err, /does not name the lists/);
  assert.match((await run({ indicators: [], table: damaged, knownGood: dir })).err, /judged when it was saved/);
  assert.match((await run({ indicators: [], rules: ['x'], saveTable: damaged })).err, /Cannot save a table without/);
  const partial = await run({ indicators: [list, join(dir, 'missing.txt')], saveTable: join(dir, 'partial.table') });
  assert.equal(partial.code, 2);
  assert.match(partial.err, /the table is not saved/);
  assert.equal(existsSync(join(dir, 'partial.table')), false);
});

test('several threads print what one prints: order, line numbers, errors, exit code', async () => {
  const lines = Array.from({ length: 300_000 }, (_, index) =>
    index % 1000 === 7 ? `{"query":"x${index}.evil.example"}` : `{"query":"www${index}.good.example"}`,
  );
  const large = file('large.ndjson', lines.join('\n'));
  const packed = file('large.gz', gzipSync(lines.slice(0, 5000).join('\n')));
  const files = [large, join(dir, 'missing.log'), packed, log, large];
  for (const json of [true, false]) {
    const one = await run({ files, json, threads: 1 });
    const three = await run({ files, json, threads: 3, threadsFromBytes: 1 });
    assert.equal(one.code, 2);
    assert.equal(one.out.split('\n').length, 608);
    assert.deepEqual([three.code, three.out, three.err], [one.code, one.out, one.err]);
  }
  assert.equal((await run({ files: [file('none.log', 'x\n'.repeat(9))], threads: 2, threadsFromBytes: 1 })).code, 1);
});

test('a pipe closed by its reader ends several threads at once too, and a bar is drawn while they find nothing', async () => {
  const many = file('many-threads.log', 'evil.example\n'.repeat(400_000));
  const stdout = new FakeStream(1);
  const { code, err } = await run({ files: [many, many, many], threads: 2, threadsFromBytes: 1 }, { stdout });
  assert.deepEqual([code, err], [0, '']);
  assert.ok(stdout.writes <= 3, `${stdout.writes} writes`);
  const stderr = new FakeStream();
  stderr.isTTY = true;
  let now = 0;
  const quiet = file('quiet-threads.log', 'nothing to see at 192.0.2.1\n'.repeat(2_000_000));
  await run({ files: [quiet], threads: 2, threadsFromBytes: 1 }, { stderr, clock: () => (now += 250) });
  assert.match(stderr.text, /\r\[=*>? *\] +\d+ % .* of 56 MB {2}.*0 matches/);
  assert.ok(stderr.text.endsWith('\r\u001b[K'));
});
