import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { repositoryDir } from '../source-files.ts';

// Each checker of `npm run lint` is shown a fault it must see: a checker that passes on anything is a defect.
describe('every bought checker sees a planted fault', () => {
  let dir = '';
  before(() => {
    dir = mkdtempSync(join(repositoryDir, 'packages/testkit/src/planted-'));
  });
  after(() => {
    rmSync(dir, { recursive: true });
  });

  const run = (command: string, ...args: string[]): { code: number | null; output: string } => {
    const done = spawnSync(join(repositoryDir, 'node_modules/.bin', command), args, {
      cwd: repositoryDir,
      encoding: 'utf8',
      timeout: 120_000,
    });
    return { code: done.status, output: done.stdout + done.stderr };
  };

  test('tsc: a string where a number belongs', () => {
    writeFileSync(join(dir, 'wrong-type.ts'), "export const count: number = 'three';\n");
    writeFileSync(
      join(dir, 'tsconfig.json'),
      JSON.stringify({ extends: '../../../../tsconfig.json', include: ['wrong-type.ts'], exclude: [] }),
    );
    const { code, output } = run('tsc', '-p', dir);
    assert.notEqual(code, 0);
    assert.match(output, /TS2322/);
  });

  test('oxlint, type-aware: a promise nobody waits for', () => {
    const file = join(dir, 'floating.ts');
    writeFileSync(
      file,
      'async function later(): Promise<void> {\n  await Promise.resolve();\n}\nexport function start(): void {\n  later();\n}\n',
    );
    const { code, output } = run('oxlint', '--type-aware', '--deny-warnings', file);
    assert.notEqual(code, 0);
    assert.match(output, /no-floating-promises/);
  });

  test('prettier: a file nobody formatted', () => {
    const file = join(dir, 'unformatted.ts');
    writeFileSync(file, 'export   const a=1\n');
    assert.notEqual(run('prettier', '--check', file).code, 0);
  });

  test('knip: a file nobody imports', () => {
    writeFileSync(join(dir, 'orphan.ts'), 'export const orphan = 1;\n');
    const { code, output } = run('knip', '--no-progress', '--include', 'files');
    assert.notEqual(code, 0);
    assert.match(output, /orphan\.ts/);
  });
});
