import { openImportBench } from './import-set.ts';
import type { ImportBench } from './import-set.ts';
import { measure } from './measure.ts';
import type { Measured } from './measure.ts';
import type { CorpusSet, Expected } from './sets.ts';

export interface CorpusDeps {
  /** Path of foreign data, or undefined when it is not on this machine. */
  readonly find: (path: string) => string | undefined;
  readonly print: (line: string) => void;
}

export interface CorpusResult {
  readonly checked: number;
  readonly faults: readonly string[];
  readonly skipped: number;
}

/**
 * Reads every set of real intelligence, compares what came out with the index of the data, and brings it into a real store.
 *
 * A set fails when reading threw, when a document got no answer, when a count is not the one expected, or when the report of
 * its import does not account for each value, object and rejection.
 */
export async function checkCorpus(sets: readonly CorpusSet[], deps: CorpusDeps): Promise<CorpusResult> {
  const faults: string[] = [];
  let checked = 0;
  let skipped = 0;
  const bench = await openImportBench();
  for (const set of sets) {
    const path = deps.find(set.path);
    if (path === undefined) {
      deps.print(`SKIPPED ${set.name}: foreign data ${set.path} is not on this machine`);
      skipped += 1;
      continue;
    }
    const keep = (name: string): boolean => !name.endsWith('SOURCE.txt') && (set.files?.test(name) ?? true);
    const measured = await measure(path, keep);
    const counted = set.expected.flatMap((expected) => faultOf(measured, expected) ?? []);
    const wrong = [...measured.crashes, ...counted, ...(await importFaults(bench, set.name, path, keep, measured))];
    checked += set.expected.length + 2;
    faults.push(...wrong.map((fault) => `${set.name}: ${fault}`));
    deps.print(`${wrong.length === 0 ? 'ok  ' : 'FAIL'} ${set.name}: ${summary(measured)}`);
    for (const fault of wrong.slice(0, 10)) deps.print(`     ${fault}`);
    for (const { key, count, index, why } of set.expected) {
      if (index !== undefined && index !== count)
        deps.print(`     ${key}: ${count} where the index counts ${index}: ${why ?? ''}`);
    }
  }
  await bench.close();
  return { checked, faults, skipped };
}

/** What the report of the import leaves unaccounted for. */
async function importFaults(
  bench: ImportBench,
  name: string,
  path: string,
  keep: (file: string) => boolean,
  measured: Measured,
): Promise<string[]> {
  const { state, counts } = await bench.importSet(name, path, keep);
  const reported = counts.taken + counts.duplicate + counts.heldBack + counts.rejected;
  const read = ['values', 'objects', 'rejected'].reduce((sum, key) => sum + (measured.counts.get(key) ?? 0), 0);
  const faults = state === 'finished' ? [] : [`the import is ${state}`];
  return reported === read ? faults : [...faults, `the report accounts for ${reported} of ${read} items`];
}

function faultOf(measured: Measured, { key, count }: Expected): string | undefined {
  const found = key === 'distinct values' ? measured.values.size : (measured.counts.get(key) ?? 0);
  return found === count ? undefined : `${key}: ${found} instead of ${count}`;
}

function summary({ counts }: Measured): string {
  const of = (key: string): string => `${counts.get(key) ?? 0} ${key}`;
  return ['documents', 'values', 'objects', 'rejected'].map(of).join(', ');
}
