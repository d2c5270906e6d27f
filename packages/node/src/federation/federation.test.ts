import assert from 'node:assert/strict';
import { test } from 'node:test';
import { days, indicator, indicatorId, openMember, openNetwork, openRow } from './members-for-tests.ts';

test('what is told at one member is looked for at the other, and the receipt says so', async (t) => {
  const network = openNetwork();
  const [a, b] = [await openMember(network, 'a', t), await openMember(network, 'b', t)];
  await a.tell([indicator(1), indicator(2, 'clear')]);
  assert.equal(await b.sync(), 2);
  assert.deepEqual(b.screened(), ['192.0.2.1', '192.0.2.2']);
  const [delivery] = a.federation.deliveries(indicatorId(1));
  assert.equal(delivery?.state, 'lent');
  assert.equal(delivery?.receipt?.effect, 'applied');
  assert.equal(await b.sync(), 0, 'nothing new is nothing');
  assert.deepEqual(a.federation.states()[0]?.waiting, 0);
  assert.deepEqual([a.faults, b.faults], [[], []]);
});

test('only what is our own goes out, and only as far as label and law let it', async (t) => {
  const network = openNetwork();
  const [a, b] = [await openMember(network, 'a', t), await openMember(network, 'b', t)];
  await a.tell([indicator(1, 'amber'), indicator(2, 'amber+strict'), indicator(3, 'red')]);
  await a.tell([indicator(4)], { own: false, id: 'src-elsewhere1' as never });
  await b.sync();
  assert.deepEqual(b.screened(), ['192.0.2.1']);
  assert.equal((await b.stateOf(indicatorId(1)))?.tlp, 'amber');
});

test('a recall takes out of use what came of it, wherever it went, and the reason shows', async (t) => {
  const network = openNetwork();
  const [a, b, c] = await openRow(network, t);
  await a.tell([indicator(1)]);
  await b.sync();
  assert.equal(await c.sync(), 1, 'passed on once');
  assert.deepEqual(c.screened(), ['192.0.2.1']);
  assert.deepEqual(await a.federation.recall(indicatorId(1), 'false-positive'), [b.id]);
  await b.sync();
  await c.sync();
  assert.deepEqual([b.screened(), c.screened()], [[], []]);
  const { state, reason } = (await c.stateOf(indicatorId(1)))!;
  assert.equal(state, 'recalled');
  assert.match(reason, /a took it back \(false-positive\)/);
  const [delivery] = a.federation.deliveries(indicatorId(1));
  assert.deepEqual([delivery?.state, delivery?.receipt?.effect], ['recalled', 'withdrawn']);
  await assert.rejects(a.federation.recall(indicatorId(9), 'mistake'), { code: 'NOT_FOUND' });
  const [kept] = a.federation.receipts(indicatorId(1));
  const { receipt } = JSON.parse(kept?.text ?? '') as { receipt: { from: string; lines: [{ effect: string }] } };
  assert.deepEqual(
    [receipt.from, receipt.lines[0].effect, kept?.index],
    [b.id, 'withdrawn', 1],
    'that of the last item',
  );
});

test('what stands with members is listed by object and by member, and what waits, was refused or taken back is found', async (t) => {
  const network = openNetwork();
  const [a, b] = [await openMember(network, 'a', t), await openMember(network, 'b', t)];
  await a.tell([indicator(1), indicator(2), indicator(3)]);
  const all = { member: undefined, state: undefined, before: undefined, limit: 10 };
  const ids = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id);
  const three = [indicatorId(3), indicatorId(2), indicatorId(1)];
  for (const member of [undefined, b.id])
    assert.deepEqual(ids(a.federation.given({ ...all, member, state: 'waiting' })), three);
  assert.deepEqual(a.federation.given({ ...all, member: a.id }), [], 'nothing is put out to oneself');
  assert.ok(a.federation.given(all).every(({ isTaken, receipt }) => !isTaken && receipt === undefined));
  await b.sync();
  assert.deepEqual(a.federation.given({ ...all, state: 'waiting' }), [], 'its receipts are in');
  const [first, ...rest] = a.federation.given({ ...all, member: b.id });
  assert.deepEqual([first?.isTaken, ids([first!, ...rest])], [true, three]);
  for (const member of [undefined, b.id]) {
    const [one] = a.federation.given({ ...all, member, limit: 1 });
    assert.deepEqual(ids(a.federation.given({ ...all, member, before: one?.place })), three.slice(1), 'a page follows');
  }
  await a.federation.recall(indicatorId(2), 'mistake');
  const { sender, leaseUntilUs, ...lent } = b.federation.borrowed(all)[0]!;
  assert.deepEqual([lent.id, sender, lent.origin, leaseUntilUs > lent.receivedUs], [indicatorId(3), a.id, a.id, true]);
  await b.sync();
  for (const member of [undefined, b.id])
    assert.deepEqual(ids(a.federation.given({ ...all, member, state: 'recalled' })), [indicatorId(2)]);
  assert.deepEqual(a.federation.given({ ...all, state: 'refused' }), []);
  const [taken] = a.federation.recalls(undefined, 10);
  assert.deepEqual(
    [taken?.id, taken?.reason, taken?.deliveries[0]?.receipt?.effect],
    [indicatorId(2), 'mistake', 'withdrawn'],
  );
  assert.deepEqual(a.federation.recalls(taken?.place, 10), []);
  for (const member of [undefined, a.id]) {
    const [one, ...others] = b.federation.borrowed({ ...all, member });
    assert.deepEqual(ids([one!, ...others]), [indicatorId(3), indicatorId(1)], 'what was taken back is lent no longer');
    assert.deepEqual(ids(b.federation.borrowed({ ...all, member, before: one?.place })), [indicatorId(1)]);
  }
});

test('what is lent ends by itself when its origin is silent, and runs on as long as it is not', async (t) => {
  const network = openNetwork();
  const [a, b] = [await openMember(network, 'a', t), await openMember(network, 'b', t)];
  await a.tell([indicator(1)]);
  await b.sync();
  for (let day = 0; day < 40; day += 1) {
    network.nowMs += days(1);
    await a.federation.publish();
    await b.sync();
    await b.intel.sweep();
  }
  assert.deepEqual(b.screened(), ['192.0.2.1'], 'renewed');
  const renewals = b.store.reader.prepare('select lease_until_us as at from peer_loan').get() as { at: number };
  const endMs = renewals.at / 1000;
  network.nowMs = endMs - 1;
  await b.intel.sweep();
  assert.deepEqual(b.screened(), ['192.0.2.1'], 'to the last moment');
  network.nowMs = endMs;
  await b.intel.sweep();
  assert.deepEqual(b.screened(), [], 'and no longer');
  assert.match((await b.stateOf(indicatorId(1)))!.reason, /lease to use it ended/);
});

test('an object that may not be had any more is taken back from who had it', async (t) => {
  const network = openNetwork();
  const [a, b] = [await openMember(network, 'a', t), await openMember(network, 'b', t)];
  await a.tell([indicator(1)]);
  await b.sync();
  const modified = '2026-05-02T00:00:00.000Z';
  await a.tell([indicator(1, 'amber+strict', { modified })]);
  await b.sync();
  assert.deepEqual(b.screened(), []);
  assert.match((await b.stateOf(indicatorId(1)))!.reason, /a took it back \(narrowed\)/);
  await a.tell([indicator(1, 'clear', { modified: '2026-05-03T00:00:00.000Z' })]);
  await b.sync();
  assert.deepEqual(b.screened(), ['192.0.2.1'], 'lent anew');
});

test('what people take back stays so, also when its label had taken it back before', async (t) => {
  const network = openNetwork();
  const [a, b] = [await openMember(network, 'a', t), await openMember(network, 'b', t)];
  await a.tell([indicator(1)]);
  await b.sync();
  await a.tell([indicator(1, 'amber+strict', { modified: '2026-05-02T00:00:00.000Z' })]);
  await b.sync();
  await a.federation.recall(indicatorId(1), 'mistake');
  await a.tell([indicator(1)]);
  await b.sync();
  assert.deepEqual(b.screened(), []);
});

test('one object goes to two members under two markings', async (t) => {
  const network = openNetwork();
  const [a, b, c] = [
    await openMember(network, 'a', t),
    await openMember(network, 'b', t),
    await openMember(network, 'c', t),
  ];
  await a.federation.setHandling(c.id, { ...a.federation.handlingOf(c.id), tlp: 'amber' });
  b.peers.delete(c.id);
  c.peers.delete(b.id);
  await a.tell([indicator(1, 'clear')]);
  await b.sync();
  await c.sync();
  assert.equal((await b.stateOf(indicatorId(1)))?.tlp, 'clear');
  assert.equal((await c.stateOf(indicatorId(1)))?.tlp, 'amber');
});

test('a suspended member is in nothing any more, and back when it is not', async (t) => {
  const network = openNetwork();
  const [a, b] = [await openMember(network, 'a', t), await openMember(network, 'b', t)];
  await a.tell([indicator(1)]);
  await b.sync();
  b.suspended.add(a.id);
  assert.equal(await b.federation.suspend(a.id, true), 1);
  assert.deepEqual(b.screened(), []);
  assert.match((await b.stateOf(indicatorId(1)))!.reason, /a is suspended/);
  await a.tell([indicator(2)]);
  await b.sync();
  b.suspended.delete(a.id);
  assert.equal(await b.federation.suspend(a.id, false), 1);
  assert.deepEqual(b.screened(), ['192.0.2.1']);
  await b.sync();
  assert.deepEqual(b.screened(), ['192.0.2.1', '192.0.2.2']);
});

test('the law here may keep in use what is recalled, and the receipt says why', async (t) => {
  const network = openNetwork();
  const [a, b] = [await openMember(network, 'a', t), await openMember(network, 'b', t)];
  await a.tell([indicator(1)]);
  await b.sync();
  await b.federation.hold(indicatorId(1), { reason: 'case 7', by: 'ada' });
  await a.federation.recall(indicatorId(1), 'order');
  await b.sync();
  assert.deepEqual(b.screened(), ['192.0.2.1']);
  const [delivery] = a.federation.deliveries(indicatorId(1));
  assert.deepEqual(delivery?.receipt?.reason, 'legal-hold');
});

test('what somebody else told of too stays when its origin takes it back', async (t) => {
  const network = openNetwork();
  const [a, b] = [await openMember(network, 'a', t), await openMember(network, 'b', t)];
  await a.tell([indicator(1)]);
  await b.tell([indicator(1)], { own: false, id: 'src-elsewhere1' as never });
  await b.sync();
  await a.federation.recall(indicatorId(1), 'mistake');
  await b.sync();
  assert.deepEqual(b.screened(), ['192.0.2.1']);
  assert.equal(a.federation.deliveries(indicatorId(1))[0]?.receipt?.reason, 'other-source');
});

test('a receiver that lost what it had gets all that stands with it again, recalls too', async (t) => {
  const network = openNetwork();
  const [a, b] = [await openMember(network, 'a', t), await openMember(network, 'b', t)];
  await a.tell([indicator(1), indicator(2)]);
  await b.sync();
  await a.federation.recall(indicatorId(2), 'mistake');
  await b.sync();
  await b.sync();
  await b.store.write((db) => db.prepare('update peer_inbox set after = 0').run());
  await b.sync();
  assert.equal(await b.sync(), 0);
  const got = b.store.reader
    .prepare('select o.id, k.recalled from peer_known k join peer_object o on o.ref = k.object_ref order by o.id')
    .all();
  assert.deepEqual(
    got.map(({ recalled }) => recalled),
    [0, 1],
  );
  assert.deepEqual(b.screened(), ['192.0.2.1']);
  const waiting = a.store.reader.prepare('select count(*) as count from peer_item').get();
  assert.deepEqual(waiting, { count: 0 }, 'what is acknowledged is not kept');
});

test('a sighting goes to the origin alone, minimised, and grows', async (t) => {
  const network = openNetwork();
  const [a, b, c] = [
    await openMember(network, 'a', t),
    await openMember(network, 'b', t),
    await openMember(network, 'c', t),
  ];
  await a.tell([indicator(1, 'amber')]);
  for (const member of [b, c]) await member.sync();
  const [ref] = (await b.intel.object(indicatorId(1)))!.refs;
  const hour = Math.floor(network.nowMs / 3_600_000) * 3_600_000_000;
  b.found.push({ ref: ref!, atUs: hour + 61_000_000 });
  assert.equal(await b.federation.tellSightings(), 1);
  assert.equal(await b.federation.tellSightings(), 0);
  for (let more = 0; more < 4; more += 1) b.found.push({ ref: ref!, atUs: hour + 62_000_000 + more });
  assert.equal(await b.federation.tellSightings(), 1);
  b.found.push({ ref: ref!, atUs: hour + 63_000_000 });
  assert.equal(await b.federation.tellSightings(), 1, 'six is another bucket than five');
  b.found.push({ ref: ref!, atUs: hour + 64_000_000 });
  assert.equal(await b.federation.tellSightings(), 0, 'seven is the same as six');
  await a.sync();
  await c.sync();
  const sightings = async (member: typeof a) =>
    (await member.intel.search({ type: 'sighting' })).rows.map(({ id }) => id);
  const [id] = await sightings(a);
  assert.deepEqual(await sightings(c), []);
  const { object } = (await a.intel.object(id!))!;
  const { count, first_seen: first, last_seen: last, sighting_of_ref: of } = object;
  const time = new Date(hour / 1000).toISOString();
  assert.deepEqual([count, first, last, of], [6, time, time, indicatorId(1)]);
  assert.ok(!JSON.stringify(object).includes('192.0.2'), 'nothing of the record');
});

test('a false positive is told to the origin, and through it to all who hold the object', async (t) => {
  const network = openNetwork();
  const [a, b, c] = [
    await openMember(network, 'a', t),
    await openMember(network, 'b', t),
    await openMember(network, 'c', t),
  ];
  const d = await openMember(network, 'd', t);
  b.peers.delete(c.id);
  a.peers.delete(d.id);
  await a.tell([indicator(1)]);
  for (const member of [b, c]) await member.sync();
  const opinion = await b.federation.disagree(indicatorId(1));
  await a.sync();
  await c.sync();
  assert.deepEqual((await a.intel.object(opinion))?.object['object_refs'], [indicatorId(1)]);
  assert.equal((await c.intel.object(opinion))?.object['opinion'], 'strongly-disagree');
  await d.sync();
  assert.equal(await d.intel.object(opinion), undefined, 'who never had it hears nothing');
  await assert.rejects(a.federation.disagree(indicatorId(1)), { code: 'NOT_FOUND' });
});

/** Three that are all joined with each other, with what one of them told at both others. */
async function triangle(t: { after(fn: () => unknown): void }) {
  const network = openNetwork();
  const [a, b, c] = [
    await openMember(network, 'a', t),
    await openMember(network, 'b', t),
    await openMember(network, 'c', t),
  ];
  const pullBoth = async () =>
    await Promise.all([a, c].map(({ id }) => b.federation.pull(id, AbortSignal.timeout(60_000))));
  return { network, a, b, c, pullBoth };
}

test('what comes of one origin by two ways at once is one import, which does not end while something goes in', async (t) => {
  const { network, a, b, c, pullBoth } = await triangle(t);
  const due = new Set<() => void>();
  network.after = (_delayMs, fn) => {
    due.add(fn);
    return () => void due.delete(fn);
  };
  for (let round = 1; round <= 4; round += 1) {
    await a.tell([indicator(round)]);
    await c.sync();
    const pulling = pullBoth();
    // Time for an end that was to come earlier, at each moment of what goes in now.
    const isOver = pulling.then(() => true);
    while (!(await Promise.race([isOver, new Promise<false>((resolve) => setImmediate(resolve, false))])))
      for (const fn of round === 1 ? [] : due) fn();
    await pulling;
    assert.equal(b.screened().length, round);
  }
  assert.deepEqual(b.faults, []);
});

test('a recall holds, also when a relay sends what was recalled at that very moment', async (t) => {
  const { a, b, c, pullBoth } = await triangle(t);
  await a.tell([indicator(1)]);
  await b.sync();
  await c.sync();
  await a.federation.recall(indicatorId(1), 'mistake');
  await pullBoth();
  assert.deepEqual(b.screened(), []);
  const { version } = b.store.reader.prepare<{ version: number }>('select version from peer_known').get()!;
  assert.equal(version, 2, 'nothing older takes its place');
});
