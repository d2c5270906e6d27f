import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inventEntries, makeLog, nativeCrypto } from '../../../testkit/src/index.ts';
import {
  growEdge,
  growTiles,
  leafHash,
  partialTiles,
  printTilePath,
  readTilesInMaking,
  rootOfEdge,
  rootOfTiles,
} from './index.ts';
import type { TileInMaking } from './index.ts';

const { sha256 } = nativeCrypto;
const entries = inventEntries(70_000, 9);
const leaves = entries.map((entry) => leafHash(entry, sha256));

test('a log that grows in any steps has the root of one that was there at once', () => {
  let [edge, size]: [Uint8Array[], number] = [[], 0];
  assert.deepEqual(rootOfEdge(edge, sha256), makeLog([]).root);
  for (const step of [1, 1, 1, 4, 0, 248, 1, 300, 2]) {
    edge = growEdge(edge, size, leaves.slice(size, size + step), sha256);
    size += step;
    assert.deepEqual(rootOfEdge(edge, sha256), makeLog(entries.slice(0, size)).root, String(size));
  }
});

test('tiles that grow in any steps are those of a log that was there at once, with its root', () => {
  for (const steps of [[600], [255, 1, 1, 343], [1, 599], [70_000], [65_535, 1, 4464]]) {
    const size = steps.reduce((sum, step) => sum + step);
    const edge: TileInMaking[] = [];
    const files = new Map<string, Uint8Array>();
    let from = 0;
    for (const step of steps) {
      for (const { tile, bytes } of growTiles(edge, leaves.slice(from, from + step), sha256))
        files.set(printTilePath(tile), bytes);
      from += step;
    }
    for (const { tile, bytes } of partialTiles(edge)) files.set(printTilePath(tile), bytes);
    const made = makeLog(entries.slice(0, size));
    const hashTiles = [...made.files].filter(([path]) => !path.startsWith('tile/entries/'));
    assert.deepEqual(new Map(hashTiles), files, String(steps));
    assert.deepEqual(rootOfTiles(edge, size, sha256), made.root);
  }
});

test('tiles at the edge are read again to go on, from wider ones too', async () => {
  const wide = makeLog(entries.slice(0, 300));
  const read = ({ level, index }: { level: number | 'entries'; index: number }) =>
    Promise.resolve(wide.files.get(printTilePath({ level, index, width: level === 0 && index === 1 ? 44 : 256 }))!);
  const edge = await readTilesInMaking(290, (tile) =>
    tile.level === 1 ? Promise.resolve(wide.files.get('tile/1/000.p/1')!) : read(tile),
  );
  growTiles(edge, leaves.slice(290, 300), sha256);
  assert.deepEqual(rootOfTiles(edge, 300, sha256), wide.root);
  assert.deepEqual(await readTilesInMaking(0, read), []);
  assert.deepEqual((await readTilesInMaking(256, () => Promise.resolve(wide.files.get('tile/1/000.p/1')!)))[0], {
    index: 1,
    hashes: [],
  });
  await assert.rejects(
    readTilesInMaking(290, () => Promise.resolve(new Uint8Array(31))),
    { code: 'LEDGER_MALFORMED' },
  );
});
