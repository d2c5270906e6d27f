import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StixId } from '@comity/protocol/base';
import { markingIdOfTlp } from '@comity/protocol/markings';
import type { Tlp } from '@comity/protocol/markings';
import { parseStixObject } from '@comity/protocol/stix';
import {
  admit,
  alpha,
  beta,
  dayMs,
  indicator,
  indicatorId,
  kinds,
  listed,
  open,
  screened,
  source,
} from './test-bench.ts';
import type { Bench } from './test-bench.ts';
import type { Candidate, IntelDetail, IntelSource, Outcome } from './index.ts';

const weak = source('weak', { reliability: 'E' });
const creator = { created_by_ref: 'identity--11111111-1111-4111-8111-111111111111' };
const other = { created_by_ref: 'identity--22222222-2222-4222-8222-222222222222' };
const pattern = "[domain-name:value = 'evil.example']";
const on = (day: number, rest: Record<string, unknown> = {}): Record<string, unknown> => ({
  modified: `2026-01-${String(day).padStart(2, '0')}T00:00:00.000Z`,
  ...rest,
});
const marked = (tlp: Tlp): Record<string, unknown> => ({ object_marking_refs: [markingIdOfTlp(tlp)] });
const version = (day: number, rest: Record<string, unknown>): Candidate => indicator(1, pattern, on(day, rest));

async function changeOf(bench: Bench, from: IntelSource, candidate: Candidate): Promise<string> {
  const [outcome] = (await admit(bench, from, [candidate])) as [Outcome];
  return outcome.kind === 'taken' ? outcome.change : outcome.kind;
}

async function detailOf(bench: Bench): Promise<IntelDetail> {
  const detail = await bench.intel.object(indicatorId(1));
  assert.ok(detail !== undefined);
  return detail;
}

test('a less reliable source can neither revoke, rewrite nor re-mark what another told: its version is kept beside', async () => {
  const bench = await open();
  await admit(bench, beta, [version(2, { ...creator, ...marked('amber') })]);
  const attacks = [
    version(5, { ...creator, revoked: true }),
    indicator(1, "[domain-name:value = 'innocent.example']", on(6, creator)),
    version(7, { ...creator, ...marked('clear'), confidence: 100 }),
  ];
  for (const attack of attacks) assert.equal(await changeOf(bench, weak, attack), 'conflict');
  const detail = await detailOf(bench);
  assert.deepEqual(
    [detail.state, detail.tlp, detail.confidence, detail.conflict, detail.versionCount],
    ['active', 'amber', 50, true, 4],
  );
  assert.deepEqual(
    detail.versions.map(({ source: from, live, conflict }) => [from, live, conflict]),
    [
      ['weak', false, true],
      ['weak', false, true],
      ['weak', false, true],
      ['beta', true, false],
    ],
  );
  assert.deepEqual(
    detail.sources.map((from) => from.name),
    ['beta'],
    'who says something else under the id is no source of it',
  );
  assert.deepEqual(screened(bench), ['evil.example']);
  assert.equal(await changeOf(bench, weak, attacks[0] as Candidate), 'duplicate');
  assert.equal((await detailOf(bench)).provenance.length, 1);
  // The source itself goes on.
  assert.equal(await changeOf(bench, beta, version(3, { ...creator, revoked: true })), 'new-version');
  assert.match((await detailOf(bench)).reason, /^Revoked by beta in its newest version$/);
  assert.equal((await detailOf(bench)).conflict, true, 'what is newer still contends');
  await bench.close();
});

test('a source as reliable that names the same creator may change an object, one that names another may not', async () => {
  for (const [by, expected] of [
    [creator, 'new-version'],
    [other, 'conflict'],
    [{}, 'conflict'],
  ] as const) {
    const bench = await open();
    await admit(bench, alpha, [version(2, creator)]);
    assert.equal(await changeOf(bench, beta, version(5, by)), expected);
    await bench.close();
  }
  const bench = await open();
  await admit(bench, alpha, [version(2, {})]);
  assert.equal(await changeOf(bench, beta, version(5, {})), 'new-version', 'no creator on either');
  assert.equal(await changeOf(bench, alpha, version(6, {})), 'conflict', 'now the other is the source of what counts');
  await bench.close();
});

test('what was kept beside takes over when a source sends it that may', async () => {
  const bench = await open();
  await admit(bench, alpha, [version(2, creator)]);
  const next = version(5, { ...creator, name: 'next' });
  assert.equal(await changeOf(bench, weak, next), 'conflict');
  assert.equal(await changeOf(bench, alpha, next), 'new-version');
  const detail = await detailOf(bench);
  assert.deepEqual([detail.name, detail.conflict, detail.versionCount], ['next', false, 2]);
  assert.equal(detail.versions[0]?.source, 'alpha');
  await bench.close();
});

test('a version from another source never widens the marking, the source itself may widen its own', async () => {
  const bench = await open();
  await admit(bench, alpha, [version(2, marked('red'))]);
  assert.equal(await changeOf(bench, beta, version(3, marked('clear'))), 'new-version');
  assert.equal((await detailOf(bench)).tlp, 'red');
  assert.equal(await changeOf(bench, beta, version(4, marked('green'))), 'new-version', 'nor does it in two steps');
  assert.equal((await detailOf(bench)).tlp, 'red');
  const own = await open();
  await admit(own, alpha, [version(2, marked('red'))]);
  assert.equal(await changeOf(own, alpha, version(3, marked('green'))), 'new-version');
  assert.equal((await detailOf(own)).tlp, 'green');
  await own.close();
  await bench.close();
});

test('an old version from another source changes neither marking nor confidence', async () => {
  const bench = await open();
  await admit(bench, alpha, [version(5, marked('green'))]);
  assert.equal(await changeOf(bench, beta, version(2, { ...marked('red'), confidence: 100 })), 'old-version');
  const detail = await detailOf(bench);
  assert.deepEqual([detail.tlp, detail.confidence], ['green', 43]);
  await bench.close();
});

test('a version more than a day ahead of the clock is rejected with its reason', async () => {
  const bench = await open();
  const at = (ms: number): Record<string, unknown> => ({ modified: new Date(bench.nowMs + ms).toISOString() });
  const [near, far] = await admit(bench, alpha, [
    indicator(1, pattern, at(dayMs - 1000)),
    indicator(2, pattern, at(dayMs + 1000)),
  ]);
  assert.equal(near?.kind, 'taken');
  assert.ok(far?.kind === 'rejected');
  assert.match(far.error.message, /modified 2026-01-11T00:00:01.000Z is more than a day ahead of the clock/);
  await bench.close();
});

test('contents kept beside are bounded, and no number of them keeps the source itself from going on', async () => {
  const bench = await open();
  await admit(bench, beta, [version(2, creator)]);
  const flood = Array.from({ length: 40 }, (_, index) => version(5, { ...creator, name: `flood ${index}` }));
  const outcomes = kinds(await admit(bench, weak, flood));
  assert.deepEqual([outcomes.filter((kind) => kind === 'taken').length, outcomes.at(-1)], [16, 'rejected']);
  assert.equal(await changeOf(bench, beta, version(5, { ...creator, name: 'own' })), 'new-version');
  assert.equal((await detailOf(bench)).name, 'own');
  await bench.close();
});

test('an object sent under the id of a list value beforehand neither stands in for it nor is rewritten', async () => {
  const probe = await open();
  const [made] = await admit(probe, alpha, [listed('domain', 'evil.example')]);
  assert.ok(made?.kind === 'taken');
  await probe.close();
  const bench = await open();
  const under = (id: StixId, day: number): Candidate => {
    const candidate = indicator(1, pattern, on(day, { revoked: true }));
    assert.ok('object' in candidate);
    const text = candidate.object.text.replace(indicatorId(1), id);
    return { object: parseStixObject(text, 'test'), place: 'x' };
  };
  assert.equal(await changeOf(bench, weak, under(made.id, 2)), 'new');
  assert.equal(await changeOf(bench, alpha, listed('domain', 'evil.example')), 'new');
  assert.equal(await changeOf(bench, alpha, listed('domain', 'evil.example')), 'duplicate');
  assert.deepEqual(screened(bench), ['evil.example']);
  // Nor may one that comes later replace what we made.
  const [own] = (await bench.intel.search({ text: 'evil.example', source: alpha.id })).rows;
  assert.ok(own !== undefined && own.id !== made.id);
  bench.nowMs += 30 * dayMs;
  assert.equal(await changeOf(bench, beta, under(own.id, 20)), 'conflict');
  assert.deepEqual(screened(bench), ['evil.example']);
  await bench.close();
});

test('a conflict is told in the rows of its import, whichever kind it is', async () => {
  const bench = await open();
  await admit(bench, alpha, [version(2, creator)]);
  const rowsOf = async (from: IntelSource, candidate: Candidate): Promise<unknown[]> => {
    const run = await bench.intel.openImport(from, { format: 'test', name: 'test' });
    await run.admit([candidate]);
    const { counts } = await run.finish();
    assert.deepEqual([counts.taken, counts.conflicts], [1, 1]);
    const rows = await bench.intel.importRows(run.id, { outcome: 'conflict' });
    return rows.map((row) => [row.place, row.id, row.reason]);
  };
  assert.deepEqual(await rowsOf(alpha, version(2, { ...creator, name: 'other' })), [
    [
      'objects[1]',
      indicatorId(1),
      'Kept beside the version of alpha, which says something else under the same modified',
    ],
  ]);
  assert.deepEqual(await rowsOf(weak, version(3, creator)), [
    ['objects[1]', indicatorId(1), 'Kept beside the version of alpha: this source may not change it'],
  ]);
  await bench.close();
});
