import type { Connection, SqlValue } from '../../store/index.ts';

/** Values asked for in one statement. */
const askedAtOnce = 100;
const marks = Array.from({ length: askedAtOnce }, () => '?').join(', ');

const questions = {
  key: `select key as found from intel_object where key in (${marks})`,
  value: `select value as found from intel_value where value in (${marks})`,
} as const;

/**
 * Which of many keys or values are in the database: a hundred a statement, so that what is new, nearly everything in a
 * first import, is not asked for one by one.
 *
 * @returns Texts as {@link textOfKey} gives them, or values.
 */
export function findExisting(db: Connection, what: keyof typeof questions, asked: readonly SqlValue[]): Set<string> {
  const statement = db.prepare<{ found: SqlValue }>(questions[what]);
  const found = new Set<string>();
  for (let from = 0; from < asked.length; from += askedAtOnce) {
    const chunk = asked.slice(from, from + askedAtOnce);
    while (chunk.length < askedAtOnce) chunk.push(null);
    for (const row of statement.all(...chunk)) found.add(textOfFound(row.found));
  }
  return found;
}

/** A key as a string, for sets. */
export function textOfKey(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');
}

function textOfFound(found: SqlValue): string {
  return found instanceof Uint8Array ? textOfKey(found) : String(found);
}
