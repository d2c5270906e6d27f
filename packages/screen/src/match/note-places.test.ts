import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '@comity/testkit';
import {
  adversarialInputs,
  inventIndicators,
  inventLogs,
  inventTraffic,
  soupText,
} from '../../../testkit/src/corpus/index.ts';
import { keySeedOf, SeenKeys, SeenTable } from '../seen/index.ts';
import { Table } from '../table/index.ts';
import { fastScan } from './fast-scan.ts';
import { HitList } from './hits.ts';
import { scan } from './scan.ts';

const seed = keySeedOf(Buffer.alloc(16, 9));
const table = Table.build([{ value: { kind: 'domain', value: 'evil.example' }, ref: 1 }]);

/** A table and what notes in it. */
function notes(): { readonly keys: SeenKeys; readonly table: SeenTable } {
  const seenTable = new SeenTable(seed);
  return { keys: new SeenKeys(seed, seenTable), table: seenTable };
}

/** Every key and how it was seen; `withTimes`: with its minutes and how often. */
function factsOf(seen: SeenTable, withTimes: boolean): string[] {
  const facts: string[] = [];
  seen.entries((section, hi, lo, first, last, times, flags) => {
    facts.push(`${section} ${hi} ${lo} ${flags}${withTimes ? ` ${first}-${last} ×${times}` : ''}`);
  });
  return facts;
}

/** Notes pieces of bytes both ways, each piece in a minute of its own. */
function noteBothWays(pieces: readonly Uint8Array[]): { fast: SeenTable; plain: SeenTable } {
  const fast = notes();
  const plain = notes();
  const hits = new HitList();
  for (const [minute, piece] of pieces.entries()) {
    fast.table.minute = plain.table.minute = minute % 60;
    hits.reset();
    fastScan(table, piece, 0, piece.length, hits, 'none', fast.keys);
    fast.keys.flush();
    scan(table, piece, 0, piece.length, hits, plain.keys);
    plain.keys.flush();
  }
  return { fast: fast.table, plain: plain.table };
}

/** In many pieces the same few values come again and again, in all contexts. */
function soupPieces(count: number, number: number): Buffer[] {
  const random = createRandom(number);
  return Array.from({ length: count }, () => {
    let text = '';
    while (text.length < 2000 + random.below(4000)) text += `${soupText(random)}${random.pick(['\n', ' ', ',', ''])}`;
    return Buffer.from(text);
  });
}

const seedNumber = Number(process.env['FUZZ_SEED'] ?? 20_261_127);
const rounds = Number(process.env['FUZZ_ROUNDS'] ?? 400);

/** Asserts that what the matcher alone noted was noted; of URLs inside one URL more than four may have been. */
function assertNoted(fast: SeenTable, plain: SeenTable, what: string): number {
  const noted = new Set(factsOf(fast, false));
  const wanted = factsOf(plain, false);
  assert.deepEqual(
    wanted.filter((fact) => !noted.has(fact)),
    [],
    what,
  );
  for (const fact of wanted) noted.delete(fact);
  assert.ok(noted.size <= wanted.length / 10, `${what}: ${noted.size} beyond ${wanted.length}`);
  for (const fact of noted) assert.match(fact, /^3 /, what);
  return wanted.length;
}

test(`with a kernel the same keys are noted as by the matcher alone (seed ${seedNumber})`, () => {
  for (let round = 0; round < rounds; round += 50) {
    const { fast, plain } = noteBothWays(soupPieces(50, seedNumber + round));
    assert.ok(assertNoted(fast, plain, `round ${round}`) > 100, 'the soup is too thin to prove anything');
  }
});

test('of invented logs the same keys are noted, of the same minutes and as often', () => {
  const traffic = inventTraffic(5);
  const planted = [...inventIndicators(500, 6, traffic.hosts.slice(0, 50))];
  const logs = [...inventLogs(traffic, { bytes: 3_000_000, seed: 7, linesPerPlanted: 20, planted })];
  const { fast, plain } = noteBothWays(logs);
  const noted = factsOf(fast, true);
  assert.deepEqual(noted, factsOf(plain, true));
  assert.ok(noted.length > 10_000);
});

test('of hostile inputs the same keys are noted', () => {
  const planted = [...inventIndicators(200, 8, ['popular.example'])];
  for (const [name, make] of Object.entries(adversarialInputs)) {
    const bytes = make(200_000, planted);
    const { fast, plain } = noteBothWays([bytes, bytes]);
    assertNoted(fast, plain, name);
  }
});

test('what one source showed a moment ago is new to another, and to the next hour of the same', () => {
  const bytes = Buffer.from('to a.evil.example from 192.0.2.1 at http://h.example/x\n'.repeat(40));
  const hits = new HitList();
  const first = notes();
  const second = notes();
  for (const { keys, table: seen } of [first, second, first]) {
    fastScan(table, bytes, 0, bytes.length, hits, 'none', keys);
    keys.flush();
    assert.ok(seen.count > 0);
  }
  const facts = factsOf(first.table, true);
  assert.ok(
    facts.every((fact) => fact.endsWith('×80') || fact.endsWith('×160')),
    facts.join('\n'),
  );
  assert.equal(factsOf(second.table, true).length, facts.length);
  const hour = new SeenTable(seed);
  const keys = new SeenKeys(seed, hour);
  fastScan(table, bytes, 0, bytes.length, hits, 'none', keys);
  keys.flush();
  assert.equal(hour.count, facts.length);
});
