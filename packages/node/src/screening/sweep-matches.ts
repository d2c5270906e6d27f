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

/** A match that is deleted. */
export interface SweptMatch {
  readonly id: number;
  /** 1 when it raised an alarm. */
  readonly alarm: number;
}

/**
 * Deletes matches beyond age and count, the oldest first, at most {@link sweepRowsMax}; returns them.
 *
 * The counts of hours and sources stay: they say what was seen, not what is still kept.
 */
export function sweepMatches(
  db: Connection,
  beyond: { readonly throughId: number; readonly olderThanUs: number },
): readonly SweptMatch[] {
  const aged = db
    .prepare<SweptMatch>(
      `delete from screening_match where id in
         (select id from screening_match where seen_us < ? order by seen_us limit ?) returning id, alarm`,
    )
    .all(beyond.olderThanUs, sweepRowsMax);
  const counted = db
    .prepare<SweptMatch>(
      `delete from screening_match where id in
         (select id from screening_match where id <= ? order by id limit ?) returning id, alarm`,
    )
    .all(beyond.throughId, sweepRowsMax - aged.length);
  return [...aged, ...counted];
}

/** Deletes sources nobody can come to any more: removed, or uploads that are over and not listed, without a match. */
export function sweepSources(db: Connection, olderThanUs: number): void {
  db.prepare(
    `delete from screening_source where state in ('gone', 'done', 'failed') and changed_us < ?
       and not exists (select 1 from screening_match where source = screening_source.id)`,
  ).run(olderThanUs);
  db.prepare('delete from screening_stream where source not in (select id from screening_source)').run();
}

/** A finished stream of a watched folder, and the file it was of. */
export interface EndedStream {
  readonly source: number;
  readonly number: number;
  readonly path: string;
  readonly device: string;
  readonly inode: string;
}

/** Finished streams of watched folders that were not looked at since, at most {@link sweepRowsMax}. */
export function endedFolderStreams(db: Connection, lookedAtBeforeUs: number): EndedStream[] {
  return db
    .prepare<EndedStream>(
      `select source, number, path, device, inode from screening_stream where done = 1 and updated_us < ? and source in
         (select id from screening_source where kind = 'folder') order by updated_us limit ${sweepRowsMax}`,
    )
    .all(lookedAtBeforeUs);
}

/**
 * Deletes finished streams whose file is gone from its folder. That of a compressed file which is still there is kept,
 * and looked at again later: without it the file would be judged once more after a restart.
 */
export function sweepFolderStreams(
  db: Connection,
  streams: readonly (EndedStream & { readonly isThere: boolean })[],
  nowUs: number,
): void {
  const keep = db.prepare('update screening_stream set updated_us = ? where source = ? and number = ?');
  const forget = db.prepare('delete from screening_stream where source = ? and number = ?');
  for (const { source, number, isThere } of streams) {
    if (isThere) keep.run(nowUs, source, number);
    else forget.run(source, number);
  }
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
