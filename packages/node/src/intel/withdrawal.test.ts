import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@comity/protocol/base';
import { mispToStix, readMispEvent } from '@comity/protocol/misp';
import { admit, alpha, beta, kinds, open, screened } from './test-bench.ts';
import type { Bench } from './test-bench.ts';
import type { Candidate, Outcome } from './index.ts';

const uuid = '5c7cdc72-c9a4-4075-acb5-000000000001';

/** What an importer makes of an event with one attribute, changed at a second of 2026. */
function eventAt(second: number, attribute: JsonObject): Candidate[] {
  const timestamp = String(1_767_225_600 + second);
  const domain = { uuid, type: 'domain', value: 'evil.example', to_ids: true, timestamp, ...attribute };
  const event = { uuid: uuid.replace('5c7c', '6c7c'), info: 'test', timestamp, Attribute: [domain] };
  const { objects, places, withdrawals } = mispToStix(readMispEvent(event, 'Event'), { withdraws: true });
  const taken = objects.filter((one) => one.type === 'indicator');
  return [
    ...taken.map((object) => ({ object, place: places.get(object.id) ?? '' })),
    ...withdrawals.map(({ id, ...rest }) => ({ withdraw: id, ...rest })),
  ];
}

async function stateOf(bench: Bench): Promise<[string, string]> {
  const [row] = (await bench.intel.search({ text: 'evil.example' })).rows;
  return [row?.state ?? '', row?.reason ?? ''];
}

const changesOf = (outcomes: readonly Outcome[]): string[] =>
  outcomes.map((outcome) => (outcome.kind === 'taken' ? outcome.change : outcome.kind));

test('an attribute deleted at the sender, or no longer for detection, goes out of force with the reason', async () => {
  for (const [attribute, reason] of [
    [{ deleted: true }, 'Withdrawn by alpha: its sender deleted the attribute at 2026-01-01 00:00:09 UTC'],
    [
      { to_ids: false },
      'Withdrawn by alpha: its sender lists it no longer for detection (to_ids is off) since 2026-01-01 00:00:09 UTC',
    ],
  ] as const) {
    const bench = await open();
    await admit(bench, alpha, eventAt(1, {}));
    assert.deepEqual(screened(bench), ['evil.example']);
    assert.deepEqual(changesOf(await admit(bench, alpha, eventAt(9, attribute))), ['withdrawn']);
    assert.deepEqual(screened(bench), []);
    assert.deepEqual(await stateOf(bench), ['revoked', reason]);
    assert.deepEqual(changesOf(await admit(bench, alpha, eventAt(9, attribute))), ['duplicate'], 'known already');
    assert.deepEqual(kinds(await admit(bench, alpha, eventAt(1, {}))), ['duplicate']);
    assert.deepEqual(screened(bench), [], 'the version it took back, found in an old file');
    assert.deepEqual(changesOf(await admit(bench, alpha, eventAt(10, {}))), ['new-version']);
    assert.deepEqual(screened(bench), ['evil.example'], 'told of again later');
    await bench.close();
  }
});

test('of a version and its withdrawal at the same second the last word holds', async () => {
  const bench = await open();
  await admit(bench, alpha, eventAt(1, {}));
  await admit(bench, alpha, eventAt(1, { deleted: true }));
  assert.deepEqual(screened(bench), []);
  await admit(bench, alpha, eventAt(1, {}));
  assert.deepEqual(screened(bench), ['evil.example']);
  await bench.close();
});

test('nobody takes back what another told, nor what was told later; a deletion with nothing to take back is a loss', async () => {
  const bench = await open();
  const run = await bench.intel.openImport(beta, { format: 'misp', name: 'event.json' });
  assert.deepEqual(kinds(await run.admit(eventAt(9, { deleted: true }))), ['not-there']);
  assert.deepEqual(kinds(await run.admit(eventAt(9, { to_ids: false }))), ['not-there']);
  await admit(bench, alpha, eventAt(5, {}));
  assert.deepEqual(kinds(await run.admit(eventAt(9, { deleted: true }))), ['not-there'], 'of another source');
  const report = await run.finish();
  assert.deepEqual(report.losses, [{ field: 'Attribute (deleted)', reason: 'deleted at the sender', count: 2 }]);
  assert.deepEqual(Object.values(report.counts), [0, 0, 0, 0, 0, 0]);
  assert.deepEqual(kinds(await admit(bench, alpha, eventAt(4, { deleted: true }))), ['not-there'], 'an older event');
  assert.deepEqual(screened(bench), ['evil.example']);
  await bench.close();
});
