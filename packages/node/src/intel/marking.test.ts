import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseStixId } from '@comity/protocol/base';
import { markingIdOfTlp } from '@comity/protocol/markings';
import type { Tlp } from '@comity/protocol/markings';
import { keyOfStixId } from './codes.ts';
import { admit, beta, indicator, indicatorId, listed, object, open, source, uuidOf, openGate } from './test-bench.ts';

const strict = source('strict', { defaultTlp: 'amber' });
const part = (tlp: Tlp): Record<string, unknown> => ({
  granular_markings: [{ selectors: ['pattern'], marking_ref: markingIdOfTlp(tlp) }],
});

test('a granular marking tightens what the object is shown and exported as, and never widens it', async () => {
  const bench = await open();
  const pattern = (name: string): string => `[domain-name:value = '${name}.example']`;
  await admit(bench, strict, [
    indicator(1, pattern('clear-part'), part('clear')),
    indicator(2, pattern('red-part'), part('red')),
    indicator(3, pattern('own'), { object_marking_refs: [markingIdOfTlp('green')], ...part('clear') }),
  ]);
  const shown = await Promise.all(
    [1, 2, 3].map(async (number) => (await bench.intel.object(indicatorId(number)))?.tlp),
  );
  assert.deepEqual(shown, ['amber', 'red', 'green']);
  let csv = '';
  for await (const piece of bench.intel.export('csv', { tlp: 'clear' }, openGate)) csv += piece;
  assert.equal(csv.trim().split('\r\n').length, 1, 'only the header');
  await bench.close();
});

test('of several lists with one value the strictest marking holds, in any order, in the row and in the text', async () => {
  const wide = source('wide', { defaultTlp: 'clear' });
  const middle = source('middle', { defaultTlp: 'green' });
  for (const order of [
    [wide, middle, strict],
    [strict, middle, wide],
    [middle, strict, wide],
  ]) {
    const bench = await open();
    for (const from of order) await admit(bench, from, [listed('domain', 'evil.example')]);
    const [row] = (await bench.intel.search({ text: 'evil.example' })).rows;
    assert.ok(row !== undefined);
    const detail = await bench.intel.object(row.id);
    assert.equal(row.tlp, 'amber');
    assert.deepEqual(detail?.object['object_marking_refs'], [markingIdOfTlp('amber')]);
    assert.deepEqual([detail?.versionCount, detail?.sources.length], [1, 3]);
    await bench.close();
  }
});

test('a source whose default was tightened tightens what it tells again, and may widen its own again', async () => {
  const bench = await open();
  const tlps: (string | undefined)[] = [];
  for (const defaultTlp of ['clear', 'amber', 'green'] as const) {
    await admit(bench, source('changing', { defaultTlp }), [listed('domain', 'evil.example')]);
    tlps.push((await bench.intel.search({ text: 'evil.example' })).rows[0]?.tlp);
  }
  assert.deepEqual(tlps, ['clear', 'amber', 'green']);
  await bench.close();
});

const definitionId = (number: number): string => `marking-definition--${uuidOf(number)}`;
const definition = (number: number, content: Record<string, unknown>) =>
  object({ type: 'marking-definition', id: definitionId(number), created: '2026-01-01T00:00:00.000Z', ...content });
const tlpWord = (tlp: string): Record<string, unknown> => ({ definition_type: 'tlp', definition: { tlp } });
const bearing = (number: number, ...refs: string[]) =>
  indicator(number, `[domain-name:value = 'n${number}.example']`, { object_marking_refs: refs });

test('a marking that cannot be read holds an object at TLP:AMBER+STRICT, or at what is stricter, and never widens', async () => {
  const bench = await open();
  const tlpOf = async (number: number): Promise<unknown> => (await bench.intel.object(indicatorId(number)))?.tlp;
  const wide = source('wide', { defaultTlp: 'clear' });
  await admit(bench, wide, [
    bearing(1, definitionId(1)),
    bearing(2, definitionId(1), markingIdOfTlp('clear')),
    bearing(3, definitionId(1), markingIdOfTlp('red')),
    bearing(4, 'no id at all'),
    indicator(5, `[domain-name:value = 'n5.example']`, {
      granular_markings: [{ selectors: ['pattern'], marking_ref: definitionId(1) }],
    }),
    bearing(6, markingIdOfTlp('green')),
  ]);
  await admit(bench, source('closed', { defaultTlp: 'red' }), [bearing(7, definitionId(1))]);
  assert.deepEqual(await Promise.all([1, 2, 3, 4, 5, 6, 7].map(tlpOf)), [
    'amber+strict',
    'amber+strict',
    'red',
    'amber+strict',
    'amber+strict',
    'green',
    'red',
  ]);
  const detail = await bench.intel.object(indicatorId(2));
  assert.deepEqual(detail?.markings.unknownRefs, [definitionId(1)]);
  await bench.close();
});

test('when the definition comes, markings are computed anew, object by object and source by source, also after a stop', async () => {
  const bench = await open();
  const tlpsOf = async (of: typeof bench, numbers: readonly number[]): Promise<unknown[]> =>
    Promise.all(numbers.map(async (number) => (await of.intel.object(indicatorId(number)))?.tlp));
  const wide = source('wide', { defaultTlp: 'clear' });
  const many = Array.from({ length: 700 }, (_, index) => index + 100);
  await admit(bench, wide, [
    bearing(1, definitionId(1)),
    bearing(2, definitionId(1), definitionId(2)),
    bearing(3, definitionId(3)),
    ...many.map((number) => bearing(number, definitionId(1))),
  ]);
  // What another source told of the object keeps its own marking.
  await admit(bench, beta, [bearing(1, definitionId(1))]);
  await admit(bench, wide, [definition(1, { definition_type: 'statement', definition: { statement: 'Copyright' } })]);
  assert.deepEqual(await tlpsOf(bench, [1, 2, 3]), ['green', 'amber+strict', 'amber+strict']);
  assert.deepEqual(new Set(await tlpsOf(bench, many)), new Set(['clear']));
  await admit(bench, wide, [definition(2, tlpWord('amber')), definition(3, { definition_type: 'of-ours' })]);
  assert.deepEqual(await tlpsOf(bench, [1, 2, 3]), ['green', 'amber', 'amber+strict']);
  // As a stop leaves it between the import of a definition and what follows from it.
  await admit(bench, wide, [bearing(4, definitionId(2))]);
  await bench.store.write((db) => {
    const [definitionKey, ref] = [definitionId(2), indicatorId(4)].map((id) => keyOfStixId(parseStixId(id)));
    db.prepare(
      `insert into intel_unread_marking (marking, object_ref, source_ref, version_ref)
       select ?, o.ref, p.source_ref, o.live_ref from intel_object o join intel_provenance p on p.object_ref = o.ref
       where o.key = ?`,
    ).run(definitionKey ?? null, ref ?? null);
    db.prepare('update intel_object set tlp = 4 where key = ?').run(ref ?? null);
  });
  assert.deepEqual(await tlpsOf(bench, [4]), ['red']);
  await bench.close();
  const again = await open(bench.dir);
  assert.deepEqual(await tlpsOf(again, [3, 4]), ['amber+strict', 'amber']);
  await again.close();
});
