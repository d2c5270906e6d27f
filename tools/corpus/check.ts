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
 * Reads every set of real intelligence and compares what came out with the index of the data.
 *
 * A set fails when reading threw, when a document got no answer, or when a count is not the one expected.
 */
export async function checkCorpus(sets: readonly CorpusSet[], deps: CorpusDeps): Promise<CorpusResult> {
  const faults: string[] = [];
  let checked = 0;
  let skipped = 0;
  for (const set of sets) {
    const path = deps.find(set.path);
    if (path === undefined) {
      deps.print(`SKIPPED ${set.name}: foreign data ${set.path} is not on this machine`);
      skipped += 1;
      continue;
    }
    const keep = set.files;
    const measured = await measure(
      path,
      (name) => !name.endsWith('SOURCE.txt') && (keep === undefined || keep.test(name)),
    );
    const wrong = [...measured.crashes, ...set.expected.flatMap((expected) => faultOf(measured, expected) ?? [])];
    checked += set.expected.length + 1;
    faults.push(...wrong.map((fault) => `${set.name}: ${fault}`));
    deps.print(`${wrong.length === 0 ? 'ok  ' : 'FAIL'} ${set.name}: ${summary(measured)}`);
    for (const fault of wrong.slice(0, 10)) deps.print(`     ${fault}`);
    for (const { key, count, index, why } of set.expected) {
      if (index !== undefined && index !== count)
        deps.print(`     ${key}: ${count} where the index counts ${index}: ${why ?? ''}`);
    }
  }
  return { checked, faults, skipped };
}

function faultOf(measured: Measured, { key, count }: Expected): string | undefined {
  const found = key === 'distinct values' ? measured.values.size : (measured.counts.get(key) ?? 0);
  return found === count ? undefined : `${key}: ${found} instead of ${count}`;
}

function summary({ counts }: Measured): string {
  const of = (key: string): string => `${counts.get(key) ?? 0} ${key}`;
  return ['documents', 'values', 'objects', 'rejected'].map(of).join(', ');
}
