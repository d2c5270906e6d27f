import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { createRandom } from '@comity/testkit';
import { zip } from '../input/zip-for-tests.ts';
import { digestFile } from './digest-file.ts';
import { fileLimits } from './file-limits.ts';
import type { FileLimits } from './file-limits.ts';
import type { FileOutcome } from './outcome.ts';
import { digestOf } from './screen-for-tests.ts';

const dir = mkdtempSync(join(tmpdir(), 'comity-archives-'));
after(() => rmSync(dir, { recursive: true, force: true }));

type Digested = FileOutcome & { kind: 'digested' };

async function digested(name: string, bytes: Uint8Array, limits: Partial<FileLimits> = {}): Promise<Digested> {
  const path = join(dir, name);
  writeFileSync(path, bytes);
  const outcome = await digestFile(Buffer.from(path), {
    kinds: ['sha256'],
    limits: { ...fileLimits, ...limits },
    onRead: () => undefined,
  });
  assert.equal(outcome.kind, 'digested');
  // Whatever is inside: the file's own digest is that of its bytes.
  assert.deepEqual(outcome.parts[0], { digests: { sha256: digestOf('sha256', bytes) } });
  return outcome;
}

/** Members by name with the index of their content in `contents`, `?` for any other. */
function membersOf({ parts }: Digested, contents: readonly (string | Uint8Array)[]): string[] {
  const known = contents.map((content) => digestOf('sha256', content));
  return parts.slice(1).map(({ member, digests }) => {
    const index = known.indexOf(digests.sha256 ?? '');
    return `${member} ${index < 0 ? '?' : index}`;
  });
}

const faultsOf = ({ faults }: Digested): string[] => faults.map(({ member, code }) => `${member ?? '.'} ${code}`);

test('what gzip and Zstandard hold is a member named as the file without its ending, not converted', async () => {
  const text = Buffer.from('\ufeffUTF-16 stays what it is', 'utf16le');
  assert.deepEqual(membersOf(await digested('a.txt.gz', gzipSync(text)), [text]), ['a.txt 0']);
  assert.deepEqual(membersOf(await digested('a.txt.zst', zstdCompressSync(text)), [text]), ['a.txt 0']);
  assert.deepEqual(membersOf(await digested('a.tgz', gzipSync(text)), [text]), ['a.tar 0']);
  assert.deepEqual(membersOf(await digested('odd', gzipSync(text)), [text]), ['content 0']);
  const two = Buffer.concat([gzipSync('one'), gzipSync('two')]);
  assert.deepEqual(membersOf(await digested('two.gz', two), ['onetwo']), ['two 0']);
});

test('archives larger than a chunk have the digests of all their bytes', async () => {
  const random = createRandom(3);
  const big = Buffer.from(Array.from({ length: 1_500_000 }, () => random.below(256)));
  assert.deepEqual(membersOf(await digested('big.gz', gzipSync(big)), [big]), ['big 0']);
  assert.deepEqual(membersOf(await digested('big.zst', zstdCompressSync(big)), [big]), ['big 0']);
  assert.deepEqual(membersOf(await digested('big.zip', zip([{ name: 'big', data: big }])), [big]), ['big 0']);
  const inner = zip([{ name: 'big.gz', data: gzipSync(big) }]);
  const outer = await digested('nest.zip', zip([{ name: 'in.zip', data: inner }]));
  assert.deepEqual(membersOf(outer, [big, gzipSync(big), inner]), [
    'in.zip/big.gz/big 0',
    'in.zip/big.gz 1',
    'in.zip 2',
  ]);
});

test('four archives inside each other are looked through; a fifth has its digest and is a fault', async () => {
  const four = zip([{ name: 'b.zip', data: zip([{ name: 'c.gz', data: gzipSync(zstdCompressSync('evil')) }]) }]);
  const found = await digested('a.zip', four);
  assert.ok(membersOf(found, ['evil']).includes('b.zip/c.gz/c/content 0'));
  assert.deepEqual(faultsOf(found), []);
  const five = await digested('deep.zip', zip([{ name: 'a.zip', data: four }]));
  assert.deepEqual(membersOf(five, ['evil', zstdCompressSync('evil')])[0], 'a.zip/b.zip/c.gz/c 1');
  assert.deepEqual(faultsOf(five), ['a.zip/b.zip/c.gz/c INPUT_TOO_DEEP']);
  assert.equal(five.parts.length, 5);
  assert.deepEqual(membersOf(await digested('shut.zip', four, { depthMax: 0 }), []), []);
});

test('a member under a name that leads out of the archive, or of a folder, is no way past', async () => {
  const bytes = zip(['../up', '/etc/x', 'folder/', '..\\win'].map((name) => ({ name, data: Buffer.from('evil') })));
  const found = await digested('slip.zip', bytes);
  assert.deepEqual(membersOf(found, ['evil']), ['../up 0', '/etc/x 0', 'folder/ 0', '../win 0']);
  const empty = await digested('folder.zip', zip([{ name: 'folder/', data: Buffer.alloc(0) }]));
  assert.deepEqual(membersOf(empty, []), []);
});

test('an encrypted member fails alone; of many the first are told and the others counted', async () => {
  const mixed = await digested(
    'mixed.zip',
    zip([
      { name: 'locked', data: Buffer.from('x'), encrypted: true },
      { name: 'open', data: Buffer.from('evil') },
    ]),
  );
  assert.deepEqual(membersOf(mixed, ['evil']), ['open 0']);
  assert.deepEqual(faultsOf(mixed), ['locked ARCHIVE_MALFORMED']);
  const many = Array.from({ length: 100 }, (_, index) => ({
    name: `${index}`,
    data: Buffer.from('x'),
    encrypted: true,
  }));
  const locked = await digested('locked.zip', zip(many));
  assert.deepEqual([locked.faults.length, locked.faultCount], [8, 100]);
});

test('what is cut short gives no digest of its inside, for nobody has those bytes', async () => {
  const text = Buffer.from(Array.from({ length: 50_000 }, (_, index) => index * 7919).join());
  for (const [name, bytes] of [
    ['cut.gz', gzipSync(text)],
    ['cut.zst', zstdCompressSync(text)],
  ] as const) {
    const cut = await digested(name, bytes.subarray(0, bytes.length - 100));
    assert.deepEqual(membersOf(cut, []), [], name);
    assert.deepEqual(faultsOf(cut), ['cut ARCHIVE_MALFORMED'], name);
  }
  const zipCut = await digested('cut.zip', zip([{ name: 'a', data: text }]).subarray(0, 60));
  assert.deepEqual(faultsOf(zipCut), ['. ARCHIVE_MALFORMED']);
  const nested = await digested('x.gz.gz', gzipSync(gzipSync(text).subarray(0, 1000)));
  assert.deepEqual(membersOf(nested, [gzipSync(text).subarray(0, 1000)]), ['x.gz 0']);
  assert.deepEqual(faultsOf(nested), ['x.gz/x ARCHIVE_MALFORMED']);
});

test('a compressed file with something behind it has the digest of what it holds, and the fault is told', async () => {
  const behind = await digested(
    'behind.gz',
    Buffer.concat([gzipSync('evil'), Buffer.from('appended, and long enough')]),
  );
  assert.deepEqual(membersOf(behind, ['evil']), ['behind 0']);
  assert.deepEqual(faultsOf(behind), ['. ARCHIVE_MALFORMED']);
  const cutBelow = gzipSync('a text that is cut').subarray(0, 20);
  const both = await digested(
    'both.gz.gz',
    Buffer.concat([gzipSync(cutBelow), Buffer.from('appended, and long enough')]),
  );
  assert.deepEqual(membersOf(both, [cutBelow]), ['both.gz 0']);
  assert.deepEqual(faultsOf(both).sort(), ['. ARCHIVE_MALFORMED', 'both.gz/both ARCHIVE_MALFORMED']);
});

test('a bomb is a fault in gzip, Zstandard, zip and two levels of them, and soon', async () => {
  const zeros = Buffer.alloc(64 * 1024 * 1024);
  for (const [name, bytes] of [
    ['bomb.gz', gzipSync(zeros)],
    ['bomb.zst', zstdCompressSync(zeros)],
    ['bomb.zip', zip([{ name: 'bomb', data: zeros }])],
    ['bomb.gz.gz', gzipSync(gzipSync(zeros))],
    ['bomb.gz.zip', zip([{ name: 'bomb.gz', data: gzipSync(zeros) }])],
  ] as const) {
    const bomb = await digested(name, bytes);
    assert.deepEqual(
      bomb.faults.map(({ code }) => code),
      ['ARCHIVE_BOMB'],
      name,
    );
    assert.ok(!membersOf(bomb, [zeros]).some((member) => member.endsWith(' 0')), name);
  }
});

test('members that each stay below the ratio are a bomb together, and nothing more is read of the file', async () => {
  const zeros = Buffer.alloc(1024 * 1024);
  const inner = zip(Array.from({ length: 20 }, (_, index) => ({ name: `${index}`, data: zeros })));
  const packed = zip(Array.from({ length: 20 }, (_, index) => ({ name: `${index}.zip`, data: inner })));
  const bomb = await digested('spread.zip', packed);
  assert.deepEqual([bomb.faultCount, bomb.faults[0]?.code], [1, 'ARCHIVE_BOMB']);
  const outBytes = bomb.parts.length * zeros.length;
  assert.ok(
    outBytes <= packed.length * fileLimits.ratioMax + 20 * zeros.length,
    `${outBytes} bytes came out of ${packed.length}`,
  );
});

test('members are counted on all levels together, and in each zip', async () => {
  const inner = zip(['a', 'b', 'c'].map((name) => ({ name, data: Buffer.from(name) })));
  const bytes = zip(['1.zip', '2.zip', '3.zip'].map((name) => ({ name, data: inner })));
  const few = await digested('count.zip', bytes, { membersInAllMax: 6 });
  assert.deepEqual(
    faultsOf(few).map((fault) => fault.split(' ')[1]),
    ['ARCHIVE_BOMB'],
  );
  assert.ok(few.parts.length <= 7);
  const each = await digested('each.zip', bytes, { membersMax: 2 });
  assert.deepEqual(faultsOf(each), ['. ARCHIVE_BOMB']);
});

test('a zip inside an archive is kept in memory to a limit; beyond it has its digest only', async () => {
  const random = createRandom(5);
  const inner = zip([{ name: 'a', data: Buffer.from(Array.from({ length: 10_000 }, () => random.below(256))) }]);
  const found = await digested('big-inside.zip', zip([{ name: 'in.zip', data: inner }]), { nestedZipBytesMax: 5000 });
  assert.deepEqual(membersOf(found, [inner]), ['in.zip 0']);
  assert.deepEqual(faultsOf(found), ['in.zip INPUT_TOO_LARGE']);
});

test('mutated archives give digests and faults, never another error, and their own digest always', async () => {
  const random = createRandom(20261126);
  const text = Buffer.from('a line of a file\n'.repeat(200));
  const packed = [
    gzipSync(text),
    zstdCompressSync(text),
    zip([
      { name: 'a', data: text },
      { name: 'b.gz', data: gzipSync(text) },
      { name: 'c.zip', data: zip([{ name: 'd', data: text }]) },
    ]),
  ];
  let faults = 0;
  for (let round = 0; round < 500; round++) {
    const bytes = Buffer.from(random.pick(packed));
    for (let changes = random.below(4); changes >= 0; changes--) bytes[random.below(bytes.length)] = random.below(256);
    const cut = bytes.subarray(0, random.below(4) === 0 ? random.below(bytes.length) : bytes.length);
    faults += (await digested('mutant', cut)).faultCount;
  }
  assert.ok(faults > 100, `${faults} faults`);
});
