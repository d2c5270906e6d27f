import { ComityError, quote } from '@comity/protocol/base';
import { loadTable, saveTable } from '@comity/screen';
import type { Table } from '@comity/screen';

/** A table with the names of the lists it was built from; a row's `ref` is the index of its list. */
export interface NamedTable {
  readonly table: Table;
  readonly sources: readonly string[];
}

/**
 * The table a run has saved with {@link saveNamedTable}.
 *
 * @throws {ComityError} as `loadTable` does; `TABLE_UNUSABLE` also for one that does not name its lists.
 */
export function loadNamedTable(file: string): NamedTable {
  const { table, about } = loadTable(file);
  const sources = recogniseNames(about);
  if (sources !== undefined) return { table, sources };
  throw new ComityError('TABLE_UNUSABLE', `Cannot load the table ${quote(file)}: it does not name the lists it is of`);
}

export async function saveNamedTable({ table, sources }: NamedTable, file: string): Promise<void> {
  await saveTable(table, file, JSON.stringify(sources));
}

function recogniseNames(about: string): readonly string[] | undefined {
  try {
    const names: unknown = JSON.parse(about);
    return Array.isArray(names) && names.every((name) => typeof name === 'string') ? names : undefined;
  } catch {
    return undefined;
  }
}
