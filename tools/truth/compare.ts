import type { LogResult } from './screen-log.ts';
import type { TruthRow } from './read-truth.ts';

/** One count on which the table and the engine differ, or that only the engine has. */
export interface Difference {
  readonly log: string;
  readonly indicator: string;
  readonly how: string;
  readonly expected: number;
  readonly found: number;
}

export interface Comparison {
  /** Events the table has and the engine has not. */
  readonly missed: readonly Difference[];
  /** Events the engine has beyond the table, in a field the table names. */
  readonly extra: readonly Difference[];
  /** Matches in fields the table names nowhere: it did not look there. */
  readonly otherFields: readonly Difference[];
}

/**
 * Compares what was found in one log with the table's rows for it.
 *
 * @param fields - every field the table names in any log: in those it is complete.
 */
export function compare(result: LogResult, rows: readonly TruthRow[], fields: ReadonlySet<string>): Comparison {
  const missed: Difference[] = [];
  const extra: Difference[] = [];
  const otherFields: Difference[] = [];
  const expectedOf = new Map<string, number>();
  for (const row of rows) {
    for (const [how, expected] of Object.entries(row.hits)) {
      expectedOf.set(`${row.indicator} ${how}`, expected);
      const found = result.counts.get(row.indicator)?.get(how) ?? 0;
      if (found < expected) missed.push({ log: result.log, indicator: row.indicator, how, expected, found });
    }
  }
  for (const [indicator, byHow] of result.counts) {
    for (const [how, found] of byHow) {
      const expected = expectedOf.get(`${indicator} ${how}`) ?? 0;
      if (found <= expected) continue;
      const isNamed = fields.has(how.slice(0, how.indexOf('|')));
      (isNamed ? extra : otherFields).push({ log: result.log, indicator, how, expected, found });
    }
  }
  return { missed, extra, otherFields };
}

/** The fields the table names anywhere. */
export function namedFields(rows: readonly TruthRow[]): ReadonlySet<string> {
  return new Set(rows.flatMap((row) => Object.keys(row.hits).map((how) => how.slice(0, how.indexOf('|')))));
}
