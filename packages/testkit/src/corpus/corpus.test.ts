import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inventIndicators, inventLogs, inventTraffic } from './index.ts';

const seeded = {
  bytes: 200_000,
  seed: 3,
  linesPerPlanted: 100,
  planted: [...inventIndicators(50, 2, ['hub.example'])],
};

test('the same seed gives the same values and the same lines, and a small set is the beginning of a large one', () => {
  const many = [...inventIndicators(500, 7, ['hub.example'])];
  assert.deepEqual([...inventIndicators(100, 7, ['hub.example'])], many.slice(0, 100));
  const logs = Array.from({ length: 2 }, () =>
    Buffer.concat([...inventLogs(inventTraffic(1, 500), seeded)]).toString(),
  );
  assert.equal(logs[0], logs[1]);
  assert.ok(logs[0]!.length >= 200_000 && logs[0]!.endsWith('\n'));
});

test('no invented name or address is anybody’s', () => {
  const { hosts, addresses, addresses6 } = inventTraffic(1, 2000);
  for (const host of hosts) assert.match(host, /\.(?:example|test|invalid)$/);
  for (const address of addresses) assert.match(address, /^24[0-7]\./);
  for (const address of addresses6) assert.match(address, /^2001:db8:/);
});
