import assert from 'node:assert/strict';
import { markingIdOfTlp } from '@comity/protocol/markings';
import { printVerifierKey } from '@comity/protocol/tlog';
import type { NoteSigner } from '@comity/protocol/tlog';
import type { Puppet } from '@comity/testkit';
import { serveNode } from '../../node-for-tests.ts';
import type { Cleanup, ServedNode } from '../../node-for-tests.ts';

const allowPrivate = true;

/** A node that is a member, under the law that what the labels allow is allowed. */
export async function serveMember(cleanup: Cleanup, name: string): Promise<ServedNode> {
  const node = await serveNode(cleanup);
  await becomeMember(node, name);
  return node;
}

/** Makes a node a member under the law that what the labels allow is allowed. */
export async function becomeMember(node: ServedNode, name: string): Promise<void> {
  const { rows } = await node.client.listStarterLaws();
  const open = rows.find((law) => law.name === 'open');
  assert.ok(open !== undefined);
  await node.client.activateLaw({ body: { name: 'open', text: open.text } });
  await node.client.initMember({ body: { name } });
}

/** Has a puppet say that it has the ledger whose origin a key is of. */
export function nameLedger(puppet: Puppet, { key, sign }: NoteSigner): void {
  const ledger = { origin: key.name, url: `${puppet.url}/ledger/1`, keys: [printVerifierKey(key)] };
  puppet.chain.push(puppet.next(puppet.chain.at(-1)!, { ledger }, [{ publicKey: key.publicKey, sign }]));
}

/** Nodes that are members of each other. */
export async function serveMembers(cleanup: Cleanup, names: readonly string[]): Promise<ServedNode[]> {
  const nodes: ServedNode[] = [];
  for (const name of names) {
    const node = await serveMember(cleanup, name);
    for (const other of nodes) {
      const { text } = await other.client.inviteMember({ body: { accepts: true, allowPrivate } });
      await node.client.joinMember({ body: { invitation: text, allowPrivate } });
    }
    nodes.push(node);
  }
  return nodes;
}

/** Id of the indicator of the address `198.51.100.NUMBER`. */
export const indicatorId = (number: number): string =>
  `indicator--00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

/** The indicator of the address `198.51.100.NUMBER`, under TLP:GREEN. */
export const indicator = (number: number, rest: Record<string, unknown> = {}): object => ({
  type: 'indicator',
  spec_version: '2.1',
  id: indicatorId(number),
  created: '2026-05-01T00:00:00.000Z',
  modified: '2026-05-01T00:00:00.000Z',
  pattern_type: 'stix',
  pattern: `[ipv4-addr:value = '198.51.100.${number}']`,
  valid_from: '2026-05-01T00:00:00.000Z',
  object_marking_refs: [markingIdOfTlp('green')],
  ...rest,
});

/** Takes indicators in as a node's own. */
export async function tell(node: ServedNode, ...numbers: readonly number[]): Promise<void> {
  await take(
    node,
    numbers.map((number) => indicator(number)),
    { name: 'own.json', own: 'true' },
  );
}

/** Takes objects in from a file of that name. */
export async function take(
  { client }: ServedNode,
  objects: readonly object[],
  query: { readonly name: string; readonly own?: 'true'; readonly reliability?: 'A' },
): Promise<void> {
  const bundle = { type: 'bundle', id: 'bundle--00000000-0000-4000-8000-000000000000', objects };
  await client.createImport({ query, body: JSON.stringify(bundle) });
}

/** The state an indicator has at a node, as people see it; undefined: it is not there. */
export async function stateAt({ client }: ServedNode, number: number): Promise<string | undefined> {
  const { rows } = await client.searchIntel({ query: { text: `198.51.100.${number}` } });
  return rows.find((row) => row.id === indicatorId(number))?.state;
}
