import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseValue } from '@comity/protocol/values';
import { createRandom } from '@comity/testkit';
import type { Random } from '@comity/testkit';
import { adversarialInputs, inventIndicators, soupText, soupValues } from '../../../testkit/src/corpus/index.ts';
import { kernelOn } from '../kernel/index.ts';
import type { Gates } from '../kernel/index.ts';
import { Table } from '../table/index.ts';
import { fastScan } from './fast-scan.ts';
import { HitList, relations } from './hits.ts';
import { scan } from './scan.ts';

function textsOf(table: Table, hits: HitList): string[] {
  return Array.from({ length: hits.count }, (_, hit) => {
    const place = `${hits.start[hit]!} ${hits.end[hit]!} ${relations[hits.relation[hit]!]!}`;
    return `${place} ${table.valueOf(hits.entry[hit]!)} ${hits.port[hit]!}`;
  }).toSorted();
}

/** Hits of both scans of a range, gates included. */
function bothScans(table: Table, bytes: Uint8Array, start: number, end: number, gates: Gates): [string[], string[]] {
  const plain = new HitList();
  const fast = new HitList();
  scan(table, bytes, start, end, plain);
  fastScan(table, bytes, start, end, fast, gates);
  return [textsOf(table, fast), textsOf(table, plain)];
}

function isHit(text: string): boolean {
  return !text.includes(' gate ');
}

function soup(random: Random, length: number): Buffer {
  let text = '';
  while (text.length < length) text += soupText(random);
  return Buffer.from(text);
}

test('with the kernel a scan gives the same hits and gates, wherever it begins and ends, also after changes', () => {
  const random = createRandom(Number(process.env['FUZZ_SEED'] ?? 20_261_126));
  let hitCount = 0;
  for (let round = 0; round < Number(process.env['FUZZ_ROUNDS'] ?? 150); round++) {
    const values = [...soupValues(random), ...soupValues(random)];
    const table = Table.build(
      values.map((value, ref) => ({ value, ref })),
      { seed: random.u32() },
    );
    assert.ok(kernelOn(table.set.memory) !== undefined, 'the kernel is there');
    const bytes = soup(random, 2000);
    for (let change = 0; change < 3; change++) {
      for (let count = 0; count < 4; count++) {
        const start = random.below(128);
        const end = bytes.length - random.below(128);
        const [found, expected] = bothScans(table, bytes, start, end, 'all');
        assert.deepEqual(found, expected, `round ${round}, ${start} to ${end}`);
        for (const gates of ['none', 'parted'] as const) {
          const [some] = bothScans(table, bytes, start, end, gates);
          assert.deepEqual(some.filter(isHit), expected.filter(isHit), `round ${round}, ${start} to ${end}, ${gates}`);
        }
        hitCount += found.length;
      }
      for (const value of soupValues(random)) {
        if (random.below(2) === 0) table.add(value, 1000);
        else table.remove(random.pick(values), values.indexOf(random.pick(values)));
      }
    }
  }
  assert.ok(hitCount > 10_000, `the soup is too thin to prove anything: ${hitCount} hits`);
});

test('an input of many windows, with and without borders between them, gives the same hits and gates', () => {
  const random = createRandom(23);
  for (const filler of [' ', '\n', 'x', '']) {
    const values = Array.from({ length: 6 }, () => soupValues(random)).flat();
    const table = Table.build(values.map((value, ref) => ({ value, ref })));
    let text = '';
    while (text.length < 300_000) text += soupText(random) + filler;
    const bytes = Buffer.from(text + 'a.'.repeat(60_000) + text.slice(0, 150_000));
    const [found, expected] = bothScans(table, bytes, 0, bytes.length, 'all');
    assert.deepEqual(found, expected);
  }
});

test('what was made to be slow gives the same hits and gates', () => {
  const values = [...inventIndicators(20_000, 1, ['hub.example'])];
  const table = Table.build(values.map((value, ref) => ({ value, ref })));
  for (const [name, make] of Object.entries(adversarialInputs)) {
    const bytes = make(300_000, values.slice(0, 500));
    const [found, expected] = bothScans(table, bytes, 0, bytes.length, 'all');
    assert.deepEqual(found, expected, name);
  }
});

test('a name that is listed, and the host of what is listed, is found as both, whichever came first and however the table grew', () => {
  const name = { value: parseValue('shop.popular.example', 'domain'), ref: 1 };
  const url = { value: parseValue('http://shop.popular.example/evil', 'url'), ref: 2 };
  const email = { value: parseValue('eve@shop.popular.example', 'email'), ref: 3 };
  const line = `www.shop.popular.example "shop.popular.example" http://shop.popular.example/evil <eve@shop.popular.example> ${'x '.repeat(300)}`;
  const bytes = Buffer.from(line);
  for (const more of [0, 40, 63, 64, 700, 5000]) {
    for (const rows of [
      [name, url, email],
      [email, url, name],
      [url, name, email],
    ]) {
      const table = Table.build([]);
      for (const { value, ref } of rows) {
        table.add(value, ref);
        for (let other = 0; other < more; other++) table.add(parseValue(`${ref}-${other}.other.example`, 'domain'), 9);
      }
      const [found, expected] = bothScans(table, bytes, 0, bytes.length, 'none');
      assert.deepEqual(found.filter(isHit), expected.filter(isHit));
      // The name four times, the URL and the address once.
      assert.equal(found.filter(isHit).length, 6, `${more} others between`);
    }
  }
});

test('the host of a listed URL stands where no URL does without being a place', () => {
  const rows = Array.from({ length: 200 }, (_, ref) => ({
    value: parseValue(`http://www${ref}.popular.example/evil`, 'url'),
    ref,
  }));
  const table = Table.build(rows);
  const kernel = kernelOn(table.set.memory)!;
  const bytes = Buffer.from(rows.map(({ ref }) => `(www${ref}.popular.example)`).join(' '));
  assert.equal(kernel.find(bytes, 0, bytes.length, 'none'), 0);
  assert.equal(kernel.find(bytes, 0, bytes.length, 'all'), 200);
});
