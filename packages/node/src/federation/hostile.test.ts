import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOfObject } from '@comity/protocol/peer';
import type { OutboxLine, SignedReceipt } from '@comity/protocol/peer';
import { nativeCrypto } from '@comity/testkit';
import { signReceipt } from './inbox/receipts.ts';
import { indicator, indicatorId, openMember, openNetwork, openRow } from './members-for-tests.ts';
import type { Member, Network } from './members-for-tests.ts';

type ItemLine = Extract<OutboxLine, { kind: 'item' }>;

async function pair(t: { after(fn: () => unknown): void }): Promise<[Network, Member, Member]> {
  const network = openNetwork();
  return [network, await openMember(network, 'a', t), await openMember(network, 'b', t)];
}

const onItems =
  (change: (line: ItemLine) => OutboxLine | undefined) =>
  (line: OutboxLine): OutboxLine | undefined =>
    line.kind === 'item' ? change(line) : line;

const faults: Readonly<Record<string, { readonly tamper: NonNullable<Network['tamper']>; readonly code: string }>> = {
  'terms that were widened on the way': {
    tamper: onItems((line) =>
      line.item.kind === 'lent'
        ? { ...line, item: { ...line.item, terms: { ...line.item.terms, tlp: 'clear' } } }
        : line,
    ),
    code: 'LEDGER_UNPROVEN',
  },
  'an item that is left out': {
    tamper: onItems((line) => (line.item.sequence === 2 ? undefined : line)),
    code: 'PEER_MALFORMED',
  },
  'an item in the place of another': {
    tamper: onItems((line) => ({ ...line, item: { ...line.item, sequence: 3 - line.item.sequence } })),
    code: 'PEER_MALFORMED',
  },
  'another checkpoint': {
    tamper: (line) =>
      line.kind === 'head' ? { ...line, checkpoint: line.checkpoint.replace(/\n1\n/, '\n2\n') } : line,
    code: 'LEDGER_UNPROVEN',
  },
  'a head for somebody else': {
    tamper: (line, from) => (line.kind === 'head' ? { ...line, to: from } : line),
    code: 'PEER_MALFORMED',
  },
  'a proof of another place': {
    tamper: (line) => (line.kind === 'batch' ? { ...line, index: line.index + 1 } : line),
    code: 'LEDGER_UNPROVEN',
  },
  'items before any head': {
    tamper: (line) => (line.kind === 'head' ? undefined : line),
    code: 'PEER_MALFORMED',
  },
};

for (const [what, { tamper, code }] of Object.entries(faults)) {
  test(`nothing is taken of ${what}, and all of it once it comes right`, async (t) => {
    const [network, a, b] = await pair(t);
    await a.tell([indicator(1), indicator(2)]);
    network.tamper = tamper;
    await assert.rejects(b.federation.pull(a.id, AbortSignal.timeout(10_000)), { code });
    assert.deepEqual(b.screened(), []);
    assert.match(b.federation.states()[0]?.failure?.message ?? '', /Cannot/);
    network.tamper = undefined;
    await b.sync();
    assert.deepEqual(b.screened(), ['192.0.2.1', '192.0.2.2']);
    assert.equal(b.federation.states()[0]?.failure, undefined);
  });
}

test('an object that is not what its origin signed is refused, and keeps nothing else out', async (t) => {
  const [network, a, b] = await pair(t);
  await a.tell([indicator(1), indicator(2)]);
  network.tamper = onItems((line) =>
    line.item.sequence === 1 ? { ...line, object: line.object!.replace('192.0.2.1', '198.51.100.1') } : line,
  );
  await b.sync();
  assert.deepEqual(b.screened(), ['192.0.2.2']);
  const { effect, reason } = a.federation.deliveries(indicatorId(1))[0]!.receipt!;
  assert.deepEqual([effect, reason], ['refused', 'digest-mismatch']);
});

test('an answer that is cut counts as far as it came whole', async (t) => {
  const [network, a, b] = await pair(t);
  await a.tell([indicator(1)]);
  await a.tell([indicator(2)]);
  let items = 0;
  network.tamper = (line) => {
    if (line.kind === 'item') items += 1;
    return items > 1 ? undefined : line;
  };
  await b.sync();
  assert.deepEqual(b.screened(), ['192.0.2.1']);
  network.tamper = undefined;
  await b.sync();
  assert.deepEqual(b.screened(), ['192.0.2.1', '192.0.2.2']);
});

test('an origin that says two things of one version is caught, with evidence anybody can verify', async (t) => {
  const [, a, b] = await pair(t);
  await a.tell([indicator(1)]);
  await b.sync();
  // A origin that forgets on purpose what it stated.
  await a.store.write((db) => db.prepare('delete from peer_stated').run());
  await a.tell([
    indicator(1, 'green', { modified: '2026-05-02T00:00:00.000Z', pattern: "[ipv4-addr:value = '192.0.2.7']" }),
  ]);
  await b.sync();
  assert.deepEqual(b.screened(), ['192.0.2.1'], 'the first stays');
  assert.equal(a.federation.deliveries(indicatorId(1))[0]?.receipt?.reason, 'contradiction');
  const evidence = b.store.reader
    .prepare<{ member: string; text: string }>('select member, text from peer_evidence')
    .all();
  assert.equal(evidence.length, 1);
  assert.equal(evidence[0]?.member, a.id);
  const [one, other] = JSON.parse(evidence[0]?.text ?? '[]') as [{ signature: string }, { signature: string }];
  assert.notEqual(one.signature, other.signature);
  assert.deepEqual([...b.suspended], [a.id], 'until people have decided');
  b.suspended.clear();
  await b.sync();
  assert.deepEqual([...b.suspended], [], 'what they have decided on does not come up again');
});

test('a receipt nobody signed is refused, and one of somebody else says nothing', async (t) => {
  const [, a, b] = await pair(t);
  await a.tell([indicator(1)]);
  await b.federation.pull(a.id, AbortSignal.timeout(10_000));
  const { text } = b.store.reader.prepare<{ text: string }>('select text from peer_receipt_due').get()!;
  const signed = JSON.parse(text) as Parameters<typeof a.federation.takeReceipts>[1][number];
  const forged = { ...signed, receipt: { ...signed.receipt, at: '2026-06-02T00:00:00.000Z' } };
  await assert.rejects(a.federation.takeReceipts(b.id, [forged]), { code: 'LEDGER_UNPROVEN' });
  await a.federation.takeReceipts(a.id, [signed]);
  assert.equal(a.federation.deliveries(indicatorId(1))[0]?.receipt, undefined);
});

test('the act a receipt names is told of once for each batch, whatever a member sends again, so that its ledger can be looked at', async (t) => {
  const [network, a, b] = await pair(t);
  await a.tell([indicator(1), indicator(2)]);
  await b.federation.pull(a.id, AbortSignal.timeout(10_000));
  const { text } = b.store.reader.prepare<{ text: string }>('select text from peer_receipt_due').get()!;
  const whole = JSON.parse(text) as SignedReceipt;
  // One line of two: the rest may come later, under as many acts as it likes.
  const part = signReceipt(b.directory.self()!, { ...whole.receipt, lines: whole.receipt.lines.slice(0, 1) });
  for (const signed of [part, part, whole, whole]) await a.federation.takeReceipts(b.id, [signed]);
  assert.deepEqual(
    a.named.map(({ member, first, last }) => [member, first, last]),
    [[b.id, 1, 2]],
  );
  const [{ entry, sinceUs }] = a.named as [(typeof a.named)[0]];
  assert.ok(b.ledger.holds(entry) && !a.ledger.holds(entry));
  assert.ok(sinceUs <= network.nowMs * 1000 && sinceUs > network.nowMs * 1000 - 3_600_000_001);
});

const changed = { modified: '2026-05-02T00:00:00.000Z' };
/** What a member may say under the id of somebody else's object. */
const claims: Readonly<Record<string, object>> = {
  'other content': indicator(1, 'green', { ...changed, pattern: "[ipv4-addr:value = '198.51.100.1']" }),
  'a revocation': indicator(1, 'green', { ...changed, revoked: true }),
  'another past': indicator(1, 'green', { modified: '2026-04-01T00:00:00.000Z', name: 'another' }),
};

/** One version, so nothing else was ever stated. */
const onlyTheTruth = { version: 1, digest: digestOfObject(JSON.stringify(indicator(1)), nativeCrypto.sha256) };

for (const [what, claim] of Object.entries(claims)) {
  test(`a member that states ${what} under the id of another’s object changes nothing of it, there or elsewhere`, async (t) => {
    const network = openNetwork();
    const [a, liar, b] = [
      await openMember(network, 'a', t),
      await openMember(network, 'liar', t),
      await openMember(network, 'b', t),
    ];
    await a.tell([indicator(1)], { reliability: 'F' });
    await b.sync();
    await liar.tell([claim]);
    for (let round = 0; round < 2; round += 1) for (const member of [a, b]) await member.sync();
    for (const member of [a, b]) assert.deepEqual(member.screened(), ['192.0.2.1'], member.name);
    assert.deepEqual(
      liar.federation.deliveries(indicatorId(1)).map(({ receipt }) => receipt?.effect),
      ['stored', 'stored'],
      'kept beside',
    );
    // What the liar takes back is what it supplied.
    await liar.federation.recall(indicatorId(1), 'mistake');
    for (const member of [a, b]) await member.sync();
    for (const member of [a, b]) assert.deepEqual(member.screened(), ['192.0.2.1'], member.name);
    assert.deepEqual(statedBy(a), onlyTheTruth);
    await a.federation.recall(indicatorId(1), 'mistake');
    await b.sync();
    assert.deepEqual(b.screened(), [], 'its origin takes it back');
  });

  test(`a member that stated ${what} before its owner told of it has no word in what that lends`, async (t) => {
    const network = openNetwork();
    const [liar, a, b] = await openRow(network, t, ['liar', 'a', 'b']);
    await liar.tell([claim]);
    await a.sync();
    await a.tell([indicator(1)], { reliability: 'F' });
    await b.sync();
    assert.deepEqual([a.screened(), b.screened()], [['192.0.2.1'], ['192.0.2.1']]);
    assert.deepEqual(statedBy(a), onlyTheTruth);
  });
}

test('who states another’s object hears of no match on it, nor on what is our own', async (t) => {
  const network = openNetwork();
  // Whatever order origins have in a table: one of the two comes before, one behind the owner.
  const [a, b, ...liars] = [
    await openMember(network, 'a', t),
    await openMember(network, 'b', t),
    await openMember(network, 'liar', t),
    await openMember(network, 'another', t),
  ] as const;
  await a.tell([indicator(1)]);
  await b.tell([indicator(2)]);
  await b.sync();
  for (const liar of liars) await liar.tell([claims['other content']!, indicator(2, 'green', changed)]);
  await b.sync();
  for (const number of [1, 2]) {
    const [ref] = (await b.intel.object(indicatorId(number)))!.refs;
    b.found.push({ ref: ref!, atUs: network.nowMs * 1000 });
  }
  assert.equal(await b.federation.tellSightings(), 1, 'of what is lent, and not of our own');
  for (const member of [a, ...liars]) await member.sync();
  const heard = await Promise.all([a, ...liars].map(({ intel }) => intel.search({ type: 'sighting' })));
  assert.deepEqual(
    heard.map(({ rows }) => rows.length),
    [1, 0, 0],
  );
  assert.equal(await b.federation.disagree(indicatorId(1)).then(() => true), true);
  await assert.rejects(b.federation.disagree(indicatorId(2)), { code: 'NOT_FOUND' });
});

test('what a member stated before its owner did is out of the way when it takes it back, or is suspended', async (t) => {
  for (const end of [
    async (liar: Member) => void (await liar.federation.recall(indicatorId(1), 'mistake')),
    async (liar: Member, b: Member) => {
      b.suspended.add(liar.id);
      await b.federation.suspend(liar.id, true);
    },
  ]) {
    const network = openNetwork();
    const [a, liar, b] = [
      await openMember(network, 'a', t),
      await openMember(network, 'liar', t),
      await openMember(network, 'b', t),
    ];
    await liar.tell([claims['other content']!]);
    await b.sync();
    await a.tell([indicator(1)]);
    await b.sync();
    assert.deepEqual(b.screened(), ['198.51.100.1'], 'who told first is believed');
    await end(liar, b);
    await b.sync();
    assert.deepEqual(b.screened(), ['192.0.2.1']);
    await b.federation.suspend(liar.id, false);
    assert.deepEqual(b.screened(), ['192.0.2.1'], 'and finds it taken when it comes back');
    await a.federation.recall(indicatorId(1), 'mistake');
    b.suspended.add(liar.id);
    await b.sync();
    assert.deepEqual(b.screened(), []);
  }
});

test('a member that states another’s object with more hops neither stops it from being passed on nor carries it further', async (t) => {
  const network = openNetwork();
  const [a, b, c, liar] = [
    await openMember(network, 'a', t),
    await openMember(network, 'b', t),
    await openMember(network, 'c', t),
    await openMember(network, 'liar', t),
  ];
  for (const one of [a, liar]) {
    one.peers.delete(c.id);
    c.peers.delete(one.id);
  }
  await liar.federation.setHandling(b.id, { ...liar.federation.handlingOf(b.id), hops: 7 });
  await a.tell([indicator(1)]);
  await b.sync();
  await c.sync();
  assert.deepEqual(c.screened(), ['192.0.2.1']);
  await liar.tell([claims['other content']!]);
  await b.sync();
  // Whatever makes b look at everything again.
  await b.federation.setHandling(c.id, { ...b.federation.handlingOf(c.id), tlp: 'green' });
  await c.sync();
  assert.deepEqual(c.screened(), ['192.0.2.1']);
  const stored = b.intel.findStored(indicatorId(1))!;
  assert.equal(b.federation.hopsLeftOf(stored), a.federation.handlingOf(b.id).hops);
  assert.equal(b.federation.hopsLeftOf({ ...stored, text: '{}' }), 0, 'what nobody lends so stays here');
  await a.federation.setHandling(b.id, { ...a.federation.handlingOf(b.id), hops: 0 });
  await b.sync();
  await c.sync();
  assert.deepEqual(c.screened(), [], 'its origin narrowed it, whatever another lends');
});

test('whatever the store takes for our own, nothing is lent as ours that no source of ours supplied', async (t) => {
  const [, a, b] = await pair(t);
  await a.tell([indicator(1), indicator(2)]);
  await b.sync();
  assert.deepEqual(b.screened(), ['192.0.2.1', '192.0.2.2']);
  // A planted fault: what counts of the first came from another source, and is marked as ours all the same.
  await a.store.write((db) => {
    const foreign = db
      .prepare(
        "insert into intel_import (id, source_ref, name, format, state, started_us) values ('x', 1, '', '', '', 0)",
      )
      .run().lastRowid;
    db.prepare("update intel_version set import_ref = ? where text like '%192.0.2.1''%'").run(foreign);
  });
  await a.federation.setHandling(b.id, { ...a.federation.handlingOf(b.id), hops: 0 });
  await b.sync();
  assert.deepEqual(b.screened(), ['192.0.2.2']);
  assert.match((await b.stateOf(indicatorId(1)))!.reason, /a lends it no longer/);
});

/** The version and the digest of what a member stated last of the first object. */
function statedBy(member: Member): { readonly version: number; readonly digest: string } | undefined {
  return member.store.reader
    .prepare<{ version: number; digest: string }>(
      'select s.version, s.digest from peer_stated s join peer_object o on o.ref = s.object_ref where o.id = ?',
    )
    .get(indicatorId(1));
}
