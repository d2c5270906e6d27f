import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ComityError } from '@comity/protocol/base';
import { parseValue } from '@comity/protocol/values';
import { createRandom } from '@comity/testkit';
import { inventIndicators } from '../../../testkit/src/corpus/index.ts';
import { fastScan, HitList, relations } from '../match/index.ts';
import { loadTable, saveTable } from './image.ts';
import { LAYOUT_VERSION } from './memory.ts';
import { Table } from './table.ts';

const dir = mkdtempSync(join(tmpdir(), 'comity-image-'));
after(() => rmSync(dir, { recursive: true, force: true }));
const path = (name: string): string => join(dir, name);

const values = [...inventIndicators(3000, 7, ['hub.example'])];
const text = Buffer.from(values.map(({ kind, value }) => (kind === 'url' ? `http://${value}` : value)).join(' '));

function found(table: Table): string[] {
  const hits = new HitList();
  fastScan(table, text, 0, text.length, hits);
  return Array.from({ length: hits.count }, (_, hit) => {
    const entry = hits.entry[hit]!;
    const rows = table.rowsOf(entry).map(({ ref, port }) => `${ref}:${port ?? ''}`);
    return `${hits.start[hit]} ${relations[hits.relation[hit]!]} ${table.valueOf(entry)} ${rows.toSorted().join(',')}`;
  }).toSorted();
}

function refusal(file: string): string {
  try {
    loadTable(file);
  } catch (error) {
    assert.ok(error instanceof ComityError && error.code === 'TABLE_UNUSABLE', String(error));
    assert.ok(error.message.includes(JSON.stringify(file)), error.message);
    return error.message;
  }
  assert.fail('was loaded');
}

/** The same bytes with a digest that fits them. */
function signed(bytes: Uint8Array): Buffer {
  const image = Buffer.from(bytes).fill(0, 32, 64);
  createHash('sha256').update(image).digest().copy(image, 32);
  return image;
}

test('a table that was saved and loaded finds the same, and goes on being changed', async () => {
  const table = Table.build(
    values.map((value, ref) => ({ value, ref })),
    { seed: 99 },
  );
  table.add({ ...parseValue('192.0.2.1', 'ipv4'), port: 443 }, 7);
  table.add(parseValue('192.0.2.1', 'ipv4'), 8);
  await saveTable(table, path('table'), '["list"]');
  const { table: loaded, about } = loadTable(path('table'));
  assert.equal(about, '["list"]');
  assert.equal(loaded.count, table.count);
  assert.deepEqual(found(loaded), found(table));
  const gone = values.slice(0, 2900);
  for (const each of [table, loaded]) {
    for (const [ref, value] of gone.entries()) each.remove(value, ref);
    for (let ref = 0; ref < 5000; ref++) each.add(parseValue(`n${ref}.evil.example`, 'domain'), ref);
    for (let ref = 0; ref < 4500; ref++) each.remove(parseValue(`n${ref}.evil.example`, 'domain'), ref);
  }
  assert.deepEqual(found(loaded), found(table));
});

test('a table that was loaded hashes with the secret it was built with, also once it is rebuilt', async () => {
  const seeded = Table.build([], { seed: 4711 });
  await saveTable(seeded, path('seeded'));
  const { table } = loadTable(path('seeded'));
  const before = table.memory;
  for (let ref = 0; ref < 9000; ref++) table.add(parseValue(`n${ref}.evil.example`, 'domain'), ref);
  for (let ref = 0; ref < 9000; ref++) table.remove(parseValue(`n${ref}.evil.example`, 'domain'), ref);
  assert.notEqual(table.memory, before, 'it was rebuilt');
  assert.deepEqual(table.set.key, seeded.set.key);
});

test('what a table was about is that of the last saving, and the image does not grow by saving it again', async () => {
  const table = Table.build(values.map((value, ref) => ({ value, ref })));
  await saveTable(table, path('first'), 'first '.repeat(1000));
  await saveTable(loadTable(path('first')).table, path('second'), 'second');
  await saveTable(loadTable(path('second')).table, path('third'), 'third');
  assert.equal(loadTable(path('third')).about, 'third');
  assert.equal(statSync(path('third')).size, statSync(path('second')).size);
  assert.ok(statSync(path('second')).size < statSync(path('first')).size);
});

test('a file that is no table, of another version or byte order, cut short or too long is refused with its name and the reason', async () => {
  const file = path('refused');
  await saveTable(Table.build(values.map((value, ref) => ({ value, ref }))), file);
  const whole = readFileSync(file);
  const changed = (change: (bytes: Buffer) => Uint8Array | void): string => {
    const bytes = Buffer.from(whole);
    writeFileSync(file, change(bytes) ?? bytes);
    return refusal(file);
  };
  assert.match(
    changed(() => Buffer.from('evil.example\n')),
    /it is no saved table/,
  );
  assert.match(
    changed(() => new Uint8Array(0)),
    /it is no saved table/,
  );
  assert.match(
    changed((bytes) => void bytes.writeUInt32LE(LAYOUT_VERSION + 1, 20)),
    new RegExp(`of version ${LAYOUT_VERSION + 1}, and this program reads version ${LAYOUT_VERSION}`),
  );
  assert.match(
    changed((bytes) => void bytes.subarray(16, 20).reverse()),
    /byte order/,
  );
  assert.match(
    changed((bytes) => bytes.subarray(0, 700)),
    /cut short: 700 bytes/,
  );
  assert.match(
    changed((bytes) => bytes.subarray(0, -1)),
    /it has \d+ bytes, and says that it has \d+/,
  );
  assert.match(
    changed((bytes) => Buffer.concat([bytes, Buffer.alloc(1)])),
    /it has \d+ bytes, and says/,
  );
  // Nothing is allocated for a size that only the file claims.
  assert.match(
    changed((bytes) => void bytes.writeBigUInt64LE(2n ** 60n, 24)),
    /more than a table can have/,
  );
  assert.throws(() => loadTable(path('missing')), { code: 'FILE_UNREADABLE', message: /missing/ });
  assert.match(refusal(dir), /no regular file/);
});

test('an image with any one byte changed is refused', async () => {
  const file = path('flipped');
  const table = Table.build([
    { value: parseValue('evil.example', 'domain'), ref: 1 },
    { value: parseValue('http://evil.example/a*', 'url'), ref: 2 },
  ]);
  await saveTable(table, file, 'two');
  const image = readFileSync(file);
  assert.ok(image.length < 64 * 1024, `${image.length} bytes`);
  const random = createRandom(5);
  const descriptor = openSync(file, 'r+');
  for (let at = 0; at < image.length; at++) {
    writeSync(descriptor, Uint8Array.of(image[at]! ^ (1 << random.below(8))), 0, 1, at);
    refusal(file);
    writeSync(descriptor, image, at, 1, at);
  }
  closeSync(descriptor);
  assert.equal(loadTable(file).table.count, 2);
});

test('whatever an image holds under a digest that fits, it is refused, or looked at without error and without end', async () => {
  const file = path('forged');
  // The gate of IPv4 addresses has 2 MB, whose bits mean nothing more.
  const few = values.filter(({ value }) => !/^[\d.]+(?:\/|$)/.test(value)).slice(0, 300);
  const table = Table.build(few.map((value, ref) => ({ value, ref })));
  for (let port = 1; port < 50; port++) table.add({ ...parseValue('evil.example', 'domain'), port }, 1);
  await saveTable(table, file, 'forged');
  const image = readFileSync(file);
  const words = image.length / 4;
  const random = createRandom(11);
  let refused = 0;
  const rounds = 200;
  for (let round = 0; round < rounds; round++) {
    const forged = Buffer.from(image);
    for (let change = 0; change <= random.below(3); change++) {
      // The header and its directory as often as all the rest, which is mostly bits of gates.
      const word = random.below(2) === 0 ? 256 + random.below(72) : random.below(words);
      forged.writeUInt32LE(random.pick([0, 1, random.below(1000), random.below(2 ** 32), 0xffff_ffff]), word * 4);
    }
    writeFileSync(file, signed(forged));
    let loaded: Table;
    try {
      loaded = loadTable(file).table;
    } catch (error) {
      assert.ok(error instanceof ComityError && error.code === 'TABLE_UNUSABLE', String(error));
      refused++;
      continue;
    }
    found(loaded);
  }
  assert.ok(refused > rounds / 5 && refused < rounds, `${refused} refused`);
});

test('a file that cannot be written is told, the old one stays and nothing is left behind', async (t) => {
  if (process.getuid?.() === 0) t.diagnostic('root may write anywhere: the folder is taken away instead');
  await assert.rejects(saveTable(Table.build([]), path('no/folder/table')), { code: 'FILE_UNREADABLE' });
  const before = readFileSync(path('table'));
  chmodSync(dir, 0o500);
  try {
    if (process.getuid?.() !== 0) await assert.rejects(saveTable(Table.build([]), path('table')), /Cannot save/);
  } finally {
    chmodSync(dir, 0o700);
  }
  assert.deepEqual(readFileSync(path('table')), before);
  assert.deepEqual(
    readdirSync(dir).filter((name) => name.endsWith('.part')),
    [],
  );
});
