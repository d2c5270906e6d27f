import { ComityError, parseRowId, quote } from '@comity/protocol/base';
import { valueKinds } from '@comity/protocol/values';
import type { ValueKind } from '@comity/protocol/values';
import type { Connection, Store } from '../store/index.ts';
import type { Collection, CollectionBook } from './taxii.ts';

/** Bounds of what a person enters; all of them are read into memory. */
const collectionsMax = 1000;
const listMax = 1000;
const idForm = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const aliasForm = /^[a-z0-9][a-z0-9-]{0,62}$/;
const typeForm = /^[a-z0-9-]{1,250}$/;

interface CollectionRow {
  readonly id: string;
  readonly alias: string | null;
  readonly title: string;
  readonly description: string;
  readonly types: string;
  readonly kinds: string;
  readonly source: string | null;
  readonly audience: string;
  readonly takes: number;
}

/** Opens the book: read into memory once, and again after each change of it. */
export function openCollectionBook(store: Pick<Store, 'reader' | 'write'>, nowUs: () => number): CollectionBook {
  let known: readonly Collection[] | undefined;
  const now = (): readonly Collection[] => (known ??= readAll(store.reader));
  return {
    list: now,
    find: (name) => now().find(({ id, alias }) => id === name || alias === name),
    async save(collection) {
      assertCollection(collection);
      const { id, alias } = collection;
      const others = now().filter((each) => each.id !== id);
      if (alias !== undefined && others.some((each) => each.alias === alias))
        throw new ComityError('CONFLICT', `Cannot use the alias ${quote(alias)}: another collection has it`);
      if (others.length >= collectionsMax)
        throw new ComityError('CONFLICT', `Cannot add a collection: there are ${collectionsMax}`);
      await store.write((db) => write(db, collection, nowUs()));
      known = undefined;
    },
    async remove(id) {
      const { changes } = await store.write((db) => db.prepare('delete from taxii_collection where id = ?').run(id));
      known = undefined;
      if (changes === 0) throw new ComityError('NOT_FOUND', `Cannot find the collection ${quote(id)}`);
    },
  };
}

function write(db: Connection, collection: Collection, nowUs: number): void {
  const { id, alias, title, description, types, kinds, source, audience, takesObjects } = collection;
  db.prepare(
    `insert into taxii_collection values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do update set
       alias = excluded.alias, title = excluded.title, description = excluded.description, types = excluded.types,
       kinds = excluded.kinds, source = excluded.source, audience = excluded.audience, takes = excluded.takes`,
  ).run(
    id,
    alias ?? null,
    title,
    description,
    JSON.stringify(types),
    JSON.stringify(kinds),
    source ?? null,
    JSON.stringify(audience),
    takesObjects ? 1 : 0,
    nowUs,
  );
}

function readAll(db: Connection): readonly Collection[] {
  return db
    .prepare<CollectionRow & Record<string, string | number | null>>(
      'select * from taxii_collection order by title, id',
    )
    .all()
    .map((row) => ({
      id: row.id,
      alias: row.alias ?? undefined,
      title: row.title,
      description: row.description,
      types: JSON.parse(row.types) as string[],
      kinds: JSON.parse(row.kinds) as ValueKind[],
      source: row.source === null ? undefined : parseRowId(row.source),
      audience: JSON.parse(row.audience) as string[],
      takesObjects: row.takes === 1,
    }));
}

function assertCollection({ id, alias, title, types, kinds, audience }: Collection): void {
  if (!idForm.test(id)) throw invalid(`${quote(id)} as an id: it is no UUID of version 4 in small letters`);
  if (alias !== undefined && !aliasForm.test(alias))
    throw invalid(`the alias ${quote(alias)}: it is 1 to 63 small letters, digits and dashes`);
  if (title.trim() === '') throw invalid('a collection without a title');
  const wrongType = types.find((type) => !typeForm.test(type));
  if (wrongType !== undefined) throw invalid(`${quote(wrongType)} as a STIX type`);
  const wrongKind = kinds.find((kind) => !Object.hasOwn(valueKinds, kind));
  if (wrongKind !== undefined) throw invalid(`${quote(wrongKind)} as a kind of values`);
  if ([types, kinds, audience].some(({ length }) => length > listMax)) throw invalid(`a list of more than ${listMax}`);
}

function invalid(what: string): ComityError {
  return new ComityError('ARGUMENT_INVALID', `Cannot use ${what}`);
}
