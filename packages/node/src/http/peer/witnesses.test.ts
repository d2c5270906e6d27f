import assert from 'node:assert/strict';
import test from 'node:test';
import { shortMemberId } from '@comity/protocol/base';
import { printVerifierKey } from '@comity/protocol/tlog';
import { servePuppet, signerOfSeed } from '../../../../testkit/src/index.ts';
import type { Puppet } from '../../../../testkit/src/index.ts';
import { serveNode, until } from '../../node-for-tests.ts';
import type { Cleanup, ServedNode } from '../../node-for-tests.ts';

const keyOf = (word: number) => signerOfSeed(`w${word}.example/witness`, 'cosignature-ed25519', Buffer.alloc(32, word));

/** A member that witnesses, joined with a node. */
async function joinWitness(cleanup: Cleanup, node: ServedNode, word: number): Promise<Puppet> {
  const puppet = await servePuppet(cleanup);
  const { key, sign } = keyOf(word);
  const url = `${puppet.url}/witness`;
  const witness = { url, monitoringUrl: url, keys: [printVerifierKey(key)] };
  const [first] = puppet.chain as [Puppet['chain'][0]];
  puppet.chain.push(puppet.next(first, { witness }, [{ publicKey: key.publicKey, sign }]));
  const { text } = await node.client.inviteMember({ body: { accepts: true, allowPrivate: true } });
  assert.deepEqual(await (await puppet.join(node, text)).json(), { state: 'joined' });
  return puppet;
}

test('who is suspended, frozen or removed witnesses no more; whom a person named stays', async (context) => {
  const node = await serveNode(context);
  await node.client.initMember({ body: { name: 'Under test' } });
  const [suspended, frozen, removed] = [
    await joinWitness(context, node, 1),
    await joinWitness(context, node, 2),
    await joinWitness(context, node, 3),
  ];
  const idOf = ({ chain }: Puppet) => chain[0]!.member;
  const named = { name: 'w.example', url: 'https://w.example', keys: [printVerifierKey(keyOf(4).key)] };
  await node.client.addLedgerWitness({ body: { ...named, allowPrivate: false } });
  const witnesses = async () => (await node.client.showLedger()).witnesses.map(({ name }) => name).toSorted();
  const are = async (puppets: readonly Puppet[], what: string) => {
    const wanted = [...puppets.map((puppet) => shortMemberId(idOf(puppet))), 'w.example'].toSorted();
    await until(async () => (await witnesses()).join() === wanted.join(), what);
  };
  await are([suspended, frozen, removed], 'all of them witness');

  await node.client.alterMember({ params: { id: idOf(suspended) }, body: { suspended: true } });
  await are([frozen, removed], 'who is suspended does not');

  const [first] = frozen.chain as [Puppet['chain'][0]];
  frozen.chain = [first, frozen.next(first, { name: 'Other' })];
  await node.client.pingMember({ params: { id: idOf(frozen) }, query: { refresh: 'true' } }).catch(() => undefined);
  assert.equal((await node.client.getMember({ params: { id: idOf(frozen) } })).isFrozen, true);
  await are([removed], 'who is frozen does not');

  await node.client.removeMember({ params: { id: idOf(removed) } });
  await are([], 'who is removed does not');

  await node.client.alterMember({ params: { id: idOf(suspended) }, body: { suspended: false, allowPrivate: true } });
  await are([suspended], 'who is back does again');
});
