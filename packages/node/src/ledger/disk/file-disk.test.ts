import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openFileDisk } from './file-disk.ts';

function temporary(context: { after(fn: () => void): void }): string {
  const dir = mkdtempSync(join(tmpdir(), 'comity-ledger-'));
  context.after(() => rmSync(dir, { recursive: true, force: true }));
  return join(dir, 'ledger');
}
const bytes = (text: string): Uint8Array => Buffer.from(text);

test('files are written whole under their names, replaced whole, and removed with their folders', async (context) => {
  const dir = temporary(context);
  const disk = openFileDisk(dir);
  assert.equal(await disk.read('1/checkpoint'), undefined);
  const many = Array.from({ length: 40 }, (_, index) => ({ path: `1/tile/0/x001/${index}`, bytes: bytes(`${index}`) }));
  await disk.write([
    { path: '1/checkpoint', bytes: bytes('first') },
    { path: '1/tile/0/000.p/3', bytes: bytes('partial') },
    ...many,
  ]);
  await disk.write([{ path: '1/checkpoint', bytes: bytes('second') }]);
  assert.equal(readFileSync(join(dir, '1/checkpoint'), 'utf8'), 'second');
  assert.equal(String(await disk.read('1/tile/0/x001/39')), '39');
  await disk.remove(['1/tile/0/000.p', '1/tile/9/000.p']);
  assert.deepEqual(readdirSync(join(dir, '1/tile/0')), ['x001']);
  await disk.write([{ path: '1/tile/0/000.p/4', bytes: bytes('again') }]);
  assert.ok(existsSync(join(dir, '1/tile/0/000.p/4')));
  const again = openFileDisk(dir);
  await again.write([{ path: '1/tile/0/000.p/5', bytes: bytes('after a start') }]);
  assert.equal(String(await again.read('1/tile/0/000.p/5')), 'after a start');
});

test('what a stop in the middle left behind is not read, and written over', async (context) => {
  const dir = temporary(context);
  const disk = openFileDisk(dir);
  await disk.write([{ path: '1/checkpoint', bytes: bytes('whole') }]);
  writeFileSync(join(dir, '1/checkpoint.partial'), 'hal');
  assert.equal(String(await disk.read('1/checkpoint')), 'whole');
  await disk.write([{ path: '1/checkpoint', bytes: bytes('next') }]);
  assert.deepEqual(readdirSync(join(dir, '1')), ['checkpoint']);
});

test('a folder that cannot be read or written is told by its name', async (context) => {
  const dir = temporary(context);
  const disk = openFileDisk(dir);
  await disk.write([{ path: '1/checkpoint', bytes: bytes('x') }]);
  await assert.rejects(disk.read('1'), { code: 'FILE_UNREADABLE', message: /ledger\/1/ });
  await assert.rejects(disk.write([{ path: '1/checkpoint/x', bytes: bytes('x') }]), { code: 'DATA_UNWRITABLE' });
  assert.equal(await disk.read('1/checkpoint/x'), undefined);
});
