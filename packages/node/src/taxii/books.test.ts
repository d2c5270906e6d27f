import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import type { TestContext } from 'node:test';
import type { TaxiiStatus } from '@comity/protocol/taxii';
import { lastVersion } from '@comity/protocol/taxii';
import { openSeal, openStore } from '../store/index.ts';
import { temporaryDir } from '../node-for-tests.ts';
import { openTaxii, taxiiSchema } from './index.ts';

const dayMs = 86_400_000;

async function open(context: TestContext, dir = temporaryDir(context)) {
  const bench = { nowMs: Date.UTC(2026, 0, 10) };
  const clock = (): number => bench.nowMs;
  const store = await openStore({ dir, schemas: [taxiiSchema] }, { clock });
  const randomBytes = (count: number): Uint8Array => crypto.getRandomValues(new Uint8Array(count));
  const taxii = await openTaxii(store, { clock, randomBytes, seal: openSeal(dir) });
  return Object.assign(bench, { dir, store, taxii, close: () => store.close() });
}

const status = (number: number): TaxiiStatus => ({
  id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
  status: 'complete',
  request_timestamp: '2026-01-10T00:00:00.000000Z',
  total_count: 0,
  success_count: 0,
  failure_count: 0,
  pending_count: 0,
});

test('a status is kept a week, for who sent the objects alone (§4.3)', async (context) => {
  const bench = await open(context);
  const { statuses } = bench.taxii;
  await statuses.keep(status(1), 'a');
  assert.deepEqual(statuses.find(status(1).id, 'a'), status(1));
  assert.equal(statuses.find(status(1).id, 'b'), undefined);
  bench.nowMs += 6 * dayMs;
  await statuses.keep(status(2), 'a');
  assert.ok(statuses.find(status(1).id, 'a'));
  bench.nowMs += 2 * dayMs;
  await statuses.keep(status(3), 'a');
  assert.equal(statuses.find(status(1).id, 'a'), undefined);
  await bench.close();
});

test('the key of cursors outlives the process, and no cursor outlives the key of the data folder', async (context) => {
  const about = { endpoint: 'objects', collection: 'c', object: undefined } as const;
  const filter = {
    addedAfterUs: undefined,
    ids: undefined,
    types: undefined,
    versions: lastVersion,
    specVersions: undefined,
  };
  const first = await open(context);
  const text = first.taxii.cursors.write({ ...about, filter, limit: 5, afterUs: 7 });
  await first.close();
  const second = await open(context, first.dir);
  assert.equal(second.taxii.cursors.read(text, about).afterUs, 7);
  const row = second.store.reader.prepare<{ sealed: Uint8Array }>('select sealed from taxii_key').get();
  assert.ok((row?.sealed.length ?? 0) > 64, 'sealed');
  await second.close();
  rmSync(join(first.dir, 'comity.key'));
  const third = await open(context, first.dir);
  assert.throws(() => third.taxii.cursors.read(text, about), { code: 'ARGUMENT_INVALID' });
  await third.close();
});
