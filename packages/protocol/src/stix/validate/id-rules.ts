import { asOwnError } from '../../base/index.ts';
import type { JsonObject } from '../../base/index.ts';
import { deterministicId } from '../deterministic-id.ts';
import { findText } from '../fields.ts';
import { objectRows } from '../model/object-kinds.ts';
import { uuidStartOf, uuidVersionAt } from './forms.ts';
import { shown } from './report.ts';
import type { Report } from './report.ts';

/** The id of an object that is no observable: of its type, a UUIDv4 (§2.9). */
export function checkId(object: JsonObject, type: string, report: Report): void {
  const version = checkIdForm(object, type, report);
  if (version > 0 && version !== 4)
    report.add('id-version', 'id', `Prefer a UUIDv4 to the UUIDv${version} of ${shown(object['id'])}`);
}

/** The id of an observable: a UUIDv5 over its contributing properties; without any, a UUIDv4 (§2.9). */
export function checkObservableId(object: JsonObject, type: string, report: Report): void {
  const version = checkIdForm(object, type, report);
  const id = findText(object, 'id');
  if (version < 0 || id === undefined) return;
  const made = idOf(object, type);
  if (made === undefined) {
    const isKnown = objectRows.has(type);
    if (version !== 4 && isKnown)
      report.add('id-namespace', 'id', `Use a UUIDv4 in ${shown(id)}: no value of the object can make its id`);
  } else if (version !== 5) {
    report.add('id-version', 'id', `Prefer a UUIDv5 to the UUIDv${version} of ${shown(id)}`);
  } else if (made !== id) {
    report.add('id-deterministic', 'id', `Prefer ${shown(made)}, which its values make, to ${shown(id)}`);
  }
}

function idOf(object: JsonObject, type: string): string | undefined {
  try {
    return deterministicId(type, object);
  } catch (error) {
    asOwnError(error);
    return undefined;
  }
}

/** The version of its UUID; -1 when the id is none, is missing or is of another type. */
function checkIdForm({ id }: JsonObject, type: string, report: Report): number {
  if (typeof id !== 'string') return -1;
  const start = uuidStartOf(id);
  if (start < 0) return -1;
  if (id.slice(0, start - 2) !== type) {
    report.add('id-type', 'id', `Begin the id of a ${type} with ${shown(`${type}--`)}, not ${shown(id)}`);
    return -1;
  }
  return uuidVersionAt(id, start);
}
