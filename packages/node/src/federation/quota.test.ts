import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SignedReceipt } from '@comity/protocol/peer';
import { days, indicator, indicatorId, openMember, openNetwork } from './members-for-tests.ts';
import type { Member, Network } from './members-for-tests.ts';
import { Quotas } from './quota/quotas.ts';
import type { Quota } from './federation.ts';

type Cleanup = Parameters<typeof openMember>[2];

/** Noon, so that the day ends in twelve hours. */
const noonMs = Date.UTC(2026, 5, 1, 12);
const midnightUs = Date.UTC(2026, 5, 2) * 1000;

async function pair(t: Cleanup): Promise<[Network, Member, Member]> {
  const network = openNetwork(noonMs);
  return [network, await openMember(network, 'a', t), await openMember(network, 'b', t)];
}

const limit = ({ federation }: Member, to: Member, quota: Partial<Quota>): Promise<void> =>
  federation.setQuota(to.id, { ...federation.quotaOf(to.id), ...quota });
const stateOf = ({ federation }: Member, of: Member) => federation.states().find(({ member }) => member === of.id)!;
const pull = ({ federation }: Member, from: Member): Promise<number> =>
  federation.pull(from.id, AbortSignal.timeout(10_000));
/** Asks for an outbox and reads all of it. */
const ask = async ({ federation }: Member, by: Member, after = 0): Promise<number> =>
  (await Array.fromAsync(federation.outbox(by.id, { after, from: after }))).length;

test('over the items of a day the next batch waits in the outbox, and comes by itself when the day is over (§13)', async (t) => {
  const [network, a, b] = await pair(t);
  const c = await openMember(network, 'c', t);
  for (const number of [1, 2, 3]) await a.tell([indicator(number)]);
  await limit(b, a, { itemsPerDay: 2 });
  for (const _ of [1, 2]) await b.sync();
  assert.deepEqual(b.screened(), ['192.0.2.1', '192.0.2.2']);
  const { after, reached, used, failure } = stateOf(b, a);
  assert.deepEqual([after, used.items, failure], [2, 2, undefined]);
  assert.deepEqual(reached, [{ limit: 'items', untilUs: midnightUs }]);
  assert.equal(stateOf(a, b).waiting, 1, 'nothing is lost');
  await c.tell([indicator(9)]);
  await b.sync();
  assert.ok(b.screened().includes('192.0.2.9'), 'what others send comes as ever');
  network.nowMs = midnightUs / 1000 - 1;
  assert.equal(await pull(b, a), 0);
  network.nowMs += 1;
  assert.equal(await pull(b, a), 1);
  assert.deepEqual([stateOf(b, a).reached, stateOf(b, a).used.items], [[], 1]);
  assert.deepEqual(b.limits, ['a items'], 'told once');
});

test('over the items of a day what is taken back arrives, and what lends waits until the quota is raised', async (t) => {
  const [, a, b] = await pair(t);
  await a.tell([indicator(1), indicator(2)]);
  await limit(b, a, { itemsPerDay: 1 });
  await b.sync();
  assert.equal(stateOf(b, a).used.items, 2, 'a batch is taken whole');
  await a.federation.recall(indicatorId(1), 'mistake');
  await b.sync();
  assert.deepEqual(b.screened(), ['192.0.2.2']);
  await a.tell([indicator(3)]);
  assert.equal(await pull(b, a), 0);
  await limit(b, a, { itemsPerDay: 4 });
  assert.deepEqual(stateOf(b, a).reached, []);
  assert.equal(await pull(b, a), 1);
});

test('bytes count whatever comes of them, and over those of a day nothing is asked for', async (t) => {
  const [network, a, b] = await pair(t);
  await a.tell([indicator(1)]);
  network.tamper = (line) => (line.kind === 'head' ? undefined : line);
  await assert.rejects(pull(b, a), { code: 'PEER_MALFORMED' });
  network.tamper = undefined;
  const { bytes } = stateOf(b, a).used;
  assert.ok(bytes > 0, 'what is not believed was read');
  await limit(b, a, { bytesPerDay: bytes });
  const sent = stateOf(a, b).used.sentBytes;
  for (const _ of [1, 2]) assert.equal(await pull(b, a), 0);
  assert.equal(stateOf(a, b).used.sentBytes, sent, 'nothing was asked for');
  assert.deepEqual([stateOf(b, a).reached, b.limits], [[{ limit: 'bytes', untilUs: midnightUs }], ['a bytes']]);
  network.nowMs += days(1);
  assert.equal(await pull(b, a), 1);
});

test('an object more than a member may lend is refused, others stay, are renewed and are taken back; it is lent again when there is room', async (t) => {
  const [network, a, b] = await pair(t);
  await limit(b, a, { objects: 2 });
  await a.tell([indicator(1), indicator(2), indicator(3)]);
  await b.sync();
  assert.deepEqual(b.screened(), ['192.0.2.1', '192.0.2.2']);
  const receipt = () => a.federation.deliveries(indicatorId(3))[0]?.receipt;
  assert.deepEqual([receipt()?.effect, receipt()?.reason], ['refused', 'quota']);
  assert.deepEqual([stateOf(b, a).reached, b.limits], [[{ limit: 'objects', untilUs: undefined }], ['a objects']]);
  assert.equal(stateOf(b, a).used.objects, 2);
  await a.tell([
    indicator(1, 'green', { modified: '2026-05-02T00:00:00.000Z', pattern: "[ipv4-addr:value = '192.0.2.7']" }),
  ]);
  await b.sync();
  assert.deepEqual(b.screened(), ['192.0.2.2', '192.0.2.7'], 'a new version is no further object');
  await a.federation.recall(indicatorId(1), 'mistake');
  await b.sync();
  assert.deepEqual(b.screened(), ['192.0.2.2']);
  // What was refused is told anew a day later.
  network.nowMs += days(2);
  await a.federation.publish();
  await b.sync();
  assert.deepEqual(b.screened(), ['192.0.2.2', '192.0.2.3']);
  network.nowMs += days(20);
  await a.federation.publish();
  await b.sync();
  network.nowMs += days(20);
  assert.equal(stateOf(b, a).used.objects, 2, 'renewed');
});

test('what ran out makes room, and what a renewal brings back takes it again', async (t) => {
  const [network, a, b] = await pair(t);
  await limit(b, a, { objects: 1 });
  await a.tell([indicator(1)]);
  await b.sync();
  network.nowMs += days(31);
  assert.equal(stateOf(b, a).used.objects, 0);
  await a.federation.publish();
  await a.tell([indicator(2)]);
  await b.sync();
  assert.deepEqual(b.screened(), ['192.0.2.1'], 'the renewal stood in front');
});

test('counts outlive the process, and a first sync of 180,000 objects passes on one day', async (t) => {
  const [network, a, b] = await pair(t);
  await a.tell(Array.from({ length: 200 }, (_, at) => indicator(at)));
  await b.sync();
  const onLimit = (): void => undefined;
  const after = new Quotas(b.store, { clock: () => network.nowMs, onLimit });
  const used = after.usedBy(a.id);
  assert.deepEqual(used, stateOf(b, a).used);
  assert.deepEqual([used.items, used.objects], [200, 200]);
  const { itemsPerDay, bytesPerDay, objects, sentBytesPerDay } = after.of(a.id);
  assert.ok(Math.min(itemsPerDay, objects) > 180_000);
  assert.ok(Math.min(bytesPerDay, sentBytesPerDay) > (used.bytes / 200) * 180_000);
});

test('who was answered enough bytes in a day is told when to come again, and others are answered (§7)', async (t) => {
  const [network, a, b] = await pair(t);
  const c = await openMember(network, 'c', t);
  await a.tell([indicator(1)]);
  await limit(a, b, { sentBytesPerDay: 1 });
  assert.equal(await ask(a, b), 4);
  const details = { limit: 'sent-bytes', retryAfterSeconds: 12 * 3600 };
  for (const _ of [1, 2]) await assert.rejects(ask(a, b), { code: 'TOO_MANY_REQUESTS', details });
  assert.deepEqual(
    [stateOf(a, b).reached, a.limits],
    [[{ limit: 'sent-bytes', untilUs: midnightUs }], ['b sent-bytes']],
  );
  assert.equal(await ask(a, c), 4);
  network.nowMs += days(1);
  assert.equal(await ask(a, b), 4);
});

test('who begins its outbox anew for ever, or sends receipts for ever, makes no work beyond the limit', async (t) => {
  const [network, a, b] = await pair(t);
  await a.tell([indicator(1)]);
  await b.sync();
  const restarts = async (): Promise<number> => {
    for (let count = 0; ; count += 1) {
      try {
        await ask(a, b);
      } catch (error) {
        assert.equal((error as { code?: unknown }).code, 'TOO_MANY_REQUESTS');
        return count;
      }
    }
  };
  assert.equal(await restarts(), 24);
  const receipts: readonly SignedReceipt[] = [];
  await a.federation.takeReceipts(b.id, receipts);
  await a.store.write((db) => db.prepare('update peer_used set receipts = 99999').run());
  await a.federation.takeReceipts(b.id, receipts);
  await assert.rejects(a.federation.takeReceipts(b.id, receipts), {
    code: 'TOO_MANY_REQUESTS',
    details: { limit: 'receipts', retryAfterSeconds: 12 * 3600 },
  });
  assert.deepEqual(a.limits, ['b restarts', 'b receipts']);
  network.nowMs += days(1);
  await a.federation.takeReceipts(b.id, receipts);
});
