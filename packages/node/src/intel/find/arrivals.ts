import { isJsonObject, parseJson, recogniseTimestampUs } from '@comity/protocol/base';
import type { StixId } from '@comity/protocol/base';
import { revoke } from '@comity/protocol/stix';
import type { Connection } from '../../store/index.ts';
import { hiddenStates, revocation } from '../admit/object-book.ts';
import { codeOfKind, keyOfStixId, stateOfCode, stixIdOfKey, tlpOfCode } from '../codes.ts';
import type { Arrival, ArrivalQuery, ArrivalsRead } from '../intel.ts';

/** Rows of the order looked at before a turn of the event loop is due: some milliseconds. */
const scannedMax = 1000;
/** Versions of one object that are looked at at once: somebody may ask for many objects of many versions. */
const versionsMax = 100;
const versionsOfObject = 2 ** 20;

interface Place {
  readonly at_us: number;
  readonly version_ref: number;
}

interface VersionRow {
  readonly ref: number;
  readonly key: Uint8Array;
  readonly type: number;
  readonly kind: number;
  readonly state: number;
  readonly tlp: number;
  readonly live_ref: number;
  readonly lease_until_us: number | null;
  readonly revoked: number;
}

/** Reads on in the order of arrival: at most `rowsMax` rows that pass. Bounded work, so it may be called again and again. */
export function readArrivals(db: Connection, query: ArrivalQuery, rowsMax: number): ArrivalsRead {
  const passes = passing(db, query);
  const places = query.ids === undefined ? placesAfter(db, query, rowsMax) : placesOf(db, query.ids, query.afterUs);
  const rows: Arrival[] = [];
  let upToUs = query.afterUs;
  for (const place of places.found) {
    if (rows.length >= rowsMax) return { rows, upToUs, isEnd: false };
    upToUs = place.at_us;
    const row = objectOf(db, place);
    if (row === undefined || !passes(row, place)) continue;
    const arrival = arrivalOf(db, row, place);
    if (arrival !== undefined) rows.push(arrival);
  }
  return { rows, upToUs, isEnd: places.isEnd };
}

function placesAfter(
  db: Connection,
  { afterUs, types, kinds, source }: ArrivalQuery,
  rowsMax: number,
): { readonly found: readonly Place[]; readonly isEnd: boolean } {
  // Where most pass, what is beyond the rows wanted would be read for nothing.
  const isFiltered = (types ?? kinds ?? source) !== undefined;
  const count = isFiltered ? scannedMax : Math.min(scannedMax, 2 * rowsMax);
  const found = db
    .prepare<Place & Record<string, number>>(
      'select at_us, version_ref from intel_arrival where at_us > ? order by at_us limit ?',
    )
    .all(afterUs, count);
  return { found, isEnd: found.length < count };
}

/** Through the objects: nobody should have to read the whole order for one. */
function placesOf(
  db: Connection,
  ids: readonly StixId[],
  afterUs: number,
): { readonly found: readonly Place[]; readonly isEnd: boolean } {
  const byKey = db.prepare<{ ref: number }>('select ref from intel_object where key = ?');
  const ofObject = db.prepare<Place & Record<string, number>>(
    `select at_us, version_ref from intel_arrival where version_ref >= ? and version_ref < ? and at_us > ?
     order by at_us limit ?`,
  );
  const found = ids.map((id) => {
    const ref = byKey.get(keyOfStixId(id))?.ref;
    if (ref === undefined) return [];
    return ofObject.all(ref * versionsOfObject, (ref + 1) * versionsOfObject, afterUs, versionsMax);
  });
  // What comes after the end of an object that was not read whole has to wait for it.
  const ends = found.filter((places) => places.length >= versionsMax).map((places) => places.at(-1)!.at_us);
  const endUs = Math.min(...ends, Number.MAX_SAFE_INTEGER);
  const sorted = found.flat().toSorted((one, other) => one.at_us - other.at_us);
  return { found: sorted.filter((place) => place.at_us <= endUs), isEnd: ends.length === 0 };
}

function passing(db: Connection, query: ArrivalQuery): (row: VersionRow, place: Place) => boolean {
  const { types, kinds, source } = query;
  const typeCode = db.prepare<{ code: number }>('select code from intel_type where name = ?');
  const typeCodes = types && new Set(types.map((name) => typeCode.get(name)?.code));
  const kindCodes = kinds && new Set(kinds.map(codeOfKind));
  const sourceRef =
    source === undefined
      ? undefined
      : (db.prepare<{ ref: number }>('select ref from intel_source where id = ?').get(source)?.ref ?? -1);
  const told = db.prepare('select 1 from intel_provenance where object_ref = ? and source_ref = ?');
  return (row, { version_ref }) =>
    !hiddenStates.has(stateOfCode(row.state)) &&
    (!query.lastOnly || row.live_ref === version_ref) &&
    (typeCodes === undefined || typeCodes.has(row.type)) &&
    (kindCodes === undefined || kindCodes.has(row.kind)) &&
    (sourceRef === undefined || told.get(row.ref, sourceRef) !== undefined);
}

function objectOf(db: Connection, { version_ref }: Place): VersionRow | undefined {
  return db
    .prepare<VersionRow & Record<string, number>>(
      'select ref, key, type, kind, state, tlp, live_ref, lease_until_us, revoked from intel_object where ref = ?',
    )
    .get(Math.floor(version_ref / versionsOfObject));
}

/** Undefined for what its source took back and that has no version which could say so: it is as if it was not there. */
function arrivalOf(db: Connection, row: VersionRow, { at_us: atUs, version_ref }: Place): Arrival | undefined {
  const version = db
    .prepare<{ text: string; modified_us: number | null; number: number }>(
      'select text, modified_us, number from intel_version where ref = ?',
    )
    .get(version_ref);
  if (version === undefined) return undefined;
  const isLast = version_ref === row.live_ref;
  const isWithdrawn = isLast && row.revoked === revocation.withdrawn;
  const told = isWithdrawn ? revokedText(db, row.ref, version.text) : { text: version.text, us: version.modified_us };
  if (told === undefined) return undefined;
  const id = stixIdOfKey(row.key);
  return {
    atUs,
    isLast,
    isFirst: isFirst(db, row.ref, version.modified_us),
    versionUs: told.us ?? createdUs(version.text) ?? atUs,
    object: {
      id,
      type: id.slice(0, id.lastIndexOf('--')),
      modifiedUs: told.us ?? undefined,
      text: told.text,
      tlp: tlpOfCode(row.tlp),
      leaseUntilUs: row.lease_until_us ?? undefined,
      recalled: false,
    },
  };
}

/** Whether no version of the object is older. What has no versions is its own first. */
function isFirst(db: Connection, objectRef: number, modifiedUs: number | null): boolean {
  if (modifiedUs === null) return true;
  const founder = objectRef * versionsOfObject;
  const older = db.prepare(
    `select 1 from intel_version where ref = ? and modified_us < ?
     union all select 1 from intel_version where object_ref = ? and number > 0 and conflict = 0 and modified_us < ? limit 1`,
  );
  return older.get(founder, modifiedUs, objectRef, modifiedUs) === undefined;
}

/** A source that takes an object back without a new version of it says what STIX calls revoked, at that instant. */
function revokedText(db: Connection, objectRef: number, text: string): { text: string; us: number } | undefined {
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
