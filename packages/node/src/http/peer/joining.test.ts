import assert from 'node:assert/strict';
import test from 'node:test';
import { openActs, parseEntry } from '@comity/protocol/acts';
import { parseDescriptors, verifyDescriptorChain } from '@comity/protocol/members';
import { parseEntryBundle, portableCrypto } from '@comity/protocol/tlog';
import { serveNode, temporaryDir, until } from '../../node-for-tests.ts';
import type { Cleanup, ServedNode } from '../../node-for-tests.ts';

/** A node that is a member. */
async function serveMember(cleanup: Cleanup, name: string): Promise<ServedNode> {
  const node = await serveNode(cleanup);
  const contact = { role: 'technical' as const, email: 'cert@example.test', languages: ['en'] };
  await node.client.initMember({ body: { name, sectors: ['energy'], country: 'AT', contacts: [contact] } });
  return node;
}

const allowPrivate = true;

test('two nodes join in three steps, and each has the other’s chain, verified, and as a recipient', async (context) => {
  const [a, b] = [await serveMember(context, 'CERT A'), await serveMember(context, 'CERT B')];
  const { text } = await a.client.inviteMember({ body: { hint: 'for B', allowPrivate } });
  const taken = await b.client.joinMember({ body: { invitation: text, allowPrivate } });
  assert.deepEqual([taken.name, taken.state, taken.source], ['CERT A', 'asked', 'they-invited']);
  const [asking] = (await a.client.listMembers()).rows;
  assert.deepEqual(
    [asking?.name, asking?.state, asking?.contacts[0]?.email],
    ['CERT B', 'asking', 'cert@example.test'],
  );
  const accepted = await a.client.acceptMember({ params: { id: asking?.shortId ?? '' }, body: { handle: 'b' } });
  assert.deepEqual([accepted.state, accepted.handle, accepted.lastError], ['joined', 'b', undefined]);
  const [joined] = (await b.client.listMembers()).rows;
  assert.deepEqual([joined?.state, joined?.handle], ['joined', 'cert-a']);
  const recipients = async ({ client }: ServedNode) =>
    (await client.listRecipients()).rows.flatMap(({ key, name, sector }) =>
      key.startsWith('member:') ? [`${key} ${name} ${sector}`] : [],
    );
  assert.deepEqual(await recipients(a), ['member:b CERT B energy']);
  assert.deepEqual(await recipients(b), ['member:cert-a CERT A energy']);
  const { member } = await b.client.ownMember();
  assert.equal(accepted.id, member?.id);
  const ping = await b.client.pingMember({ params: { id: 'cert-a' }, query: {} });
  assert.ok(ping.answerMs > 0);
  assert.ok(ping.member.seenAt !== undefined);
});

test('an invitation that accepts joins at once, is good for one member, and for none once it is over', async (context) => {
  let nowMs = Date.now();
  const a = await serveNode(context, {}, { clock: () => nowMs });
  await a.client.initMember({ body: { name: 'A' } });
  const [b, c] = [await serveMember(context, 'B'), await serveMember(context, 'C')];
  const invite = async () => await a.client.inviteMember({ body: { accepts: true, allowPrivate } });
  const { text } = await invite();
  const join = async (node: ServedNode, invitation: string) =>
    await node.client.joinMember({ body: { invitation, allowPrivate } });
  assert.equal((await join(b, text)).state, 'joined');
  assert.equal((await join(b, text)).state, 'joined', 'again by the same: the answer may have been lost');
  await assert.rejects(join(c, text), { code: 'INVITATION_REFUSED', details: { reason: 'used', remoteStatus: 403 } });
  const second = await invite();
  await a.client.withdrawInvitation({ params: { id: second.invitation.id } });
  await assert.rejects(join(c, second.text), { code: 'INVITATION_REFUSED', message: /withdrawn/ });
  const third = await invite();
  nowMs += 8 * 86_400_000;
  await assert.rejects(join(c, third.text), { code: 'SIGNATURE_REFUSED' }, 'by then their clocks differ too');
  const used = (await a.client.listInvitations()).rows.find(({ usedBy }) => usedBy !== undefined);
  assert.equal(used?.usedBy, (await b.client.ownMember()).member?.id);
});

test('what a member publishes is verified by anybody, and says whom to reach', async (context) => {
  const { url, client } = await serveMember(context, 'CERT A');
  const get = async (path: string) => await fetch(`${url}${path}`);
  const descriptors = parseDescriptors(
    new Uint8Array(await (await get('/.well-known/comity/nodes.json')).arrayBuffer()),
    portableCrypto,
  );
  const { member, current } = verifyDescriptorChain(descriptors, portableCrypto);
  assert.equal(member, (await client.ownMember()).member?.id);
  assert.equal(await (await get('/.well-known/comity/node.json')).text(), current.text);
  assert.equal(await (await get('/.well-known/comity/nodes.json?from=1')).text(), '[]\n');
  const security = await (await get('/.well-known/security.txt')).text();
  assert.match(security, /^Contact: mailto:cert@example\.test$/m);
  assert.match(security, /^Expires: \d{4}-/m);
  assert.match(await (await get('/rfc2350.txt')).text(), /^2\.1 Name of the Team: CERT A$/m);
});

test('a member that made new keys is believed again, after what it says of itself now was read', async (context) => {
  const [a, b] = [await serveMember(context, 'A'), await serveMember(context, 'B')];
  const { text } = await a.client.inviteMember({ body: { accepts: true, allowPrivate } });
  await b.client.joinMember({ body: { invitation: text, allowPrivate } });
  assert.deepEqual(await b.client.rotateMember({ body: {} }), { step: 'rotation', sequence: 1 });
  // B signs with its new key: A does not know it yet.
  await b.client.pingMember({ params: { id: 'a' }, query: {} });
  assert.equal((await a.client.getMember({ params: { id: 'b' } })).sequence, 1);
  // And the other way round: A asks, and B answers with a newer key still.
  await b.client.rotateMember({ body: {} });
  await a.client.pingMember({ params: { id: 'b' }, query: {} });
  assert.equal((await a.client.getMember({ params: { id: 'b' } })).sequence, 2);
});

test('the announced key can be kept elsewhere; rotation asks for it then', async (context) => {
  const { client } = await serveMember(context, 'A');
  const { keyId, seed } = await client.showRecovery();
  await client.forgetRecovery({ query: { keyId } });
  assert.equal((await client.ownMember()).member?.holdsRecovery, false);
  await assert.rejects(client.showRecovery(), { code: 'NOT_FOUND' });
  await assert.rejects(client.rotateMember({ body: {} }), { code: 'CONFLICT' });
  const other = Buffer.alloc(32, 1).toString('base64');
  await assert.rejects(client.rotateMember({ body: { recovery: other } }), { code: 'ARGUMENT_INVALID' });
  assert.deepEqual(await client.rotateMember({ body: { recovery: seed } }), { step: 'rotation', sequence: 1 });
  assert.equal((await client.ownMember()).member?.holdsRecovery, true);
});

test('whoever is suspended is not spoken with, in either direction', async (context) => {
  const [a, b] = [await serveMember(context, 'A'), await serveMember(context, 'B')];
  const { text } = await a.client.inviteMember({ body: { accepts: true, allowPrivate } });
  await b.client.joinMember({ body: { invitation: text, allowPrivate } });
  await a.client.alterMember({ params: { id: 'b' }, body: { suspended: true } });
  await assert.rejects(a.client.pingMember({ params: { id: 'b' }, query: {} }), { code: 'CONFLICT' });
  await assert.rejects(b.client.pingMember({ params: { id: 'a' }, query: {} }), {
    code: 'SIGNATURE_REFUSED',
    details: { reason: 'unknown-key', remoteStatus: 401 },
  });
  await a.client.alterMember({ params: { id: 'b' }, body: { suspended: false } });
  await b.client.pingMember({ params: { id: 'a' }, query: {} });
  await a.client.removeMember({ params: { id: 'b' } });
  assert.deepEqual((await a.client.listMembers()).rows, []);
});

test('two members that are joined are so after a restart, with the same ids', async (context) => {
  const a = await serveMember(context, 'A');
  const dataDir = temporaryDir(context);
  const stops: (() => unknown)[] = [];
  const open = async (): Promise<ServedNode> => await serveNode({ after: (fn) => void stops.push(fn) }, { dataDir });
  const stop = async (): Promise<void> => {
    for (const fn of stops.splice(0)) await fn();
  };
  context.after(stop);
  const { client } = await open();
  const { member } = await client.initMember({ body: { name: 'B' } });
  const { text } = await a.client.inviteMember({ body: { accepts: true, allowPrivate } });
  await client.joinMember({ body: { invitation: text, allowPrivate } });
  await stop();
  const again = await open();
  await again.client.pingMember({ params: { id: 'a' }, query: {} });
  assert.equal((await again.client.getMember({ params: { id: 'a' } })).state, 'joined');
  assert.equal((await again.client.ownMember()).member?.id, member?.id);
});

test('the doctor says when the recovery key is still on the machine, and who asks', async (context) => {
  const { client } = await serveMember(context, 'A');
  const about = async () => (await client.doctor()).checks.find(({ name }) => name === 'members');
  assert.equal((await about())?.state, 'warning');
  await client.forgetRecovery({ query: { keyId: (await client.showRecovery()).keyId } });
  assert.deepEqual(await about(), { name: 'members', state: 'ok', message: '0 known, 0 asking to be joined' });
});

test('what a member says of itself is an act in its ledger, which everybody may read', async (context) => {
  const node = await serveMember(context, 'CERT A');
  await node.client.changeMember({ body: { name: 'CERT B' } });
  const chain = await (await fetch(`${node.url}/.well-known/comity/nodes.json`)).arrayBuffer();
  const hashes = parseDescriptors(new Uint8Array(chain), portableCrypto).map(({ hash }) => hash);
  const digests = async (): Promise<string[]> => {
    const note = await (await fetch(`${node.url}/ledger/1/checkpoint`)).text();
    const size = Number(note.split('\n')[1] ?? 0);
    const tile = await fetch(`${node.url}/ledger/1/tile/entries/000.p/${size}`);
    const entries = parseEntryBundle(new Uint8Array(await tile.arrayBuffer()), size).map(parseEntry);
    return entries.flatMap((act) => (act.type === 'descriptor' ? [openActs.descriptor.parse(act.content).digest] : []));
  };
  await until(async () => (await digests().catch(() => [])).length === 2, 'both are published');
  assert.deepEqual(await digests(), hashes);
});
