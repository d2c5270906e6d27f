import assert from 'node:assert/strict';
import test from 'node:test';
import { indicatorId, serveMembers, tell } from '../http/peer/members-for-tests.ts';
import { until } from '../node-for-tests.ts';
import type { ServedNode } from '../node-for-tests.ts';
import { runForTests } from './command-for-tests.ts';

test('an act of the ledger is found by its object, opened, and erased', async (context) => {
  const [a] = (await serveMembers(context, ['CERT A', 'CERT B'])) as [ServedNode, ServedNode];
  const run = async (...argv: string[]) => await runForTests(argv, '', { COMITY_DATA: a.dir });
  await tell(a, 1);
  const id = indicatorId(1);
  await until(async () => (await run('share', 'receipts', id)).code === 0, 'the receipt is in');
  const listed = await run('ledger', 'acts', id);
  const [, index = ''] = /^ENTRY .*\n +(\d+) +\S+:00:00Z +sent +CERT B +[0-9a-f]{64}$/m.exec(listed.out) ?? [];
  assert.notEqual(index, '', listed.out);
  assert.equal((await run('ledger', 'acts', indicatorId(9))).code, 1);
  const shown = await run('ledger', 'act', index);
  assert.match(
    shown.out,
    /^entry \d+ of 127\.0\.0\.1:\d+\/ledger\/1, \S+, .*published.*\nsent to CERT B \([0-9a-f]{64}\)\nlaw [0-9a-f]{64}, rules .+\nopens: content yes, recipients yes, decision yes\nOBJECT +VERSION\nindicator--/,
  );
  assert.equal(shown.code, 0);
  const { openings } = JSON.parse((await run('ledger', 'act', index, '--json')).out) as { openings: object };
  assert.deepEqual(Object.keys(openings), ['content', 'recipients', 'decision']);

  assert.match((await run('ledger', 'erase', index)).err, /without --reason: one of personal-data, order/);
  assert.equal((await run('ledger', 'erase', index, '--reason', 'because')).code, 2);
  assert.deepEqual(await run('ledger', 'erase', index, '--reason', 'order'), {
    code: 0,
    out: 'erased (order), decided by 1\n',
    err: '',
  });
  assert.match((await run('ledger', 'act', index)).out, /\nerased at \S+ \(order\), decided by 1/);
  const again = await run('ledger', 'erase', index, '--reason', 'order');
  assert.deepEqual([again.code, /it was erased before/.test(again.err)], [2, true]);
  assert.equal((await run('ledger', 'act', '0')).code, 1, 'the descriptor is no exchange');
  assert.equal((await run('ledger', 'fsck')).code, 0);

  await tell(a, 2);
  const other = indicatorId(2);
  await until(async () => (await run('share', 'receipts', other)).code === 0, 'the receipt is in');
  assert.match((await run('share', 'erase', other)).err, /without --reason/);
  assert.deepEqual(await run('share', 'erase', other, '--reason', 'personal-data'), {
    code: 0,
    out: 'erased (personal-data), decided by 1\n1 acts of the ledger erased, 1 wait for a receipt\n',
    err: '',
  });
  assert.equal((await run('share', 'erase', indicatorId(9), '--reason', 'order')).code, 1);
});
