import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '@comity/protocol/base';
import { recogniseValue } from '@comity/protocol/values';
import { Table } from '../table/index.ts';
import { createScreen } from './index.ts';
import type { Screen, ScreenOptions } from './index.ts';
import { ToldMatches } from './told-matches.ts';

function tableOf(...listed: readonly string[]): Table {
  return Table.build(
    listed.map((text, ref) => {
      const value = recogniseValue(text);
      assert.ok(value !== undefined, text);
      return { value, ref };
    }),
  );
}

const table = tableOf('evil.example', '203.0.113.7:8080');
const filler = 'x '.repeat(limits.recordBytesMax / 2);

interface Run {
  readonly screen: Screen;
  /** `line offset value port`, with the offset counted from `base`. */
  readonly found: string[];
}

function start(options: ScreenOptions = {}, listed: Table = table, base = 0): Run {
  const found: string[] = [];
  const screen = createScreen(listed, options, {
    match: ({ line, offset, record, matches }) => {
      for (const { indicator, port, start: from = 0, end = 0, value } of matches) {
        assert.equal(Buffer.from(record.subarray(from, end)).toString(), value, 'the place is one in the piece given');
        found.push([line, base + offset, indicator, port ?? ''].join(' ').trim());
      }
    },
  });
  return { screen, found };
}

function run(text: string, chunkBytes: number, options: ScreenOptions = {}, listed: Table = table): Run {
  const running = start(options, listed);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunkBytes) running.screen.push(bytes.subarray(at, at + chunkBytes));
  running.screen.end();
  assert.equal(running.screen.offset, bytes.length);
  return running;
}

const chunkings = [Number.MAX_SAFE_INTEGER, 300_007, 65_536];

test('limits.recordBytesMax: a longer line is screened in pieces that cut no value, and counted', () => {
  const names = Array.from({ length: 40_000 }, (_, index) => `n${index}.evil.example`);
  const line = names.map((name) => `${'x'.repeat(63)} ${name}`).join(' ');
  assert.ok(line.length > 3 * limits.recordBytesMax);
  const listed = tableOf(...names);
  for (const chunkBytes of chunkings) {
    const { screen, found } = run(`first\n${line}\nn7.evil.example\n`, chunkBytes, {}, listed);
    const expected = [...names.map((name) => `2 6 ${name}`), `3 ${6 + line.length + 1} n7.evil.example`];
    assert.deepEqual(found.toSorted(), expected.toSorted(), `chunks of ${chunkBytes}`);
    assert.equal(screen.oversized, 1);
    assert.equal(screen.lines, 3);
    assert.equal(screen.records, 3);
  }
});

test('§1: of a record in pieces each listed value counts once, at the offset of the record', () => {
  const line = `evil.example ${filler} evil.example ${filler} evil.example ${filler} evil.example`;
  for (const chunkBytes of chunkings) {
    const { found } = run(`first\n${line}\n${line}\nevil.example`, chunkBytes);
    const second = 6 + line.length + 1;
    assert.deepEqual(
      found,
      ['2 6', `3 ${second}`, `4 ${second + line.length + 1}`].map((place) => `${place} evil.example`),
    );
    const object = `{"m":"${line}"}`;
    const objects = run(`[${object},\n${object}]`, chunkBytes);
    assert.equal(objects.screen.oversized, 2);
    assert.deepEqual(objects.found, ['1 1 evil.example', `2 ${object.length + 3} evil.example`]);
  }
});

test('§1: a later piece counts again where its port says more', () => {
  const line = ['1', '2', '8080', '8080', '3'].map((port) => `203.0.113.7:${port} ${filler}`).join('');
  for (const chunkBytes of chunkings) {
    assert.deepEqual(run(`${line}\n`, chunkBytes).found, ['1 0 203.0.113.7 other', '1 0 203.0.113.7 same']);
  }
});

test('limits.recordBytesMax holds for an object of an array too', () => {
  const object = `{"m":"${filler}${filler}evil.example"}`;
  const { screen, found } = run(`[${object},{"q":"a.evil.example"}]`, Number.MAX_SAFE_INTEGER);
  assert.equal(screen.oversized, 1);
  assert.equal(screen.records, 2);
  assert.deepEqual(found.length, 2);
});

for (const [framing, text] of [
  ['lines', `first\nevil.example ${filler}${filler} evil.example ${filler} 203.0.113.7:8080\nlast evil.example\n`],
  [
    'objects',
    `[{"a":"first"},\n{"m":"evil.example ${filler}${filler} evil.example","n":{"q":"203.0.113.7:8080"}},\n{"l":"evil.example"}]\n`,
  ],
] as const) {
  test(`stopped inside a record in pieces (${framing}) and resumed, each match has the place it has without a stop`, () => {
    const bytes = Buffer.from(text);
    const whole = run(text, bytes.length);
    for (const stopAt of [1_000_000, 1_048_700, 1_500_000, 2_097_200, 2_100_000, 3_000_000]) {
      const first = start();
      for (let at = 0; at < stopAt; at += 65_536) first.screen.push(bytes.subarray(at, Math.min(stopAt, at + 65_536)));
      const { offset, state } = first.screen;
      assert.ok(state !== undefined);
      const second = start({ resume: JSON.parse(JSON.stringify(state)) as typeof state }, table, offset);
      second.screen.push(bytes.subarray(offset));
      second.screen.end();
      // What is told again after a stop is known by its place.
      assert.deepEqual(
        [...new Set([...first.found, ...second.found])].toSorted(),
        whole.found.toSorted(),
        `stopped at ${stopAt}, resumed at ${offset}`,
      );
      assert.equal(first.screen.records + second.screen.records, whole.screen.records);
      assert.equal(second.screen.lines, whole.screen.lines);
    }
  });
}

test('what is remembered of a record is bounded: beyond it a match is told again rather than lost', () => {
  const told = new ToldMatches();
  for (let key = 0; key < 65_536; key++) assert.equal(told.add(`${key}`, undefined), true);
  assert.equal(told.add('0', undefined), false);
  assert.deepEqual([told.add('one more', 'same'), told.add('one more', 'same')], [true, true]);
  assert.deepEqual([told.add('1', 'other'), told.add('1', 'same')], [false, false]);
});
