import { parseRowId } from '@comity/protocol/base';
import { readBundle } from '@comity/protocol/stix';
import { createIntel, intelSchema } from '../../packages/node/src/intel/index.ts';
import type { Candidate, Outcome } from '../../packages/node/src/intel/index.ts';
import { openStore } from '../../packages/node/src/store/index.ts';
import { generateObjectTexts } from '../../bench/ingest/generate.ts';

/**
 * The process that is killed: imports the same generated objects each time it runs and says on standard output, one JSON
 * line a batch, what it was told is on the disk. Takes its orders as JSON in the first argument.
 */
export interface ImportOrders {
  readonly dir: string;
  readonly seed: number;
  readonly count: number;
  readonly batch: number;
  /** Tests only: acknowledges each batch before it is admitted, the fault a checker of this must catch. */
  readonly acknowledgeEarly: boolean;
}

export interface Acknowledged {
  readonly from: number;
  readonly to: number;
  readonly outcomes: Readonly<Record<Outcome['kind'], number>>;
  readonly ids: readonly string[];
}

const importSource = {
  id: parseRowId('src-crash0001'),
  name: 'crash',
  kind: 'file',
  reliability: 'B',
  defaultTlp: 'green',
} as const;

/** The objects of a run: the same for the same seed. */
export function candidatesOf(seed: number, count: number): Candidate[] {
  const texts = [...generateObjectTexts(count, seed)];
  const bundle = `{"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[${texts.join(',')}]}`;
  return [...readBundle(bundle)].map((item) => {
    if ('error' in item) throw item.error;
    return { object: item.object, place: item.place };
  });
}

async function importAll(orders: ImportOrders): Promise<void> {
  const store = await openStore({ dir: orders.dir, schemas: [intelSchema] }, { clock: Date.now });
  const intel = await createIntel(store, { clock: Date.now, uuid: () => crypto.randomUUID() });
  const run = await intel.openImport(importSource, { format: 'stix', name: 'crash' });
  const candidates = candidatesOf(orders.seed, orders.count);
  process.stdout.write('"ready"\n');
  for (let from = 0; from < candidates.length; from += orders.batch) {
    const batch = candidates.slice(from, from + orders.batch);
    const ids = batch.map((candidate) => ('object' in candidate ? candidate.object.id : ''));
    const say = (outcomes: readonly Outcome[]): void => {
      const counts = { taken: 0, duplicate: 0, 'held-back': 0, 'not-there': 0, rejected: 0 };
      for (const { kind } of outcomes) counts[kind] += 1;
      const line: Acknowledged = { from, to: from + batch.length, outcomes: counts, ids };
      process.stdout.write(`${JSON.stringify(line)}\n`);
    };
    if (orders.acknowledgeEarly) {
      say([]);
      // The moment in which a real fault of this kind would be caught out: said, and not yet written.
      await new Promise((resolve) => setTimeout(resolve, 5));
      await run.admit(batch);
    } else {
      say(await run.admit(batch));
    }
  }
  await run.finish();
  process.stdout.write('"done"\n');
  await intel.close();
  await store.close();
}

if (import.meta.main) await importAll(JSON.parse(process.argv[2] ?? '{}') as ImportOrders);
