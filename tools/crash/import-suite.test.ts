import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runImportSuite } from './import-suite.ts';

test('invariant 6: nothing acknowledged is lost by kill -9; the fault of acknowledging early is caught', async () => {
  const say = (): void => undefined;
  assert.deepEqual((await runImportSuite({ kills: 3, seed: 7, say })).faults, []);
  const planted = await runImportSuite({ kills: 4, seed: 7, say, acknowledgeEarly: true });
  assert.ok(
    planted.faults.some((fault) => fault.includes('which was acknowledged')),
    planted.faults.join('\n'),
  );
});
