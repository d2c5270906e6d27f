import {
  ComityError,
  isJsonObject,
  isStixId,
  limits,
  parseJson,
  parseTimestampUs,
  quote,
  showJson,
} from '../base/index.ts';
import type { JsonObject } from '../base/index.ts';
import { skipBlanks, sliceValue } from './json-slices.ts';
import type { StixObject } from './object.ts';
import { isVersionedType } from './object-types.ts';

/**
 * Reads one STIX object from untrusted text.
 *
 * Asks for no more than the platform cannot do without: JSON, a type, an id of that type, and times that can be read; a
 * defined domain or relationship object needs a version, that is `modified` or `created`. Everything else is kept as it
 * came. Whatever the standard further demands is judged apart.
 *
 * Spec: STIX 2.1 §2.9, §3.2.
 *
 * @param text - One object; at most `limits.stixObjectCharsMax` UTF-16 code units. Blanks around it are not kept.
 * @param place - What the text is, for the message: `objects[12]`.
 * @throws {ComityError} `INPUT_TOO_LARGE`, `INPUT_TOO_DEEP`, `JSON_MALFORMED` or `STIX_MALFORMED`.
 */
export function parseStixObject(text: string, place = 'object'): StixObject {
  if (text.length > limits.stixObjectCharsMax) {
    const size = `${text.length} characters, at most ${limits.stixObjectCharsMax} are read`;
    throw new ComityError('INPUT_TOO_LARGE', `Cannot parse ${place}: ${size}`);
  }
  const start = skipBlanks(text, 0);
  if (start < text.length && sliceValue(text, start).fault === 'deep') throw tooDeep(place);
  return objectOfSlice(text.trim(), place);
}

/** {@link parseStixObject} of a slice whose depth is known to be within the limit. */
export function objectOfSlice(text: string, place: string): StixObject {
  const value = parseJson(text, limits.stixObjectCharsMax, place);
  if (!isJsonObject(value)) throw malformed(place, 'it is not a JSON object');
  const { type, id } = value;
  if (typeof type !== 'string') throw malformed(place, 'it has no type');
  if (type === 'bundle') throw malformed(place, 'a bundle is no object and cannot stand in a bundle');
  if (!isStixId(id)) throw malformed(place, `its id ${quote(showJson(id, 100))} is not type--UUID`);
  if (!id.startsWith(type) || id.length !== type.length + 38) {
    throw malformed(place, `its id ${quote(id)} is not of its type ${quote(type)}`);
  }
  return { id, type, modifiedUs: versionOf(value, type, place), text, value };
}

/** The error of an object nested beyond the limit. */
export function tooDeep(place: string): ComityError {
  return new ComityError('INPUT_TOO_DEEP', `Cannot parse ${place}: nested deeper than ${limits.jsonDepthMax}`);
}

function versionOf(value: JsonObject, type: string, place: string): number | undefined {
  const createdUs = timeOf(value, 'created', place);
  const versionUs = timeOf(value, 'modified', place) ?? createdUs;
  if (versionUs === undefined && isVersionedType(type)) throw malformed(place, 'it has neither modified nor created');
  return versionUs;
}

function timeOf(value: JsonObject, name: string, place: string): number | undefined {
  const text = value[name];
  if (text === undefined) return undefined;
  try {
    return parseTimestampUs(typeof text === 'string' ? text : '');
  } catch (cause) {
    throw malformed(place, `its ${name} ${quote(showJson(text, 100))} is not a UTC timestamp`, cause);
  }
}

function malformed(place: string, why: string, cause?: unknown): ComityError {
  return new ComityError('STIX_MALFORMED', `Cannot use ${place}: ${why}`, { cause, details: { place } });
}
