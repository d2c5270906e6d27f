import {
  asOwnError,
  ComityError,
  isJsonObject,
  limits,
  parseJson,
  parseTimestampUs,
  quote,
  showJson,
} from '../base/index.ts';
import type { JsonObject, JsonValue } from '../base/index.ts';
import type { MispAttribute, MispCluster, MispEvent, MispFault, MispObject, MispSighting, MispTag } from './event.ts';
import { recogniseMispUuid, uuidOfText } from './uuid.ts';

/**
 * Reads every event of a MISP document: `{"Event":…}`, `{"response":[…]}`, an array of either, or the event itself.
 *
 * @param text - JSON text, untrusted.
 * @throws {ComityError} `JSON_MALFORMED` or `INPUT_TOO_LARGE` for the whole document. An element that is no event is
 *   yielded as its error, so that the others are still read.
 */
export function* parseMispEvents(text: string, place = 'document'): Generator<MispEvent | ComityError> {
  yield* readMispEvents(parseJson(text, limits.jsonDocumentBytesMax, place), place);
}

/** The same for a document that is parsed already. */
export function* readMispEvents(document: JsonValue, place: string): Generator<MispEvent | ComityError> {
  const listed = isJsonObject(document) && Array.isArray(document['response']) ? document['response'] : document;
  if (!Array.isArray(listed)) {
    yield readOne(listed, place);
    return;
  }
  for (const [index, element] of listed.entries()) yield readOne(element, `${place}[${index}]`);
}

function readOne(element: JsonValue, place: string): MispEvent | ComityError {
  try {
    return readMispEvent(element, place);
  } catch (error) {
    return asOwnError(error);
  }
}

/** Whether a parsed document looks like MISP events; nothing below the first element is looked at. */
export function isMispDocument(document: JsonValue): boolean {
  const listed = isJsonObject(document) && Array.isArray(document['response']) ? document['response'] : document;
  const first = Array.isArray(listed) ? listed[0] : listed;
  if (!isJsonObject(first)) return Array.isArray(listed) && listed !== document;
  if (isJsonObject(first['Event'])) return true;
  return 'info' in first && (Array.isArray(first['Attribute']) || Array.isArray(first['Object']) || 'Orgc' in first);
}

/**
 * Reads one MISP event from JSON text.
 *
 * @throws {ComityError} `MISP_MALFORMED`, `JSON_MALFORMED` or `INPUT_TOO_LARGE`; never any other error.
 */
export function parseMispEvent(text: string, place = 'event'): MispEvent {
  return readMispEvent(parseJson(text, limits.jsonDocumentBytesMax, place), place);
}

/**
 * Takes an event out of parsed JSON. Lenient as real files are: numbers as text, `null` or absent lists, no uuid on an
 * attribute (one is derived from its content). An attribute without a type or a value becomes a fault of the event.
 *
 * Spec: MISP core format (misp-rfc, draft-dulaunoy-misp-core-format).
 *
 * @throws {ComityError} `MISP_MALFORMED` when it is no event at all.
 */
export function readMispEvent(document: JsonValue, place: string): MispEvent {
  const wrapped = isJsonObject(document) && isJsonObject(document['Event']) ? document['Event'] : document;
  if (!isJsonObject(wrapped) || !('info' in wrapped || Array.isArray(wrapped['Attribute']))) {
    throw new ComityError('MISP_MALFORMED', `Cannot read ${place}: a MISP event has an "info" and attributes`);
  }
  const wrong = wrongHead(wrapped);
  if (wrong !== undefined) throw new ComityError('MISP_MALFORMED', `Cannot read ${place}: ${wrong}`);
  const faults: MispFault[] = [];
  const info = textOf(wrapped['info']);
  const uuid = recogniseMispUuid(wrapped['uuid']) ?? uuidOfText(`event\n${info}\n${textOf(wrapped['date'])}`);
  const read = { eventUuid: uuid, faults };
  const organisation = isJsonObject(wrapped['Orgc'])
    ? wrapped['Orgc']
    : isJsonObject(wrapped['Org'])
      ? wrapped['Org']
      : {};
  return {
    uuid,
    info,
    date: /^\d{4}-\d{2}-\d{2}$/.test(textOf(wrapped['date'])) ? textOf(wrapped['date']) : '',
    published: flagOf(wrapped['published']),
    changedUs: unixUsOf(wrapped['timestamp']),
    publishedUs: unixUsOf(wrapped['publish_timestamp']),
    threatLevel: countOf(wrapped['threat_level_id']),
    analysis: countOf(wrapped['analysis']),
    distribution: countOf(wrapped['distribution']),
    sharingGroup: sharingGroupOf(wrapped),
    extendsUuid: recogniseMispUuid(wrapped['extends_uuid']),
    organisation: { name: textOf(organisation['name']), uuid: recogniseMispUuid(organisation['uuid']) },
    tags: tagsOf(wrapped['Tag']),
    galaxies: clustersOf(wrapped['Galaxy']),
    attributes: attributesOf(wrapped['Attribute'], `${place}.Attribute`, read),
    objects: objectsOf(wrapped['Object'], `${place}.Object`, read),
    otherParts: otherPartsOf(wrapped),
    faults,
    place,
  };
}

interface Reading {
  readonly eventUuid: string;
  readonly faults: MispFault[];
}

function attributesOf(list: JsonValue | undefined, place: string, read: Reading): MispAttribute[] {
  const attributes: MispAttribute[] = [];
  for (const [index, raw] of arrayOf(list).entries()) {
    const at = `${place}[${index}]`;
    const attribute = isJsonObject(raw) ? attributeOf(raw, at, read) : 'it is no object';
    if (typeof attribute === 'string') read.faults.push({ place: at, reason: attribute });
    else attributes.push(attribute);
  }
  return attributes;
}

function attributeOf(raw: JsonObject, place: string, read: Reading): MispAttribute | string {
  const type = textOf(raw['type']);
  const value = valueOf(raw['value'], raw['value1'], raw['value2']);
  const wrong = wrongHead(raw);
  if (wrong !== undefined) return wrong;
  if (type === '' || type.length > 200) return 'it has no type';
  if (value.trim() === '') return 'it has no value';
  if (value.length > limits.stixObjectCharsMax) return `its value has ${value.length} characters`;
  return {
    uuid:
      recogniseMispUuid(raw['uuid']) ??
      uuidOfText(`attribute\n${read.eventUuid}\n${type}\n${value}\n${textOf(raw['object_relation'])}`),
    type,
    category: textOf(raw['category']),
    value,
    toIds: flagOf(raw['to_ids']),
    comment: textOf(raw['comment']),
    deleted: flagOf(raw['deleted']),
    relation: textOf(raw['object_relation']),
    changedUs: unixUsOf(raw['timestamp']),
    firstSeenUs: seenUsOf(raw['first_seen']),
    lastSeenUs: seenUsOf(raw['last_seen']),
    distribution: countOf(raw['distribution']),
    sharingGroup: sharingGroupOf(raw),
    tags: tagsOf(raw['Tag']),
    galaxies: clustersOf(raw['Galaxy']),
    sightings: sightingsOf(raw['Sighting']),
    hasData: typeof raw['data'] === 'string' && raw['data'] !== '',
    otherParts: otherPartsOf(raw),
    place,
  };
}

function objectsOf(list: JsonValue | undefined, place: string, read: Reading): MispObject[] {
  const objects: MispObject[] = [];
  for (const [index, raw] of arrayOf(list).entries()) {
    const at = `${place}[${index}]`;
    if (!isJsonObject(raw)) {
      read.faults.push({ place: at, reason: 'it is no object' });
      continue;
    }
    const wrong = wrongHead(raw);
    if (wrong !== undefined) {
      const count = arrayOf(raw['Attribute']).length;
      read.faults.push({ place: at, reason: `${wrong}; its ${count} attributes are not taken` });
      continue;
    }
    const attributes = attributesOf(raw['Attribute'], `${at}.Attribute`, read);
    const name = textOf(raw['name']);
    objects.push({
      uuid: recogniseMispUuid(raw['uuid']) ?? uuidOfText(`object\n${read.eventUuid}\n${name}\n${index}`),
      name,
      metaCategory: textOf(raw['meta-category']),
      comment: textOf(raw['comment']),
      deleted: flagOf(raw['deleted']),
      changedUs: unixUsOf(raw['timestamp']),
      distribution: countOf(raw['distribution']),
      attributes,
      references: arrayOf(raw['ObjectReference'])
        .filter(isJsonObject)
        .map((item) => ({ target: textOf(item['referenced_uuid']), relation: textOf(item['relationship_type']) })),
      otherParts: otherPartsOf(raw),
      place: at,
    });
  }
  return objects;
}

function clustersOf(list: JsonValue | undefined): MispCluster[] {
  const clusters: MispCluster[] = [];
  for (const galaxy of arrayOf(list)) {
    if (!isJsonObject(galaxy)) continue;
    for (const cluster of arrayOf(galaxy['GalaxyCluster'])) {
      if (!isJsonObject(cluster)) continue;
      const meta = isJsonObject(cluster['meta']) ? cluster['meta'] : {};
      const kind = textOf(galaxy['type']) || textOf(cluster['type']);
      const value = textOf(cluster['value']);
      if (value === '') continue;
      clusters.push({
        uuid: recogniseMispUuid(cluster['uuid']) ?? uuidOfText(`cluster\n${kind}\n${value}`),
        galaxy: kind,
        value,
        description: textOf(cluster['description']),
        synonyms: arrayOf(meta['synonyms']).filter((item) => typeof item === 'string'),
        version: countOf(cluster['version']) ?? 0,
      });
    }
  }
  return clusters;
}

function sightingsOf(list: JsonValue | undefined): MispSighting[] {
  return arrayOf(list)
    .filter(isJsonObject)
    .map((item) => ({
      uuid: recogniseMispUuid(item['uuid']) ?? uuidOfText(`sighting\n${showJson(item, 10_000)}`),
      type: countOf(item['type']) ?? 0,
      seenUs: unixUsOf(item['date_sighting']),
      organisation: isJsonObject(item['Organisation']) ? textOf(item['Organisation']['name']) : textOf(item['source']),
    }));
}

function tagsOf(list: JsonValue | undefined): MispTag[] {
  return arrayOf(list)
    .filter(isJsonObject)
    .map((item) => ({ name: textOf(item['name']).trim(), local: flagOf(item['local']) }))
    .filter((tag) => tag.name !== '' && tag.name.length <= 1000);
}

const knownParts = new Set([
  'Attribute',
  'Object',
  'ObjectReference',
  'Tag',
  'Galaxy',
  'Sighting',
  'Org',
  'Orgc',
  'SharingGroup',
]);

/** Lists an event, object or attribute has beside those that are read: proposals, reports, related events … */
function otherPartsOf(part: JsonObject): Record<string, number> {
  const parts: Record<string, number> = {};
  for (const [name, value] of Object.entries(part)) {
    if (Array.isArray(value) && value.length > 0 && !knownParts.has(name)) parts[name] = value.length;
  }
  return parts;
}

/** Name or uuid of the sharing group, when the distribution says that one applies. */
function sharingGroupOf(raw: JsonObject): string | undefined {
  const group = isJsonObject(raw['SharingGroup']) ? raw['SharingGroup'] : undefined;
  const id = textOf(raw['sharing_group_id']);
  if (group !== undefined) return textOf(group['name']) || textOf(group['uuid']) || id;
  return id === '' || id === '0' ? undefined : id;
}

/**
 * What is wrong with the uuid or timestamp of an event, object or attribute. Absent, both are derived; present and unreadable,
 * one made up in its place would be neither found again nor in the right order with other versions.
 */
function wrongHead(raw: JsonObject): string | undefined {
  const { uuid, timestamp } = raw;
  if (!isBlank(uuid) && recogniseMispUuid(uuid) === undefined) return `its uuid is none: ${quote(showJson(uuid, 60))}`;
  if (!isBlank(timestamp) && unixUsOf(timestamp) === undefined) {
    return `its timestamp is no number of seconds: ${quote(showJson(timestamp, 60))}`;
  }
  return undefined;
}

function isBlank(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || value === '' || value === 0 || value === '0';
}

function arrayOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : '';
}

/** Old exports split `a|b` into two fields. */
function valueOf(whole: JsonValue | undefined, first: JsonValue | undefined, second: JsonValue | undefined): string {
  if (typeof whole === 'boolean') return String(whole);
  const text = textOf(whole);
  if (text !== '') return text;
  return textOf(second) === '' ? textOf(first) : `${textOf(first)}|${textOf(second)}`;
}

function flagOf(value: JsonValue | undefined): boolean {
  return value === true || value === 1 || value === '1' || value === 'true';
}

function countOf(value: JsonValue | undefined): number | undefined {
  const text = textOf(value);
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** MISP writes Unix seconds, as text; feeds as a number. */
function unixUsOf(value: JsonValue | undefined): number | undefined {
  const text = textOf(value);
  // 253402300799 is the last second of the year 9999, the end of what RFC 3339 can say.
  return /^\d{1,12}$/.test(text) && Number(text) > 0 && Number(text) <= 253_402_300_799
    ? Number(text) * 1_000_000
    : undefined;
}

/** `first_seen` and `last_seen` are RFC 3339 with an offset, or Unix seconds in old exports. */
function seenUsOf(value: JsonValue | undefined): number | undefined {
  const text = textOf(value);
  const parts = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)(?:Z|([+-])(\d{2}):?(\d{2}))$/.exec(text);
  if (parts === null) return unixUsOf(value);
  const offsetMinutes =
    parts[2] === undefined ? 0 : (Number(parts[3]) * 60 + Number(parts[4])) * (parts[2] === '-' ? -1 : 1);
  try {
    const us = parseTimestampUs(`${parts[1]!}Z`) - offsetMinutes * 60_000_000;
    return us >= 0 ? us : undefined;
  } catch (error) {
    asOwnError(error);
    return undefined;
  }
}
