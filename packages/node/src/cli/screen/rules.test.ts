import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runForTests as run } from '../command-for-tests.ts';

const dir = mkdtempSync(join(tmpdir(), 'comity-screen-rules-'));
after(() => rmSync(dir, { recursive: true, force: true }));

const write = (name: string, content: unknown): string => {
  const file = join(dir, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};
const id = '0e95725d-7320-415d-80f7-004da920fc11';
const rules = write(
  'rules.yml',
  `title: Encoded command
id: ${id}
name: encoded
logsource: {product: windows, category: process_creation}
detection:
  s: {Image|endswith: '\\powershell.exe', CommandLine|contains: ' -enc '}
  condition: s
level: high
---
title: Odd host
logsource: {product: windows}
detection:
  s: {Computer|expand: '%Odd%'}
  condition: s
`,
);
const often = write(
  'often.yml',
  `title: Often
correlation: {type: event_count, rules: [encoded], group-by: [User], timespan: 1m, condition: {gte: 2}}
---
title: Rarely
correlation: {type: event_count, rules: [encoded], group-by: [Computer], timespan: 1d, condition: {lt: 9}, generate: true}
level: low
generate: true
`,
);
const event = (second: number, command: string, more: object = {}): string =>
  `${JSON.stringify({
    EventID: 1,
    Channel: 'Microsoft-Windows-Sysmon/Operational',
    Computer: 'H',
    UtcTime: `2026-01-01 00:00:${String(second).padStart(2, '0')}.000`,
    Image: 'C:\\powershell.exe',
    CommandLine: command,
    User: 'u',
    ...more,
  })}\n`;
const log = write('sysmon.json', event(1, 'p -enc x') + event(2, 'q') + 'no json\n' + event(3, 'p -ENC y'));

const jsonOf = (out: string): Record<string, unknown>[] =>
  out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('screen --rules prints each rule that holds with its fields; what cannot be used is said', async () => {
  const { code, out, err } = await run(['screen', '--rules', rules, log]);
  assert.equal(code, 0);
  assert.deepEqual(out.split('\n').slice(0, 2), [
    `${log}:1: Encoded command [high, ${id}]: Image=C:\\powershell.exe, CommandLine=p -enc x`,
    `${log}:4: Encoded command [high, ${id}]: Image=C:\\powershell.exe, CommandLine=p -ENC y`,
  ]);
  assert.match(err, /rules\.yml: one rule left out, the first: line 13: .*%Odd%/);
  assert.match(err, /1 record was not read by rules/);
  const quiet = await run(['screen', '--quiet', '--rules', rules, write('none.json', event(1, 'x'))]);
  assert.deepEqual([quiet.code, quiet.out], [1, '']);
});

test('screen --rules --json: one object a match, correlations with what they counted, windows closed at the end', async () => {
  const table = write('placeholders.json', { Odd: 'h' });
  const { code, out, err } = await run([
    'screen',
    '--json',
    '--quiet',
    '--rules',
    rules,
    '--rules',
    often,
    '--placeholders',
    table,
    log,
  ]);
  assert.equal(code, 0);
  assert.equal(err, '');
  const found = jsonOf(out).map(({ line, title, level, value, time, kind }) => [line, title, level, value, time, kind]);
  assert.deepEqual(found, [
    [1, 'Encoded command', 'high', undefined, '2026-01-01T00:00:01.000Z', 'sigma'],
    [1, 'Odd host', undefined, undefined, '2026-01-01T00:00:01.000Z', 'sigma'],
    [2, 'Odd host', undefined, undefined, '2026-01-01T00:00:02.000Z', 'sigma'],
    [4, 'Encoded command', 'high', undefined, '2026-01-01T00:00:03.000Z', 'sigma'],
    [4, 'Odd host', undefined, undefined, '2026-01-01T00:00:03.000Z', 'sigma'],
    [4, 'Often', undefined, 2, '2026-01-01T00:00:03.000Z', 'sigma'],
    [undefined, 'Rarely', 'low', 2, '2026-01-02T00:00:01.000Z', 'sigma'],
  ]);
  const [first] = jsonOf(out);
  assert.deepEqual(first?.['fields'], [
    { field: 'Image', value: 'C:\\powershell.exe' },
    { field: 'CommandLine', value: 'p -enc x' },
  ]);
  assert.deepEqual([first['file'], first['rule'], first['source']], [log, id, rules]);
  const text = await run(['screen', '--quiet', '--rules', often, '--rules', rules, log]);
  assert.match(text.out, /\nRarely \[low, Rarely\]: Computer=H, 2 in all\n$/);
});

const indicator = (number: number, pattern: string, change: object = {}): object => ({
  type: 'indicator',
  spec_version: '2.1',
  id: `indicator--0e95725d-7320-415d-80f7-00000000000${number}`,
  created: '2026-01-01T00:00:00Z',
  modified: '2026-01-01T00:00:00Z',
  valid_from: '2026-01-01T00:00:00Z',
  name: `I${number}`,
  pattern,
  pattern_type: 'stix',
  ...change,
});

test('screen --rules takes the patterns of STIX bundles, Sigma rules in them too', async () => {
  const sigma = 'title: Inside\nlogsource: {product: windows}\ndetection: {s: {User: u}, condition: s}\n';
  const objects = [
    indicator(1, "[process:command_line LIKE '%-enc%'] FOLLOWEDBY [process:command_line LIKE '%ENC y']"),
    indicator(2, sigma, { pattern_type: 'sigma' }),
    indicator(3, 'alert tcp', { pattern_type: 'snort' }),
    indicator(4, '[process:'),
    indicator(5, "[process:name = 'powershell.exe']", { revoked: true }),
    indicator(6, "[process:name = 'powershell.exe']", { name: undefined }),
    { type: 'malware' },
  ];
  const bundle = write('bundle.json', { type: 'bundle', id: `bundle--${id}`, objects });
  const { out, err } = await run(['screen', '--json', '--quiet', '--rules', bundle, log]);
  const found = jsonOf(out).map(({ line, kind, title, rule }) => [line, kind, title, rule].join(' '));
  assert.deepEqual(found, [
    '1 sigma Inside Inside',
    `1 stix ${indicatorId(6)} ${indicatorId(6)}`,
    '2 sigma Inside Inside',
    `2 stix ${indicatorId(6)} ${indicatorId(6)}`,
    '4 sigma Inside Inside',
    `4 stix I1 ${indicatorId(1)}`,
    `4 stix ${indicatorId(6)} ${indicatorId(6)}`,
  ]);
  assert.match(err, /bundle\.json: 3 rules left out, the first: /);
  const patternsOnly = write('patterns.json', { type: 'bundle', id: `bundle--${id}`, objects: [objects[0]] });
  const text = await run([
    'screen',
    '--quiet',
    '--rules',
    patternsOnly,
    log,
    write('access.log', '192.0.2.1 - - [01/Jan/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 5\n'),
  ]);
  assert.equal(text.out, `${log}:4: I1 [${indicatorId(1)}]\n`);
});

function indicatorId(number: number): string {
  return `indicator--0e95725d-7320-415d-80f7-00000000000${number}`;
}

test('rules and values are looked for in one pass; a folder of rules holds other files too', async () => {
  const folder = join(dir, 'folder');
  mkdirSync(folder);
  write('folder/a.yml', 'title: Any\nlogsource: {product: windows}\ndetection: {s: {User: u}, condition: s}\n');
  write('folder/README.md', '# nothing: [');
  write('folder/b.json', { type: 'bundle', id: `bundle--${id}`, objects: [] });
  const list = write('list.txt', 'evil.example\n');
  const file = write('both.json', event(1, 'curl evil.example'));
  const { code, out, err } = await run(['screen', '--json', '--quiet', '--rules', folder, '--indicators', list, file]);
  assert.equal(code, 0);
  assert.deepEqual(
    jsonOf(out)
      .map(({ value, title }) => value ?? title)
      .toSorted((a) => (a === 'Any' ? -1 : 1)),
    ['Any', 'evil.example'],
  );
  assert.equal(err, '');
});

test('--logsource says what records are that nothing tells', async () => {
  const github = write(
    'github.yml',
    'title: G\nlogsource: {product: github, service: audit}\ndetection: {s: {action: repo.create}, condition: s}\n',
  );
  const records = '{"action":"repo.create"}\n';
  assert.equal((await run(['screen', '--rules', github], records)).code, 1);
  assert.equal(
    (await run(['screen', '--logsource', 'product=GitHub, service=audit', '--rules', github], records)).code,
    0,
  );
  for (const wrong of ['github', 'product=', 'product=a,product=b', 'vendor=x', '']) {
    const { code, err } = await run(['screen', `--logsource=${wrong}`, '--rules', github], records);
    assert.equal(code, 2, wrong);
    assert.match(err, /as log source/);
  }
});

test('rules that cannot be read at all are an error, and nothing to look for is said', async () => {
  assert.equal((await run(['screen', '--rules', join(dir, 'missing.yml'), log])).code, 2);
  const none = await run(['screen', '--rules', write('empty.yml', ''), log]);
  assert.equal(none.code, 1);
  assert.match(none.err, /there is no rule that can be used/);
  const without = await run(['screen', log]);
  assert.equal(without.code, 2);
  assert.match(without.err, /--rules/);
});

test('what stands in rules and records cannot steer the terminal', async () => {
  const hostile = write(
    'hostile.yml',
    'title: "\\x1b[2J"\nlogsource: {product: windows}\ndetection: {s: {User: "*"}, condition: s}\n',
  );
  const file = write('hostile.json', event(1, 'x', { User: `\u001b[2J\u202e${'x'.repeat(300)}` }));
  for (const flags of [['--json'], []]) {
    const { code, out } = await run(['screen', ...flags, '--rules', hostile, file]);
    assert.equal(code, 0);
    assert.ok(!out.includes('\u001b') && !out.includes('\u202e'));
  }
});
