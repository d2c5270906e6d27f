import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SignedReceipt } from '@comity/protocol/peer';
import { days, indicator, indicatorId, openMember, openNetwork, openRow } from './members-for-tests.ts';
import type { Member, Network } from './members-for-tests.ts';

const value = '192.0.2.1';

/** A member's clock goes on, and what it uses with it. */
async function pass(network: Network, count: number, member: Member): Promise<void> {
  network.nowMs += days(count);
  await member.intel.sweep();
}

async function lendFor(lender: Member, member: Member, indicatorDays: number): Promise<void> {
  const handling = lender.federation.handlingOf(member.id);
  await lender.federation.setHandling(member.id, {
    ...handling,
    leaseDays: { ...handling.leaseDays, indicator: indicatorDays },
  });
}

test('a short lease is renewed before it ends', async (t) => {
  const network = openNetwork();
  const [a, b] = [await openMember(network, 'a', t), await openMember(network, 'b', t)];
  await lendFor(a, b, 1);
  await a.tell([indicator(1)]);
  for (let quarter = 0; quarter < 16; quarter += 1) {
    await a.federation.publish();
    await b.sync();
    await pass(network, 0.25, b);
    assert.deepEqual(b.screened(), [value], `after ${(quarter + 1) / 4} days`);
  }
});

test('what ran out while its lender could not be heard comes back with the next renewal', async (t) => {
  const network = openNetwork();
  const [a, b] = [await openMember(network, 'a', t), await openMember(network, 'b', t)];
  await a.tell([indicator(1)]);
  await b.sync();
  await a.federation.publish();
  await pass(network, 40, b);
  assert.deepEqual(b.screened(), []);
  await a.federation.publish();
  await b.sync();
  assert.deepEqual(b.screened(), [value]);
});

test('what came when its lease was over already is lent anew', async (t) => {
  const network = openNetwork();
  const [a, b] = [await openMember(network, 'a', t), await openMember(network, 'b', t)];
  await lendFor(a, b, 1);
  await a.tell([indicator(1)]);
  await pass(network, 2, b);
  await b.sync();
  assert.equal(a.federation.deliveries(indicatorId(1))[0]?.receipt?.reason, 'lease-over');
  await pass(network, 1, b);
  await a.federation.publish();
  await b.sync();
  assert.deepEqual(b.screened(), [value]);
});

test('what was refused is lent anew also when the receipt that said so was lost', async (t) => {
  const network = openNetwork();
  const [a, b] = [await openMember(network, 'a', t), await openMember(network, 'b', t)];
  await lendFor(a, b, 1);
  await a.tell([indicator(1)]);
  await pass(network, 2, b);
  // As if it had come, and a backup of before then was gone back to.
  const losing = t.mock.method(a.federation, 'takeReceipts', () => Promise.resolve());
  await b.sync();
  assert.equal(losing.mock.callCount(), 1);
  losing.mock.restore();
  await b.sync();
  assert.equal(a.federation.deliveries(indicatorId(1))[0]?.receipt, undefined);
  await pass(network, 0.9, b);
  await a.federation.publish();
  await b.sync();
  assert.deepEqual(b.screened(), [], 'it may still come');
  await pass(network, 0.2, b);
  await a.federation.publish();
  await b.sync();
  assert.deepEqual(b.screened(), [value]);
  assert.equal(a.federation.deliveries(indicatorId(1))[0]?.receipt?.effect, 'applied');
});

test('a member that lost what it said last of its own object says it behind what others know, and is believed', async (t) => {
  const network = openNetwork();
  const [a, b] = [await openMember(network, 'a', t), await openMember(network, 'b', t)];
  await a.tell([indicator(1)]);
  await b.sync();
  const before = a.store.reader.prepare<{ version: number; digest: string }>('select * from peer_stated').get()!;
  await a.federation.recall(indicatorId(1), 'mistake');
  await b.sync();
  assert.deepEqual(b.screened(), []);
  // A backup of before the recall is gone back to: the object is lent, as far as is known there.
  await a.store.write((db) => {
    db.prepare('update peer_stated set version = ?, digest = ?, recalled = 0, reason = null').run(
      before.version,
      before.digest,
    );
    db.exec("update peer_edge set version = 1, state = 1, print = '', again = 1");
  });
  await a.federation.publish();
  await b.sync();
  assert.equal(a.federation.deliveries(indicatorId(1))[0]?.receipt?.reason, 'older-version');
  await pass(network, 1, b);
  await a.federation.publish();
  await b.sync();
  assert.deepEqual(b.screened(), [value]);
});

test('a recall takes back also what nobody was told of yet', async (t) => {
  const network = openNetwork();
  const [a, b] = [await openMember(network, 'a', t), await openMember(network, 'b', t)];
  await a.tell([indicator(1)]);
  await b.sync();
  a.suspended.add(b.id);
  await a.tell([{ ...indicator(1), name: 'a later one', modified: '2026-05-30T00:00:00Z' }]);
  await a.federation.recall(indicatorId(1), 'order');
  a.suspended.delete(b.id);
  await a.federation.publish();
  await b.sync();
  assert.deepEqual(b.screened(), []);
  assert.equal(a.federation.deliveries(indicatorId(1))[0]?.state, 'recalled');
});

test('of several that lend an object the longest lease counts and the strictest label, whoever came last', async (t) => {
  const network = openNetwork();
  const [a, b, c] = [
    await openMember(network, 'a', t),
    await openMember(network, 'b', t),
    await openMember(network, 'c', t),
  ];
  await a.federation.setHandling(c.id, { ...a.federation.handlingOf(c.id), tlp: 'amber' });
  await lendFor(a, b, 1);
  await a.tell([indicator(1)]);
  await b.sync();
  await c.sync();
  assert.equal((await c.stateOf(indicatorId(1)))?.tlp, 'amber');
  await pass(network, 2, c);
  assert.deepEqual(c.screened(), [value]);
});

test('an object that comes by two ways is taken by both, whichever is first', async (t) => {
  const network = openNetwork();
  const [a, b, c] = [
    await openMember(network, 'a', t),
    await openMember(network, 'b', t),
    await openMember(network, 'c', t),
  ];
  await a.tell([indicator(1)]);
  await b.sync();
  await c.federation.pull(b.id, AbortSignal.timeout(60_000));
  await c.federation.pull(a.id, AbortSignal.timeout(60_000));
  await c.federation.sendReceipts(a.id, AbortSignal.timeout(60_000));
  const ofC = a.federation.deliveries(indicatorId(1)).find(({ member }) => member === c.id);
  assert.equal(ofC?.receipt?.effect, 'applied');
});

test('whoever holds an object against a recall passes the recall on, and lets it go with the hold', async (t) => {
  const [a, b, c] = await openRow(openNetwork(), t);
  await a.tell([indicator(1)]);
  await b.sync();
  await c.sync();
  await b.federation.hold(indicatorId(1), { reason: 'an order', by: 'test' });
  await a.federation.recall(indicatorId(1), 'mistake');
  await b.sync();
  await c.sync();
  assert.deepEqual([b.screened(), c.screened()], [[value], []]);
  await b.federation.hold(indicatorId(1), undefined);
  assert.deepEqual(b.screened(), []);
});

test('a recall that was refused for a reason that passes is told again a day later, and not before', async (t) => {
  const network = openNetwork();
  const [a, b, c] = await openRow(network, t);
  await a.tell([indicator(1)]);
  await b.sync();
  await c.sync();
  c.suspended.add(a.id);
  await c.federation.suspend(a.id, true);
  await a.federation.recall(indicatorId(1), 'mistake');
  await b.sync();
  await c.sync();
  assert.equal(b.federation.deliveries(indicatorId(1))[0]?.receipt?.reason, 'suspended');
  c.suspended.delete(a.id);
  await c.federation.suspend(a.id, false);
  assert.deepEqual(c.screened(), [value]);
  await pass(network, 1 / 24, c);
  assert.equal(await b.federation.publish(), 0);
  await pass(network, 1, c);
  await b.federation.publish();
  await c.sync();
  assert.deepEqual(c.screened(), []);
});

test('what becomes AMBER ends with those it was passed on to', async (t) => {
  const [a, b, c] = await openRow(openNetwork(), t);
  await a.tell([indicator(1)]);
  await b.sync();
  await c.sync();
  assert.deepEqual(c.screened(), [value]);
  await a.tell([indicator(1, 'amber', { modified: '2026-05-02T00:00:00.000Z' })]);
  await b.sync();
  await c.sync();
  assert.deepEqual([b.screened(), c.screened()], [[value], []]);
});

test('a receipt that comes twice is not held against the batch before', async (t) => {
  const network = openNetwork();
  const [a, b] = [await openMember(network, 'a', t), await openMember(network, 'b', t)];
  await a.tell([indicator(1)]);
  await b.federation.pull(a.id, AbortSignal.timeout(60_000));
  await a.tell([indicator(2)]);
  await b.federation.pull(a.id, AbortSignal.timeout(60_000));
  const due = b.store.reader.prepare<{ text: string }>('select text from peer_receipt_due order by ref').all();
  const [first, second] = due.map(({ text }) => JSON.parse(text) as SignedReceipt) as [SignedReceipt, SignedReceipt];
  await a.federation.takeReceipts(b.id, [second]);
  await a.federation.takeReceipts(b.id, [second, first]);
  assert.equal(a.federation.deliveries(indicatorId(1))[0]?.receipt?.effect, 'applied');
});

test('a sender that says there is more and never shows it is asked once', async (t) => {
  const network = openNetwork();
  const [a, b] = [await openMember(network, 'a', t), await openMember(network, 'b', t)];
  await a.tell([indicator(1)]);
  await b.sync();
  let ends = 0;
  network.tamper = (line) => {
    if (line.kind !== 'end') return line;
    ends += 1;
    return { ...line, isAll: false };
  };
  assert.equal(await b.federation.pull(a.id, AbortSignal.timeout(60_000)), 0);
  assert.equal(ends, 1);
});

test('a suspension is known to be in force until it is lifted whole', async (t) => {
  const network = openNetwork();
  const [a, b] = [await openMember(network, 'a', t), await openMember(network, 'b', t)];
  await a.tell([indicator(1)]);
  await b.sync();
  b.suspended.add(a.id);
  await b.federation.suspend(a.id, true);
  assert.deepEqual(b.federation.suspended(), [a.id]);
  b.suspended.delete(a.id);
  await b.federation.suspend(a.id, false);
  assert.deepEqual([b.federation.suspended(), b.screened()], [[], [value]]);
});

/** A member suspends another, or takes it back. */
async function suspend(member: Member, whom: Member, isSuspended = true): Promise<void> {
  if (isSuspended) member.suspended.add(whom.id);
  else member.suspended.delete(whom.id);
  await member.federation.suspend(whom.id, isSuspended);
}

test('what only a suspended member lends is out of use at once, as its origin or passed on, and back when that is over (§8)', async (t) => {
  const [a, b, c] = await openRow(openNetwork(), t);
  await a.tell([indicator(1)]);
  await b.tell([indicator(2)]);
  await b.sync();
  await c.sync();
  assert.deepEqual(c.screened(), [value, '192.0.2.2']);
  await suspend(c, b);
  assert.deepEqual(c.screened(), []);
  await suspend(c, b, false);
  assert.deepEqual(c.screened(), [value, '192.0.2.2']);
  // Its origin's suspension is another: whoever lends it.
  await suspend(c, b);
  await suspend(c, a);
  await suspend(c, b, false);
  assert.deepEqual(c.screened(), ['192.0.2.2']);
  await suspend(c, a, false);
  assert.deepEqual(c.screened(), [value, '192.0.2.2']);
});

test('what another lends too stays in use while one of its lenders is suspended, and no longer than that one lends it', async (t) => {
  const network = openNetwork();
  const [a, b, c] = await openRow(network, t);
  const d = await openMember(network, 'd', t);
  for (const [one, other] of [
    [a, d],
    [b, c],
  ] as const) {
    one.peers.delete(other.id);
    other.peers.delete(one.id);
  }
  a.peers.add(c.id);
  c.peers.add(a.id);
  await a.tell([indicator(1)]);
  for (const member of [b, c, d]) await member.sync();
  const lenders = d.store.reader
    .prepare<{ sender: string }>('select m.member as sender from peer_loan l join peer_member m on m.ref = l.sender')
    .all();
  assert.deepEqual(lenders.map(({ sender }) => sender).toSorted(), [b.id, c.id].toSorted());
  await suspend(d, b);
  assert.deepEqual(d.screened(), [value]);
  assert.equal(d.federation.hopsLeftOf(d.intel.findStored(indicatorId(1))!), 0);
  await suspend(d, c);
  assert.deepEqual([d.screened(), d.federation.hopsLeftOf(d.intel.findStored(indicatorId(1))!)], [[], undefined]);
  await suspend(d, b, false);
  assert.deepEqual(d.screened(), [value]);
  // What is lent by the one that is left ends with it, whatever the suspended one still lends.
  await a.federation.recall(indicatorId(1), 'mistake');
  await b.sync();
  await d.sync();
  assert.deepEqual(d.screened(), []);
  await suspend(d, c, false);
  assert.deepEqual(d.screened(), [], 'a recall is the word of the origin');
});
