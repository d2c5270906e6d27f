import { isJsonObject, parseJson, recogniseTimestampUs } from '@comity/protocol/base';
import type { StixId } from '@comity/protocol/base';
import { revoke } from '@comity/protocol/stix';
import type { Connection, SqlValue } from '../../store/index.ts';
import { hiddenStates, revocation } from '../admit/object-book.ts';
import type { TraitsReader } from '../admit/traits-book.ts';
import { codeOfKind, codeOfState, keyOfStixId, papOfCode, stixIdOfHexKey, tlpOfCode } from '../codes.ts';
import type { Arrival, ArrivalQuery, ArrivalsRead } from '../intel.ts';
import { objectRefOf, versionRefOf, versionRefsOf } from '../version-refs.ts';

/** Rows of the order looked at before a turn of the event loop is due: some milliseconds. */
const scannedMax = 1000;
/** Versions of one object that are looked at at once: somebody may ask for many objects of many versions. */
const versionsMax = 100;

interface ArrivalRow {
  readonly at_us: number;
  readonly version_ref: number;
  readonly key: string;
  readonly lease_until_us: number | null;
  readonly lent_pap: number | null;
  /** Code of the label, 8 × revoked, 64 when the version is the last, 128 when the object is our own. */
  readonly flags: number;
  readonly modified_us: number | null;
  readonly traits: number | null;
  readonly text: string;
}

/** A piece of the order: up to where it was looked through, and its rows that pass. */
interface Piece {
  readonly rows: readonly ArrivalRow[];
  readonly upToUs: number;
  readonly isEnd: boolean;
}

/** Reads on in the order of arrival: at most `rowsMax` rows that pass. Bounded work, so it may be called again and again. */
export function readArrivals(
  db: Connection,
  query: ArrivalQuery,
  rowsMax: number,
  traits: Pick<TraitsReader, 'find'>,
): ArrivalsRead {
  const filter = filterOf(db, query);
  if (filter === undefined) return { rows: [], upToUs: query.afterUs, isEnd: true };
  const piece =
    query.ids === undefined ? pieceAfter(db, query, filter, rowsMax) : pieceOf(db, query, query.ids, filter, rowsMax);
  const rows: Arrival[] = [];
  for (const row of piece.rows) {
    const arrival = arrivalOf(db, row, query, traits);
    if (arrival !== undefined) rows.push(arrival);
  }
  return { ...piece, rows };
}

/** Conditions on a row `a` of the order, `o` of its object and `v` of its version; constant text but for the parameters. */
interface Filter {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

const hidden = [...hiddenStates].map(codeOfState).join(', ');
/** What is small is one number, since each column that crosses from the database costs as much as finding it. */
const columns = `a.at_us, a.version_ref, lower(hex(o.key)) as key, o.lease_until_us, o.lent_pap, v.modified_us, v.traits, v.text,
  o.tlp + 8 * o.revoked + 64 * (o.live_ref = a.version_ref) + 128 * o.own as flags`;
const joined = `cross join intel_object o on o.ref = a.version_ref >> 20
  cross join intel_version v on v.ref = a.version_ref`;

/** Undefined: nothing passes. */
function filterOf(db: Connection, { types, kinds, source, lastOnly }: ArrivalQuery): Filter | undefined {
  const conditions = [`o.state not in (${hidden})`];
  const values: SqlValue[] = [];
  if (lastOnly) conditions.push('o.live_ref = a.version_ref');
  if (types !== undefined) {
    const typeCode = db.prepare<{ code: number }>('select code from intel_type where name = ?');
    conditions.push('o.type in (select value from json_each(?))');
    values.push(JSON.stringify(types.flatMap((name) => typeCode.get(name)?.code ?? [])));
  }
  if (kinds !== undefined) {
    conditions.push('o.kind in (select value from json_each(?))');
    values.push(JSON.stringify(kinds.map(codeOfKind)));
  }
  if (source !== undefined) {
    const ref = db.prepare<{ ref: number }>('select ref from intel_source where id = ?').get(source)?.ref;
    if (ref === undefined) return undefined;
    conditions.push('exists (select 1 from intel_provenance where object_ref = o.ref and source_ref = ?)');
    values.push(ref);
  }
  return { sql: conditions.join(' and '), values };
}

/**
 * The next piece of the whole order: its rows come by one statement, which looks at so many at most. How far that was is asked
 * only where not enough of them passed. Nothing is committed in between: the one writer is on this thread.
 */
function pieceAfter(db: Connection, query: ArrivalQuery, { sql, values }: Filter, rowsMax: number): Piece {
  const { afterUs, types, kinds, source } = query;
  // Where most pass, what is beyond the rows wanted would be looked at for nothing.
  const isFiltered = (types ?? kinds ?? source) !== undefined;
  const count = isFiltered ? scannedMax : Math.min(scannedMax, 2 * rowsMax);
  const next = 'select at_us, version_ref from intel_arrival where at_us > ? order by at_us limit ?';
  const rows = db
    .prepare<ArrivalRow & Record<string, SqlValue>>(
      `select ${columns} from (${next}) a ${joined} where ${sql} order by a.at_us limit ?`,
    )
    .all(afterUs, count, ...values, rowsMax);
  if (rows.length === rowsMax) return { rows, upToUs: rows.at(-1)?.at_us ?? afterUs, isEnd: false };
  const scanned = db
    .prepare<{ up_to_us: number | null; count: number }>(
      `select max(at_us) as up_to_us, count(*) as count from (${next})`,
    )
    .get(afterUs, count);
  return { rows, upToUs: scanned?.up_to_us ?? afterUs, isEnd: (scanned?.count ?? 0) < count };
}

/** Through the objects: nobody should have to read the whole order for one. */
function pieceOf(
  db: Connection,
  { afterUs, lastOnly }: Pick<ArrivalQuery, 'afterUs' | 'lastOnly'>,
  ids: readonly StixId[],
  { sql, values }: Filter,
  rowsMax: number,
): Piece {
  const byKey = db.prepare<{ ref: number; live_ref: number }>('select ref, live_ref from intel_object where key = ?');
  const ofObject = db.prepare<{ at_us: number; version_ref: number }>(
    `select at_us, version_ref from intel_arrival where version_ref between ? and ? and at_us > ?
     order by at_us limit ?`,
  );
  const found = ids.map((id) => {
    const known = byKey.get(keyOfStixId(id));
    if (known === undefined) return [];
    const { ref, live_ref: live } = known;
    // Nobody goes through a thousand versions for the last one.
    const [first, last] = lastOnly ? [live, live] : versionRefsOf(ref);
    return ofObject.all(first, last, afterUs, versionsMax);
  });
  // What comes after the end of an object that was not read whole has to wait for it.
  const ends = found.filter((places) => places.length >= versionsMax).map((places) => places.at(-1)!.at_us);
  const endUs = Math.min(...ends, Number.MAX_SAFE_INTEGER);
  const places = found
    .flat()
    .toSorted((one, other) => one.at_us - other.at_us)
    .filter((place) => place.at_us <= endUs);
  const read = db.prepare<ArrivalRow & Record<string, SqlValue>>(
    `select ${columns} from intel_arrival a ${joined} where a.at_us = ? and ${sql}`,
  );
  const rows: ArrivalRow[] = [];
  let upToUs = afterUs;
  for (const { at_us: atUs } of places) {
    if (rows.length >= rowsMax) return { rows, upToUs, isEnd: false };
    upToUs = atUs;
    rows.push(...read.all(atUs, ...values));
  }
  return { rows, upToUs, isEnd: ends.length === 0 };
}

/** Undefined for what its source took back and that has no version which could say so: it is as if it was not there. */
function arrivalOf(
  db: Connection,
  row: ArrivalRow,
  { lastOnly }: Pick<ArrivalQuery, 'lastOnly'>,
  traits: Pick<TraitsReader, 'find'>,
): Arrival | undefined {
  const { at_us: atUs, version_ref: versionRef, modified_us: us, flags, text } = row;
  const isLast = (flags & 64) !== 0;
  const isWithdrawn = isLast && ((flags >> 3) & 7) === revocation.withdrawn;
  const told = isWithdrawn ? revokedText(db, objectRefOf(versionRef), text) : { text, us };
  if (told === undefined) return undefined;
  const id = stixIdOfHexKey(row.key);
  return {
    atUs,
    versionUs: told.us ?? createdUs(text) ?? atUs,
    isLast,
    isFirst: !lastOnly && isFirst(db, objectRefOf(versionRef), us),
    object: {
      id,
      type: id.slice(0, id.lastIndexOf('--')),
      modifiedUs: told.us ?? undefined,
      text: told.text,
      tlp: tlpOfCode(flags & 7),
      leaseUntilUs: row.lease_until_us ?? undefined,
      lentPap: papOfCode(row.lent_pap),
      recalled: false,
      own: flags >= 128,
      traits: traits.find(row.traits),
    },
  };
}

/** Whether no version of the object is older. What has no versions is its own first. */
function isFirst(db: Connection, objectRef: number, modifiedUs: number | null): boolean {
  if (modifiedUs === null) return true;
  const founder = versionRefOf(objectRef, 0);
  const older = db.prepare(
    `select 1 from intel_version where ref = ? and modified_us < ?
     union all select 1 from intel_version where object_ref = ? and number > 0 and conflict = 0 and modified_us < ? limit 1`,
  );
  return older.get(founder, modifiedUs, objectRef, modifiedUs) === undefined;
}

/** A source that takes an object back without a new version of it says what STIX calls revoked, at that instant. */
export function revokedText(
  db: Connection,
  objectRef: number,
  text: string,
): { readonly text: string; readonly us: number } | undefined {
  const atUs = db
    .prepare<{ at_us: number }>('select at_us from intel_withdrawal where object_ref = ?')
    .get(objectRef)?.at_us;
  const value = parseJson(text, text.length);
  // Only objects with versions can be revoked (STIX 2.1 §3.6.2).
  if (atUs === undefined || !isJsonObject(value) || typeof value['modified'] !== 'string') return undefined;
  const revoked = revoke(value, atUs);
  const { modified } = revoked;
  const us = typeof modified === 'string' ? recogniseTimestampUs(modified) : undefined;
  return us === undefined ? undefined : { text: JSON.stringify(revoked), us };
}

function createdUs(text: string): number | undefined {
  const value = parseJson(text, text.length);
  const created = isJsonObject(value) ? value['created'] : undefined;
  return typeof created === 'string' ? recogniseTimestampUs(created) : undefined;
}
