import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markingIdOfTlp } from '@comity/protocol/markings';
import type { Tlp } from '@comity/protocol/markings';
import { admit, indicator, indicatorId, open, source } from './test-bench.ts';

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
