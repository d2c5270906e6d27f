import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Candidate, Loan } from './index.ts';
import { admit, alpha, dayMs, indicator, indicatorId, open, screened, source } from './test-bench.ts';

const lender = source('lender', { kind: 'member' });
const other = source('other', { kind: 'member' });
const pattern = "[ipv4-addr:value = '192.0.2.9']";

function lent(candidate: Candidate, loan: Loan): Candidate {
  return { ...candidate, loan };
}

test('what a member lends is in use until its lease ends, and runs on when it is renewed', async () => {
  const bench = await open();
  const at = (days: number): number => (bench.nowMs + days * dayMs) * 1000;
  const ends = { first: at(2), renewed: at(10) };
  await admit(bench, lender, [lent(indicator(1, pattern), { untilUs: ends.first, tlp: 'amber', pap: 'amber' })]);
  const id = indicatorId(1);
  assert.deepEqual(screened(bench), ['192.0.2.9']);
  assert.equal((await bench.intel.object(id))?.tlp, 'amber', 'the stricter of its own label and that of the loan');
  assert.equal(bench.intel.findStored(id)?.leaseUntilUs, ends.first);
  assert.equal(bench.intel.nextChangeUs(), ends.first);

  assert.equal(await bench.intel.renewLoans(lender.id, ends.first, ends.renewed), 1);
  assert.equal(await bench.intel.renewLoans(lender.id, ends.first, ends.renewed), 0, 'it runs on already');
  bench.nowMs += 3 * dayMs;
  await bench.intel.sweep();
  assert.deepEqual(screened(bench), ['192.0.2.9']);

  bench.nowMs += 8 * dayMs;
  await bench.intel.sweep();
  assert.deepEqual(screened(bench), []);
  assert.match((await bench.intel.object(id))?.reason ?? '', /lease to use it ended/);
  assert.equal(await bench.intel.renewLoans(lender.id, ends.renewed, at(30)), 0, 'what has ended is not renewed');
  await bench.close();
});

test('a loan that is taken back is a recall, which the last of its lenders decides', async () => {
  const bench = await open();
  const untilUs = (bench.nowMs + 9 * dayMs) * 1000;
  const id = indicatorId(1);
  for (const from of [lender, other])
    await admit(bench, from, [lent(indicator(1, pattern), { untilUs, tlp: 'green', pap: 'amber' })]);
  const end = (from: typeof lender) => bench.intel.changeLoans(from.id, [{ id, ended: 'a mistake' }]);

  assert.equal(await end(lender), 1);
  assert.equal(await end(lender), 0, 'once');
  assert.deepEqual(screened(bench), ['192.0.2.9'], 'another still lends it');
  assert.equal(await end(other), 1);
  assert.deepEqual(screened(bench), []);
  const gone = await bench.intel.object(id);
  assert.equal(gone?.state, 'recalled');
  assert.match(gone?.reason ?? '', /a mistake/);

  assert.equal(await bench.intel.changeLoans(other.id, [{ id, untilUs }]), 1);
  assert.deepEqual(screened(bench), ['192.0.2.9'], 'lent anew');
  assert.equal(await bench.intel.changeLoans(alpha.id, [{ id, ended: 'no lender' }]), 0);
  await bench.close();
});

test('no lease ends and no lender takes back what somebody else tells of too', async () => {
  const bench = await open();
  const untilUs = (bench.nowMs + dayMs) * 1000;
  const id = indicatorId(1);
  await admit(bench, lender, [lent(indicator(1, pattern), { untilUs, tlp: 'green', pap: 'amber' })]);
  await admit(bench, alpha, [indicator(1, pattern)]);
  assert.equal(bench.intel.findStored(id)?.leaseUntilUs, undefined);
  await bench.intel.changeLoans(lender.id, [{ id, ended: 'a mistake' }]);
  bench.nowMs += 2 * dayMs;
  await bench.intel.sweep();
  assert.deepEqual(screened(bench), ['192.0.2.9']);
  await bench.close();
});

test('what a source of our own tells of is our own, also when others told of it before', async () => {
  const bench = await open();
  const own = source('ours', { own: true });
  await admit(bench, alpha, [indicator(1, pattern)]);
  await admit(bench, own, [indicator(1, pattern), indicator(2, "[domain-name:value = 'a.example']")]);
  await admit(bench, alpha, [indicator(3, "[domain-name:value = 'b.example']")]);
  const isOwn = [1, 2, 3].map((n) => bench.intel.findStored(indicatorId(n))?.own);
  assert.deepEqual(isOwn, [true, true, false]);
  const all = { afterUs: 0, ids: undefined, types: undefined, kinds: undefined, source: undefined, lastOnly: true };
  assert.deepEqual(
    bench.intel.arrivals(all, 10).rows.map(({ object, isLast }) => [object.own, isLast]),
    [
      [true, true],
      [true, true],
      [false, true],
    ],
  );
  await bench.close();
});
