import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseRowId, parseStixId } from '@comity/protocol/base';
import type { StixId } from '@comity/protocol/base';
import { deterministicId, makeIndicator, parseStixObject } from '@comity/protocol/stix';
import type { StixObject } from '@comity/protocol/stix';
import type { ListedValue } from '@comity/protocol/values';
import { openStore } from '../store/index.ts';
import type { Store } from '../store/index.ts';
import { createFeed, createIntel, intelSchema } from './index.ts';
import type { Candidate, Delta, Intel, IntelSource, Outcome, ScreenedValue } from './index.ts';

const root = mkdtempSync(join(tmpdir(), 'comity-intel-'));
after(() => rmSync(root, { recursive: true, force: true }));
const dayMs = 86_400_000;
let folders = 0;

interface Bench {
  readonly store: Store;
  readonly intel: Intel;
  readonly dir: string;
  nowMs: number;
  close(): Promise<void>;
}

async function open(dir = join(root, `data-${(folders += 1)}`), nowMs = Date.UTC(2026, 0, 10)): Promise<Bench> {
  const bench = { nowMs } as { nowMs: number };
  const clock = (): number => bench.nowMs;
  const store = await openStore({ dir, schemas: [intelSchema] }, { clock });
  const intel = await createIntel(store, { clock, uuid: () => crypto.randomUUID() });
  return Object.assign(bench, {
    store,
    intel,
    dir,
    close: async () => {
      await intel.close();
      await store.close();
    },
  });
}

const source = (name: string, rest: Partial<IntelSource> = {}): IntelSource => ({
  id: parseRowId(`src-${name.padEnd(8, '0')}`),
  name,
  kind: 'file',
  reliability: 'B',
  defaultTlp: 'green',
  ...rest,
});
const alpha = source('alpha');
const beta = source('beta', { reliability: 'A' });

async function admit(bench: Bench, from: IntelSource, candidates: readonly Candidate[]): Promise<Outcome[]> {
  const run = await bench.intel.openImport(from, { format: 'test', name: 'test' });
  const outcomes = await run.admit(candidates);
  await run.finish();
  return outcomes;
}
const listed = (kind: ListedValue['kind'], value: string, port?: number): Candidate => ({
  value: port === undefined ? { kind, value } : { kind, value, port },
  place: 'line 1',
});
const uuidOf = (number: number): string => `00000000-0000-4000-8000-${number.toString().padStart(12, '0')}`;
const indicatorId = (number: number): StixId => parseStixId(`indicator--${uuidOf(number)}`);
const indicator = (number: number, pattern: string, rest: Record<string, unknown> = {}): Candidate => ({
  object: parseStixObject(
    JSON.stringify({
      type: 'indicator',
      spec_version: '2.1',
      id: indicatorId(number),
      created: '2026-01-01T00:00:00.000Z',
      modified: '2026-01-01T00:00:00.000Z',
      pattern,
      pattern_type: 'stix',
      valid_from: '2026-01-01T00:00:00Z',
      ...rest,
    }),
    'test',
  ),
  place: `objects[${number}]`,
});
const object = (value: Record<string, unknown>): Candidate => ({
  object: parseStixObject(JSON.stringify({ spec_version: '2.1', ...value }), 'test'),
  place: 'objects[0]',
});
const screened = (bench: Bench): string[] =>
  [...bench.intel.feed.activeValues().values]
    .map(({ value }) => `${value.value}${value.port === undefined ? '' : `:${value.port}`}`)
    .toSorted();
const kinds = (outcomes: readonly Outcome[]): string[] => outcomes.map((outcome) => outcome.kind);

test('each version is kept byte for byte, only the newest is live, an older one that comes late does not win', async () => {
  const bench = await open();
  const spaced = (object: StixObject, space: string): StixObject => {
    const text = `${space}${object.text}`.replace('{"type"', `{${space}"type"`);
    return { ...object, text };
  };
  const first = indicator(1, "[domain-name:value = 'one.example']") as { object: StixObject; place: string };
  const newer = indicator(1, "[domain-name:value = 'two.example']", {
    modified: '2026-01-03T00:00:00.000Z',
    x_any: [1],
  });
  const middle = indicator(1, "[domain-name:value = 'three.example']", { modified: '2026-01-02T00:00:00.000Z' });
  const text = spaced(first.object, '  ').text;
  assert.deepEqual(await admit(bench, alpha, [{ object: spaced(first.object, '  '), place: 'x' }, newer, middle]), [
    { kind: 'taken', id: indicatorId(1), change: 'new' },
    { kind: 'taken', id: indicatorId(1), change: 'new-version' },
    { kind: 'taken', id: indicatorId(1), change: 'old-version' },
  ]);
  const detail = await bench.intel.object(indicatorId(1));
  assert.equal(detail?.versionCount, 3);
  assert.equal(detail?.versions.at(-1)?.text, text);
  assert.equal(detail?.versions.find((version) => version.live)?.text, (newer as { object: StixObject }).object.text);
  assert.deepEqual(screened(bench), ['two.example']);
  await bench.close();
});

test('other content under the same id and modified is kept beside the first and flagged, the same content is not', async () => {
  const bench = await open();
  const first = indicator(1, "[domain-name:value = 'one.example']");
  const same = indicator(1, "[domain-name:value = 'one.example']");
  const reordered = object(
    Object.fromEntries(Object.entries((first as { object: StixObject }).object.value).toReversed()),
  );
  const other = indicator(1, "[domain-name:value = 'other.example']");
  assert.deepEqual(kinds(await admit(bench, alpha, [first, same, reordered])), ['taken', 'duplicate', 'duplicate']);
  const [outcome] = await admit(bench, beta, [other]);
  assert.deepEqual(outcome, { kind: 'taken', id: indicatorId(1), change: 'conflict' });
  const detail = await bench.intel.object(indicatorId(1));
  assert.equal(detail?.conflict, true);
  assert.equal(detail?.versionCount, 2);
  assert.deepEqual(screened(bench), ['one.example']);
  await bench.close();
});

test('indicators of one pattern, however written, are one row with every source; the value is screened once', async () => {
  const bench = await open();
  assert.deepEqual(kinds(await admit(bench, alpha, [indicator(1, "[domain-name:value = 'evil.example']")])), ['taken']);
  assert.deepEqual(
    kinds(
      await admit(bench, beta, [
        indicator(2, "[ domain-name:value='EVIL.example' ]"),
        listed('domain', 'evil.example'),
      ]),
    ),
    ['duplicate', 'duplicate'],
  );
  const complex = "[domain-name:value = 'a.example' AND file:name = 'x.exe']";
  assert.deepEqual(
    kinds(
      await admit(bench, alpha, [
        indicator(3, complex),
        indicator(4, "[file:name='x.exe' AND domain-name:value='a.example']"),
      ]),
    ),
    ['taken', 'duplicate'],
  );
  const page = await bench.intel.search({ type: 'indicator' });
  assert.deepEqual(
    page.rows.map((row) => [row.id, row.sources.map((from) => from.name).toSorted()]),
    [
      [indicatorId(3), ['alpha']],
      [indicatorId(1), ['alpha', 'beta']],
    ],
  );
  assert.equal(screened(bench).filter((value) => value === 'evil.example').length, 1);
  const detail = await bench.intel.object(indicatorId(1));
  assert.equal(detail?.provenance.length, 3, 'alpha of 1; beta of 2; beta of the list value at 1');
  await bench.close();
});

test('when the leading indicator ends, another of its group leads and the value stays screened', async () => {
  const bench = await open();
  await admit(bench, alpha, [indicator(1, "[domain-name:value = 'evil.example']")]);
  await admit(bench, beta, [indicator(2, "[domain-name:value = 'evil.example']")]);
  const revoked = indicator(1, "[domain-name:value = 'evil.example']", {
    modified: '2026-01-05T00:00:00.000Z',
    revoked: true,
  });
  await admit(bench, alpha, [revoked]);
  assert.deepEqual(screened(bench), ['evil.example']);
  const rows = (await bench.intel.search({ text: 'evil.example' })).rows;
  assert.deepEqual(
    rows.map((row) => [row.id, row.state]),
    [[indicatorId(2), 'active']],
  );
  await bench.intel.recall([indicatorId(2)], 'wrong');
  assert.deepEqual(screened(bench), []);
  assert.deepEqual(kinds(await admit(bench, beta, [listed('domain', 'evil.example')])), ['taken']);
  assert.deepEqual(screened(bench), ['evil.example'], 'a list may say it though two indicators ended');
  await bench.close();
});

test('an indicator whose new version has another pattern leaves its group, and the group stays whole', async () => {
  const bench = await open();
  for (const number of [1, 2, 3]) await admit(bench, alpha, [indicator(number, "[domain-name:value = 'one.example']")]);
  const moved = { modified: '2026-01-05T00:00:00.000Z' };
  await admit(bench, alpha, [indicator(1, "[domain-name:value = 'two.example']", moved)]);
  assert.deepEqual(screened(bench), ['one.example', 'two.example']);
  const leads = (await bench.intel.search({ type: 'indicator' })).rows.map((row) => row.id);
  assert.deepEqual(leads.toSorted(), [indicatorId(1), indicatorId(2)]);
  assert.deepEqual(kinds(await admit(bench, beta, [listed('domain', 'one.example')])), ['duplicate']);
  await admit(bench, alpha, [indicator(2, "[domain-name:value = 'two.example']", moved)]);
  await admit(bench, alpha, [indicator(3, "[domain-name:value = 'two.example']", moved)]);
  assert.deepEqual(screened(bench), ['one.example', 'two.example'], 'beta still lists one.example');
  await bench.close();
});

test('what one source revokes, a list that still has it keeps screened', async () => {
  const bench = await open();
  const pattern = "[domain-name:value = 'evil.example']";
  await admit(bench, alpha, [indicator(1, pattern)]);
  assert.deepEqual(kinds(await admit(bench, beta, [listed('domain', 'evil.example')])), ['duplicate']);
  await admit(bench, alpha, [indicator(1, pattern, { modified: '2026-01-05T00:00:00.000Z', revoked: true })]);
  assert.deepEqual(screened(bench), ['evil.example']);
  const { rows } = await bench.intel.search({ text: 'evil.example' });
  assert.deepEqual(
    rows.map((row) => [row.state, row.sources.map((from) => from.name)]),
    [['active', ['alpha', 'beta']]],
  );
  await bench.close();
});

test('an observable is kept under its deterministic id, a foreign id is an alias that finds it', async () => {
  const bench = await open();
  const foreign = parseStixId(`domain-name--${uuidOf(7)}`);
  const own = deterministicId('domain-name', { value: 'fact.example' });
  assert.ok(own !== undefined);
  assert.deepEqual(await admit(bench, alpha, [object({ type: 'domain-name', id: foreign, value: 'fact.example' })]), [
    { kind: 'taken', id: own, change: 'new' },
  ]);
  assert.deepEqual(kinds(await admit(bench, beta, [object({ type: 'domain-name', id: own, value: 'fact.example' })])), [
    'duplicate',
  ]);
  const detail = await bench.intel.object(foreign);
  assert.equal(detail?.id, own);
  assert.deepEqual(detail?.aliases, [foreign]);
  assert.equal(detail?.provenance.find((item) => item.source.name === 'alpha')?.foreignId, foreign);
  assert.deepEqual(screened(bench), [], 'a fact is not an indicator');
  await bench.close();
});

test('a list value becomes an indicator of the same id at every import; again it adds only provenance', async () => {
  const bench = await open();
  const [first] = await admit(bench, alpha, [listed('ipv4', '192.0.2.1', 443)]);
  const [again] = await admit(bench, alpha, [listed('ipv4', '192.0.2.1', 443)]);
  assert.equal(first?.kind, 'taken');
  assert.equal(again?.kind, 'duplicate');
  assert.deepEqual(screened(bench), ['192.0.2.1:443']);
  await admit(bench, alpha, [listed('ipv4', '192.0.2.1')]);
  assert.deepEqual(screened(bench), ['192.0.2.1', '192.0.2.1:443']);
  const other = await open();
  const [elsewhere] = await admit(other, alpha, [listed('ipv4', '192.0.2.1', 443)]);
  assert.deepEqual(elsewhere, first);
  await other.close();
  await bench.close();
});

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

test('an import ends with a report: counts, rows with place and reason, losses by field; nothing is dropped silently', async () => {
  const bench = await open();
  const run = await bench.intel.openImport(alpha, { format: 'stix', name: 'feed.json' });
  const outcomes = await run.admit([
    indicator(1, "[domain-name:value = 'a.example']"),
    indicator(1, "[domain-name:value = 'a.example']"),
    indicator(2, '[broken'),
    listed('ipv4', '127.0.0.1'),
  ]);
  assert.deepEqual(kinds(outcomes), ['taken', 'duplicate', 'rejected', 'held-back']);
  const rejected = outcomes[2];
  assert.equal(rejected?.kind === 'rejected' && rejected.error.code, 'PATTERN_MALFORMED');
  run.loss('Attribute.sharing_group', 2, 'has no place in STIX');
  run.loss('Attribute.sharing_group', 3, 'has no place in STIX');
  if (rejected?.kind === 'rejected') run.reject('objects[9]', rejected.error);
  const report = await run.finish();
  assert.deepEqual(report.counts, { taken: 1, duplicate: 1, heldBack: 1, rejected: 2 });
  assert.deepEqual(report.losses, [{ field: 'Attribute.sharing_group', reason: 'has no place in STIX', count: 5 }]);
  const rows = await bench.intel.importRows(report.id);
  assert.deepEqual(
    rows.map((row) => [row.outcome, row.place, row.code]),
    [
      ['rejected', 'objects[2]', 'PATTERN_MALFORMED'],
      ['held-back', 'line 1', undefined],
      ['rejected', 'objects[9]', 'PATTERN_MALFORMED'],
    ],
  );
  await bench.close();
});

test('rows of a report are kept up to 10,000, the others are counted', async () => {
  const bench = await open();
  const run = await bench.intel.openImport(alpha, { format: 'stix', name: 'bad.json' });
  const [bad] = await run.admit([indicator(1, '[broken')]);
  assert.ok(bad?.kind === 'rejected');
  for (let index = 0; index < 10_050; index += 1) run.reject(`line ${index}`, bad.error);
  const report = await run.finish();
  assert.equal(report.counts.rejected, 10_051);
  assert.equal(report.rowsNotKept, 51);
  await bench.close();
});

test('precedence recalled > revoked > lease > valid_until > decay, each with its reason', async () => {
  const bench = await open();
  const until = (day: number): string => new Date(bench.nowMs + day * dayMs).toISOString();
  const lease = (candidate: Candidate, day: number): Candidate => ({
    ...(candidate as { object: StixObject; place: string }),
    leaseUntilUs: (bench.nowMs + day * dayMs) * 1000,
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
  assert.deepEqual(await stateOf(4), ['decayed', 'No source has told of it since 2026-01-10']);
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

test('describe says which indicator, whose, how marked and why', async () => {
  const bench = await open();
  await admit(bench, alpha, [indicator(1, "[domain-name:value = 'evil.example']", { name: 'Evil', confidence: 20 })]);
  const red = { object_marking_refs: ['marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1'] };
  await admit(bench, beta, [
    indicator(2, "[domain-name:value = 'evil.example' AND file:name = 'x']", { confidence: 90, ...red }),
  ]);
  const [item] = bench.intel.feed.activeValues().values;
  const described = (await bench.intel.describe([item?.ref ?? 0, 999])).get(item?.ref ?? 0);
  assert.equal(described?.indicator, indicatorId(1), 'a whole pattern before a part of one');
  assert.deepEqual(described?.otherIndicators, [indicatorId(2)]);
  assert.equal(described?.tlp, 'red', 'the strictest');
  assert.equal(described?.complete, true);
  assert.match(
    described?.why ?? '',
    /^Listed by beta \(reliability A\) and 1 more since 2026-01-10, confidence 17 of 100$/,
  );
  await bench.close();
});

test('search: a value exactly first, then parts of values, then words; cursors give each object once', async () => {
  const bench = await open();
  await admit(bench, alpha, [
    indicator(1, "[domain-name:value = 'panel.example']", { name: 'Panel' }),
    indicator(2, "[domain-name:value = 'login.panel.example']"),
    indicator(
      3,
      "[domain-name:value = 'quiet.example' OR domain-name:value = 'x.panel.example' OR domain-name:value = 'y.panel.example']",
    ),
    indicator(4, "[domain-name:value = 'loud.example']", { description: 'Talks to panel.example daily' }),
    object({
      type: 'malware',
      id: `malware--${uuidOf(1)}`,
      created: '2026-01-01T00:00:00Z',
      modified: '2026-01-01T00:00:00Z',
      name: 'Crème panel example brûlée',
      is_family: true,
    }),
  ]);
  const all = async (text: string, limit: number): Promise<string[]> => {
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await bench.intel.search({ text, limit, ...(cursor === undefined ? {} : { cursor }) });
      ids.push(...page.rows.map((row) => row.id));
      ({ cursor } = page);
    } while (cursor !== undefined);
    return ids;
  };
  const expected = [indicatorId(1), indicatorId(3), indicatorId(2), `malware--${uuidOf(1)}`, indicatorId(4)];
  for (const limit of [1, 2, 3, 50]) assert.deepEqual(await all('panel.example', limit), expected, `pages of ${limit}`);
  assert.deepEqual(await all('panel[.]example', 50), expected, 'defanged');
  assert.deepEqual(await all('PANEL.EXAMPLE', 2), expected, 'in capitals');
  assert.deepEqual(await all('creme', 50), [`malware--${uuidOf(1)}`], 'without accents');
  assert.deepEqual(
    await all('nel.ex', 50),
    expected
      .slice(0, 3)
      .toSorted((a, b) => Number(b === indicatorId(3)) - Number(a === indicatorId(3)) || b.localeCompare(a)),
    'inside',
  );
  assert.deepEqual(await all('lo', 50), [indicatorId(4), indicatorId(2)], 'two letters: how values begin');
  assert.deepEqual(await all('"; drop table * NEAR(', 50), []);
  assert.deepEqual(await all('zzzz', 50), []);
  await bench.close();
});

test('search finds by filters, newest first, and refuses what it cannot do', async () => {
  const bench = await open();
  await admit(bench, alpha, [listed('domain', 'a.example'), listed('ipv4', '192.0.2.1'), listed('ipv4', '127.0.0.1')]);
  await admit(bench, beta, [listed('domain', 'a.example'), indicator(1, "[url:value = 'http://b.example/x']")]);
  const found = async (query: Parameters<Intel['search']>[0]): Promise<string[]> =>
    (await bench.intel.search(query)).rows.flatMap((row) => row.values.map((value) => value.value));
  assert.deepEqual(await found({ kind: 'ipv4', state: 'active' }), ['192.0.2.1']);
  assert.deepEqual(await found({ state: 'held-back' }), ['127.0.0.1']);
  assert.deepEqual(await found({ source: beta.id }), ['b.example/x', 'a.example']);
  assert.deepEqual(await found({ source: beta.id, text: 'a.ex' }), ['a.example']);
  assert.deepEqual(await found({ tlp: 'red' }), []);
  assert.deepEqual(await found({ type: 'nothing' }), []);
  await assert.rejects(bench.intel.search({ limit: 0 }), /1 to 500/);
  await assert.rejects(bench.intel.search({ text: 'x'.repeat(300) }), /256/);
  await assert.rejects(bench.intel.search({ cursor: 'zz' }), /cursor/);
  await bench.close();
});

test('correlations come from the value index, and a value that occurs everywhere is named, not listed', async () => {
  const bench = await open();
  await admit(bench, alpha, [
    indicator(1, "[domain-name:value = 'shared.example' AND file:name = 'a']"),
    object({ type: 'domain-name', id: `domain-name--${uuidOf(1)}`, value: 'shared.example' }),
    object({
      type: 'relationship',
      id: `relationship--${uuidOf(1)}`,
      created: '2026-01-01T00:00:00Z',
      modified: '2026-01-01T00:00:00Z',
      relationship_type: 'based-on',
      source_ref: indicatorId(1),
      target_ref: `domain-name--${uuidOf(1)}`,
    }),
  ]);
  const [one] = await bench.intel.correlations(indicatorId(1));
  assert.deepEqual(
    one?.objects.map((other) => other.type),
    ['domain-name'],
  );
  const detail = await bench.intel.object(indicatorId(1));
  assert.deepEqual(
    detail?.relations.map((relation) => [relation.type, relation.direction, relation.known]),
    [['based-on', 'out', true]],
  );
  for (let from = 2; from < 1102; from += 550) {
    await admit(
      bench,
      alpha,
      Array.from({ length: 550 }, (_, index) =>
        indicator(from + index, `[domain-name:value = 'shared.example' AND file:name = 'n${from + index}']`),
      ),
    );
  }
  const correlations = await bench.intel.correlations(indicatorId(1));
  const cut = correlations.find((item) => item.value.value === 'shared.example');
  assert.deepEqual([cut?.cutOff, cut?.objects], [true, []]);
  await bench.close();
});

test('an import cut short is marked so at the next start, and again it takes only what is missing', async () => {
  const bench = await open();
  const run = await bench.intel.openImport(alpha, { format: 'list', name: 'feed' });
  await run.admit([listed('domain', 'a.example')]);
  await bench.close();
  const again = await open(bench.dir);
  const report = await again.intel.importReport(run.id);
  assert.deepEqual([report?.state, report?.counts.taken], ['interrupted', 1]);
  assert.deepEqual(kinds(await admit(again, alpha, [listed('domain', 'a.example'), listed('domain', 'b.example')])), [
    'duplicate',
    'taken',
  ]);
  assert.deepEqual(
    (await again.intel.search({ text: 'a.exa' })).rows.length,
    1,
    'found though indexed in another life',
  );
  await again.close();
});

test('export: a bundle of exact texts, CSV without formulas, plain values once', async () => {
  const bench = await open();
  const one = indicator(1, "[domain-name:value = 'a.example']", { name: '=cmd()' }) as {
    object: StixObject;
    place: string;
  };
  await admit(bench, source('evil, "x"'.replaceAll(/[^a-z]/g, 'e')), [
    one,
    indicator(2, "[domain-name:value = 'a.example' AND file:name = 'q']"),
    listed('ipv4', '192.0.2.3', 8080),
  ]);
  const read = async (format: 'stix' | 'csv' | 'plain'): Promise<string> => {
    let text = '';
    for await (const piece of bench.intel.export(format, { state: 'active', type: 'indicator' })) text += piece;
    return text;
  };
  const stix = await read('stix');
  assert.ok(stix.includes(one.object.text));
  assert.equal((JSON.parse(stix) as { objects: unknown[] }).objects.length, 3);
  const csv = (await read('csv')).trim().split('\r\n');
  assert.equal(csv[0]?.split(',')[0], 'kind');
  assert.ok(csv.some((line) => line.startsWith('domain,a.example,,') && line.includes(`'=cmd()`)));
  assert.deepEqual((await read('plain')).trim().split('\n').toSorted(), ['192.0.2.3:8080', 'a.example', 'q']);
  await bench.close();
});

test('a batch is one transaction: when it fails nothing of it is kept and the import goes on', async () => {
  const bench = await open();
  const run = await bench.intel.openImport(alpha, { format: 'list', name: 'feed' });
  await run.admit([listed('domain', 'before.example')]);
  const failing = {
    ...makeIndicator({
      id: indicatorId(9),
      createdUs: 0,
      validFromUs: 0,
      pattern: "[domain-name:value = 'x.example']",
    }),
    type: 'indicator',
    modifiedUs: Number.NaN,
  };
  await bench.store.write((db) =>
    db.exec("create trigger no_more before insert on intel_listing begin select raise(abort, 'no'); end"),
  );
  await assert.rejects(run.admit([listed('domain', 'lost.example'), { object: failing, place: 'x' }]));
  await bench.store.write((db) => db.exec('drop trigger no_more'));
  await run.admit([listed('domain', 'after.example')]);
  const report = await run.finish();
  assert.equal(report.counts.taken, 2);
  assert.deepEqual(screened(bench), ['after.example', 'before.example']);
  assert.deepEqual((await bench.intel.search({ text: 'lost.example' })).rows, []);
  await bench.close();
});
