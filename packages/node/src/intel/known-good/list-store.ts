import { ComityError, parseRowId } from '@comity/protocol/base';
import type { RowId } from '@comity/protocol/base';
import type { Warninglist } from '@comity/protocol/misp';
import type { Connection } from '../../store/index.ts';
import type { IntelCore } from '../intel-core.ts';
import type { KnownGoodList, Rejudgement } from '../intel.ts';
import { builtInLists } from './built-in.ts';
import { compileKnownGood } from './gate.ts';
import type { KnownGoodGate } from './gate.ts';

/** Values judged again in one transaction. */
const valuesAtOnce = 2000;

interface ListRow {
  ref: number;
  id: string;
  name: string;
  description: string;
  type: string;
  version: number;
  entry_count: number;
  unusable: string;
  built_in: number;
  loaded_us: number;
}

/** The gate as the lists in the database make it. */
export function loadGate(db: Connection): KnownGoodGate {
  const rows = db
    .prepare<{ name: string; description: string; type: string; version: number; attributes: string; entries: string }>(
      'select name, description, type, version, attributes, entries from intel_known_good order by ref',
    )
    .all();
  return compileKnownGood(
    rows.map((row) => ({
      name: row.name,
      description: row.description,
      type: row.type as Warninglist['type'],
      version: row.version,
      matchingAttributes: JSON.parse(row.attributes) as string[],
      list: JSON.parse(row.entries) as string[],
      skipped: 0,
    })),
  );
}

/** Puts the lists the program brings into a new data folder, or their newer versions into an older one. */
export async function installBuiltInLists(core: IntelCore): Promise<void> {
  const there = new Map(readLists(core.store.reader).map((list) => [list.name, list]));
  const missing = builtInLists.filter((list) => (there.get(list.name)?.version ?? 0) < list.version);
  if (missing.length > 0) await loadLists(core, missing, { builtIn: true });
}

/** Loads or replaces lists by name and judges every value again; `signal` as in {@link finishRejudging}. */
export async function loadLists(
  core: IntelCore,
  lists: readonly Warninglist[],
  options: { readonly builtIn: boolean; readonly signal?: AbortSignal | undefined },
): Promise<Rejudgement> {
  if (!options.builtIn) {
    const taken = lists.find((list) => builtInLists.some((builtIn) => builtIn.name === list.name));
    if (taken !== undefined) {
      throw new ComityError('CONFLICT', `Cannot load a list named ${taken.name}: the program has one of that name`);
    }
  }
  for (const list of lists) {
    // Compiled here, outside the transaction, for what it cannot use; a long list costs a moment each.
    const { unusable } = compileKnownGood([list]);
    await core.write(({ db, nowUs }) => {
      db.prepare(
        `insert into intel_known_good (id, name, description, type, version, attributes, entries, entry_count, unusable,
           built_in, loaded_us) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         on conflict (name) do update set description = excluded.description, type = excluded.type,
           version = excluded.version, attributes = excluded.attributes, entries = excluded.entries,
           entry_count = excluded.entry_count, unusable = excluded.unusable, loaded_us = excluded.loaded_us`,
      ).run(
        parseRowId(`list-${core.uuid().replaceAll('-', '')}`),
        list.name,
        list.description,
        list.type,
        list.version,
        JSON.stringify(list.matchingAttributes),
        JSON.stringify(list.list),
        list.list.length,
        JSON.stringify(unusable.map(({ entry, reason }) => ({ entry, reason }))),
        options.builtIn ? 1 : 0,
        nowUs,
      );
      core.forgetGate();
      return { result: undefined };
    });
  }
  return rejudge(core, options.signal);
}

/** @throws {ComityError} `NOT_FOUND`; `CONFLICT` for a list the program brings. */
export async function removeList(core: IntelCore, id: RowId, signal?: AbortSignal): Promise<Rejudgement> {
  await core.write(({ db }) => {
    const row = db
      .prepare<{ built_in: number; name: string }>('select built_in, name from intel_known_good where id = ?')
      .get(id);
    if (row === undefined) throw new ComityError('NOT_FOUND', `Cannot remove the list ${id}: there is none`);
    if (row.built_in === 1) throw new ComityError('CONFLICT', `Cannot remove ${row.name}: it belongs to the program`);
    db.prepare('delete from intel_known_good where id = ?').run(id);
    core.forgetGate();
    return { result: undefined };
  });
  return rejudge(core, signal);
}

export function readLists(db: Connection): KnownGoodList[] {
  return db
    .prepare<ListRow>(
      `select ref, id, name, description, type, version, entry_count, unusable, built_in, loaded_us
       from intel_known_good order by built_in desc, name`,
    )
    .all()
    .map((row) => ({
      id: parseRowId(row.id),
      name: row.name,
      description: row.description,
      type: row.type as Warninglist['type'],
      version: row.version,
      entryCount: row.entry_count,
      unusable: JSON.parse(row.unusable) as KnownGoodList['unusable'],
      builtIn: row.built_in === 1,
      loadedUs: row.loaded_us,
    }));
}

/**
 * Judges every value by the lists as they are now, a few thousand in a transaction. A crash in between leaves some values
 * judged by the old lists: the next load or removal judges them all again, and so does {@link finishRejudging} at a start.
 */
async function rejudge(core: IntelCore, signal: AbortSignal | undefined): Promise<Rejudgement> {
  await setRejudging(core, 0);
  return finishRejudging(core, signal);
}

/**
 * Goes on with a judging that a stop of the node interrupted; does nothing when there is none.
 *
 * @param signal - stops between two transactions; the next start goes on from there.
 */
export async function finishRejudging(core: IntelCore, signal?: AbortSignal): Promise<Rejudgement> {
  let heldBack = 0;
  let freed = 0;
  for (;;) {
    const from = core.store.reader
      .prepare<{ upto: number }>(`select upto from intel_indexed where name = 'judged'`)
      .get()?.upto;
    if (from === undefined || signal?.aborted === true) return { heldBack, freed };
    const turn = await core.writeBooks(({ objects, values }, { db, nowUs }) => {
      const refs = db
        .prepare<{ ref: number }>('select ref from intel_value where ref > ? order by ref limit ?')
        .all(from, valuesAtOnce)
        .map((row) => row.ref);
      const last = refs.at(-1);
      const changed = refs.filter((ref) => values.rejudge(values.get(ref), nowUs));
      let held = 0;
      for (const ref of changed) {
        const entry = values.get(ref);
        if (entry.listed > 0 && entry.released === 0) held += entry.held;
        for (const objectRef of objectsListing(db, ref)) objects.reconsider(objectRef, nowUs);
      }
      if (last === undefined) db.prepare(`delete from intel_indexed where name = 'judged'`).run();
      else db.prepare(`update intel_indexed set upto = ? where name = 'judged'`).run(last);
      return { held, freed: changed.filter((ref) => values.get(ref).held === 0 && values.get(ref).listed > 0).length };
    });
    heldBack += turn.held;
    freed += turn.freed;
  }
}

export function objectsListing(db: Connection, valueRef: number): number[] {
  return db
    .prepare<{ object_ref: number }>('select object_ref from intel_listing where value_ref = ?')
    .all(valueRef)
    .map((row) => row.object_ref);
}

async function setRejudging(core: IntelCore, upTo: number): Promise<void> {
  await core.write(({ db }) => {
    db.prepare(
      `insert into intel_indexed (name, upto) values ('judged', ?) on conflict (name) do update set upto = excluded.upto`,
    ).run(upTo);
    return { result: undefined };
  });
}
