import assert from 'node:assert/strict';
import test from 'node:test';
import { hourOf } from '@comity/protocol/acts';
import { buildFuseFilter, epochKeyAct, printLookupSet, printShownKey } from '@comity/protocol/lookup';
import { markingIdOfTlp } from '@comity/protocol/markings';
import { planInclusion, printCheckpoint, printNote, signText } from '@comity/protocol/tlog';
import { createSigner, inventSalt, makeLog, servePuppet } from '@comity/testkit';
import type { PuppetAnswer } from '@comity/testkit';
import type { Cleanup, ServedNode } from '../../node-for-tests.ts';
import { indicatorId, nameLedger, serveMember, serveMembers } from './members-for-tests.ts';

const octets = 'application/octet-stream';
const values = ['198.51.100.7', 'www.known.example', '198.51.100.8'] as const;

const keyOf = async ({ client }: ServedNode, name: string): Promise<string> => {
  const found = (await client.listMembers()).rows.find((row) => row.name === name);
  return `member:${found?.handle ?? assert.fail(`${name} is no member here`)}`;
};

/** Takes in what others said, which is lent to nobody. */
async function hear({ client }: ServedNode): Promise<void> {
  const patterns = ["[ipv4-addr:value = '198.51.100.7']", "[domain-name:value = 'known.example']"];
  const objects = patterns.map((pattern, index) => ({
    type: 'indicator',
    spec_version: '2.1',
    id: indicatorId(index),
    created: '2026-05-01T00:00:00.000Z',
    modified: '2026-05-01T00:00:00.000Z',
    pattern_type: 'stix',
    pattern,
    valid_from: '2026-05-01T00:00:00.000Z',
    object_marking_refs: [markingIdOfTlp('green')],
  }));
  const bundle = { type: 'bundle', id: 'bundle--00000000-0000-4000-8000-000000000000', objects };
  await client.createImport({ query: { name: 'feed.json' }, body: JSON.stringify(bundle) });
}

test('a member is asked whether it knows values, by the key it has published in its ledger', async (context) => {
  const [holder, asker] = (await serveMembers(context, ['Holder', 'Asker'])) as [ServedNode, ServedNode];
  await hear(holder);
  const member = await keyOf(asker, 'Holder');
  const answer = await asker.client.askMember({ body: { member, values: [...values] } });
  assert.deepEqual(
    answer.values.map(({ outcome, record }) => [outcome, record?.id]),
    [
      ['there', indicatorId(0)],
      ['there', indicatorId(1)],
      ['none', undefined],
    ],
  );
  assert.equal(answer.key, 'committed');
  const { rows } = await holder.client.listLookups();
  assert.deepEqual(
    rows.map((row) => [row.recipient, row.values, row.askedToday]),
    [[await keyOf(holder, 'Asker'), 2, 4]],
  );
  const again = await asker.client.askMember({ body: { member, values: [...values] } });
  assert.deepEqual([again.leak.evaluated, again.values[0]?.outcome], [0, 'there'], 'the set that is known is not sent');
  assert.deepEqual([holder.faults, asker.faults], [[], []]);
});

test('whoever is suspended is answered nothing', async (context) => {
  const [holder, asker] = (await serveMembers(context, ['Holder', 'Asker'])) as [ServedNode, ServedNode];
  await hear(holder);
  const [member] = (await holder.client.listMembers()).rows;
  await holder.client.alterMember({ params: { id: member!.id }, body: { suspended: true } });
  const body = { member: await keyOf(asker, 'Holder'), values: [...values] };
  await assert.rejects(asker.client.askMember({ body }), { code: 'SIGNATURE_REFUSED' });
});

/** A member that says it has a ledger, and offers a set under a key. */
async function servePretender(context: Cleanup, asker: ServedNode) {
  const epoch = Math.floor(Date.now() / (7 * 86_400_000));
  const untilUs = (epoch + 1) * 7 * 86_400_000_000;
  const key = (fill: number) => ({ epoch, publicKey: new Uint8Array(32).fill(fill), untilUs });
  const puppet = await servePuppet(context, { name: 'Pretender' });
  const origin = 'pretender.example/ledger/1';
  const ledger = createSigner(origin, 'note', 'ledger of a pretender');
  nameLedger(puppet, ledger);
  const show = (fill: number, signer = ledger): PuppetAnswer => {
    const entry = epochKeyAct(key(fill), hourOf(Date.now() * 1000), inventSalt(fill));
    const log = makeLog([entry]);
    const text = printCheckpoint({ origin: signer.key.name, size: log.size, root: log.root });
    const checkpoint = printNote({ text, signatures: signText(text, [signer], Math.floor(Date.now() / 1000)) });
    const body = printShownKey({ entry, index: 0, checkpoint, proof: log.hashes(planInclusion(0, 1)) });
    return { status: 200, body, signedAs: octets };
  };
  const filter = buildFuseFilter([new Uint8Array(16)], 8);
  const set = { ...key(1), generation: new Uint8Array(16), bucketBits: 0, cellBytes: 384, filter };
  const ask = async (shown: PuppetAnswer) => {
    puppet.answer = ({ path }) => {
      if (path.startsWith('/peer/v1/lookup/key')) return shown;
      return path === '/peer/v1/lookup' ? { status: 200, body: printLookupSet(set), signedAs: octets } : undefined;
    };
    const body = { member: await keyOf(asker, 'Pretender'), values: [...values] };
    return await asker.client.askMember({ body });
  };
  const { text } = await asker.client.inviteMember({ body: { accepts: true, allowPrivate: true } });
  await puppet.join(asker, text);
  return { ask, show };
}

test('a member whose key is not the one in its ledger is not asked for anything', async (context) => {
  const asker = await serveMember(context, 'Asker');
  const { ask, show } = await servePretender(context, asker);
  const problem = '{"type":"about:blank","title":"None","status":404,"code":"NOT_FOUND","detail":"Nothing"}';
  const unproven = (message: RegExp) => ({ code: 'LOOKUP_UNPROVEN', message });
  const nothing = { status: 404, body: problem, signedAs: 'application/problem+json' } as const;
  await assert.rejects(ask(nothing), unproven(/does not show it in its ledger/));
  await assert.rejects(ask(show(2)), unproven(/not the one it has published/));
  const stranger = createSigner('stranger.example/ledger/1', 'note', 'of nobody');
  await assert.rejects(ask(show(1, stranger)), unproven(/is no ledger of it/));
  const forged = createSigner('pretender.example/ledger/1', 'note', 'another key');
  await assert.rejects(ask(show(1, forged)), unproven(/./));
  await assert.rejects(ask({ status: 200, body: '{}', signedAs: octets }), { code: 'LOOKUP_MALFORMED' });
});
