import { createHash } from 'node:crypto';
import { parseRowId } from '@comity/protocol/base';
import type { RowId } from '@comity/protocol/base';
import type { Intel, IntelSource } from '../intel/index.ts';

/** The id of a source a person names: the same name is the same source for ever. */
export function sourceIdOf(kind: IntelSource['kind'], name: string): RowId {
  const digest = createHash('sha256').update(`${kind}\n${name}`, 'utf8').digest('hex');
  return parseRowId(`src-${digest.slice(0, 24)}`);
}

/** Sources of imports by their id, without asking the store again and again while an import runs. */
export interface SourceBook {
  note(source: IntelSource): void;
  find(source: { readonly id: RowId; readonly name: string }): Promise<IntelSource>;
}

export function createSourceBook(intel: Pick<Intel, 'sources'>): SourceBook {
  const known = new Map<RowId, IntelSource>();
  return {
    note: (source) => void known.set(source.id, source),
    async find({ id, name }) {
      if (!known.has(id)) for (const source of await intel.sources()) known.set(source.id, source);
      return known.get(id) ?? { id, name, kind: 'manual', reliability: 'F', defaultTlp: 'red' };
    },
  };
}
