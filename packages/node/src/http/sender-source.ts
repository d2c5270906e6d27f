import { createHash } from 'node:crypto';
import { parseRowId } from '@comity/protocol/base';
import type { IntelSource } from '../intel/index.ts';
import type { Collection } from '../taxii/index.ts';
import type { TaxiiCaller } from './taxii/audience.ts';

/** Who sends to a collection is a source of its own, with what it leaves unmarked held strictly. */
export function senderSource(protocol: 'taxii' | 'misp', collection: Collection, caller: TaxiiCaller): IntelSource {
  const digest = createHash('sha256').update(`${protocol}\n${collection.id}\n${caller.key}`, 'utf8').digest('hex');
  return {
    id: parseRowId(`src-${digest.slice(0, 24)}`),
    name: `${caller.name}, to ${collection.title}`,
    kind: 'upload',
    reliability: 'F',
    defaultTlp: 'amber+strict',
  };
}
