import { correlationCutOff } from '../bounds.ts';
import { listedValueOf } from '../admit/value-book.ts';
import { stixIdOfKey } from '../codes.ts';
import type { Correlation } from '../intel.ts';
import { textOf } from './row-reader.ts';
import type { FullObjectRow, RowReader } from './row-reader.ts';

/** Values of one object that are followed, and objects shown for each. */
const valuesMax = 200;
const objectsShown = 25;

/**
 * Objects that share a value, read from the inverted index when asked: nothing is stored a pair, so a value that a
 * million objects list costs no more than any other. Past {@link correlationCutOff} it says nothing and none are shown.
 */
export function correlate(rows: RowReader, row: FullObjectRow): Correlation[] {
  const own = new Set(rows.membersOf(row));
  const count = rows.db.prepare<{ count: number }>(
    'select count(*) as count from (select 1 from intel_listing where value_ref = ? limit ?)',
  );
  const others = rows.db.prepare<{ object_ref: number }>(
    'select object_ref from intel_listing where value_ref = ? order by object_ref desc limit ?',
  );
  const correlations: Correlation[] = [];
  for (const value of rows.valuesOf(row.ref, valuesMax)) {
    const total = count.get(value.ref, correlationCutOff + 1)?.count ?? 0;
    if (total > correlationCutOff) {
      correlations.push({ value: listedValueOf(value), objects: [], count: correlationCutOff, cutOff: true });
      continue;
    }
    const refs = others.all(value.ref, total).flatMap((other) => (own.has(other.object_ref) ? [] : [other.object_ref]));
    if (refs.length === 0) continue;
    const objects = refs.slice(0, objectsShown).map((ref) => {
      const other = rows.get(ref);
      const id = stixIdOfKey(other.key);
      return { id, type: id.slice(0, id.lastIndexOf('--')), name: textOf(rows.liveValue(other)['name']) };
    });
    correlations.push({ value: listedValueOf(value), objects, count: refs.length, cutOff: false });
  }
  return correlations;
}
