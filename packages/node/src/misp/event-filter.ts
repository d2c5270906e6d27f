import { ComityError, isJsonObject, quote, showJson } from '@comity/protocol/base';
import type { JsonObject, JsonValue } from '@comity/protocol/base';

/** Which events are asked for. Empty lists ask for nothing. */
export interface EventFilter {
  readonly values: Words;
  readonly types: Words;
  readonly tags: Words;
  readonly organisations: Words;
  /** Of events, or of attributes in them. */
  readonly uuids: Words;
  /** Unix seconds: changed and published in this span. */
  readonly changed: Span;
  readonly published: Span;
  readonly isPublished: boolean | undefined;
  readonly isMinimal: boolean;
  /** Without attributes and objects. */
  readonly isMetadata: boolean;
  /** Events at most; undefined: all. */
  readonly limit: number | undefined;
  /** From 1. */
  readonly page: number;
}

/** One of `some` and none of `none`. */
interface Words {
  readonly some: WordSet;
  readonly none: WordSet;
}

/** In small letters. */
interface WordSet {
  readonly whole: ReadonlySet<string>;
  /** Those with `%` for anything at an end. Each text is read once for each of them, so there are few. */
  readonly parts: readonly Part[];
}

interface Part {
  readonly text: string;
  readonly isOpenInFront: boolean;
  readonly isOpenBehind: boolean;
}

interface Span {
  readonly fromS: number;
  readonly toS: number;
}

const wordsMax = 1000;
const partsMax = 20;
const wordCharsMax = 8192;
const limitMax = 1_000_000;
const anyTime: Span = { fromS: 0, toS: Number.MAX_SAFE_INTEGER };

/** Names MISP's own calls and clients use, each with what it stands for here. */
const names: ReadonlyMap<string, keyof EventFilter> = new Map([
  ['value', 'values'],
  ['type', 'types'],
  ['type_attribute', 'types'],
  ['tag', 'tags'],
  ['tags', 'tags'],
  ['event_tags', 'tags'],
  ['org', 'organisations'],
  ['uuid', 'uuids'],
  ['eventid', 'uuids'],
  ['timestamp', 'changed'],
  ['event_timestamp', 'changed'],
  ['publish_timestamp', 'published'],
  ['publishtimestamp', 'published'],
  ['last', 'published'],
  ['published', 'isPublished'],
  ['minimal', 'isMinimal'],
  ['metadata', 'isMetadata'],
  ['limit', 'limit'],
  ['page', 'page'],
]);
/** Asks for no other events, only for more or less about them: what is not known here is not said. */
const modifiers: ReadonlySet<string> = new Set(
  `returnformat withattachments with_attachments includeattachments includeeventuuid includeeventtags includecontext
   includesightings includecorrelations includedecayscore includeanalystdata includealltags includewarninglisthits headerless
   sgreferenceonly deleted excludegalaxy excludelocaltags nosightings requested_attributes sort direction order`.split(
    /\s+/,
  ),
);
/** Asks for fewer attributes by what is not looked at here, unless it says no. */
const narrowings: ReadonlySet<string> = new Set(['enforcewarninglist', 'excludedecayed']);

/**
 * Reads what an index or a search asks for.
 *
 * A filter that is not known, or is given twice under names that mean the same, is refused: an answer without it would be of
 * more than was asked for.
 *
 * @param asked - Untrusted.
 * @param nowS - for spans such as `7d`.
 * @throws {ComityError} `ARGUMENT_INVALID`.
 */
export function parseEventFilter(asked: JsonObject, nowS: number): EventFilter {
  const given = new Map<keyof EventFilter, JsonValue>();
  for (const [key, value] of Object.entries(asked)) {
    const name = key.toLowerCase().replace(/^search/, '');
    if (value === null || value === '' || modifiers.has(name)) continue;
    if (narrowings.has(name) && no.has(value)) continue;
    const field = names.get(name);
    if (field === undefined) throw invalid(`the filter ${quote(key.slice(0, 60))}: it is not known here`);
    if (given.has(field)) throw invalid(`${quote(key.slice(0, 60))}: what it filters by is given twice`);
    given.set(field, value);
  }
  const format = asked['returnFormat'];
  if (format !== undefined && format !== 'json')
    throw invalid(`the format ${quote(showJson(format, 60))}: json is written`);
  const words = (field: keyof EventFilter): Words => wordsOf(field, given.get(field));
  return {
    values: words('values'),
    types: words('types'),
    tags: words('tags'),
    organisations: words('organisations'),
    uuids: words('uuids'),
    changed: spanOf('timestamp', given.get('changed'), nowS),
    published: spanOf('publish_timestamp', given.get('published'), nowS),
    isPublished: flagOf('published', given.get('isPublished')),
    isMinimal: flagOf('minimal', given.get('isMinimal')) ?? false,
    isMetadata: flagOf('metadata', given.get('isMetadata')) ?? false,
    limit: countOf('limit', given.get('limit')),
    page: Math.max(1, countOf('page', given.get('page')) ?? 1),
  };
}

/** Whether an event is asked for. @param event - what stands behind `Event`, made by us. */
export function eventMatches(filter: EventFilter, event: JsonObject): boolean {
  const { changed, published, isPublished } = filter;
  const inSpan = ({ fromS, toS }: Span, name: string): boolean => {
    const atS = Number(event[name]);
    return atS >= fromS && atS <= toS;
  };
  if (!inSpan(changed, 'timestamp') || !inSpan(published, 'publish_timestamp')) return false;
  if (isPublished !== undefined && isPublished !== event['published']) return false;
  const organisation = isJsonObject(event['Orgc'] ?? null) ? (event['Orgc'] as JsonObject) : {};
  const attributes = [
    ...listIn(event['Attribute']),
    ...listIn(event['Object']).flatMap((each) => listIn(each['Attribute'])),
  ];
  return (
    passes(filter.organisations, () => [textIn(organisation['name']), textIn(organisation['uuid'])]) &&
    passes(filter.uuids, () => [event, ...attributes].map((each) => textIn(each['uuid']))) &&
    passes(filter.tags, () =>
      [event, ...attributes].flatMap((each) => listIn(each['Tag']).map((tag) => textIn(tag['name']))),
    ) &&
    passes(filter.types, () => attributes.map((each) => textIn(each['type']))) &&
    passes(filter.values, () => attributes.flatMap((each) => valuesOf(textIn(each['type']), textIn(each['value']))))
  );
}

/** A value of two parts is found by either. */
function valuesOf(type: string, value: string): string[] {
  return type.includes('|') ? [value, ...value.split('|')] : [value];
}

function passes({ some, none }: Words, textsOf: () => string[]): boolean {
  if (isEmpty(some) && isEmpty(none)) return true;
  const texts = textsOf().map((text) => text.toLowerCase());
  const isIn = (words: WordSet): boolean =>
    texts.some((text) => words.whole.has(text) || words.parts.some((part) => isPartOf(text, part)));
  return !isIn(none) && (isEmpty(some) || isIn(some));
}

function isEmpty({ whole, parts }: WordSet): boolean {
  return whole.size === 0 && parts.length === 0;
}

function isPartOf(text: string, { text: part, isOpenInFront, isOpenBehind }: Part): boolean {
  if (isOpenInFront && isOpenBehind) return text.includes(part);
  return isOpenInFront ? text.endsWith(part) : text.startsWith(part);
}

/** A text, a list of texts, `!text` for what must not be, or `{OR, NOT}` of lists. */
function wordsOf(field: string, value: JsonValue | undefined): Words {
  const groups: Readonly<Record<string, JsonValue | undefined>> =
    value !== undefined && isJsonObject(value) ? value : { OR: value };
  const other = Object.keys(groups).find((key) => key !== 'OR' && key !== 'NOT');
  if (other !== undefined) throw invalid(`${quote(other.slice(0, 60))} in ${field}: it takes OR and NOT`);
  const asked = textsOf(field, groups['OR']);
  const some = wordSetOf(asked.filter((text) => !text.startsWith('!')));
  const none = wordSetOf([
    ...asked.filter((text) => text.startsWith('!')).map((text) => text.slice(1)),
    ...textsOf(field, groups['NOT']),
  ]);
  if (some.parts.length + none.parts.length > partsMax) throw invalid(`more than ${partsMax} of ${field} with %`);
  return { some, none };
}

function wordSetOf(words: readonly string[]): WordSet {
  const isPart = (word: string): boolean => word.startsWith('%') || word.endsWith('%');
  return {
    whole: new Set(words.filter((word) => !isPart(word))),
    parts: words.filter(isPart).map((word) => ({
      text: word.replaceAll(/^%|%$/g, ''),
      isOpenInFront: word.startsWith('%'),
      isOpenBehind: word.endsWith('%'),
    })),
  };
}

function textsOf(field: string, value: JsonValue | undefined): string[] {
  const list = value === undefined ? [] : [value].flat();
  if (list.length > wordsMax) throw invalid(`more than ${wordsMax} of ${field}`);
  return list.map((item) => {
    const text = typeof item === 'number' ? String(item) : item;
    if (typeof text !== 'string' || text === '' || text.length > wordCharsMax)
      throw invalid(`${quote(showJson(item, 60))} for ${field}`);
    return text.toLowerCase();
  });
}

/** An instant in Unix seconds, `7d` before now, or a list of two. */
function spanOf(field: string, value: JsonValue | undefined, nowS: number): Span {
  if (value === undefined) return anyTime;
  const [from, to, more] = [value].flat();
  if (from === undefined || more !== undefined) throw invalid(`${quote(showJson(value, 60))} for ${field}`);
  return { fromS: instantOf(field, from, nowS), toS: to === undefined ? anyTime.toS : instantOf(field, to, nowS) };
}

const secondsOfUnit: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

function instantOf(field: string, value: JsonValue, nowS: number): number {
  const text = typeof value === 'number' ? String(value) : value;
  const [, number = '', unit = ''] = (typeof text === 'string' && /^(\d{1,12})([smhd]?)$/.exec(text)) || [];
  if (number === '') throw invalid(`${quote(showJson(value, 60))} for ${field}: Unix seconds, or a span such as 7d`);
  return unit === '' ? Number(number) : nowS - Number(number) * (secondsOfUnit[unit] ?? 1);
}

const yes: ReadonlySet<JsonValue> = new Set<JsonValue>([true, 1, '1', 'true']);
const no: ReadonlySet<JsonValue> = new Set<JsonValue>([false, 0, '0', 'false']);

function flagOf(field: string, value: JsonValue | undefined): boolean | undefined {
  if (value === undefined) return undefined;
  if (!yes.has(value) && !no.has(value)) throw invalid(`${quote(showJson(value, 60))} for ${field}: 1 or 0`);
  return yes.has(value);
}

function countOf(field: string, value: JsonValue | undefined): number | undefined {
  if (value === undefined) return undefined;
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !/^\d{1,7}$/.test(text) || Number(text) > limitMax)
    throw invalid(`${quote(showJson(value, 60))} for ${field}: a number up to ${limitMax}`);
  return Number(text);
}

function listIn(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function textIn(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function invalid(what: string): ComityError {
  return new ComityError('ARGUMENT_INVALID', `Cannot use ${what}`);
}
