import type { Connection } from '../store/index.ts';

/** Rows of one transaction. */
export const sweepRowsMax = 1000;

/**
 * Deletes matches beyond age and count, the oldest first, at most {@link sweepRowsMax}; returns how many.
 *
 * The counts of hours and sources stay: they say what was seen, not what is still kept.
 */
export function sweepMatches(
  db: Connection,
  options: { readonly keepMax: number; readonly olderThanUs: number },
): number {
  const aged = db
    .prepare(
      `delete from screening_match where id in
         (select id from screening_match where seen_us < ? order by seen_us limit ?)`,
    )
    .run(options.olderThanUs, sweepRowsMax).changes;
  if (aged >= sweepRowsMax) return aged;
  const count = db.prepare<{ count: number }>('select count(*) as count from screening_match').get()?.count ?? 0;
  const beyond = Math.min(count - options.keepMax, sweepRowsMax - aged);
  if (beyond <= 0) return aged;
  const counted = db
    .prepare('delete from screening_match where id in (select id from screening_match order by id limit ?)')
    .run(beyond).changes;
  return aged + counted;
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
