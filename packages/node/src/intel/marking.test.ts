import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markingIdOfTlp } from '@comity/protocol/markings';
import type { Tlp } from '@comity/protocol/markings';
import { admit, indicator, indicatorId, listed, open, source } from './test-bench.ts';

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
  for await (const piece of bench.intel.export('csv', { tlp: 'clear' })) csv += piece;
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
