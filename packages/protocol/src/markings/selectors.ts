import { isJsonObject } from '../base/index.ts';
import type { JsonObject, JsonValue } from '../base/index.ts';

/** Longest selector looked at: a path as deep as an object may be. */
const selectorCharsMax = 16_384;

/**
 * Whether `text` is written as a selector: a property, then properties and `[indexes]`, joined by dots.
 *
 * Spec: STIX 2.1 §7.2.3.1.
 */
export function isSelector(text: string): boolean {
  if (text.length > selectorCharsMax) return false;
  return text
    .split('.')
    .every((step, index) => /^[A-Za-z0-9_-]{1,250}$/.test(step) || (index > 0 && indexOf(step) >= 0));
}

/** Finds what a selector points to in an object; undefined when nothing is there. */
export function findSelected(object: JsonObject, selector: string): JsonValue | undefined {
  let found: JsonValue | undefined = object;
  for (const step of selector.split('.')) {
    found = findStep(found, step);
    if (found === undefined) return undefined;
  }
  return found;
}

function findStep(value: JsonValue | undefined, step: string): JsonValue | undefined {
  if (Array.isArray(value)) return value[indexOf(step)];
  return isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}

/** The index in `[12]`; -1 when it is none. */
function indexOf(step: string): number {
  const digits = /^\[(\d{1,9})\]$/.exec(step)?.[1];
  return digits === undefined ? -1 : Number(digits);
}

/** Whether what `inner` selects stands inside what `outer` selects, or is the same. */
export function isWithin(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(`${outer}.`);
}
