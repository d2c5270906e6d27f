import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseToldEvidence } from '@comity/protocol/peer';
import type { ToldEvidence } from '@comity/protocol/peer';
import { EvidenceHearer } from './evidence/told-evidence.ts';
import { indicator, indicatorId, openMember, openNetwork } from './members-for-tests.ts';
import type { Member, Network } from './members-for-tests.ts';

type Contradiction = Extract<ToldEvidence, { kind: 'contradiction' }>;

/** A says one thing to B and to C, and another later to C alone, who finds it. */
async function contradict(t: { after(fn: () => unknown): void }): Promise<[Network, Member, Member, Member]> {
  const network = openNetwork();
  const [a, b, c] = [
    await openMember(network, 'a', t),
    await openMember(network, 'b', t),
    await openMember(network, 'c', t),
  ];
  await a.tell([indicator(1), indicator(2)]);
  await b.sync();
  await c.sync();
  a.peers.delete(b.id);
  // An origin that forgets on purpose what it stated.
  await a.store.write((db) => db.prepare('delete from peer_stated').run());
  await a.tell([
    indicator(1, 'green', { modified: '2026-05-02T00:00:00.000Z', pattern: "[ipv4-addr:value = '192.0.2.7']" }),
  ]);
  await c.federation.pull(a.id, AbortSignal.timeout(10_000));
  assert.deepEqual([...c.suspended], [a.id]);
  return [network, a, b, c];
}
const ask = (member: Member, of: Member): Promise<void> =>
  member.federation.askEvidence(of.id, AbortSignal.timeout(10_000));

test('what one member finds another hears of, verifies and acts on; told again it changes nothing', async (t) => {
  const [network, a, b, c] = await contradict(t);
  assert.deepEqual([...b.suspended], []);
  await ask(b, c);
  assert.deepEqual([...b.suspended], [a.id]);
  const [kept] = b.federation.evidence();
  assert.deepEqual([kept?.member, kept?.kind, kept?.text], [a.id, 'contradiction', c.federation.evidence()[0]?.text]);
  assert.equal(parseToldEvidence(b.federation.toldEvidence(), 'test').length, 1, 'and tells it on');

  // People have decided.
  b.suspended.clear();
  network.nowMs += 3_600_000;
  await ask(b, c);
  assert.deepEqual([[...b.suspended], b.federation.evidence().length], [[], 1]);
});

test('a member is asked once an hour, and what it answers wrongly stops nothing', async (t) => {
  const network = openNetwork();
  const [b, c] = [await openMember(network, 'b', t), await openMember(network, 'c', t)];
  let asked = 0;
  const hearer = new EvidenceHearer(
    b.store.reader,
    {
      clock: () => network.nowMs,
      directory: b.directory,
      ledgers: { hear: () => Promise.resolve() } as never,
      crypto: { sha256: () => new Uint8Array(32), verify: () => true },
      onContradiction: () => assert.fail('nothing was told'),
      link: {
        readEvidence: async () => {
          asked += 1;
          return await Promise.resolve(parseToldEvidence('no evidence', 'test'));
        },
      } as never,
    },
    () => assert.fail('nothing is kept'),
  );
  for (let time = 0; time < 3; time += 1) await hearer.ask(c.id, AbortSignal.timeout(1000));
  assert.equal(asked, 1);
  network.nowMs += 3_600_000;
  await hearer.ask(c.id, AbortSignal.timeout(1000));
  assert.equal(asked, 2);
});

test('nobody is accused by what is not proven: other signatures, no contradiction, a key given up, a stranger', async (t) => {
  const [network, a, b, c] = await contradict(t);
  const [{ statements }] = parseToldEvidence(c.federation.toldEvidence(), 'test') as [Contradiction];
  const [one, other] = statements;
  const told: ToldEvidence[][] = [
    [{ kind: 'contradiction', statements: [one, { ...other, signature: one.signature }] }],
    [{ kind: 'contradiction', statements: [one, one] }],
    [
      {
        kind: 'contradiction',
        statements: [one, { ...other, statement: { ...other.statement, id: indicatorId(2) } }],
      },
    ],
    [
      {
        kind: 'contradiction',
        statements: [one, { ...other, statement: { ...other.statement, origin: c.id } }],
      },
    ],
  ];
  for (const evidence of told) {
    c.federation.toldEvidence = () => JSON.stringify({ v: 1, evidence });
    network.nowMs += 3_600_000;
    await ask(b, c);
    assert.deepEqual([[...b.suspended], b.federation.evidence()], [[], []]);
  }
  c.federation.toldEvidence = () => JSON.stringify({ v: 1, evidence: [{ kind: 'contradiction', statements }] });
  b.peers.delete(a.id);
  network.nowMs += 3_600_000;
  await ask(b, c);
  assert.deepEqual([...b.suspended], [], 'whom B does not know');
  b.peers.add(a.id);
  a.rotate();
  network.nowMs += 3_600_000;
  await ask(b, c);
  assert.deepEqual([...b.suspended], [], 'signed with a key that is given up');
});

test('two heads of one ledger are looked at as any two that are seen', async (t) => {
  const network = openNetwork();
  const [b, c] = [await openMember(network, 'b', t), await openMember(network, 'c', t)];
  await c.federation.keepEvidence(
    { member: b.id, kind: 'split-ledger', text: JSON.stringify({ origin: 'x', size: 1, notes: ['one', 'other'] }) },
    () => Promise.resolve(),
    () => undefined,
  );
  await ask(b, c);
  assert.deepEqual(b.heard, ['one', 'other']);
});
