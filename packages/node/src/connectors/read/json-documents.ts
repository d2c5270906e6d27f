import { ComityError, isJsonObject, limits, parseJson } from '@comity/protocol/base';
import type { JsonObject, JsonValue } from '@comity/protocol/base';
import { isMispDocument, isMispManifest, isWarninglist, mispToStix, readMispEvents } from '@comity/protocol/misp';
import { readBundle } from '@comity/protocol/stix';
import { refang } from '@comity/protocol/values';
import type { Item, ReadOptions } from '../item.ts';
import { readFreeText } from './free-text.ts';
import { lineTooLong, linesOf } from './lines.ts';
import { isRecord, readJsonRecord } from './records.ts';
import { taxiiPageOf } from './taxii-page.ts';

export type JsonKind = 'stix' | 'misp' | 'records';

/** Keys of a STIX bundle (2.1 §8, 2.0 part 1 §5) and a TAXII envelope (2.1 §3.7). */
const containerKeys: ReadonlySet<string> = new Set(['type', 'id', 'spec_version', 'objects', 'more', 'next']);

/** What a JSON document is by its top-level keys, or undefined when they do not tell. */
export function jsonKindOfKeys(keys: readonly string[]): JsonKind | undefined {
  const has = (key: string): boolean => keys.includes(key);
  if (has('Event') || has('response') || (has('info') && (has('Attribute') || has('Orgc')))) return 'misp';
  if (has('objects') && keys.every((key) => containerKeys.has(key))) return 'stix';
  if (has('rule_id') || has('language')) return undefined;
  if (has('type') && has('id')) return 'stix';
  if (has('spec_version')) return 'stix';
  return isRecord(keys) ? 'records' : undefined;
}

/** Reads a whole JSON document whose kind is known. Never throws a content error: what is wrong is an item. */
export function* readJsonDocument(
  text: string,
  kind: JsonKind | undefined,
  place: string,
  options: ReadOptions,
): Generator<Item> {
  if (kind === 'stix') {
    yield* readStix(text, place, options.pagesFollow);
    return;
  }
  let document: JsonValue;
  try {
    document = parseJson(text, limits.jsonDocumentBytesMax, place === '' ? 'the document' : place);
  } catch (error) {
    if (!(error instanceof ComityError)) throw error;
    yield { kind: 'rejected', place: placeOr(place), error };
    return;
  }
  // The beginning of a large document may show too few of its keys.
  const known = kind ?? (isJsonObject(document) ? jsonKindOfKeys(Object.keys(document)) : undefined);
  if (known === 'stix') yield* readStix(text, place, options.pagesFollow);
  else if (known === 'misp' || isMispDocument(document)) yield* readMisp(document, place, options);
  else yield* readOther(document, text, place);
}

/** Reads NDJSON, one document a line, each of its own kind. */
export async function* readJsonLines(texts: AsyncIterable<string>, options: ReadOptions): AsyncGenerator<Item> {
  for await (const { text, number } of linesOf(texts)) {
    const place = `line ${number}`;
    if (text === undefined) yield { kind: 'rejected', place, error: lineTooLong(number) };
    else if (text.trim() !== '') yield* readJsonLine(text, place, options);
  }
}

function* readJsonLine(text: string, place: string, options: ReadOptions): Generator<Item> {
  let document: JsonValue;
  try {
    document = parseJson(text, limits.listLineBytesMax, place);
  } catch (error) {
    if (!(error instanceof ComityError)) throw error;
    yield { kind: 'rejected', place, error };
    return;
  }
  const keys = isJsonObject(document) ? Object.keys(document) : [];
  const kind = jsonKindOfKeys(keys);
  if (kind === 'stix' && typeof (document as JsonObject)['type'] === 'string' && !isRule(document))
    yield* readStix(text, place);
  else if (kind === 'misp') yield* readMisp(document, place, options);
  else yield* readOther(document, text, place);
}

function* readStix(text: string, place: string, pagesFollow = false): Generator<Item> {
  let observed20 = 0;
  const at = (inner: string): string => (place === '' ? inner : inner === 'input' ? place : `${place} ${inner}`);
  if (place === '' && !pagesFollow && taxiiPageOf(text).more) {
    const reason = 'the TAXII collection has more pages than this one, which are not read';
    yield { kind: 'loss', field: 'more', count: 1, reason };
  }
  for (const item of readBundle(text)) {
    if (item.error !== undefined) {
      yield { kind: 'rejected', place: at(item.place), error: item.error };
      continue;
    }
    if (item.spec20 && item.object.type === 'observed-data') observed20 += 1;
    yield { kind: 'object', object: item.object, place: at(item.place) };
  }
  if (observed20 > 0) {
    const reason = 'the observables inside an observation of STIX 2.0 are kept but not indexed';
    yield { kind: 'loss', field: 'observed-data.objects', count: observed20, reason };
  }
}

function* readMisp(document: JsonValue, place: string, options: ReadOptions): Generator<Item> {
  for (const event of readMispEvents(document, place === '' ? 'Event' : place)) {
    if (event instanceof ComityError) {
      yield { kind: 'rejected', place: placeOr(place), error: event };
      continue;
    }
    const { defaultTlp } = options;
    const converted = mispToStix(event, { withdraws: true, ...(defaultTlp !== undefined && { defaultTlp }) });
    for (const object of converted.objects) {
      yield { kind: 'object', object, place: converted.places.get(object.id) ?? event.place };
    }
    for (const withdrawal of converted.withdrawals) {
      yield { kind: 'withdrawal', withdrawal, place: withdrawal.place };
    }
    for (const fault of converted.faults) {
      const error = new ComityError('MISP_MALFORMED', `Cannot use ${fault.place}: ${fault.reason}`);
      yield { kind: 'rejected', place: fault.place, error };
    }
    for (const loss of converted.losses) yield { kind: 'loss', ...loss };
    for (const { place: at, reason } of converted.alerts) yield { kind: 'alert', place: at, message: reason };
  }
}

/** What is neither STIX nor MISP events: said by name where the name is known, so that nobody has to guess. */
function* readOther(document: JsonValue, text: string, place: string): Generator<Item> {
  const first = Array.isArray(document) ? document[0] : undefined;
  if (Array.isArray(document) && isJsonObject(first) && isRecord(Object.keys(first))) {
    for (const [index, record] of document.entries()) {
      if (isJsonObject(record)) yield* readJsonRecord(record, `${place}[${index}]`);
    }
  } else if (isJsonObject(document) && isRecord(Object.keys(document))) yield* readJsonRecord(document, placeOr(place));
  else if (isRule(document)) yield* readFreeText(queryText(document), place === '' ? '' : `${place} `);
  else if (isJsonObject(document) && 'exported_count' in document) {
    yield { kind: 'loss', field: 'exported_count', count: 1, reason: 'a summary of the export' };
  } else if (isTaxiiManifest(document)) {
    yield { kind: 'loss', field: 'TAXII manifest', count: 1, reason: 'ids and versions of objects, not the objects' };
  } else if (isMispManifest(document)) {
    yield {
      kind: 'loss',
      field: 'manifest.json',
      count: 1,
      reason: 'the index of a MISP feed; its events are read beside it',
    };
  } else {
    yield {
      kind: 'rejected',
      place: placeOr(place),
      error: new ComityError('FORMAT_UNKNOWN', sayWhatItIs(document, text, place)),
    };
  }
}

function sayWhatItIs(document: JsonValue, text: string, place: string): string {
  const named = place === '' ? 'the document' : place;
  if (isWarninglist(document)) {
    return `Cannot import ${named} as intelligence: it is a MISP warninglist of harmless values; load it as a known-good list`;
  }
  if (text.trim() === '' || (Array.isArray(document) && document.length === 0))
    return `Cannot import ${named}: it is empty`;
  return `Cannot import ${named}: it is JSON, but neither STIX, TAXII, MISP events nor records with a value and a type`;
}

/** A TAXII manifest, or a part of one: records of an id, its version and media type (TAXII 2.1 §5.3). */
function isTaxiiManifest(document: JsonValue): boolean {
  const listed = isJsonObject(document) ? document['objects'] : document;
  const first = Array.isArray(listed) ? listed[0] : undefined;
  return isJsonObject(first) && 'id' in first && 'version' in first && 'date_added' in first;
}

/** A detection rule of Kibana, whose query names the values. */
function isRule(document: JsonValue): document is JsonObject & { query: string } {
  return (
    isJsonObject(document) && typeof document['query'] === 'string' && ('language' in document || 'rule_id' in document)
  );
}

/** Query text with its escapes and quotes taken off, so that `10.0.0.1\:8080` and `"x.example"` are found. */
function queryText(rule: { query: string }): string {
  return refang(rule.query.slice(0, limits.stixObjectCharsMax).replace(/\\(.)/g, '$1')).replace(/[()"*]/g, ' ');
}

function placeOr(place: string): string {
  return place === '' ? 'the document' : place;
}
