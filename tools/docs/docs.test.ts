import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { repositoryDir, sourceFiles } from '../source-files.ts';
import { adrFaults, commandFaults, dependencyFaults, linkFaults } from './check-docs.ts';
import { generatedPages } from './generated-pages.ts';

const pages = sourceFiles(/\.md$/);
const read = (path: string): string => readFileSync(join(repositoryDir, path), 'utf8');
const isThere = (path: string): boolean => existsSync(join(repositoryDir, path));

interface Manifest {
  readonly scripts?: Record<string, string>;
  readonly dependencies?: Record<string, string>;
}

test('every link between pages leads somewhere', () => {
  assert.deepEqual(linkFaults(pages, isThere), []);
});

test('every npm command a page shows exists', () => {
  const { scripts = {} } = JSON.parse(read('package.json')) as Manifest;
  assert.deepEqual(commandFaults(pages, Object.keys(scripts)), []);
});

test('each decision record has context, decision and consequences', () => {
  assert.deepEqual(adrFaults(pages), []);
});

test('each runtime dependency has its line in the decision on dependencies', () => {
  const names = ['protocol', 'screen', 'node', 'web'].flatMap((name) =>
    Object.keys((JSON.parse(read(`packages/${name}/package.json`)) as Manifest).dependencies ?? {}),
  );
  assert.deepEqual(dependencyFaults(names, read('docs/adr/0002-dependencies.md')), []);
});

for (const [path, text] of Object.entries(generatedPages())) {
  test(`${path} is what its source says`, () => {
    assert.ok(read(path) === text, `${path} is out of date: run npm run docs`);
  });
}

test('planted fault is seen: a dead link', () => {
  assert.equal(
    linkFaults([{ path: 'docs/a.md', text: 'see [b](b.md)' }], (path) => path !== join(dirname('docs/a.md'), 'b.md'))
      .length,
    1,
  );
});

test('planted fault is seen: a command that is not there', () => {
  assert.equal(commandFaults([{ path: 'a.md', text: '`npm run nothing`' }], ['start']).length, 1);
});

test('planted fault is seen: a decision without consequences', () => {
  assert.equal(adrFaults([{ path: 'docs/adr/0009-x.md', text: '## Context\n## Decision\n' }]).length, 1);
});

test('planted fault is seen: a dependency nobody decided on', () => {
  assert.equal(dependencyFaults(['left-pad'], '| `fastify` | … |').length, 1);
});
