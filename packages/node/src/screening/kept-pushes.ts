import type { Connection } from '../store/index.ts';
import type { PushOutcome } from './record-source.ts';
import { sweepRowsMax } from './sweep-matches.ts';

/** A push whose sender gave it a key, as it is stored from its first try on. */
export interface KeptPush extends PushOutcome {
  /** Every try is judged under this stream, so that a match is there once. */
  readonly stream: string;
  /** SHA-256 of the whole body, hex; undefined until the push is judged to its end and durable. */
  readonly print: string | undefined;
}

interface Raw {
  stream: string;
  print: string | null;
  records: number;
  matches: number;
}

export function findPush(db: Connection, source: number, key: string): KeptPush | undefined {
  const raw = db
    .prepare<Raw>('select stream, print, records, matches from screening_push where source = ? and key = ?')
    .get(source, key);
  return raw === undefined ? undefined : { ...raw, print: raw.print ?? undefined };
}

/** Notes that a push begins; one that was begun before stays as it is. */
export function beginPush(db: Connection, source: number, key: string, stream: string, nowUs: number): void {
  db.prepare(
    'insert into screening_push (source, key, stream, updated_us) values (?, ?, ?, ?) on conflict do nothing',
  ).run(source, key, stream, nowUs);
}

/** Adds what a batch of the push brought; with `print` the push is judged to its end. */
export function addToPush(
  db: Connection,
  push: { readonly source: number; readonly key: string; readonly print: string | undefined },
  added: PushOutcome,
  nowUs: number,
): void {
  db.prepare(
    `update screening_push set records = records + ?, matches = matches + ?, print = ?, updated_us = ?
     where source = ? and key = ?`,
  ).run(added.records, added.matches, push.print ?? null, nowUs, push.source, push.key);
}

/** Forgets pushes of long ago, at most {@link sweepRowsMax}; returns how many. */
export function sweepPushes(db: Connection, olderThanUs: number): number {
  return db
    .prepare(
      `delete from screening_push where (source, key) in
         (select source, key from screening_push where updated_us < ? order by updated_us limit ?)`,
    )
    .run(olderThanUs, sweepRowsMax).changes;
}
