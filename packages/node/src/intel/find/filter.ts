import { sql } from 'kysely';
import type { Connection, SqlValue } from '../../store/index.ts';
import { codeOfKind, codeOfState, codeOfTlp } from '../codes.ts';
import type { IntelFilter } from '../intel.ts';
import type { FullObjectRow } from './row-reader.ts';
import { queries } from './tables.ts';

/** A filter with its words looked up. `undefined` in a field: any. */
export interface CodedFilter {
  readonly type: number | undefined;
  readonly kinds: readonly number[] | undefined;
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
    kinds: filter.kinds?.map(codeOfKind),
    state: filter.state === undefined ? undefined : codeOfState(filter.state),
    tlp: filter.tlp === undefined ? undefined : codeOfTlp(filter.tlp),
    addedSinceUs: filter.addedSinceUs,
  };
}

/** Whether a row passes. Only leads of groups are shown; of one source, what that source told of, lead or not. */
export function passes(db: Connection, row: FullObjectRow, filter: CodedFilter): boolean {
  return (
    (filter.source === undefined ? row.lead === 1 : isToldBy(db, row.ref, filter.source)) &&
    (filter.type === undefined || row.type === filter.type) &&
    (filter.kinds === undefined || filter.kinds.includes(row.kind)) &&
    (filter.state === undefined || row.state === filter.state) &&
    (filter.tlp === undefined || row.tlp === filter.tlp) &&
    (filter.addedSinceUs === undefined || row.added_us >= filter.addedSinceUs)
  );
}

function isToldBy(db: Connection, ref: number, sourceRef: number): boolean {
  const told = db.prepare('select 1 from intel_provenance where object_ref = ? and source_ref = ?');
  return told.get(ref, sourceRef) !== undefined;
}

/**
 * Refs of leads that pass, newest first, with `fromRef <= ref < beforeRef`.
 *
 * The rare states lead through their index in the order of refs, other columns are only compared: `+column` tells SQLite so.
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
    .where('intel_object.ref', '>=', range.fromRef);
  if (filter.source === undefined) query = query.where(sql<boolean>`+lead = 1`);
  else {
    const told = queries
      .selectFrom('intel_provenance')
      .select('object_ref')
      .where('source_ref', '=', filter.source)
      .where('object_ref', '<', range.beforeRef)
      .where('object_ref', '>=', range.fromRef);
    query = query.where('intel_object.ref', 'in', told);
  }
  if (filter.state !== undefined) {
    // The index leaves the active out (code 1); saying so again lets SQLite use it.
    query = leadsByState
      ? query.where('state', '=', filter.state).where(sql<boolean>`state <> 1`)
      : query.where(sql<boolean>`+state = ${filter.state}`);
  }
  if (filter.type !== undefined) query = query.where(sql<boolean>`+type = ${filter.type}`);
  if (filter.kinds !== undefined) query = query.where(sql<boolean>`+kind in (${sql.join(filter.kinds)})`);
  if (filter.tlp !== undefined) query = query.where(sql<boolean>`+tlp = ${filter.tlp}`);
  if (filter.addedSinceUs !== undefined) query = query.where(sql<boolean>`+added_us >= ${filter.addedSinceUs}`);
  const compiled = query.orderBy('intel_object.ref', 'desc').limit(range.limit).compile();
  return db
    .prepare<{ ref: number }>(compiled.sql)
    .all(...(compiled.parameters as readonly SqlValue[]))
    .map((row) => row.ref);
}
