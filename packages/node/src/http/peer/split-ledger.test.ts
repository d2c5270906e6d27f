import assert from 'node:assert/strict';
import test from 'node:test';
import { parseInvitation } from '@comity/protocol/members';
import { parseToldEvidence } from '@comity/protocol/peer';
import { portableCrypto, printCheckpoint, printNote, signText, verifyEquivocation } from '@comity/protocol/tlog';
import type { Equivocation } from '@comity/protocol/tlog';
import { servePuppet, signerOfSeed } from '../../../../testkit/src/index.ts';
import type { Puppet, PuppetAnswer } from '../../../../testkit/src/index.ts';
import { serveNode, temporaryDir, until } from '../../node-for-tests.ts';
import type { ServedNode } from '../../node-for-tests.ts';
import { nameLedger } from './members-for-tests.ts';

const origin = 'x.example/ledger/1';
const log = signerOfSeed(origin, 'note', Buffer.alloc(32, 7));

test('a member whose ledger told two stories is suspended once, with evidence anybody can verify', async (context) => {
  const dataDir = temporaryDir(context);
  let close: () => unknown = () => undefined;
  context.after(() => close());
  const open = async (): Promise<ServedNode> => await serveNode({ after: (fn) => void (close = fn) }, { dataDir });
  let node = await open();
  await node.client.initMember({ body: { name: 'Under test' } });
  const puppet = await servePuppet(context);
  const [first] = puppet.chain as [Puppet['chain'][0]];
  nameLedger(puppet, log);
  const { text } = await node.client.inviteMember({ body: { accepts: true, allowPrivate: true } });
  assert.equal((await puppet.join(node, text)).status, 200);

  for (const word of [1, 2]) {
    const tree = printCheckpoint({ origin, size: 5, root: new Uint8Array(32).fill(word) });
    const note = printNote({ text: tree, signatures: signText(tree, [log], 0) });
    await fetch(`${node.url}/witness/add-checkpoint`, { method: 'POST', body: `old 0\n\n${note}` });
  }
  const isSuspended = async () => (await node.client.getMember({ params: { id: 'puppet' } })).state === 'suspended';
  await until(isSuspended, 'it is suspended');
  await until(async () => (await node.client.listEvidence()).rows.length === 1, 'the evidence is kept');
  const [shown] = (await node.client.listEvidence()).rows;
  assert.deepEqual([shown?.kind, shown?.member], ['split-ledger', first.member]);
  verifyEquivocation(shown?.statements as unknown as Equivocation, { origin, keys: [log.key] }, portableCrypto);
  assert.match(await (await node.client.exportAudit({ query: {} })).text(), /"member\.split-ledger"/);
  assert.ok(
    (await node.client.showLedger()).alarms.some(({ kind, about }) => kind === 'equivocation' && about === origin),
  );
  assert.match(node.faults.at(-1)?.message ?? '', /told two stories/);

  // People have decided: what they know of does not suspend it again.
  await node.client.alterMember({ params: { id: 'puppet' }, body: { suspended: false, allowPrivate: true } });
  await close();
  node = await open();
  assert.equal(await isSuspended(), false);
  assert.equal((await node.client.listEvidence()).rows.length, 1);
});

test('a log key that was rotated away makes no second story, and nothing it signed is witnessed', async (context) => {
  const node = await serveNode(context);
  await node.client.initMember({ body: { name: 'Under test' } });
  const puppet = await servePuppet(context);
  const next = signerOfSeed(origin, 'note', Buffer.alloc(32, 8));
  const at = async (signer: typeof log, change: () => Promise<unknown>): Promise<void> => {
    nameLedger(puppet, signer);
    await change();
  };
  const show = async (signer: typeof log, word: number): Promise<number> => {
    const tree = printCheckpoint({ origin, size: 5, root: new Uint8Array(32).fill(word) });
    const note = printNote({ text: tree, signatures: signText(tree, [signer], 0) });
    const { status } = await fetch(`${node.url}/witness/add-checkpoint`, { method: 'POST', body: `old 0\n\n${note}` });
    return status;
  };
  const { text } = await node.client.inviteMember({ body: { accepts: true, allowPrivate: true } });
  await at(log, async () => assert.equal((await puppet.join(node, text)).status, 200));
  assert.equal(await show(log, 1), 200);
  const refresh = { params: { id: 'puppet' }, query: { refresh: 'true' } } as const;
  await at(next, async () => await node.client.pingMember(refresh).catch(() => undefined));
  assert.equal(await show(log, 2), 403);
  assert.deepEqual([(await node.client.listEvidence()).rows, (await node.client.showLedger()).alarms], [[], []]);
  // What it signed while the key was its own binds it.
  await show(next, 2);
  await until(async () => (await node.client.listEvidence()).rows.length === 1, 'the evidence is kept');
});

test('two heads of one ledger that another member tells of are verified here and suspend whose they are (peer.md §12)', async (context) => {
  const node = await serveNode(context);
  await node.client.initMember({ body: { name: 'Under test' } });
  const tellerOrigin = 'teller.example/ledger/1';
  const tellerLog = signerOfSeed(tellerOrigin, 'note', Buffer.alloc(32, 9));
  const notes = [1, 2].map((word) => noteOf(log, origin, 5, word));
  const join = async (signer: typeof log, name: string): Promise<Puppet> => {
    const puppet = await servePuppet(context, { name });
    nameLedger(puppet, signer);
    const { text } = await node.client.inviteMember({ body: { accepts: true, allowPrivate: true } });
    const answers = answersOf(puppet, parseInvitation(text).member);
    puppet.answer = ({ path }) => answers[path.split('?')[0]!];
    assert.equal((await puppet.join(node, text)).status, 200);
    return puppet;
  };
  /** An outbox with nothing in it, and the evidence. */
  const answersOf = (puppet: Puppet, to: string): Record<string, PuppetAnswer> => {
    const head = {
      kind: 'head',
      v: 1,
      from: puppet.chain[0]!.member,
      to,
      after: 0,
      checkpoint: noteOf(tellerLog, tellerOrigin, 1, 3),
    };
    const lines = [head, { kind: 'end', next: 0, isAll: true, seen: [] }].map((line) => `${JSON.stringify(line)}\n`);
    const evidence = [{ kind: 'split-ledger', notes }];
    return {
      '/peer/v1/outbox': { status: 200, body: lines.join(''), signedAs: 'application/x-ndjson' },
      '/peer/v1/evidence': { status: 200, body: JSON.stringify({ v: 1, evidence }), signedAs: 'application/json' },
    };
  };
  const accused = await join(log, 'Accused');
  const teller = await join(tellerLog, 'Teller');
  await until(
    async () => (await node.client.listMembers()).rows.some(({ state }) => state === 'suspended'),
    'it is suspended',
  );
  const { rows } = await node.client.listMembers();
  const stateOf = ({ chain }: Puppet) => rows.find(({ id }) => id === chain[0]!.member)?.state;
  assert.deepEqual([stateOf(accused), stateOf(teller)], ['suspended', 'joined']);
  const answer = await teller.ask(node, 'GET', '/peer/v1/evidence');
  assert.ok(answer.headers.has('signature'));
  await until(async () => (await node.client.listEvidence()).rows.length === 1, 'the evidence is kept');
  const told = await (await teller.ask(node, 'GET', '/peer/v1/evidence')).text();
  const [shown] = parseToldEvidence(told, 'test');
  assert.deepEqual([shown?.kind === 'split-ledger' && shown.notes.toSorted()], [notes.toSorted()]);
});

function noteOf(signer: typeof log, of: string, size: number, word: number): string {
  const tree = printCheckpoint({ origin: of, size, root: new Uint8Array(32).fill(word) });
  return printNote({ text: tree, signatures: signText(tree, [signer], 0) });
}
