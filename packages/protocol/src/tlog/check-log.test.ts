import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inventEntries, makeLog, nativeCrypto } from '../../../testkit/src/index.ts';
import type { MadeLog } from '../../../testkit/src/index.ts';
import { checkLog } from './index.ts';

const log = makeLog(inventEntries(600, 4));

async function faultsOf(of: MadeLog, files: ReadonlyMap<string, Uint8Array> = of.files): Promise<string[]> {
  const faults: string[] = [];
  const read = (path: string): Promise<Uint8Array | undefined> => Promise.resolve(files.get(path));
  for await (const { path, reason } of checkLog(of, read, nativeCrypto.sha256)) faults.push(`${path}: ${reason}`);
  return faults;
}
const wrongRoot = 'checkpoint: its root is not that of the entries';

test('a log of any size that is whole has no fault', async () => {
  for (const size of [0, 1, 255, 256, 257, 600]) {
    assert.deepEqual(await faultsOf(makeLog(log.entries.slice(0, size))), [], String(size));
  }
});

test('three levels of tiles, the middle one full at its edge', async () => {
  assert.deepEqual(await faultsOf(makeLog(Array.from({ length: 65_536 }, () => Uint8Array.of(1)))), []);
});

test('a bit flipped in any file, and any file that is missing, is a fault with its path', async () => {
  for (const [path, bytes] of log.files) {
    const at = 2 + (bytes.length >> 1);
    const flipped = new Map(log.files).set(path, Uint8Array.from(bytes).with(at, bytes[at]! ^ 1));
    const faults = await faultsOf(log, flipped);
    assert.notDeepEqual(faults, [], `flipped in ${path}`);
    if (!path.startsWith('tile/entries/'))
      assert.deepEqual(faults, [`${path}: its hashes are not those of the entries`]);
    const missing = new Map(log.files);
    missing.delete(path);
    assert.deepEqual(await faultsOf(log, missing), [`${path}: it is not there`]);
  }
});

test('an altered entry shows in every tile above it and in the root', async () => {
  const path = 'tile/entries/001';
  const bytes = Uint8Array.from(log.files.get(path)!);
  const altered = new Map(log.files).set(path, bytes.with(9, bytes[9]! ^ 1));
  assert.deepEqual(await faultsOf(log, altered), [
    'tile/0/001: its hashes are not those of the entries',
    'tile/1/000.p/2: its hashes are not those of the entries',
    wrongRoot,
  ]);
});

test('a bundle that has not its form is the last thing told', async () => {
  const cut = new Map(log.files).set('tile/entries/001', Uint8Array.of(0, 9, 1));
  assert.deepEqual(await faultsOf(log, cut), ['tile/entries/001: Cannot read entry 0 of bundle: it is cut short']);
});

test('the root of another tree is not this one’s', async () => {
  assert.deepEqual(await faultsOf({ ...log, root: new Uint8Array(32) }), [wrongRoot]);
});

test('a file that cannot be read ends the check when it is its turn, and not before', async () => {
  const told: string[] = [];
  const altered = new Map(log.files).set('tile/0/000', new Uint8Array(8192));
  const read = (path: string): Promise<Uint8Array | undefined> =>
    path === 'tile/entries/001' ? Promise.reject(new Error('the disk')) : Promise.resolve(altered.get(path));
  const check = async (): Promise<void> => {
    for await (const { path } of checkLog(log, read, nativeCrypto.sha256)) told.push(path);
  };
  await assert.rejects(check(), /the disk/);
  assert.deepEqual(told, ['tile/0/000']);
});
