import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StixObject } from '@comity/protocol/stix';
import { openStore } from '../store/index.ts';
import { createFeed, intelSchema } from './index.ts';
import type { Candidate, Delta, ScreenedValue } from './index.ts';
import { admit, alpha, beta, dayMs, indicator, indicatorId, kinds, listed, open, screened } from './test-bench.ts';

const made = { description: '', type: 'hostname', matchingAttributes: [], version: 1, skipped: 0 } as const;

test('a known-good value is held back with its list and entry, until a person releases it; a release outlives lists and imports', async () => {
  const bench = await open();
  const hosts = {
    name: 'top sites',
    description: '',
    type: 'hostname',
    matchingAttributes: [],
    list: ['good.example'],
    version: 1,
    skipped: 0,
  } as const;
  await bench.intel.knownGood.load(hosts);
  const [held] = await admit(bench, alpha, [listed('domain', 'www.good.example')]);
  assert.equal(held?.kind, 'held-back');
  assert.deepEqual(held?.kind === 'held-back' && [held.list, held.entry], ['top sites', 'good.example']);
  assert.deepEqual(screened(bench), []);
  const queue = await bench.intel.heldBack();
  assert.deepEqual(
    queue.values.map((item) => [item.value.value, item.list, item.sources]),
    [['www.good.example', 'top sites', ['alpha']]],
  );
  assert.equal((await bench.intel.search({ state: 'held-back' })).rows.length, 1);

  assert.throws(
    () => bench.intel.release({ values: [{ kind: 'domain', value: 'www.good.example' }] }, ' ', 'me'),
    /reason/,
  );
  const deltas: Delta[] = [];
  bench.intel.onDelta((delta) => deltas.push(delta));
  await bench.intel.release({ values: [{ kind: 'domain', value: 'www.good.example' }] }, 'seen in an incident', 'ana');
  assert.deepEqual(
    deltas.map((delta) => delta.added.map((item) => item.value.value)),
    [['www.good.example']],
  );
  assert.deepEqual(screened(bench), ['www.good.example']);
  await bench.intel.knownGood.load({ ...hosts, version: 2 });
  assert.deepEqual(kinds(await admit(bench, beta, [listed('domain', 'www.good.example')])), ['duplicate']);
  assert.deepEqual(screened(bench), ['www.good.example']);
  const [answer] = await bench.intel.lookup({ kind: 'domain', value: 'www.good.example' });
  assert.deepEqual([answer?.released?.by, answer?.released?.reason], ['ana', 'seen in an incident']);
  await bench.intel.unrelease([{ kind: 'domain', value: 'www.good.example' }]);
  assert.deepEqual(screened(bench), []);
  assert.deepEqual((await bench.intel.heldBack()).values.length, 1);
  await bench.close();
});

test('what is too broad to look for is held back at import and not screened for, until a person releases it', async () => {
  const bench = await open();
  const outcomes = await admit(bench, alpha, [
    listed('domain', 'com.au'),
    listed('ipv4', '0.0.0.0/0'),
    listed('domain', 'evil.com.au'),
  ]);
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.kind === 'held-back' ? [outcome.list, outcome.entry] : outcome.kind)),
    [['Too broad to look for', 'com.au'], ['Too broad to look for', '0.0.0.0/0'], 'taken'],
  );
  assert.deepEqual(screened(bench), ['evil.com.au']);
  await bench.intel.release({ values: [{ kind: 'domain', value: 'com.au' }] }, 'we use none of it', 'ana');
  assert.deepEqual(screened(bench).toSorted(), ['com.au', 'evil.com.au']);
  await bench.close();
});

test('loading a list judges what is there, removing it frees it again', async () => {
  const bench = await open();
  await admit(bench, alpha, [
    listed('domain', 'a.good.example'),
    listed('domain', 'bad.example'),
    listed('ipv4', '203.0.113.5'),
  ]);
  const list = {
    name: 'own',
    description: '',
    type: 'hostname',
    matchingAttributes: [],
    list: ['good.example'],
    version: 1,
    skipped: 0,
  } as const;
  assert.deepEqual(await bench.intel.knownGood.load(list), { heldBack: 1, freed: 0 });
  assert.deepEqual(screened(bench), ['203.0.113.5', 'bad.example']);
  const loaded = (await bench.intel.knownGood.lists()).find((item) => item.name === 'own');
  assert.ok(loaded !== undefined);
  assert.deepEqual(await bench.intel.knownGood.remove(loaded.id), { heldBack: 0, freed: 1 });
  assert.deepEqual(screened(bench), ['203.0.113.5', 'a.good.example', 'bad.example']);
  const builtIn = (await bench.intel.knownGood.lists()).find((item) => item.builtIn);
  assert.ok(builtIn !== undefined);
  await assert.rejects(bench.intel.knownGood.remove(builtIn.id), /belongs to the program/);
  await bench.close();
});

test('asked to stop, the judging by a new list ends between two transactions, and the next start goes on with it', async () => {
  const bench = await open();
  const count = 9_000;
  for (let from = 0; from < count; from += 1000) {
    const names = Array.from({ length: 1000 }, (_, index) => listed('domain', `n${from + index}.good.example`));
    await admit(bench, alpha, names);
  }
  const list = { ...made, name: 'own', list: ['good.example'] };
  const stop = new AbortController();
  const loading = bench.intel.knownGood.load(list, stop.signal);
  while (screened(bench).length === count) await new Promise((turn) => setImmediate(turn));
  stop.abort();
  const { heldBack } = await loading;
  assert.ok(heldBack > 0 && heldBack < count, `${heldBack} of ${count}`);
  assert.equal(screened(bench).length, count - heldBack);
  await bench.close();
  const again = await open(bench.dir);
  assert.deepEqual(screened(again), []);
  await again.close();
});

test('of an indicator with many values only the known-good ones are held back, each with its row in the report', async () => {
  const bench = await open();
  const run = await bench.intel.openImport(alpha, { format: 'stix', name: 'mixed.json' });
  const pattern = "[ipv4-addr:value = '127.0.0.1' OR ipv4-addr:value = '192.0.2.9']";
  assert.deepEqual(kinds(await run.admit([indicator(1, pattern)])), ['taken']);
  const report = await run.finish();
  assert.deepEqual(screened(bench), ['192.0.2.9']);
  const rows = await bench.intel.importRows(report.id);
  assert.match(rows[0]?.reason ?? '', /127\.0\.0\.1 is on the list Special-use addresses/);
  await bench.close();
});

test('precedence recalled > revoked > lease > valid_until > decay, each with its reason', async () => {
  const bench = await open();
  const until = (day: number): string => new Date(bench.nowMs + day * dayMs).toISOString();
  const lease = (candidate: Candidate, day: number): Candidate => ({
    ...(candidate as { object: StixObject; place: string }),
    loan: { untilUs: (bench.nowMs + day * dayMs) * 1000, tlp: 'clear', pap: 'amber' },
  });
  const pattern = (name: string): string => `[domain-name:value = '${name}.example']`;
  await admit(bench, alpha, [
    lease(indicator(1, pattern('recalled'), { valid_until: until(1) }), 1),
    lease(indicator(2, pattern('leased'), { valid_until: until(5) }), 1),
    indicator(3, pattern('dated'), { valid_until: until(5) }),
    indicator(4, pattern('fading')),
    indicator(5, "[file:hashes.'SHA-256' = 'aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f']"),
    indicator(6, pattern('revoked'), { revoked: true, valid_until: until(1) }),
  ]);
  await bench.intel.recall([indicatorId(1)], 'false positive');
  bench.nowMs += 2 * dayMs;
  await bench.intel.sweep();
  const stateOf = async (number: number): Promise<[string, string]> => {
    const detail = await bench.intel.object(indicatorId(number));
    return [detail?.state ?? '', detail?.reason ?? ''];
  };
  assert.deepEqual((await stateOf(1))[0], 'recalled');
  assert.match((await stateOf(1))[1], /false positive/);
  assert.deepEqual((await stateOf(2))[0], 'lease-ended');
  assert.deepEqual((await stateOf(3))[0], 'active');
  assert.match((await stateOf(3))[1], /valid until 2026-01-15/);
  assert.deepEqual((await stateOf(6))[0], 'revoked');
  bench.nowMs += 10 * dayMs;
  assert.equal(await bench.intel.sweep(), 1);
  assert.deepEqual((await stateOf(3))[0], 'expired');
  bench.nowMs += 400 * dayMs;
  assert.equal(await bench.intel.sweep(), 1);
  assert.deepEqual(await stateOf(4), ['decayed', 'No source has told of it since 2026-01-10 00:00:00 UTC']);
  assert.deepEqual((await stateOf(5))[0], 'active', 'a digest names the same content for ever');
  assert.equal(screened(bench).length, 1);
  await admit(bench, alpha, [indicator(4, pattern('fading'))]);
  assert.deepEqual((await stateOf(4))[0], 'active', 'told of again');
  await bench.close();
});

test('what a source keeps telling of does not decay', async () => {
  const bench = await open();
  for (let turn = 0; turn < 10; turn += 1) {
    await admit(bench, alpha, [listed('ipv4', '192.0.2.77')]);
    bench.nowMs += 60 * dayMs;
    await bench.intel.sweep();
    assert.deepEqual(screened(bench), ['192.0.2.77'], `after ${turn} turns`);
  }
  bench.nowMs += 200 * dayMs;
  assert.equal(await bench.intel.sweep(), 1);
  assert.deepEqual(screened(bench), []);
  await bench.close();
});

test('a worker that follows the feed has the table of the store, whatever happens to it', async () => {
  const bench = await open();
  const reader = await openStore({ dir: bench.dir, schemas: [intelSchema], readOnly: true }, { clock: Date.now });
  const feed = createFeed(reader);
  const table = new Map<number, string>();
  let { sequence } = feed.activeValues();
  const apply = (items: readonly ScreenedValue[], fn: (item: ScreenedValue) => void): void => items.forEach(fn);
  const follow = (): void => {
    for (;;) {
      const deltas = feed.changesSince(sequence, 2);
      assert.ok(deltas !== undefined);
      for (const delta of deltas) {
        apply(delta.removed, (item) => void table.delete(item.ref));
        apply(delta.added, (item) => void table.set(item.ref, item.value.value));
        ({ sequence } = delta);
      }
      if (deltas.length === 0) return;
    }
  };
  for (let turn = 0; turn < 8; turn += 1) {
    await admit(
      bench,
      alpha,
      Array.from({ length: 20 }, (_, index) => listed('ipv4', `198.51.100.${(turn * 13 + index) % 200}`)),
    );
    if (turn === 3)
      await bench.intel.knownGood.load({
        name: 'n',
        description: '',
        type: 'cidr',
        matchingAttributes: [],
        list: ['198.51.100.0/27'],
        version: 1,
        skipped: 0,
      });
    if (turn === 5) bench.nowMs += 90 * dayMs;
    if (turn === 6) {
      bench.nowMs += 60 * dayMs;
      await bench.intel.sweep();
    }
    follow();
    assert.deepEqual([...table.values()].toSorted(), screened(bench), `turn ${turn}`);
    assert.equal((await bench.intel.stats()).screenedValues, table.size);
  }
  assert.equal(feed.changesSince(sequence + 1), undefined, 'a sequence from another store');
  assert.deepEqual(feed.changesSince(sequence), []);
  await reader.close();
  await bench.close();
});
