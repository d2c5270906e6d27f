import { assert } from '@comity/protocol/base';
import type { Connection } from '../../store/index.ts';

/** Bytes of one entry. A bundle holds 65,535; what an entry says needs no more than this. */
const entryBytesMax = 4096;

interface EntryRow {
  readonly id: number;
  readonly entry: Uint8Array;
}

/**
 * Puts an entry at the end of what is to be written, in somebody else's transaction: what it is about and the entry are kept together or
 * not at all.
 *
 * @param entry - 1 to 4,096 bytes.
 * @returns its id, one more than that of the entry before: a transaction that is undone gives its ids back.
 */
export function addEntry(db: Connection, entry: Uint8Array): number {
  assert(entry.length >= 1 && entry.length <= entryBytesMax, `an entry has 1 to ${entryBytesMax} bytes`);
  return db.prepare('insert into ledger_entry (entry) values (?)').run(entry).lastRowid;
}

/** At most `limit` entries from an id on. */
export function readEntries(db: Connection, fromId: number, limit: number): Uint8Array[] {
  const rows = db
    .prepare<EntryRow>('select id, entry from ledger_entry where id >= ? order by id limit ?')
    .all(fromId, limit);
  return rows.map(({ id, entry }, index) => {
    assert(id === fromId + index, `entry ${fromId + index} of the ledger is there`);
    return entry;
  });
}

/** Id of the last entry; 0 when there is none. */
export function lastEntryId(db: Connection): number {
  return db.prepare<{ id: number | null }>('select max(id) as id from ledger_entry').get()?.id ?? 0;
}
