import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Indicators } from '../../packages/node/src/cli/screen/load-indicators.ts';
import { loadSets } from './indicator-sets.ts';
import type { TruthDigest } from './read-truth.ts';
import { screenLog } from './screen-log.ts';

const digestKinds: ReadonlySet<string> = new Set(['md5', 'sha1', 'sha256', 'sha512']);

/** Digests of the Windows logs: as many records as `hash-hits.json` has lines, and none it has not. */
export async function checkDigests(dataDir: string, truth: readonly TruthDigest[]): Promise<number> {
  const named = await loadSets(dataDir, { patterns: 'named' });
  const decided = await loadSets(dataDir, { patterns: 'decided' });
  let faults = 0;
  console.log('digests                                  found  table  by patterns that values decide');
  for (const name of readdirSync(join(dataDir, 'windows-otrf')).filter((file) => file.endsWith('.json'))) {
    const log = `windows-otrf/${name}`;
    const found = await linesByDigest(named, dataDir, log);
    const foundDecided = await linesByDigest(decided, dataDir, log);
    const expected = new Map(truth.filter((row) => row.log === log).map((row) => [row.hash, row.lines]));
    for (const digest of new Set([...expected.keys(), ...found.keys()])) {
      const [lines, table] = [found.get(digest) ?? 0, expected.get(digest) ?? 0];
      const counts = [lines, table, foundDecided.get(digest) ?? 0].map((count) => `${count}`.padStart(6)).join(' ');
      console.log(`  ${digest.slice(0, 36)}${digest.length > 36 ? '…' : ' '} ${counts}  ${log}`);
      if (lines !== table) faults++;
    }
  }
  console.log(`  differences: ${faults}\n`);
  return faults;
}

async function linesByDigest(indicators: Indicators, dataDir: string, log: string): Promise<Map<string, number>> {
  const result = await screenLog(indicators.table, join(dataDir, log), log, {
    isCounted: (match) => digestKinds.has(match.kind),
    // The table counts lines, whatever field a digest stands in.
    field: 'line',
  });
  return new Map([...result.counts].map(([digest, byHow]) => [digest, byHow.get('line|exact') ?? 0]));
}
