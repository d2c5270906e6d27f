import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '@comity/testkit';
import { keySeedOf, sections, seenFlags } from './seen-key.ts';
import { SeenKeys } from './seen-keys.ts';
import { readFresh, SeenTable } from './seen-table.ts';

const seed = keySeedOf(Buffer.alloc(16, 7));

type Row = readonly [section: number, key: bigint, first: number, last: number, times: number, flags: number];

function rowsOf(table: SeenTable): Row[] {
  const rows: Row[] = [];
  table.entries((section, hi, lo, first, last, times, flags) => {
    rows.push([section, (BigInt(hi) << 32n) | BigInt(lo), first, last, times, flags]);
  });
  return rows;
}

/** Shows names and addresses to a table through batches, and counts them with maps. */
function showMany(table: SeenTable, rounds: number): Map<string, [number, number, number, number]> {
  const random = createRandom(3);
  const keys = new SeenKeys(seed, table);
  const counted = new Map<string, [number, number, number, number]>();
  const count = (what: string, flags: number): void => {
    const known = counted.get(what) ?? [table.minute, table.minute, 0, 0];
    counted.set(what, [known[0], table.minute, known[2] + 1, known[3] | flags]);
  };
  for (let round = 0; round < rounds; round++) {
    if (random.below(200) === 0) {
      keys.flush();
      table.minute = Math.min(59, table.minute + random.below(3));
    }
    if (random.below(3) === 0) {
      const address = random.below(5000) + 0xfff_0000_0;
      keys.ipv4(address >>> 0);
      count(`ip ${address >>> 0}`, seenFlags.exact);
      continue;
    }
    const labels = ['test', `d${random.below(900)}`, `h${random.below(40)}`, 'x'].slice(0, 2 + random.below(3));
    const bytes = Buffer.from(labels.toReversed().join('.'));
    keys.name(bytes, 0, bytes.length);
    for (let depth = 2; depth <= labels.length; depth++) {
      count(labels.slice(0, depth).toReversed().join('.'), depth === labels.length ? seenFlags.exact : seenFlags.below);
    }
  }
  keys.flush();
  return counted;
}

test('a table that grew counts each key as often as it was seen, a parent with the names below it, in order of keys', () => {
  const table = new SeenTable(seed);
  const counted = showMany(table, 60_000);
  const rows = rowsOf(table);
  assert.equal(rows.length, counted.size);
  assert.equal(table.count, counted.size);
  assert.deepEqual(
    rows.map((row) => row.slice(2).join(' ')).toSorted(),
    [...counted.values()].map((facts) => facts.join(' ')).toSorted(),
  );
  for (let index = 1; index < rows.length; index++) {
    const [section, key] = rows[index]!;
    const [before, keyBefore] = rows[index - 1]!;
    assert.ok(section > before || (section === before && key > keyBefore));
  }
  const addresses = rows.filter(([section]) => section === sections.ipv4).map(([, key]) => `ip ${key}`);
  assert.deepEqual(addresses.toSorted(), [...counted.keys()].filter((what) => what.startsWith('ip')).toSorted());
});

test('what was new says every key and how it was seen; a table made of it alone has the same ones', () => {
  const table = new SeenTable(seed);
  showMany(table, 5000);
  const fresh = table.takeFresh();
  assert.ok(fresh !== undefined);
  assert.equal(table.takeFresh(), undefined);
  const again = new SeenTable(seed);
  assert.equal(readFresh(fresh, again), true);
  const facts = (rows: Row[]): string[] =>
    rows.map(([section, key, first, , , flags]) => `${section} ${key} ${first} ${flags}`);
  assert.deepEqual(facts(rowsOf(again)), facts(rowsOf(table)));
  assert.equal(readFresh(fresh.subarray(0, fresh.length - 1), new SeenTable(seed)), false);
});

test('names of one seed have other keys under another, and hash neither by letters of the other case nor by what stands beside them', () => {
  const keyOf = (text: string, start: number, end: number, from = seed): bigint => {
    const table = new SeenTable(from);
    const keys = new SeenKeys(from, table);
    keys.name(Buffer.from(text), start, end);
    keys.flush();
    return rowsOf(table).find(([, , , , , flags]) => flags === seenFlags.exact)![1];
  };
  assert.equal(keyOf('a.example', 0, 9), keyOf('xA.EXAMPLEx', 1, 10));
  assert.notEqual(keyOf('a.example', 0, 9), keyOf('a.example', 0, 9, keySeedOf(Buffer.alloc(16, 8))));
});
