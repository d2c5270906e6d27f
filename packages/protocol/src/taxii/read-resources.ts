import { isJsonObject, recogniseTimestampUs } from '../base/index.ts';
import type { JsonObject, JsonValue } from '../base/index.ts';
import { taxiiTimestamp } from './resources.ts';

/**
 * Resources as servers out there write them: names in camelCase, ids that are no UUID, members left out. What is not there is
 * undefined; nothing is refused but what could mean nothing. All of it is untrusted.
 */

/** API roots or collections looked at; a server has a handful. */
const listMax = 1000;
const charsMax = 2000;

/** A collection of somebody else's server. */
export interface RemoteCollection {
  /** A UUID by the standard; any text from some. */
  readonly id: string;
  readonly title: string;
  readonly alias: string | undefined;
  /** Undefined: it is not said. */
  readonly canRead: boolean | undefined;
  readonly canWrite: boolean | undefined;
}

/** An API root of somebody else's server. */
export interface RemoteApiRoot {
  /** Largest body it takes, bytes; undefined: it is not said. */
  readonly contentBytesMax: number | undefined;
}

/** An object of a status. */
export interface RemoteOutcome {
  readonly id: string;
  /** As the server wrote it. */
  readonly version: string | undefined;
  readonly message: string | undefined;
}

/** What a server says became of what it was sent. */
export interface RemoteStatus {
  /** To ask again with; undefined: there is no asking. */
  readonly id: string | undefined;
  readonly isComplete: boolean;
  readonly successCount: number | undefined;
  readonly failureCount: number | undefined;
  readonly successes: readonly RemoteOutcome[];
  readonly failures: readonly RemoteOutcome[];
}

/** A date of somebody else's server. */
export interface RemoteDate {
  /** To be sent back: as it was written where that is RFC 3339 in UTC, so that not a digit of it is lost. */
  readonly text: string;
  readonly us: number;
}

/**
 * API roots of a discovery resource (§4.1), the default first: absolute or relative, as they stand there. Undefined when it is
 * none.
 */
export function recogniseDiscovery(value: JsonValue): readonly string[] | undefined {
  const roots = isJsonObject(value) ? member(value, 'api_roots') : undefined;
  if (!isJsonObject(value) || !Array.isArray(roots)) return undefined;
  const all = [member(value, 'default'), ...roots.slice(0, listMax)].flatMap((each) => textOf(each) ?? []);
  return [...new Set(all)];
}

/** Undefined when it is no API root (§4.2). */
export function recogniseApiRoot(value: JsonValue): RemoteApiRoot | undefined {
  if (!isJsonObject(value)) return undefined;
  const bytes = member(value, 'max_content_length');
  const versions = member(value, 'versions') ?? member(value, 'version');
  if (bytes === undefined && versions === undefined) return undefined;
  const isSize = typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes > 0;
  return { contentBytesMax: isSize ? bytes : undefined };
}

/** Undefined when it is no list of collections (§5.1). A list without any may leave the member out, as an empty object. */
export function recogniseCollections(value: JsonValue): readonly RemoteCollection[] | undefined {
  if (!isJsonObject(value)) return undefined;
  const rows = member(value, 'collections');
  if (rows === undefined && Object.keys(value).length === 0) return [];
  if (!Array.isArray(rows)) return undefined;
  return rows.slice(0, listMax).flatMap((row) => recogniseCollection(row) ?? []);
}

/** Undefined when it is no collection (§5.2). */
export function recogniseCollection(value: JsonValue): RemoteCollection | undefined {
  if (!isJsonObject(value)) return undefined;
  const id = textOf(member(value, 'id'));
  const flags = [member(value, 'can_read'), member(value, 'can_write')].map(flagOf);
  const title = textOf(member(value, 'title'));
  if (id === undefined || (title === undefined && flags.every((each) => each === undefined))) return undefined;
  return { id, title: title ?? id, alias: textOf(member(value, 'alias')), canRead: flags[0], canWrite: flags[1] };
}

/**
 * The collection that is meant by its id, alias or title, in that order; capitals count only where two differ by nothing else.
 * Undefined when there is none, or more than one of that title.
 */
export function findCollection(rows: readonly RemoteCollection[], name: string): RemoteCollection | undefined {
  const exact = rows.find(({ id }) => id === name) ?? rows.find(({ alias }) => alias === name);
  if (exact !== undefined) return exact;
  for (const same of [(text: string) => text, (text: string) => text.toLowerCase()]) {
    const named = rows.filter(({ id, title }) => same(title) === same(name) || same(id) === same(name));
    if (named.length > 0) return named.length === 1 ? named[0] : undefined;
  }
  return undefined;
}

/** Undefined when it is no status (§4.3). */
export function recogniseStatus(value: JsonValue): RemoteStatus | undefined {
  if (!isJsonObject(value)) return undefined;
  const status = member(value, 'status');
  if (status !== 'complete' && status !== 'pending') return undefined;
  return {
    id: textOf(member(value, 'id')),
    isComplete: status === 'complete',
    successCount: countOf(member(value, 'success_count')),
    failureCount: countOf(member(value, 'failure_count')),
    successes: outcomesOf(member(value, 'successes')),
    failures: outcomesOf(member(value, 'failures')),
  };
}

/** What a server says is wrong (§3.6.1), as one line; undefined when it says nothing. */
export function recogniseTaxiiError(value: JsonValue): string | undefined {
  if (!isJsonObject(value)) return undefined;
  const said = [textOf(value['title']), textOf(value['description'])].filter((each) => each !== undefined);
  return said.length === 0 ? undefined : said.join(': ');
}

/**
 * A date a server wrote into a header or a manifest: RFC 3339 as the standard has it, or what JavaScript's `Date` prints
 * (`Thu Feb 20 2020 14:52:34 GMT+0000`). Undefined when it is none.
 */
export function recogniseTaxiiDate(text: string): RemoteDate | undefined {
  const trimmed = text.trim();
  const us = recogniseTimestampUs(trimmed);
  if (us !== undefined) return { text: trimmed, us };
  // Only what names its time zone: what does not would be read in ours.
  if (trimmed.length > 100 || !/(?:GMT|UTC|Z|[+-]\d\d:?\d\d)(?:\s*\([^)]*\))?$/.test(trimmed)) return undefined;
  const ms = Date.parse(trimmed);
  return Number.isNaN(ms) ? undefined : { text: taxiiTimestamp(ms * 1000), us: ms * 1000 };
}

function outcomesOf(value: JsonValue | undefined): readonly RemoteOutcome[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((each) => {
    const id = isJsonObject(each) ? textOf(member(each, 'id')) : undefined;
    if (!isJsonObject(each) || id === undefined) return [];
    return [{ id, version: textOf(member(each, 'version')), message: textOf(member(each, 'message')) }];
  });
}

/** A member by its name in the standard, or in camelCase. */
function member(value: JsonObject, name: string): JsonValue | undefined {
  return value[name] ?? value[name.replace(/_(\w)/g, (_all, letter: string) => letter.toUpperCase())] ?? undefined;
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, charsMax) : undefined;
}

function flagOf(value: JsonValue | undefined): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

function countOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
