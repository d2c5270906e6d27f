import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { examplesOf, outputFault } from '../face/examples.ts';
import { runProgram } from '../run-program.ts';
import { repositoryDir } from '../source-files.ts';

const dir = mkdtempSync(join(tmpdir(), 'comity-library-'));
after(() => rmSync(dir, { recursive: true, force: true }));
symlinkSync(join(repositoryDir, 'node_modules'), join(dir, 'node_modules'));

const page = readFileSync(join(repositoryDir, 'docs/guides/screening-library.md'), 'utf8');
const examples = examplesOf(page);

test('the page of the screening library has an example of each thing it is for', () => {
  const code = examples.map((example) => example.code).join('');
  for (const name of [
    'Table.build',
    'createScreen',
    'LogThreads',
    'saveTable',
    'loadTable',
    'table.add',
    'table.remove',
  ]) {
    assert.ok(code.includes(name), name);
  }
});

for (const example of examples) {
  test(`the example "${example.name}" of the screening library prints what the page says`, () => {
    assert.ok(example.expected.length > 0, 'it promises no line');
    const file = join(dir, `${example.name}.mjs`);
    writeFileSync(file, example.code);
    const done = runProgram('node', [file], dir);
    assert.ok(done.ok, done.output);
    assert.equal(outputFault(example, done.output), undefined);
  });
}
