import type { Equivocation } from '@comity/protocol/tlog';
import type { Connection } from '../../store/index.ts';
import type { SeenCheckpoint } from './monitor.ts';

interface SeenRow {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  readonly note: string;
  readonly seen_us: number;
  readonly cosigned_s: number | null;
  readonly proven_us: number | null;
  readonly due_us: number;
}

interface EvidenceRow {
  readonly origin: string;
  readonly size: number;
  readonly note: string;
  readonly other_note: string;
}

/** A checkpoint that is still to be proven, and by when. */
export type SeenWithDue = SeenCheckpoint & { readonly dueUs: number };

const columns = 'origin, size, root, note, seen_us, cosigned_s, proven_us, due_us';
/** Checkpoints kept of one log: what is older than all of them is not compared any more. */
const seenMax = 10_000;

export function findSeen(db: Connection, origin: string, size: number): SeenCheckpoint | undefined {
  const row = db.prepare<SeenRow>(`select ${columns} from ledger_seen where origin = ? and size = ?`).get(origin, size);
  return row && seenOf(row);
}

/** The largest proven one. */
export function latestSeen(db: Connection, origin: string): SeenCheckpoint | undefined {
  const row = db
    .prepare<SeenRow>(
      `select ${columns} from ledger_seen where origin = ? and proven_us is not null order by size desc limit 1`,
    )
    .get(origin);
  return row && seenOf(row);
}

/** The largest proven one of every log. */
export function everyLatest(db: Connection): SeenCheckpoint[] {
  const origins = db.prepare<{ origin: string }>('select distinct origin from ledger_seen order by origin').all();
  return origins.flatMap(({ origin }) => latestSeen(db, origin) ?? []);
}

/** Logs that are still to prove something. */
export function unprovenLogs(db: Connection): string[] {
  return db
    .prepare<{ origin: string }>('select distinct origin from ledger_seen where proven_us is null order by origin')
    .all()
    .map(({ origin }) => origin);
}

/** What a log is to prove first. */
export function firstDue(
  db: Connection,
  origin: string,
): { readonly size: number; readonly dueUs: number } | undefined {
  const row = db
    .prepare<{ size: number; due_us: number }>(
      'select size, due_us from ledger_seen where origin = ? and proven_us is null order by due_us limit 1',
    )
    .get(origin);
  return row && { size: row.size, dueUs: row.due_us };
}

/** What a log is still to prove, the smallest first. */
export function unprovenOf(db: Connection, origin: string, limit: number): SeenWithDue[] {
  return db
    .prepare<SeenRow>(`select ${columns} from ledger_seen where origin = ? and proven_us is null order by size limit ?`)
    .all(origin, limit)
    .map(seenOf);
}

export function addSeen(db: Connection, seen: SeenWithDue): void {
  db.prepare(`insert into ledger_seen (${columns}) values (?, ?, ?, ?, ?, ?, ?, ?)`).run(
    seen.origin,
    seen.size,
    seen.root,
    seen.note,
    seen.seenUs,
    seen.cosignedSeconds ?? null,
    seen.isProven ? seen.seenUs : null,
    seen.dueUs,
  );
  db.prepare(
    `delete from ledger_seen where origin = ? and size < (
       select size from ledger_seen where origin = ? order by size desc limit 1 offset ?)`,
  ).run(seen.origin, seen.origin, seenMax - 1);
}

/** Keeps the note with the fresher cosignatures. */
export function freshenSeen(db: Connection, { origin, size, note, cosignedSeconds }: SeenCheckpoint): void {
  db.prepare(
    `update ledger_seen set note = ?, cosigned_s = ? where origin = ? and size = ? and coalesce(cosigned_s, 0) < ?`,
  ).run(note, cosignedSeconds ?? null, origin, size, cosignedSeconds ?? 0);
}

export function markProven(db: Connection, { origin, size }: SeenCheckpoint, nowUs: number): void {
  db.prepare('update ledger_seen set proven_us = ? where origin = ? and size = ?').run(nowUs, origin, size);
}

/** The first evidence against a log is enough. */
export function addEvidence(db: Connection, { origin, size, notes }: Equivocation, nowUs: number): void {
  db.prepare(
    `insert into ledger_evidence (origin, size, note, other_note, found_us) values (?, ?, ?, ?, ?)
     on conflict (origin) do nothing`,
  ).run(origin, size, notes[0], notes[1], nowUs);
}

export function readEvidence(db: Connection): Equivocation[] {
  return db
    .prepare<EvidenceRow>('select origin, size, note, other_note from ledger_evidence order by origin')
    .all()
    .map(({ origin, size, note, other_note }) => ({ origin, size, notes: [note, other_note] }));
}

function seenOf(row: SeenRow): SeenWithDue {
  return {
    origin: row.origin,
    size: row.size,
    root: row.root,
    note: row.note,
    seenUs: row.seen_us,
    cosignedSeconds: row.cosigned_s ?? undefined,
    isProven: row.proven_us !== null,
    dueUs: row.due_us,
  };
}
