import type { Connection } from '../store/index.ts';
import { addToPush, findPush } from './kept-pushes.ts';
import type { KeptPush } from './kept-pushes.ts';
import { addToJournal } from './seen/seen-journal.ts';
import { setSourceState } from './source-rows.ts';
import type { Batch, StreamState } from './worker-messages.ts';

/** What a committed batch added. */
export interface Committed {
  /** Rows of the match table that are new; a match known from an earlier try is not among them. */
  readonly rows: readonly number[];
  /** Rows that were there and are an alarm now. */
  readonly raised: readonly number[];
  /** The push with a key the batch belongs to, as it is stored now. */
  readonly push: KeptPush | undefined;
  /** The push was judged to its end by an earlier try: nothing of this batch counts. */
  readonly isRepeat: boolean;
}

/**
 * Writes one batch: its matches, the new state of its stream and the counts, inside the caller's transaction.
 *
 * Safe to repeat: a match that is there stays as it is, and the state of a stream is the same when written twice. Only
 * what raised no alarm becomes one when a later piece of its record shows the listed port.
 */
export function commitBatch(db: Connection, batch: Batch, nowUs: number): Committed {
  const { source } = batch;
  // Of a push that was judged before, too: what it showed is noted as new only once.
  for (const notes of batch.seen) addToJournal(db, batch, notes);
  const key = batch.push?.key;
  const before = key === undefined ? undefined : findPush(db, source, key);
  // An earlier try got through after its sender had given up waiting.
  if (before?.print !== undefined) return { rows: [], raised: [], push: before, isRepeat: true };
  const { rows, raised, alarms } = insertMatches(db, batch, nowUs);
  if (batch.state !== undefined) writeStream(db, batch.source, batch.state, nowUs);
  countBatch(db, batch, rows.length, nowUs);
  countHour(db, nowUs, rows.length, alarms);
  if (key === undefined) return { rows, raised, push: undefined, isRepeat: false };
  addToPush(db, { source, key, print: batch.push?.print }, { records: batch.records, matches: rows.length }, nowUs);
  return { rows, raised, push: findPush(db, source, key), isRepeat: false };
}

/**
 * Writes matches; one that is there stays as it is, but that it becomes an alarm.
 *
 * @param hunt - how a hunt came to them; left out for what was found when it was screened.
 * @returns Rows added, rows that became alarms, and how many of both are alarms.
 */
export function insertMatches(
  db: Connection,
  batch: Pick<Batch, 'source' | 'stream' | 'matches' | 'sequence'>,
  nowUs: number,
  hunt?: 'confirmed',
): { rows: number[]; raised: number[]; alarms: number } {
  const insert = db.prepare(
    `insert into screening_match (source, stream, offset, line, file, seen_us, recorded_us, record, kind, value,
       listed, relation, port, field, ref, sequence, alarm, hunt) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (source, stream, offset, listed, value, field, relation, kind) do nothing`,
  );
  const raise = db.prepare<{ id: number }>(
    `update screening_match set port = ?, alarm = 1 where source = ? and stream = ? and offset = ? and listed = ?
       and value = ? and field = ? and relation = ? and kind = ? and alarm = 0 returning id`,
  );
  const rows: number[] = [];
  const raised: number[] = [];
  let alarms = 0;
  for (const match of batch.matches) {
    const alarm = match.port === 'other' ? 0 : 1;
    const result = insert.run(
      batch.source,
      batch.stream,
      match.offset,
      match.line,
      match.file,
      nowUs,
      match.recordedUs ?? null,
      match.record,
      match.kind,
      match.value,
      match.listed,
      match.relation,
      match.port ?? null,
      match.field,
      match.ref,
      batch.sequence,
      alarm,
      hunt ?? null,
    );
    if (result.changes > 0) rows.push(result.lastRowid);
    else if (alarm === 1) {
      const { offset, listed, value, field, relation, kind } = match;
      const place = [batch.source, batch.stream, offset, listed, value, field, relation, kind];
      const row = raise.get(match.port ?? null, ...place)?.id;
      if (row === undefined) continue;
      raised.push(row);
    } else continue;
    alarms += alarm;
  }
  return { rows, raised, alarms };
}

/** Adds matches to what the running hour found. */
export function countHour(db: Connection, nowUs: number, matches: number, alarms: number): void {
  if (matches + alarms === 0) return;
  db.prepare(
    `insert into screening_hour (hour, matches, alarms) values (?, ?, ?)
     on conflict (hour) do update set matches = matches + excluded.matches, alarms = alarms + excluded.alarms`,
  ).run(Math.floor(nowUs / 3_600_000_000), matches, alarms);
}

/** Writes the state of a stream and makes sure its number is not given out again. */
export function writeStream(db: Connection, source: number, state: StreamState, nowUs: number): void {
  db.prepare(
    `insert or replace into screening_stream (source, number, path, resume, device, inode, head_bytes, head_print, tail_at,
       tail_print, modified_ms, born_ms, offset, lines, done, updated_us)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    source,
    state.number,
    state.path,
    state.resume,
    state.device,
    state.inode,
    state.headBytes,
    state.headPrint,
    state.tailAt,
    state.tailPrint,
    state.modifiedMs,
    state.bornMs,
    state.offset,
    state.lines ?? null,
    state.done ? 1 : 0,
    nowUs,
  );
  keepStreamNumber(db, source, state.number);
}

/** Makes sure a stream number is never given out again. */
function keepStreamNumber(db: Connection, source: number, number: number): void {
  db.prepare('update screening_source set next_stream = max(next_stream, ? + 1) where id = ?').run(number, source);
}

function countBatch(db: Connection, batch: Batch, matches: number, nowUs: number): void {
  db.prepare(
    `update screening_source set bytes = bytes + ?, records = records + ?, matches = matches + ?, dropped = dropped + ?,
       last_record_us = case when ? > 0 then ? else last_record_us end
     where id = ?`,
  ).run(batch.bytes, batch.records, matches, batch.dropped, batch.records, nowUs, batch.source);
  if (batch.sourceDone) {
    setSourceState(db, batch.source, batch.error === undefined ? 'done' : 'failed', batch.error, nowUs);
  }
}
