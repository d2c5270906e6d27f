import { isJsonObject, parseJson, parseRowId } from '@comity/protocol/base';
import type { JsonObject, JsonValue, RowId } from '@comity/protocol/base';
import type { Connection } from '../../store/index.ts';
import { revocation } from '../admit/object-book.ts';
import { completeness } from '../admit/object-facts.ts';
import { isHeld, listedValueOf } from '../admit/value-book.ts';
import { kindOfCode, screenedKindCodes, stateOfCode, stixIdOfKey, tlpOfCode } from '../codes.ts';
import { patternRefOf } from '../pattern-feed.ts';
import { decayModelOf, reasonOf } from '../lifecycle.ts';
import type { IntelSource, Reliability } from '../import.ts';
import type { IntelRow } from '../intel.ts';

/** Values a row of the list shows; the others are counted. */
const valuesShown = 3;
const refsShown = 100;
/** Values read of one object; a report may list more. */
const valuesReadMax = 1000;
/** Members of a group that are looked at for their sources. */
const membersMax = 200;

export interface FullObjectRow {
  readonly ref: number;
  readonly key: Uint8Array;
  readonly type: number;
  readonly kind: number;
  readonly state: number;
  readonly tlp: number;
  readonly confidence: number;
  readonly lead: number;
  readonly conflict: number;
  readonly complete: number;
  readonly group_ref: number;
  readonly live_ref: number;
  readonly modified_us: number | null;
  readonly added_us: number;
  readonly valid_from_us: number | null;
  readonly valid_until_us: number | null;
  readonly lease_until_us: number | null;
  readonly lent_pap: number | null;
  readonly revoked: number;
  readonly own: number;
}

export const fullObjectColumns =
  'ref, key, type, kind, state, tlp, confidence, lead, conflict, complete, group_ref, live_ref, modified_us, added_us, valid_from_us, valid_until_us, lease_until_us, lent_pap, revoked, own';

export interface ValueOfObject {
  readonly ref: number;
  readonly kind: number;
  readonly port: number;
  readonly value: string;
  readonly held: number;
  readonly released: number;
  readonly listed: number;
}

export interface ProvenanceOfGroup {
  readonly object_ref: number;
  readonly first_seen_us: number;
  readonly last_seen_us: number;
  readonly confidence: number | null;
  readonly foreign_id: string | null;
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly url: string | null;
  readonly reliability: string;
  readonly default_tlp: number;
}

/** Reads objects as people and the interface see them. */
export class RowReader {
  readonly db: Connection;

  constructor(db: Connection) {
    this.db = db;
  }

  find(ref: number): FullObjectRow | undefined {
    return this.db.prepare<FullObjectRow>(`select ${fullObjectColumns} from intel_object where ref = ?`).get(ref);
  }

  get(ref: number): FullObjectRow {
    const row = this.find(ref);
    if (row === undefined) throw new Error(`Assertion failed: object ${ref} exists`);
    return row;
  }

  liveValue(row: Pick<FullObjectRow, 'live_ref'>): JsonObject {
    const text = this.db
      .prepare<{ text: string }>('select text from intel_version where ref = ?')
      .get(row.live_ref)?.text;
    const value = text === undefined ? undefined : parseJson(text, text.length);
    return value !== undefined && isJsonObject(value) ? value : {};
  }

  valuesOf(ref: number, limit = valuesReadMax): ValueOfObject[] {
    return this.db
      .prepare<ValueOfObject>(
        `select v.ref, v.kind, v.port, v.value, v.held, v.released, v.listed
         from intel_listing l join intel_value v on v.ref = l.value_ref where l.object_ref = ? order by l.value_ref limit ?`,
      )
      .all(ref, limit);
  }

  /** Refs of all indicators of a group, the founder first. */
  membersOf(row: Pick<FullObjectRow, 'group_ref'>): number[] {
    const others = this.db
      .prepare<{ ref: number }>('select ref from intel_object where group_ref = ? and group_ref <> ref limit ?')
      .all(row.group_ref, membersMax)
      .map((other) => other.ref);
    return [row.group_ref, ...others];
  }

  provenanceOf(row: Pick<FullObjectRow, 'group_ref'>): ProvenanceOfGroup[] {
    const byObject = this.db.prepare<ProvenanceOfGroup>(
      `select p.object_ref, p.first_seen_us, p.last_seen_us, p.confidence, p.foreign_id, s.id, s.name, s.kind, s.url,
         s.reliability, s.default_tlp
       from intel_provenance p join intel_source s on s.ref = p.source_ref where p.object_ref = ? limit 200`,
    );
    return this.membersOf(row).flatMap((ref) => byObject.all(ref));
  }

  /** The row of the list. */
  show(row: FullObjectRow): IntelRow {
    const value = this.liveValue(row);
    const values = this.valuesOf(row.ref);
    const provenance = this.provenanceOf(row);
    const id = stixIdOfKey(row.key);
    return {
      id,
      type: id.slice(0, id.lastIndexOf('--')),
      name: textOf(value['name']),
      pattern: textOf(value['pattern']),
      labels: textsOf(value['labels'] ?? value['indicator_types']),
      values: values.slice(0, valuesShown).map(listedValueOf),
      valueCount: values.length,
      state: stateOfCode(row.state),
      reason: this.reasonOf(row, values, provenance),
      sources: distinctSources(provenance).map((source) => ({ id: source.id, name: source.name })),
      tlp: tlpOfCode(row.tlp),
      confidence: row.confidence,
      addedUs: row.added_us,
      modifiedUs: row.modified_us ?? undefined,
      validUntilUs: row.valid_until_us ?? undefined,
      firstSeenUs: Math.min(...provenance.map((item) => item.first_seen_us), row.added_us),
      lastSeenUs: Math.max(...provenance.map((item) => item.last_seen_us), row.added_us),
      refs: refsOf(row, values),
      conflict: row.conflict === 1,
    };
  }

  /** The sentence for the stored state, from the facts it was decided by. */
  reasonOf(
    row: FullObjectRow,
    values: readonly ValueOfObject[],
    provenance: readonly Pick<ProvenanceOfGroup, 'object_ref' | 'last_seen_us'>[],
  ): string {
    const recall = this.db
      .prepare<{ at_us: number; reason: string }>('select at_us, reason from intel_recall where object_ref = ?')
      .get(row.ref);
    const isIndicator = row.complete !== completeness.noIndicator;
    const lastSeenUs = Math.max(
      0,
      ...provenance.filter((item) => item.object_ref === row.ref).map((item) => item.last_seen_us),
    );
    const state = stateOfCode(row.state);
    return reasonOf(state, {
      recalled: recall === undefined ? undefined : { atUs: recall.at_us, reason: recall.reason },
      revoked: row.revoked !== revocation.none,
      leaseUntilUs: row.lease_until_us ?? undefined,
      validFromUs: row.valid_from_us ?? undefined,
      validUntilUs: row.valid_until_us ?? undefined,
      lastSeenUs,
      decay: isIndicator ? decayModelOf(values.map((value) => kindOfCode(value.kind))) : undefined,
      allHeld: isIndicator && values.length > 0 && values.every(isHeld),
      toldBy: state === 'revoked' ? this.#sourceOfLive(row) : '',
      withdrawn: row.revoked === revocation.withdrawn ? this.#withdrawalOf(row.ref) : undefined,
    });
  }

  #withdrawalOf(ref: number): string | undefined {
    return this.db.prepare<{ reason: string }>('select reason from intel_withdrawal where object_ref = ?').get(ref)
      ?.reason;
  }

  /** Name of the source whose version counts. */
  #sourceOfLive(row: Pick<FullObjectRow, 'live_ref'>): string {
    const source = this.db
      .prepare<{ name: string }>(
        `select s.name from intel_version v join intel_import i on i.ref = v.import_ref
         join intel_source s on s.ref = i.source_ref where v.ref = ?`,
      )
      .get(row.live_ref);
    return source?.name ?? 'an unknown source';
  }
}

/** What matches of an indicator bear: the listed values, and the pattern where that is asked of records. */
function refsOf(row: FullObjectRow, values: readonly ValueOfObject[]): number[] {
  const refs = values
    .filter((item) => screenedKindCodes.has(item.kind))
    .slice(0, refsShown)
    .map((item) => item.ref);
  return row.complete === completeness.partly ? [patternRefOf(row.ref), ...refs] : refs;
}

export function distinctSources(
  provenance: readonly ProvenanceOfGroup[],
): { readonly id: RowId; readonly name: string; readonly reliability: Reliability }[] {
  const byId = new Map<string, { id: RowId; name: string; reliability: Reliability }>();
  for (const { id, name, reliability } of provenance) {
    byId.set(id, { id: parseRowId(id), name, reliability: reliability as Reliability });
  }
  return [...byId.values()];
}

export function sourceOf(row: ProvenanceOfGroup): IntelSource {
  return {
    id: parseRowId(row.id),
    name: row.name,
    kind: row.kind as IntelSource['kind'],
    ...(row.url === null ? {} : { url: row.url }),
    reliability: row.reliability as Reliability,
    defaultTlp: tlpOfCode(row.default_tlp),
  };
}

export function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function textsOf(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string').slice(0, 100) : [];
}
