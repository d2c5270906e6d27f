import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { parseEntry } from '@comity/protocol/acts';
import { indicator, indicatorId, openMember, openNetwork, openRow } from '../members-for-tests.ts';
import type { Member } from '../members-for-tests.ts';

const order = { reason: 'personal-data', approvals: 2 } as const;

async function openTwo(context: TestContext): Promise<[Member, Member]> {
  const network = openNetwork();
  return [await openMember(network, 'a', context), await openMember(network, 'b', context)];
}

/** Every column of every row of a table, as text. */
function rowsOf({ store }: Member, table: string): readonly string[] {
  return store.reader
    .prepare(`select * from ${table}`)
    .all()
    .map((row) =>
      Object.values(row)
        .map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString('base64') : String(value)))
        .join(' '),
    );
}

const redactions = ({ ledger }: Member) =>
  Array.from({ length: ledger.size() }, (_, at) => parseEntry(ledger.entryOf(at)!)).flatMap((entry) =>
    entry.form === 'open' && 'approvals' in entry.content ? [entry.content] : [],
  );

const refusal = (code: string, reason: string) => (error: { code?: string; details?: { reason?: string } }) =>
  error.code === code && error.details?.reason === reason;

test('both sides can open their acts long after the receipt: what, with whom, under which law', async (context) => {
  const [a, b] = await openTwo(context);
  await a.tell([indicator(1), indicator(2)]);
  await b.sync();
  const sent = a.federation.acts.show(0);
  assert.deepEqual([sent.opened?.direction, sent.opened?.member], ['sent', b.id]);
  assert.deepEqual(sent.opened?.holds, { content: true, recipients: true, decision: true });
  assert.equal(sent.opened?.act.payloads.decision.lawHash, a.sharing.laws.active().entry.hash);
  assert.ok((sent.opened?.act.payloads.decision.rules.length ?? 0) > 0);
  assert.deepEqual(
    sent.objects,
    [1, 2].map((number) => ({ id: indicatorId(number), version: 1 })),
  );
  const received = b.federation.acts.show(0);
  assert.deepEqual([received.opened?.direction, received.opened?.member], ['received', a.id]);
  assert.deepEqual(received.opened?.holds, { content: true, recipients: true, decision: true });
  assert.deepEqual(received.objects, sent.objects);
  assert.deepEqual(a.federation.acts.about(indicatorId(2)), [0]);
  assert.equal(rowsOf(a, 'peer_batch').length, 0, 'the receipt is in');
});

test('what was changed in the store since does not open the act', async (context) => {
  const [a, b] = await openTwo(context);
  await a.tell([indicator(1)]);
  await b.sync();
  const payload = Buffer.from(`{"from":"${b.id}","to":"${a.id}"}`);
  await a.store.write((db) => db.prepare('update peer_act set recipients = ?').run(payload));
  assert.deepEqual(a.federation.acts.show(0).opened?.holds, { content: true, recipients: false, decision: true });
});

test('erasing an act leaves nothing that opens it, on either side, and says so to everybody (ledger.md §12.4)', async (context) => {
  const [a, b] = await openTwo(context);
  await a.tell([indicator(1)]);
  await a.tell([indicator(2)]);
  await b.sync();
  for (const member of [a, b]) {
    const { opened } = member.federation.acts.show(0);
    const { openings } = opened!.act;
    const shown = await member.federation.acts.erase(0, order);
    assert.deepEqual([shown.opened, shown.objects], [undefined, []]);
    assert.deepEqual(
      [shown.erasure?.reason, shown.erasure?.approvals, shown.erasure?.index],
      ['personal-data', 2, member.ledger.size() - 1],
    );
    assert.deepEqual(redactions(member), [{ index: 0, ...order }]);
    const bytes = Buffer.from(openings.content, 'base64').toString('base64');
    for (const table of ['peer_act', 'peer_batch', 'peer_receipt', 'peer_receipt_due'])
      for (const row of rowsOf(member, table)) assert.ok(!row.includes(bytes.slice(0, 40)), table);
    assert.ok(member.federation.acts.show(1).opened !== undefined, 'the next is as it was');
    assert.deepEqual(member.federation.acts.about(indicatorId(1)), []);
  }
  assert.equal(rowsOf(a, 'peer_receipt').length, 1, 'what b signed for the other is there');
});

test('an act is erased once, and only when its receipt is in; what is no act of an exchange never', async (context) => {
  const [a, b] = await openTwo(context);
  await a.tell([indicator(1)]);
  await assert.rejects(a.federation.acts.erase(0, order), refusal('CONFLICT', 'exchange-under-way'));
  await b.federation.pull(a.id, AbortSignal.timeout(10_000));
  await assert.rejects(b.federation.acts.erase(0, order), refusal('CONFLICT', 'exchange-under-way'));
  await b.federation.sendReceipts(a.id, AbortSignal.timeout(10_000));
  await a.federation.acts.erase(0, order);
  await assert.rejects(a.federation.acts.erase(0, order), refusal('CONFLICT', 'erased-before'));
  await assert.rejects(a.federation.acts.erase(1, order), refusal('NOT_FOUND', 'no-exchange'));
  await assert.rejects(a.federation.acts.erase(2, order), { code: 'NOT_FOUND' });
  assert.equal(redactions(a).length, 1);
});

test('of a member that is spoken with no more nobody waits for a receipt; come back, it gets all anew', async (context) => {
  const [a, b] = await openTwo(context);
  await a.tell([indicator(1)]);
  a.suspended.add(b.id);
  await a.federation.acts.erase(0, order);
  assert.deepEqual(
    ['peer_batch', 'peer_item', 'peer_text'].map((table) => rowsOf(a, table).length),
    [0, 0, 0],
  );
  a.suspended.delete(b.id);
  await a.federation.publish();
  await b.sync();
  assert.deepEqual(b.screened(), ['192.0.2.1']);
});

test('of an object that is erased every act goes: at once, or with the receipt that is still to come', async (context) => {
  const [a, b] = await openTwo(context);
  await a.tell([indicator(1), indicator(2)]);
  await b.sync();
  await a.tell([indicator(1, 'green', { modified: '2026-05-02T00:00:00.000Z', name: 'a name nobody is to know' })]);
  await a.federation.recall(indicatorId(1), 'order');
  assert.deepEqual(await a.federation.acts.eraseAbout(indicatorId(1), order), { erased: 1, waiting: 2 });
  assert.deepEqual(redactions(a), [{ index: 0, ...order }]);
  assert.equal(rowsOf(a, 'peer_text').length, 0, 'what waits has its text no more');
  assert.equal(a.federation.acts.show(1).isDue, true);
  await b.sync();
  assert.deepEqual(b.screened(), ['192.0.2.2']);
  assert.equal((await b.stateOf(indicatorId(1)))?.state, 'recalled');
  assert.doesNotMatch(JSON.stringify(await b.intel.object(indicatorId(1))), /nobody is to know/);
  assert.deepEqual(
    redactions(a).map(({ index }) => index),
    [0, 1, 2],
  );
  assert.deepEqual(rowsOf(a, 'peer_act_object'), []);
  assert.deepEqual(await a.federation.acts.eraseAbout(indicatorId(1), order), { erased: 0, waiting: 0 });
  assert.deepEqual([a.faults, b.faults], [[], []]);
});

test('what was another’s and passed on from here is lent no longer once it is erased here, and the origin’s word stays', async (context) => {
  const [a, b, c] = await openRow(openNetwork(), context);
  await a.tell([indicator(1)]);
  for (let times = 0; times < 2; times += 1) for (const member of [b, c, a]) await member.sync();
  assert.deepEqual(c.screened(), ['192.0.2.1']);
  await b.intel.erase(indicatorId(1), 'personal data');
  const { erased } = await b.federation.acts.eraseAbout(indicatorId(1), order);
  assert.equal(erased, 2, 'of having received, and of having passed on');
  await b.federation.publish();
  for (let times = 0; times < 2; times += 1) for (const member of [c, b]) await member.sync();
  assert.deepEqual([b.screened(), c.screened()], [[], []]);
  assert.equal((await c.stateOf(indicatorId(1)))?.state, 'recalled');
  assert.deepEqual(a.screened(), ['192.0.2.1']);
  assert.deepEqual([a.faults, b.faults, c.faults], [[], [], []]);
});
