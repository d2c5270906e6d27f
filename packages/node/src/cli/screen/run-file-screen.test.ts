import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ComityError } from '@comity/protocol/base';
import { runForTests } from '../command-for-tests.ts';
import { cachePlace } from './cache-place.ts';
import { FakeStream } from './fake-stream-for-tests.ts';
import { fileProgressLine, fileSummary } from './file-progress.ts';
import { runFileScreen } from './index.ts';
import type { RunFileScreenDeps, RunFileScreenOptions } from './index.ts';

const dir = mkdtempSync(join(tmpdir(), 'comity-file-screen-'));
after(() => rmSync(dir, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(dir, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const digest = (kind: string, text: string): string => createHash(kind).update(text).digest('hex');

interface Ran {
  readonly code: number;
  readonly err: string;
  readonly out: string;
  readonly json: Record<string, unknown>[];
}

async function run(
  options: Partial<RunFileScreenOptions>,
  {
    stdout = new FakeStream(),
    stderr = new FakeStream(),
    ...deps
  }: { stdout?: FakeStream; stderr?: FakeStream } & Partial<RunFileScreenDeps> = {},
): Promise<Ran> {
  const code = await runFileScreen(
    { indicators: [list], json: true, quiet: false, files: [tree], noCache: true, ...options },
    {
      // What a test has just written counts as settled.
      clock: () => Date.now() + 10_000,
      openUrl: () => {
        throw new ComityError('ADDRESS_REFUSED', 'Cannot fetch: not allowed here');
      },
      env: {},
      stop: new AbortController().signal,
      ...deps,
      stdout,
      stderr,
    },
  );
  const lines = options.json === false ? [] : stdout.text.split('\n').filter(Boolean);
  return {
    code,
    err: stderr.text,
    out: stdout.text,
    json: lines.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

const list = file(
  'lists/digests.txt',
  `${digest('sha256', 'evil')}\n${digest('md5', 'evil').toUpperCase()}\nevil.example\n`,
);
const more = file('lists/more.txt', `${digest('sha256', 'evil')}\n`);
const evil = file('tree/evil.exe', 'evil');
const packed = file('tree/sub/evil.exe.gz', gzipSync('evil'));
file('tree/good.exe', 'good');
const tree = join(dir, 'tree');

test('exit 0 with a match: one line of JSON for each listed digest, with the members the guide names', async () => {
  const { code, json, err } = await run({ indicators: [list, more] });
  assert.equal(code, 0);
  const [sha256, md5] = [digest('sha256', 'evil'), digest('md5', 'evil')];
  const common = { relation: 'exact', source: list };
  const ofSha256 = { value: sha256, kind: 'sha256', ...common, indicator: sha256, sources: [list, more] };
  const ofMd5 = { value: md5, kind: 'md5', ...common, indicator: md5 };
  const byText = (one: object, other: object): number => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);
  assert.deepEqual(
    json.toSorted(byText),
    [
      { file: evil, ...ofMd5 },
      { file: evil, ...ofSha256 },
      { file: packed, member: 'evil.exe', ...ofMd5 },
      { file: packed, member: 'evil.exe', ...ofSha256 },
    ].toSorted(byText),
  );
  assert.equal(err, 'comity screen: 3 files: 3 read (32 B)\n');
});

test('exit 1 without a match, also when the lists hold no digest: then nothing is read, and that is said', async () => {
  const clean = file('lists/clean.txt', `${digest('sha1', 'something else')}\n`);
  assert.equal((await run({ indicators: [clean] })).code, 1);
  const names = file('lists/names.txt', 'evil.example\n');
  const { code, err } = await run({ indicators: [names] });
  assert.equal(code, 1);
  assert.equal(err, 'comity screen: the lists hold no digest that files could have: none is read\n');
});

test('exit 2 when something cannot be read: it is named, and the rest is screened', async () => {
  const cut = file('broken/cut.gz', gzipSync('evil').subarray(0, 12));
  const { code, json, err } = await run({ files: [join(dir, 'missing'), cut, evil] });
  assert.equal(code, 2);
  assert.equal(json.length, 2);
  assert.match(err, /missing": there is no such file/);
  assert.match(err, /cut\.gz.* beyond byte 12: it is cut short/);
});

test('exit 2 for arguments that make no sense together, before anything is read', async () => {
  const refused: [Partial<RunFileScreenOptions>, RegExp][] = [
    [{ indicators: [] }, /without indicators/],
    [{ files: [] }, /name a file or a folder/],
    [{ files: [evil, '-'] }, /standard input/],
    [{ format: 'raw' }, /--format with --files/],
    [{ cache: 'x', noCache: true }, /--cache together with --no-cache/],
    [{ cache: dir, noCache: false }, /as cache: it is no regular file/],
  ];
  for (const [options, message] of refused) {
    const { code, err, out } = await run(options);
    assert.deepEqual([code, out], [2, '']);
    assert.match(err, message);
  }
});

test('the digest of the empty file is held back, and --known-good holds back what its lists name', async () => {
  const nothing = file('empty/nothing', '');
  const both = file('lists/both.txt', `${digest('md5', '')}\n${digest('sha256', 'evil')}\n`);
  const { code, err } = await run({ indicators: [both], files: [nothing] });
  assert.equal(code, 1);
  assert.match(err, /1 value was held back as known good/);
  file(
    'warninglists/ours.json',
    JSON.stringify({
      name: 'ours',
      type: 'string',
      description: '',
      version: 1,
      list: [digest('sha256', 'evil')],
      matching_attributes: ['sha256'],
    }),
  );
  const gated = await run({ indicators: [both], files: [nothing, evil], knownGood: join(dir, 'warninglists') });
  assert.equal(gated.code, 1);
  assert.match(gated.err, /2 values were held back as known good/);
  assert.equal((await run({ knownGood: join(dir, 'nowhere') })).code, 2);
});

test('the second run reads only what changed; a damaged cache is said and made anew', async () => {
  const cache = join(dir, 'cache/files.cache');
  const files = [file('cached/a', 'evil'), file('cached/b', 'good')].map((path) => dirname(path)).slice(0, 1);
  const cached = { cache, noCache: false, files };
  assert.match((await run(cached)).err, /2 files: 2 read \(8 B\)\n$/);
  const second = await run(cached);
  assert.match(second.err, /2 files: 0 read \(0 B\), 2 unchanged since they were read\n$/);
  assert.deepEqual([second.code, second.json.length], [0, 2]);
  file('cached/b', 'evil');
  const third = await run(cached);
  assert.match(third.err, /1 read \(4 B\), 1 unchanged/);
  assert.equal(third.json.length, 4);
  writeFileSync(cache, readFileSync(cache).fill(0, 100, 120));
  const damaged = await run(cached);
  assert.match(damaged.err, /is damaged: every file is read, and it is made anew\n.*2 read/);
  assert.equal(damaged.code, 0);
  assert.match((await run(cached)).err, /0 read/);
  assert.match((await run({ ...cached, noCache: true, cache: undefined } as object)).err, /2 read/);
});

test('without --cache digests are kept where XDG says; where nobody says, or it cannot be, only that is told', async () => {
  assert.equal(cachePlace({ XDG_CACHE_HOME: '/var/c', HOME: '/h' }), join('/var/c', 'comity', 'files.cache'));
  assert.equal(
    cachePlace({ XDG_CACHE_HOME: 'not/absolute', HOME: '/h' }),
    join('/h', '.cache', 'comity', 'files.cache'),
  );
  assert.equal(cachePlace({ HOME: '' }), undefined);
  const env = { XDG_CACHE_HOME: join(dir, 'xdg') };
  assert.match((await run({ noCache: false }, { env })).err, /3 read/);
  assert.match((await run({ noCache: false }, { env })).err, /0 read/);
  const nowhere = await run({ noCache: false });
  assert.equal(nowhere.code, 0);
  assert.match(nowhere.err, /no digests are kept/);
  const blocked = await run({ noCache: false }, { env: { XDG_CACHE_HOME: evil } });
  assert.equal(blocked.code, 0);
  assert.match(blocked.err, /Cannot .* the cache/);
});

test('for people: place, digest, kind and list; hostile names and members cannot steer the terminal', async () => {
  const people = await run({ json: false, files: [packed] });
  const line = `${packed}/evil.exe: ${digest('sha256', 'evil')} [sha256 listed, ${list}]`;
  assert.ok(people.out.split('\n').includes(line), people.out);
  const name = '\u001b[2J\u202ered\nline';
  file(`hostile/${name}`, 'evil');
  file(`hostile/${name}.gz`, gzipSync('evil').subarray(0, 12));
  for (const json of [false, true]) {
    const { out, err } = await run({ json, files: [join(dir, 'hostile')] });
    assert.ok(out.length > 0);
    // oxlint-disable-next-line no-control-regex -- none may be left
    assert.doesNotMatch(out + err, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    assert.equal(out.trimEnd().split('\n').length, 2);
  }
});

test('a pipe closed by its reader ends the command at once and is no error', async () => {
  for (let index = 0; index < 2000; index++) file(`many/${index}`, 'evil');
  const stdout = new FakeStream(1);
  const { code, err } = await run({ files: [join(dir, 'many')] }, { stdout });
  assert.deepEqual([code, err], [0, '']);
  assert.ok(stdout.writes <= 3, `${stdout.writes} writes`);
});

test('stopped before the end: what was found is printed, and the exit code says that it is not all', async () => {
  const stop = new AbortController();
  stop.abort();
  const { code, err } = await run({}, { stop: stop.signal });
  assert.equal(code, 2);
  assert.match(err, /stopped before the end/);
});

test('progress with files and bytes a second is drawn on a terminal only, and taken away', async () => {
  const counts = {
    files: 12_000,
    readFiles: 1_200,
    readBytes: 3.1e9,
    unchangedFiles: 8_800,
    linkedFiles: 0,
    goneFiles: 1,
    links: 2,
    specials: 1,
    kernelFolders: 1,
    matches: 1,
    faults: 0,
  };
  assert.equal(
    fileProgressLine(counts, 4000),
    '10,000 of 12,000 files  3.1 GB read  8,800 unchanged  2,500 files/s  775 MB/s  1 match',
  );
  assert.equal(
    fileSummary(counts),
    '12,000 files: 1,200 read (3.1 GB), 8,800 unchanged since they were read, 1 gone meanwhile; ' +
      'left out: 2 symbolic links, 1 pipe, device or socket, 1 folder of the kernel',
  );
  const stderr = new FakeStream();
  stderr.isTTY = true;
  const big = join(dir, 'many');
  // Until the timer has drawn once, however fast the machine is.
  for (let round = 0; round < 50 && !stderr.text.includes('\r'); round++)
    await run({ files: [big], indicators: [file('lists/other.txt', digest('md5', 'other'))] }, { stderr });
  assert.match(stderr.text, /\r[\d,]+ of [\d,]+ files {2}.* read {2}.*files\/s {2}.*\/s {2}0 matches\u001b\[K/);
  assert.match(stderr.text, /\r\u001b\[Kcomity screen: 2,000 files/);
});

test('the command: --files takes the arguments as files, --cache and --no-cache need it', async () => {
  const { code, out, err } = await runForTests([
    'screen',
    '--files',
    tree,
    '--indicators',
    list,
    '--no-cache',
    '--json',
  ]);
  assert.equal(code, 0);
  assert.equal(out.trimEnd().split('\n').length, 4);
  assert.match(err, /3 files: 3 read/);
  const refused = await runForTests(['screen', '--no-cache', tree, '--indicators', list]);
  assert.equal(refused.code, 2);
  assert.match(refused.err, /with --files only/);
});
