import { setImmediate } from 'node:timers/promises';
import { timestampOfUs } from '@comity/protocol/base';
import type { Clock } from '@comity/protocol/base';
import type { AuditAct } from '@comity/protocol/api';
import type { Connection, Store } from '../store/index.ts';
import { chainStart, hashRow } from './chain.ts';

/** Something done, as whoever did it tells it. Texts are cut to {@link textCharsMax} and made well-formed Unicode. */
export interface AuditEntry {
  readonly act: AuditAct;
  /** Account that answers for it; empty: nobody was signed in. */
  readonly by: string;
  readonly via: string;
  readonly address: string;
  readonly about: string;
  readonly details?: Readonly<Record<string, string | number | boolean>>;
}

export interface AuditRow extends Required<AuditEntry> {
  /** Counts from 1. */
  readonly number: number;
  readonly atUs: number;
  /** Hexadecimal. */
  readonly hash: string;
}

/** Rows of which all that is named is so. */
export interface AuditFilter {
  readonly act?: AuditAct;
  readonly by?: string;
  /** Whole, or as a row shows it. */
  readonly about?: string;
  readonly sinceUs?: number;
  /** Rows from this instant on are left out. */
  readonly untilUs?: number;
}

/** The audit trail: written with what it tells of, read by those who may, changed by nobody. */
export interface AuditBook {
  /** Appends a row within the transaction of what it tells of. */
  append(db: Connection, entry: AuditEntry): void;
  /** Rows, newest first. */
  list(filter: AuditFilter, page: { readonly beforeNumber?: number; readonly limit: number }): readonly AuditRow[];
  /** Rows, oldest first, as one JSON object a line. */
  lines(filter: AuditFilter): AsyncGenerator<string>;
  /** Follows the chain from its start: how many rows, the last hash, and the first fault there is. */
  verify(): Promise<{ readonly rows: number; readonly head: string; readonly fault: string | undefined }>;
}

const textCharsMax = 500;
/** Rows read in one turn of the event loop. */
const batchRows = 500;

interface Row {
  readonly number: number;
  readonly at_us: number;
  readonly act: AuditAct;
  readonly by: string;
  readonly via: string;
  readonly address: string;
  readonly about: string;
  readonly details: string;
  readonly hash: Uint8Array;
}

/** Opens the trail on a store whose schemas include `auditSchema`. */
export function openAuditBook(store: Pick<Store, 'reader'>, deps: { readonly clock: Clock }): AuditBook {
  const { reader } = store;
  return {
    append(db, entry) {
      const last = db.prepare<Row>('select number, hash from audit_row order by number desc limit 1').get();
      const content = {
        // A number is never given twice: where the end was cut off, the gap stays for verify to see.
        number: Math.max(lastNumber(db), last?.number ?? 0) + 1,
        atUs: Math.floor(deps.clock() * 1000),
        act: entry.act,
        by: cut(entry.by),
        via: cut(entry.via),
        address: cut(entry.address),
        about: cut(entry.about),
        details: JSON.stringify(cutAll(entry.details ?? {})),
      };
      const hash = hashRow(last?.hash ?? chainStart, content);
      db.prepare('insert into audit_row values (?, ?, ?, ?, ?, ?, ?, ?, ?)').run(...Object.values(content), hash);
    },
    list: (filter, { beforeNumber, limit }) =>
      read(reader, filter, { below: beforeNumber, limit, order: 'desc' }).map(rowOf),
    async *lines(filter) {
      for await (const rows of batches(reader, filter))
        yield rows.map((row) => `${JSON.stringify(lineOf(rowOf(row)))}\n`).join('');
    },
    async verify() {
      let before: Uint8Array = chainStart;
      let rows = 0;
      for await (const batch of batches(reader, {}))
        for (const row of batch) {
          const fault = faultOf(row, rows + 1, before);
          if (fault !== undefined) return { rows, head: hexOf(before), fault };
          before = row.hash;
          rows += 1;
        }
      const missing = lastNumber(reader) - rows;
      const fault = missing === 0 ? undefined : `${missing} rows after number ${rows} are gone`;
      return { rows, head: hexOf(before), fault };
    },
  };
}

/** The last number that was ever given, as the database counts; 0 where none was. */
function lastNumber(db: Connection): number {
  return db.prepare<{ seq: number }>("select seq from sqlite_sequence where name = 'audit_row'").get()?.seq ?? 0;
}

function faultOf(row: Row, number: number, before: Uint8Array): string | undefined {
  if (row.number !== number) return `row ${number} is gone`;
  const { at_us: atUs, hash, ...rest } = row;
  if (!hashRow(before, { ...rest, atUs }).equals(hash)) return `row ${number} is not as it was written`;
  return undefined;
}

/** All rows, oldest first; the event loop has its turn between two batches. */
async function* batches(reader: Connection, filter: AuditFilter): AsyncGenerator<readonly Row[]> {
  for (let above = 0; ;) {
    const rows = read(reader, filter, { above, limit: batchRows, order: 'asc' });
    if (rows.length > 0) yield rows;
    if (rows.length < batchRows) return;
    above = rows.at(-1)?.number ?? 0;
    await setImmediate();
  }
}

interface Page {
  readonly above?: number | undefined;
  readonly below?: number | undefined;
  readonly limit: number;
  readonly order: 'asc' | 'desc';
}

function read(reader: Connection, filter: AuditFilter, { above, below, limit, order }: Page): Row[] {
  const conditions = [
    ['act = ?', filter.act],
    ['by = ?', filter.by],
    ['about = ?', filter.about === undefined ? undefined : cut(filter.about)],
    ['at_us >= ?', filter.sinceUs],
    ['at_us < ?', filter.untilUs],
    ['number > ?', above],
    ['number < ?', below],
  ] as const;
  const asked = conditions.flatMap(([sql, value]) => (value === undefined ? [] : [{ sql, value }]));
  const where = asked.length === 0 ? '' : `where ${asked.map(({ sql }) => sql).join(' and ')}`;
  return reader
    .prepare<Row>(`select * from audit_row ${where} order by number ${order} limit ?`)
    .all(...asked.map(({ value }) => value), limit);
}

function rowOf({ at_us: atUs, details, hash, ...rest }: Row): AuditRow {
  return { ...rest, atUs, details: JSON.parse(details) as AuditRow['details'], hash: hexOf(hash) };
}

function lineOf({ number, atUs, ...rest }: AuditRow): object {
  return { number, at: timestampOfUs(atUs), atUs, ...rest };
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function cut(text: string): string {
  const shown = text.length > textCharsMax ? `${text.slice(0, textCharsMax - 1)}…` : text;
  // Half a surrogate pair, sent or left by the cut, is neither UTF-8 nor canonical JSON.
  return shown.toWellFormed();
}

function cutAll(details: NonNullable<AuditEntry['details']>): NonNullable<AuditEntry['details']> {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [name, typeof value === 'string' ? cut(value) : value]),
  );
}
