import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { runProgram } from '../run-program.ts';
import type { Ended } from '../run-program.ts';
import { repositoryDir } from '../source-files.ts';

/** Measures a folder that holds these files. */
function measure(t: TestContext, files: Readonly<Record<string, string>>): Ended {
  const dir = mkdtempSync(join(tmpdir(), 'comity-coverage-'));
  t.after(() => rmSync(dir, { recursive: true }));
  writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return runProgram('node', [join(repositoryDir, 'tools/coverage/main.ts'), dir], dir);
}

const gapsIn = ({ output }: Ended): string[] =>
  output.split('\n').flatMap((line) => /^NOT COVERED .*\/([\w.]+:.*)$/.exec(line)?.[1] ?? []);

const types =
  "import type { A } from './a.ts';\n\nexport interface B {\n  readonly a: A;\n}\nexport type C =\n  | 1\n  | 2;\n";
const testOf = (calls: string): string =>
  `import { test } from 'node:test';\nimport { half } from './half.ts';\ntest('half', () => {\n${calls}\n});\n`;

test('a folder whose every line, branch and function runs is covered; files of types have nothing to run', (t) => {
  const half = 'export function half(n: number): number {\n  return n > 9 ? 9 : n / 2;\n}\n';
  const ended = measure(t, { 'types.ts': types, 'half.ts': half, 'half.test.ts': testOf('half(4);\nhalf(20);') });
  assert.deepEqual([gapsIn(ended), ended.ok], [[], true], ended.output);
  assert.match(ended.output, /2 files, 3 lines, \d branches, 1 functions, .* 0 not covered/);
});

test('a line, a branch, a function and a file that no test reaches are each told, and fail the run', (t) => {
  const half = [
    'export function half(n: number): number {',
    '  if (n < 0) {',
    '    return 0;',
    '  }',
    '  const all = [].map((each) => each);',
    '  return n > 9 ? 9 : n / 2 + all.length;',
    '}',
  ].join('\n');
  const ended = measure(t, {
    'half.ts': half,
    'half.test.ts': testOf('half(4);'),
    'third.ts': 'export const third = 3;\n',
  });
  assert.deepEqual(gapsIn(ended), [
    'half.ts:3: line',
    'half.ts:4: line',
    'half.ts:2: branch',
    'half.ts:6: branch',
    'half.ts:5: function',
    'third.ts: no test loads it',
  ]);
  assert.equal(ended.ok, false);
});

test('a test that fails fails the run, also when everything was reached', (t) => {
  const ended = measure(t, {
    'half.ts': 'export const half = (n: number): number => n / 2;\n',
    'half.test.ts': testOf("if (half(4) !== 3) throw new Error('planted');"),
  });
  assert.deepEqual([gapsIn(ended), ended.ok], [[], false]);
  assert.match(ended.output, /FAILED: half[^]*planted/);
});
