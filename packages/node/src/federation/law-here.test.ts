import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readStarterLaw } from '../sharing/index.ts';
import { indicator, indicatorId, openMember, openNetwork } from './members-for-tests.ts';
import type { Member } from './members-for-tests.ts';

const noPersons = `${readStarterLaw('open')}
@id("mine.no-persons") @law("GDPR Art. 5(1)(c)") @says("What may identify a person is not taken from others")
forbid (principal, action == Action::"store", resource)
when { principal.kind == Kind::"owner" && context.origin == Origin::"received" && context.personalData };`;
const byMail = { pattern: "[email-addr:value = 'somebody@b.example']" };
const later = (day: number): Record<string, unknown> => ({ modified: `2026-05-0${day}T00:00:00.000Z` });

const receiptOf = (of: Member, number: number) => {
  const { effect, reason } = of.federation.deliveries(indicatorId(number))[0]?.receipt ?? {};
  return [effect, reason];
};
/** Whatever is kept of an object, in any table. */
function traceOf({ store }: Member, text: string): string[] {
  const tables = store.reader
    .prepare<{ name: string }>("select name from sqlite_master where type = 'table' and sql not like '%virtual%'")
    .all();
  return tables.flatMap(({ name }) =>
    store.reader
      .prepare<Record<string, unknown>>(`select * from "${name}"`)
      .all()
      .some((row) => Object.values(row).some((value) => typeof value === 'string' && value.includes(text)))
      ? [name]
      : [],
  );
}

test('what the law here forbids to keep is refused as it comes, nothing of it stays, and a recall gets through', async (t) => {
  const network = openNetwork();
  const [a, b] = [await openMember(network, 'a', t), await openMember(network, 'b', t)];
  await b.sharing.laws.activate(noPersons, 'mine', { by: 'test', others: [] });
  await a.tell([indicator(1), indicator(2, 'green', byMail)]);
  await b.sync();
  assert.deepEqual(
    [receiptOf(a, 1), receiptOf(a, 2)],
    [
      ['applied', undefined],
      ['refused', 'law'],
    ],
  );
  assert.deepEqual(b.screened(), ['192.0.2.1']);
  await b.sharing.close();
  assert.deepEqual(traceOf(b, 'somebody@b.example'), []);
  assert.deepEqual(traceOf(b, indicatorId(2)), ['peer_object'], 'the act of having received speaks of it');
  const [kept] = await b.sharing.decisions({ recipient: 'owner', result: 'deny' });
  assert.deepEqual(
    [kept?.object, kept?.action, kept?.ruleIds, kept?.count],
    [undefined, 'store', ['mine.no-persons'], 1],
    'people see that, and under which rule',
  );

  await a.federation.recall(indicatorId(2), 'mistake');
  await b.sync();
  assert.deepEqual(receiptOf(a, 2), ['withdrawn', 'not-ours']);
  assert.equal(a.federation.states()[0]?.waiting, 0);
});

test('a newer version the law forbids takes the older out of use, since its origin says that no more', async (t) => {
  const network = openNetwork();
  const [a, b] = [await openMember(network, 'a', t), await openMember(network, 'b', t)];
  await b.sharing.laws.activate(noPersons, 'mine', { by: 'test', others: [] });
  await a.tell([indicator(1)]);
  await b.sync();
  assert.deepEqual(b.screened(), ['192.0.2.1']);
  await a.tell([indicator(1, 'green', { ...byMail, ...later(2) })]);
  await b.sync();
  assert.deepEqual([receiptOf(a, 1), b.screened()], [['refused', 'law'], []]);
  assert.match((await b.stateOf(indicatorId(1)))!.reason, /The law here is against its newer version/);
  await a.tell([indicator(1, 'green', later(3))]);
  await b.sync();
  assert.deepEqual([receiptOf(a, 1), b.screened()], [['applied', undefined], ['192.0.2.1']]);

  // Both versions in one answer: what the first lent is not written down after the second ended it.
  await a.tell([indicator(3)]);
  await a.tell([indicator(3, 'green', { ...byMail, ...later(2) })]);
  await b.sync();
  assert.deepEqual(b.screened(), ['192.0.2.1']);
  network.nowMs += 86_400_000;
  await a.federation.publish();
  await b.sync();
  assert.deepEqual(b.screened(), ['192.0.2.1'], 'a renewal brings nothing of it back');
});

test('another law leaves what is here: it says at each use what may be done with it', async (t) => {
  const network = openNetwork();
  const [a, b] = [await openMember(network, 'a', t), await openMember(network, 'b', t)];
  await a.tell([indicator(1, 'green', byMail)]);
  await b.sync();
  assert.deepEqual(receiptOf(a, 1), ['applied', undefined]);
  await b.sharing.laws.activate(noPersons, 'mine', { by: 'test', others: [] });
  // The same under other terms, and under another key.
  await a.federation.setHandling(b.id, { ...a.federation.handlingOf(b.id), hops: 0 });
  await b.sync();
  a.rotate();
  await a.federation.publish();
  await b.sync();
  assert.deepEqual(receiptOf(a, 1), ['applied', undefined]);
  assert.deepEqual(b.screened(), ['somebody@b.example']);
});
