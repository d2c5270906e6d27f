import type { Connection } from '../store/index.ts';

/** Rows of one transaction. */
export const sweepRowsMax = 1000;

/**
 * The newest match that is one too many when `keepMax` are kept; 0 when none is. Counts them once for a whole sweep:
 * matches that come meanwhile have greater numbers.
 */
export function findSweepLimit(db: Connection, keepMax: number): number {
  const sql = 'select id from screening_match order by id desc limit 1 offset ?';
  return db.prepare<{ id: number }>(sql).get(keepMax)?.id ?? 0;
}

/**
 * Deletes matches beyond age and count, the oldest first, at most {@link sweepRowsMax}; returns how many.
 *
 * The counts of hours and sources stay: they say what was seen, not what is still kept.
 */
export function sweepMatches(
  db: Connection,
  beyond: { readonly throughId: number; readonly olderThanUs: number },
): number {
  const aged = db
    .prepare(
      `delete from screening_match where id in
         (select id from screening_match where seen_us < ? order by seen_us limit ?)`,
    )
    .run(beyond.olderThanUs, sweepRowsMax).changes;
  const counted = db
    .prepare(
      'delete from screening_match where id in (select id from screening_match where id <= ? order by id limit ?)',
    )
    .run(beyond.throughId, sweepRowsMax - aged).changes;
  return aged + counted;
}

/** Deletes sources nobody can come to any more: removed, or uploads that are over and not listed, without a match. */
export function sweepSources(db: Connection, olderThanUs: number): void {
  db.prepare(
    `delete from screening_source where state in ('gone', 'done', 'failed') and changed_us < ?
       and not exists (select 1 from screening_match where source = screening_source.id)`,
  ).run(olderThanUs);
  db.prepare('delete from screening_stream where source not in (select id from screening_source)').run();
}

/** Deletes what is no longer needed to know a stream again: finished ones of long ago, sockets of earlier starts. */
export function sweepStreams(db: Connection, olderThanUs: number): void {
  db.prepare(
    `delete from screening_stream where done = 1 and updated_us < ? and source in
       (select id from screening_source where kind <> 'folder')`,
  ).run(olderThanUs);
  db.prepare(
    `delete from screening_stream where source in (select id from screening_source where kind like 'syslog-%')
       and number < (select max(number) from screening_stream other where other.source = screening_stream.source)`,
  ).run();
  db.prepare('delete from screening_hour where hour < ?').run(Math.floor(olderThanUs / 3_600_000_000) - 24);
}
