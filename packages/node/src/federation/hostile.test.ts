import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OutboxLine } from '@comity/protocol/peer';
import { indicator, indicatorId, openMember, openNetwork } from './members-for-tests.ts';
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
