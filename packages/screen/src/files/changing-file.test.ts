import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { zip } from '../input/zip-for-tests.ts';
import { digestFile } from './digest-file.ts';
import { areSettled } from './file-facts.ts';
import { fileLimits } from './file-limits.ts';
import type { FileOutcome } from './outcome.ts';
import { digestOf } from './screen-for-tests.ts';

const dir = mkdtempSync(join(tmpdir(), 'comity-changing-'));
after(() => rmSync(dir, { recursive: true, force: true }));
const big = Buffer.alloc(1_000_000, 'a line\n');

/** Digests a file while `change` is made after every piece that was read; gives how many pieces that were. */
async function digestWhile(
  path: string,
  change: (piece: number) => void,
): Promise<{ outcome: FileOutcome; pieces: number }> {
  let pieces = 0;
  const onRead = (): void => change(++pieces);
  const outcome = await digestFile(Buffer.from(path), { kinds: ['sha256'], limits: fileLimits, onRead });
  return { outcome, pieces };
}

test('a file that grows while it is read is read again, and has the digest of what it then is', async () => {
  const path = join(dir, 'grows');
  writeFileSync(path, big);
  const { outcome } = await digestWhile(path, (piece) => {
    if (piece === 2) appendFileSync(path, 'more');
  });
  assert.equal(outcome.kind, 'digested');
  assert.deepEqual(outcome.parts, [
    { digests: { sha256: digestOf('sha256', Buffer.concat([big, Buffer.from('more')])) } },
  ]);
});

test('a file written over in place, of the same length and with its time set back, is read again', async () => {
  const path = join(dir, 'over');
  writeFileSync(path, big);
  const past = new Date('2026-01-01T00:00:00Z');
  utimesSync(path, past, past);
  const other = Buffer.alloc(big.length, 'another line\n');
  const { outcome, pieces } = await digestWhile(path, (piece) => {
    if (piece !== 2) return;
    writeFileSync(path, other);
    utimesSync(path, past, past);
  });
  assert.equal(outcome.kind, 'digested');
  assert.deepEqual(outcome.parts, [{ digests: { sha256: digestOf('sha256', other) } }]);
  assert.equal(pieces, 8);
});

test('a file that never stands still is a fault after three times, also when it grows faster than it is read', async () => {
  const path = join(dir, 'restless');
  writeFileSync(path, big);
  const { outcome, pieces } = await digestWhile(path, () => appendFileSync(path, Buffer.alloc(300_000)));
  assert.equal(outcome.kind, 'failed');
  assert.equal(outcome.fault.message, `Cannot read ${JSON.stringify(path)}: it changes while it is read`);
  assert.ok(pieces < 60, `${pieces} pieces`);
  const packed = join(dir, 'restless.gz');
  const random = Buffer.from(Array.from({ length: 600_000 }, (_, index) => (index * 2654435761) >>> 24));
  writeFileSync(packed, gzipSync(random, { level: 0 }));
  const grown = await digestWhile(packed, () => appendFileSync(packed, Buffer.alloc(300_000)));
  assert.equal(grown.outcome.kind, 'failed');
  assert.ok(grown.pieces < 60, `${grown.pieces} pieces`);
});

test('an archive that is replaced while it is read is never read half old and half new', async () => {
  const path = join(dir, 'swapped.zip');
  const [one, two] = ['one', 'two'].map((text) => zip([{ name: text, data: Buffer.from(text) }]));
  writeFileSync(path, one!);
  const { outcome } = await digestWhile(path, (piece) => {
    if (piece !== 1) return;
    writeFileSync(`${path}.new`, two!);
    renameSync(`${path}.new`, path);
  });
  assert.equal(outcome.kind, 'digested');
  assert.deepEqual(outcome.parts, [
    { digests: { sha256: digestOf('sha256', two!) } },
    { member: 'two', digests: { sha256: digestOf('sha256', 'two') } },
  ]);
});

test('what took the place of a file since it was seen is not opened: a link, a pipe; or it is gone', async () => {
  symlinkSync('grows', join(dir, 'link'));
  execFileSync('mkfifo', [join(dir, 'pipe')]);
  for (const [name, kind] of [
    ['link', 'special'],
    ['pipe', 'special'],
    ['nothing', 'gone'],
  ] as const) {
    const { outcome, pieces } = await digestWhile(join(dir, name), () => undefined);
    assert.deepEqual([name, outcome.kind, pieces], [name, kind, 0]);
  }
});

test(
  'a file of another length than its size is none that stands still',
  { skip: process.platform !== 'linux' && 'no /proc here' },
  async () => {
    const { outcome } = await digestWhile('/proc/self/status', () => undefined);
    assert.equal(
      outcome.kind === 'failed' && outcome.fault.message,
      'Cannot read "/proc/self/status": it changes while it is read',
    );
  },
);

test('facts prove something only when the file was still for longer than a tick of its clock', () => {
  const atMs = 1_800_000_000_000;
  const facts = (ctimeNs: bigint): Parameters<typeof areSettled>[0] => ({
    dev: 1n,
    ino: 1n,
    size: 1n,
    mtimeNs: 0n,
    ctimeNs,
  });
  const atNs = BigInt(atMs) * 1_000_000n;
  assert.equal(areSettled(facts(atNs - 100_000_001n), atMs), true);
  assert.equal(areSettled(facts(atNs - 10_000_001n), atMs), false);
  assert.equal(areSettled(facts(atNs + 5_000_000_001n), atMs), false);
  // Whole seconds: a file system that keeps no parts of one.
  assert.equal(areSettled(facts(atNs - 2_000_000_000n), atMs), false);
  assert.equal(areSettled(facts(atNs - 3_000_000_000n), atMs), true);
});
