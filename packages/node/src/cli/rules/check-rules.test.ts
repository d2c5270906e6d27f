import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runForTests as run } from '../command-for-tests.ts';

const dir = mkdtempSync(join(tmpdir(), 'comity-rules-'));
after(() => rmSync(dir, { recursive: true, force: true }));

const write = (name: string, text: string): string => {
  const file = join(dir, name);
  writeFileSync(file, text);
  return file;
};
const rule = (title: string, search: string, more = ''): string =>
  `title: ${title}\nid: 0e95725d-7320-415d-80f7-004da920fc11\n${more}logsource: {product: windows}\ndetection:\n  s: ${search}\n  condition: s\n`;

test('rules check: 0 when all can be used, 1 when one cannot, with file, line and place; 2 when a file cannot be read', async () => {
  const good = write('good.yml', rule('A', '{Image: a}'));
  const bad = write('bad.yml', `${rule('B', "{Image|re: '(?=a)'}")}---\n${rule('C', '{a: 1}')}---\ntitle: D\n`);
  const fine = await run(['rules', 'check', good]);
  assert.deepEqual(fine, { code: 0, out: '', err: '1 of 1 rule can be used\n' });
  const found = await run(['rules', 'check', good, bad]);
  assert.equal(found.code, 1);
  assert.match(
    found.out,
    /bad\.yml:5: detection\.s\.Image\|re: error SIGMA_UNSUPPORTED: the regular expression .* uses look-ahead\n/,
  );
  assert.match(found.out, /bad\.yml:15: error SIGMA_MALFORMED: it has no logsource\n$/);
  assert.match(found.err, /^2 of 4 rules can be used\nCOUNT {2}SEVERITY {2}CODE\n/);
  assert.equal((await run(['rules', 'check', join(dir, 'missing.yml')])).code, 2);
});

test('rules check --json gives one finding a line, --errors leaves warnings out', async () => {
  const warned = write(
    'warned.yml',
    `${rule('A', '{a: 1}', 'level: severe\n')}---\n${rule('B', '{a: 1, b|all: [x]}')}`,
  );
  const { code, out, err } = await run(['rules', 'check', '--json', warned]);
  assert.equal(code, 0);
  const findings = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    findings.map(({ path, severity, line, title }) => [path, severity, line, title]),
    [
      ['level', 'warning', 3, 'A'],
      ['detection.s.b|all', 'warning', 13, 'B'],
    ],
  );
  assert.match(err, /2 +warning +SIGMA_WARNING/);
  assert.equal((await run(['rules', 'check', '--errors', warned])).out, '');
});

test('rules of all files are taken together, and of a folder only what is YAML', async () => {
  const folder = join(dir, 'folder');
  mkdirSync(folder, { recursive: true });
  write('folder/one.yml', rule('A', '{a: 1}'));
  write(
    'folder/two.yaml',
    'title: C\ncorrelation: {type: event_count, rules: [0e95725d-7320-415d-80f7-004da920fc11], group-by: [u], timespan: 1h, condition: {gte: 2}}\n',
  );
  write('folder/LICENSE', 'nothing of YAML: [');
  assert.deepEqual(await run(['rules', 'check', folder]), { code: 0, out: '', err: '2 of 2 rules can be used\n' });
  const alone = await run(['rules', 'check', join(folder, 'two.yaml')]);
  assert.match(alone.out, /two\.yaml:2: correlation\.rules\[0\]: error SIGMA_MALFORMED/);
  assert.equal((await run(['rules', 'check', join(folder, 'LICENSE')])).code, 1);
  assert.equal((await run(['rules', 'check', '-'], rule('A', '{a: 1}'))).code, 0);
});

test('placeholders come from a JSON file of names and texts', async () => {
  const placed = write('placed.yml', rule('A', "{Host|expand: '%Servers%'}"));
  const { code, out } = await run(['rules', 'check', placed]);
  assert.equal(code, 1);
  assert.match(out, /SIGMA_UNSUPPORTED: the placeholder %Servers% has no values here/);
  const table = write('table.json', '{"Servers": ["srv*"], "Other": "x"}');
  assert.equal((await run(['rules', 'check', '--placeholders', table, placed])).code, 0);
  for (const text of ['[]', '{"Servers": [7]}', '{', ' '.repeat(1_100_000)]) {
    assert.equal(
      (await run(['rules', 'check', '--placeholders', write('wrong.json', text), placed])).code,
      2,
      text.slice(0, 20),
    );
  }
  assert.equal((await run(['rules', 'check', '--placeholders', join(dir, 'none.json'), placed])).code, 2);
});

test('what stands in a rule cannot steer the terminal', async () => {
  const hostile = write('hostile.yml', rule('"\\x1b[2J"', '{"\\x1b[2J|x": 1}', 'level: "\\x1b[31m"\n'));
  const [text, json] = [await run(['rules', 'check', hostile]), await run(['rules', 'check', '--json', hostile])];
  assert.equal(text.code, 1);
  assert.ok(![text.out, json.out].some((out) => out.includes('\u001b')));
});
