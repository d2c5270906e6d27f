import type { JsonObject } from '../base/index.ts';
import { textsIn } from './stix-fields.ts';

/** What an observable refers to; nothing of an object with versions, whose references are no parts of it. */
export function referredBy(value: JsonObject): readonly string[] {
  if (value['modified'] !== undefined) return [];
  return Object.entries(value).flatMap(([name, refs]) =>
    /_refs?$/.test(name) && name !== 'object_marking_refs' ? textsIn([refs].flat()) : [],
  );
}

/** Everything an observation is about, with what that refers to, as far as it is found: by id, each once. */
export function observedBy(
  observation: JsonObject,
  find: (id: string) => JsonObject | undefined,
): ReadonlyMap<string, JsonObject> {
  const observed = new Map<string, JsonObject>();
  const waiting = textsIn(observation['object_refs']).toReversed();
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const value = observed.has(id) ? undefined : find(id);
    if (value === undefined) continue;
    observed.set(id, value);
    for (const ref of referredBy(value)) waiting.push(ref);
  }
  return observed;
}
