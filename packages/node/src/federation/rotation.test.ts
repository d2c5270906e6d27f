import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isReceiptSignedBy, isSignedBy } from '@comity/protocol/peer';
import type { SignedReceipt, SignedStatement } from '@comity/protocol/peer';
import { nativeCrypto } from '@comity/testkit';
import { days, indicator, indicatorId, openMember, openNetwork, openRow } from './members-for-tests.ts';
import type { Member } from './members-for-tests.ts';

const value = '192.0.2.1';
const hour = days(1 / 24);

/** Whether what a member holds of another's object is signed with the key that counts now. */
function holdsNow(member: Member, origin: Member, id = indicatorId(1)): boolean {
  const row = member.store.reader
    .prepare<{ statement: string; signature: string }>(
      'select k.statement, k.signature from peer_known k join peer_object o on o.ref = k.object_ref where o.id = ?',
    )
    .get(id);
  assert.ok(row !== undefined);
  const signed = { statement: JSON.parse(row.statement), signature: row.signature } as SignedStatement;
  return isSignedBy(signed, [origin.signer.key.publicKey], nativeCrypto);
}

const reasonAt = ({ federation }: Member): string | undefined =>
  federation.deliveries(indicatorId(1)).find(({ receipt }) => receipt?.reason !== undefined)?.receipt?.reason;

test('what a member signed with a key it had before is not taken, and is stated anew under the same version (§1)', async (t) => {
  const network = openNetwork();
  const [a, b] = [await openMember(network, 'a', t), await openMember(network, 'b', t)];
  await a.tell([indicator(1)]);
  a.rotate();
  await b.sync();
  assert.deepEqual([b.screened(), reasonAt(a)], [[], 'bad-signature']);
  network.nowMs += hour;
  await a.federation.publish();
  await b.sync();
  assert.deepEqual([b.screened(), holdsNow(b, a)], [[value], true]);
  assert.equal(a.federation.deliveries(indicatorId(1))[0]?.version, 1);
  const before = a.federation.states()[0]?.acknowledged;
  await a.federation.publish();
  assert.deepEqual([await b.sync(), a.federation.states()[0]?.acknowledged], [0, before], 'once');
});

test('who has an object has it stated anew, straight from its origin or passed on; nothing goes out of use meanwhile', async (t) => {
  const network = openNetwork();
  const [a, b, c] = await openRow(network, t);
  await a.tell([indicator(1)]);
  await b.sync();
  await c.sync();
  assert.deepEqual(c.screened(), [value]);
  a.rotate();
  network.nowMs += hour;
  assert.deepEqual([b.screened(), c.screened()], [[value], [value]]);
  await a.federation.publish();
  await b.sync();
  await c.sync();
  assert.deepEqual([holdsNow(b, a), holdsNow(c, a)], [true, true]);
  assert.deepEqual([b.screened(), c.screened()], [[value], [value]]);
});

test('what a relay passed on under a former key comes a day later with the signature of now', async (t) => {
  const network = openNetwork();
  const [a, b, c] = await openRow(network, t);
  await a.tell([indicator(1)]);
  await b.sync();
  a.rotate();
  await c.sync();
  assert.deepEqual([c.screened(), reasonAt(b)], [[], 'bad-signature']);
  await a.federation.publish();
  await b.sync();
  network.nowMs += days(1) + hour;
  await b.federation.publish();
  await c.sync();
  assert.deepEqual([c.screened(), holdsNow(c, a)], [[value], true]);
});

test('a recall that was signed with a former key is said anew', async (t) => {
  const network = openNetwork();
  const [a, b, c] = await openRow(network, t);
  await a.tell([indicator(1)]);
  await b.sync();
  await c.sync();
  await a.federation.recall(indicatorId(1), 'mistake');
  a.rotate();
  await b.sync();
  assert.deepEqual([b.screened(), reasonAt(a)], [[value], 'bad-signature']);
  network.nowMs += hour;
  await a.federation.publish();
  await b.sync();
  await c.sync();
  assert.deepEqual([b.screened(), c.screened(), holdsNow(c, a)], [[], [], true]);
});

test('a receipt that waits is signed with the key of when it is sent, and one of before is not taken (§11)', async (t) => {
  const network = openNetwork();
  const [a, b] = [await openMember(network, 'a', t), await openMember(network, 'b', t)];
  await a.tell([indicator(1)]);
  await b.federation.pull(a.id, AbortSignal.timeout(10_000));
  const { text } = b.store.reader.prepare<{ text: string }>('select text from peer_receipt_due').get()!;
  b.rotate();
  const former = JSON.parse(text) as SignedReceipt;
  await assert.rejects(a.federation.takeReceipts(b.id, [former]), { details: { reason: 'bad-signature' } });
  await b.federation.sendReceipts(a.id, AbortSignal.timeout(10_000));
  const [kept] = a.federation.receipts(indicatorId(1));
  const signed = JSON.parse(kept?.text ?? '') as SignedReceipt;
  assert.deepEqual(signed.receipt, former.receipt);
  assert.ok(isReceiptSignedBy(signed, [b.signer.key.publicKey], nativeCrypto));
});
