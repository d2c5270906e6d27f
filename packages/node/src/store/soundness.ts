import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { ComityError } from '@comity/protocol/base';
import type { OwnedConnection } from './connection.ts';

/** `Coms`: marks the database file as ours (SQLite application_id). */
export const applicationId = 0x436f_6d73;
/** Up to this size the start checks every page; above it, the edges of every table and index: both stay under a second. */
const fullCheckBytesMax = 48 * 1024 * 1024;
const advice = 'Stop the node, move the data folder aside and restore a backup with "comity restore FILE"';

const damaged = (file: string, what: string): ComityError =>
  new ComityError('DATA_DAMAGED', `Cannot use ${file}: ${what}. ${advice}`);

/**
 * Looks at the first 100 bytes of a database file before SQLite does: cut short, overwritten, or not ours.
 *
 * The page count of the header is compared with the file's length only while no write-ahead log waits: a crash in the
 * middle of folding the log in may leave the file shorter than its header says, and SQLite repairs that.
 *
 * @throws {ComityError} `DATA_DAMAGED`, `DATA_UNWRITABLE`.
 */
export function assertHeader(file: string): void {
  const header = Buffer.alloc(100);
  let bytes: number;
  try {
    const descriptor = openSync(file, 'r');
    try {
      bytes = readSync(descriptor, header, 0, 100, 0);
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    throw new ComityError('DATA_UNWRITABLE', `Cannot read ${file}: ${String(cause)}`, { cause });
  }
  const walBytes = statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  if (bytes === 0 && walBytes > 0) return;
  if (bytes < 100) throw damaged(file, `it is cut short: ${bytes} bytes`);
  if (header.toString('latin1', 0, 16) !== 'SQLite format 3\0') throw damaged(file, 'its first bytes are overwritten');
  if (walBytes > 0) return;
  if (header.readUInt32BE(68) !== applicationId) throw damaged(file, 'it is not a database of this program');
  const pageBytes = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  const expected = header.readUInt32BE(28) * pageBytes;
  const actual = statSync(file).size;
  if (actual < expected) throw damaged(file, `it is cut short: ${actual} of ${expected} bytes`);
}

/**
 * Checks an open database as far as a second allows; {@link Store.check} does the rest.
 *
 * @throws {ComityError} `DATA_DAMAGED`.
 */
export function assertSound(connection: OwnedConnection, file: string): void {
  if (statSync(file).size <= fullCheckBytesMax) {
    const [first] = findDamage(connection, 'quick_check', 1);
    if (first !== undefined) throw damaged(file, `it fails its integrity check: ${first}`);
    return;
  }
  const tables = connection
    .prepare<{ name: string }>(
      `select name from sqlite_schema where type = 'table' and rootpage > 0 and name not like 'sqlite_%'`,
    )
    .all();
  for (const { name } of tables) {
    const quoted = `"${name.replaceAll('"', '""')}"`;
    connection.prepare(`select * from ${quoted} limit 1`).get();
    const key = connection
      .prepare<{ name: string }>('select name from pragma_table_info(?) where pk > 0 order by pk')
      .all(name);
    const order = key.map((column) => `"${column.name}" desc`).join(', ');
    connection.prepare(`select * from ${quoted} order by ${order === '' ? 'rowid desc' : order} limit 1`).get();
  }
}

/** What SQLite's own check of that name finds, at most `sentencesMax`; reads the whole file. */
export function findDamage(
  connection: OwnedConnection,
  check: 'quick_check' | 'integrity_check',
  sentencesMax: number,
): string[] {
  return connection
    .prepare<Partial<Record<typeof check, string>>>(`pragma ${check}(${sentencesMax})`)
    .all()
    .map((row) => row[check] ?? '')
    .filter((sentence) => sentence !== 'ok');
}
