import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { markingIdOfTlp } from '@comity/protocol/markings';
import { serveNode } from '../../node-for-tests.ts';
import type { Cleanup, ServedNode } from '../../node-for-tests.ts';

const allowPrivate = true;

/** Nodes that are members of each other, each under the law that what the labels allow is allowed. */
async function serveMembers(cleanup: Cleanup, names: readonly string[]): Promise<ServedNode[]> {
  const nodes: ServedNode[] = [];
  for (const name of names) {
    const node = await serveNode(cleanup);
    const { rows } = await node.client.listStarterLaws();
    const open = rows.find((law) => law.name === 'open')!;
    await node.client.activateLaw({ body: { name: 'open', text: open.text } });
    await node.client.initMember({ body: { name } });
    for (const other of nodes) {
      const { text } = await other.client.inviteMember({ body: { accepts: true, allowPrivate } });
      await node.client.joinMember({ body: { invitation: text, allowPrivate } });
    }
    nodes.push(node);
  }
  return nodes;
}

const id = (number: number): string => `indicator--00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

function bundle(...numbers: readonly number[]): Uint8Array {
  const objects = numbers.map((number) => ({
    type: 'indicator',
    spec_version: '2.1',
    id: id(number),
    created: '2026-05-01T00:00:00.000Z',
    modified: '2026-05-01T00:00:00.000Z',
    pattern_type: 'stix',
    pattern: `[ipv4-addr:value = '198.51.100.${number}']`,
    valid_from: '2026-05-01T00:00:00.000Z',
    object_marking_refs: [markingIdOfTlp('green')],
  }));
  return Buffer.from(JSON.stringify({ type: 'bundle', id: 'bundle--00000000-0000-4000-8000-000000000000', objects }));
}

async function tell(node: ServedNode, ...numbers: readonly number[]): Promise<void> {
  const query = { name: 'own.json', own: 'true' as const };
  await node.client.createImport({ query, body: new Blob([bundle(...numbers)]).stream() });
}

/** Waits until something holds, ten seconds at most: what is under way has no other end. */
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await holds()) return;
    await wait(50);
  }
  assert.fail(`not within twenty seconds: ${what}`);
}

const stateAt = async (node: ServedNode, number: number): Promise<string | undefined> => {
  const { rows } = await node.client.searchIntel({ query: { text: `198.51.100.${number}` } });
  return rows.find((row) => row.id === id(number))?.state;
};

test('what is told at one member is in use at the other by itself, and a recall arrives', async (context) => {
  const [a, b] = (await serveMembers(context, ['A', 'B'])) as [ServedNode, ServedNode];
  await tell(a, 1);
  await until('it is in use at B', async () => (await stateAt(b, 1)) === 'active');
  const { rows } = await b.client.listIntelSources();
  assert.equal(rows.find(({ kind }) => kind === 'member')?.name, 'A');
  await until('A has the receipt', async () => {
    const deliveries = await a.client.listDeliveries({ params: { id: id(1) } });
    return deliveries.rows[0]?.receipt?.effect === 'applied';
  });
  await a.client.recallObject({ params: { id: id(1) }, body: { reason: 'false-positive' } });
  await until('it is out of use at B', async () => (await stateAt(b, 1)) === 'recalled');
  await until('A knows', async () => {
    const deliveries = await a.client.listDeliveries({ params: { id: id(1) } });
    return deliveries.rows[0]?.receipt?.effect === 'withdrawn';
  });
  // Two signatures of the log, two of its witness.
  await until('A’s ledger is witnessed', async () => {
    const text = await (await fetch(`${a.url}/ledger/1/checkpoint`)).text();
    return text.split('\n').filter((line) => line.startsWith('\u2014')).length === 4;
  });
  assert.deepEqual([a.faults, b.faults], [[], []]);
});

test('whoever is suspended is spoken with no more, and what it lent is out of use at once', async (context) => {
  const [a, b] = (await serveMembers(context, ['A', 'B'])) as [ServedNode, ServedNode];
  await tell(a, 2);
  await until('it is in use at B', async () => (await stateAt(b, 2)) === 'active');
  const [member] = (await b.client.listMembers()).rows;
  await b.client.alterMember({ params: { id: member!.id }, body: { suspended: true } });
  await until('it is out of use at B', async () => (await stateAt(b, 2)) === 'recalled');
  await b.client.alterMember({ params: { id: member!.id }, body: { suspended: false, allowPrivate } });
  await until('it is in use again', async () => (await stateAt(b, 2)) === 'active');
});
