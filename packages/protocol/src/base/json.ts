import canonicalize from 'canonicalize';
import { ComityError } from './error.ts';

/** Anything JSON can say. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
/** A JSON object as `JSON.parse` gives it; the keys are whatever its sender wrote. */
export interface JsonObject {
  [key: string]: JsonValue;
}

/** Whether `value` is a JSON object: not null, not an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Parses untrusted JSON text.
 *
 * @param text - at most `charsMax` UTF-16 code units; checked before anything is parsed.
 * @param place - what the text is, for the message: `line 7`, `objects[12]`.
 * @throws {ComityError} `INPUT_TOO_LARGE` or `JSON_MALFORMED`; never any other error.
 */
export function parseJson(text: string, charsMax: number, place = 'input'): JsonValue {
  if (text.length > charsMax) {
    throw new ComityError(
      'INPUT_TOO_LARGE',
      `Cannot parse ${place}: ${text.length} characters, at most ${charsMax} are read`,
    );
  }
  try {
    return JSON.parse(text) as JsonValue;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ComityError('JSON_MALFORMED', `Cannot parse ${place} as JSON: ${reason.slice(0, 200)}`, { cause });
  }
}

/**
 * The one text of a JSON value that two implementations agree on, for hashing and signing.
 *
 * Spec: RFC 8785 (JSON Canonicalization Scheme).
 */
export function canonicalJson(value: JsonValue): string {
  const text = canonicalize(value);
  if (text === undefined) throw new ComityError('JSON_MALFORMED', 'Cannot canonicalise: the value is not JSON');
  return text;
}
