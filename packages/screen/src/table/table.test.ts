import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseValue } from '@comity/protocol/values';
import type { ListedValue, ValueKind } from '@comity/protocol/values';
import { createRandom } from '@comity/testkit';
import { inventIndicators } from '../../../testkit/src/corpus/index.ts';
import { HitList, relations, scan } from '../match/index.ts';
import { Table } from './table.ts';

function listed(kind: ValueKind, text: string, port?: number): ListedValue {
  const value = parseValue(text, kind);
  return port === undefined ? value : { ...value, port };
}

/** What a scan of the text finds, with the references of each hit. */
function found(table: Table, text: string): string[] {
  const bytes = Buffer.from(text);
  const hits = new HitList();
  scan(table, bytes, 0, bytes.length, hits);
  return Array.from({ length: hits.count }, (_, hit) => {
    const rows = table
      .rowsOf(hits.entry[hit]!)
      .map(({ ref, port }) => (port === undefined ? `${ref}` : `${ref}:${port}`));
    return `${hits.start[hit]!} ${relations[hits.relation[hit]!]!} ${table.valueOf(hits.entry[hit]!)} ${rows.toSorted().join(',')}`;
  })
    .filter((hit) => !hit.includes(' gate '))
    .toSorted();
}

test('the same value from several lists is one entry with several rows, each with its port', () => {
  const table = Table.build([
    { value: listed('ipv4', '192.0.2.1'), ref: 1 },
    { value: listed('ipv4', '192.0.2.1', 443), ref: 1 },
    { value: listed('ipv4', '192.0.2.1'), ref: 4_294_967_295 },
    { value: listed('ipv4', '192.0.2.1'), ref: 1 },
  ]);
  assert.equal(table.count, 3);
  assert.deepEqual(found(table, '192.0.2.1'), ['0 exact 192.0.2.1 1,1:443,4294967295']);
});

test('a row is added and removed while in use, and the last row takes the value with it', () => {
  const table = Table.build([]);
  const value = listed('domain', 'evil.example');
  assert.equal(table.add(value, 7), true);
  assert.equal(table.add(value, 7), false);
  assert.equal(table.add({ ...value, port: 53 }, 7), true);
  assert.equal(table.remove(value, 8), false);
  assert.equal(table.remove(value, 7), true);
  assert.deepEqual(found(table, 'a.evil.example'), ['0 subdomain evil.example 7:53']);
  assert.equal(table.remove({ ...value, port: 53 }, 7), true);
  assert.deepEqual(found(table, 'a.evil.example'), []);
  assert.equal(table.add(value, 9), true);
  assert.deepEqual(found(table, 'a.evil.example'), ['0 subdomain evil.example 9']);
  assert.equal(table.count, 1);
});

test('kinds that are not screened are passed over, and values that are not normal are refused', () => {
  const table = Table.build([{ value: { kind: 'mutex', value: 'evil.example' }, ref: 1 }]);
  assert.equal(table.count, 0);
  for (const [kind, value] of [
    ['domain', 'evil'],
    ['domain', ''],
    ['domain', '*'],
    ['domain', '*.'],
    ['domain', '.'],
    ['ipv4', '192.0.2.1/33'],
    ['ipv6', '2001:db8::zz'],
    ['url', 'evil.example'],
    ['email', '@evil.example'],
    ['email', 'a@'],
    ['email', ''],
    ['url', ''],
    ['md5', ''],
    ['md5', 'd41d'],
  ] as const) {
    // What was read before lies behind a shorter value.
    for (const longer of ['*.longer.example', 'a@b.longer.example'])
      table.remove({ kind: longer.includes('@') ? 'email' : 'domain', value: longer }, 1);
    assert.throws(() => table.add({ kind, value }, 1), { code: 'VALUE_MALFORMED' }, value);
  }
});

test('every kind of value comes back in the normal form it was listed in', () => {
  const values = [...inventIndicators(2000, 5, ['hub.example'])];
  const table = Table.build(values.map((value, ref) => ({ value, ref })));
  const seen = new Set(
    Array.from({ length: table.set.list.count }, (_, entry) => `${table.kindOf(entry)} ${table.valueOf(entry)}`),
  );
  for (const { kind, value } of values) assert.ok(seen.has(`${kind} ${value}`), value);
});

test('a table after any adds, removes, growth and rebuilds finds what a fresh one finds', () => {
  const random = createRandom(3);
  const values = [...inventIndicators(30_000, 9, ['hub.example'])];
  const table = Table.build([], { seed: 1 });
  const rows = new Map<string, { value: ListedValue; ref: number }>();
  for (let round = 0; round < 60_000; round++) {
    const value = random.pick(values);
    const ref = random.below(3);
    const key = `${ref} ${value.kind} ${value.value}`;
    // Mostly adds at first, mostly removes at the end, so that it grows and is rebuilt.
    if (random.below(60_000) > round) {
      assert.equal(table.add(value, ref), !rows.has(key));
      rows.set(key, { value, ref });
    } else {
      assert.equal(table.remove(value, ref), rows.delete(key));
    }
  }
  for (const { value, ref } of [...rows.values()].slice(0, rows.size - 50)) {
    assert.equal(table.remove(value, ref), true);
    rows.delete(`${ref} ${value.kind} ${value.value}`);
  }
  const fresh = Table.build(rows.values(), { seed: 2 });
  assert.equal(table.count, fresh.count);
  const text = values.map(({ kind, value }) => (kind === 'url' ? `http://${value}` : value)).join(' ');
  assert.ok(found(fresh, text).length >= 25);
  assert.deepEqual(found(table, text), found(fresh, text));
  assert.ok(table.set.list.count < 30_000, 'what is dead is cleared away');
});

test('the seed changes where values lie, never what is found', () => {
  const values = [...inventIndicators(3000, 11, ['hub.example'])];
  const text = values.map(({ kind, value }) => (kind === 'url' ? `http://${value}` : value)).join(' ');
  const rows = values.map((value, ref) => ({ value, ref }));
  const expected = found(Table.build(rows, { seed: 0 }), text);
  assert.ok(expected.length >= 2900);
  for (const seed of [1, 0xffff_ffff, 0x8000_0000])
    assert.deepEqual(found(Table.build(rows, { seed }), text), expected);
});

test('how many rows are expected changes what is held while a table is built, never the table', () => {
  const rows = [...inventIndicators(3000, 11, ['hub.example'])].map((value, ref) => ({ value, ref }));
  const { bytes, count } = Table.build(rows.values(), { expectedRows: rows.length });
  for (const expectedRows of [0, 10, 100_000]) {
    const table = Table.build(rows.values(), { expectedRows });
    assert.equal(table.count, count);
    assert.ok(Math.abs(table.bytes - bytes) < bytes / 50, `${table.bytes} bytes, not ${bytes}`);
  }
});

test('a value takes at most 60 bytes', () => {
  const values = [...inventIndicators(400_000, 13, ['hub.example'])];
  const table = Table.build(values.map((value, ref) => ({ value, ref })));
  // The gates take as much whatever is listed.
  const gateBytes = (['nameEnds', 'ipv4Blocks', 'ipv4Networks', 'ipv6Sites', 'digestStarts'] as const)
    .map((section) => table.set.memory.sizeOf(section))
    .reduce((sum, bytes) => sum + bytes);
  const perValue = (table.bytes - gateBytes) / values.length;
  assert.ok(perValue <= 60, `${perValue} bytes`);
});

/** CPU milliseconds, the least of three. */
function cpuMsOf(work: () => void): number {
  const times = Array.from({ length: 3 }, () => {
    const { user, system } = process.cpuUsage();
    work();
    const after = process.cpuUsage();
    return (after.user + after.system - user - system) / 1000;
  });
  return Math.min(...times);
}

test('a value that thousands list costs no more for each of them, and every one can go again', () => {
  const value = listed('domain', 'evil.example');
  const fill = (count: number): Table => {
    const table = Table.build([]);
    for (let ref = 0; ref < count; ref++) assert.equal(table.add(value, ref), true);
    return table;
  };
  // A list walked for each of its rows would take 64 times as long.
  assert.ok(
    cpuMsOf(() => fill(32_000)) <
      24 *
        Math.max(
          2,
          cpuMsOf(() => fill(4_000)),
        ),
  );

  const table = fill(300);
  const random = createRandom(5);
  const left = new Set(Array.from({ length: 300 }, (_, ref) => ref));
  while (left.size > 0) {
    const ref = random.below(300);
    assert.equal(table.remove(value, ref), left.delete(ref));
    if (left.size % 50 === 0 && left.size > 0) {
      assert.deepEqual(found(table, 'evil.example'), [
        `0 exact evil.example ${[...left].map(String).toSorted().join(',')}`,
      ]);
    }
  }
  assert.deepEqual(found(table, 'evil.example'), []);
  assert.equal(table.add(value, 1), true);
  assert.equal(table.count, 1);
});

test('e-mail addresses that differ before an odd byte only are told apart, in time linear in their number', () => {
  const fill = (count: number): Table =>
    Table.build(Array.from({ length: count }, (_, ref) => ({ value: listed('email', `${ref}'a@evil.example`), ref })));
  assert.ok(
    cpuMsOf(() => fill(16_000)) <
      24 *
        Math.max(
          4,
          cpuMsOf(() => fill(2_000)),
        ),
  );
  const table = fill(100);
  assert.deepEqual(found(table, "<x 42'a@evil.example>"), ["3 exact 42'a@evil.example 42"]);
  assert.deepEqual(found(table, "142'a@evil.example a@evil.example"), []);
});
