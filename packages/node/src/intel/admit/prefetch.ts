import type { StixId } from '@comity/protocol/base';
import type { Connection, SqlValue } from '../../store/index.ts';

/** Keys or values asked for in one statement. */
const askedAtOnce = 100;
const asked = `with asked(place, it) as (values ${Array.from({ length: askedAtOnce }, (_, place) => `(${place}, ?)`).join(', ')})`;

const questions = {
  key: `${asked} select place from asked where exists (select 1 from intel_object where key = it)`,
  value: `${asked} select place from asked where exists (select 1 from intel_value where value = it)`,
} as const;

/**
 * Which of many keys or values are in the database: a hundred a statement, so that what is new, nearly everything in a
 * first import, is not asked for one by one.
 *
 * @returns Their places in `all`.
 */
export function findExisting(db: Connection, what: keyof typeof questions, all: readonly SqlValue[]): number[] {
  const statement = db.prepare<{ place: number }>(questions[what]);
  const found: number[] = [];
  for (let from = 0; from < all.length; from += askedAtOnce) {
    const chunk = all.slice(from, from + askedAtOnce);
    while (chunk.length < askedAtOnce) chunk.push(null);
    for (const { place } of statement.all(...chunk)) found.push(from + place);
  }
  return found;
}

/** What an id is remembered by: two spellings of a UUID are one id. */
export function nameOf(id: StixId): string {
  return id.toLowerCase();
}
