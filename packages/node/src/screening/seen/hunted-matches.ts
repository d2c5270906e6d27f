import type { Connection } from '../../store/index.ts';
import { countHour, insertMatches } from '../commit-batch.ts';
import type { MatchDraft } from '../worker-messages.ts';
import type { HuntedPlace } from './seen-jobs.ts';

/** Stream of a match whose record was not read again: its offset is the hour. */
const seenStream = 'seen';

/** Whether a value was met in an hour of a source by a match that stands already, of whatever kind. */
export function hasMatchOf(db: Connection, place: HuntedPlace): boolean {
  const { ref, value } = place.value;
  const fromUs = place.hour * hourUs;
  const live = db
    .prepare(
      `select 1 from screening_match where ref = ? and seen_us >= ? and seen_us < ? and source = ? and listed = ?
         and hunt is null limit 1`,
    )
    .get(ref, fromUs, fromUs + hourUs, place.source, value.value);
  return live !== undefined;
}

/**
 * Notes that a listed value was seen in an hour of a source, whose records are no longer there. Known ones stay as they are.
 *
 * @returns the row, or undefined when it was known.
 */
export function insertSeen(db: Connection, place: HuntedPlace, sequence: number, nowUs: number): number | undefined {
  const { value, ref } = place.value;
  const result = db
    .prepare(
      `insert into screening_match (source, stream, offset, line, file, seen_us, recorded_us, record, kind, value, listed,
         relation, port, field, ref, sequence, alarm, hunt, from_us, to_us, times)
       values (?, ?, ?, 0, '', ?, null, '', ?, ?, ?, 'exact', ?, '', ?, ?, 1, 'seen', ?, ?, ?)
       on conflict (source, stream, offset, listed, value, field, relation, kind) do nothing`,
    )
    .run(
      place.source,
      seenStream,
      place.hour,
      nowUs,
      value.kind,
      value.value,
      value.value,
      value.port === undefined ? null : 'unknown',
      ref,
      sequence,
      Math.round(place.firstMs * 1000),
      Math.round(place.lastMs * 1000),
      Math.round(place.times),
    );
  return result.changes === 0 ? undefined : result.lastRowid;
}

/**
 * Keeps matches found by reading the bytes of a stream again. What the first reading found there stays as it is, in whatever field: a
 * format that was recognised late names fields where the first reading saw a line.
 */
export function insertConfirmed(
  db: Connection,
  source: number,
  stream: string,
  matches: readonly MatchDraft[],
  sequence: number,
  nowUs: number,
): number[] {
  const isLive = db.prepare(
    `select 1 from screening_match where source = ? and stream = ? and offset = ? and listed = ? and value = ? and relation = ?
       and kind = ? and hunt is null`,
  );
  const fresh = matches.filter(
    ({ offset, listed, value, relation, kind }) =>
      isLive.get(source, stream, offset, listed, value, relation, kind) === undefined,
  );
  const { rows, alarms } = insertMatches(db, { source, stream, matches: fresh, sequence }, nowUs, 'confirmed');
  countHour(db, nowUs, rows.length, alarms);
  return rows;
}

/** A record was found again: what only said that there was one in that hour goes. */
export function deleteSeen(db: Connection, { source, hour, value }: HuntedPlace): void {
  db.prepare(
    `delete from screening_match where hunt = 'seen' and source = ? and stream = ? and offset = ? and listed = ? and kind = ?`,
  ).run(source, seenStream, hour, value.value.value, value.value.kind);
}

const hourUs = 3_600_000_000;
