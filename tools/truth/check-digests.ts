import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Indicators } from '../../packages/node/src/cli/screen/load-indicators.ts';
import type { TruthDigest } from './read-truth.ts';
import { screenLog } from './screen-log.ts';

const digestKinds: readonly string[] = ['md5', 'sha1', 'sha256', 'sha512'];

/** Digests of the Windows logs: as many records as `hash-hits.json` has lines, and none it has not. */
export async function checkDigests(
  dataDir: string,
  truth: readonly TruthDigest[],
  indicators: Indicators,
): Promise<number> {
  let faults = 0;
  const logs = readdirSync(join(dataDir, 'windows-otrf')).filter((name) => name.endsWith('.json'));
  console.log('digests');
  for (const name of logs) {
    const log = `windows-otrf/${name}`;
    const result = await screenLog(indicators.table, join(dataDir, log), log, {
      isCounted: (match) => digestKinds.includes(match.kind),
      // The table counts lines, whatever field a digest stands in.
      field: 'line',
    });
    const expected = new Map(truth.filter((row) => row.log === log).map((row) => [row.hash, row.lines]));
    for (const digest of new Set([...expected.keys(), ...result.counts.keys()])) {
      const found = result.counts.get(digest)?.get('line|exact') ?? 0;
      const lines = expected.get(digest) ?? 0;
      console.log(`  ${log}: ${digest} ${found} found, the table has ${lines}`);
      if (found !== lines) faults++;
    }
  }
  console.log(`  differences: ${faults}\n`);
  return faults;
}
