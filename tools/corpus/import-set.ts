import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseRowId } from '@comity/protocol/base';
import { openInput } from '@comity/screen';
import type { OpenedInput } from '@comity/screen';
import { importDocuments } from '../../packages/node/src/connectors/index.ts';
import type { ImportDocument } from '../../packages/node/src/connectors/index.ts';
import { createIntel, intelSchema } from '../../packages/node/src/intel/index.ts';
import type { ImportReport, IntelSource } from '../../packages/node/src/intel/index.ts';
import { openStore } from '../../packages/node/src/store/index.ts';

/** Brings sets into one real store, one after the other, as a node would. */
export interface ImportBench {
  /** Imports the files below a path that `keep` names and returns the report. */
  importSet(name: string, path: string, keep: (name: string) => boolean): Promise<ImportReport>;
  close(): Promise<void>;
}

/** Opens a node's intelligence in a folder that is removed at the end. */
export async function openImportBench(): Promise<ImportBench> {
  const dir = mkdtempSync(join(tmpdir(), 'comity-corpus-'));
  const clock = (): number => Date.now();
  const store = await openStore({ dir, schemas: [intelSchema] }, { clock });
  const intel = await createIntel(store, { clock, uuid: randomUUID });
  let number = 0;
  return {
    importSet: (name, path, keep) => {
      number += 1;
      const source: IntelSource = {
        id: parseRowId(`src-${String(number).padStart(8, '0')}`),
        name,
        kind: 'file',
        reliability: 'C',
        defaultTlp: 'green',
      };
      return importDocuments(kept(openInput(path), path, keep), source, { name }, { intel });
    },
    close: async () => {
      await intel.close();
      await store.close();
      rmSync(dir, { recursive: true });
    },
  };
}

async function* kept(
  inputs: AsyncIterable<OpenedInput>,
  path: string,
  keep: (name: string) => boolean,
): AsyncGenerator<ImportDocument> {
  for await (const input of inputs) {
    if (keep(input.name)) yield { input, label: relative(path, input.name) || input.name };
  }
}
