import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson, ComityError, isJsonObject } from '@comity/protocol/base';
import type { JsonObject, JsonValue } from '@comity/protocol/base';
import {
  attributesOfEvent,
  hashedTexts,
  isMispDocument,
  mispToStix,
  parseMispEvent,
  parseMispHashes,
  parseMispManifest,
  parseWarninglist,
  readMispEvent,
  readMispEvents,
  stixToMisp,
} from '@comity/protocol/misp';
import { findShared } from '../../packages/testkit/src/index.ts';
import { scoreOf } from './suite.ts';
import type { Score, Suite } from './suite.ts';

const mappingFile = 'vectors/misp-stix/mapping/misp_attributes_to_stix21.json';
const goldenDir = 'vectors/misp/feed-golden';
const tweetfeedDir = 'data/tweetfeed/misp';
const esetDir = 'data/misp-eset';
const listDirs = ['vectors/misp/warninglists', 'data/misp-warninglists'];

/** MISP as PyMISP and misp-stix write it: the mapping of every attribute type, two whole feeds, the warninglists. */
export const mispSuite: Suite = {
  name: 'MISP',
  needs: [mappingFile, goldenDir, tweetfeedDir, esetDir, ...listDirs],
  run: () => [
    patternScore(),
    observableScore(),
    feedScore('MISP golden feed: events', goldenDir, 19),
    // One row hashes a text that PyMISP left out of the event it wrote: no reader can find it.
    hashScore('MISP golden feed: hashes', goldenDir, 1355),
    feedScore('MISP tweetfeed: events', tweetfeedDir, 7),
    hashScore('MISP tweetfeed: hashes', tweetfeedDir, 2161),
    backScore(goldenDir, 19),
    backScore(tweetfeedDir, 7),
    backScore(esetDir, 19),
    warninglistScore(),
  ],
};

interface Mapped {
  readonly type: string;
  readonly attribute: JsonObject;
  readonly stix: readonly JsonObject[];
}

function mappedTypes(): Mapped[] {
  const file = read(mappingFile) as Record<string, { MISP: JsonObject; STIX: JsonObject | JsonObject[] }>;
  return Object.entries(file).map(([type, pair]) => ({ type, attribute: pair.MISP, stix: [pair.STIX].flat() }));
}

function convert(attribute: JsonObject, toIds: boolean): JsonObject[] {
  const event = readMispEvent({ info: 'one attribute', Attribute: [{ ...attribute, to_ids: toIds }] }, 'case');
  return mispToStix(event, { patterns: 'all' }).objects.map((object) => object.value);
}

function patternScore(): Score {
  const cases = mappedTypes().filter(({ stix }) => stix.some((object) => object['type'] === 'indicator'));
  return scoreOf('MISP attributes to patterns', cases, 78, ({ type, attribute, stix }) => {
    const expected = stix.find((object) => object['type'] === 'indicator');
    const made = convert(attribute, true).find((object) => object['type'] === 'indicator');
    if (made === undefined) return `${type}: no indicator`;
    if (made['id'] !== expected?.['id'])
      return `${type}: id ${textOf(made['id'])} instead of ${textOf(expected?.['id'])}`;
    const [ours, theirs] = [normalPattern(made), normalPattern(expected ?? {})];
    return ours === theirs ? undefined : `${type}: ${ours} instead of ${theirs}`;
  });
}

/**
 * What is set aside on both sides: the mapping quotes numbers, wraps rules of other languages in brackets, escapes `%` in
 * registry values, leaves hives short, and puts the bytes of a sample into the pattern, which Comity never takes in.
 */
function normalPattern(indicator: JsonObject): string {
  const text = textOf(indicator['pattern']);
  if (indicator['pattern_type'] !== 'stix') return text.replace(/^\[|\]$/g, '');
  const kept = text
    .slice(1, -1)
    .split(' AND ')
    .filter((comparison) => !comparison.startsWith('file:content_ref.'))
    .join(' AND ');
  return kept
    .replace(/((?:_port|:number|:size) = )'(\d+)'/g, '$1$2')
    .replaceAll('\\\\%', '%')
    .replaceAll("'HKLM\\", "'HKEY_LOCAL_MACHINE\\")
    .replaceAll('\\\\', '\\');
}

const notObservables = new Set(['indicator', 'observed-data', 'relationship']);

function observableScore(): Score {
  const cases = mappedTypes().filter(({ stix }) => stix.some((object) => !notObservables.has(textOf(object['type']))));
  return scoreOf('MISP attributes to objects', cases, 71, ({ type, attribute, stix }) => {
    // A link that is no detection becomes a reference of the report; as a detection it has no observable.
    if (type === 'link') return undefined;
    const expected = stix.filter(
      (object) => !notObservables.has(textOf(object['type'])) && object['type'] !== 'artifact',
    );
    const made = convert(attribute, false);
    for (const object of expected) {
      const same = made.find((candidate) => candidate['id'] === object['id']);
      if (same === undefined) return `${type}: no ${textOf(object['id'])}`;
      for (const [name, value] of Object.entries(object)) {
        if (commonProperties.has(name)) continue;
        const ours = canonicalJson(comparable(same[name] ?? null));
        const theirs = canonicalJson(comparable(value));
        const includes = Array.isArray(value) && value.every((item) => ours.includes(canonicalJson(item)));
        if (ours !== theirs && !includes) return `${type}: ${name} is ${ours} instead of ${theirs}`;
      }
    }
    return undefined;
  });
}

/** Set aside: who and when (the case gives no event), labels, and the bytes of a sample. */
const commonProperties = new Set(['created_by_ref', 'created', 'modified', 'labels', 'content_ref']);

/**
 * The mapping spells SHA-224 and its like without the hyphen in objects and with it in patterns, and leaves the hive of a
 * registry key short, which STIX 2.1 §6.17 forbids.
 */
function comparable(value: JsonValue): JsonValue {
  if (typeof value === 'string') return value.replace(/^HKLM\\/, 'HKEY_LOCAL_MACHINE\\');
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name.replaceAll('-', ''), item]));
}

function feedScore(name: string, dir: string, required: number): Score {
  const manifest = parseMispManifest(readText(join(dir, 'manifest.json')));
  return scoreOf(name, manifest.entries, required, (entry) => {
    const event = parseMispEvent(readText(join(dir, `${entry.uuid}.json`)));
    if (event.uuid !== entry.uuid || event.info !== entry.info) return `${entry.uuid}: not the event announced`;
    const attributes = [...attributesOfEvent(event)].length;
    const { indicators, observables, others, deleted, lost } = mispToStix(event).attributes;
    const counted = indicators + observables + others + deleted + lost;
    return counted === attributes ? undefined : `${entry.uuid}: ${counted} of ${attributes} attributes accounted for`;
  });
}

function hashScore(name: string, dir: string, required: number): Score {
  const listed = parseMispHashes(readText(join(dir, 'hashes.csv')));
  const ours = new Set<string>();
  for (const file of readdirSync(find(dir))) {
    if (!/^[0-9a-f-]{36}\.json$/.test(file)) continue;
    const event = parseMispEvent(readText(join(dir, file)));
    for (const attribute of attributesOfEvent(event)) {
      for (const text of hashedTexts(attribute)) {
        ours.add(`${createHash('md5').update(text, 'utf8').digest('hex')},${event.uuid}`);
      }
    }
  }
  return scoreOf(name, listed.hashes, required, ({ md5, eventUuid }) =>
    ours.has(`${md5},${eventUuid}`) ? undefined : `${md5} of ${eventUuid} is the digest of no value read`,
  );
}

/** Events to STIX and back: each attribute that is neither deleted nor a fault is there again, with its type and value. */
function backScore(dir: string, required: number): Score {
  const files = readdirSync(find(dir), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
  const events = files.flatMap((file) => {
    const document = JSON.parse(readText(join(dir, file))) as JsonValue;
    if (!isMispDocument(document)) return [];
    return [...readMispEvents(document, file)].flatMap((event) => (event instanceof ComityError ? [] : event));
  });
  return scoreOf(`MISP ${dir}: events to STIX and back`, events, required, (event) => {
    const { objects, faults } = mispToStix(event);
    const wrapper = objects.at(-1);
    if (wrapper === undefined) return `${event.place}: no report`;
    const back = readMispEvent(stixToMisp(wrapper, objects.slice(0, -1)).event, event.place);
    const there = new Set([...attributesOfEvent(back)].map(({ type, value }) => `${type} ${value}`));
    const faulty = new Set(faults.map(({ place }) => place));
    const deleted = new Set(event.objects.filter((object) => object.deleted).flatMap(({ attributes }) => attributes));
    const lacking = [...attributesOfEvent(event)].find(
      (each) =>
        !each.deleted && !deleted.has(each) && !faulty.has(each.place) && !there.has(`${each.type} ${each.value}`),
    );
    return lacking === undefined ? undefined : `${lacking.place}: no ${lacking.type} ${lacking.value.slice(0, 100)}`;
  });
}

function warninglistScore(): Score {
  const files = listDirs.flatMap((dir) => {
    const names = readdirSync(find(dir), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return names.map((entry) => join(dir, entry.name, 'list.json'));
  });
  return scoreOf('MISP warninglists', files, 67, (file) => {
    try {
      const list = parseWarninglist(readText(file), file);
      const listed = (JSON.parse(readText(file)) as { list: string[] }).list.length;
      return list.list.length + list.skipped === listed
        ? undefined
        : `${file}: ${list.list.length} of ${listed} entries`;
    } catch (error) {
      return error instanceof ComityError ? `${file}: ${error.message}` : `${file}: threw ${String(error)}`;
    }
  });
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function find(path: string): string {
  const full = findShared(path);
  if (full === undefined) throw new Error(`Assertion failed: ${path} is not there`);
  return full;
}

function readText(path: string): string {
  return readFileSync(find(path), 'utf8');
}

function read(path: string): JsonValue {
  return JSON.parse(readText(path)) as JsonValue;
}
