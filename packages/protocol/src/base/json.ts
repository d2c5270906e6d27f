import canonicalize from 'canonicalize';
import { ComityError } from './error.ts';
import { limits } from './limits.ts';

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
    const { message } = cause as SyntaxError; // what JSON.parse throws for a string
    throw new ComityError('JSON_MALFORMED', `Cannot parse ${place} as JSON: ${message.slice(0, 200)}`, { cause });
  }
}

/**
 * The one text of a JSON value that two implementations agree on, for hashing and signing.
 *
 * Spec: RFC 8785 (JSON Canonicalization Scheme); it takes only what I-JSON (RFC 7493) can say.
 *
 * @throws {ComityError} `JSON_MALFORMED` for a lone surrogate and for a number beyond doubles, which `JSON.parse` lets through
 *   (`"\ud800"`, `1e999`).
 */
export function canonicalJson(value: JsonValue): string {
  try {
    return canonicalize(value) as string; // undefined only for what is no JSON value at all
  } catch (cause) {
    const { message } = cause as Error;
    throw new ComityError('JSON_MALFORMED', `Cannot write the value as canonical JSON: ${message}`, { cause });
  }
}

/**
 * An untrusted value for a message: a string as it is, anything else as JSON, cut to `charsMax` characters.
 *
 * What is nested deeper than `limits.jsonDepthMax` becomes `…`: `JSON.parse` takes any depth and `JSON.stringify` ends on the
 * stack, so that a bomb of brackets would turn an error of ours into one of the platform's.
 */
export function showJson(value: JsonValue | undefined, charsMax: number): string {
  const text = typeof value === 'string' ? value : JSON.stringify(cutAtDepth(value ?? null, limits.jsonDepthMax));
  return text.slice(0, charsMax);
}

function cutAtDepth(value: JsonValue, depth: number): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return '…';
  if (Array.isArray(value)) return value.map((element) => cutAtDepth(element, depth - 1));
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, cutAtDepth(part, depth - 1)]));
}
