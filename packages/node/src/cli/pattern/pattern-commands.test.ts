import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runForTests as run } from '../command-for-tests.ts';

const dir = mkdtempSync(join(tmpdir(), 'comity-pattern-'));
after(() => rmSync(dir, { recursive: true, force: true }));

const observed = (values: readonly string[], count = 1): string => {
  const names = values.map((value, index) => ({
    type: 'domain-name',
    id: `domain-name--00000000-0000-5000-8000-00000000000${index}`,
    value,
  }));
  const data = {
    type: 'observed-data',
    id: 'observed-data--00000000-0000-4000-8000-000000000001',
    created: '2026-01-01T00:00:00Z',
    modified: '2026-01-01T00:00:00Z',
    first_observed: '2026-01-01T00:00:00Z',
    last_observed: '2026-01-01T00:01:00Z',
    number_observed: count,
    object_refs: names.map(({ id }) => id),
  };
  return JSON.stringify({ objects: [data, ...names] });
};

test('pattern check says of each pattern whether it is valid and where it is not', async () => {
  const { code, out } = await run(['pattern', 'check', "[a:b='c']", '[a:b=', '-'], '\n[x:y = 1] AND [z:w = 2]\n[]\n');
  assert.equal(code, 1);
  assert.deepEqual(
    out.split('\n').map((line) => line.slice(0, 40)),
    [
      "argument 1: valid: [a:b = 'c']",
      'argument 2: PATTERN_MALFORMED: Cannot pa',
      'line 2: valid: [x:y = 1] AND [z:w = 2]',
      'line 3: PATTERN_MALFORMED: Cannot parse ',
      '',
    ],
  );
  const valid = await run(['pattern', 'check', '--json', "[a:b='c']"]);
  assert.equal(valid.code, 0);
  assert.deepEqual(JSON.parse(valid.out), {
    place: 'argument 1',
    pattern: "[a:b='c']",
    valid: true,
    printed: "[a:b = 'c']",
  });
});

test('pattern match: 0 when a file matches, 1 when none does, 2 when one cannot be read', async () => {
  const file = join(dir, 'observed.json');
  writeFileSync(file, observed(['a.example', 'evil.example'], 3));
  const evil = "[domain-name:value = 'evil.example'] REPEATS 3 TIMES";
  const found = await run(['pattern', 'match', '--json', evil, file]);
  assert.equal(found.code, 0);
  const { matched, bindings } = JSON.parse(found.out) as { matched: boolean; bindings: unknown };
  assert.deepEqual(
    [matched, bindings],
    [true, [{ expression: 0, observation: 0, object: 'domain-name--00000000-0000-5000-8000-000000000001', units: 3 }]],
  );
  const none = await run(['pattern', 'match', "[domain-name:value = 'good.example']", '-'], observed(['a.example']));
  assert.deepEqual([none.code, none.out], [1, '-: does not match\n']);
  const missing = await run(['pattern', 'match', evil, file, join(dir, 'missing.json')]);
  assert.equal(missing.code, 2);
  assert.match(missing.out, /observed\.json: matches\n {2}expression 1: observation 1, domain-name--/);
  assert.match(missing.err, /Cannot read ".*missing\.json": there is no such file/);
  assert.equal((await run(['pattern', 'match', '[broken', file])).code, 2);
});

test('pattern explain names the parts, the values the screen looks for, and what they do not decide', async () => {
  const simple = await run([
    'pattern',
    'explain',
    "[ipv4-addr:value = '192.0.2.1'] OR [domain-name:value LIKE '%.evil.example']",
  ]);
  assert.equal(simple.code, 0);
  assert.match(simple.out, /any one of them is a match:\n {2}ipv4 192\.0\.2\.1\n {2}domain \*\.evil\.example\n$/);
  const ordered = await run(['pattern', 'explain', '([a:b = 1] FOLLOWEDBY [c:d = 2]) WITHIN 5 SECONDS']);
  assert.match(
    ordered.out,
    /^these, one after the other: \(all within 5 seconds\)\n {2}one observation with\n {4}a:b = 1\n/,
  );
  assert.match(ordered.out, /The screen looks for no value: /);
  const json = JSON.parse(
    (await run(['pattern', 'explain', '--json', "[url:value='http://e.example/']"])).out,
  ) as object;
  assert.deepEqual(Object.keys(json), ['printed', 'normal', 'values', 'complete']);
});
