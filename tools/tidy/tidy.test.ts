import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourceFiles } from '../source-files.ts';
import { tidyFaults, tidyRules, undocumentedExports } from './check-tidy.ts';
import { undocumentedFace } from './undocumented-face.ts';

test('the repository keeps its own rules of tidiness (STYLE.md, "Shape")', () => {
  assert.deepEqual(tidyFaults(sourceFiles(/^(packages|tools|bench|docs)\/|^[^/]+\.(md|json|ts)$/)), []);
});

test('what the publishable packages export says what it does (STYLE.md, "Comments")', () => {
  assert.deepEqual(undocumentedExports(sourceFiles(/^packages\/(protocol|screen)\/src\/.*(?<!\.test)\.ts$/)), []);
});

test('every name of the published package has a doc comment, constants and types too', () => {
  const files = sourceFiles(/^packages\/protocol\/src\/.*(?<!\.test)\.ts$/);
  const faces = files
    .map((file) => file.path)
    .filter((path) => /^packages\/protocol\/src\/[^/]+\/index\.ts$/.test(path));
  assert.ok(faces.length > 0);
  assert.deepEqual(undocumentedFace(files, faces), []);
});

const planted: Readonly<Record<string, { path: string; text: string }>> = {
  'files are short': { path: 'packages/node/src/intel/a.ts', text: 'x\n'.repeat(401) },
  'files are named for what they hold, in kebab-case': { path: 'packages/node/src/intel/utils.ts', text: '' },
  'exports are named': { path: 'packages/node/src/a.ts', text: "export * from './b.ts';" },
  'no default exports': { path: 'packages/node/src/a.ts', text: 'export default 1;' },
  'nothing is left for later': { path: 'packages/node/src/a.ts', text: '// TODO later' },
  'no suppressed checks': { path: 'packages/node/src/a.ts', text: '// @ts-ignore' },
  'no focused or silently skipped tests': { path: 'packages/node/src/a.test.ts', text: "test.only('x', () => 1)" },
  'nothing of one machine': { path: 'docs/a.md', text: 'see /home/me/x' },
  'errors are not swallowed': { path: 'packages/node/src/a.ts', text: 'try { f(); } catch (error) {}' },
  'randomness and time are arguments': { path: 'packages/protocol/src/base/a.ts', text: 'const now = Date.now();' },
};

for (const rule of tidyRules) {
  test(`planted fault is seen: ${rule.name}`, () => {
    const fault = planted[rule.name];
    assert.ok(fault, 'every rule has a planted fault');
    assert.notEqual(rule.fault(fault), undefined);
  });
}

test('planted fault is seen: an export without a doc comment', () => {
  assert.equal(
    undocumentedExports([{ path: 'packages/protocol/src/a.ts', text: '\nexport function f(): void {}' }]).length,
    1,
  );
});

test('planted fault is seen: a type without a doc comment behind two faces, and a name that is nowhere', () => {
  const files = [
    { path: 'a/index.ts', text: "export type { T, U } from './inner/index.ts';\nexport { gone } from './b.ts';" },
    { path: 'a/inner/index.ts', text: "export type { Plain as T, U } from './c.ts';" },
    { path: 'a/inner/c.ts', text: 'export type Plain = 1;\n/** Said. */\nexport type U = 2;' },
  ];
  assert.deepEqual(undocumentedFace(files, ['a/index.ts']), [
    'a/index.ts: T has no doc comment in a/inner/index.ts',
    'a/index.ts: gone has no doc comment in a/b.ts',
  ]);
});
