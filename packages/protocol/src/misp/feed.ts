import { ComityError, isJsonObject, limits, parseJson } from '../base/index.ts';
import type { JsonValue } from '../base/index.ts';
import type { MispAttribute, MispEvent } from './event.ts';
import { recogniseMispUuid } from './uuid.ts';

/** One event of a MISP feed as its manifest announces it. */
export interface MispManifestEntry {
  readonly uuid: string;
  readonly info: string;
  readonly organisation: string;
  /** Unix seconds of the last change; an event is read again when it is later than what was read. */
  readonly timestampSeconds: number;
  /** SHA-256 of the event file when the feed states it, in lower-case hexadecimal. */
  readonly sha256: string | undefined;
}

/** The index of a MISP feed. */
export interface MispManifest {
  readonly entries: readonly MispManifestEntry[];
  /** Keys that are no uuid and entries that are no objects. */
  readonly skipped: number;
}

/**
 * Reads the manifest of a MISP feed: `{uuid: {info, Orgc, timestamp, …}}`.
 *
 * Spec: MISP core format, "Manifest".
 *
 * @throws {ComityError} `MISP_MALFORMED`, `JSON_MALFORMED` or `INPUT_TOO_LARGE`.
 */
export function parseMispManifest(text: string, place = 'manifest.json'): MispManifest {
  const document = parseJson(text, limits.jsonDocumentBytesMax, place);
  const keys = isJsonObject(document) ? Object.keys(document) : [''];
  if (keys.length > 0 && !keys.some((key) => recogniseMispUuid(key) !== undefined)) {
    throw new ComityError(
      'MISP_MALFORMED',
      `Cannot read ${place}: a manifest maps the uuid of an event to its info and timestamp`,
    );
  }
  const entries: MispManifestEntry[] = [];
  let skipped = 0;
  for (const [key, entry] of Object.entries(document as Record<string, JsonValue>)) {
    const uuid = recogniseMispUuid(key);
    if (uuid === undefined || !isJsonObject(entry)) {
      skipped += 1;
      continue;
    }
    const stamp = Number(entry['timestamp']);
    const digest = entry['integrity:sha256'];
    entries.push({
      uuid,
      info: typeof entry['info'] === 'string' ? entry['info'] : '',
      organisation:
        isJsonObject(entry['Orgc']) && typeof entry['Orgc']['name'] === 'string' ? entry['Orgc']['name'] : '',
      timestampSeconds: Number.isSafeInteger(stamp) && stamp > 0 ? stamp : 0,
      sha256: typeof digest === 'string' && /^[0-9a-f]{64}$/i.test(digest) ? digest.toLowerCase() : undefined,
    });
  }
  return { entries, skipped };
}

/** Whether a parsed document is a feed's manifest: every key a uuid, looked at for the first few. */
export function isMispManifest(document: JsonValue): boolean {
  if (!isJsonObject(document)) return false;
  const keys = Object.keys(document).slice(0, 5);
  return keys.length > 0 && keys.every((key) => recogniseMispUuid(key) !== undefined && isJsonObject(document[key]));
}

/** One row of a feed’s `hashes.csv`. */
export interface MispHash {
  /** MD5 of a value, lower-case hexadecimal. */
  readonly md5: string;
  readonly eventUuid: string;
}

/**
 * Reads a feed's `hashes.csv`, one `md5,event-uuid` a line. Lines of another form are counted, not fatal.
 *
 * @throws {ComityError} `INPUT_TOO_LARGE`.
 */
export function parseMispHashes(text: string, place = 'hashes.csv'): { hashes: MispHash[]; skipped: number } {
  if (text.length > limits.jsonDocumentBytesMax) {
    throw new ComityError('INPUT_TOO_LARGE', `Cannot read ${place}: ${text.length} characters`);
  }
  const hashes: MispHash[] = [];
  let skipped = 0;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const parts = /^([0-9a-f]{32}),([0-9a-f-]{36})\s*$/i.exec(line);
    const eventUuid = recogniseMispUuid(parts?.[2]);
    if (parts?.[1] === undefined || eventUuid === undefined) skipped += 1;
    else hashes.push({ md5: parts[1].toLowerCase(), eventUuid });
  }
  return { hashes, skipped };
}

/**
 * The texts whose MD5 a feed may list for an attribute: each half of a value of two parts, else the value. A date and time has
 * two, since MISP writes a `T` in it and PyMISP, which makes most feeds, hashes it with a blank.
 */
export function hashedTexts(attribute: Pick<MispAttribute, 'type' | 'value'>): string[] {
  if (attribute.type === 'datetime') return [attribute.value, attribute.value.replace('T', ' ')];
  const composite = attribute.type.includes('|') || attribute.type === 'malware-sample';
  return composite ? attribute.value.split('|') : [attribute.value];
}

/** Every attribute of an event, those inside objects included, deleted ones too. */
export function* attributesOfEvent(event: MispEvent): Generator<MispAttribute> {
  yield* event.attributes;
  for (const object of event.objects) yield* object.attributes;
}
