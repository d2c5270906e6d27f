import type { JsonObject } from '../../base/index.ts';
import { tlpOfMarkingId } from '../../markings/index.ts';
import { textOf } from '../fields.ts';
import { interopProperties } from '../model/interop-properties.ts';
import { kindOfType } from '../model/object-kinds.ts';
import type { Report } from './report.ts';

/**
 * What Interoperability v1.0 asks of one object.
 *
 * @param useCase - The type whose use case is tested: its objects need more properties; those beside it do not.
 */
export function checkInteropObject(object: JsonObject, useCase: string | undefined, report: Report): void {
  if (useCase !== undefined && object['type'] === useCase) {
    const { section, names } = interopProperties[useCase] ?? { section: '', names: [] };
    report.inSection(`Interop v1.0 §${section}`, () => {
      for (const name of names) {
        if (object[name] === undefined) report.add('interop-property', name, `Add ${name}: its use case asks for it`);
      }
    });
  }
  const kind = kindOfType(textOf(object, 'type'));
  if ((kind === 'SDO' || kind === 'SRO') && object['created_by_ref'] === undefined)
    report.add('interop-creator', undefined, 'Add created_by_ref: every object names its producer');
  const refs = object['object_marking_refs'];
  if (
    Array.isArray(refs) &&
    refs.filter((ref) => typeof ref === 'string' && tlpOfMarkingId(ref) !== undefined).length > 1
  )
    report.add('interop-tlp', 'object_marking_refs', 'Keep one TLP marking: an object has at most one');
}
