import { ComityError, quote, timestampOfUs } from '@comity/protocol/base';
import type { ValueKind } from '@comity/protocol/values';
import type { Connection, SqlValue } from '../store/index.ts';
import { matchIdOf } from './match.ts';
import type { MatchFilter, ScreeningMatch } from './match.ts';
import { sourceIdOf, sourceRowOf } from './source-rows.ts';

/** Rows, and characters of their records, that a search by text looks at a call: some 30 ms. */
const textRowsMax = 20_000;
const textCharsMax = 16 * 1024 * 1024;

interface RawMatch {
  id: number;
  source: number;
  source_name: string;
  offset: number;
  line: number;
  file: string;
  seen_us: number;
  recorded_us: number | null;
  record: string;
  kind: ValueKind;
  value: string;
  listed: string;
  relation: ScreeningMatch['relation'];
  port: 'same' | 'other' | 'unknown' | null;
  field: string;
  ref: number;
  sequence: number;
  alarm: number;
  hunt: 'seen' | 'confirmed' | null;
  from_us: number | null;
  to_us: number | null;
  times: number | null;
}

/** A match as stored, before anyone said what its indicator is now. */
export type StoredMatch = Omit<ScreeningMatch, 'indicator'> & { readonly listed: string };

const select = `select m.id, m.source, s.name as source_name, m.offset, m.line, m.file, m.seen_us, m.recorded_us, m.record,
  m.kind, m.value, m.listed, m.relation, m.port, m.field, m.ref, m.sequence, m.alarm, m.hunt,
  m.from_us, m.to_us, m.times from screening_match m join screening_source s on s.id = m.source`;

function matchOf(raw: RawMatch): StoredMatch {
  return {
    id: matchIdOf(raw.id),
    at: timestampOfUs(raw.seen_us),
    sourceId: sourceIdOf(raw.source),
    sourceName: raw.source_name,
    file: raw.file,
    line: raw.line,
    offset: raw.offset,
    record: raw.record,
    ...(raw.recorded_us === null ? {} : { recordedAt: timestampOfUs(raw.recorded_us) }),
    value: raw.value,
    kind: raw.kind,
    listed: raw.listed,
    relation: raw.relation,
    ...(raw.port === null ? {} : { port: raw.port }),
    ...(raw.field === '' ? {} : { field: raw.field }),
    alarm: raw.alarm === 1,
    ...huntOf(raw),
    ref: raw.ref,
    sequence: raw.sequence,
  };
}

function huntOf(raw: RawMatch): Pick<ScreeningMatch, 'hunt'> {
  if (raw.hunt === null) return {};
  const { hunt: found, from_us: from, to_us: to, times } = raw;
  return {
    hunt: {
      found,
      ...(from === null ? {} : { from: timestampOfUs(from) }),
      ...(to === null ? {} : { to: timestampOfUs(to) }),
      ...(times === null ? {} : { times }),
    },
  };
}

export function findMatchRow(db: Connection, row: number): StoredMatch | undefined {
  const raw = db.prepare<RawMatch>(`${select} where m.id = ?`).get(row);
  return raw === undefined ? undefined : matchOf(raw);
}

/** The matches of the given rows, in their order; a row swept meanwhile is left out. */
export function getMatchRows(db: Connection, rows: readonly number[]): StoredMatch[] {
  return rows.map((row) => findMatchRow(db, row)).filter((match) => match !== undefined);
}

/**
 * One page of matches, newest first.
 *
 * @throws {ComityError} `ARGUMENT_INVALID` for a cursor that is none of ours.
 */
export function listMatchRows(db: Connection, filter: MatchFilter): { rows: StoredMatch[]; next?: string } {
  const limit = Math.min(500, Math.max(1, filter.limit ?? 100));
  const conditions = ['m.id < ?'];
  const params: SqlValue[] = [parseCursor(filter.cursor)];
  const where = (condition: string, ...values: SqlValue[]): void => {
    conditions.push(condition);
    params.push(...values);
  };
  if (filter.source !== undefined) where('m.source = ?', sourceRowOf(filter.source) ?? -1);
  if (filter.kind !== undefined) where('m.kind = ?', filter.kind);
  if (filter.value !== undefined) where('m.value = ?', filter.value);
  if (filter.refs !== undefined) where('m.ref in (select value from json_each(?))', JSON.stringify(filter.refs));
  if (filter.alarm !== undefined) where('m.alarm = ?', filter.alarm ? 1 : 0);
  if (filter.sinceMs !== undefined) where('m.seen_us >= ?', Math.floor(filter.sinceMs * 1000));
  const sql = `${select} where ${conditions.join(' and ')} order by m.id desc limit ?`;
  if (filter.text === undefined || filter.text === '') {
    const raws = db.prepare<RawMatch>(sql).all(...params, limit);
    const last = raws.at(-1);
    return {
      rows: raws.map(matchOf),
      ...(raws.length === limit && last !== undefined ? { next: cursorOf(last.id) } : {}),
    };
  }
  const wanted = filter.text.toLowerCase();
  const rows: StoredMatch[] = [];
  let looked = 0;
  let chars = 0;
  for (const raw of db.prepare<RawMatch>(sql).iterate(...params, textRowsMax)) {
    looked += 1;
    if (raw.record.toLowerCase().includes(wanted) || raw.value.includes(wanted)) rows.push(matchOf(raw));
    chars += raw.record.length;
    if (rows.length === limit || looked === textRowsMax || chars >= textCharsMax)
      return { rows, next: cursorOf(raw.id) };
  }
  return { rows };
}

/** Matches after a row in the order they were found, at most `limit`, with their rows. */
export function matchRowsAfter(db: Connection, row: number, limit: number): StoredMatch[] {
  return db.prepare<RawMatch>(`${select} where m.id > ? order by m.id limit ?`).all(row, limit).map(matchOf);
}

/** How many matches there are after a row, counted up to `countMax`. */
export function countMatchRowsAfter(db: Connection, row: number, alarmsOnly: boolean, countMax: number): number {
  const sql = `select count(*) as count from
    (select 1 from screening_match where id > ? and alarm >= ? limit ?)`;
  return db.prepare<{ count: number }>(sql).get(row, Number(alarmsOnly), countMax)?.count ?? 0;
}

/** The row of the newest match that was ever kept; 0 before the first. */
export function newestMatchRow(db: Connection): number {
  const sql = `select seq from sqlite_sequence where name = 'screening_match'`;
  return db.prepare<{ seq: number }>(sql).get()?.seq ?? 0;
}

function cursorOf(row: number): string {
  return row.toString(36);
}

function parseCursor(cursor: string | undefined): number {
  if (cursor === undefined) return Number.MAX_SAFE_INTEGER;
  const row = /^[0-9a-z]{1,11}$/.test(cursor) ? Number.parseInt(cursor, 36) : Number.NaN;
  if (!Number.isSafeInteger(row))
    throw new ComityError('ARGUMENT_INVALID', `Cannot go on from ${quote(cursor)}: it is no cursor`);
  return row;
}

/** How often and when last a value was seen. */
export function seenValueRows(
  db: Connection,
  kind: ValueKind,
  value: string,
): { count: number; lastUs: number | undefined } {
  // Each answered by the index alone: a value seen half a million times must not be looked up as often.
  const counted = db
    .prepare<{ count: number }>('select count(*) as count from screening_match where value = ? and kind = ?')
    .get(value, kind);
  const last = db
    .prepare<{ seen_us: number }>(
      'select seen_us from screening_match where value = ? and kind = ? order by id desc limit 1',
    )
    .get(value, kind);
  return { count: counted?.count ?? 0, lastUs: last?.seen_us };
}

/** How often, when first and when last any of the listed values matched with an alarm or without. */
export function refStats(
  db: Connection,
  refs: readonly number[],
): { count: number; firstUs: number | undefined; lastUs: number | undefined } {
  const found = db
    .prepare<{ count: number; first: number | null; last: number | null }>(
      `select count(*) as count, min(seen_us) as first, max(seen_us) as last
       from screening_match where ref in (select value from json_each(?))`,
    )
    .get(JSON.stringify(refs));
  return { count: found?.count ?? 0, firstUs: found?.first ?? undefined, lastUs: found?.last ?? undefined };
}

/** Counts of the 24 hours that end with the running one, oldest first. */
export function hourCounts(db: Connection, nowUs: number): { matches: number[]; alarms: number } {
  const thisHour = Math.floor(nowUs / 3_600_000_000);
  const matches = Array.from({ length: 24 }, () => 0);
  let alarms = 0;
  const rows = db
    .prepare<{ hour: number; matches: number; alarms: number }>(
      'select hour, matches, alarms from screening_hour where hour > ? and hour <= ?',
    )
    .all(thisHour - 24, thisHour);
  for (const row of rows) {
    matches[23 - (thisHour - row.hour)] = row.matches;
    alarms += row.alarms;
  }
  return { matches, alarms };
}
