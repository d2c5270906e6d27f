import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseValue } from '@comity/protocol/values';
import { createRandom } from '@comity/testkit';
import type { Random } from '@comity/testkit';
import { soupValues } from '../../../testkit/src/corpus/index.ts';
import { formats } from '../formats/index.ts';
import { sampleLines } from '../formats/sample-lines.ts';
import { Table } from '../table/index.ts';
import { createScreen } from './screen.ts';

const hosts = [
  'evil.example',
  'a.evil.example',
  'x-y.test',
  'EVIL.example',
  'evil.example:8080',
  '192.0.2.1',
  'e1.example.',
];
const paths = ['/', '/a', '/a/b?x=1', '/A.php', '/a,200', '/a;b', '/x)', '/a/b', '/a|c', '/a%20b', '/a..', '/a\\/b'];

/** The sample lines of a format, each time with other hosts and paths where theirs were. */
function records(random: Random, lines: readonly string[]): string {
  const isHeader = (line: string): boolean => line === lines[0] || line.startsWith('#');
  let text = lines
    .filter(isHeader)
    .map((line) => `${line}\n`)
    .join('');
  for (let count = 0; count < 60; count++) {
    const line = random.pick(lines);
    if (line.startsWith('#')) continue;
    text += `${line
      .replaceAll(/(?:\w+\.)?(?:evil\.example|example\.net)/g, () => random.pick(hosts))
      .replaceAll(/(?:\\?\/mal\\?\/\w\.exe)/g, () => random.pick(paths))}\n`;
  }
  return text;
}

function matchesIn(
  table: Table,
  text: string,
  format: (typeof formats)[number]['name'],
  withoutKernel: boolean,
): string[] {
  const found: string[] = [];
  const screen = createScreen(
    table,
    { format, withoutKernel },
    { match: ({ line, matches }) => found.push(...matches.map((match) => `${line} ${JSON.stringify(match)}`)) },
  );
  screen.push(Buffer.from(text));
  screen.end();
  return found;
}

for (const { name } of formats) {
  test(`records of ${name} have the same matches with the kernel as without, also of URLs stated in parts`, () => {
    const random = createRandom(5);
    let count = 0;
    for (let round = 0; round < 60; round++) {
      const urls = Array.from({ length: 4 }, () =>
        parseValue(`http://${random.pick(hosts)}${random.pick(paths)}${random.below(5) === 0 ? '*' : ''}`, 'url'),
      );
      const values = [...urls, ...soupValues(random).slice(0, 3)];
      const table = Table.build(
        values.map((value, ref) => ({ value, ref })),
        { seed: random.u32() },
      );
      const text = records(random, sampleLines[name]);
      const found = matchesIn(table, text, name, false);
      assert.deepEqual(found, matchesIn(table, text, name, true), JSON.stringify(values));
      count += found.length;
    }
    assert.ok(count > 100, `${count} matches prove little`);
  });
}

test('a URL stated in parts is found however far apart they stand in their line, and never across its ends', () => {
  const table = Table.build([{ value: parseValue('http://evil.example/a/b', 'url'), ref: 0 }]);
  const host = '"host":"evil.example"';
  const path = '"uri":"/a/b"';
  for (let gap = 0; gap < 300; gap++) {
    const filler = `"ts":1,"uid":"${'x'.repeat(gap)}"`;
    const [behind, before] = [`{${host},${filler},${path}}`, `{${path},${filler},${host}}`];
    const parted = [`{${host},${filler}}`, `{${path},${filler}}`, `{${host},${filler}}`];
    const text = [before, behind, ...parted, before].map((line) => `${line}\n`).join('');
    const found = matchesIn(table, text.slice(0, -1), 'zeek-json', false);
    assert.deepEqual(
      found.map((match) => match.slice(0, 1)),
      ['1', '2', '6'],
      `${gap} bytes between`,
    );
  }
});
