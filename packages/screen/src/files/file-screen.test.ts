import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { DigestList, FileScreen } from './index.ts';
import { LinkedFiles } from './linked-files.ts';
import { digestOf, listOf, screened } from './screen-for-tests.ts';

const root = mkdtempSync(join(tmpdir(), 'comity-files-'));
after(() => rmSync(root, { recursive: true, force: true }));

function folder(name: string, files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const dir = join(root, name);
  mkdirSync(dir, { recursive: true });
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(join(dir, file, '..'), { recursive: true });
    writeFileSync(join(dir, file), content);
  }
  return dir;
}

test('a listed digest of each kind finds its file, by the digests OpenSSL and this platform agree on', async () => {
  const dir = folder('kinds', { 'a/evil.bin': 'evil', 'b/good.bin': 'good' });
  for (const kind of ['md5', 'sha1', 'sha256', 'sha512'] as const) {
    const { matches, counts } = await screened([dir], { list: listOf(['evil'], [kind]) });
    const value = digestOf(kind, 'evil');
    assert.deepEqual(matches, [
      {
        type: 'match',
        file: join(dir, 'a/evil.bin'),
        value,
        kind,
        relation: 'exact',
        indicator: value,
        rows: [{ ref: 0 }],
      },
    ]);
    assert.equal(counts.readFiles, 2);
    assert.equal(counts.readBytes, 8);
  }
});

test('files of every length round the size of a chunk have the digests of their bytes taken at once', async () => {
  const chunk = 256 * 1024;
  const lengths = [0, 1, chunk - 1, chunk, chunk + 1, 2 * chunk - 1, 2 * chunk, 3 * chunk + 7];
  const dir = folder(
    'lengths',
    Object.fromEntries(lengths.map((length) => [`${length}`, Buffer.alloc(length, 'xyz')])),
  );
  const list = listOf(lengths.map((length) => Buffer.alloc(length, 'xyz')));
  const { matches } = await screened([dir], { list });
  assert.deepEqual(
    matches.map(({ file, rows }) => `${rows[0]?.ref} ${file}`).sort(),
    lengths.map((length, ref) => `${ref} ${join(dir, `${length}`)}`).sort(),
  );
});

test('only kinds that are listed are computed, and with none nothing is opened', async () => {
  const dir = folder('none', { file: 'x' });
  const list = DigestList.build([{ value: { kind: 'domain', value: 'evil.example' }, ref: 0 }]);
  const { counts } = await screened([dir, join(root, 'missing')], { list });
  assert.deepEqual([counts.files, counts.readFiles, counts.faults], [0, 0, 0]);
  assert.deepEqual(listOf(['x'], ['sha512', 'md5']).kinds, ['md5', 'sha512']);
});

test('links below a folder are not followed, so nothing is read twice and a loop ends; a named link is', async () => {
  const dir = folder('links', { 'real/evil': 'evil', 'outside/evil': 'evil' });
  symlinkSync('../outside', join(dir, 'real/to-folder'));
  symlinkSync('evil', join(dir, 'real/to-file'));
  symlinkSync('..', join(dir, 'real/loop'));
  symlinkSync('nowhere', join(dir, 'real/dangling'));
  const { places, counts, faults } = await screened([join(dir, 'real')], { list: listOf(['evil']) }, dir);
  assert.deepEqual(places, ['/real/evil']);
  assert.equal(counts.links, 4);
  assert.deepEqual(faults, []);
  const named = await screened(
    [join(dir, 'real/to-folder'), join(dir, 'real/to-file')],
    { list: listOf(['evil']) },
    dir,
  );
  assert.deepEqual(named.places, ['/real/evil', '/real/to-folder/evil']);
});

test('pipes, sockets and devices are never opened: below a folder they are left out, named they are a fault', async () => {
  const dir = folder('special', { evil: 'evil' });
  execFileSync('mkfifo', [join(dir, 'pipe')]);
  const server = createServer().listen(join(dir, 'socket'));
  await once(server, 'listening');
  const { places, counts } = await screened([dir], { list: listOf(['evil']) }, dir);
  server.close();
  assert.deepEqual(places, ['/evil']);
  assert.equal(counts.specials, 2);
  const named = await screened([join(dir, 'pipe'), '/dev/zero'], { list: listOf(['evil']) });
  assert.deepEqual(
    named.faults.map(({ error }) => error.message),
    [
      `Cannot read ${JSON.stringify(join(dir, 'pipe'))}: it is no regular file`,
      'Cannot read "/dev/zero": it is no regular file',
    ],
  );
});

test(
  'file systems of the kernel are left out, also where they are named',
  { skip: process.platform !== 'linux' && 'no /proc here' },
  async () => {
    const { counts } = await screened(['/proc', '/proc/self/status'], { list: listOf(['evil']) });
    assert.deepEqual([counts.files, counts.kernelFolders], [0, 2]);
  },
);

test('a file with several names is read once and reported under each', async () => {
  const dir = folder('hard', { 'one/evil': 'evil', other: 'good' });
  mkdirSync(join(dir, 'two'));
  linkSync(join(dir, 'one/evil'), join(dir, 'two/evil'));
  linkSync(join(dir, 'one/evil'), join(dir, 'three'));
  const { places, counts } = await screened([dir], { list: listOf(['evil']) }, dir);
  assert.deepEqual(places, ['/one/evil', '/three', '/two/evil']);
  assert.deepEqual([counts.files, counts.readFiles, counts.linkedFiles, counts.readBytes], [4, 2, 2, 8]);
});

test('what cannot be read is a fault beside the matches of the rest', async () => {
  const dir = folder('faults', { 'closed/evil': 'evil', 'open/evil': 'evil', 'open/locked': 'evil' });
  chmodSync(join(dir, 'closed'), 0);
  chmodSync(join(dir, 'open/locked'), 0);
  try {
    const script = join(root, 'as-nobody.ts');
    writeFileSync(script, asNobody(dir));
    // Root may read everything, so another user has to try.
    chmodSync(root, 0o755);
    const isRoot = process.getuid?.() === 0;
    const output = execFileSync(process.execPath, [script], {
      encoding: 'utf8',
      ...(isRoot && { uid: 65534, gid: 65534 }),
    });
    const { faults, places } = JSON.parse(output) as { faults: string[]; places: string[] };
    assert.deepEqual(places, [join(dir, 'open/evil')]);
    assert.deepEqual(faults.sort(), [
      `Cannot read ${JSON.stringify(join(dir, 'closed'))}: permission denied`,
      `Cannot read ${JSON.stringify(join(dir, 'open/locked'))}: permission denied`,
    ]);
  } finally {
    chmodSync(join(dir, 'closed'), 0o700);
  }
  const missing = await screened([join(dir, 'missing')], { list: listOf(['evil']) });
  assert.match(missing.faults[0]?.error.message ?? '', /missing": there is no such file/);
});

function asNobody(dir: string): string {
  const face = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);
  return `const { listOf, screened } = await import(${face('./screen-for-tests.ts')});
const { faults, matches } = await screened([${JSON.stringify(dir)}], { list: listOf(['evil']) });
console.log(JSON.stringify({ faults: faults.map(({ error }) => error.message), places: matches.map(({ file }) => file) }));`;
}

test('a name of any bytes is found again: with its bytes where text cannot say them', async () => {
  const dir = folder('names');
  const names = [Buffer.from('new\nline\u001b[2J'), Buffer.from([0x62, 0xff, 0xfe, 0x2e, 0x65])];
  for (const name of names) writeFileSync(Buffer.concat([Buffer.from(`${dir}/`), name]), 'evil');
  const { matches } = await screened([dir], { list: listOf(['evil']), threads: 1 });
  const [odd, plain] = matches.toSorted((left, right) => (left.file < right.file ? -1 : 1));
  assert.equal(odd?.file, join(dir, 'b\ufffd\ufffd.e'));
  assert.deepEqual(Buffer.from(odd.fileBytes ?? []), Buffer.concat([Buffer.from(`${dir}/`), names[1]!]));
  assert.equal(plain?.file, join(dir, 'new\nline\u001b[2J'));
  assert.equal(plain.fileBytes, undefined);
  const again = await screened([odd.fileBytes ?? ''], { list: listOf(['evil']) });
  assert.equal(again.matches.length, 1);
});

test('archives that a thread waits for do not mix up the files it reads: each digest is that of its own file', async () => {
  const contents = Array.from({ length: 400 }, (_, index) => `content ${index} `.repeat(1 + (index % 50) * 400));
  const dir = folder('mixed');
  // As many archives as a job has files, first: the next job is done at once, were it not for them.
  const nameOf = (index: number): string => (index < 64 ? `a${index}.gz` : `b${index}`);
  for (const [index, content] of contents.entries()) {
    writeFileSync(join(dir, nameOf(index)), index < 64 ? gzipSync(content) : content);
  }
  for (const threads of [1, 2]) {
    const { matches } = await screened([dir], { list: listOf(contents), threads });
    const found = matches.map(
      ({ file, member, rows }) => `${file.slice(dir.length + 1)} ${member ?? ''} ${rows[0]?.ref}`,
    );
    const wanted = contents.map((_, index) => `${nameOf(index)} ${index < 64 ? `a${index}` : ''} ${index}`);
    assert.deepEqual(found.sort(), wanted.sort());
  }
});

test('a linked file is remembered until its last name was met, and read again when the first could not be', () => {
  const linked = new LinkedFiles();
  const facts = { dev: 1n, ino: 2n, size: 3n, mtimeNs: 4n, ctimeNs: 5n };
  const [one, two, three] = ['one', 'two', 'three'].map((name) => Buffer.from(name));
  const outcome = { kind: 'digested', facts, parts: [], faults: [], faultCount: 0 } as const;
  assert.equal(linked.meet(one!, facts, 3), 'first');
  assert.equal(linked.meet(two!, facts, 3), 'later');
  assert.deepEqual(linked.settle(facts, outcome), [two]);
  assert.equal(linked.meet(three!, facts, 3), outcome);
  assert.equal(linked.meet(one!, facts, 2), 'first');
  assert.equal(linked.meet(two!, facts, 2), 'later');
  assert.deepEqual(linked.settle(facts, { kind: 'gone' }), [two]);
  assert.equal(linked.meet(two!, facts, 2), 'first');
});

test('leaving the iteration, or aborting, ends the threads before everything is read', async () => {
  const dir = folder('many', Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`${index}`, 'evil'])));
  const screen = new FileScreen([dir], { list: listOf(['evil']), threads: 1 }, { clock: Date.now });
  for await (const finding of screen) {
    assert.equal(finding.type, 'match');
    break;
  }
  assert.ok(screen.counts.readFiles < 3000, `${screen.counts.readFiles} were read`);
  const stop = new AbortController();
  stop.abort();
  const { counts } = await screened([dir], { list: listOf(['evil']), signal: stop.signal });
  assert.equal(counts.readFiles, 0);
});

test('ten thousand small files are screened at more than a thousand a CPU-second, all of them', async () => {
  const dir = folder('small');
  for (let index = 0; index < 10_000; index++) {
    if (index % 100 === 0) mkdirSync(join(dir, `${index / 100}`));
    writeFileSync(join(dir, `${Math.floor(index / 100)}/${index}`), `content ${index}`);
  }
  const begun = process.cpuUsage();
  const { places, counts } = await screened(
    [dir],
    { list: listOf(['content 0', 'content 5000', 'content 9999']) },
    dir,
  );
  const { user, system } = process.cpuUsage(begun);
  const seconds = (user + system) / 1e6;
  assert.deepEqual(places, ['/0/0', '/50/5000', '/99/9999']);
  assert.equal(counts.readFiles, 10_000);
  assert.ok(seconds < 10, `${seconds} s`);
});
