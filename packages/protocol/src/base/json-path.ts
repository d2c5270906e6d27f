import { isJsonObject } from './json.ts';
import type { JsonObject, JsonValue } from './json.ts';

/** Texts of one value that are looked at, and how deep. */
const textsMax = 4096;
const depthMax = 16;

/** The value at a dotted path, whether the record nests objects or has dots in its keys; through lists, of every element. */
export function valueAt(record: JsonObject, path: string): JsonValue | undefined {
  if (Object.hasOwn(record, path)) return record[path];
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const key = path.slice(0, dot);
    if (!Object.hasOwn(record, key)) continue;
    const rest = path.slice(dot + 1);
    const inner = record[key]!;
    const value = Array.isArray(inner)
      ? ofElements(inner, rest)
      : isJsonObject(inner)
        ? valueAt(inner, rest)
        : undefined;
    if (value !== undefined) return value;
  }
  return undefined;
}

function ofElements(list: readonly JsonValue[], path: string): JsonValue | undefined {
  const values = list.flatMap((each) => (isJsonObject(each) ? (valueAt(each, path) ?? []) : []));
  return values.length === 0 ? undefined : values;
}

/** The texts and numbers of a value, keys left out; at most {@link textsMax}. */
export function textsOf(value: JsonValue): readonly string[] {
  const texts: string[] = [];
  const walk = (each: JsonValue, depth: number): void => {
    if (texts.length >= textsMax) return;
    if (typeof each === 'string') texts.push(each);
    else if (typeof each === 'number' || typeof each === 'boolean') texts.push(String(each));
    else if (each !== null && depth < depthMax) {
      for (const inner of Array.isArray(each) ? each : Object.values(each)) walk(inner, depth + 1);
    }
  };
  walk(value, 0);
  return texts;
}
