import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  admit,
  alpha,
  dayMs,
  indicator,
  indicatorId,
  listed,
  object,
  open,
  screened,
  source,
  uuidOf,
} from './test-bench.ts';
import type { Bench } from './test-bench.ts';
import type { Candidate, IntelSource, Outcome } from './index.ts';

const ours = source('ours', { kind: 'upload', reliability: 'F', own: true });
const oursToo = source('ourstoo', { kind: 'manual', reliability: 'F', own: true });
const member = source('member', { kind: 'member' });
const liar = source('liar', { kind: 'member' });
const feed = source('feed', { kind: 'feed', reliability: 'A' });
const file = source('file', { kind: 'file', reliability: 'A' });
const strangers = [liar, feed, file];

const creator = { created_by_ref: 'identity--11111111-1111-4111-8111-111111111111' };
const pattern = "[domain-name:value = 'evil.example']";
const on = (day: number, rest: Record<string, unknown> = {}): Record<string, unknown> => ({
  ...creator,
  modified: `2026-01-${String(day).padStart(2, '0')}T00:00:00.000Z`,
  ...rest,
});
const version = (day: number, rest: Record<string, unknown> = {}): Candidate => indicator(1, pattern, on(day, rest));
const elsewhere = (day: number): Candidate => indicator(1, "[domain-name:value = 'innocent.example']", on(day));
/** What may be tried on an object told on the fifth: told anew, revoked, as it never was. */
const attacks: readonly Candidate[] = [
  elsewhere(6),
  version(7, { revoked: true }),
  elsewhere(2),
  version(5, { name: 'other' }),
];

async function changeOf(bench: Bench, from: IntelSource, candidate: Candidate): Promise<string> {
  const [outcome] = (await admit(bench, from, [candidate])) as [Outcome];
  return outcome.kind === 'taken' ? outcome.change : outcome.kind;
}

const textOf = (candidate: Candidate): string => ('object' in candidate ? candidate.object.text : '');
const lent = (bench: Bench, candidate: Candidate, days = 9): Candidate => ({
  ...candidate,
  loan: { untilUs: (bench.nowMs + days * dayMs) * 1000, tlp: 'green', pap: 'amber' },
});

/** What this member would lend as its own. */
function lentAsOurs(bench: Bench): string | undefined {
  const stored = bench.intel.findStored(indicatorId(1));
  return stored?.own === true ? stored.text : undefined;
}

for (const stranger of strangers) {
  test(`what a source of our own told is changed by no other, here a ${stranger.kind}: its word is kept beside`, async () => {
    const bench = await open();
    const told = version(5);
    await admit(bench, ours, [told]);
    for (const attack of attacks) assert.equal(await changeOf(bench, stranger, lent(bench, attack)), 'conflict');
    assert.equal(lentAsOurs(bench), textOf(told));
    assert.deepEqual(screened(bench), ['evil.example']);
    const detail = await bench.intel.object(indicatorId(1));
    assert.deepEqual([detail?.state, detail?.conflict, detail?.versionCount], ['active', true, 5]);
    assert.deepEqual(
      detail?.sources.map(({ name }) => name),
      ['ours'],
    );
    const all = { afterUs: 0, ids: undefined, types: undefined, kinds: undefined, source: undefined, lastOnly: false };
    assert.deepEqual(
      bench.intel.arrivals(all, 10).rows.map(({ object: { text } }) => text),
      [textOf(told)],
      'nor does anybody hear of what others say its past was',
    );
    // Sources of our own go on.
    assert.equal(await changeOf(bench, oursToo, version(8, { name: 'next' })), 'new-version');
    assert.equal(lentAsOurs(bench), textOf(version(8, { name: 'next' })));
    assert.equal(await changeOf(bench, ours, version(9, { revoked: true })), 'new-version');
    assert.deepEqual(screened(bench), []);
    await bench.close();
  });

  test(`what a ${stranger.kind} said first, of whatever day, stands beside as soon as a source of our own tells of it`, async () => {
    for (const before of attacks) {
      const bench = await open();
      const told = version(5);
      await admit(bench, stranger, [lent(bench, before)]);
      assert.equal(lentAsOurs(bench), undefined);
      assert.equal(await changeOf(bench, ours, told), 'new-version');
      assert.equal(lentAsOurs(bench), textOf(told));
      assert.deepEqual(screened(bench), ['evil.example']);
      assert.equal(await changeOf(bench, stranger, lent(bench, elsewhere(9))), 'conflict');
      bench.nowMs += 30 * dayMs;
      await bench.intel.sweep();
      await bench.intel.changeLoans(stranger.id, [{ id: indicatorId(1), ended: 'a lie' }]);
      assert.equal(lentAsOurs(bench), textOf(told));
      assert.deepEqual(screened(bench), ['evil.example']);
      await bench.close();
    }
  });

  test(`what a ${stranger.kind} told in the very same words is ours from when a source of our own tells it`, async () => {
    const bench = await open();
    const told = version(5);
    await admit(bench, stranger, [lent(bench, told)]);
    const [before, last] = [bench.intel.revision(), bench.intel.arrivals(everything(0), 10).upToUs];
    assert.equal(await changeOf(bench, ours, told), 'duplicate');
    assert.ok(bench.intel.revision() > before, 'pages made of it are made anew');
    assert.equal(
      bench.intel.arrivals(everything(last), 10).rows.length,
      1,
      'and whoever lends what is ours hears of it',
    );
    for (const attack of attacks) assert.equal(await changeOf(bench, stranger, lent(bench, attack)), 'conflict');
    assert.equal(lentAsOurs(bench), textOf(told));
    await bench.close();
  });
}

const everything = (afterUs: number) =>
  ({ afterUs, ids: undefined, types: undefined, kinds: undefined, source: undefined, lastOnly: true }) as const;

test('what another took back before a source of our own told it is not taken back in our name', async () => {
  const bench = await open();
  const atUs = bench.nowMs * 1000;
  await admit(bench, feed, [version(5)]);
  const withdrawal = { withdraw: indicatorId(1), atUs, reason: 'its sender deleted it', place: '', loss: undefined };
  assert.equal(await changeOf(bench, feed, withdrawal), 'withdrawn');
  await admit(bench, ours, [version(5)]);
  assert.deepEqual(screened(bench), ['evil.example']);
  assert.equal(await changeOf(bench, feed, withdrawal), 'not-there');
  assert.deepEqual(
    bench.intel.arrivals(everything(0), 10).rows.map(({ object: { own, text } }) => [own, text]),
    [[true, textOf(version(5))]],
  );
  // What a source of ours takes back itself is said in its name.
  assert.equal(await changeOf(bench, ours, withdrawal), 'withdrawn');
  const [revoked] = bench.intel.arrivals(everything(0), 10).rows;
  assert.match(revoked!.object.text, /"revoked":true/);
  assert.equal(bench.intel.isOwnWord(indicatorId(1), revoked!.object.text), true);
  await bench.close();
});

test('of what has no versions, what we lend is what a source of our own said', async () => {
  const bench = await open();
  const id = `ipv4-addr--${uuidOf(7)}`;
  const address = (rest: object): Candidate => object({ type: 'ipv4-addr', id, value: '192.0.2.7', ...rest });
  await admit(bench, liar, [lent(bench, address({ x_note: 'a lie' }))]);
  await admit(bench, ours, [address({ x_note: 'ours' })]);
  await admit(bench, liar, [lent(bench, address({ x_note: 'another' }))]);
  const stored = bench.intel.findStored(id);
  assert.deepEqual([stored?.own, stored?.text], [true, textOf(address({ x_note: 'ours' }))]);
  await bench.close();
});

test('bytes are ours that came as ours, whatever their source is called now', async () => {
  const bench = await open();
  const told = version(5);
  await admit(bench, ours, [told]);
  assert.equal(await changeOf(bench, { ...ours, own: false }, elsewhere(6)), 'conflict');
  assert.equal(lentAsOurs(bench), textOf(told));
  assert.equal(bench.intel.isOwnWord(indicatorId(1), textOf(told)), true);
  assert.equal(bench.intel.isOwnWord(indicatorId(1), textOf(elsewhere(6))), false);
  assert.equal(bench.intel.isOwnWord(indicatorId(2), textOf(told)), false);
  assert.equal(await changeOf(bench, ours, elsewhere(6)), 'new-version');
  assert.equal(bench.intel.isOwnWord(indicatorId(1), textOf(elsewhere(6))), true);
  await bench.close();
});

test('no list of others extends or marks anew what we made of a list of our own', async () => {
  const bench = await open();
  const until = (days: number): Candidate => ({
    ...listed('domain', 'evil.example'),
    context: { validUntilUs: (bench.nowMs + days * dayMs) * 1000 },
  });
  await admit(bench, ours, [until(3)]);
  const ownOf = () => bench.intel.arrivals(everything(0), 10).rows.filter(({ object: { own } }) => own);
  const [before] = ownOf();
  bench.nowMs += 1000;
  await admit(bench, feed, [listed('domain', 'evil.example')]);
  await admit(bench, source('strict', { defaultTlp: 'red' }), [listed('domain', 'evil.example')]);
  assert.deepEqual(ownOf(), [before]);
  assert.equal(await changeOf(bench, oursToo, until(30)), 'new-version', 'another list of our own does');
  const [after] = ownOf();
  assert.ok(after !== undefined && bench.intel.isOwnWord(after.object.id, after.object.text));
  assert.equal(ownOf().length, 1);
  await bench.close();
});

test('what is on a list of our own is ours, whoever listed it before', async () => {
  const bench = await open();
  await admit(bench, feed, [listed('domain', 'evil.example')]);
  await admit(bench, ours, [listed('domain', 'evil.example')]);
  const own = bench.intel.arrivals(everything(0), 10).rows.filter(({ object: { own: isOwn } }) => isOwn);
  assert.equal(own.length, 1);
  assert.deepEqual(screened(bench), ['evil.example']);
  await bench.close();
});

for (const stranger of [...strangers, source('feedf', { kind: 'feed', reliability: 'F' })]) {
  test(`what a member lends is changed by it alone, and not by ${stranger.name}, a ${stranger.kind}`, async () => {
    const bench = await open();
    const id = indicatorId(1);
    await admit(bench, member, [lent(bench, version(5))]);
    for (const attack of attacks) assert.equal(await changeOf(bench, stranger, lent(bench, attack)), 'conflict');
    assert.equal(bench.intel.findStored(id)?.text, textOf(version(5)));
    assert.deepEqual(screened(bench), ['evil.example']);
    assert.equal(await bench.intel.changeLoans(stranger.id, [{ id, ended: 'a lie' }]), 0, 'it lends nothing of it');
    assert.equal(await changeOf(bench, member, lent(bench, elsewhere(8))), 'new-version');
    assert.deepEqual(screened(bench), ['innocent.example']);
    assert.equal(await bench.intel.changeLoans(member.id, [{ id, ended: 'a mistake' }]), 1);
    assert.deepEqual(screened(bench), [], 'nor does what others said keep it in use');
    await bench.close();
  });
}

test('who lends an older version does not keep the newer in use when its origin takes it back', async () => {
  const bench = await open();
  const id = indicatorId(1);
  await admit(bench, member, [lent(bench, version(4))]);
  await admit(bench, member, [lent(bench, version(5))]);
  assert.equal(await changeOf(bench, liar, lent(bench, version(4))), 'duplicate');
  await bench.intel.changeLoans(member.id, [{ id, ended: 'a mistake' }]);
  assert.deepEqual(screened(bench), []);
  await bench.close();
});

test('who repeats what a member lends does not keep what that makes of it in use, nor mark it', async () => {
  const bench = await open();
  await admit(bench, member, [lent(bench, version(4))]);
  const strict: Candidate = {
    ...version(4),
    loan: { untilUs: (bench.nowMs + 99 * dayMs) * 1000, tlp: 'amber', pap: 'amber' },
  };
  assert.equal(await changeOf(bench, liar, strict), 'duplicate');
  assert.equal(bench.intel.findStored(indicatorId(1))?.tlp, 'amber', 'what both lend is marked as the stricter says');
  assert.equal(await changeOf(bench, member, lent(bench, version(5))), 'new-version');
  assert.equal(bench.intel.findStored(indicatorId(1))?.tlp, 'green');
  await bench.intel.changeLoans(member.id, [{ id: indicatorId(1), ended: 'a mistake' }]);
  assert.deepEqual(screened(bench), []);
  await bench.close();
});

test('what a member lends no longer is another’s who states it then, and nobody’s while a lease only ran out', async () => {
  const bench = await open();
  const id = indicatorId(1);
  await admit(bench, liar, [lent(bench, elsewhere(9))]);
  const told = lent(bench, version(5), 20);
  assert.equal(await changeOf(bench, member, told), 'conflict');
  bench.nowMs += 10 * dayMs;
  await bench.intel.sweep();
  assert.deepEqual(screened(bench), []);
  assert.equal(await changeOf(bench, member, told), 'duplicate', 'it may only not be heard of');
  assert.deepEqual(screened(bench), []);
  await bench.intel.changeLoans(liar.id, [{ id, ended: 'suspended' }]);
  assert.equal(await changeOf(bench, feed, version(10)), 'conflict', 'no feed’s: it never was one’s');
  assert.equal(await changeOf(bench, member, told), 'new-version');
  assert.deepEqual(screened(bench), ['evil.example']);
  // Whoever comes back finds it taken.
  assert.equal(await bench.intel.changeLoans(liar.id, [{ id, untilUs: (bench.nowMs + dayMs) * 1000 }]), 0);
  assert.equal(await changeOf(bench, liar, lent(bench, elsewhere(9))), 'duplicate');
  assert.deepEqual(screened(bench), ['evil.example']);
  await bench.intel.changeLoans(member.id, [{ id, ended: 'a mistake' }]);
  assert.deepEqual(screened(bench), []);
  await bench.close();
});

test('what comes by itself replaces what another told only from a source more reliable than that', async () => {
  const graded = (name: string, kind: IntelSource['kind'], reliability: IntelSource['reliability']): IntelSource =>
    source(name, { kind, reliability });
  for (const [before, after, expected] of [
    [graded('one', 'feed', 'F'), graded('two', 'feed', 'F'), 'conflict'],
    [graded('one', 'feed', 'F'), graded('two', 'feed', 'C'), 'new-version'],
    [graded('one', 'feed', 'B'), liar, 'conflict'],
    [graded('one', 'feed', 'F'), member, 'new-version'],
    [graded('one', 'upload', 'F'), graded('two', 'upload', 'F'), 'new-version'],
    [graded('one', 'feed', 'F'), graded('two', 'upload', 'F'), 'new-version'],
  ] as const) {
    const bench = await open();
    await admit(bench, before, [version(5)]);
    assert.equal(await changeOf(bench, after, version(6)), expected, `${before.kind} to ${after.kind}`);
    await bench.close();
  }
});

test('no flood of others keeps a source of our own from being heard', async () => {
  const bench = await open();
  await admit(bench, alpha, [version(2)]);
  const flood = Array.from({ length: 40 }, (_, index) => version(5, { name: `flood ${index}` }));
  for (const stranger of strangers) await admit(bench, stranger, flood);
  const old = Array.from({ length: 40 }, (_, index) => version(3, { name: `flood ${index}` }));
  assert.equal(await changeOf(bench, ours, version(4, { name: 'ours' })), 'new-version');
  const outcomes = await admit(bench, liar, old);
  assert.ok(outcomes.filter(({ kind }) => kind === 'taken').length <= 16);
  assert.equal(lentAsOurs(bench), textOf(version(4, { name: 'ours' })));
  await bench.close();
});
