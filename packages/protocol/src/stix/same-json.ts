import { isJsonObject, limits } from '../base/index.ts';
import type { JsonValue } from '../base/index.ts';

/** Whether two JSON values are the same but for the order of keys; what is nested beyond the limit is never the same. */
export function isSameJson(one: JsonValue | undefined, other: JsonValue | undefined, depth = 0): boolean {
  if (one === other) return true;
  if (depth > limits.jsonDepthMax) return false;
  if (Array.isArray(one)) {
    if (!Array.isArray(other) || one.length !== other.length) return false;
    return one.every((item, index) => isSameJson(item, other[index], depth + 1));
  }
  if (!isJsonObject(one) || !isJsonObject(other)) return false;
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every((key) => Object.hasOwn(other, key) && isSameJson(one[key], other[key], depth + 1));
}
