import { parseRowId } from '@comity/protocol/base';
import { readBundle } from '@comity/protocol/stix';
import { createRandom } from '@comity/testkit';
import type { Random } from '@comity/testkit';
import { admitBatchMax, createIntel, intelSchema } from '../../packages/node/src/intel/index.ts';
import type { Candidate } from '../../packages/node/src/intel/index.ts';
import { openStore } from '../../packages/node/src/store/index.ts';

const objectsAtOnce = 20_000;
const greenId = 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb';

/**
 * Fills a new data folder with indicators as a feed tells them: TLP:GREEN, some 500 bytes each, ids at random.
 *
 * @param own - Whether the member answers for them, and so lends them.
 */
export async function fillNode(dir: string, count: number, seed: number, own = false): Promise<void> {
  const store = await openStore({ dir, schemas: [intelSchema] }, { clock: Date.now });
  const intel = await createIntel(store, { clock: Date.now, uuid: () => crypto.randomUUID() });
  const run = await intel.openImport(
    { id: parseRowId('src-bench0001'), name: 'bench', kind: 'file', reliability: 'B', defaultTlp: 'green', own },
    { format: 'list', name: 'generated' },
  );
  const makeOne = indicatorMaker(seed);
  for (let made = 0; made < count; made += objectsAtOnce) {
    const texts = Array.from({ length: Math.min(objectsAtOnce, count - made) }, (_, index) =>
      JSON.stringify(makeOne(made + index)),
    );
    let batch: Candidate[] = [];
    for (const item of readBundle(bundleOf(texts))) {
      if ('error' in item) throw item.error;
      batch.push({ object: item.object, place: item.place });
      if (batch.length < admitBatchMax) continue;
      await run.admit(batch);
      batch = [];
    }
    if (batch.length > 0) await run.admit(batch);
  }
  await run.finish();
  await intel.close();
  await store.close();
}

/** The name the indicator of a number lists. */
export function valueOfIndicator(number: number): string {
  return `host-${number}.evil-${number % 977}.example`;
}

/** What makes the indicator of a number; the same seed, the same ids. */
export function indicatorMaker(seed: number): (number: number) => { readonly id: string } {
  const random = createRandom(seed);
  return (number) => ({
    type: 'indicator',
    spec_version: '2.1',
    id: `indicator--${uuid(random)}`,
    created: '2026-01-01T00:00:00.000Z',
    modified: '2026-01-01T00:00:00.000Z',
    name: `Host ${number} of a phishing kit`,
    description:
      'Seen in mails that ask for the password of a mail account, with a link to a page that copies its design.',
    indicator_types: ['malicious-activity'],
    pattern: `[domain-name:value = '${valueOfIndicator(number)}']`,
    pattern_type: 'stix',
    valid_from: '2026-01-01T00:00:00Z',
    object_marking_refs: [greenId],
  });
}

function bundleOf(texts: readonly string[]): string {
  return `{"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[${texts.join(',')}]}`;
}

function uuid(random: Random): string {
  const hex = Array.from({ length: 4 }, () => random.u32().toString(16).padStart(8, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}
