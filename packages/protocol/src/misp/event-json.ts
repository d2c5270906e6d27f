import type { JsonObject, JsonValue } from '../base/index.ts';
import { compareTlp, papLabel, tlpLabel } from '../markings/index.ts';
import type { Pap, Tlp } from '../markings/index.ts';
import { categoryFor } from './attribute-types.ts';
import type { EventLabel } from './event-label.ts';
import { templates } from './stix-values.ts';
import { uuidOfPair } from './uuid.ts';

/** What goes into a MISP event of one attribute. Times are whole seconds of the Unix epoch. */
export interface AttributeDraft {
  readonly uuid: string;
  readonly type: string;
  readonly value: string;
  readonly category: string;
  readonly isToIds: boolean;
  readonly isDeleted: boolean;
  readonly comment: string;
  readonly relation: string;
  readonly changedS: number;
  /** RFC 3339; empty: not said. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** 0 to 3, where one was noted. */
  readonly distribution: number | undefined;
  readonly tlp: Tlp | undefined;
  readonly pap: Pap | undefined;
  readonly tags: Set<string>;
  readonly sightings: JsonObject[];
  /** The object of MISP's it is part of. */
  readonly object: { readonly uuid: string; readonly name: string } | undefined;
}

/** How far an event goes by the words of MISP: never further than its label lets it. */
const reachOfTlp: Readonly<Record<Tlp, number>> = { clear: 3, green: 2, amber: 0, 'amber+strict': 0, red: 0 };

/**
 * The distribution of what bears a label: 3 all, 2 connected communities, 0 the organisation that gets it.
 *
 * GREEN is 2 and not 1 since whoever pulls takes one step off: 2 becomes "this community" there. AMBER is the organisation
 * alone: a sharing group would have to name it by an uuid that is not known here. A distribution that was noted narrows, a
 * sharing group among them (4) to the organisation.
 */
export function distributionOf(tlp: Tlp | undefined, noted: string): number {
  const reach = tlp === undefined ? 0 : reachOfTlp[tlp];
  const own = /^[0-4]$/.test(noted) ? Number(noted) % 4 : reach;
  return Math.min(reach, own);
}

/** Tags of a label and further ones, each once. A local tag would not travel, so none is. */
export function tagsJson(tlp: Tlp | undefined, pap: Pap | undefined, further: Iterable<string>): JsonValue[] {
  const labels = [
    ...(tlp === undefined ? [] : [tlpLabel(tlp).toLowerCase()]),
    ...(pap === undefined ? [] : [papLabel(pap)]),
  ];
  const others = [...further].filter((name) => !/^(?:tlp|pap):/i.test(name));
  return [...new Set([...labels, ...others])].map((name) => ({ name, local: false }));
}

/** How far an event goes. */
export interface EventReach extends EventLabel {
  /** 0 to 3. */
  readonly distribution: number;
}

/** 5, as the event, unless it goes less far. */
const inheritedDistribution = 5;

/** @param around - said again only where an attribute's own is another, or narrower. */
export function attributeJson(draft: AttributeDraft, around: EventReach): JsonObject {
  const isNarrower = draft.distribution !== undefined && draft.distribution < around.distribution;
  const tlp =
    draft.tlp === undefined || around.tlp === undefined || compareTlp(draft.tlp, around.tlp) !== 0
      ? draft.tlp
      : undefined;
  const tags = tagsJson(tlp, draft.pap === around.pap ? undefined : draft.pap, draft.tags);
  return {
    uuid: draft.uuid,
    type: draft.type,
    category: categoryFor(draft.type, draft.category),
    value: draft.value,
    to_ids: draft.isToIds && !draft.isDeleted,
    comment: draft.comment,
    timestamp: String(draft.changedS),
    distribution: String(isNarrower ? draft.distribution : inheritedDistribution),
    sharing_group_id: '0',
    deleted: draft.isDeleted,
    disable_correlation: false,
    ...(draft.relation === '' ? {} : { object_relation: draft.relation }),
    ...(draft.firstSeen === '' ? {} : { first_seen: draft.firstSeen }),
    ...(draft.lastSeen === '' ? {} : { last_seen: draft.lastSeen }),
    ...(tags.length === 0 ? {} : { Tag: tags }),
    ...(draft.sightings.length === 0 ? {} : { Sighting: draft.sightings }),
  };
}

/** An object of MISP's with its attributes; there is at least one. */
export function objectJson(
  { uuid, name }: NonNullable<AttributeDraft['object']>,
  drafts: readonly AttributeDraft[],
  around: EventReach,
): JsonObject {
  const template = templates.get(name);
  return {
    uuid,
    name,
    'meta-category': template?.metaCategory ?? 'misc',
    description: '',
    ...(template === undefined ? {} : { template_uuid: template.uuid, template_version: '1' }),
    timestamp: String(latest(drafts.map(({ changedS }) => changedS))),
    distribution: String(inheritedDistribution),
    sharing_group_id: '0',
    deleted: drafts.every(({ isDeleted }) => isDeleted),
    comment: '',
    ObjectReference: [],
    Attribute: drafts.map((draft) => attributeJson(draft, around)),
  };
}

/** The latest of some instants, 0 for none; there may be more than a call takes arguments. */
export function latest(seconds: readonly number[]): number {
  return seconds.reduce((one, other) => Math.max(one, other), 0);
}

/** MISP says by a sighting until when an attribute holds. */
export function expiry(uuid: string, expiresS: number): JsonObject {
  return { uuid: uuidOfPair(uuid, 'valid_until'), type: '2', date_sighting: String(expiresS), source: '' };
}

const confidenceTag = 'misp:confidence-level=';
/** By quarters of 100. */
const confidenceWords = [
  'unconfident',
  'rarely-confident',
  'fairly-confident',
  'usually-confident',
  'completely-confident',
] as const;

/** Tags with one that says the confidence, 0 to 100, unless one does. */
export function withConfidence(tags: readonly string[], confidence: number): string[] {
  if (tags.some((tag) => tag.startsWith(confidenceTag))) return [...tags];
  const quarter = Math.round(Math.min(100, Math.max(0, confidence)) / 25);
  return [...tags, `${confidenceTag}"${confidenceWords[quarter]}"`];
}
