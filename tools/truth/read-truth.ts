import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One row of `TRUTH/cross-hits.ndjson`: what one listed value meets in one log. */
export interface TruthRow {
  readonly log: string;
  readonly indicator: string;
  /** Events by `field|how`. */
  readonly hits: Readonly<Record<string, number>>;
  /** Lists that name the value, `:n` behind one that names it for port n only. */
  readonly sources: readonly string[];
  /** Warninglists that know it as good. */
  readonly warninglists: readonly string[];
}

/** One log of `TRUTH/cross-hits-summary.json`. */
export interface TruthLog {
  readonly file: string;
  readonly events: number;
  readonly events_with_hit: number;
  readonly distinct_indicators: number;
}

/** One row of `TRUTH/hash-hits.json`. */
export interface TruthDigest {
  readonly log: string;
  readonly hash: string;
  readonly lines: number;
  readonly warninglists: readonly string[];
}

export interface Truth {
  readonly rows: readonly TruthRow[];
  readonly logs: readonly TruthLog[];
  readonly digests: readonly TruthDigest[];
}

export function readTruth(dataDir: string): Truth {
  const read = (name: string): string => readFileSync(join(dataDir, 'TRUTH', name), 'utf8');
  const rows = read('cross-hits.ndjson')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TruthRow);
  return {
    rows,
    logs: JSON.parse(read('cross-hits-summary.json')) as TruthLog[],
    digests: JSON.parse(read('hash-hits.json')) as TruthDigest[],
  };
}
