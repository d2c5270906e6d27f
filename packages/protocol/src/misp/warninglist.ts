import { ComityError, isJsonObject, limits, parseJson, quote } from '../base/index.ts';
import type { JsonObject, JsonValue } from '../base/index.ts';

/** How the entries of a warninglist are compared (misp-warninglist-format, "type"). */
export type WarninglistType = 'cidr' | 'string' | 'hostname' | 'substring' | 'regex';

/**
 * A list of values that are known to be harmless or too common to be an indicator.
 *
 * Entries are as the file has them (trimmed, empty ones left out): what they mean depends on `type`.
 * `string`: equal, letter case aside. `substring`: contained in. `hostname`: equal or a name below; a leading dot says the
 * same. `cidr`: an address or network, a bare address standing for itself. `regex`: `/…/flags` or the bare expression.
 */
export interface Warninglist {
  readonly name: string;
  readonly description: string;
  readonly type: WarninglistType;
  /** MISP attribute types the list is meant for (`domain`, `ip-dst|port`, `filename|md5` …); empty: all. */
  readonly matchingAttributes: readonly string[];
  readonly list: readonly string[];
  readonly version: number;
  /** Entries that are no strings or longer than a value may be; they are left out of `list`. */
  readonly skipped: number;
}

const warninglistTypes: ReadonlySet<string> = new Set(['cidr', 'string', 'hostname', 'substring', 'regex']);

/**
 * Reads a MISP warninglist.
 *
 * Lenient where real lists are (version as text, no matching attributes), strict in what decides a match: the type and the
 * list. A wrong entry is counted in `skipped` and does not lose the list.
 *
 * Spec: MISP misp-warninglist-format.
 *
 * @param text - JSON text, untrusted.
 * @param place - the file, for messages.
 * @throws {ComityError} `MISP_MALFORMED`, `JSON_MALFORMED` or `INPUT_TOO_LARGE`.
 */
export function parseWarninglist(text: string, place = 'warninglist'): Warninglist {
  const value = parseJson(text, limits.jsonDocumentBytesMax, place);
  if (!isWarninglist(value)) {
    throw new ComityError('MISP_MALFORMED', `Cannot read ${place}: a warninglist has a name, a type and a list`);
  }
  const type = value['type'];
  if (!isWarninglistType(type)) {
    throw new ComityError('MISP_MALFORMED', `Cannot read ${place}: ${quote(textOf(type))} is no type of warninglist`);
  }
  const entries = value['list'] as JsonValue[];
  const list: string[] = [];
  let skipped = 0;
  for (const entry of entries) {
    const trimmed = typeof entry === 'string' && entry.length <= limits.valueCharsMax ? entry.trim() : '';
    if (trimmed === '') skipped += 1;
    else list.push(trimmed);
  }
  const attributes = value['matching_attributes'];
  return {
    name: textOf(value['name']).slice(0, 1000),
    description: textOf(value['description']).slice(0, 10_000),
    type,
    matchingAttributes: Array.isArray(attributes) ? attributes.filter((item) => typeof item === 'string') : [],
    list,
    version: parseVersion(value['version']),
    skipped,
  };
}

/** Whether a parsed document has the form of a warninglist, so that an import can refuse it as intelligence. */
export function isWarninglist(value: JsonValue): value is JsonObject {
  return (
    isJsonObject(value) &&
    typeof value['name'] === 'string' &&
    typeof value['type'] === 'string' &&
    Array.isArray(value['list'])
  );
}

function isWarninglistType(value: unknown): value is WarninglistType {
  return typeof value === 'string' && warninglistTypes.has(value);
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function parseVersion(value: JsonValue | undefined): number {
  const version = Number(value);
  return Number.isSafeInteger(version) && version > 0 ? version : 0;
}
