import { sql } from 'kysely';
import type { Connection, SqlValue } from '../../store/index.ts';
import { codeOfKind, codeOfState, codeOfTlp } from '../codes.ts';
import type { IntelFilter } from '../types.ts';
import type { FullObjectRow } from './row-reader.ts';
import { queries } from './tables.ts';

/** A filter with its words looked up. `undefined` in a field: any. */
export interface CodedFilter {
  readonly type: number | undefined;
  readonly kind: number | undefined;
  readonly state: number | undefined;
  readonly source: number | undefined;
  readonly tlp: number | undefined;
  readonly addedSinceUs: number | undefined;
}

/** Looks the words up; undefined when one names nothing that is there, so nothing can be found. */
export function codeFilter(db: Connection, filter: IntelFilter): CodedFilter | undefined {
  const type =
    filter.type === undefined
      ? undefined
      : db.prepare<{ code: number }>('select code from intel_type where name = ?').get(filter.type)?.code;
  const source =
    filter.source === undefined
      ? undefined
      : db.prepare<{ ref: number }>('select ref from intel_source where id = ?').get(filter.source)?.ref;
  if (filter.type !== undefined && type === undefined) return undefined;
  if (filter.source !== undefined && source === undefined) return undefined;
  return {
    type,
    source,
    kind: filter.kind === undefined ? undefined : codeOfKind(filter.kind),
    state: filter.state === undefined ? undefined : codeOfState(filter.state),
    tlp: filter.tlp === undefined ? undefined : codeOfTlp(filter.tlp),
    addedSinceUs: filter.addedSinceUs,
  };
}

/** Whether a row passes; only leads of groups are shown. */
export function passes(db: Connection, row: FullObjectRow, filter: CodedFilter): boolean {
  return (
    row.lead === 1 &&
    (filter.type === undefined || row.type === filter.type) &&
    (filter.kind === undefined || row.kind === filter.kind) &&
    (filter.state === undefined || row.state === filter.state) &&
    (filter.tlp === undefined || row.tlp === filter.tlp) &&
    (filter.addedSinceUs === undefined || row.added_us >= filter.addedSinceUs) &&
    (filter.source === undefined || isToldBy(db, row, filter.source))
  );
}

/** Whether a source told of any member of the group. */
function isToldBy(db: Connection, row: FullObjectRow, sourceRef: number): boolean {
  const told = db.prepare('select 1 from intel_provenance where object_ref = ? and source_ref = ?');
  if (told.get(row.ref, sourceRef) !== undefined || told.get(row.group_ref, sourceRef) !== undefined) return true;
  return (
    db
      .prepare(
        `select 1 from intel_object o join intel_provenance p on p.object_ref = o.ref and p.source_ref = ?
         where o.group_ref = ? and o.group_ref <> o.ref limit 1`,
      )
      .get(sourceRef, row.group_ref) !== undefined
  );
}

/**
 * Refs of leads that pass, newest first, with `fromRef <= ref < beforeRef`.
 *
 * One column leads through its index in the order of refs, the others are only compared: `+column` tells SQLite so. The
 * rare states are the best lead, then the type. By source it goes through what the source told of.
 */
export function listRefs(
  db: Connection,
  filter: CodedFilter,
  range: { readonly fromRef: number; readonly beforeRef: number; readonly limit: number },
): number[] {
  const leadsByState = filter.state !== undefined && filter.state !== codeOfState('active');
  let query = queries
    .selectFrom('intel_object')
    .select('intel_object.ref')
    .where('intel_object.ref', '<', range.beforeRef)
    .where('intel_object.ref', '>=', range.fromRef)
    .where(sql<boolean>`+lead = 1`);
  if (filter.source !== undefined) {
    // A lead may be told of by the source through another member of its group only.
    query = query.where(
      sql<boolean>`exists (select 1 from intel_provenance p where p.object_ref = intel_object.ref and p.source_ref = ${filter.source})
        or exists (select 1 from intel_provenance p where p.object_ref = intel_object.group_ref and p.source_ref = ${filter.source})
        or exists (select 1 from intel_object m join intel_provenance p on p.object_ref = m.ref and p.source_ref = ${filter.source}
                   where m.group_ref = intel_object.group_ref and m.group_ref <> m.ref)`,
    );
  }
  if (filter.state !== undefined) {
    query = leadsByState
      ? query.where('state', '=', filter.state)
      : query.where(sql<boolean>`+state = ${filter.state}`);
  }
  if (filter.type !== undefined) {
    query = leadsByState ? query.where(sql<boolean>`+type = ${filter.type}`) : query.where('type', '=', filter.type);
  }
  if (filter.kind !== undefined) query = query.where(sql<boolean>`+kind = ${filter.kind}`);
  if (filter.tlp !== undefined) query = query.where(sql<boolean>`+tlp = ${filter.tlp}`);
  if (filter.addedSinceUs !== undefined) query = query.where(sql<boolean>`+added_us >= ${filter.addedSinceUs}`);
  const compiled = query.orderBy('intel_object.ref', 'desc').limit(range.limit).compile();
  return db
    .prepare<{ ref: number }>(compiled.sql)
    .all(...(compiled.parameters as readonly SqlValue[]))
    .map((row) => row.ref);
}
