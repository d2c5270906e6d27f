import assert from 'node:assert/strict';
import test from 'node:test';
import { servePuppet } from '@comity/testkit';
import { until } from '../../node-for-tests.ts';
import type { ServedNode } from '../../node-for-tests.ts';
import { indicatorId, serveMember, serveMembers, stateAt, tell } from './members-for-tests.ts';

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

/** Changes what a node lets the only member it has make it do. */
const setQuota = async ({ client }: ServedNode, change: object): Promise<void> => {
  const [peer] = (await client.listPeers()).rows;
  await client.setQuota({ params: { id: peer!.id }, body: { ...peer!.quota, ...change } });
};

test('a member over its quota is stopped and said to be, and goes on by itself; an object too many is refused (peer.md §13)', async (context) => {
  const [a, b] = (await serveMembers(context, ['A', 'B'])) as [ServedNode, ServedNode];
  await setQuota(b, { itemsPerDay: 1 });
  await tell(a, 1);
  await until(async () => (await stateAt(b, 1)) === 'active', 'it is in use at B');
  await tell(a, 2);
  const reached = async () => (await b.client.listPeers()).rows[0]?.reached;
  await until(async () => (await reached())?.[0]?.limit === 'items', 'B says that A reached its limit');
  const midnight = new Date(Math.floor(Date.now() / 86_400_000 + 1) * 86_400_000).toISOString();
  assert.equal((await reached())?.[0]?.until?.slice(0, 19), midnight.slice(0, 19));
  assert.equal(await stateAt(b, 2), undefined);
  const { rows } = await b.client.listAudit({ query: { act: 'peer.limit' } });
  assert.deepEqual(
    rows.map(({ details }) => details),
    [{ name: 'A', limit: 'items' }],
  );
  await setQuota(b, { itemsPerDay: 1000, objects: 2 });
  await until(async () => (await stateAt(b, 2)) === 'active', 'it goes on');
  await tell(a, 3);
  await until(async () => (await receiptOf(a, 3)) === 'refused', 'A knows that it is one too many');
  const [delivery] = (await a.client.listDeliveries({ params: { id: indicatorId(3) } })).rows;
  assert.equal(delivery?.receipt?.reason, 'quota');
  await a.client.recallObject({ params: { id: indicatorId(1) }, body: { reason: 'mistake' } });
  await until(async () => (await stateAt(b, 1)) === 'recalled', 'what is taken back arrives');
  assert.deepEqual([a.faults, b.faults], [[], []]);
});

test('who asks for more of an outbox than its quota is answered 429 with Retry-After (peer.md §7)', async (context) => {
  const node = await serveMember(context, 'Asked');
  const puppet = await servePuppet(context);
  const { text } = await node.client.inviteMember({ body: { accepts: true, allowPrivate: true } });
  await puppet.join(node, text);
  await tell(node, 1);
  await setQuota(node, { sentBytesPerDay: 1 });
  const ask = async () => await puppet.ask(node, 'GET', '/peer/v1/outbox?after=0');
  assert.equal((await ask()).status, 200);
  const refused = await ask();
  const seconds = Number(refused.headers.get('retry-after'));
  assert.ok(seconds > 0 && seconds <= 86_400, `${seconds}`);
  assert.ok(refused.headers.has('signature'), 'and it is the word of who was asked');
  const { code, details } = (await refused.json()) as { code: string; details: { limit: string } };
  assert.deepEqual([refused.status, code, details.limit], [429, 'TOO_MANY_REQUESTS', 'sent-bytes']);
  await setQuota(node, { sentBytesPerDay: 1_000_000 });
  assert.equal((await ask()).status, 200);
});
