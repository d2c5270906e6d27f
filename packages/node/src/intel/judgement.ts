import { ComityError } from '@comity/protocol/base';
import type { RowId, StixId } from '@comity/protocol/base';
import type { ListedValue, Value } from '@comity/protocol/values';
import type { Connection } from '../store/index.ts';
import { needObject } from './admit/object-book.ts';
import { isHeld, listedValueOf } from './admit/value-book.ts';
import { codeOfKind, codeOfTlp, stixIdOfKey } from './codes.ts';
import type { IntelCore } from './intel-core.ts';
import { objectsListing } from './known-good/list-store.ts';
import type { LoanChange } from './import.ts';
import type { HeldBackValue, Intel } from './intel.ts';

/** Objects brought up to the clock in one transaction. */
const sweptAtOnce = 500;
const reasonCharsMax = 1000;

/**
 * Lets known-good values through, from this moment on and after every later import or list: the decision is a person's
 * and is kept with who, when and why. Values not held back are left alone.
 *
 * @throws {ComityError} `NOT_FOUND` for an unknown id, `ARGUMENT_INVALID` without a reason.
 */
export function release(
  core: IntelCore,
  what: { readonly ids?: readonly StixId[]; readonly values?: readonly Value[] },
  reason: string,
  by: string,
): Promise<readonly ListedValue[]> {
  if (reason.trim() === '' || reason.length > reasonCharsMax) {
    throw new ComityError('ARGUMENT_INVALID', `Cannot release without a reason of 1 to ${reasonCharsMax} characters`);
  }
  return core.writeBooks(({ objects, values }, { db, nowUs }) => {
    const entries = (what.values ?? []).flatMap((value) => refsOfValue(db, value).map((ref) => values.get(ref)));
    for (const id of what.ids ?? []) entries.push(...objects.entriesOf(needObject(objects.find(id), id).ref));
    const held = [...new Set(entries)].filter(isHeld);
    const keep = db.prepare('insert or replace into intel_release (value_ref, by, reason, at_us) values (?, ?, ?, ?)');
    for (const entry of held) {
      entry.released = 1;
      keep.run(entry.ref, by.slice(0, 300), reason, nowUs);
    }
    for (const entry of held) for (const ref of objectsListing(db, entry.ref)) objects.reconsider(ref, nowUs);
    return held.map(listedValueOf);
  });
}

/** Takes releases back: the gate holds the values again. */
export function unrelease(
  core: IntelCore,
  what: readonly Value[],
  note?: Parameters<Intel['unrelease']>[1],
): Promise<readonly ListedValue[]> {
  return core.writeBooks(({ objects, values }, { db, nowUs }) => {
    const entries = what.flatMap((value) => refsOfValue(db, value).map((ref) => values.get(ref)));
    const released = [...new Set(entries)].filter((entry) => entry.released === 1);
    for (const entry of released) {
      entry.released = 0;
      db.prepare('delete from intel_release where value_ref = ?').run(entry.ref);
    }
    for (const entry of released) for (const ref of objectsListing(db, entry.ref)) objects.reconsider(ref, nowUs);
    const heldBack = released.map(listedValueOf);
    note?.(db, heldBack);
    return heldBack;
  });
}

/** Marks objects as recalled by their origin. @returns How many were not recalled before. */
export function recall(core: IntelCore, ids: readonly StixId[], reason: string): Promise<number> {
  return core.writeBooks(({ objects }, { db, nowUs }) => {
    let count = 0;
    for (const id of ids) {
      const { ref } = needObject(objects.find(id), id);
      const done = db
        .prepare('insert or ignore into intel_recall (object_ref, at_us, reason) values (?, ?, ?)')
        .run(ref, nowUs, reason.slice(0, reasonCharsMax));
      count += done.changes;
      objects.reconsider(ref, nowUs);
    }
    return count;
  });
}

/** Changes loans of a lender; what it never lent is passed over. @returns How many objects changed. */
export function changeLoans(core: IntelCore, lender: RowId, changes: readonly LoanChange[]): Promise<number> {
  return core.writeBooks(({ objects }, { db, nowUs }) => {
    const sourceRef = db.prepare<{ ref: number }>('select ref from intel_source where id = ?').get(lender)?.ref;
    if (sourceRef === undefined) return 0;
    const isLent = db.prepare('select 1 from intel_loan where object_ref = ? and source_ref = ?');
    const tighten = db.prepare(
      'update intel_provenance set tlp = max(coalesce(tlp, 0), ?) where object_ref = ? and source_ref = ?',
    );
    let count = 0;
    for (const change of changes) {
      const ref = objects.find(change.id)?.ref;
      if (ref === undefined || isLent.get(ref, sourceRef) === undefined) continue;
      if ('untilUs' in change) {
        objects.loans.lend(ref, sourceRef, change);
        if (change.tlp !== undefined) tighten.run(codeOfTlp(change.tlp), ref, sourceRef);
      } else if (!objects.loans.end(ref, sourceRef, nowUs, change.ended.slice(0, reasonCharsMax))) continue;
      objects.reconsider(ref, nowUs);
      count += 1;
    }
    return count;
  });
}

/** Lets all a lender lends until `beforeUs` or earlier run on until `untilUs`. @returns How many objects. */
export async function renewLoans(core: IntelCore, lender: RowId, beforeUs: number, untilUs: number): Promise<number> {
  let renewed = 0;
  for (;;) {
    const turn = await core.writeBooks(({ objects }, { db, nowUs }) => {
      const due = db
        .prepare<{ ref: number; source_ref: number }>(
          `select object_ref as ref, source_ref from intel_loan
           where source_ref = (select ref from intel_source where id = ?) and ended_us is null and until_us <= ? and until_us > ?
           limit ?`,
        )
        .all(lender, Math.min(beforeUs, untilUs - 1), nowUs, sweptAtOnce);
      for (const { ref, source_ref: sourceRef } of due) {
        objects.loans.lend(ref, sourceRef, { untilUs });
        objects.reconsider(ref, nowUs);
      }
      return due.length;
    });
    renewed += turn;
    if (turn < sweptAtOnce) return renewed;
  }
}

/** Brings states up to the clock. @returns How many objects changed state. */
export async function sweep(core: IntelCore): Promise<number> {
  let changed = 0;
  for (;;) {
    const turn = await core.writeBooks(({ objects }, { db, nowUs }) => {
      const due = db
        .prepare<{ ref: number }>(
          'select ref from intel_object where next_change_us is not null and next_change_us <= ? order by next_change_us limit ?',
        )
        .all(nowUs, sweptAtOnce);
      // What a source told of again meanwhile only gets a later time: it stays in force.
      return { due: due.length, changed: due.filter(({ ref }) => objects.reconsider(ref, nowUs)).length };
    });
    changed += turn.changed;
    if (turn.due < sweptAtOnce) return changed;
  }
}

/** When the clock alone changes a state next, µs. */
export function nextChangeUs(db: Connection): number | undefined {
  const next = db.prepare<{ at_us: number | null }>(
    'select min(next_change_us) as at_us from intel_object where next_change_us is not null',
  );
  return next.get()?.at_us ?? undefined;
}

/** Rows of a value, with and without port. */
function refsOfValue(db: Connection, { kind, value }: Value): number[] {
  return db
    .prepare<{ ref: number }>('select ref from intel_value where value = ? and kind = ?')
    .all(value, codeOfKind(kind))
    .map((row) => row.ref);
}

/** Those of some values that the gate holds back now. */
export function readHeld(db: Connection, values: readonly Value[]): ListedValue[] {
  const held = db.prepare<{ kind: number; port: number; value: string }>(
    `select v.kind, v.port, v.value from intel_value v join intel_held h on h.value_ref = v.ref
     where v.value = ? and v.kind = ? and v.listed > 0 and v.released = 0`,
  );
  return values.flatMap(({ kind, value }) => held.all(value, codeOfKind(kind)).map(listedValueOf));
}

/** The held-back queue: values in force that the gate keeps back, newest first. */
export function readHeldBack(
  db: Connection,
  query: {
    readonly text: string;
    readonly list: string | undefined;
    readonly beforeRef: number;
    readonly limit: number;
  },
): HeldBackValue[] {
  const indicator = db.prepare<{ key: Uint8Array; ref: number }>(
    `select o.key, o.ref from intel_listing l join intel_object o on o.ref = l.object_ref
     where l.value_ref = ? and o.complete <> 2 order by l.object_ref desc limit 1`,
  );
  const sources = db.prepare<{ name: string }>(
    `select distinct s.name from intel_listing l join intel_provenance p on p.object_ref = l.object_ref
     join intel_source s on s.ref = p.source_ref where l.value_ref = ? limit 10`,
  );
  return db
    .prepare<{ ref: number; kind: number; port: number; value: string; list: string; entry: string; at_us: number }>(
      `select v.ref, v.kind, v.port, v.value, h.list, h.entry, h.at_us
       from intel_held h join intel_value v on v.ref = h.value_ref
       where h.value_ref < ? and v.listed > 0 and v.released = 0 and (? is null or h.list = ?) and instr(v.value, ?) > 0
       order by h.value_ref desc limit ?`,
    )
    .all(query.beforeRef, query.list ?? null, query.list ?? null, query.text.toLowerCase(), query.limit)
    .map((row) => {
      const newest = indicator.get(row.ref);
      return {
        ref: row.ref,
        value: listedValueOf(row),
        list: row.list,
        entry: row.entry,
        heldUs: row.at_us,
        indicator: newest === undefined ? undefined : stixIdOfKey(newest.key),
        sources: sources.all(row.ref).map((source) => source.name),
      };
    });
}
