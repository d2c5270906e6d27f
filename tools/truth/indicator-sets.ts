import { join } from 'node:path';
import type { KnownGoodGate } from '../../packages/node/src/intel/index.ts';
import { loadIndicators } from '../../packages/node/src/cli/screen/load-indicators.ts';
import type { Indicators } from '../../packages/node/src/cli/screen/load-indicators.ts';

/**
 * The sets whose values stand in fields of their own, so that nobody has to guess what is an indicator. The table's free
 * text sets (unit42-text, volexity) are in `cross-hits-loose-text.ndjson`, which shows what careless extraction does.
 */
const structuredSets = [
  'ipsum',
  'maltrail',
  'zeek-intel',
  'tweetfeed',
  'scamblocklist',
  'stalkerware',
  'disposable-email',
  'misp-eset',
  'misp-pymisp',
  'stix-amnesty',
  'stix-mvt',
  'stix-unit42-reports',
  'stix-unit42-playbooks',
  'stix-oasis-examples',
  'stix-elevator',
] as const;

/** All structured sets through the readers of the product, as `comity screen --indicators SET…` takes them in. */
export async function loadSets(
  dataDir: string,
  options: { readonly knownGood?: KnownGoodGate; readonly patterns?: 'decided' | 'named' } = {},
): Promise<Indicators> {
  return loadIndicators(
    structuredSets.map((set) => join(dataDir, set)),
    {
      knownGood: options.knownGood,
      patterns: options.patterns ?? 'decided',
      openUrl: () => {
        throw new Error('Assertion failed: no set is a URL');
      },
      // What a list holds that cannot be used is the import's subject, and reported there.
      fail: () => undefined,
      note: () => undefined,
    },
  );
}
