import { ComityError, isStixId } from '@comity/protocol/base';
import type { JsonObject, StixId } from '@comity/protocol/base';
import { markingsOf, papInForce } from '@comity/protocol/markings';
import { parsePattern, planPattern } from '@comity/protocol/pattern';
import type { Value } from '@comity/protocol/values';
import { completeness, referenceRoles, referencesOf } from '../admit/object-facts.ts';
import { isScreened, listedValueOf } from '../admit/value-book.ts';
import { codeOfKind, keyOfStixId, papOfCode, stixIdOfKey } from '../codes.ts';
import type { IntelDetail, IntelValue, Relation, Release, ValueAnswer } from '../intel.ts';
import { versionRefsOf } from '../version-refs.ts';
import { correlate } from './correlate.ts';
import { sourceOf, textOf } from './row-reader.ts';
import type { FullObjectRow, RowReader, ValueOfObject } from './row-reader.ts';
import { fullObjectColumns } from './row-reader.ts';

const versionsShown = 50;
const relationsShown = 500;
const objectsOfValueShown = 100;

/** An object by its id, or by an id one of its sources knows it by. */
export function findRow(rows: RowReader, id: StixId): FullObjectRow | undefined {
  const key = keyOfStixId(id);
  const row = rows.db.prepare<FullObjectRow>(`select ${fullObjectColumns} from intel_object where key = ?`).get(key);
  if (row !== undefined) return row;
  const alias = rows.db.prepare<{ object_ref: number }>('select object_ref from intel_alias where key = ?').get(key);
  return alias === undefined ? undefined : rows.get(alias.object_ref);
}

interface VersionRow {
  readonly ref: number;
  readonly modified_us: number | null;
  readonly received_us: number;
  readonly conflict: number;
  readonly text: string;
  readonly source: string | null;
}

/** Everything about one object. */
export function readDetail(rows: RowReader, row: FullObjectRow): IntelDetail {
  const object = rows.liveValue(row);
  const versions = rows.db
    .prepare<VersionRow>(
      `select v.ref, v.modified_us, v.received_us, v.conflict, v.text, s.name as source
       from intel_version v left join intel_import i on i.ref = v.import_ref left join intel_source s on s.ref = i.source_ref
       where v.ref between ? and ? order by v.modified_us desc, v.ref desc limit ?`,
    )
    .all(...versionRefsOf(row.ref), versionsShown);
  const count = rows.db
    .prepare<{ count: number }>('select count(*) as count from intel_version where ref between ? and ?')
    .get(...versionRefsOf(row.ref))?.count;
  const markings = markingsOf(object, (id) => {
    const definition = isStixId(id) ? findRow(rows, id) : undefined;
    return definition === undefined ? undefined : rows.liveValue(definition);
  });
  return {
    ...rows.show(row),
    object,
    markings,
    pap: papInForce(markings.pap, papOfCode(row.lent_pap)),
    versions: versions.map((version) => ({
      modifiedUs: version.modified_us ?? undefined,
      receivedUs: version.received_us,
      live: version.ref === row.live_ref,
      conflict: version.conflict === 1,
      source: version.source ?? '',
      text: version.text,
    })),
    versionCount: count ?? 0,
    provenance: rows.provenanceOf(row).map((item) => ({
      source: sourceOf(item),
      firstSeenUs: item.first_seen_us,
      lastSeenUs: item.last_seen_us,
      confidence: item.confidence ?? undefined,
      foreignId: item.foreign_id ?? undefined,
      object: stixIdOfKey(rows.get(item.object_ref).key),
    })),
    allValues: rows.valuesOf(row.ref).map((value) => intelValueOf(rows, value)),
    plan: planOf(row, object),
    aliases: rows.db
      .prepare<{ key: Uint8Array }>('select key from intel_alias where object_ref = ? limit 100')
      .all(row.ref)
      .map((alias) => stixIdOfKey(alias.key)),
    relations: relationsOf(rows, row),
    correlations: correlate(rows, row),
  };
}

/** What is known about a value, at each port it is listed with. */
export function lookUp(rows: RowReader, { kind, value }: Value): ValueAnswer[] {
  const found = rows.db
    .prepare<ValueOfObject>(
      'select ref, kind, port, value, held, released, listed from intel_value where value = ? and kind = ? order by port',
    )
    .all(value, codeOfKind(kind));
  const objects = rows.db.prepare<{ object_ref: number }>(
    'select object_ref from intel_listing where value_ref = ? order by object_ref desc limit ?',
  );
  return found.map((item) => {
    const { heldBy, released } = intelValueOf(rows, item);
    const refs = objects.all(item.ref, objectsOfValueShown).map((listing) => rows.get(listing.object_ref));
    return {
      value: listedValueOf(item),
      screened: isScreened(item),
      heldBy,
      released,
      objects: refs.filter((row) => row.lead === 1).map((row) => rows.show(row)),
    };
  });
}

function intelValueOf(rows: RowReader, value: ValueOfObject): IntelValue {
  const heldBy =
    value.held === 0
      ? undefined
      : rows.db
          .prepare<{ list: string; entry: string }>('select list, entry from intel_held where value_ref = ?')
          .get(value.ref);
  const released =
    value.released === 0
      ? undefined
      : rows.db
          .prepare<{ by: string; reason: string; at_us: number }>(
            'select by, reason, at_us from intel_release where value_ref = ?',
          )
          .get(value.ref);
  return { ...listedValueOf(value), heldBy, released: released === undefined ? undefined : releaseOf(released) };
}

function releaseOf(row: { by: string; reason: string; at_us: number }): Release {
  return { by: row.by, reason: row.reason, atUs: row.at_us };
}

function planOf(row: FullObjectRow, value: JsonObject): IntelDetail['plan'] {
  const pattern = value['pattern'];
  if (row.complete === completeness.noIndicator || typeof pattern !== 'string') return undefined;
  if (row.complete === completeness.wholly) return { complete: true, reason: undefined };
  if (value['pattern_type'] === 'sigma' && row.complete === completeness.partly)
    return { complete: false, reason: `it is a Sigma rule; ${asked}` };
  try {
    const { complete, reason } = planPattern(parsePattern(pattern));
    return complete
      ? { complete, reason: undefined }
      : { complete, reason: `it ${reason ?? 'asks for more'}; ${asked}` };
  } catch (error) {
    // Kept as it came though it is no STIX pattern: another language (yara, snort …), which nothing here reads.
    if (error instanceof ComityError) return { complete: false, reason: 'it is written in another pattern language' };
    throw error;
  }
}

const asked = 'records with fields are asked the whole pattern';

/** Relationships, sightings and reports that name the object, and what it names itself. */
function relationsOf(rows: RowReader, row: FullObjectRow): Relation[] {
  const self = stixIdOfKey(row.key);
  const keys = [
    row.key,
    ...rows.db
      .prepare<{ key: Uint8Array }>('select key from intel_alias where object_ref = ? limit 100')
      .all(row.ref)
      .map((alias) => alias.key),
  ];
  const incoming = rows.db.prepare<{ object_ref: number; role: number }>(
    'select object_ref, role from intel_reference where target = ? order by object_ref desc limit ?',
  );
  const relations: Relation[] = [];
  const add = (by: StixId, type: string, direction: Relation['direction'], other: StixId): void => {
    const known = findRow(rows, other);
    const otherName = known === undefined ? undefined : textOf(rows.liveValue(known)['name']);
    relations.push({ by, type, direction, other, otherName, known: known !== undefined });
  };
  for (const { object_ref: ref, role } of keys.flatMap((key) => incoming.all(key, relationsShown))) {
    const by = rows.get(ref);
    const value = rows.liveValue(by);
    const byId = stixIdOfKey(by.key);
    if (role === referenceRoles.source_ref || role === referenceRoles.target_ref) {
      const isSource = role === referenceRoles.source_ref;
      const other = value[isSource ? 'target_ref' : 'source_ref'];
      const type = textOf(value['relationship_type']) ?? 'related-to';
      if (isStixId(other)) add(byId, type, isSource ? 'out' : 'in', other);
    } else {
      add(byId, role === referenceRoles.sighting_of_ref ? 'sighting of' : 'part of', 'in', byId);
    }
  }
  for (const { target, role } of referencesOf(rows.liveValue(row))) {
    if (relations.length === relationsShown) break;
    const name = Object.entries(referenceRoles).find(([, code]) => code === role)?.[0] ?? 'ref';
    add(self, name.replace(/_refs?$/, '').replaceAll('_', ' '), 'out', target);
  }
  return relations.slice(0, relationsShown);
}
