import { ComityError, parseTimestampUs, quote } from '../base/index.ts';
import type { JsonObject, JsonValue } from '../base/index.ts';
import { findText, textOf } from './fields.ts';
import { commonProperties } from './model/common-properties.ts';
import { kindOfType, objectRows } from './model/object-kinds.ts';
import { formatTimestampUs } from './timestamps.ts';

/** What a new version says otherwise; null takes a property away. */
export type Changes = Readonly<Record<string, JsonValue>>;

/** What every version of an object has in common. */
const unchangeable = ['type', 'id', 'created', 'created_by_ref'] as const;

/**
 * Makes the next version of an object.
 *
 * Its `modified` is the one among the changes, which has to be later than that of the version given, or the instant of
 * the call; a clock that is behind is moved past the version given, by a millisecond. Only the creator of an object may
 * make versions of it: whether the caller is the creator is for the caller to know.
 *
 * Pure. Spec: STIX 2.1 §3.6.
 *
 * @param atUs - Now, µs since the Unix epoch.
 * @throws {ComityError} `CONFLICT` when the object is revoked, when a property may not change or `modified` is not later;
 *   `STIX_MALFORMED` when objects of the type have no versions, or this one has no `created`.
 */
export function newVersion(object: JsonObject, changes: Changes, atUs: number): JsonObject {
  const currentUs = versionUs(object);
  if (object['revoked'] === true) throw conflict(object, 'it is revoked, which is final');
  for (const name of [...unchangeable, ...contributingOf(object)]) {
    if (Object.hasOwn(changes, name) && changes[name] !== object[name]) throw conflict(object, `${name} never changes`);
  }
  const { modified } = changes;
  const next: JsonObject = { ...object, ...changes, modified: modified ?? laterThan(currentUs, atUs) };
  if (modified !== undefined && timeUs(next, 'modified') <= currentUs)
    throw conflict(object, `modified ${quote(textOf(next, 'modified'))} is not later than that of the version given`);
  for (const name in changes) if (changes[name] === null) delete next[name];
  return next;
}

/**
 * Makes the last version of an object, the revoked one.
 *
 * @throws {ComityError} as {@link newVersion}; `CONFLICT` when it is revoked already.
 */
export function revoke(object: JsonObject, atUs: number): JsonObject {
  return newVersion(object, { revoked: true }, atUs);
}

/**
 * Makes a version of an object without what no standard defines; the object itself when there is nothing such, undefined
 * when its type is custom.
 *
 * @throws {ComityError} as {@link newVersion}.
 */
export function withoutCustom(object: JsonObject, atUs: number): JsonObject | undefined {
  const row = objectRows.get(textOf(object, 'type'));
  if (row === undefined) return undefined;
  const custom = Object.keys(object).filter(
    (name) => !Object.hasOwn(row.properties, name) && !Object.hasOwn(commonProperties, name),
  );
  if (custom.length === 0) return object;
  return newVersion(object, Object.fromEntries(custom.map((name) => [name, null])), atUs);
}

/** The instant of the version given: that of `created` where nothing says `modified`. */
function versionUs(object: JsonObject): number {
  const type = findText(object, 'type');
  const kind = kindOfType(type ?? '');
  if (type === undefined || type === 'marking-definition')
    throw unversioned(object, 'objects of its type have no versions');
  if (object['created'] === undefined) {
    const why = kind === 'SCO' ? 'observables have no versions' : 'it has no created';
    throw unversioned(object, why);
  }
  return timeUs(object, object['modified'] === undefined ? 'created' : 'modified');
}

/** What makes the id of an observable may not change while the id stays. */
function contributingOf(object: JsonObject): readonly string[] {
  return objectRows.get(textOf(object, 'type'))?.idContributing ?? [];
}

/** `created` and `modified` are written to the millisecond. */
function laterThan(currentUs: number, atUs: number): string {
  const us = atUs > currentUs ? atUs : currentUs + 1000;
  return formatTimestampUs(us, { precision: 'millisecond', constraint: 'min' });
}

function timeUs(object: JsonObject, name: string): number {
  try {
    return parseTimestampUs(textOf(object, name));
  } catch (cause) {
    throw new ComityError('STIX_MALFORMED', `Cannot make a version: ${name} is not a UTC timestamp`, { cause });
  }
}

function conflict(object: JsonObject, why: string): ComityError {
  return new ComityError('CONFLICT', `Cannot make a version of ${quote(textOf(object, 'id'))}: ${why}`);
}

function unversioned(object: JsonObject, why: string): ComityError {
  return new ComityError('STIX_MALFORMED', `Cannot make a version of ${quote(textOf(object, 'id'))}: ${why}`);
}
