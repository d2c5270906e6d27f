import type { Store } from '../store/index.ts';
import { listedValueOf } from './admit/value-book.ts';
import { countScreened, deltaOf, lastSequence, refsOfBytes } from './changes.ts';
import { screenedKindCodes } from './codes.ts';
import type { IntelFeed, ScreenedValue } from './intel.ts';

const rowsAtOnce = 500;
const screened = `listed > 0 and (held = 0 or released = 1) and kind in (${[...screenedKindCodes].join(', ')})`;

/**
 * The screen's view of a store, which may be read-only and belong to a worker.
 *
 * A table built from `activeValues()` at sequence s and brought forward by `changesSince(s)` is the table at the last
 * sequence, also when an import commits between the pages of `activeValues`: a page may then already show a later
 * state, and the changes that follow say it again (adding a ref that is there, removing one that is not, does nothing).
 */
export function createFeed({ reader }: Pick<Store, 'reader'>): IntelFeed {
  const page = reader.prepare<{ ref: number; kind: number; port: number; value: string }>(
    `select ref, kind, port, value from intel_value where ref > ? and ${screened} order by ref limit ${rowsAtOnce}`,
  );
  function* values(): Generator<ScreenedValue> {
    let last = 0;
    for (;;) {
      const rows = page.all(last);
      for (const row of rows) yield { ref: row.ref, value: listedValueOf(row) };
      const end = rows.at(-1);
      if (end === undefined) return;
      last = end.ref;
    }
  }
  return {
    sequence: () => lastSequence(reader),
    activeValues: () =>
      reader.snapshot(() => ({
        sequence: lastSequence(reader),
        count: countScreened(reader),
        values: values(),
      })),
    changesSince: (sequence, limit = 16) =>
      reader.snapshot(() => {
        const last = lastSequence(reader);
        if (sequence > last) return undefined;
        const rows = reader
          .prepare<{ sequence: number; added: Uint8Array; removed: Uint8Array }>(
            'select sequence, added, removed from intel_delta where sequence > ? order by sequence limit ?',
          )
          .all(sequence, limit);
        if (sequence < last && rows[0]?.sequence !== sequence + 1) return undefined;
        return rows.map((row) =>
          deltaOf(reader, {
            sequence: row.sequence,
            added: refsOfBytes(row.added),
            removed: refsOfBytes(row.removed),
          }),
        );
      }),
  };
}
