import type { Connection } from '../../store/index.ts';
import type { FreshNotes } from './seen-notes.ts';

/** Keys that were acknowledged with their bytes and are in no run yet. */
export interface JournalRow {
  readonly id: number;
  readonly source: number;
  readonly hour: number;
  readonly keys: Uint8Array;
}

/** Keeps what a batch noted, in the transaction of its offset. */
export function addToJournal(
  db: Connection,
  batch: { readonly source: number; readonly epoch: number; readonly number: number },
  { hour, keys }: FreshNotes,
): void {
  db.prepare('insert into screening_seen (source, epoch, number, hour, keys) values (?, ?, ?, ?, ?)').run(
    batch.source,
    batch.epoch,
    batch.number,
    hour,
    keys,
  );
}

/** Forgets what is in a run now: what the batches of a start of a source up to one of them noted. */
export function cutJournal(db: Connection, source: number, epoch: number, through: number): void {
  db.prepare('delete from screening_seen where source = ? and epoch = ? and number <= ?').run(source, epoch, through);
}

/** Rows that no running start of a source will put into a run, at most about 16 MB of them. */
export function strayRows(db: Connection, isRunning: (source: number, epoch: number) => boolean): JournalRow[] {
  const rows: JournalRow[] = [];
  let bytes = 0;
  const heads = db
    .prepare<{ id: number; source: number; epoch: number; hour: number; size: number }>(
      'select id, source, epoch, hour, length(keys) as size from screening_seen order by id',
    )
    .all();
  for (const { id, source, epoch, hour, size } of heads) {
    if (isRunning(source, epoch)) continue;
    const row = db.prepare<{ keys: Uint8Array }>('select keys from screening_seen where id = ?').get(id);
    if (row === undefined) continue;
    rows.push({ id, source, hour, keys: row.keys });
    bytes += size;
    if (bytes > strayBytesMax) break;
  }
  return rows;
}

const strayBytesMax = 16 * 1024 * 1024;

export function deleteRows(db: Connection, rows: readonly JournalRow[]): void {
  const forget = db.prepare('delete from screening_seen where id = ?');
  for (const { id } of rows) forget.run(id);
}

/** State of the listed values up to which what was seen before has been asked for. Undefined before the first time. */
export function huntedThrough(db: Connection): number | undefined {
  return db.prepare<{ sequence: number }>('select sequence from screening_hunt where id = 1').get()?.sequence;
}

export function setHuntedThrough(db: Connection, sequence: number): void {
  db.prepare('insert or replace into screening_hunt (id, sequence) values (1, ?)').run(sequence);
}
