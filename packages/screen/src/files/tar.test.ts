import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
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

const dir = mkdtempSync(join(tmpdir(), 'comity-tar-'));
after(() => rmSync(dir, { recursive: true, force: true }));

async function digested(
  bytes: Uint8Array,
  limits: Partial<FileLimits> = {},
): Promise<FileOutcome & { kind: 'digested' }> {
  const path = join(dir, 'read.tar');
  writeFileSync(path, bytes);
  const reading = { kinds: ['sha256'] as const, limits: { ...fileLimits, ...limits }, onRead: () => undefined };
  const outcome = await digestFile(Buffer.from(path), reading);
  assert.equal(outcome.kind, 'digested');
  assert.deepEqual(outcome.parts[0], { digests: { sha256: digestOf('sha256', bytes) } });
  return outcome;
}

/** What programs of the system put into a tar. */
function tarred(format: string, ...names: string[]): Buffer {
  const file = join(dir, 'made.tar');
  execFileSync('tar', [`--format=${format}`, '-cf', file, '-C', join(dir, 'tree'), ...names], { stdio: 'pipe' });
  return readFileSync(file);
}

const isGnu = spawnSync('tar', ['--version'], { encoding: 'utf8' }).stdout?.includes('GNU tar') === true;
const options = { skip: !isGnu && 'the tar of this system is not that of GNU' };

const longName = `${'deep/'.repeat(30)}${'n'.repeat(120)}\u00e9.bin`;
mkdirSync(join(dir, 'tree', longName, '..'), { recursive: true });
const files: Record<string, Buffer> = {
  'a.bin': Buffer.from('evil'),
  'block.bin': Buffer.alloc(512, 'x'),
  'big.bin': Buffer.alloc(700_001, 'abcdefg'),
  empty: Buffer.alloc(0),
  'deep/in.gz': gzipSync('inside'),
};
for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, 'tree', name), content);
writeFileSync(join(dir, 'tree', longName), 'long');
symlinkSync('a.bin', join(dir, 'tree/soft'));
linkSync(join(dir, 'tree/a.bin'), join(dir, 'tree/hard'));

test(
  'what GNU tar writes in each of its forms is read: long names, links, empty files, files of any length',
  options,
  async () => {
    for (const format of ['gnu', 'pax', 'ustar']) {
      const names =
        format === 'ustar' ? ['a.bin', 'block.bin', 'big.bin', 'empty', 'soft', 'hard', 'deep/in.gz'] : ['.'];
      const outcome = await digested(tarred(format, ...names));
      const found = new Map(
        outcome.parts.slice(1).map(({ member, digests }) => [member?.replace(/^\.\//, ''), digests.sha256]),
      );
      const wanted = new Map(Object.entries(files).map(([name, content]) => [name, digestOf('sha256', content)]));
      wanted.set('deep/in.gz/in', digestOf('sha256', 'inside'));
      if (format !== 'ustar') wanted.set(longName, digestOf('sha256', 'long'));
      // Of two names of one file tar keeps the bytes under the first it meets.
      if (found.has('hard')) {
        wanted.delete('a.bin');
        wanted.set('hard', digestOf('sha256', 'evil'));
      }
      const lines = (each: Map<string | undefined, string | undefined>): string[] =>
        [...each].map((pair) => pair.join()).sort();
      assert.deepEqual(lines(found), lines(new Map(wanted)), format);
      assert.deepEqual(outcome.faults, [], format);
    }
  },
);

test('a tar is looked into wherever it lies: compressed, in a zip, in another tar', options, async () => {
  const tar = tarred('gnu', 'a.bin');
  writeFileSync(join(dir, 'tree/in.tar.zst'), zstdCompressSync(tar));
  for (const bytes of [gzipSync(tar), zip([{ name: 'x.tar', data: tar }]), tarred('pax', 'in.tar.zst')]) {
    const { parts, faults } = await digested(bytes);
    assert.ok(
      parts.some(
        ({ member, digests }) => member?.endsWith('/a.bin') === true && digests.sha256 === digestOf('sha256', 'evil'),
      ),
    );
    assert.deepEqual(faults, []);
  }
});

test(
  'a file that tar keeps without its holes has no digest and is a fault; the next one is read',
  options,
  async () => {
    writeFileSync(join(dir, 'tree/sparse'), 'begin');
    truncateSync(join(dir, 'tree/sparse'), 10_000_000);
    for (const format of ['gnu', 'pax']) {
      execFileSync('tar', [
        `--format=${format}`,
        '-S',
        '-cf',
        join(dir, 'sparse.tar'),
        '-C',
        join(dir, 'tree'),
        'sparse',
        'a.bin',
      ]);
      const { parts, faults } = await digested(readFileSync(join(dir, 'sparse.tar')));
      assert.deepEqual(parts.slice(1), [{ member: 'a.bin', digests: { sha256: digestOf('sha256', 'evil') } }], format);
      assert.match(faults[0]?.message ?? '', /is kept without its holes/, format);
    }
  },
);

test(
  'a tar that is cut short, or damaged between members, tells so once and keeps what was whole',
  options,
  async () => {
    const tar = tarred('gnu', 'a.bin', 'big.bin', 'block.bin');
    const evil = { member: 'a.bin', digests: { sha256: digestOf('sha256', 'evil') } };
    for (const end of [1024 + 512 + 1000, 1024 + 100]) {
      const cut = await digested(tar.subarray(0, end));
      assert.deepEqual(cut.parts.slice(1), [evil]);
      assert.deepEqual([cut.faultCount, cut.faults[0]?.code], [1, 'ARCHIVE_MALFORMED']);
    }
    const damaged = Buffer.from(tar);
    damaged[1024]! ^= 1;
    const found = await digested(damaged);
    assert.deepEqual(found.parts.slice(1), [evil]);
    assert.match(found.faults[0]?.message ?? '', /beyond byte 1024: no header of a member stands there/);
    const few = await digested(tar, { membersInAllMax: 2 });
    assert.deepEqual([few.parts.length, few.faults[0]?.code], [3, 'ARCHIVE_BOMB']);
  },
);

test('mutated tars give digests and faults, never another error', options, async () => {
  const random = createRandom(20261127);
  const tars = [tarred('gnu', 'a.bin', longName, 'block.bin'), tarred('pax', longName, 'a.bin')];
  let faults = 0;
  for (let round = 0; round < 600; round++) {
    const bytes = Buffer.from(random.pick(tars));
    const header = random.below(4) * 512;
    for (let changes = random.below(3); changes >= 0; changes--) bytes[random.below(bytes.length)] = random.below(256);
    bytes[header + random.pick([124, 125, 130, 156, 482])] = random.below(256);
    // The sum is made right again, so that what stands in the header is believed.
    let sum = 256;
    for (let at = 0; at < 512; at++) sum += at >= 148 && at < 156 ? 0 : bytes[header + at]!;
    bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, header + 148, 'latin1');
    faults += (await digested(bytes)).faultCount;
  }
  assert.ok(faults > 50, `${faults} faults`);
});
