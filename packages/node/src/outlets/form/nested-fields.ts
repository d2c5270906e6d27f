import type { JsonObject, JsonValue } from '@comity/protocol/base';

/** Fields by their dotted path; one that is not known is not there. */
export type DottedFields = Readonly<Record<string, JsonValue | undefined>>;

/** The object without members that are not known. */
export function withoutUndefined(fields: DottedFields): JsonObject {
  const object: JsonObject = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) object[name] = value;
  return object;
}

/** `{ 'a.b': 1 }` as `{ a: { b: 1 } }`. Paths are ours: none is part of another. */
export function nestedFields(fields: DottedFields): JsonObject {
  const whole: JsonObject = {};
  for (const [path, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    const names = path.split('.');
    const last = names.pop() ?? '';
    let object = whole;
    for (const name of names) object = (object[name] ??= {}) as JsonObject;
    object[last] = value;
  }
  return whole;
}
