import { isJsonObject, parseJson } from '@comity/protocol/base';
import type { JsonObject, StixId } from '@comity/protocol/base';
import type { Connection } from '../store/index.ts';
import { ArrivalBook } from './admit/arrival-book.ts';
import { GroupBook } from './admit/group-book.ts';
import { needObject, ObjectBook } from './admit/object-book.ts';
import type { ObjectRow } from './admit/object-book.ts';
import { referencesOf } from './admit/object-facts.ts';
import { ValueBook } from './admit/value-book.ts';
import type { ValueEntry } from './admit/value-book.ts';
import { lastSequence } from './changes.ts';
import { codeOfKind, keyOfStixId, stixIdOfKey } from './codes.ts';
import type { IntelCore } from './intel-core.ts';
import { versionRefsOf } from './version-refs.ts';

/** Versions, or rows of import reports, looked at between two turns of the event loop. */
const versionsAStep = 100;
const rowsAStep = 10_000;
/** Names of an object that are looked for in what imports found against the standard. */
const namesMax = 100;
/** What stands in the place of what an import report said. */
const nothing = 'erased';

/**
 * Removes what is known of an object: every version of it, its values where nothing else lists them, its words, and what import reports quote.
 * The id stays, recalled, with the reason, and nothing is taken in under it any more. What other objects say of the same, and matches, stay.
 *
 * The write-ahead log holds it until it is folded in.
 *
 * @param reason - A clause for people: `personal data`.
 * @returns Whether it was not erased before.
 * @throws {ComityError} `NOT_FOUND`.
 */
export async function erase(core: IntelCore, id: StixId, reason: string): Promise<boolean> {
  const done = await core.writeInSteps(function* ({ db, gate, nowUs }) {
    const values = new ValueBook(db, gate);
    const objects = new ObjectBook(db, values, new ArrivalBook(db, nowUs));
    const row = needObject(objects.find(id), id);
    const kept = db
      .prepare('insert or ignore into intel_erased (object_ref, at_us, reason) values (?, ?, ?)')
      .run(row.ref, nowUs, reason);
    if (kept.changes === 0) return { result: { isNew: false } };
    const said = yield* dropReferences(db, row);
    for (const { value } of objects.entriesOf(row.ref)) said.add(value);
    const changes = db.overwriting(() => {
      const entries = objects.entriesOf(row.ref);
      new GroupBook(db).leave(row, entries);
      new GroupBook(db).join(row.ref, row.ref, true);
      objects.relist(row, []);
      buryVersions(db, row);
      buryRest(db, row, { reason, nowUs });
      core.index.replace(db, row.ref, '');
      objects.reconsider(row.ref, nowUs);
      const alone = entries.filter(({ ref }) => !isListed(db, ref));
      for (const entry of alone) Object.assign(entry, { groupRef: null, held: 0, released: 0 });
      const changed = values.flush(nowUs);
      buryValues(db, alone);
      return changed;
    });
    yield* buryQuotes(db, row, said);
    return { result: { isNew: true }, changes };
  });
  // Again where a stop came in between: until then words of it lie in the index.
  await core.index.compact();
  return done.isNew;
}

/** No object that is left is found by what this one referred to. @returns Its names. */
function* dropReferences(db: Connection, { ref }: ObjectRow): Generator<void, Set<string>, void> {
  const drop = db.prepare('delete from intel_reference where target = ? and object_ref = ? and role = ?');
  const next = db.prepare<{ ref: number; text: string }>(
    'select ref, text from intel_version where ref between ? and ? order by ref limit ?',
  );
  const names = new Set<string>();
  const [first, last] = versionRefsOf(ref);
  for (let from = first; ;) {
    const versions = next.all(from, last, versionsAStep);
    for (const { text } of versions) {
      const value = valueOf(text);
      for (const { target, role } of referencesOf(value)) drop.run(keyOfStixId(target), ref, role);
      if (typeof value['name'] === 'string' && names.size < namesMax) names.add(value['name']);
    }
    const end = versions.at(-1);
    if (end === undefined) return names;
    from = end.ref + 1;
    yield;
  }
}

/** Of all versions one is left, which says nothing but that the object was there. */
function buryVersions(db: Connection, { ref, live_ref: liveRef }: ObjectRow): void {
  const [first, last] = versionRefsOf(ref);
  const text = db.prepare<{ text: string }>('select text from intel_version where ref = ?').get(liveRef)?.text ?? '{}';
  db.prepare('delete from intel_arrival where version_ref between ? and ? and version_ref <> ?').run(
    first,
    last,
    liveRef,
  );
  db.prepare('delete from intel_version where ref between ? and ? and ref <> ?').run(first, last, liveRef);
  db.prepare('update intel_version set text = ?, traits = null, conflict = 0 where ref = ?').run(
    tombstoneOf(valueOf(text)),
    liveRef,
  );
}

function tombstoneOf({ type, spec_version: version, id, created, modified }: JsonObject): string {
  return JSON.stringify({ type, spec_version: version, id, created, modified, revoked: true });
}

function buryRest(
  db: Connection,
  { ref }: ObjectRow,
  { reason, nowUs }: { readonly reason: string; readonly nowUs: number },
): void {
  db.prepare(
    'update intel_object set kind = 0, revoked = 1, conflict = 0, valid_from_us = null, valid_until_us = null where ref = ?',
  ).run(ref);
  db.prepare('insert or replace into intel_recall (object_ref, at_us, reason, of_loans) values (?, ?, ?, 0)').run(
    ref,
    nowUs,
    `erased: ${reason}`,
  );
  db.prepare('delete from intel_withdrawal where object_ref = ?').run(ref);
  db.prepare('delete from intel_unread_marking where object_ref = ?').run(ref);
  db.prepare('update intel_provenance set foreign_id = null where object_ref = ?').run(ref);
}

function isListed(db: Connection, valueRef: number): boolean {
  return db.prepare('select 1 from intel_listing where value_ref = ? limit 1').get(valueRef) !== undefined;
}

/** Of a value nothing lists any more its number is left: matches bear it. */
function buryValues(db: Connection, entries: readonly ValueEntry[]): void {
  if (entries.length === 0) return;
  const bury = db.prepare('update intel_value set value = ?, kind = ?, port = 0 where ref = ?');
  for (const { ref } of entries) {
    bury.run(`erased ${ref}`, codeOfKind('other'), ref);
    db.prepare('delete from intel_held where value_ref = ?').run(ref);
    db.prepare('delete from intel_release where value_ref = ?').run(ref);
  }
  // Whoever follows the changes removes by the value, which is gone: a gap has them begin anew with what is left.
  const last = lastSequence(db);
  db.prepare("insert into intel_delta (sequence, added, removed) values (?, x'', x'')").run(last + 2);
  db.prepare('delete from intel_delta where sequence <= ?').run(last);
}

/** What import reports quote of the object, or of what gave itself its id. */
function* buryQuotes(db: Connection, { ref, key }: ObjectRow, said: ReadonlySet<string>): Generator<void, void, void> {
  const id = stixIdOfKey(key);
  const bury = db.prepare(
    `update intel_import_row set value = null, reason = '${nothing}', place = ''
     where import_ref between ? and ? and (object_ref = ? or given_id = ? collate nocase)`,
  );
  const imports = db
    .prepare<{ ref: number; rows: number }>(
      'select ref, rows_kept as rows from intel_import where rows_kept > 0 order by ref',
    )
    .all();
  let [from, rows] = [imports[0]?.ref ?? 0, 0];
  for (const [at, each] of imports.entries()) {
    rows += each.rows;
    if (rows < rowsAStep && at < imports.length - 1) continue;
    const to = each.ref;
    db.overwriting(() => bury.run(from, to, ref, id));
    yield;
    [from, rows] = [to + 1, 0];
  }
  const buryFinding = db.prepare(
    `update intel_import_finding set place = '', message = '${nothing}' where instr(place || ' ' || message, ?) > 0`,
  );
  for (const text of [id, ...said]) {
    db.overwriting(() => buryFinding.run(text));
    yield;
  }
}

function valueOf(text: string): JsonObject {
  const value = parseJson(text, text.length);
  return isJsonObject(value) ? value : {};
}
