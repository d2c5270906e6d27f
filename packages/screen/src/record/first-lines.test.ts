import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recogniseValue } from '@comity/protocol/values';
import { sampleLines, sampleText } from '../formats/sample-lines.ts';
import type { FormatName } from '../formats/index.ts';
import { Table } from '../table/index.ts';
import { createScreen } from './index.ts';

const value = recogniseValue('evil.example');
assert.ok(value !== undefined);
const table = Table.build([{ value, ref: 0 }]);

/** Format and fields of an input whose lines arrive one by one. */
function screened(
  text: string,
  pieces: readonly string[] = text.split(/(?<=\n)/),
): { format: FormatName | undefined; fields: string[]; lines: number } {
  const fields: string[] = [];
  const screen = createScreen(
    table,
    {},
    { match: ({ line, matches }) => void fields.push(...matches.map(({ field }) => `${line} ${field ?? '-'}`)) },
  );
  for (const piece of pieces) screen.push(Buffer.from(piece));
  screen.end();
  return { format: screen.format, fields, lines: screen.lines };
}

const names = Object.keys(sampleLines) as FormatName[];
const leads: readonly [what: string, lead: string][] = [
  ['a blank line', '\n'],
  ['many blank lines', '\n \r\n\t\n\n'],
  ['a comment', '# written by hand\n'],
  ['a byte-order mark and a blank line', '\ufeff\n'],
  ['a line of another kind', 'log opened by evil.example\n'],
  ['the rest of a line that was cut', '"q":"x"},"z":1}\n'],
  ['three lines of another kind', 'starting\nstill starting\nready\n'],
];

for (const [what, lead] of leads) {
  test(`${what} before the records does not decide their format, whether they come one by one or together`, () => {
    for (const name of names) {
      // The header of a table is its first line, or the first behind remarks.
      const isTold = lead.trim() === '' || lead.startsWith('#') || lead === '\ufeff\n';
      if (name === 'csv' && !isTold) continue;
      const led = lead + sampleText(name);
      const lineCount = lead.split('\n').length - 1;
      const shifted = screened(sampleText(name)).fields.map((place) =>
        place.replace(/^\d+/, (line) => String(Number(line) + lineCount)),
      );
      const fromLead = lead.includes('evil.example') ? ['1 -'] : [];
      for (const found of [screened(led), screened(led, [led])]) {
        assert.equal(found.format, name, `${what}, ${name}`);
        assert.deepEqual(found.fields, [...fromLead, ...shifted], `${what}, ${name}`);
      }
    }
  });
}

test('an input that stays raw is looked at again now and then, at a cost that stays small', () => {
  const words = `${'plain words of a program '.repeat(8)}\n`;
  const begin = process.cpuUsage().user;
  const found = screened(words.repeat(50_000) + sampleText('eve'), [
    words.repeat(50_000),
    ...sampleText('eve').split(/(?<=\n)/),
  ]);
  assert.equal(found.format, 'raw', 'not due yet');
  assert.ok(process.cpuUsage().user - begin < 3_000_000);
  const early = words.repeat(3);
  assert.equal(screened(early + sampleText('eve').repeat(3)).format, 'eve');
});
