import { ComityError, parseRowId } from '@comity/protocol/base';
import type { RowId } from '@comity/protocol/base';
import type { Connection } from '../store/index.ts';
import type { RecordSourceKind } from './record-source.ts';
import type { StreamState } from './worker-messages.ts';

/** `gone`: removed; the row stays so that its matches keep the name of where they were seen. */
export type SourceState = 'on' | 'paused' | 'failed' | 'done' | 'gone';

/** A source as it is stored. */
export interface SourceRow {
  readonly id: number;
  readonly kind: RecordSourceKind;
  readonly name: string;
  readonly location: string;
  readonly format: string;
  readonly startFrom: 'start' | 'end';
  readonly state: SourceState;
  readonly error: string | undefined;
  readonly nextStream: number;
  readonly bytes: number;
  readonly records: number;
  readonly matches: number;
  readonly dropped: number;
  readonly createdUs: number;
  readonly changedUs: number;
  readonly lastRecordUs: number | undefined;
}

export function sourceIdOf(row: number): RowId & string {
  return parseRowId(`src-${row.toString(36).padStart(8, '0')}`);
}

/** Row of a source id, or undefined when the text is none. */
export function sourceRowOf(id: string): number | undefined {
  if (!/^src-[0-9a-z]{8}$/.test(id)) return undefined;
  const row = Number.parseInt(id.slice('src-'.length), 36);
  return Number.isSafeInteger(row) ? row : undefined;
}

interface Raw {
  id: number;
  kind: RecordSourceKind;
  name: string;
  location: string;
  format: string;
  start_from: 'start' | 'end';
  state: SourceState;
  error: string | null;
  next_stream: number;
  bytes: number;
  records: number;
  matches: number;
  dropped: number;
  created_us: number;
  changed_us: number;
  last_record_us: number | null;
}

function sourceOf(raw: Raw): SourceRow {
  return {
    id: raw.id,
    kind: raw.kind,
    name: raw.name,
    location: raw.location,
    format: raw.format,
    startFrom: raw.start_from,
    state: raw.state,
    error: raw.error ?? undefined,
    nextStream: raw.next_stream,
    bytes: raw.bytes,
    records: raw.records,
    matches: raw.matches,
    dropped: raw.dropped,
    createdUs: raw.created_us,
    changedUs: raw.changed_us,
    lastRecordUs: raw.last_record_us ?? undefined,
  };
}

/** Uploads that are over and still listed. */
const endedUploadsMax = 100;

/**
 * The sources that are listed, oldest first: all that stand, uploads under way, and of the uploads that are over the
 * newest {@link endedUploadsMax} that ended since.
 */
export function listSources(db: Connection, endedSinceUs: number): SourceRow[] {
  return db
    .prepare<Raw>(
      `select * from screening_source where state in ('on', 'paused') or id in
         (select id from screening_source where state in ('done', 'failed') and changed_us >= ?
          order by changed_us desc, id desc limit ${endedUploadsMax})
       order by id`,
    )
    .all(endedSinceUs)
    .map(sourceOf);
}

/** Whether a source was judged to its end and needs no thread any more: only an upload has one. */
export function isEnded({ state }: SourceRow): boolean {
  return state === 'done' || state === 'failed';
}

export function findSource(db: Connection, id: number): SourceRow | undefined {
  const raw = db.prepare<Raw>('select * from screening_source where id = ?').get(id);
  return raw === undefined ? undefined : sourceOf(raw);
}

/** @throws {ComityError} `CONFLICT` when the same place is screened already. */
export function insertSource(
  db: Connection,
  source: Pick<SourceRow, 'kind' | 'name' | 'location' | 'format' | 'startFrom'>,
  nowUs: number,
): SourceRow {
  if (source.kind !== 'http' && source.kind !== 'upload') {
    const same = db
      .prepare<{ name: string }>(
        `select name from screening_source where kind = ? and location = ? and state <> 'gone'`,
      )
      .get(source.kind, source.location);
    if (same !== undefined) {
      throw new ComityError('CONFLICT', `Cannot add ${source.location}: it is screened already as "${same.name}"`);
    }
  }
  const { lastRowid } = db
    .prepare(
      `insert into screening_source (kind, name, location, format, start_from, created_us, changed_us)
       values (?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(source.kind, source.name, source.location, source.format, source.startFrom, nowUs, nowUs);
  const row = findSource(db, lastRowid);
  if (row === undefined) throw new Error('Assertion failed: a source just added is there');
  return row;
}

export function setSourceState(
  db: Connection,
  id: number,
  state: SourceState,
  error: string | undefined,
  nowUs: number,
): void {
  db.prepare('update screening_source set state = ?, error = ?, changed_us = ? where id = ?').run(
    state,
    error ?? null,
    nowUs,
    id,
  );
  if (state === 'gone') db.prepare('delete from screening_stream where source = ?').run(id);
}

export function setSourceName(db: Connection, id: number, name: string): void {
  db.prepare('update screening_source set name = ? where id = ?').run(name, id);
}

interface RawStream {
  number: number;
  path: string;
  resume: string;
  device: string;
  inode: string;
  head_bytes: number;
  head_print: string;
  tail_at: number;
  tail_print: string;
  modified_ms: number;
  born_ms: number;
  offset: number;
  lines: number | null;
  done: number;
}

/** The streams of a source, oldest first. */
export function listStreams(db: Connection, source: number): StreamState[] {
  return db
    .prepare<RawStream>('select * from screening_stream where source = ? order by number')
    .all(source)
    .map((raw) => ({
      number: raw.number,
      path: raw.path,
      resume: raw.resume,
      device: raw.device,
      inode: raw.inode,
      headBytes: raw.head_bytes,
      headPrint: raw.head_print,
      tailAt: raw.tail_at,
      tailPrint: raw.tail_print,
      modifiedMs: raw.modified_ms,
      bornMs: raw.born_ms,
      offset: raw.offset,
      lines: raw.lines ?? undefined,
      done: raw.done === 1,
    }));
}
