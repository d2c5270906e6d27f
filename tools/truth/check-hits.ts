import { join } from 'node:path';
import type { RecordMatch } from '@comity/screen';
import type { Indicators } from '../../packages/node/src/cli/screen/load-indicators.ts';
import { compare, namedFields } from './compare.ts';
import type { Comparison, Difference } from './compare.ts';
import type { Truth, TruthLog, TruthRow } from './read-truth.ts';
import { screenLog } from './screen-log.ts';
import type { LogResult } from './screen-log.ts';

/** Names and IPv4 addresses, met as themselves or below a listed name: what the table counts. */
export function isInTable(match: RecordMatch): boolean {
  return (
    (match.kind === 'domain' || match.kind === 'ipv4') && (match.relation === 'exact' || match.relation === 'subdomain')
  );
}

export function isTextLog(rows: readonly TruthRow[]): boolean {
  return rows.some((row) => Object.keys(row.hits).some((how) => how.startsWith('token|')));
}

/** Screens every log of the table and prints, log by log, what is missed, extra, and in other fields. */
export async function checkHits(dataDir: string, truth: Truth, indicators: Indicators): Promise<number> {
  const fields = namedFields(truth.rows);
  let faults = 0;
  let missed = 0;
  let extra = 0;
  let otherFields = 0;
  console.log(
    'log                                             format     events  with hit  missed  extra  other fields',
  );
  for (const log of truth.logs) {
    const rows = truth.rows.filter((row) => row.log === log.file);
    const isText = isTextLog(rows);
    const results: LogResult[] = [];
    for (const format of isText ? ([undefined, 'raw'] as const) : ([undefined] as const)) {
      const result = await screenLog(indicators.table, join(dataDir, log.file), log.file, {
        isCounted: isInTable,
        namedFields: fields,
        ...(isText ? { field: 'token' } : {}),
        ...(format === undefined ? {} : { format }),
      });
      results.push(result);
      const comparison = compare(result, rows, fields);
      printLog(result, log, comparison);
      faults += faultsOf(result, log, comparison, rows, indicators.sources, dataDir);
      missed += eventsOf(comparison.missed);
      extra += eventsOf(comparison.extra);
      otherFields += eventsOf(comparison.otherFields);
    }
    for (const row of rows) faults += checkPorts(row, results[0]);
  }
  console.log(`\nmissed ${missed}, extra ${extra}; ${otherFields} matches in fields the table does not name\n`);
  return faults;
}

function printLog(result: LogResult, log: TruthLog, { missed, extra, otherFields }: Comparison): void {
  const cells = [
    result.log.padEnd(47),
    result.format.padEnd(9),
    `${result.records}`.padStart(7),
    `${result.recordsWithHit}`.padStart(9),
    `${eventsOf(missed)}`.padStart(7),
    `${eventsOf(extra)}`.padStart(6),
    `${eventsOf(otherFields)}`.padStart(13),
  ];
  console.log(cells.join(' '));
  if (result.records !== log.events) console.log(`  RECORDS: ${result.records} read, the table has ${log.events}`);
  if (result.recordsWithHit !== log.events_with_hit) {
    console.log(`  RECORDS WITH A HIT: ${result.recordsWithHit} found, the table has ${log.events_with_hit}`);
  }
  for (const each of missed) console.log(`  MISSED ${line(each)}`);
  for (const each of extra) console.log(`  EXTRA ${line(each)}`);
  for (const each of otherFields) console.log(`    other field: ${each.indicator} ${each.how} ${each.found}`);
}

function faultsOf(
  result: LogResult,
  log: TruthLog,
  { missed, extra }: Comparison,
  rows: readonly TruthRow[],
  sources: readonly string[],
  dataDir: string,
): number {
  let faults = missed.length + extra.length;
  if (result.records !== log.events) faults++;
  if (result.recordsWithHit !== log.events_with_hit) faults++;
  for (const row of rows) {
    const found = new Set(
      [...(result.sources.get(row.indicator) ?? [])].map((ref) => (sources[ref] ?? '').slice(dataDir.length + 1)),
    );
    const expected = new Set(row.sources.map((source) => source.replace(/:\d+$/, '')));
    const absent = [...expected].filter((source) => !found.has(source));
    const unknown = [...found].filter((source) => !expected.has(source));
    if (absent.length > 0 || unknown.length > 0) {
      faults++;
      console.log(
        `  SOURCES of ${row.indicator}: not found ${absent.join(', ') || '–'}; not in the table ${unknown.join(', ') || '–'}`,
      );
    }
  }
  return faults;
}

/** Values listed with ports only: as many events on a listed port as the table's `port-match`. */
function checkPorts(row: TruthRow, result: LogResult | undefined): number {
  if (result === undefined || row.sources.some((source) => !/:\d+$/.test(source))) return 0;
  const listed = row.sources.map((source) => source.slice(source.lastIndexOf(':') + 1)).join(', ');
  let faults = 0;
  for (const how of Object.keys(row.hits)) {
    const field = how.slice(0, how.indexOf('|'));
    const events = (verdict: string): number => result.ports.get(`${row.indicator} ${field} ${verdict}`) ?? 0;
    const expected = row.hits[`${field}|port-match`] ?? 0;
    const [same, other, unknown] = [events('same'), events('other'), events('unknown')];
    console.log(
      `    port: ${row.indicator} listed for ${listed}, ${field}: ${same} on it (table ${expected}), ${other} on another (no alarm), ${unknown} without port`,
    );
    if (same !== expected || same + other + unknown !== row.hits[how]) {
      faults++;
      console.log(`  PORTS differ: ${row.hits[how]} events in all`);
    }
  }
  return faults;
}

function eventsOf(differences: readonly Difference[]): number {
  return differences.reduce((sum, each) => sum + Math.abs(each.found - each.expected), 0);
}

function line(each: Difference): string {
  return `${each.indicator} ${each.how}: ${each.found} found, the table has ${each.expected}`;
}
