import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base64Of, timestampOfUs } from '@comity/protocol/base';
import { markingIdOfPap, markingIdOfTlp } from '@comity/protocol/markings';
import type { Pap } from '@comity/protocol/markings';
import { digestOfObject, statementBytes } from '@comity/protocol/peer';
import type { ActiveStatement, Terms } from '@comity/protocol/peer';
import { nativeCrypto } from '@comity/testkit';
import { days, indicator, indicatorId, openMember, openNetwork } from './members-for-tests.ts';
import type { Member, Network } from './members-for-tests.ts';
import { putOut } from './outbox/outbox-book.ts';
import { Refs } from './refs.ts';

const { sha256 } = nativeCrypto;
const id = indicatorId(1);
const green = indicator(1, 'green', { object_marking_refs: [markingIdOfTlp('green'), markingIdOfPap('green')] });

/** Lends the object, which bears PAP:GREEN, under a PAP of the terms alone. */
async function lend(network: Network, from: Member, to: Member, pap: Pap | null): Promise<void> {
  const text = JSON.stringify(green);
  const digest = digestOfObject(text, sha256);
  const leaseUntil = timestampOfUs((network.nowMs + days(30)) * 1000);
  const terms: Terms = { tlp: 'green', pap, hops: 1, leaseUntil, audience: null };
  const statedAt = timestampOfUs(network.nowMs * 1000);
  const statement: ActiveStatement = {
    v: 1,
    origin: from.id,
    id,
    version: 1,
    statedAt,
    state: 'active',
    digest,
    terms,
  };
  const self = from.directory.self()!;
  const signature = base64Of(self.sign(statementBytes(statement)));
  const path = [from.id];
  await from.store.write((db) =>
    putOut(
      db,
      to.id,
      [
        {
          body: { kind: 'lent', statement, signature, path, terms, isStanding: true, why: ['a'] },
          text: { digest, text },
        },
      ],
      {
        self: from.id,
        ledger: from.ledger,
        sha256,
        randomBytes: (count) => new Uint8Array(count).fill(network.nowMs % 251),
        nowUs: network.nowMs * 1000,
        lawHash: '00'.repeat(32),
        refs: new Refs(db),
      },
    ),
  );
  network.nowMs += 1000;
  await to.sync();
}

test('the PAP of a loan holds here for every use, beside the object’s own: the stricter counts', async (t) => {
  const network = openNetwork();
  const [a, b] = [await openMember(network, 'a', t), await openMember(network, 'b', t)];
  const mayBlock = (): boolean => {
    const owner = b.sharing.recipients.get('owner');
    return b.sharing.decide(b.intel.findStored(id)!, owner, 'block').result === 'allow';
  };
  const leaving = () => {
    const organisation = {
      ...b.sharing.recipients.get('owner'),
      key: 'organisation:lab',
      kind: 'organisation',
    } as const;
    const channel = { encrypted: true, hidesOrigin: false };
    const exit = b.sharing.openExit({ recipient: organisation, action: 'forward', channel });
    const { rows } = b.intel.arrivals(
      { afterUs: 0, ids: undefined, types: undefined, kinds: undefined, source: undefined, lastOnly: true },
      10,
    );
    const [admitted] = exit.admit(rows.map(({ object }) => object));
    const { object_marking_refs: refs } = JSON.parse(admitted!.text) as { object_marking_refs: string[] };
    for (const definition of admitted!.definitions) exit.guard.stix(definition);
    exit.guard.stix(admitted!.text);
    return { refs, obligations: admitted!.decision.obligations, isAsItCame: admitted!.text === JSON.stringify(green) };
  };
  await lend(network, a, b, 'green');
  assert.deepEqual([mayBlock(), leaving().isAsItCame], [true, true]);

  await lend(network, a, b, 'red');
  assert.equal(b.intel.findStored(id)?.lentPap, 'red');
  assert.equal((await b.intel.object(id))?.pap, 'red');
  assert.equal(mayBlock(), false);
  const { refs, obligations } = leaving();
  assert.deepEqual(refs, [markingIdOfTlp('green'), markingIdOfPap('red')], 'whoever gets it is told');
  assert.ok(obligations.includes('no-live-links'));

  network.nowMs += days(20);
  await b.intel.renewLoans(
    (await b.intel.object(id))!.provenance[0]!.source.id,
    Infinity,
    (network.nowMs + days(30)) * 1000,
  );
  assert.equal(mayBlock(), false, 'a renewal changes no terms');

  await lend(network, a, b, null);
  assert.equal(mayBlock(), false, 'nothing is said, which is AMBER');
  await lend(network, a, b, 'clear');
  assert.deepEqual([b.intel.findStored(id)?.lentPap, mayBlock()], ['clear', true]);
  assert.equal((await b.intel.object(id))?.pap, 'green', 'its own is the stricter now');
});
