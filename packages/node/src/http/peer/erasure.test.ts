import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { parseEntry } from '@comity/protocol/acts';
import { openedActSchema, openedParts } from '@comity/protocol/peer';
import { parseEntryBundle, parsePolicy, portableCrypto, verifyTlogProof } from '@comity/protocol/tlog';
import { joinAs, serveNode, until } from '../../node-for-tests.ts';
import type { ServedNode } from '../../node-for-tests.ts';
import { indicator, indicatorId, serveMembers, stateAt, take, tell } from './members-for-tests.ts';

const body = { reason: 'personal-data' } as const;

/** Places of the acts about an object, once the receipts of all of them are in. */
async function actsOf({ client }: ServedNode, number: number): Promise<readonly number[]> {
  const params = { id: indicatorId(number) };
  await until(
    async () => (await client.listDeliveries({ params })).rows[0]?.receipt !== undefined,
    'the receipt is in',
  );
  return (await client.listActsOfObject({ params })).rows.map(({ index }) => index);
}

/** What an auditor is handed once the act is published, and the bytes of its entry. */
async function handedOver({ client }: ServedNode, index: number) {
  await until(
    async () => (await client.showExchangeAct({ params: { index } })).proof !== undefined,
    'the act is published',
  );
  const act = await client.showExchangeAct({ params: { index } });
  return { act, entry: Buffer.from(act.entry, 'base64') };
}

/** Whether bytes lie in the database of a node. */
function isKept({ dir }: ServedNode, bytes: Buffer): boolean {
  return ['comity.db', 'comity.db-wal']
    .map((name) => join(dir, name))
    .some((file) => existsSync(file) && readFileSync(file).includes(bytes));
}

test('an act is opened, verified with the protocol alone, and erased: its entry and proof stay, what opened it is gone (ledger.md §12.4)', async (context) => {
  const [a, b] = (await serveMembers(context, ['A', 'B'])) as [ServedNode, ServedNode];
  await tell(a, 1);
  const [index = -1] = await actsOf(a, 1);
  const { act, entry } = await handedOver(a, index);
  const policy = parsePolicy((await a.client.getLedgerPolicy({ query: {} })).policy, portableCrypto.sha256);
  const proven = () => verifyTlogProof(act.proof ?? '', entry, policy, portableCrypto).index;
  assert.equal(proven(), index);
  const opened = openedActSchema.parse({ openings: act.openings, payloads: act.payloads });
  const said = parseEntry(entry);
  assert.ok(said.form === 'committed');
  const all = { content: true, recipients: true, decision: true };
  assert.deepEqual(openedParts(said, opened, portableCrypto.sha256), all);
  assert.deepEqual([act.direction, act.name, act.holds], ['sent', 'B', all]);
  const opening = Buffer.from(opened.openings.recipients, 'base64');
  assert.ok(isKept(a, opening));

  await a.client.eraseExchangeAct({ params: { index }, body });
  assert.equal(isKept(a, opening), false, 'what opened it is in no file');
  assert.equal(isKept(a, Buffer.from(opened.openings.recipients)), false, 'nor as text');
  const { faults } = await a.client.checkLedger();
  assert.deepEqual(faults, []);
  assert.equal(proven(), index, 'the proof of before holds');
  await until(
    async () => (await a.client.showExchangeAct({ params: { index } })).erased?.index !== undefined,
    'the redaction has a place',
  );
  const after = await handedOver(a, index);
  assert.deepEqual(after.entry, entry);
  assert.equal(verifyTlogProof(after.act.proof ?? '', entry, policy, portableCrypto).index, index);
  const { erased, openings, payloads, member, objects } = after.act;
  assert.deepEqual(
    [erased?.reason, openings, payloads, member, objects],
    ['personal-data', undefined, undefined, undefined, []],
  );
  const { rows } = await a.client.listReceipts({ params: { id: indicatorId(1) } });
  assert.deepEqual(rows, [], 'nor is what B signed for it kept');

  // Everybody reads that it was erased.
  const redaction = await untilThere(async () => {
    const { logs } = await a.client.showLedger();
    const size = logs[0]?.published?.size ?? 0;
    if (size <= (erased?.index ?? Infinity)) return undefined;
    const answer = await fetch(`${a.url}/ledger/1/tile/entries/000.p/${size}`);
    const entries = parseEntryBundle(new Uint8Array(await answer.arrayBuffer()), size);
    return parseEntry(entries[erased?.index ?? 0]!);
  });
  assert.ok(redaction.form === 'open');
  assert.deepEqual(redaction.content, { index, reason: 'personal-data', approvals: 1 });

  // B erases its half by itself, and not before.
  const [received = -1] = (await b.client.listActsOfObject({ params: { id: indicatorId(1) } })).rows.map(
    (row) => row.index,
  );
  assert.equal((await handedOver(b, received)).act.direction, 'received');
  assert.deepEqual([a.faults, b.faults], [[], []]);
});

test('where two may govern, two have to want an act erased, for the same reason; who only looks opens none', async (context) => {
  const [a] = (await serveMembers(context, ['A', 'B'])) as [ServedNode, ServedNode];
  await tell(a, 1);
  const [index = -1] = await actsOf(a, 1);
  const params = { index };
  const ada = await joinAs(a, 'ada', 'officer');
  const vic = await joinAs(a, 'vic', 'analyst');
  await assert.rejects(vic.showExchangeAct({ params }), { code: 'NOT_ALLOWED' });
  await assert.rejects(vic.eraseExchangeAct({ params, body }), { code: 'NOT_ALLOWED' });
  const bob = await joinAs(a, 'bob', 'officer');
  const states = [];
  for (const [who, reason] of [
    [ada, 'order'],
    [ada, 'order'],
    [bob, 'personal-data'],
    [bob, 'personal-data'],
    [ada, 'personal-data'],
  ] as const) {
    assert.ok((await ada.showExchangeAct({ params })).openings !== undefined);
    states.push((await who.eraseExchangeAct({ params, body: { reason } })).state);
  }
  assert.deepEqual(states, ['proposed', 'proposed', 'proposed', 'proposed', 'erased']);
  assert.deepEqual((await ada.showExchangeAct({ params })).erased?.approvals, 2);
  const [row] = (await ada.listAudit({ query: { act: 'act.erased' } })).rows;
  assert.deepEqual(
    [row?.by, row?.about, row?.details],
    ['ada', `act ${index}`, { reason: 'personal-data', proposedBy: 'bob' }],
  );
  await assert.rejects(bob.eraseExchangeAct({ params, body }), { code: 'CONFLICT' });
});

test('a node that is no member erases what it has: there are no acts about it', async (context) => {
  const node = await serveNode(context);
  await tellSecret(node, 1, 'Qzxvwk');
  const params = { id: indicatorId(1) };
  const done = await node.client.eraseObject({ params, body: { reason: 'mistake' } });
  assert.deepEqual(done.acts, { erased: 0, waiting: 0 });
  assert.equal(isKept(node, Buffer.from('Qzxvwk')), false);
  assert.equal((await node.client.listAudit({ query: { act: 'object.erased' } })).rows.length, 1);
});

/** What a question is answered at last. */
async function untilThere<T>(ask: () => Promise<T | undefined>): Promise<T> {
  let answer: T | undefined;
  await until(async () => (answer = await ask()) !== undefined, 'it is there');
  return answer!;
}

/** Takes an indicator in as a node's own, that says a secret. */
async function tellSecret(node: ServedNode, number: number, secret: string): Promise<void> {
  const object = indicator(number, { name: secret, description: `${secret} `.repeat(1000) });
  await take(node, [object], { name: 'own.json', own: 'true' });
}

test('an object of ours is erased: taken back first, gone here, every act about it redacted, and it does not come back', async (context) => {
  const [a, b] = (await serveMembers(context, ['A', 'B'])) as [ServedNode, ServedNode];
  const params = { id: indicatorId(1) };
  const secret = 'Qzxvwk Wqxyzjk';
  await tellSecret(a, 1, secret);
  await actsOf(a, 1);
  assert.ok(isKept(a, Buffer.from(secret)));
  const done = await a.client.eraseObject({ params, body });
  assert.deepEqual(done, { state: 'erased', reason: 'personal-data', approvals: 1, acts: { erased: 1, waiting: 1 } });
  assert.equal(isKept(a, Buffer.from(secret)), false);
  assert.match((await a.client.getIntel({ params })).stateReason, /erased: personal data$/);
  await until(async () => (await stateAt(b, 1)) === 'recalled', 'B has it in use no more');
  await until(
    async () => (await a.client.listActsOfObject({ params })).rows.length === 0,
    'the recall is erased with its receipt',
  );
  // A descriptor, the loan, its redaction, the recall, its redaction.
  await until(async () => (await a.client.showLedger()).logs[0]?.size === 5, 'it says so');
  assert.deepEqual(await a.client.checkLedger(), { entries: 5, faults: [] });

  const { rows } = await a.client.listAudit({ query: { act: 'object.erased' } });
  assert.deepEqual(
    rows.map(({ about, details }) => [about, details]),
    [[params.id, { reason: 'personal-data' }]],
  );

  // Whoever brings it again is told so.
  await tellSecret(a, 1, secret);
  assert.equal(isKept(a, Buffer.from(secret)), false);
  const [report] = (await a.client.listImports({ query: {} })).rows;
  assert.equal(report?.rejected, 1);
  const again = await a.client.eraseObject({ params, body });
  assert.deepEqual(again.acts, { erased: 0, waiting: 0 }, 'a second time changes nothing');

  // B erases what it had by itself; who lends the same again is told that the law here is against it.
  await tellSecret(a, 2, 'of the other');
  await actsOf(a, 2);
  const other = { id: indicatorId(2) };
  await b.client.eraseObject({ params: other, body: { reason: 'order' } });
  await until(async () => (await b.client.listActsOfObject({ params: other })).rows.length === 0, 'its act is erased');
  assert.equal(isKept(b, Buffer.from('of the other')), false);
  await take(a, [indicator(2, { name: 'told again', modified: '2026-05-02T00:00:00.000Z' })], {
    name: 'own.json',
    own: 'true',
  });
  const receipt = async () => (await a.client.listDeliveries({ params: { id: indicatorId(2) } })).rows[0]?.receipt;
  await until(async () => (await receipt())?.reason === 'law', 'A reads why B refuses it');
  assert.equal((await receipt())?.effect, 'refused');
  assert.deepEqual([a.faults, b.faults], [[], []]);
});
