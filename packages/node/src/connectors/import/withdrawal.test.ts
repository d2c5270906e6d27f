import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseRowId } from '@comity/protocol/base';
import { createIntel, intelSchema } from '../../intel/index.ts';
import type { ImportReport, IntelSource } from '../../intel/index.ts';
import { openStore } from '../../store/index.ts';
import { importStream } from '../index.ts';

const root = mkdtempSync(join(tmpdir(), 'comity-withdrawal-'));
after(() => rmSync(root, { recursive: true, force: true }));

const source: IntelSource = {
  id: parseRowId('src-misp0001'),
  name: 'misp',
  kind: 'feed',
  reliability: 'B',
  defaultTlp: 'green',
};

const eventOf = (timestamp: number, attribute: Record<string, unknown>) => ({
  Event: {
    uuid: '11111111-2222-4333-8444-555555555555',
    info: 'Made-up event',
    date: '2026-01-01',
    timestamp: String(timestamp),
    Attribute: [
      {
        uuid: '11111111-2222-4333-8444-666666666666',
        type: 'domain',
        category: 'Network activity',
        value: 'withdrawn.example',
        to_ids: true,
        timestamp: String(timestamp),
        ...attribute,
      },
    ],
  },
});

for (const [what, change] of [
  ['deleted', { deleted: true }],
  ['no longer for detection', { to_ids: false }],
] as const) {
  test(`an attribute that its MISP has ${what} is out of force after the next import, and back when it is listed again`, async () => {
    const clock = (): number => Date.UTC(2026, 0, 10);
    const store = await openStore({ dir: mkdtempSync(join(root, 'data-')), schemas: [intelSchema] }, { clock });
    const intel = await createIntel(store, { clock, uuid: randomUUID });
    const bring = (event: unknown): Promise<ImportReport> => {
      const text = (async function* (): AsyncGenerator<Uint8Array> {
        yield Buffer.from(JSON.stringify(event));
      })();
      return importStream('event.json', text, source, {}, { intel });
    };
    const screened = (): string[] => [...intel.feed.activeValues().values].map(({ value }) => value.value);
    await bring(eventOf(1_767_225_600, {}));
    assert.deepEqual(screened(), ['withdrawn.example']);
    await bring(eventOf(1_767_225_700, change));
    assert.deepEqual(screened(), []);
    const [row] = (await intel.search({ text: 'withdrawn.example', type: 'indicator' })).rows;
    assert.equal(row?.state, 'revoked');
    await bring(eventOf(1_767_225_800, {}));
    assert.deepEqual(screened(), ['withdrawn.example']);
    await intel.close();
    await store.close();
  });
}

test('a rejection of what came in an event names its place in the event', async () => {
  const clock = (): number => Date.UTC(2026, 0, 10);
  const store = await openStore({ dir: mkdtempSync(join(root, 'data-')), schemas: [intelSchema] }, { clock });
  const intel = await createIntel(store, { clock, uuid: randomUUID });
  const text = (async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from(JSON.stringify(eventOf(4_102_444_800, {})));
  })();
  const report = await importStream('event.json', text, source, {}, { intel });
  const rows = await intel.importRows(report.id, { outcome: 'rejected' });
  assert.ok(rows.length > 0);
  assert.ok(
    rows.some((row) => row.place === 'Event.Attribute[0]'),
    JSON.stringify(rows),
  );
  await intel.close();
  await store.close();
});
