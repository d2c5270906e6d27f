import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '@comity/testkit';
import type { Random } from '@comity/testkit';
import { formats } from '../formats/index.ts';
import { sampleLines, sampleText } from '../formats/sample-lines.ts';
import { Table } from '../table/index.ts';
import { createScreen } from './index.ts';
import type { Screen } from './index.ts';

const table = Table.build([
  { value: { kind: 'domain', value: 'evil.example' }, ref: 0 },
  { value: { kind: 'ipv4', value: '203.0.113.7', port: 8080 }, ref: 1 },
  { value: { kind: 'url', value: 'evil.example/mal/a.exe' }, ref: 2 },
  { value: { kind: 'email', value: 'a@evil.example' }, ref: 3 },
]);

const alphabet = [
  '\\',
  '"',
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '\t',
  ' ',
  '\r',
  '\0',
  '\\u00',
  '\\x',
  '\\ud83d',
  '#',
  '\u00ff',
  'evil.example',
  '203.0.113.7',
  '|',
  ';',
];

/** Changes a few bytes of a line: removed, doubled, replaced, cut off. */
function mutated(line: string, random: Random): Buffer {
  let bytes = Buffer.from(line);
  for (let round = random.below(6); round >= 0; round--) {
    const at = random.below(bytes.length + 1);
    const length = random.below(8);
    switch (random.below(5)) {
      case 0:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
        break;
      case 1:
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(random.pick(alphabet)), bytes.subarray(at)]);
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - length))]);
        break;
      case 3:
        if (at < bytes.length) bytes[at] = random.below(256);
        break;
      default:
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(random.pick(alphabet)), bytes.subarray(at + length)]);
    }
  }
  return bytes;
}

function screenWith(
  format: Parameters<typeof createScreen>[1]['format'],
  onValue: (value: string) => void = () => undefined,
): Screen {
  return createScreen(table, format === undefined ? {} : { format }, {
    match({ record, matches }) {
      for (const match of matches) {
        assert.ok((match.start ?? 0) <= (match.end ?? 0) && (match.end ?? 0) <= record.length);
        onValue(match.value);
      }
    },
  });
}

const seed = Number(process.env['COMITY_FUZZ_SEED'] ?? 20261123);
const rounds = Number(process.env['COMITY_FUZZ_ROUNDS'] ?? 4000);

for (const { name } of formats) {
  test(`${name}: mutated lines throw nothing and keep the count of lines and bytes (seed ${seed})`, () => {
    const random = createRandom(seed);
    const screen = screenWith(name);
    let bytes = 0;
    let lineEnds = 0;
    const push = (chunk: Buffer): void => {
      bytes += chunk.length;
      for (const byte of chunk) if (byte === 0x0a) lineEnds++;
      screen.push(chunk);
    };
    push(Buffer.from(sampleText(name)));
    for (let round = 0; round < rounds; round++) {
      const line = mutated(random.pick(sampleLines[name]), random);
      if (name.startsWith('zeek-tsv') && line[0] === 0x23) continue;
      push(line);
      push(Buffer.from('\n'));
    }
    screen.end();
    assert.equal(screen.offset, bytes);
    assert.equal(screen.lines, lineEnds);
    assert.ok(screen.records > 0);
  });

  test(`${name}: after any mutated line, the next good line is read as before (seed ${seed})`, () => {
    const random = createRandom(seed + 1);
    const good = sampleLines[name].at(name === 'zeek-tsv' ? 7 : -1) ?? '';
    const header =
      name === 'zeek-tsv' ? sampleLines[name].slice(0, 7) : name === 'csv' ? sampleLines[name].slice(0, 1) : [];
    for (let round = 0; round < 300; round++) {
      const line = mutated(random.pick(sampleLines[name]), random).filter((byte) => byte !== 0x0a);
      if (line[0] === 0x23) continue;
      const seen: string[] = [];
      const screen = screenWith(name, (value) => void seen.push(value));
      screen.push(Buffer.from([...header, ''].join('\n')));
      screen.push(Buffer.from(line));
      screen.push(Buffer.from('\n'));
      const before = seen.length;
      screen.push(Buffer.from(`${good}\n`));
      screen.end();
      const alone: string[] = [];
      const again = screenWith(name, (value) => void alone.push(value));
      again.push(Buffer.from([...header, good, ''].join('\n')));
      again.end();
      assert.deepEqual(seen.slice(before), alone, `after ${JSON.stringify(Buffer.from(line).toString('latin1'))}`);
    }
  });
}

for (const { name } of formats) {
  test(`${name}: what the raw look finds in a mutated line, outside keys and escapes, the fields have too (seed ${seed})`, () => {
    const random = createRandom(seed + 2);
    const header =
      name === 'zeek-tsv' ? sampleLines[name].slice(0, 7) : name === 'csv' ? sampleLines[name].slice(0, 1) : [];
    let compared = 0;
    for (let round = 0; round < rounds; round++) {
      const line = Buffer.from(mutated(random.pick(sampleLines[name]), random).filter((byte) => byte !== 0x0a));
      const text = line.toString('latin1');
      const isKey = /"[^"]*(?:evil\.example|203\.0\.113\.7)[^"]*"\s*:/i.test(text);
      if (isKey || /\\[a-z"]/.test(text) || (name.startsWith('zeek') && text.startsWith('#'))) continue;
      const valuesBy = (format: typeof name): Set<string> => {
        const values = new Set<string>();
        const screen = createScreen(
          table,
          { format },
          {
            match({ matches }) {
              for (const { kind, indicator, relation } of matches) {
                if (kind !== 'url' && kind !== 'email') values.add(`${indicator} ${relation}`);
              }
            },
          },
        );
        screen.push(Buffer.from([...(format === 'raw' ? [] : header), ''].join('\n')));
        screen.push(Buffer.concat([line, Buffer.from('\n')]));
        screen.end();
        return values;
      };
      const raw = valuesBy('raw');
      const byFields = valuesBy(name);
      for (const value of raw) assert.ok(byFields.has(value), `${value} in ${JSON.stringify(text)}`);
      compared += raw.size;
    }
    assert.ok(compared > rounds / 100);
  });
}

/** CPU time of a call, in ms. */
function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1000;
}

const hostile: readonly [what: string, unit: string, format: Parameters<typeof createScreen>[1]['format']][] = [
  ['one line of backslashes in JSON', '\\', 'ndjson'],
  ['one line of opening brackets', '[', 'ndjson'],
  ['one line of empty objects', '{},', 'ndjson'],
  ['one array of equal keys and ports', '{"ip":"203.0.113.7","port":1},', 'ndjson'],
  ['one line of listed values', 'evil.example ', 'raw'],
  ['one line of escapes that hide values', '"\\u0065vil.example",', 'ndjson'],
  ['objects that never close, in an array', '\n{"a":"b",', 'eve'],
  ['quotes in CSV', '"",', 'csv'],
  ['tabs in Zeek TSV', '\t', 'zeek-tsv'],
  ['brackets of access logs', ' [1', 'access'],
  ['client words of BIND', 'client ', 'bind'],
  ['tags of Unbound', 'info: ', 'unbound'],
  ['words of dnsmasq', ']: is ', 'dnsmasq'],
  ['one line without any border', 'a', 'auto'],
];

for (const [what, unit, format] of hostile) {
  test(`time is linear in the bytes: ${what}`, () => {
    const time = (bytes: number): number => {
      const text = Buffer.from(unit.repeat(Math.ceil(bytes / unit.length)));
      return cpuMs(() => {
        const screen = screenWith(format);
        screen.push(
          Buffer.from(
            format === 'zeek-tsv' ? '#separator \\x09\n#fields\ta\tb\n' : format === 'csv' ? 'a,b,c,d\n' : '[\n',
          ),
        );
        for (let at = 0; at < text.length; at += 65_536) screen.push(text.subarray(at, at + 65_536));
        screen.end();
      });
    };
    time(100_000);
    const small = Math.max(4, time(500_000));
    const large = time(4_000_000);
    // Eight times the bytes; a quadratic step would take sixty-four times as long.
    assert.ok(large < small * 30, `${small.toFixed(1)} ms for 0.5 MB, ${large.toFixed(1)} ms for 4 MB`);
    assert.ok(large < 4000, `${large.toFixed(0)} ms for 4 MB`);
  });
}
