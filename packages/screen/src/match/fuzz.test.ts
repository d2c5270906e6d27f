import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '@comity/testkit';
import { soupText, soupValues } from '../../../testkit/src/corpus/index.ts';
import { Table } from '../table/index.ts';
import { HitList, relations } from './hits.ts';
import { NaiveMatcher } from './naive-matcher.ts';
import { scan } from './scan.ts';

/** Hits of the matcher in the naive matcher's notation. */
function hitsIn(table: Table, bytes: Uint8Array, start = 0, end = bytes.length, shift = 0): string[] {
  const hits = new HitList();
  scan(table, bytes, start, end, hits);
  return Array.from({ length: hits.count }, (_, hit) => {
    const place = `${hits.start[hit]! - shift} ${hits.end[hit]! - shift}`;
    const relation = relations[hits.relation[hit]!]!;
    return `${place} ${relation} ${table.valueOf(hits.entry[hit]!)} ${hits.port[hit]!}`;
  }).toSorted();
}

test('the matcher and the naive matcher give the same hits on random tokens and random lists', () => {
  const seed = Number(process.env['FUZZ_SEED'] ?? 20_261_123);
  const rounds = Number(process.env['FUZZ_ROUNDS'] ?? 1_500);
  const random = createRandom(seed);
  let hitCount = 0;
  for (let round = 0; round < rounds; round++) {
    const values = soupValues(random);
    const table = Table.build(
      values.map((value, ref) => ({ value, ref })),
      { seed: random.u32() },
    );
    const naive = new NaiveMatcher(values);
    for (let count = 0; count < 20; count++) {
      const bytes = Buffer.from(soupText(random));
      const found = hitsIn(table, bytes);
      const listed = JSON.stringify(values.map(({ value }) => value));
      const expected = naive.hitsIn(bytes.toString('latin1'));
      assert.deepEqual(
        found,
        expected,
        `seed ${seed}, round ${round}: ${JSON.stringify(bytes.toString())} against ${listed}`,
      );
      hitCount += found.length;
    }
  }
  assert.ok(hitCount > rounds, `the soup is too thin to prove anything: ${hitCount} hits`);
});

test('a scan of many lines finds what scans of each line find, and a field is judged as if nothing stood round it', () => {
  const random = createRandom(7);
  for (let round = 0; round < 200; round++) {
    const table = Table.build(soupValues(random).map((value, ref) => ({ value, ref })));
    const lines = Array.from({ length: 5 }, () => Buffer.from(soupText(random).replaceAll('\n', ' ')));
    const chunk = Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
    const each: string[] = [];
    let offset = 0;
    for (const line of lines) {
      const alone = hitsIn(table, line);
      assert.deepEqual(hitsIn(table, chunk, offset, offset + line.length, offset), alone);
      const surrounded = Buffer.concat([Buffer.from('a.1:'), line, Buffer.from('.x:1')]);
      assert.deepEqual(hitsIn(table, surrounded, 4, 4 + line.length, 4), alone);
      each.push(...hitsIn(table, chunk, offset, offset + line.length));
      offset += line.length + 1;
    }
    assert.deepEqual(hitsIn(table, chunk), each.toSorted());
  }
});

test('an input so long that it is looked through in windows gives the hits of the naive matcher', () => {
  const random = createRandom(23);
  for (const filler of ['', 'x', ' ', '\n']) {
    const values = Array.from({ length: 4 }, () => soupValues(random)).flat();
    const table = Table.build(values.map((value, ref) => ({ value, ref })));
    let text = '';
    while (text.length < 200_000) text += `${soupText(random)}${filler}`;
    // Without a border for longer than a window, and with what is listed across its end.
    const bytes = Buffer.from(text + 'a.'.repeat(50_000) + text.slice(0, 100_000));
    assert.deepEqual(hitsIn(table, bytes), new NaiveMatcher(values).hitsIn(bytes.toString('latin1')));
  }
});
