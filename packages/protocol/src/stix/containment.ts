import { isJsonObject, isStixId } from '../base/index.ts';
import type { JsonObject, JsonValue, StixId } from '../base/index.ts';
import { tlpOfMarkingId } from '../markings/index.ts';
import type { StixObject } from './object.ts';

/**
 * Goes through every reference in a value, `…_ref` and `…_refs` at any depth.
 *
 * @param visit - Is given the text that stands there, well-formed or not, and the path of keys that leads to it.
 */
export function visitReferences(
  value: JsonValue,
  visit: (ref: string, path: readonly string[]) => void,
  path: readonly string[] = [],
): void {
  if (typeof value === 'string') {
    if (/_refs?$/.test(path.at(-1) ?? '')) visit(value, path);
  } else if (Array.isArray(value)) {
    for (const item of value) visitReferences(item, visit, path);
  } else if (isJsonObject(value)) {
    for (const key in value) {
      const member = value[key];
      if (member !== undefined && member !== null && typeof member !== 'number')
        visitReferences(member, visit, [...path, key]);
    }
  }
}

/**
 * The ids some objects refer to without being among them: what a bundle of them lacks to stand alone. The TLP markings
 * everybody knows are not counted.
 */
export function missingReferences(objects: readonly JsonObject[]): Set<StixId> {
  const here = new Set(objects.map(({ id }) => id));
  const missing = new Set<StixId>();
  for (const object of objects) {
    visitReferences(object, (ref) => {
      if (isStixId(ref) && !here.has(ref) && tlpOfMarkingId(ref) === undefined) missing.add(ref);
    });
  }
  return missing;
}

/**
 * The text of a bundle that holds objects exactly as they are written.
 *
 * Spec: STIX 2.1 §8.1: a bundle of nothing has no `objects`.
 */
export function bundleText(id: StixId, objects: readonly StixObject[]): string {
  const head = `{"type":"bundle","id":${JSON.stringify(id)}`;
  return objects.length === 0 ? `${head}}` : `${head},"objects":[${objects.map(({ text }) => text).join(',')}]}`;
}
