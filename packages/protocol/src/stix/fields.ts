import { ComityError, parseTimestampUs } from '../base/index.ts';
import type { JsonObject, JsonValue } from '../base/index.ts';
import type { StixObject } from './object.ts';

// Properties of an object nobody has checked: what has the wrong type counts as absent, unless it must be there.

/** The property when it is text, else undefined. */
export function findText(value: JsonObject, name: string): string | undefined {
  const found = value[name];
  return typeof found === 'string' ? found : undefined;
}

/** The property when it is text, else an empty text. */
export function textOf(value: JsonObject, name: string): string {
  return findText(value, name) ?? '';
}

/** The texts in a list property; none when it is no list. */
export function textsOf(value: JsonObject, name: string): string[] {
  const found = value[name];
  return Array.isArray(found) ? found.filter((item): item is string => typeof item === 'string') : [];
}

/** Integer within the range, else undefined. */
export function findInteger(value: JsonObject, name: string, min: number, max: number): number | undefined {
  const found = value[name];
  return Number.isInteger(found) && Number(found) >= min && Number(found) <= max ? Number(found) : undefined;
}

/** @throws {ComityError} `STIX_MALFORMED` when the property is no text or empty. */
export function needText(object: StixObject, name: string): string {
  const found = findText(object.value, name);
  if (found === undefined || found === '') throw wrong(object, `has no ${name}`);
  return found;
}

/** µs; undefined when absent. @throws {ComityError} `STIX_MALFORMED` when it is there and no timestamp. */
export function findTimeUs(object: StixObject, name: string): number | undefined {
  const found: JsonValue | undefined = object.value[name];
  if (found === undefined) return undefined;
  try {
    return parseTimestampUs(typeof found === 'string' ? found : '');
  } catch (cause) {
    throw wrong(object, `has no UTC timestamp as ${name}`, cause);
  }
}

/** The error that says what an object lacks. */
export function wrong(object: StixObject, what: string, cause?: unknown): ComityError {
  return new ComityError('STIX_MALFORMED', `Cannot use ${object.id}: it ${what}`, {
    cause,
    details: { id: object.id },
  });
}
