import type { TaxiiStatus } from '@comity/protocol/taxii';
import type { Store } from '../store/index.ts';
import type { StatusBook } from './taxii.ts';

/** A status is kept this long; the standard asks for a day (TAXII 2.1 §4.3). */
const keptUs = 7 * 86_400_000_000;
/** However many are sent: the oldest go first. */
const statusesMax = 10_000;

/** Opens the book of what became of objects that were sent. */
export function openStatusBook(store: Pick<Store, 'reader' | 'write'>, nowUs: () => number): StatusBook {
  return {
    async keep(status, caller) {
      const atUs = nowUs();
      await store.write((db) => {
        db.prepare('insert into taxii_status values (?, ?, ?, ?)').run(status.id, caller, atUs, JSON.stringify(status));
        db.prepare('delete from taxii_status where at_us < ?').run(atUs - keptUs);
        db.prepare(
          `delete from taxii_status where at_us < (select at_us from taxii_status order by at_us desc limit 1 offset ?)`,
        ).run(statusesMax - 1);
      });
    },
    find(id, caller) {
      const text = store.reader
        .prepare<{ text: string }>('select text from taxii_status where id = ? and caller = ?')
        .get(id, caller)?.text;
      return text === undefined ? undefined : (JSON.parse(text) as TaxiiStatus);
    },
  };
}
