import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { format } from 'prettier';
import { findShared } from '../../packages/testkit/src/index.ts';
import { readInteropRows } from './read-interop.ts';
import type { SpecTables } from './spec-tables.ts';
import { writeModel } from './write-model.ts';

/** Where the generated tables live. */
export const modelDir = fileURLToPath(new URL('../../packages/protocol/src/stix/model', import.meta.url));

/** The tables of the standard; undefined when the shared test data is not on this machine. */
export function loadSpecTables(): SpecTables | undefined {
  const dir = findShared('vectors/stix-spec');
  const manifest = findShared('vectors/rsigma/rstix/interop/manifest.toml');
  if (dir === undefined || manifest === undefined) return undefined;
  const read = (name: string): unknown => JSON.parse(readFileSync(join(dir, `${name}.json`), 'utf8'));
  const { objects } = read('objects') as Pick<SpecTables, 'objects'>;
  const { vocabularies } = read('vocabularies') as Pick<SpecTables, 'vocabularies'>;
  const { relationships } = read('relationships') as Pick<SpecTables, 'relationships'>;
  const { scales } = read('confidence-scales') as Pick<SpecTables, 'scales'>;
  const interop = readInteropRows(readFileSync(manifest, 'utf8'));
  return { objects, vocabularies, relationships, scales, interop };
}

/** The generated files, formatted as the repository is. */
export async function makeModel(tables: SpecTables): Promise<ReadonlyMap<string, string>> {
  const made = new Map<string, string>();
  for (const [name, text] of writeModel(tables)) {
    made.set(
      name,
      await format(text, { parser: 'typescript', printWidth: 120, singleQuote: true, trailingComma: 'all' }),
    );
  }
  return made;
}

if (import.meta.main) {
  const tables = loadSpecTables();
  if (tables === undefined) throw new Error('vectors/stix-spec is not beside the repository');
  for (const [name, text] of await makeModel(tables)) writeFileSync(join(modelDir, name), text);
}
