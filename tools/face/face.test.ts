import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runProgram } from '../run-program.ts';
import { repositoryDir } from '../source-files.ts';
import { packFace, publishedManifest, subjectsOf } from './build-face.ts';
import { examplesOf, outputFault } from './examples.ts';
import { installFace } from './install-face.ts';

const dir = mkdtempSync(join(tmpdir(), 'comity-face-test-'));
after(() => rmSync(dir, { recursive: true }));

const page =
  '# x\n\n## Read it\n\n```ts\nconsole.log(1);\n// → 1\n```\n\n```sh\nls\n```\n\n```ts\nif (a) {\n  // → b c\n}\n```\n';

test('examples are the TypeScript blocks of a page, named for their heading, with the lines they promise', () => {
  assert.deepEqual(
    examplesOf(page).map(({ name, expected }) => [name, ...expected]),
    [
      ['read-it', '1'],
      ['read-it-2', 'b c'],
    ],
  );
});

test('every example of the package says what it prints, and together they import every subject but none that is not there', () => {
  const examples = examplesOf(readFileSync(join(repositoryDir, 'packages/protocol/README.md'), 'utf8'));
  for (const { name, expected } of examples) assert.ok(expected.length > 0, `${name} promises no line`);
  const imported = examples.flatMap(({ code }) =>
    [...code.matchAll(/from '@comity\/protocol\/([\w-]+)'/g)].map(([, name]) => name),
  );
  assert.deepEqual(new Set(imported), new Set(subjectsOf()));
});

test('planted fault is seen: an example prints something else, less or more than the page says', () => {
  const example = { name: 'x', code: '', expected: ['one', 'two'] };
  assert.equal(outputFault(example, 'one\ntwo\n'), undefined);
  assert.equal(outputFault(example, 'one\n2\n'), 'line 2 is "2" instead of "two"');
  assert.equal(outputFault(example, 'one\n'), 'line 2 is nothing instead of "two"');
  assert.equal(outputFault(example, 'one\ntwo\nthree\n'), 'line 3 is "three" instead of nothing');
});

test('the published package file names built modules only and is no longer private', () => {
  const source = { name: 'a', version: '1.0.0', private: true, exports: { './*': './src/*/index.ts' }, license: 'X' };
  assert.deepEqual(publishedManifest(source, ['stix']), {
    name: 'a',
    version: '1.0.0',
    license: 'X',
    engines: { node: '>=22' },
    files: ['dist'],
    exports: {
      './stix': { types: './dist/stix/index.d.ts', default: './dist/stix/index.js' },
      './package.json': './package.json',
    },
  });
});

test('planted fault is seen: a module that uses what only Node has does not compile for publishing', () => {
  const project = join(dir, 'types');
  mkdirSync(project);
  writeFileSync(join(project, 'a.ts'), 'export const home = process.env;\n');
  const config = {
    extends: join(repositoryDir, 'packages/protocol/tsconfig.publish.json'),
    include: ['a.ts'],
    exclude: [],
  };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(config));
  const done = runProgram('tsc', ['-p', project, '--noEmit', '--rootDir', project], project);
  assert.equal(done.ok, false);
  assert.match(done.output, /TS2580|TS2591|TS2304/);
});

test('planted fault is seen: a tarball that asks for a package it was not given cannot be installed', () => {
  const [built, empty] = ['built', 'empty'].map((name) => join(dir, name)) as [string, string];
  mkdirSync(built);
  mkdirSync(empty);
  const manifest = { name: 'asks', version: '1.0.0', dependencies: { 'package-nobody-has-published': '1.0.0' } };
  writeFileSync(join(built, 'package.json'), JSON.stringify(manifest));
  const packed = packFace(built, dir);
  assert.throws(() => installFace(join(dir, packed.filename), { ...manifest, dependencies: {} }, empty), /ENOTCACHED/);
});
