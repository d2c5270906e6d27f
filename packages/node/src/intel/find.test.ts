import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StixObject } from '@comity/protocol/stix';
import { admitBatchMax } from './index.ts';
import type { ExportFormat, Intel, ListWriter } from './index.ts';
import { segmentValues } from './admit/value-grams.ts';
import {
  admit,
  alpha,
  beta,
  indicator,
  indicatorId,
  listed,
  object,
  open,
  source,
  uuidOf,
  openGate,
} from './test-bench.ts';

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
  assert.deepEqual(await found({ kinds: ['ipv4'], state: 'active' }), ['192.0.2.1']);
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
  const lines: ListWriter = {
    hasComments: true,
    head: 'first\n',
    item: ({ value }) => `${value}\n`,
    foot: () => 'last\n',
  };
  const read = async (format: ExportFormat): Promise<string> => {
    let text = '';
    for await (const piece of bench.intel.export(format, { state: 'active', type: 'indicator' }, openGate))
      text += piece;
    return text;
  };
  const stix = await read('stix');
  assert.ok(stix.includes(one.object.text));
  assert.equal((JSON.parse(stix) as { objects: unknown[] }).objects.length, 3);
  const csv = (await read('csv')).trim().split('\r\n');
  assert.equal(csv[0]?.split(',')[0], 'kind');
  assert.ok(csv.some((line) => line.startsWith('domain,a.example,,') && line.includes(`'=cmd()`)));
  const list = (await read(lines)).trim().split('\n');
  assert.deepEqual([list[0], list.at(-1)], ['first', 'last']);
  assert.deepEqual(list.slice(1, -1).toSorted(), ['192.0.2.3', 'a.example', 'q']);
  await bench.close();
});

test('a list of one source has what it told of, also where another told of it since, each value once', async () => {
  const bench = await open();
  const both = "[domain-name:value = 'both.example']";
  await admit(bench, alpha, [indicator(1, both), indicator(2, `${both.slice(0, -1)} OR file:name = 'x']`)]);
  await admit(bench, beta, [indicator(3, both), listed('domain', 'beta.example')]);
  const lines: ListWriter = { hasComments: false, head: '', item: ({ value }) => `${value} `, foot: () => '' };
  const read = async (query: Parameters<Intel['search']>[0]): Promise<string> => {
    let text = '';
    for await (const piece of bench.intel.export(lines, { type: 'indicator', ...query }, openGate)) text += piece;
    return text;
  };
  assert.equal(await read({ source: alpha.id }), 'both.example x ');
  assert.equal(await read({ source: beta.id }), 'beta.example both.example ');
  assert.equal(await read({}), 'beta.example both.example x ');
  await bench.close();
});

test('parts of values are found in whole segments of the index and in what is left over, newest first', async () => {
  const bench = await open();
  const count = 2 * segmentValues + 100;
  const names = Array.from({ length: count }, (_, index) => `h${index}.${index % 3}.example`);
  for (let from = 0; from < count; from += admitBatchMax) {
    const batch = names.slice(from, from + admitBatchMax).map((name) => listed('domain', name));
    await admit(bench, alpha, batch);
  }
  const found = async (text: string): Promise<string[]> => {
    const all: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await bench.intel.search({ text, limit: 500, ...(cursor === undefined ? {} : { cursor }) });
      all.push(...page.rows.flatMap((row) => row.values.map((value) => value.value)));
      ({ cursor } = page);
    } while (cursor !== undefined);
    return all;
  };
  for (const text of ['77.1.', 'H81', '.2.exa', '8291.', 'h1.1.example', 'zzz']) {
    const needle = text.toLowerCase();
    const expected = names.filter((name) => name.includes(needle));
    assert.deepEqual(await found(text), expected.toReversed(), text);
  }
  await bench.close();
});

test('objects of a type are found wherever they are among many of others, and counted', async () => {
  const bench = await open();
  const time = '2026-01-01T00:00:00Z';
  const rare = [1, 2, 3].map((number) => `malware--${uuidOf(number)}`);
  const [first, ...others] = rare.map((id) =>
    object({ type: 'malware', id, created: time, modified: time, name: 'Loader', is_family: true }),
  );
  await admit(bench, alpha, [first!]);
  const names = Array.from({ length: 9000 }, (_, index) => `t${index}.example`);
  for (let from = 0; from < names.length; from += 3000) {
    await admit(
      bench,
      alpha,
      names.slice(from, from + 3000).map((name) => listed('domain', name)),
    );
  }
  await admit(bench, alpha, others);
  const newest = await bench.intel.search({ type: 'malware', limit: 2 });
  const { cursor } = newest;
  assert.ok(cursor !== undefined);
  const second = await bench.intel.search({ type: 'malware', limit: 2, cursor });
  assert.deepEqual(
    [...newest.rows, ...second.rows].map((row) => row.id),
    rare.toReversed(),
  );
  assert.equal(second.cursor, undefined);
  assert.deepEqual((await bench.intel.search({ type: 'report' })).rows, []);
  const { byType, objects } = await bench.intel.stats();
  assert.deepEqual([byType['malware'], byType['indicator'], objects], [3, 9000, 9003]);
  await bench.close();
});
