import assert from 'node:assert/strict';
import test from 'node:test';
import { until } from '../../node-for-tests.ts';
import type { ServedNode } from '../../node-for-tests.ts';
import { indicatorId, serveMembers, stateAt, tell } from './members-for-tests.ts';

const receiptOf = async ({ client }: ServedNode, number: number): Promise<string | undefined> => {
  const { rows } = await client.listDeliveries({ params: { id: indicatorId(number) } });
  return rows[0]?.receipt?.effect;
};

test('what is told at one member is in use at the other by itself, and a recall arrives', async (context) => {
  const [a, b] = (await serveMembers(context, ['A', 'B'])) as [ServedNode, ServedNode];
  await tell(a, 1);
  await until(async () => (await stateAt(b, 1)) === 'active', 'it is in use at B');
  const { rows } = await b.client.listIntelSources();
  assert.equal(rows.find(({ kind }) => kind === 'member')?.name, 'A');
  await until(async () => (await receiptOf(a, 1)) === 'applied', 'A has the receipt');
  await a.client.recallObject({ params: { id: indicatorId(1) }, body: { reason: 'false-positive' } });
  await until(async () => (await stateAt(b, 1)) === 'recalled', 'it is out of use at B');
  await until(async () => (await receiptOf(a, 1)) === 'withdrawn', 'A knows');
  // Two signatures of the log, two of its witness.
  await until(async () => {
    const text = await (await fetch(`${a.url}/ledger/1/checkpoint`)).text();
    return text.split('\n').filter((line) => line.startsWith('\u2014')).length === 4;
  }, 'A’s ledger is witnessed');
  assert.deepEqual([a.faults, b.faults], [[], []]);
});

test('whoever is suspended is spoken with no more, and what it lent is out of use at once', async (context) => {
  const [a, b] = (await serveMembers(context, ['A', 'B'])) as [ServedNode, ServedNode];
  await tell(a, 2);
  await until(async () => (await stateAt(b, 2)) === 'active', 'it is in use at B');
  const [member] = (await b.client.listMembers()).rows;
  await b.client.alterMember({ params: { id: member!.id }, body: { suspended: true } });
  await until(async () => (await stateAt(b, 2)) === 'recalled', 'it is out of use at B');
  await b.client.alterMember({ params: { id: member!.id }, body: { suspended: false, allowPrivate: true } });
  await until(async () => (await stateAt(b, 2)) === 'active', 'it is in use again');
});
