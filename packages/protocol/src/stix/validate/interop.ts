import type { JsonObject } from '../../base/index.ts';
import { tlpOfMarkingId } from '../../markings/index.ts';
import { findText } from '../fields.ts';
import { kindOfType } from '../model/object-kinds.ts';
import type { Report } from './report.ts';

/** What Interoperability v1.0 asks of one object. */
export function checkInteropObject(object: JsonObject, report: Report): void {
  const kind = kindOfType(findText(object, 'type') ?? '');
  if ((kind === 'SDO' || kind === 'SRO') && object['created_by_ref'] === undefined)
    report.add('interop-creator', undefined, 'Add created_by_ref: every object names its producer');
  const refs = object['object_marking_refs'];
  if (
    Array.isArray(refs) &&
    refs.filter((ref) => typeof ref === 'string' && tlpOfMarkingId(ref) !== undefined).length > 1
  )
    report.add('interop-tlp', 'object_marking_refs', 'Keep one TLP marking: an object has at most one');
}
