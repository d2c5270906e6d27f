import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runSuites } from './run-suites.ts';
import { scoreOf } from './suite.ts';
import type { Suite } from './suite.ts';

function suite(name: string, needs: string[], verdicts: readonly boolean[], required: number): Suite {
  return {
    name,
    needs,
    run: () => [scoreOf(name, verdicts, required, (ok, index) => (ok ? undefined : `case ${index}`))],
  };
}

async function run(suites: Suite[], present = true): Promise<{ ok: boolean; lines: string[] }> {
  const lines: string[] = [];
  const { ok } = await runSuites(suites, {
    find: (path) => (present ? path : undefined),
    print: (line) => lines.push(line),
  });
  return { ok, lines };
}

test('a full score passes and the last line counts', async () => {
  const { ok, lines } = await run([suite('planted', ['vectors'], [true, true], 2)]);
  assert.equal(ok, true);
  assert.deepEqual(lines, ['planted 2/2', '2 passed, 0 failed, 0 skipped']);
});

test('a planted wrong case fails the run and is shown', async () => {
  const { ok, lines } = await run([suite('planted', ['vectors'], [true, false], 2)]);
  assert.equal(ok, false);
  assert.deepEqual(lines, ['planted 1/2 BELOW THE REQUIRED 2', '  case 1', '1 passed, 1 failed, 0 skipped']);
});

test('a set that lost its cases fails the run', async () => {
  const { ok } = await run([suite('planted', ['vectors'], [], 2)]);
  assert.equal(ok, false);
});

test('missing foreign data is skipped loudly and is no failure', async () => {
  const { ok, lines } = await run([suite('planted', ['vectors/x'], [false], 1)], false);
  assert.equal(ok, true);
  assert.match(lines[0] ?? '', /^SKIPPED planted: .*vectors\/x/);
  assert.equal(lines.at(-1), '0 passed, 0 failed, 1 skipped');
});
