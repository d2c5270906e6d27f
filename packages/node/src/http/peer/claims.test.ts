import assert from 'node:assert/strict';
import test from 'node:test';
import { until } from '../../node-for-tests.ts';
import type { ServedNode } from '../../node-for-tests.ts';
import { indicator, indicatorId, serveMembers, stateAt, take, tell } from './members-for-tests.ts';

const own = { name: 'own.json', own: 'true' } as const;
const claims = {
  1: { modified: '2026-05-02T00:00:00.000Z', pattern: "[ipv4-addr:value = '203.0.113.1']" },
  2: { modified: '2026-05-02T00:00:00.000Z', revoked: true },
} as const;

/** What a node says of the first and the second indicator: the pattern that counts, and the state. */
async function wordsOf({ client }: ServedNode): Promise<unknown[]> {
  return await Promise.all(
    [1, 2].map(async (number) => {
      const { pattern, state } = await client.getIntel({ params: { id: indicatorId(number) } });
      return [pattern, state];
    }),
  );
}
const truth = [
  ["[ipv4-addr:value = '198.51.100.1']", 'active'],
  ["[ipv4-addr:value = '198.51.100.2']", 'active'],
];

/** Until both members said of both indicators that they use what they were lent, or keep it beside what counts there. */
async function answered({ client }: ServedNode, effect: 'applied' | 'stored'): Promise<void> {
  await until(async () => {
    const rows = await Promise.all([1, 2].map((n) => client.listDeliveries({ params: { id: indicatorId(n) } })));
    return rows.every((page) => page.rows.filter(({ receipt }) => receipt?.effect === effect).length === 2);
  }, `both say ${effect}`);
}

test('a member that states others’ objects as its own changes and revokes nothing of them, at their owner or elsewhere', async (context) => {
  const [a, b, liar] = (await serveMembers(context, ['A', 'B', 'Liar'])) as [ServedNode, ServedNode, ServedNode];
  await tell(a, 1, 2);
  await until(async () => (await stateAt(b, 2)) === 'active', 'it is in use at B');
  await until(async () => (await stateAt(liar, 2)) === 'active', 'the liar knows it');
  await take(liar, [indicator(1, claims[1]), indicator(2, claims[2])], own);
  await answered(liar, 'stored');
  assert.deepEqual([await wordsOf(a), await wordsOf(b)], [truth, truth]);
  // What A lends next is lent as ever, and is A's.
  await take(a, [indicator(1, { modified: '2026-05-03T00:00:00.000Z', name: 'A knows more' })], own);
  await until(async () => {
    const { name, pattern } = await b.client.getIntel({ params: { id: indicatorId(1) } });
    return name === 'A knows more' && pattern === truth[0]![0];
  }, 'B follows A');
  for (const number of [1, 2])
    await liar.client.recallObject({ params: { id: indicatorId(number) }, body: { reason: 'mistake' } });
  await take(liar, [indicator(3)], own);
  for (const node of [a, b]) {
    await until(async () => (await stateAt(node, 3)) === 'active', 'what came behind the recalls is there');
    assert.deepEqual([await stateAt(node, 1), await stateAt(node, 2)], ['active', 'active']);
  }
  assert.deepEqual([a.faults, b.faults], [[], []]);
});

test('a file of any grade that is not the member’s own changes nothing of what it lends', async (context) => {
  const [a, b] = (await serveMembers(context, ['A', 'B'])) as [ServedNode, ServedNode];
  await tell(a, 1, 2);
  await until(async () => (await stateAt(b, 2)) === 'active', 'it is in use at B');
  for (const name of ['elsewhere.json', 'own.json'])
    await take(a, [indicator(1, claims[1]), indicator(2, claims[2])], { name, reliability: 'A' });
  await tell(a, 3);
  await until(async () => (await stateAt(b, 3)) === 'active', 'what came behind it is there');
  assert.deepEqual([await wordsOf(a), await wordsOf(b)], [truth, truth]);
});

test('who stated an object before its owner did is out of its way once suspended', async (context) => {
  const [a, b, liar] = (await serveMembers(context, ['A', 'B', 'Liar'])) as [ServedNode, ServedNode, ServedNode];
  await take(liar, [indicator(1, claims[1]), indicator(2, claims[2])], own);
  // From the liar itself: what only A passed on to B would end with A's own word.
  await answered(liar, 'applied');
  await tell(a, 1, 2);
  await answered(a, 'stored');
  assert.deepEqual(await wordsOf(a), truth, 'at its owner the owner’s word counts, whatever came before');
  const rows = (await b.client.listMembers()).rows;
  await b.client.alterMember({
    params: { id: rows.find(({ name }) => name === 'Liar')!.id },
    body: { suspended: true },
  });
  await until(
    async () => (await stateAt(b, 1)) === 'active' && (await stateAt(b, 2)) === 'active',
    'B has what A lends',
  );
  assert.deepEqual(await wordsOf(b), truth);
});
