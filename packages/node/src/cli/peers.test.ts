import assert from 'node:assert/strict';
import test from 'node:test';
import { indicatorId, serveMember, serveMembers, tell } from '../http/peer/members-for-tests.ts';
import { servePuppet } from '@comity/testkit';
import { until } from '../node-for-tests.ts';
import type { ServedNode } from '../node-for-tests.ts';
import { runForTests } from './command-for-tests.ts';

const commandsAt =
  ({ dir }: ServedNode) =>
  async (...argv: string[]) =>
    await runForTests(argv, '', { COMITY_DATA: dir });

/** Two members, what each can say, and what makes sure that the other has heard it. */
async function commandsOfTwo(context: { after(fn: () => unknown): void }) {
  const [a, b] = (await serveMembers(context, ['CERT A', 'CERT B'])) as [ServedNode, ServedNode];
  const [inA, inB] = [commandsAt(a), commandsAt(b)];
  const isDone = async ({ client }: ServedNode): Promise<boolean> => {
    const [peer] = (await client.listPeers()).rows;
    return peer?.waiting === 0 && peer.receiptsDue === 0;
  };
  const exchange = async () => {
    // What was put out can be read once the ledger has a place for it.
    await until(async () => {
      for (const run of [inA, inB, inA]) assert.equal((await run('share', 'sync')).code, 0);
      return (await isDone(a)) && (await isDone(b));
    }, 'all was taken, and receipts came');
  };
  return { a, b, inA, inB, exchange };
}

test('what is lent, to whom, and what became of it is told; an object is taken back, and stays where it is held', async (context) => {
  const { a, inA, inB, exchange } = await commandsOfTwo(context);
  const [taken, held] = [indicatorId(1), indicatorId(2)];
  assert.deepEqual(await inA('share', 'deliveries', taken), { code: 1, out: 'no member has it\n', err: '' });
  await tell(a, 1, 2);
  await exchange();
  const lent = await inA('share', 'deliveries', taken);
  assert.match(lent.out, /^MEMBER +STATE +VERSION +SENT +MEMBER SAYS +AT +LEASE ENDS\nCERT B +lent +1 +\S+ +applied /);
  assert.match(lent.out, /^1 of 1 confirmed$/m);
  assert.match(
    (await inA('share', 'receipts', taken)).out,
    /^\{"member":"[0-9a-f]{64}","name":"CERT B",.*"signature":".*\n$/,
  );
  assert.deepEqual(await inA('share', 'receipts', indicatorId(9)), { code: 1, out: '', err: '' });

  assert.match(
    (await inA('share', 'given', 'CERT B')).out,
    /^CERT B +lent +applied +\S+ +indicator--\S+ +\[ipv4-addr/m,
  );
  assert.equal((await inA('share', 'given', '--state', 'refused')).code, 1);
  assert.match((await inB('share', 'loans')).out, /^CERT A +CERT A +TLP:GREEN +1 +\S+ +indicator--/m);
  assert.equal((await inA('share', 'recalls')).code, 1, 'nothing was taken back yet');
  assert.match((await inA('ledger', 'acts')).out, /^ENTRY +HOUR +WHAT[^]*\bsent +CERT B [^]*\bdescriptor\b/);

  assert.match((await inB('share', 'hold', held)).err, /--reason says why the law here wants it/);
  assert.equal((await inB('share', 'hold', held, '--reason', 'a court asked for it')).out, 'held\n');
  assert.equal((await inB('share', 'hold', taken, '--reason', 'by mistake')).out, 'held\n');
  assert.equal((await inB('share', 'hold', taken, '--off')).out, 'the hold is over\n');
  assert.match((await inA('share', 'recall', taken)).out, /^CERT B +recalled +2 /m);
  assert.equal((await inA('share', 'recall', held, '--reason', 'false-positive')).code, 0);
  await exchange();
  assert.match((await inA('share', 'deliveries', taken)).out, /^CERT B +recalled +2 +\S+ +withdrawn /m);
  assert.match((await inA('share', 'recalls')).out, /^mistake +1 of 1 +indicator--/m);
  assert.match((await inA('share', 'deliveries', held)).out, /^CERT B +recalled +2 +\S+ +stored \(legal-hold\) /m);
  const [row] = JSON.parse((await inA('share', 'deliveries', held, '--json')).out) as [{ receipt: object }];
  assert.deepEqual({ ...row.receipt, at: '' }, { effect: 'stored', reason: 'legal-hold', at: '' });
  assert.equal((await inA('share', 'recall', indicatorId(9))).code, 1, 'nothing is recalled that is not there');
});

test('a member disagrees, and the origin has its opinion', async (context) => {
  const { a, inA, inB, exchange } = await commandsOfTwo(context);
  await tell(a, 1);
  await exchange();
  const said = await inB('share', 'disagree', indicatorId(1));
  assert.match(said.out, /^told as opinion--[0-9a-f-]{36}\n$/);
  await exchange();
  const id = said.out.trim().replace('told as ', '');
  assert.equal((await a.client.getIntel({ params: { id } })).id, id);
  assert.equal((await inA('share', 'disagree', indicatorId(1))).code, 1, 'with oneself there is nothing to disagree');
});

test('how the exchange with a member stands is listed, and what goes to it is tightened', async (context) => {
  const { a, inA, inB } = await commandsOfTwo(context);
  await tell(a, 1);
  assert.equal((await inA('share', 'sync', 'CERT B')).code, 0);
  assert.match((await inB('share', 'sync')).out, /^CERT A: [01] taken, 0 wait there\n$/);
  const peers = await inA('share', 'peers');
  assert.match(
    peers.out,
    /^MEMBER +WAITING +TAKEN UP TO .*\nCERT B +\d+ +\d+ +20\S+ +\d+ +TLP:CLEAR +1 +30 d +[0-9a-f]{64}/,
  );
  const [{ id }] = JSON.parse((await inA('share', 'peers', '--json')).out) as [{ id: string }];
  const tightened = await inA('share', 'handling', id.slice(0, 12), '--tlp', 'amber', '--hops', '0', '--lease', '7');
  assert.match(tightened.out, /^CERT B .* TLP:AMBER +0 +7 d +/m, tightened.err);
  const kept = await inA('share', 'handling', 'CERT B', '--report-lease', '90', '--json');
  const { handling } = JSON.parse(kept.out) as { handling: object };
  assert.deepEqual(handling, { tlp: 'amber', hops: 0, indicatorDays: 7, reportDays: 90 });
  for (const wrong of [
    ['--hops', '8'],
    ['--lease', '0'],
    ['--tlp', 'red'],
  ])
    assert.equal((await inA('share', 'handling', 'CERT B', ...wrong)).code, 2, wrong.join(' '));
  assert.match((await inA('share', 'sync', 'CERT Z')).err, /Cannot find a member "CERT Z" among those joined/);
  assert.deepEqual(await inA('share', 'evidence'), { code: 1, out: 'FOUND  WHAT  MEMBER  ID\n', err: '' });
  assert.equal((await inA('share', 'evidence', '--json')).out, '[]\n');
});

test('what a member used of its quota is shown, and its quota is changed', async (context) => {
  const { a, inB, exchange } = await commandsOfTwo(context);
  await tell(a, 1);
  await exchange();
  const shown = await inB('share', 'quota', 'CERT A');
  assert.match(
    shown.out,
    /^items taken today +1 +500000\nbytes read today +[1-9]\d* +2147483648\nobjects lent now +1 +1000000$/m,
  );
  const changed = await inB(
    'share',
    'quota',
    'CERT A',
    '--items',
    '1',
    '--bytes',
    '1000000',
    '--sent',
    '2000000',
    '--json',
  );
  const { quota } = JSON.parse(changed.out) as { quota: object };
  assert.deepEqual(quota, { itemsPerDay: 1, bytesPerDay: 1_000_000, objects: 1_000_000, sentBytesPerDay: 2_000_000 });
  await tell(a, 2);
  const isStopped = async () =>
    /^CERT A: 0 taken, 0 wait there; reached: items until 20\S+Z\n$/.test((await inB('share', 'sync')).out);
  await until(isStopped, 'B stops in front of what is over');
  assert.match((await inB('share', 'peers')).out, / [0-9a-f]{64} +items until 20\S+Z/);
  assert.match((await inB('share', 'quota', 'CERT A')).out, /^reached: items until 20\S+Z$/m);
  assert.equal((await inB('share', 'quota', 'CERT A', '--objects', '-1')).code, 2);
  assert.match((await inB('share', 'quota', 'CERT A', '--items', '5')).out, /^items taken today +[12] +5$/m);
});

test('one that cannot be believed is said to be so, and two of one name are told apart by their ids', async (context) => {
  const node = await serveMember(context, 'CERT A');
  const run = commandsAt(node);
  for (const _ of [1, 2]) {
    const puppet = await servePuppet(context);
    const { text } = await node.client.inviteMember({ body: { accepts: true, allowPrivate: true } });
    await puppet.join(node, text);
    puppet.answer = { status: 200, body: 'anybody could say this' };
  }
  const asked = await run('share', 'sync');
  assert.equal(asked.code, 2);
  assert.match(asked.err, /Cannot believe the answer of http/);
  assert.match((await run('share', 'peers')).out, /Cannot believe the answer of http/);
  assert.match((await run('share', 'handling', 'Puppet')).err, /Cannot tell which member "Puppet" is/);
});
