import type { ListedValue, ValueKind } from '@comity/protocol/values';
import { openStore } from '../store/index.ts';
import type { Connection, Store, SubjectSchema } from '../store/index.ts';
import type { AskedPattern, PatternMark, ScreenedValue, ValueDelta, ValueReader } from './value-reader.ts';

/** The least a subject must keep for screening to read from: listed values and a log of their changes. */
export const listedValuesSchema: SubjectSchema = {
  subject: 'listed-values-for-tests',
  steps: [
    {
      name: 'values and changes',
      sql: `
        create table listed_value (ref integer primary key, kind text not null, value text not null, port integer,
          active integer not null);
        create table asked_pattern (ref integer primary key, version integer not null, language text not null, name text,
          text text not null);
        create table listed_change (sequence integer primary key autoincrement, ref integer not null, added integer not null);`,
    },
  ],
};

interface Row {
  ref: number;
  kind: ValueKind;
  value: string;
  port: number | null;
}

/** The module workers import in tests. */
export async function openValueReader({ dir }: { readonly dir: string }): Promise<ValueReader> {
  const store = await openStore({ dir, schemas: [], readOnly: true }, { clock: Date.now });
  const { reader } = store;
  const sequenceNow = (): number =>
    reader.prepare<{ last: number | null }>('select max(sequence) as last from listed_change').get()?.last ?? 0;
  return {
    activeValues: () => ({
      sequence: sequenceNow(),
      count: reader.prepare<{ count: number }>('select count(*) as count from listed_value').get()?.count ?? 0,
      values: pages(reader),
    }),
    changesSince: (sequence) =>
      reader
        .prepare<Row & { sequence: number; added: number }>(
          `select c.sequence, c.added, v.* from listed_change c join listed_value v using (ref)
           where c.sequence > ? order by c.sequence limit 16`,
        )
        .all(sequence)
        .map((row): ValueDelta => ({
          sequence: row.sequence,
          added: row.added === 1 ? [screened(row)] : [],
          removed: row.added === 1 ? [] : [screened(row)],
        })),
    patterns: () => activePatterns(reader),
    pattern: ({ ref, version }) =>
      reader
        .prepare<AskedPattern & { version: number }>(
          `select language, 'indicator--' || ref as indicator, name, text, '2.1' as stixVersion from asked_pattern
           where ref = ? and version = ?`,
        )
        .get(ref, version),
    close: () => store.close(),
  };
}

function activePatterns(reader: Connection): { marks: PatternMark[]; beyond: number } {
  return { marks: reader.prepare<PatternMark>('select ref, version from asked_pattern').all(), beyond: 0 };
}

/** Asks records of a pattern from now on, in place of one with the same number. */
export async function ask(store: Store, ref: number, language: 'stix' | 'sigma', text: string): Promise<void> {
  await store.write((db) => {
    db.prepare(
      `insert into asked_pattern values (?, 1, ?, null, ?)
       on conflict (ref) do update set version = version + 1, language = excluded.language, text = excluded.text`,
    ).run(ref, language, text);
  });
}

/** Asks a pattern no longer. */
export async function unask(store: Store, ref: number): Promise<void> {
  await store.write((db) => void db.prepare('delete from asked_pattern where ref = ?').run(ref));
}

/** A page at a time: a million values are never in memory together. */
function* pages(reader: Connection): Generator<ScreenedValue> {
  const page = reader.prepare<Row>('select * from listed_value where active = 1 and ref > ? order by ref limit 5000');
  for (let rows = page.all(-1); rows.length > 0; rows = page.all(rows.at(-1)?.ref ?? 0)) yield* rows.map(screened);
}

function screened(row: Row): ScreenedValue {
  const { kind, value, port, ref } = row;
  return { value: { kind, value, ...(port === null ? {} : { port }) }, ref };
}

/** Lists values from now on; `ref` counts up from `firstRef`. */
export async function list(store: Store, values: readonly ListedValue[], firstRef: number): Promise<void> {
  await store.write((db) => {
    for (const [index, { kind, value, port }] of values.entries()) {
      const ref = firstRef + index;
      db.prepare('insert or replace into listed_value values (?, ?, ?, ?, 1)').run(ref, kind, value, port ?? null);
      db.prepare('insert into listed_change (ref, added) values (?, 1)').run(ref);
    }
  });
}

/** Lists a value no longer. */
export async function unlist(store: Store, ref: number): Promise<void> {
  await store.write((db) => {
    db.prepare('update listed_value set active = 0 where ref = ?').run(ref);
    db.prepare('insert into listed_change (ref, added) values (?, 0)').run(ref);
  });
}
