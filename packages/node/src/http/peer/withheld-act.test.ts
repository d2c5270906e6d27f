import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import test from 'node:test';
import { parseStixId, utf8Bytes } from '@comity/protocol/base';
import type { MemberId } from '@comity/protocol/base';
import { parseInvitation } from '@comity/protocol/members';
import {
  parseCheckpoint,
  parseNote,
  planConsistency,
  printAddCheckpoint,
  printCheckpoint,
  printNote,
  signText,
} from '@comity/protocol/tlog';
import { makeLog, nativeCrypto, servePuppet, signerOfSeed } from '@comity/testkit';
import { linesOfAnswer } from '../../federation/peer-handlers.ts';
import { makeReceipt } from '../../federation/inbox/receipts.ts';
import { readAnswer } from '../../federation/inbox/read-answer.ts';
import { serveNode, temporaryDir, until } from '../../node-for-tests.ts';
import type { ServedNode } from '../../node-for-tests.ts';
import { becomeMember, indicatorId, nameLedger, tell } from './members-for-tests.ts';

const origin = 'x.example/ledger/1';
const signer = signerOfSeed(origin, 'note', Buffer.alloc(32, 7));
const dayMs = 86_400_000;

test('a member that signs for what it was lent and does not write it down is told of by name, until it does', async (context) => {
  const dataDir = temporaryDir(context);
  let close: () => unknown = () => undefined;
  context.after(() => close());
  let aheadMs = 0;
  const clock = (): number => Date.now() + aheadMs;
  const open = async (): Promise<ServedNode> =>
    await serveNode({ after: (fn) => void (close = fn) }, { dataDir }, { clock });
  let node = await open();
  await becomeMember(node, 'Sender');
  const puppet = await servePuppet(context, { expiresAt: new Date(Date.now() + 9 * dayMs).toISOString() });
  const [first] = puppet.chain as [(typeof puppet.chain)[0]];
  nameLedger(puppet, signer);
  // Its ledger speaks of other things.
  const entries: Uint8Array[] = [1, 2, 3].map((number) => utf8Bytes(`another act ${number}`));
  puppet.answer = ({ path }) => {
    const file = makeLog(entries).files.get(path.replace('/ledger/1/', ''));
    return file === undefined ? undefined : { status: 200, body: file };
  };
  const show = async (oldSize: number): Promise<void> => {
    const log = makeLog(entries);
    const text = printCheckpoint({ origin, size: log.size, root: log.root });
    const note = printNote({ text, signatures: signText(text, [signer], 0) });
    const proof = oldSize === 0 ? [] : log.hashes(planConsistency(oldSize, log.size));
    const body = printAddCheckpoint({ oldSize, proof, note });
    const { status } = await fetch(`${node.url}/witness/add-checkpoint`, { method: 'POST', body });
    assert.equal(status, 200);
  };
  const { text } = await node.client.inviteMember({ body: { accepts: true, allowPrivate: true } });
  assert.equal((await puppet.join(node, text)).status, 200);
  await show(0);
  await tell(node, 1);

  const sender = parseInvitation(text).member;
  let receipt: ReturnType<typeof makeReceipt> | undefined;
  await until(async () => {
    const answer = await puppet.ask(node, 'GET', '/peer/v1/outbox?after=0');
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const type = answer.headers.get('content-type') ?? '';
    const lines = linesOfAnswer({ type, encoding: undefined, bytes }, () => undefined);
    const about = { self: first.member, sender, after: 0 };
    const ledgers = { observe: (_: MemberId, note: string) => Promise.resolve(parseCheckpoint(parseNote(note).text)) };
    const { value } = await readAnswer(Readable.from(lines), about, { ledgers, sha256: nativeCrypto.sha256 }).next();
    const [proven] = Array.isArray(value) ? value : [];
    if (proven === undefined) return false;
    const line = { sequence: 1, id: parseStixId(indicatorId(1)), version: 1, effect: 'applied' } as const;
    const self = { id: first.member, key: '', sign: puppet.sign };
    receipt = makeReceipt(self, sender, proven, [line], {
      nowUs: Date.now() * 1000,
      sha256: nativeCrypto.sha256,
      randomBytes: (count) => new Uint8Array(randomBytes(count)),
      lawHash: '00'.repeat(32),
    });
    return true;
  }, 'its outbox has the object');
  assert.equal((await puppet.ask(node, 'POST', '/peer/v1/receipts', receipt!.signed)).status, 200);

  const told = async (): Promise<string | undefined> =>
    (await node.client.showLedger()).alarms.find(({ kind, about }) => kind === 'withheld' && about === origin)?.reason;
  assert.equal(await told(), undefined);
  await close();
  aheadMs = dayMs + 3_600_000;
  node = await open();
  await until(async () => (await told()) !== undefined, 'it is told of');
  assert.match((await told())!, /^Puppet signed a receipt for item 1, and its ledger does not show that act \(entry /);
  const ledgerCheck = (await node.client.doctor()).checks.find(({ name }) => name === 'ledger');
  assert.deepEqual([ledgerCheck?.state, ledgerCheck?.message.includes('Puppet signed a receipt')], ['failing', true]);
  entries.push(receipt!.entry);
  await show(3);
  await until(async () => (await told()) === undefined, 'it is there');
});
