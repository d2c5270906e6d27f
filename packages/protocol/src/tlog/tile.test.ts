import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { inventEntries, makeLog, nativeCrypto } from '../../../testkit/src/index.ts';
import {
  beginningOfTile,
  foldHashes,
  hashesOfTile,
  isConsistent,
  isIncluded,
  isTileConsistent,
  leafHash,
  nodeHash,
  parseEntryBundle,
  parseTilePath,
  placeOfNode,
  planConsistency,
  planInclusion,
  planRoot,
  planTile,
  printEntryBundle,
  printTilePath,
  rootOfHashes,
  tilesBetween,
  tilesOfPlan,
} from './index.ts';
import type { Tile } from './index.ts';

const { sha256 } = nativeCrypto;
const malformed = { code: 'LEDGER_MALFORMED' };
/** Two levels of tiles, both with a partial one at the end. */
const log = makeLog(inventEntries(600, 1));

test('paths of tiles are read and written in one form (tlog-tiles)', () => {
  for (const [path, level, index, width] of [
    ['tile/0/000', 0, 0, 256],
    ['tile/0/x001/x234/067', 0, 1_234_067, 256],
    ['tile/2/000.p/1', 2, 0, 1],
    ['tile/63/999.p/255', 63, 999, 255],
    ['tile/entries/273.p/112', 'entries', 273, 112],
    ['tile/entries/x001/000', 'entries', 1000, 256],
    ['tile/0/x009/x007/x199/x254/x740/991', 0, Number.MAX_SAFE_INTEGER, 256],
  ] as const) {
    assert.deepEqual(parseTilePath(path), { level, index, width });
    assert.equal(printTilePath({ level, index, width }), path);
  }
  for (const path of [
    '',
    '/tile/0/000',
    'tile/0/0',
    'tile/00/000',
    'tile/64/000',
    'tile/-1/000',
    'tile/0/x000/000',
    'tile/0/001/000',
    'tile/0/x001',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/999',
    'tile/0/000.p/01',
    'tile/data/000',
    'tile/entries/000/',
    'tile/0/x009/x007/x199/x254/x740/992',
    'tile/0/x100/x000/x000/x000/x000/x000/000',
    'tile/0/../000',
    'tile/0/000\n',
  ])
    assert.throws(() => parseTilePath(path), malformed, path);
  const tile = fc.record(
    {
      level: fc.oneof(fc.nat(63), fc.constant('entries' as const)),
      index: fc.maxSafeNat(),
      width: fc.integer({ min: 1, max: 256 }),
    },
    { noNullPrototype: true },
  );
  fc.assert(fc.property(tile, (each) => assert.deepEqual(parseTilePath(printTilePath(each)), each)));
});

test('a size has these tiles: full ones, partial ones at the edge, none that are empty (tlog-tiles, Merkle tree)', () => {
  const paths = (from: number, to: number): string[] => [...tilesBetween(from, to)].map(printTilePath);
  assert.deepEqual(paths(0, 0), []);
  assert.deepEqual(paths(0, 256), ['tile/entries/000', 'tile/0/000', 'tile/1/000.p/1']);
  const all = paths(0, 70_000);
  assert.equal(all.filter((path) => path.startsWith('tile/entries/')).length, 274);
  assert.deepEqual(
    all.filter((path) => path.includes('.p/')),
    ['tile/entries/273.p/112', 'tile/0/273.p/112', 'tile/1/001.p/17', 'tile/2/000.p/1'],
  );
  assert.deepEqual(paths(255, 257), [
    'tile/entries/000',
    'tile/entries/001.p/1',
    'tile/0/000',
    'tile/0/001.p/1',
    'tile/1/000.p/1',
  ]);
  assert.deepEqual(paths(300, 301), ['tile/entries/001.p/45', 'tile/0/001.p/45']);
  assert.deepEqual(paths(300, 300), []);
  for (const [from, to] of [
    [0, -1],
    [-1, 0],
    [2, 1],
    [0, 0.5],
    [0, 2 ** 53],
  ] as const)
    assert.throws(() => paths(from, to), { code: 'ARGUMENT_INVALID' });
});

test('proofs out of tiles verify, for a tree that grew too; a plan reads each tile once', () => {
  for (const size of [1, 255, 256, 257, 512, 600]) {
    const root = log.hashes(planRoot(size), size)[0]!;
    assert.deepEqual(root, makeLog(log.entries.slice(0, size)).root, `root of ${size}`);
    for (const index of [0, 200, 255, 256, 511, 599].filter((each) => each < size)) {
      const proof = log.hashes(planInclusion(index, size), size);
      const claim = { index, leafHash: leafHash(log.entries[index]!, sha256), size, root, proof };
      assert.ok(isIncluded(claim, sha256), `${index} in ${size}`);
    }
    const proof = log.hashes(planConsistency(size, 600));
    assert.ok(isConsistent({ fromSize: size, fromRoot: root, size: 600, root: log.root, proof }, sha256));
  }
  const tiles = tilesOfPlan(planInclusion(300, 600), 600).map(printTilePath);
  assert.deepEqual(tiles.toSorted(), ['tile/0/001', 'tile/0/002.p/88', 'tile/1/000.p/2']);
});

test('a node is found in its tile, and what the tree does not have is not', () => {
  assert.deepEqual(placeOfNode({ level: 8, index: 1 }, 600), {
    tile: { level: 1, index: 0, width: 2 },
    first: 1,
    count: 1,
  });
  assert.deepEqual(placeOfNode({ level: 3, index: 33 }, 2 ** 50), {
    tile: { level: 0, index: 1, width: 256 },
    first: 8,
    count: 8,
  });
  for (const node of [
    { level: 8, index: 2 },
    { level: 0, index: 600 },
    { level: 60, index: 0 },
  ])
    assert.throws(() => placeOfNode(node, 600), { code: 'ARGUMENT_INVALID' });
});

test('the root of hashes is that of a tree over them', () => {
  const [a, b, c] = [1, 2, 3].map((fill) => new Uint8Array(32).fill(fill)) as [Uint8Array, Uint8Array, Uint8Array];
  assert.equal(rootOfHashes([a], sha256), a);
  assert.deepEqual(rootOfHashes([a, b, c], sha256), nodeHash(nodeHash(a, b, sha256), c, sha256));
});

test('every tile of a log is shown by a proof to be its own, and with any bit flipped is not', () => {
  const own = [...log.files].filter(([path]) => !path.startsWith('tile/entries/'));
  assert.equal(own.length, 4);
  for (const [path, bytes] of own) {
    const tile = parseTilePath(path);
    const claim = { tile, bytes, size: 600, root: log.root, proof: log.hashes(planTile(tile, 600)) };
    assert.ok(isTileConsistent(claim, sha256), path);
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const at = Math.floor(bit / 8);
        const flipped = Uint8Array.from(bytes).with(at, bytes[at]! ^ (1 << (bit % 8)));
        assert.ok(!isTileConsistent({ ...claim, bytes: flipped }, sha256));
      }),
      { numRuns: 20 },
    );
  }
  const bundle: Tile = { level: 'entries', index: 0, width: 256 };
  assert.throws(() => planTile(bundle, 600), malformed);
});

test('bytes that are no tile of that width are refused; a wider tile stands for one', () => {
  const tile = { level: 0, index: 0, width: 2 };
  assert.equal(hashesOfTile(tile, new Uint8Array(96)).length, 2);
  for (const length of [0, 32, 63, 65, 32 * 257])
    assert.throws(() => hashesOfTile(tile, new Uint8Array(length)), malformed);
  for (const width of [0, -1, Number.NaN, 257])
    assert.throws(() => hashesOfTile({ ...tile, width }, new Uint8Array(8192)), malformed);
  const plan = planRoot(3);
  assert.throws(() => foldHashes(plan, [], sha256), { code: 'ARGUMENT_INVALID' });
});

test('a bundle holds its entries, each with its length in two bytes (tlog-tiles, Log entries)', () => {
  const entries = [new Uint8Array(0), Uint8Array.of(1, 2), new Uint8Array(65_535).fill(7)];
  const bytes = printEntryBundle(entries);
  assert.deepEqual([...bytes.subarray(0, 8)], [0, 0, 0, 2, 1, 2, 255, 255]);
  assert.deepEqual(parseEntryBundle(bytes, 3), entries);
  assert.throws(() => parseEntryBundle(bytes, 2), { ...malformed, message: /more than its 2/ });
  assert.throws(() => parseEntryBundle(bytes, 4), { ...malformed, message: /3 entries instead of 4/ });
  for (const cut of [1, 3, 5, 7, 100]) assert.throws(() => parseEntryBundle(bytes.subarray(0, cut), 3), malformed);
  assert.throws(() => printEntryBundle([new Uint8Array(65_536)]), malformed);
  assert.throws(() => printEntryBundle(Array.from({ length: 257 }, () => Uint8Array.of(1))), malformed);
  fc.assert(
    fc.property(fc.array(fc.uint8Array(), { maxLength: 256 }), (each) => {
      assert.deepEqual(parseEntryBundle(printEntryBundle(each), each.length), each);
    }),
  );
});

test('of a full tile or bundle the beginning is what a partial one held', () => {
  const narrow = makeLog(log.entries.slice(0, 290));
  for (const [path, bytes] of narrow.files) {
    const tile = parseTilePath(path);
    const full = log.files.get(printTilePath({ ...tile, width: 256 }));
    if (full !== undefined) assert.deepEqual(beginningOfTile(full, tile), bytes, path);
  }
  assert.throws(() => beginningOfTile(Uint8Array.of(0, 1), { level: 'entries', index: 0, width: 1 }), malformed);
});
